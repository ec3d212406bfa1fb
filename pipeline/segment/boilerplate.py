"""Lines that are not the article but the page around it, by what they are made of.

Dates, durations, clock times, brands, separators; words of web pages only where they fill the line.
Where a line stands is judged in `surroundings`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files

import regex
import yaml

from pipeline.segment.dates import holds_time_stamp, is_time_stamp, without_dates
from pipeline.segment.shapes import WORD, ends_sentence
from pipeline.segment.units import Unit

_TRAIL = regex.compile(r"\s*(?:[>»›→|/•·]|::|\\)\s*")
_COPYRIGHT = regex.compile(r"©|\(c\)\s*\d{4}|℗", regex.I)
_ADDRESS = regex.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\w+")
_NOT_WORD = regex.compile(r"[^\p{L}\p{M}\p{N}-]+")
_BEFORE_COLON = regex.compile(r"\s*[:：]\s*")
_PARTS = regex.compile(r"[|·•/>»,\s]{1,3}(?=\S)")
_YEAR = regex.compile(r"[^\d,]{2,30},\s*(?:19|20)\d{2}")  # `Popular, 2022`
_LETTERS = regex.compile(r"[\p{L}\p{M}]+")
_MARKS = regex.compile(r"\s[>»›→|•·/]\s|[»›→|]")
_MOST_WORDS, _MOST_OTHER_WORDS = 25, 7
_MOST_STAMP_WORDS = 3


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
    if len(line) > 300:
        return None
    words = WORD.findall(line)
    if is_time_stamp(line) or (holds_time_stamp(line) and len(_LETTERS.findall(line)) <= _MOST_STAMP_WORDS):
        return "time stamp"
    if not words:
        return "no words"
    if is_copyright(line) and len(words) <= 25:
        return "copyright"
    if _ADDRESS.fullmatch(line):
        return "address"
    if (ends_sentence(line) and len(words) > 6) or len(words) > _MOST_WORDS:
        return "cookie notice" if edge and mentions_cookies(line) else None
    rest = without_dates(line, lang) if len(line) <= 120 and any(char.isdigit() for char in line) else None
    if rest is not None and len(WORD.findall(rest)) <= (_MOST_OTHER_WORDS if edge else 1):
        return "date"
    if edge and _YEAR.fullmatch(line):
        return "date"
    return _by_cue(line, edge=edge) or _by_trail(line)


def mentions_cookies(line: str) -> bool:
    """Whether a line speaks of browser cookies, in any language of the cue list."""
    folded = line.casefold()
    return any(cue in folded for cue in _cues()["cookies"])


def is_copyright(line: str) -> bool:
    """Whether a line bears a copyright sign."""
    return bool(_COPYRIGHT.search(line[:300]))


def _by_cue(line: str, *, edge: bool) -> str | None:
    """Whether cue words fill the line."""
    folded = _NOT_WORD.sub(" ", line.casefold()).strip()
    pieces = folded.split()
    cues = _cues()
    label, *rest = _BEFORE_COLON.split(line.casefold(), maxsplit=1)
    if folded in cues["page"] or label in cues["page"]:
        return "page navigation"
    if rest and rest[0] and label in cues["byline"]:
        return "byline"
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
        marked.append(unit if reason == unit.reason else replace(unit, reason=reason))
    return marked
