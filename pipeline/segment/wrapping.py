"""Which line breaks a fixed width forced, and which begin something new."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import regex

from pipeline.model import Span
from pipeline.segment.lines import Line
from pipeline.segment.shapes import ends_sentence

_WORD = regex.compile(r"\S+")
_WRAP_LEAST, _WRAP_MOST = 40, 160


def wrapped(text: str, line: Span, after: Span, width: int) -> bool:
    """Whether the break after `line` is one that a fixed `width` forced (0: the text has none).

    A greedy wrapper breaks only where the next word no longer fits.
    """
    if not width:
        return False
    word = _WORD.match(text, after.start, after.end)
    return len(line) + 1 + (len(word.group()) if word else 0) > width and len(line) <= width


def wrap_width(text: str, lines: Sequence[Line]) -> int:
    """The width at which the text's paragraphs were wrapped, or 0 where they were not.

    Wrapped text is known by lines that break in mid sentence and are all about as long.
    """
    breaks = [
        (line, after)
        for line, after in pairwise(lines)
        if not after.gap
        and line.kind in ("text", "item")
        and (after.kind == "text" if line.group is None else after.kind == line.kind and not after.mark)
        and line.group == after.group
    ]
    broken = [
        line
        for line, after in breaks
        if len(line.content) >= _WRAP_LEAST
        and not ends_sentence(line.content.of(text))
        and not text[after.content.start].isupper()
    ]
    if len(broken) < 2 or len(broken) * 3 < len(breaks):
        return 0
    width = max(len(line.content) for line in broken)
    return width if width <= _WRAP_MOST else 0


def is_unwrapped(text: str, lines: Sequence[Line]) -> bool:
    """Whether a text surely breaks its lines where it wants to: some are longer than any width."""
    return any(len(line.content) > _WRAP_MOST for line in lines) and not wrap_width(text, lines)
