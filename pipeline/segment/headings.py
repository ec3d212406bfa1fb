"""Headings that only shape and place give away, and the title."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace
from itertools import pairwise

import regex

from pipeline.segment.boilerplate import by_content
from pipeline.segment.shapes import (
    COLONS,
    ends_sentence,
    is_heading_like,
    is_labelled,
    is_sentence,
    is_short,
    shared_share,
)
from pipeline.segment.units import Unit

_NUMBERING = regex.compile(r"(\p{N}+(?:\.\p{N}+)+)[.)]?\s")
_TITLE_AMONG_FIRST = 12


def find_headings(units: Sequence[Unit]) -> list[Unit]:
    """Turn units into headings where their shape and what follows say so."""
    following: list[int | None] = []
    after: int | None = None
    for index in range(len(units) - 1, -1, -1):
        following.append(after)
        after = after if units[index].reason else index
    following.reverse()
    made: list[Unit] = []
    deepest = 1  # of the headings that markup has made so far
    for index, unit in enumerate(units):
        if unit.kind == "heading":
            deepest = max(deepest, unit.level)
        elif unit.kind == "text" and not unit.reason and _is_heading(units, index, following[index]):
            unit = replace(unit, kind="heading", level=deepest + _depth(unit.shown))
        made.append(unit)
    return made


def _is_heading(units: Sequence[Unit], index: int, after: int | None) -> bool:
    unit = units[index]
    line = unit.shown.rstrip()
    if after is None or len(unit.lines) != 1:
        return False
    follower = units[after]
    if line[-1:] in COLONS:
        # `Benefits:` over a paragraph is a heading, over a list or a table it introduces that.
        alone = unit.gap and follower.gap and len(line.split()) <= 6
        return (
            alone and follower.kind == "text" and is_sentence(follower.shown) and is_heading_like(line[:-1])
        )
    # A short line that closes a table's paragraph is the row at which the table was cut off.
    rest_of_table = index > 0 and units[index - 1].kind == "row" and not unit.gap and follower.gap
    # One alone may be a title, "KPO: meaning, types, benefits"; beside another one it is a line of notes.
    near = [units[place] for place in (index - 1, after) if place >= 0]
    one_of_notes = is_labelled(line) and any(
        other.kind == "text" and is_labelled(other.shown) for other in near
    )
    if rest_of_table or one_of_notes or not is_heading_like(line):
        return False
    apart = unit.gap or index == 0 or follower.gap
    if follower.kind in ("item", "row"):
        return apart or _is_closed(units[index - 1])
    if follower.kind == "heading":
        return apart
    shown = follower.shown
    if is_sentence(shown) or shown[-1:] in COLONS:
        return unit.gap or index == 0 or _is_closed(units[index - 1]) or len(shown) > 2 * len(line)
    # Another short line: a heading over a heading, if the lines stand apart.
    return unit.gap and follower.gap and is_heading_like(shown)


def _is_closed(unit: Unit) -> bool:
    """Whether a unit says all it says, so that a short line after it begins something new."""
    return unit.kind != "text" or bool(unit.reason) or ends_sentence(unit.shown)


def _depth(line: str) -> int:
    """1, or more for `2.1 ...`."""
    match = _NUMBERING.match(line)
    return 1 + (match.group(1).count(".") if match else 0)


def find_title(units: Sequence[Unit], body: Set[str], known: str | None, lang: str) -> int | None:
    """The index of the article's headline, or None.

    Markup decides where it speaks: the first heading of the highest level before any running text.
    Otherwise the short lines before the running text compete: the title speaks of what the body
    speaks of, lines of the page around it do not.

    Args:
        units: all units in order.
        body: word stems of the running text.
        known: a title from the document's metadata.
        lang: the document's language, for dates.
    """
    early: list[int] = []
    for index, unit in enumerate(units):
        if unit.reason or unit.kind in ("metadata", "rule", "comment"):
            continue
        menu = unit.kind == "item" and not early and not is_sentence(unit.shown) and is_short(unit.shown)
        if (unit.kind in ("item", "row") and not menu) or len(early) >= _TITLE_AMONG_FIRST:
            break
        if menu:
            continue
        if unit.kind == "heading" or (not unit.explicit and is_heading_like(unit.shown)):
            early.append(index)
        elif is_sentence(unit.shown):
            break
    marked = [index for index in early if units[index].explicit and units[index].kind == "heading"]
    if marked:
        return min(marked, key=lambda index: (units[index].level, index))
    scored = [
        (_title_score(units[index].shown, body, known, lang) - _under(units, index), -index)
        for index in early
    ]
    return -max(scored)[1] if scored and max(scored)[0] > 0 else None


def _under(units: Sequence[Unit], index: int) -> float:
    """What speaks against a title: it stands right on its text, as the article's other headings do."""
    attached = [
        place
        for place, (unit, after) in enumerate(pairwise(units))
        if unit.kind == "heading" and not unit.reason and not after.gap and is_sentence(after.shown)
    ]
    return 0.35 if len(attached) >= 3 and index in attached and units[index].gap else 0.0


def _title_score(line: str, body: Set[str], known: str | None, lang: str) -> float:
    same = known is not None and known.casefold().strip() == line.casefold().strip()
    chrome = by_content(line, lang, edge=True) is not None
    shared = round(shared_share(line, body), 2) + 0.02 * min(10, len(line.split()))
    return shared + (2.0 if same else 0.0) - (0.6 if chrome else 0.0)
