"""The commands of reviewing: apply, status, undo."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime
from pathlib import Path

import click

from pipeline.cli.options import out_option

reviewer_option = click.option("--reviewer", help="who decides; default: the user's name")


@click.group()
def review() -> None:
    """Read decisions from the sheets, show where reviewing stands, take decisions back."""


@review.command()
@click.argument("sheet", type=click.Path(path_type=Path))
@out_option
@reviewer_option
def apply(sheet: Path, out: Path, reviewer: str | None) -> int:
    """Keep the decisions in SHEET (CSV or XLSX) whose text is still what the reviewer saw."""
    from pipeline.review import apply_file

    now = datetime.now(UTC).isoformat(timespec="seconds")
    outcome = apply_file(sheet, out, reviewer or getpass.getuser(), now)
    click.echo("\n".join(outcome.lines()))
    return int(bool(outcome.stale or outcome.refused))


@review.command()
@out_option
def status(out: Path) -> None:
    """Show how much is decided, what is stale, and where reviewers disagree."""
    from pipeline.review import status as standing

    click.echo("\n".join(standing(out).lines()))


@review.command()
@click.argument("targets", metavar="ID...", nargs=-1, required=True)
@out_option
@reviewer_option
def undo(targets: tuple[str, ...], out: Path, reviewer: str | None) -> int:
    """Take back the decisions about groups or claims: one reviewer's, or everybody's."""
    from pipeline.review import undo as take_back

    outcome = take_back(out, targets, reviewer)
    click.echo("\n".join(outcome.lines()))
    return int(bool(outcome.refused))
