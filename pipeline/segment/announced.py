"""Lists that lost their bullets: short lines below one that announces them."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace

import regex

from pipeline.headings import usual_roles
from pipeline.segment.boilerplate import by_content
from pipeline.segment.shapes import COLONS, is_heading_like, is_sentence, is_short
from pipeline.segment.units import Unit

_SEMICOLON = ";；"
_BULLET = regex.compile(r"[-–—•·▪◦‣*\p{So}]\s*\p{L}")
_ITEM_CHARS = 80
_FEWEST = 2
# Headings that hardly stand over links to other pages, as "Services" and "Overview" do.
TELLING = frozenset({"benefit", "risk", "benefit_and_risk", "requirement", "driver"})


def restore_lists(units: Sequence[Unit], lang: str) -> list[Unit]:
    """Make items of the short lines that follow a line which announces them: a list without its bullets.

    Such a line ends in a colon, or it is a usual heading ("Benefits of KPO") set apart from what stands
    before it and from nothing below. The last short line before running text is that text's heading, not
    an item; "Risks:" needs none.
    """
    made = list(units)
    told = any(_usual_roles(unit) & TELLING for unit in units)
    index = 0
    while index < len(made):
        unit = made[index]
        heads = told and _heads(made, index)
        if (
            unit.kind != "text"
            or not (heads or unit.shown[-1:] in COLONS)
            or by_content(unit.shown, lang, edge=True)
        ):
            index += 1
            continue
        last = index
        while last + 1 < len(made) and _may_be_item(made, index + 1, last + 1):
            last += 1
        follows = made[last + 1] if last + 1 < len(made) else None
        if (
            follows is not None
            and follows.kind == "text"
            and not follows.reason
            and not (heads and follows.gap)
            and _may_head(made, last, index)
        ):
            last -= 1
        if last - index >= _FEWEST:
            for place in range(index + 1, last + 1):
                made[place] = replace(made[place], kind="item", level=0)
        index = last + 1
    return made


def _heads(units: Sequence[Unit], index: int) -> bool:
    """Whether a unit is a usual heading right above a line, with a gap or a list before itself."""
    apart = units[index].gap or index == 0 or units[index - 1].kind != "text"
    tight = index + 1 < len(units) and not units[index + 1].gap
    return apart and tight and bool(_usual_roles(units[index]))


def _usual_roles(unit: Unit) -> Set[str]:
    shaped = unit.kind == "text" and len(unit.lines) == 1 and is_heading_like(unit.shown)
    return usual_roles(unit.shown) if shaped else frozenset()


def _may_be_item(units: Sequence[Unit], first: int, index: int) -> bool:
    unit = units[index]
    shown = unit.shown
    # A page's own paragraphs are no items, unless they bear a mark: "<br>— lower costs;".
    text = unit.kind == "text" and not (unit.explicit and not _BULLET.match(shown))
    if not text or unit.reason or len(unit.lines) != 1:
        return False
    spaced_alike = index == first or unit.gap == units[first + (first + 1 < len(units))].gap
    goes_on = index > first and units[index - 1].shown[-1:] in _SEMICOLON
    listed = shown[-1:] in _SEMICOLON or goes_on or not is_sentence(shown)
    return (
        spaced_alike and listed and is_short(shown) and len(shown) <= _ITEM_CHARS and shown[-1:] not in COLONS
    )


def _may_head(units: Sequence[Unit], last: int, intro: int) -> bool:
    below = units[last + 1].shown
    announces = below[-1:] in COLONS and is_heading_like(below[:-1])
    return (
        last > intro and is_heading_like(units[last].shown) and below[-1:] not in _SEMICOLON and not announces
    )
