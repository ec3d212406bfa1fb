"""A reviewed sheet to decisions: each row is checked against what was shown before it counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.model import Decision
from pipeline.review.decisions import Ledger, read_decisions, write_decisions
from pipeline.review.reading import SheetRow, read_rows
from pipeline.review.shown import Shown, read_shown
from pipeline.review.wishes import (
    UNDO,
    VERDICTS,
    Wish,
    contrary,
    decision_of,
    edited,
    is_stale,
    refusal,
    wishes_of,
)
from pipeline.standing import Opinion, opinion, summary


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a sheet's rows; each list holds one line of text a row."""

    applied: tuple[str, ...] = ()
    undone: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()
    disputed: tuple[str, ...] = ()
    unchanged: int = 0

    def lines(self) -> list[str]:
        """The outcome for people, the counts last."""
        listed = {
            "stale, not applied": self.stale,
            "refused": self.refused,
            "text edited, edit not applied": self.edited,
            "reviewers disagree": self.disputed,
        }
        lines = [f"{what}: {line}" for what, rows in listed.items() for line in rows]
        return [
            *lines,
            f"{len(self.applied)} applied, {len(self.undone)} undone, {self.unchanged} unchanged, "
            f"{len(self.stale)} stale, {len(self.refused)} refused, {len(self.disputed)} in dispute",
        ]


def apply_file(path: Path, out: Path, reviewer: str, time: str) -> Outcome:
    """Read decisions from a sheet and keep those whose text is still what the reviewer saw.

    Args:
        path: the sheet, CSV or XLSX.
        out: the output folder that it came from.
        reviewer: who decided, for rows without a `reviewer` column.
        time: when, ISO 8601.

    Raises:
        ReviewError: the sheet or the folder cannot be read.
    """
    shown, before = read_shown(out), read_decisions(out)
    outcome, after = apply_rows(read_rows(path), shown, before, reviewer, time)
    if after != before:
        write_decisions(out, after)
    return outcome


def apply_rows(
    rows: Sequence[SheetRow],
    shown: Mapping[str, Shown],
    decisions: Iterable[Decision],
    reviewer: str,
    time: str,
) -> tuple[Outcome, tuple[Decision, ...]]:
    """The outcome of a sheet's rows, and the decisions after it, oldest first."""
    ledger = Ledger(decisions)
    wishes = wishes_of(rows, shown, reviewer)
    twice = contrary(wishes)
    found: dict[str, list[str]] = defaultdict(list)
    for wish in wishes:
        seen = shown.get(wish.target)
        if seen is None:
            found["stale"].append(f"{wish.where}: no longer in the results")
        elif is_stale(wish, seen):
            found["stale"].append(f"{wish.where}: its text has changed since the sheet was written")
        elif (wish.target, wish.reviewer) in twice:
            found["refused"].append(f"{wish.where}: decided twice in this sheet, differently")
        elif why := refusal(wish, seen):
            found["refused"].append(f"{wish.where}: {why}")
        else:
            if names := edited(wish, seen):
                found["edited"].append(f"{wish.where}: {', '.join(names)}")
            what, line = _grant(wish, seen, ledger, time)
            found[what].append(line)
    outcome = Outcome(
        applied=tuple(found["applied"]),
        undone=tuple(found["undone"]),
        stale=tuple(found["stale"]),
        refused=tuple(found["refused"]),
        edited=tuple(found["edited"]),
        disputed=_disputes(ledger, shown, {wish.target for wish in wishes}),
        unchanged=len(found["unchanged"]),
    )
    return outcome, ledger.decisions()


def undo(out: Path, targets: Iterable[str], reviewer: str | None = None) -> Outcome:
    """Take back the decisions about groups or claims, one reviewer's or everybody's.

    Raises:
        ReviewError: the file of decisions is damaged.
    """
    ledger = Ledger(read_decisions(out))
    found: dict[bool, list[str]] = {True: [], False: []}
    for target in targets:
        found[ledger.remove([target], reviewer)].append(target)
    if found[True]:
        write_decisions(out, ledger.decisions())
    refused = tuple(f"{target}: nothing decided here" for target in found[False])
    return Outcome(undone=tuple(found[True]), refused=refused)


def _grant(wish: Wish, seen: Shown, ledger: Ledger, time: str) -> tuple[str, str]:
    """Enter a checked wish into the ledger: the list that the row goes to, and its line."""
    if wish.verdict == UNDO:
        if ledger.remove([seen.id, *seen.origins], wish.reviewer):
            return "undone", wish.where
        return "refused", f"{wish.where}: {wish.reviewer} has decided nothing here"
    if _is_prefilled(wish, opinion(ledger.about(seen.id), seen.valid)):
        return "unchanged", wish.where
    changed = ledger.enter(decision_of(wish, seen, time))
    return ("applied" if changed else "unchanged"), wish.where


def _is_prefilled(wish: Wish, standing: Opinion) -> bool:
    # The sheet comes with what has been decided; whoever sends it back has not decided it again.
    verdict = VERDICTS[wish.verdict].replace("note", "")
    return (verdict, wish.correction, wish.note) == (standing.verdict, standing.correction, standing.note)


def _disputes(ledger: Ledger, shown: Mapping[str, Shown], targets: set[str]) -> tuple[str, ...]:
    lines = []
    for target in sorted(targets & shown.keys()):
        about = ledger.about(target)
        if opinion(about, shown[target].valid).disputed:
            lines.append(f"{target}: " + "; ".join(summary(decision) for decision in about))
    return tuple(lines)
