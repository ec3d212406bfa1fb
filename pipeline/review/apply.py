"""A reviewed sheet to decisions: each row is checked against what was shown before it counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.errors import ReviewError
from pipeline.model import Decision, Verdict, content_id
from pipeline.review.corrections import parse_correction
from pipeline.review.decisions import decide, read_decisions, write_decisions
from pipeline.review.reading import SheetRow, read_rows
from pipeline.review.shown import Shown, read_shown
from pipeline.standing import Opinion, by_target, opinion, summary
from pipeline.tables import member_id

VERDICTS: Mapping[str, Verdict] = {
    "accept": "accept",
    "accepted": "accept",
    "reject": "reject",
    "rejected": "reject",
    "correct": "correct",
    "corrected": "correct",
}


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


@dataclass(frozen=True, slots=True)
class _Wish:
    # What a row asks for, before it is checked.
    place: str
    target: str
    verdict: str
    correction: str
    note: str
    reviewer: str
    shown: str
    cells: Mapping[str, str]


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
    shown, decisions = read_shown(out), read_decisions(out)
    outcome, after = apply_rows(read_rows(path), shown, decisions, reviewer, time)
    if after != decisions:
        write_decisions(out, after)
    return outcome


def apply_rows(
    rows: Sequence[SheetRow],
    shown: Mapping[str, Shown],
    decisions: tuple[Decision, ...],
    reviewer: str,
    time: str,
) -> tuple[Outcome, tuple[Decision, ...]]:
    """The outcome of a sheet's rows, and the decisions after it."""
    wishes = [*_decided(rows, reviewer), *_moved(rows, shown, reviewer)]
    found: dict[str, list[str]] = defaultdict(list)
    before, unchanged = by_target(decisions), 0
    contrary = _contrary(wishes)
    for wish in wishes:
        where = f"{wish.place} ({wish.target})"
        seen = shown.get(wish.target)
        kind, message = _checked(wish, seen, contrary)
        if seen is None or kind:
            found[kind].append(f"{where}: {message}")
            continue
        if _edited(wish, seen):
            found["edited"].append(f"{where}: {', '.join(_edited(wish, seen))}")
        if wish.verdict == "undo":
            kept = _without(decisions, {seen.id, *seen.origins}, wish.reviewer)
            found["undone" if kept != decisions else "refused"].append(
                where if kept != decisions else f"{where}: {wish.reviewer} has decided nothing here"
            )
            decisions = kept
        elif _is_prefilled(wish, opinion(before.get(seen.id, ()), seen.valid)):
            unchanged += 1
        else:
            after = decide(decisions, _decision(wish, seen, time))
            unchanged += after == decisions
            found["applied"] += [where] if after != decisions else []
            decisions = after
    disputed = _disputes(decisions, shown, {wish.target for wish in wishes})
    lists = {name: tuple(lines) for name, lines in found.items()}
    return Outcome(**lists, disputed=disputed, unchanged=unchanged), decisions


def undo(out: Path, targets: Iterable[str], reviewer: str | None = None) -> Outcome:
    """Take back the decisions about groups or claims, one reviewer's or everybody's.

    Raises:
        ReviewError: the file of decisions is damaged.
    """
    decisions = read_decisions(out)
    done: list[str] = []
    refused: list[str] = []
    for target in targets:
        kept = _without(decisions, {target}, reviewer)
        (done if kept != decisions else refused).append(target)
        decisions = kept
    if done:
        write_decisions(out, decisions)
    return Outcome(undone=tuple(done), refused=tuple(f"{target}: nothing decided here" for target in refused))


def _decided(rows: Iterable[SheetRow], reviewer: str) -> Iterator[_Wish]:
    for row in rows:
        if row.table == "alignment_members":
            continue
        cells = row.cells
        verdict, correction, note = (
            cells.get(name, "").strip() for name in ("decision", "correction", "note")
        )
        if not (verdict or correction or note):
            continue
        yield _Wish(
            place=row.place,
            target=cells["claim" if row.table == "claims" else "group"].strip(),
            verdict=verdict.casefold() or ("correct" if correction else "note"),
            correction=correction,
            note=note,
            reviewer=cells.get("reviewer", "").strip() or reviewer,
            shown=cells.get("shown", "").strip(),
            cells=cells,
        )


def _moved(rows: Iterable[SheetRow], shown: Mapping[str, Shown], reviewer: str) -> Iterator[_Wish]:
    # Passages whose group cell was edited; all that leave one group are one correction of it.
    homes = {member: (seen.id, passage) for seen in shown.values() for member, passage, _ in seen.members}
    wishes: dict[tuple[str, str], _Wish] = {}
    for row in (row for row in rows if row.table == "alignment_members"):
        member, goal = row.cells.get("member", "").strip(), "-".join(row.cells.get("group", "").split())
        who = row.cells.get("reviewer", "").strip() or reviewer
        if member not in homes and goal and not _is_as_written(row):
            yield _wish(row, member, "", who)
        if member not in homes or not goal or goal == homes[member][0]:
            continue
        group, passage = homes[member]
        command = f"move {passage} to {goal}"
        earlier = wishes.get((group, who))
        wishes[group, who] = (
            replace(earlier, correction=f"{earlier.correction}; {command}")
            if earlier
            else _wish(row, group, command, who)
        )
    yield from wishes.values()


def _wish(row: SheetRow, target: str, correction: str, reviewer: str) -> _Wish:
    return _Wish(
        place=row.place,
        target=target,
        verdict="correct",
        correction=correction,
        note=row.cells.get("note", "").strip(),
        reviewer=reviewer,
        shown=row.cells.get("shown", "").strip(),
        cells={},
    )


def _is_as_written(row: SheetRow) -> bool:
    # A row's identifier hashes its group and passage: an edited group no longer fits it.
    passage = content_id("passage", row.cells.get("lang", ""), row.cells.get("text", ""))
    return row.cells.get("member", "").strip() == member_id(row.cells.get("group", "").strip(), passage)


def _checked(wish: _Wish, seen: Shown | None, contrary: frozenset[tuple[str, str]]) -> tuple[str, str]:
    # The list that a row which cannot be applied goes to, and why; two empty strings if it can.
    if seen is None:
        return "stale", "no longer in the results"
    if not wish.shown and any(wish.cells.get(name) != text for name, text in seen.texts):
        return "refused", "without the column 'shown' and all texts it cannot be checked"
    if wish.shown and wish.shown not in seen.valid:
        return "stale", "its text has changed since the sheet was written"
    if (wish.target, wish.reviewer) in contrary:
        return "refused", "decided twice in this sheet, differently"
    if wish.verdict not in {*VERDICTS, "undo", "note"}:
        return "refused", f"unknown decision {wish.verdict!r}: accept, reject, correct or undo"
    if VERDICTS.get(wish.verdict) == "correct":
        return _checked_correction(wish, seen)
    return "", ""


def _checked_correction(wish: _Wish, seen: Shown) -> tuple[str, str]:
    if not wish.correction:
        return "refused", "'correct' needs a correction"
    if seen.subject == "claim":
        return "", ""
    known = {lang for *_, lang in seen.members} | {passage for _, passage, _ in seen.members}
    try:
        commands = parse_correction(wish.correction)
    except ReviewError as error:
        return "refused", str(error)
    strange = [part for command in commands for part in command.parts if part.casefold() not in known]
    return ("refused", f"the group has no passage {', '.join(strange)}") if strange else ("", "")


def _contrary(wishes: Iterable[_Wish]) -> frozenset[tuple[str, str]]:
    asked: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    for wish in wishes:
        asked[wish.target, wish.reviewer].add((wish.verdict, wish.correction))
    return frozenset(key for key, verdicts in asked.items() if len(verdicts) > 1)


def _edited(wish: _Wish, seen: Shown) -> list[str]:
    return [
        name for name, text in seen.texts if name in wish.cells and wish.cells[name].split() != text.split()
    ]


def _is_prefilled(wish: _Wish, standing: Opinion) -> bool:
    # The sheet comes with what has been decided; whoever sends it back has not decided it again.
    verdict = VERDICTS.get(wish.verdict, "note" if standing.verdict else "")
    return (verdict, wish.correction, wish.note) == (standing.verdict, standing.correction, standing.note)


def _decision(wish: _Wish, seen: Shown, time: str) -> Decision:
    verdict = VERDICTS.get(wish.verdict, "note")
    return Decision(
        subject=seen.subject,
        target=seen.id,
        verdict=verdict,
        correction=wish.correction if verdict == "correct" else "",
        note=wish.note,
        reviewer=wish.reviewer,
        time=time,
        shown=wish.shown or seen.shown,
        slot=seen.slot,
        value=seen.value,
        confidence=seen.confidence,
        quotes=seen.quotes,
    )


def _without(
    decisions: tuple[Decision, ...], targets: set[str], reviewer: str | None
) -> tuple[Decision, ...]:
    return tuple(
        d for d in decisions if d.target not in targets or (reviewer is not None and d.reviewer != reviewer)
    )


def _disputes(
    decisions: Iterable[Decision], shown: Mapping[str, Shown], targets: set[str]
) -> tuple[str, ...]:
    lines = []
    for target, about in by_target(decisions).items():
        seen = shown.get(target)
        if seen is not None and target in targets and opinion(about, seen.valid).disputed:
            lines.append(f"{target}: " + "; ".join(summary(d) for d in about))
    return tuple(sorted(lines))
