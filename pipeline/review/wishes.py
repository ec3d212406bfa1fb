"""What the rows of a sheet ask for, and whether it can be done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.errors import ReviewError
from pipeline.model import Decision, Verdict, content_id
from pipeline.review.corrections import parse_correction
from pipeline.review.reading import SheetRow
from pipeline.review.shown import Shown
from pipeline.tables import member_id

VERDICTS: Mapping[str, Verdict] = {
    "accept": "accept",
    "accepted": "accept",
    "reject": "reject",
    "rejected": "reject",
    "correct": "correct",
    "corrected": "correct",
    "note": "note",
}
UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a reviewer asks for by one row, not yet checked; `shown` is the hash the row carries."""

    place: str
    target: str
    verdict: str
    correction: str
    note: str
    reviewer: str
    shown: str
    cells: Mapping[str, str]

    @property
    def where(self) -> str:
        """The row and what it is about, for messages."""
        return f"{self.place} ({self.target})"


def wishes_of(rows: Sequence[SheetRow], shown: Mapping[str, Shown], reviewer: str) -> list[Wish]:
    """The wishes of a sheet; rows without a `reviewer` of their own are `reviewer`'s."""
    return [*_decided(rows, reviewer), *_moved(rows, shown, reviewer)]


def contrary(wishes: Iterable[Wish]) -> frozenset[tuple[str, str]]:
    """The (target, reviewer) pairs of which one sheet says two different things."""
    asked: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    for wish in wishes:
        asked[wish.target, wish.reviewer].add((wish.verdict, wish.correction))
    return frozenset(key for key, verdicts in asked.items() if len(verdicts) > 1)


def is_stale(wish: Wish, seen: Shown) -> bool:
    """Whether the text has changed since the sheet was written."""
    return bool(wish.shown) and wish.shown not in seen.valid


def refusal(wish: Wish, seen: Shown) -> str:
    """Why the wish cannot be granted, or an empty string."""
    if not wish.shown and any(wish.cells.get(name) != text for name, text in seen.texts):
        return "without the column 'shown' and all texts it cannot be checked"
    if wish.verdict not in {*VERDICTS, UNDO}:
        return f"unknown decision {wish.verdict!r}: accept, reject, correct or undo"
    if VERDICTS.get(wish.verdict) != "correct":
        return ""
    if not wish.correction:
        return "'correct' needs a correction"
    return _bad_correction(wish, seen) if seen.subject == "group" else ""


def edited(wish: Wish, seen: Shown) -> list[str]:
    """The columns whose read-only text the reviewer has changed."""
    return [
        name for name, text in seen.texts if name in wish.cells and wish.cells[name].split() != text.split()
    ]


def decision_of(wish: Wish, seen: Shown, time: str) -> Decision:
    """The decision that grants the wish."""
    verdict = VERDICTS[wish.verdict]
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


def _decided(rows: Iterable[SheetRow], reviewer: str) -> Iterator[Wish]:
    for row in rows:
        if row.table == "alignment_members":
            continue
        verdict, correction = _cell(row, "decision").casefold(), _cell(row, "correction")
        if not (verdict or correction or _cell(row, "note")):
            continue
        target = _cell(row, "claim" if row.table == "claims" else "group")
        wish = _wish(row, target, correction, _cell(row, "reviewer") or reviewer)
        verdict = verdict or ("correct" if correction else "note")
        yield replace(wish, verdict=verdict, cells=row.cells)


def _moved(rows: Iterable[SheetRow], shown: Mapping[str, Shown], reviewer: str) -> Iterator[Wish]:
    # Passages whose group cell was edited; all that leave one group are one correction of it.
    homes = {member: (seen.id, passage) for seen in shown.values() for member, passage, _ in seen.members}
    wishes: dict[tuple[str, str], Wish] = {}
    for row in (row for row in rows if row.table == "alignment_members"):
        member, goal = _cell(row, "member"), "-".join(row.cells.get("group", "").split())
        who = _cell(row, "reviewer") or reviewer
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


def _wish(row: SheetRow, target: str, correction: str, reviewer: str) -> Wish:
    return Wish(
        place=row.place,
        target=target,
        verdict="correct",
        correction=correction,
        note=_cell(row, "note"),
        reviewer=reviewer,
        shown=_cell(row, "shown"),
        cells={},
    )


def _cell(row: SheetRow, name: str) -> str:
    return row.cells.get(name, "").strip()


def _is_as_written(row: SheetRow) -> bool:
    # A row's identifier hashes its group and passage: an edited group no longer fits it.
    passage = content_id("passage", row.cells.get("lang", ""), row.cells.get("text", ""))
    return _cell(row, "member") == member_id(_cell(row, "group"), passage)


def _bad_correction(wish: Wish, seen: Shown) -> str:
    known = {lang.casefold() for *_, lang in seen.members} | {passage for _, passage, _ in seen.members}
    try:
        commands = parse_correction(wish.correction)
    except ReviewError as error:
        return str(error)
    strange = [part for command in commands for part in command.parts if part.casefold() not in known]
    return f"the group has no passage {', '.join(strange)}" if strange else ""
