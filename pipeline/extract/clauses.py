"""Sentences cut where a second fact may begin: at punctuation and at the joiners of lists.

The cuts are candidates. Which of them hold is decided by meaning (`partition.py`).
"""

from __future__ import annotations

from itertools import pairwise

import regex

from pipeline.colons import clause_mark
from pipeline.extract.enumerations import Enumeration, count_words, joiner, trimmed
from pipeline.model import Span

# A part of fewer words (or characters of a script without spaces) states no fact of its own.
_FEWEST_WORDS = 3
_ACRONYM = regex.compile(r"[(（][\p{Lu}\p{N}&./-]{2,}[)）]")
_MARK = clause_mark(r",،、，;；؛—–()（）።。.!?！？।")


def clauses(text: str, lang: str, lists: tuple[Enumeration, ...] = ()) -> tuple[Span, ...]:
    """Candidate clauses of `text`, in order and disjoint; the whole text where nothing cuts it.

    `lists` are the enumerations of the text; no cut falls inside one of them.
    """
    whole = trimmed(text, Span(0, len(text))) if text else None
    if whole is None:
        return ()
    marks, joins = _cuts(text, lang, lists)
    edges = [whole.start, *sorted(at for at in marks | joins if whole.start < at < whole.end), whole.end]
    parts: list[Span] = []
    for start, end in pairwise(edges):
        piece = Span(start, end)
        # A short piece belongs to what it was added to: "knowledge | and skill | and when staff is short";
        # but to what comes where only a joiner parts them: ", while Poland | and Egypt are growing".
        onward = bool(parts) and _is_short(text, parts[-1]) and start in joins - marks
        back = _is_short(text, piece) and not (end in joins - marks and start in marks)
        if parts and (onward or back or _is_short(text, parts[-1])):
            parts[-1] = Span(parts[-1].start, end)
        else:
            parts.append(piece)
    return tuple(part for piece in parts if (part := trimmed(text, piece)) is not None)


def joints(text: str, span: Span, lang: str) -> list[int]:
    """Where joiners of lists begin inside `span` that have enough words for a fact on both sides."""
    join = joiner(lang)
    found = join.finditer(text, span.start, span.end) if join is not None else ()
    inside = [match.span() for match in found if span.start < match.start() and match.end() < span.end]
    return [
        start
        for start, end in inside
        if not _is_short(text, Span(span.start, start)) and not _is_short(text, Span(end, span.end))
    ]


def _is_short(text: str, span: Span) -> bool:
    return count_words(text, span) < _FEWEST_WORDS


def _cuts(text: str, lang: str, lists: tuple[Enumeration, ...]) -> tuple[set[int], set[int]]:
    """Places at which `text` may be cut: at marks, and before joiners."""
    # The clause goes on behind an acronym in brackets: "KPO paper work (BPO) से अलग है".
    around = {edge for match in _ACRONYM.finditer(text) for edge in (match.start() + 1, match.end())}
    marks = {match.end() for match in _MARK.finditer(text)} - around
    join = joiner(lang)
    # The right part keeps its joiner: "and its wages are lower".
    joins = {match.start() for match in join.finditer(text)} if join is not None else set()
    inside = [enumeration.span for enumeration in lists]

    def kept(cuts: set[int]) -> set[int]:
        return {cut for cut in cuts if not any(span.start < cut < span.end for span in inside)}

    return kept(marks), kept(joins)
