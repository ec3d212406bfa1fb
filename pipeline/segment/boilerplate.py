"""Which units are not the article but the page around it, each with its reason.

No single sign decides: what a line is made of (dates, brands, separators), where it stands (before
the title, after the last sentence) and whether other files of the batch repeat it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import replace
from functools import cache
from importlib.resources import files

import regex
import yaml

from pipeline.segment.dates import is_time_stamp, without_dates
from pipeline.segment.shapes import WORD, is_heading_like, is_sentence, shared_share
from pipeline.segment.units import Unit

_TRAIL = regex.compile(r"\s*(?:[>»›→|/•·]|::|\\)\s*")
_COPYRIGHT = regex.compile(r"©|\(c\)\s*\d{4}|℗", regex.I)
_ADDRESS = regex.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\w+")
_LABELLED = regex.compile(r"[^:：]{2,30}[:：]\s*\S")
_NOT_WORD = regex.compile(r"[^\p{L}\p{M}\p{N}-]+")
_BEFORE_COLON = regex.compile(r"\s*[:：]\s*")
_PARTS = regex.compile(r"[|·•/>»,\s]{1,3}(?=\S)")
_MARKS = regex.compile(r"\s[>»›→|•·/]\s|[»›→|]")
_MOST_OTHER_WORDS = 7
_ON_TOPIC = 0.5


@cache
def _cues() -> Mapping[str, frozenset[str]]:
    loaded = yaml.safe_load(
        files("pipeline.segment").joinpath("boilerplate.yaml").read_text(encoding="utf-8")
    )
    return {reason: frozenset(str(cue).casefold() for cue in cues) for reason, cues in loaded.items()}


def by_content(line: str, lang: str, *, edge: bool) -> str | None:
    """The reason why a line is boilerplate wherever it stands, judged by what it is made of.

    Args:
        line: the unit's text.
        lang: its language, for dates.
        edge: whether it stands before the first or after the last running text.
    """
    if is_time_stamp(line):
        return "time stamp"
    if len(line) > 300:
        return None
    words = WORD.findall(line)
    if not words:
        return "no words"
    if _COPYRIGHT.search(line) and len(words) <= 25:
        return "copyright"
    if _ADDRESS.fullmatch(line):
        return "address"
    if is_sentence(line) and len(words) > 6:
        return "cookie notice" if edge and _holds(line, "cookies") else None
    rest = without_dates(line, lang) if len(line) <= 120 and any(char.isdigit() for char in line) else None
    if rest is not None and len(WORD.findall(rest)) <= (_MOST_OTHER_WORDS if edge else 1):
        return "date"
    return _by_cue(line, edge=edge) or _by_trail(line)


def _holds(line: str, reason: str) -> bool:
    folded = line.casefold()
    return any(cue in folded for cue in _cues()[reason])


def _by_cue(line: str, *, edge: bool) -> str | None:
    """Whether cue words fill the line."""
    folded = _NOT_WORD.sub(" ", line.casefold()).strip()
    pieces = folded.split()
    cues = _cues()
    if folded in cues["page"] or _BEFORE_COLON.split(line.casefold())[0] in cues["page"]:
        return "page navigation"
    if folded in cues["cookies"]:
        return "cookie notice"
    hits = sum(1 for piece in pieces if piece in cues["share"])
    if (folded in cues["share"] and (edge or " " in folded)) or (hits >= 2 and hits * 2 >= len(pieces)):
        return "share buttons"
    parts = [part.strip() for part in _PARTS.split(line.casefold()) if part.strip()]
    known = sum(1 for part in parts if part in cues["page"] or part in cues["share"])
    return "page navigation" if len(parts) >= 2 and known * 3 >= len(parts) * 2 else None


def _by_trail(line: str) -> str | None:
    parts = [part for part in _TRAIL.split(line) if part]
    marks = len(_MARKS.findall(line))
    if marks >= 2 and len(parts) >= 3 and all(len(part.split()) <= 5 for part in parts):
        return "page navigation"
    return None


def mark_by_content(units: Sequence[Unit], lang: str) -> list[Unit]:
    """Set `reason` on the lines that are boilerplate wherever they stand (dates, share buttons)."""
    marked: list[Unit] = []
    for index, unit in enumerate(units):
        reason = unit.reason
        if unit.kind in ("rule", "code", "comment"):
            reason = unit.kind
        elif unit.kind == "text" and reason is None:
            reason = by_content(unit.shown, lang, edge=False)
            # What is left of a row that was cut off looks like navigation.
            if reason == "page navigation" and index and units[index - 1].kind == "row" and not unit.gap:
                reason = None
        marked.append(replace(unit, reason=reason))
    return marked


def mark_boilerplate(
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
    first, last = _body_range(units, is_repeated)
    marked: list[Unit] = []
    for index, unit in enumerate(units):
        reason = unit.reason
        if unit.kind != "metadata" and not reason and index != title:
            edge = index < first or index > last
            reason = _reason(unit, lang, edge=edge)
            if reason == "date" and unit.kind == "heading" and shared_share(unit.shown, body) > _ON_TOPIC:
                reason = None  # `The KPO market in June 2025`
            if reason is None and is_repeated(unit.shown) and _may_repeat(unit, edge=edge):
                reason = "repeated across files"
            if reason is None and not unit.explicit:
                reason = _by_place(unit, index, title, (first, last), body)
        marked.append(replace(unit, reason=reason))
    return marked


def _may_repeat(unit: Unit, *, edge: bool) -> bool:
    """Whether repetition speaks against a unit: articles share headings, but seldom sentences."""
    return edge or unit.kind not in ("heading", "row", "item")


def _reason(unit: Unit, lang: str, *, edge: bool) -> str | None:
    if not edge and (unit.kind != "item" or len(unit.shown) > 80):
        return None  # judged by `mark_by_content`, or a heading or row amid the text
    reason = by_content(unit.shown, lang, edge=edge)
    return None if reason == "no words" and unit.kind == "item" else reason


def _by_place(
    unit: Unit, index: int, title: int | None, body_at: tuple[int, int], body: Set[str]
) -> str | None:
    line = unit.shown
    first, last = body_at
    if index > last:
        return None if is_sentence(line) and not is_heading_like(line) else "no text follows"
    if title is not None and index < title:
        return None if is_sentence(line) else "before the title"
    if title is not None and title < index < first and not is_sentence(line) and _is_byline(line, body):
        return "byline"
    return None


def _is_byline(line: str, body: Set[str]) -> bool:
    """Whether a line between title and text names people: labelled, or all in capitalised words."""
    if shared_share(line, body) >= 0.34:
        return False
    if _LABELLED.match(line):
        return True
    words = [word for word in line.split() if any(char.isalpha() for char in word)]
    names = words[1:] if words and len(words[0]) <= 4 else words
    capitalised = all(word[0].isupper() for word in names)
    return 2 <= len(words) <= 6 and len(names) >= 1 and capitalised and not line.endswith(("?", "!"))


def _body_range(units: Sequence[Unit], is_repeated: Callable[[str], bool]) -> tuple[int, int]:
    """Indices of the first and last unit that is running text, an item or a row."""
    body = [
        index
        for index, unit in enumerate(units)
        if not unit.reason
        and (
            unit.kind in ("row", "item")
            or (unit.kind == "text" and is_sentence(unit.shown) and not is_heading_like(unit.shown))
        )
        and not (len(unit.shown) <= 300 and (_holds(unit.shown, "cookies") or is_repeated(unit.shown)))
        and not _COPYRIGHT.search(unit.shown[:300])
    ]
    return (body[0], body[-1]) if body else (0, len(units) - 1)
