"""Sentences cut where a second fact may begin: at punctuation and at the joiners of lists.

The cuts are candidates. Which of them hold is decided by meaning (`partition.py`).
"""

from __future__ import annotations

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
    parts: list[Span] = []
    start = whole.start
    for cut, following in _cuts(text, lang, lists):
        if cut <= start or following >= whole.end:
            continue
        left, right = Span(start, cut), Span(following, whole.end)
        if len(words(text, left)) >= _FEWEST_WORDS and len(words(text, right)) >= _FEWEST_WORDS:
            parts.append(left)
            start = following
    parts.append(Span(start, whole.end))
    return tuple(part for piece in parts if (part := trimmed(text, piece)) is not None)


def _cuts(text: str, lang: str, lists: tuple[Enumeration, ...]) -> list[tuple[int, int]]:
    """Places (end of the left part, start of the right) at which `text` may be cut, in order."""
    found = [match.span() for match in _MARK.finditer(text)]
    join = joiner(lang)
    if join is not None:
        # The right part keeps its joiner: "and its wages are lower".
        found += [(match.start(), match.start()) for match in join.finditer(text) if match.start() > 0]
    inside = [enumeration.span for enumeration in lists]
    return sorted(cut for cut in found if not any(span.start < cut[0] < span.end for span in inside))
