"""Long segments cut between clauses, never inside a word."""

from __future__ import annotations

import regex

from pipeline.colons import COLON
from pipeline.model import Span

# From the clearest boundary to the faintest; each matches at the end of a clause.
_BOUNDARIES = (
    regex.compile(r"[.!?…。！？।؟۔]+[\p{Pe}\p{Pf}\"']*\s*"),
    regex.compile(rf"(?:{COLON}|[;；؛])\s*|\s[–—-]\s+|—"),
    regex.compile(r"[,、，،]\s*"),
    regex.compile(r"\s+"),
)
_UNSPACED = regex.compile(
    r"(?<=[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}])(?=[\p{L}\p{N}])(?!\p{M})"
)


def split_long(text: str, span: Span, most: int) -> list[Span]:
    """Cut `span` of `text` into pieces of at most `most` characters at the clearest boundaries.

    A stretch without any boundary (one endless word) stays whole: a word is never cut.
    """
    if len(span) <= most:
        whole = _trim(text, span)
        return [whole] if whole else []
    pieces: list[Span] = []
    start = span.start
    while span.end - start > most:
        cut = _cut(text, start, span.end, most)
        if cut is None:
            break
        pieces.append(Span(start, cut))
        start = cut
    if start < span.end:
        pieces.append(Span(start, span.end))
    return [piece for piece in (_trim(text, piece) for piece in pieces) if piece is not None]


def _cut(text: str, start: int, end: int, most: int) -> int | None:
    """The end of the next piece: the last clear boundary past its first third, else a fainter one."""
    for boundary, low in (
        *((boundary, start + most // 3) for boundary in _BOUNDARIES),
        (_BOUNDARIES[-1], start),
    ):
        stops = [match.end() for match in boundary.finditer(text, low, start + most)]
        inner = [stop for stop in stops if start < stop < end]
        if inner:
            return inner[-1]
    unspaced = [match.start() for match in _UNSPACED.finditer(text, start + most // 2, start + most)]
    if unspaced:
        return unspaced[-1]
    later = regex.compile(r"\s+").search(text, start + most, end)
    return later.end() if later and later.end() < end else None


def _trim(text: str, span: Span) -> Span | None:
    start, end = span.start, span.end
    if not (text[start].isspace() or text[end - 1].isspace()):
        return span
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end) if start < end else None
