"""Corrections of groups: passages moved, merged, split or dropped, replayed on what a run aligned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import regex

from pipeline.bundle import passage_text
from pipeline.errors import ReviewError
from pipeline.model import Article, Decision, Family, Group, GroupKind, Passage, content_id
from pipeline.standing import by_target, opinion, shown_group
from pipeline.tables import passage_id
from pipeline.tables.groups import CORRECTION

_COMMAND = regex.compile(
    r"\s*(?:(?P<verb>merge)\s+(?:with\s+)?(?P<to>\S+)"
    r"|(?P<verb>move)(?:\s+(?P<part>[^\s,;]+),?)+?\s+to\s+(?P<to>\S+)"
    r"|(?P<verb>split|drop)(?:[\s,]+(?P<part>[^\s,;]+))+)\s*",
    regex.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Command:
    """One correction. `parts` are languages or passage ids, `to` a group id or a new name."""

    verb: str
    parts: tuple[str, ...] = ()
    to: str = ""


@dataclass(slots=True)
class _Slot:
    # A group under correction: it keeps every id and hash it has had, so that corrections that were
    # made side by side all find it.
    passages: list[Passage]
    ids: set[str]
    shown: set[str]
    source: Group | None
    origins: list[str] = field(default_factory=list)


def parse_correction(text: str) -> tuple[Command, ...]:
    """Read a group's correction: commands separated by semicolons.

    Raises:
        ReviewError: a command is not one of `merge GROUP`, `move LANG to GROUP`, `split LANG`,
            `drop LANG`.
    """
    commands = []
    for piece in filter(str.strip, text.split(";")):
        found = _COMMAND.fullmatch(piece)
        if found is None:
            raise ReviewError(f"not a correction: {piece.strip()!r}", mend=f"write {CORRECTION}")
        verb = found["verb"].lower()
        commands.append(Command(verb, tuple(found.captures("part")), found["to"] or ""))
    return tuple(commands)


def corrected_groups(
    groups: Sequence[Group],
    decisions: Iterable[Decision],
    articles: Iterable[Article],
    families: Iterable[Family],
) -> tuple[Group, ...]:
    """The groups after every standing, undisputed and current correction, oldest first.

    A corrected group has a new id and names the groups it was made from in `origins`; one that
    keeps fewer than two languages is dissolved. Groups that no correction touches are unchanged.
    """
    corrections = _standing_corrections(decisions)
    if not corrections:
        return tuple(groups)
    by_id = {article.document.id: article for article in articles}
    slots = [_slot(group, by_id) for group in groups]
    for decision in corrections:
        slot = _find(slots, decision.target)
        if slot is None or decision.shown not in slot.shown:
            continue
        for command in parse_correction(decision.correction):
            _obey(command, slot, slots, decision, by_id)
            _remember(slots, by_id)
    family_of = {document: family.id for family in families for document in family.documents}
    return tuple(made for slot in slots if (made := _group(slot, by_id, family_of)) is not None)


def accepted_groups(groups: Sequence[Group], decisions: Iterable[Decision]) -> tuple[Group, ...]:
    """The groups without those that reviewers agree to reject."""
    rejected = {
        target
        for target, about in by_target(decisions).items()
        if opinion(about, {d.shown for d in about}).verdict == "reject"
    }
    return tuple(group for group in groups if group.id not in rejected)


def _standing_corrections(decisions: Iterable[Decision]) -> list[Decision]:
    # One for each group whose reviewers agree, oldest first.
    found = []
    for about in by_target(d for d in decisions if d.subject == "group").values():
        if opinion(about, {d.shown for d in about}).verdict == "correct":
            found.append(next(d for d in about if d.verdict == "correct"))
    return sorted(found, key=lambda d: (d.time, d.target))


def _slot(group: Group, articles: Mapping[str, Article]) -> _Slot:
    return _Slot(list(group.passages), {group.id}, {shown_group(group, articles)}, group)


def _find(slots: Iterable[_Slot], group: str) -> _Slot | None:
    return next((slot for slot in slots if group in slot.ids), None)


def _obey(
    command: Command, slot: _Slot, slots: list[_Slot], decision: Decision, articles: Mapping[str, Article]
) -> None:
    if command.verb == "merge":
        chosen = list(slot.passages)
    else:
        wanted = {part.casefold() for part in command.parts}
        chosen = [
            p for p in slot.passages if {passage_id(p, articles[p.document]), p.lang.casefold()} & wanted
        ]
    slot.passages = [passage for passage in slot.passages if passage not in chosen]
    slot.source = None
    slot.origins.append(decision.target)
    if command.verb == "drop" or not chosen:
        return
    name = command.to or f"{decision.target}/{' '.join(command.parts)}"
    goal = _find(slots, name)
    if goal is None:
        goal = _Slot([], {name}, set(), None)
        slots.append(goal)
    goal.passages.extend(passage for passage in chosen if passage not in goal.passages)
    goal.source = None
    goal.origins.append(decision.target)


def _remember(slots: Iterable[_Slot], articles: Mapping[str, Article]) -> None:
    for slot in slots:
        if slot.source is None and slot.passages:
            group = _named(slot, articles)
            slot.ids.add(group.id)
            slot.shown.add(shown_group(group, articles))


def _named(slot: _Slot, articles: Mapping[str, Article]) -> Group:
    passages = tuple(sorted(slot.passages, key=lambda p: (p.lang, p.document, p.first)))
    texts = (part for p in passages for part in (p.lang, passage_text(p, articles[p.document])))
    return Group(content_id("corrected", *texts), "comparable", (), passages, 1.0)


def _group(slot: _Slot, articles: Mapping[str, Article], family_of: Mapping[str, str]) -> Group | None:
    if slot.source is not None:
        return slot.source
    if len({passage.lang for passage in slot.passages}) < 2:
        return None
    group = _named(slot, articles)
    families = tuple(sorted({family_of[passage.document] for passage in group.passages}))
    origins = tuple(dict.fromkeys(slot.origins))
    kind: GroupKind = "translated" if len(families) == 1 else "comparable"
    return replace(group, kind=kind, families=families, origins=origins)
