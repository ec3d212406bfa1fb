"""Boilerplate by place: what stands around an article, and what other files repeat.

No single sign decides: what a line is made of (see `boilerplate`), where it stands (before the
title, after the last sentence), whether it lists the article's own headings, and whether other
files of the batch hold it too.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, replace

import regex

from pipeline.headings import usual_roles
from pipeline.segment.announced import TELLING
from pipeline.segment.boilerplate import by_content, is_copyright
from pipeline.segment.shapes import is_heading_like, is_labelled, is_sentence, lists_some, shared_share
from pipeline.segment.units import Unit

_NUMBERED = regex.compile(r"^[\p{N}.)\s]+")
_ON_TOPIC, _OFF_TOPIC = 0.5, 0.34
_CONTENTS_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class Place:
    """Where the article is within its page: indices of units.

    `first` and `last` hold running text, items or rows; `title` is the headline or None; `body` are
    the word stems of the running text.
    """

    title: int | None
    first: int
    last: int
    body: Set[str]


def mark_surroundings(
    units: Sequence[Unit],
    lang: str,
    title: int | None,
    body: Set[str],
    is_repeated: Callable[[str], bool],
) -> list[Unit]:
    """Set `reason` on the units that are not the article.

    Args:
        units: all units in order.
        lang: the document's language.
        title: the index of the title's unit, if found.
        body: word stems of the running text.
        is_repeated: whether other files of the batch hold the same line.
    """
    first, last = _body_range(units, title, lang, is_repeated)
    place = Place(title, first, last, body)
    contents = _tables_of_contents(units)
    marked: list[Unit] = []
    for index, unit in enumerate(units):
        reason = unit.reason
        if unit.kind != "metadata" and not reason and index != title:
            reason = _reason(unit, index, place, lang, is_repeated)
            reason = "table of contents" if reason is None and index in contents else reason
        marked.append(unit if reason == unit.reason else replace(unit, reason=reason))
    return marked


def _reason(
    unit: Unit, index: int, place: Place, lang: str, is_repeated: Callable[[str], bool]
) -> str | None:
    edge = index < place.first or index > place.last
    if is_repeated(unit.shown) and _may_repeat(unit, edge=edge):
        return "repeated across files"
    if not edge:
        return None
    reason = by_content(unit.shown, lang, edge=True)
    if reason == "no words" and unit.kind == "item":
        reason = None
    if reason == "date" and unit.kind == "heading" and shared_share(unit.shown, place.body) > _ON_TOPIC:
        reason = None  # `The KPO market in June 2025`
    return reason or _by_place(unit, index, place)


def _may_repeat(unit: Unit, *, edge: bool) -> bool:
    """Whether repetition speaks against a unit: articles share headings and terms, but no sentences."""
    return edge or unit.kind == "text"


def _by_place(unit: Unit, index: int, place: Place) -> str | None:
    line = unit.shown
    sentence = is_sentence(line) and not is_heading_like(line)
    marked_heading = unit.explicit and unit.kind == "heading"
    titled = place.title is None or index > place.title
    if sentence or (marked_heading and index < place.last) or (titled and lists_some(line)):
        return None
    if index > place.last:
        return "no text follows"
    if not titled:
        return "before the title"
    between = place.title is not None and place.title < index < place.first
    return "byline" if between and not unit.explicit and _is_byline(line, place.body) else None


def _is_byline(line: str, body: Set[str]) -> bool:
    """Whether a line between title and text names people: labelled, or all in capitalised words."""
    if shared_share(line, body) >= _OFF_TOPIC:
        return False
    if is_labelled(line):
        return True
    words = [word for word in line.split() if any(char.isalpha() for char in word)]
    names = words[1:] if words and len(words[0]) <= 4 else words
    capitalised = all(word[0].isupper() for word in names)
    return 2 <= len(words) <= 6 and len(names) >= 1 and capitalised and not line.endswith(("?", "!"))


def _body_range(
    units: Sequence[Unit], title: int | None, lang: str, is_repeated: Callable[[str], bool]
) -> tuple[int, int]:
    """Indices of the first and last unit of the article's text.

    Items before the title are a menu; items that only page navigation and no sentence stands over,
    at the end, are links to other articles.
    """
    text = [index for index, unit in enumerate(units) if _is_text(unit, lang, is_repeated)]
    after = title if title is not None else -1
    body = [
        index
        for index, unit in enumerate(units)
        if not unit.reason and index > after and unit.kind in ("row", "item")
    ]
    last_text = max((*text, *(index for index in body if units[index].kind == "row")), default=-1)
    tail = next(
        (index for index in range(last_text + 1, len(units)) if units[index].reason == "page navigation"),
        len(units),
    )
    inside = sorted({*text, *(index for index in body if index < tail)})
    if not inside:
        return 0, len(units) - 1
    return inside[0], _with_notes(units, _with_rest_of_table(units, inside[-1]))


def _with_notes(units: Sequence[Unit], last: int) -> int:
    """`last`, or the last of the labelled lines below usual headings right behind it, one of them of facts.

    "Requirements", "BPO: schooling", "KPO: a degree, experience" are no sentences, nor are they the page's.
    """
    end, index, told = last, last + 1, False
    while index + 1 < len(units) and units[index].kind == "heading" and _is_note(units[index + 1]):
        roles = usual_roles(units[index].shown)
        if not roles:
            break
        told = told or not roles.isdisjoint(TELLING)
        index += 1
        while index < len(units) and _is_note(units[index]):
            index += 1
        end = index - 1
    return end if told else last


def _is_note(unit: Unit) -> bool:
    return unit.kind in ("text", "heading") and not unit.reason and is_labelled(unit.shown)


def _with_rest_of_table(units: Sequence[Unit], last: int) -> int:
    """`last`, or the last of the lines that a table which was cut off left right below its rows."""
    if units[last].kind == "row":
        while last + 1 < len(units) and not (units[last + 1].gap or units[last + 1].reason):
            last += 1
    return last


def _is_text(unit: Unit, lang: str, is_repeated: Callable[[str], bool]) -> bool:
    if unit.reason or unit.kind not in ("text", "item"):
        return False
    shown = unit.shown
    if not is_sentence(shown) or is_heading_like(shown) or is_copyright(shown):
        return False
    return len(shown) > 300 or not (by_content(shown, lang, edge=True) or is_repeated(shown))


def _tables_of_contents(units: Sequence[Unit]) -> frozenset[int]:
    """Short lines that only repeat the article's headings, with the line that announces them."""
    headings = sorted({_plain(unit.shown) for unit in units if unit.kind == "heading" and not unit.reason})
    found: set[int] = set()
    index = 0
    while index < len(units):
        stop = index
        while stop < len(units) and _may_be_entry(units[stop]):
            stop += 1
        same = sum(_begins_one(_plain(unit.shown), headings) for unit in units[index:stop])
        if stop - index >= 2 and same >= _CONTENTS_SHARE * (stop - index):
            announced = index > 0 and (
                units[index - 1].kind == "heading" or units[index - 1].shown[-1:] in ":："
            )
            found.update(range(index - announced, stop))
        index = max(stop, index + 1)
    return frozenset(found)


def _may_be_entry(unit: Unit) -> bool:
    plain = unit.kind == "text" and not unit.explicit and is_heading_like(unit.shown)
    return not unit.reason and (unit.kind == "item" or plain)


def _begins_one(line: str, ordered: Sequence[str]) -> bool:
    """Whether one of the `ordered` headings begins with `line`."""
    place = bisect_left(ordered, line)
    return bool(line) and place < len(ordered) and ordered[place].startswith(line)


def _plain(line: str) -> str:
    return _NUMBERED.sub("", line).casefold().strip(" :.?")
