"""What a run shows: bars on a terminal, plain lines elsewhere, a table at the end."""

from __future__ import annotations

import json
import sys
from collections import Counter
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from pipeline.work.progress import Unseen

if TYPE_CHECKING:
    from pipeline.run import Summary

_LISTED = 20  # rejects shown one by one; rejects.csv has them all


class Silence(Unseen):
    """Shows nothing; for --json."""

    def shown(self) -> AbstractContextManager[object]:
        """Nothing to begin or end."""
        return nullcontext()


class Lines(Silence):
    """One plain line a stage, on stderr."""

    def stage(self, name: str, rows: int, kept: int) -> None:
        """Say what the stage has to do."""
        click.echo(f"{name}: {rows} rows, {kept} kept, {rows - kept} to do", err=True)


class Bars(Silence):
    """A bar a stage with its rate and the time left."""

    def __init__(self) -> None:
        columns = (TextColumn("{task.description:<9}"), BarColumn(), MofNCompleteColumn())
        rate = TextColumn("{task.fields[rate]:>9}")
        self._bars = Progress(*columns, rate, TimeRemainingColumn(), console=Console(stderr=True))

    def stage(self, name: str, rows: int, kept: int) -> None:
        """Begin the stage's bar."""
        self._task = self._bars.add_task(name, total=rows, completed=kept, rate="")

    def advance(self) -> None:
        """Move the bar on."""
        speed = self._bars.tasks[self._task].speed
        self._bars.update(self._task, advance=1, rate=f"{speed:.1f}/s" if speed else "")

    def shown(self) -> AbstractContextManager[object]:
        """The bars are on the terminal while this lasts."""
        return self._bars


def progress(*, quiet: bool) -> Silence:
    """Whatever shows progress best here."""
    if quiet:
        return Silence()
    return Bars() if sys.stderr.isatty() else Lines()


def show_summary(summary: Summary, *, as_json: bool) -> None:
    """Print what a run did."""
    if as_json:
        click.echo(json.dumps(_plain(summary), ensure_ascii=False))
        return
    stages = Table("stage", "rows", "kept", "failed", "seconds")
    for report in summary.stages:
        numbers = (str(report.rows), str(report.kept), str(report.failed), f"{report.seconds:.2f}")
        stages.add_row(report.stage, *numbers)
    console = Console()
    console.print(stages)
    counts = ", ".join(f"{count} {name}" for name, count in asdict(summary.counts).items())
    console.print(f"{counts}; {summary.seconds:.1f} s", highlight=False)
    by_kind = Counter(f"{reject.kind} ({reject.stage})" for reject in summary.rejects)
    if by_kind:
        listed = ", ".join(f"{count} {kind}" for kind, count in sorted(by_kind.items()))
        console.print(f"left out: {listed}; see rejects.csv", highlight=False)
    for reject in summary.rejects[:_LISTED]:
        click.echo(f"{reject.kind}: {reject.path}: {reject.reason} ({reject.mend})", err=True)
    state = "unchanged" if summary.unchanged else "written"
    click.echo(f"{state}: {summary.out}")


def _plain(summary: Summary) -> dict[str, object]:
    kinds = Counter(reject.kind for reject in summary.rejects)
    return {
        "out": str(summary.out),
        **asdict(summary.counts),
        "rejects": [{**asdict(reject), "span": None} for reject in summary.rejects],
        "rejects_by_kind": dict(sorted(kinds.items())),
        "stages": [asdict(report) for report in summary.stages],
        "seconds": round(summary.seconds, 3),
        "unchanged": summary.unchanged,
        "exit_status": summary.exit_status,
    }
