"""Headings that only shape and place give away, and the title wherever it stands."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace

import regex

from pipeline.segment.boilerplate import by_content
from pipeline.segment.shapes import is_heading_like, is_sentence, shared_share
from pipeline.segment.units import Unit

_NUMBERING = regex.compile(r"(\p{N}+(?:\.\p{N}+)*)[.)]?\s")
_TITLE_AMONG_FIRST = 12


def find_headings(text: str, units: Sequence[Unit], lang: str) -> list[Unit]:
    """Turn units into headings where their shape and what follows say so."""
    content = [not _is_chrome(text, unit, lang) for unit in units]
    marked: list[Unit] = []
    for index, unit in enumerate(units):
        if unit.kind == "text" and content[index] and _is_heading(text, units, content, index):
            unit = replace(unit, kind="heading", level=_level(unit.shown(text)))
        marked.append(unit)
    return marked


def _is_chrome(text: str, unit: Unit, lang: str) -> bool:
    if unit.kind in ("rule", "code", "comment", "metadata"):
        return True
    return unit.kind == "text" and by_content(unit.shown(text), lang, edge=False) is not None


def _is_heading(text: str, units: Sequence[Unit], content: Sequence[bool], index: int) -> bool:
    unit = units[index]
    line = unit.shown(text)
    if len(unit.lines) != 1 or not is_heading_like(line):
        return False
    after = next((later for later in range(index + 1, len(units)) if content[later]), None)
    if after is None:
        return False
    follower = units[after]
    if follower.kind in ("item", "row", "heading"):
        return unit.gap or index == 0 or follower.gap
    shown = follower.shown(text)
    if is_sentence(shown) or shown[-1] in ":：":
        return unit.gap or index == 0 or len(shown) > 2 * len(line)
    # Another short line: a heading over a heading, if the lines stand apart.
    return unit.gap and follower.gap and is_heading_like(shown)


def _level(line: str) -> int:
    match = _NUMBERING.match(line)
    return 2 + (match.group(1).count(".") if match else 0)


def find_title(text: str, units: Sequence[Unit], body: Set[str], known: str | None) -> int | None:
    """The index of the article's headline, or None.

    Markup decides where it speaks: the first heading of the highest level before any running text.
    Otherwise the short lines before the running text compete: the title speaks of what the body
    speaks of, lines of the page around it do not.

    Args:
        text: the document's text.
        units: all units in order.
        body: word stems of the running text.
        known: a title from the document's metadata.
    """
    early: list[int] = []
    for index, unit in enumerate(units):
        if unit.reason or unit.kind in ("metadata", "rule", "comment"):
            continue
        if unit.kind != "heading":
            if unit.kind in ("item", "row") or is_sentence(unit.shown(text)):
                break
            if not unit.explicit and is_heading_like(unit.shown(text)):
                early.append(index)
            continue
        early.append(index)
        if len(early) >= _TITLE_AMONG_FIRST:
            break
    marked = [index for index in early if units[index].explicit and units[index].kind == "heading"]
    if marked:
        return min(marked, key=lambda index: (units[index].level, index))
    scored = [(_title_score(units[index].shown(text), body, known), -index) for index in early]
    return -max(scored)[1] if scored and max(scored)[0] > 0 else None


def _title_score(line: str, body: Set[str], known: str | None) -> float:
    same = known is not None and known.casefold().strip() == line.casefold().strip()
    return round(shared_share(line, body), 2) + 0.02 * min(10, len(line.split())) + (2.0 if same else 0.0)
