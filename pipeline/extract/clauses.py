"""Sentences cut where a second fact may begin: at punctuation and at the joiners of lists.

The cuts are candidates. Which of them hold is decided by meaning (`partition.py`).
"""

from __future__ import annotations

from itertools import pairwise

import regex

from pipeline.extract.enumerations import Enumeration, joiner, trimmed, words
from pipeline.model import Span

# A part of fewer words (or characters of a script without spaces) states no fact of its own.
_FEWEST_WORDS = 3
_MARK = regex.compile(r"[,،、，;；؛:：—–()（）።。.!?！？।]")


def clauses(text: str, lang: str, lists: tuple[Enumeration, ...] = ()) -> tuple[Span, ...]:
    """Candidate clauses of `text`, in order and disjoint; the whole text where nothing cuts it.

    `lists` are the enumerations of the text; no cut falls inside one of them.
    """
    whole = trimmed(text, Span(0, len(text))) if text else None
    if whole is None:
        return ()
    edges = [whole.start, *(at for at in _cuts(text, lang, lists) if whole.start < at < whole.end), whole.end]
    parts: list[Span] = []
    for start, end in pairwise(edges):
        piece = Span(start, end)
        short = len(words(text, piece)) < _FEWEST_WORDS
        # A short piece belongs to what it was added to: "knowledge | and skill | and when staff is short".
        if parts and (short or len(words(text, parts[-1])) < _FEWEST_WORDS):
            parts[-1] = Span(parts[-1].start, end)
        else:
            parts.append(piece)
    return tuple(part for piece in parts if (part := trimmed(text, piece)) is not None)


def _cuts(text: str, lang: str, lists: tuple[Enumeration, ...]) -> list[int]:
    """Places at which `text` may be cut, in order."""
    found = {match.end() for match in _MARK.finditer(text)}
    join = joiner(lang)
    if join is not None:
        # The right part keeps its joiner: "and its wages are lower".
        found |= {match.start() for match in join.finditer(text)}
    inside = [enumeration.span for enumeration in lists]
    return sorted(cut for cut in found if not any(span.start < cut < span.end for span in inside))
