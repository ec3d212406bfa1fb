"""Enumerations inside a sentence, cut into their items in any script.

What joins the last items of a list ("and", "ja", the Arabic prefix "و") comes from the list patterns
of CLDR; what separates the others are the commas of Unicode. Nothing here knows a language.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from statistics import median_low

import regex

from pipeline.colons import ENDS, INSIDE, clause_mark
from pipeline.model import Span

COMMAS = ",،、，﹐﹑､፣"
# An item of more words (or, in scripts without spaces, characters) is a clause, not an item.
_MOST_WORDS = 6
_MOST_CHARACTERS = 14
FEWEST_ITEMS = 3

_NO_SPACES = r"\p{Han}\p{Hiragana}\p{Katakana}ー\p{Thai}\p{Khmer}\p{Lao}\p{Myanmar}"
_WORD = regex.compile(
    rf"(?V1)[{_NO_SPACES}]|[[\p{{L}}\p{{N}}]--[{_NO_SPACES}]](?:[[\p{{L}}\p{{M}}\p{{N}}'’&\-‑./]--[{_NO_SPACES}]]|{INSIDE})*"
)
_UNSPACED = regex.compile(rf"[{_NO_SPACES}]")
_STOP = clause_mark(r".;!?()\[\]{}。；！？（）「」—–؛؟।|\n")
# From the first letter, digit or opening mark to the last letter, digit or closing mark.
_INNER = regex.compile(r"[\p{L}\p{M}\p{N}\p{Ps}\p{Pi}](?:.*[\p{L}\p{M}\p{N}\p{Pe}\p{Pf}%])?", regex.DOTALL)


@dataclass(frozen=True, slots=True)
class Enumeration:
    """A list inside a text: the span of the whole, and of each item."""

    span: Span
    items: tuple[Span, ...]


@lru_cache(maxsize=256)
def joiner(lang: str) -> regex.Pattern[str] | None:
    """Matches what joins the last two items of a list in `lang`; None where CLDR has no list."""
    from babel import Locale, UnknownLocaleError

    try:
        patterns = Locale.parse(lang.replace("-", "_")).list_patterns
    except (UnknownLocaleError, ValueError):
        return None
    links = {
        pattern.removeprefix("{0}").removesuffix("{1}").lstrip(COMMAS)
        for name in ("standard", "or")
        for key, pattern in patterns.get(name, {}).items()
        if key in ("end", "2")
    }
    words = sorted((link for link in links if link.strip(f" {COMMAS}")), key=lambda link: (-len(link), link))
    if not words:
        return None
    return regex.compile("|".join(_with_any_space(word) for word in words), regex.IGNORECASE)


def words(text: str, span: Span) -> list[Span]:
    """Words of `text` inside `span`; in scripts without spaces, characters."""
    return [Span(*match.span()) for match in _WORD.finditer(text, span.start, span.end)]


def count_words(text: str, span: Span) -> int:
    """How many `words` of `text` are inside `span`."""
    return sum(1 for _ in _WORD.finditer(text, span.start, span.end))


@lru_cache(maxsize=64)
def _all_words(text: str) -> tuple[Span, ...]:
    return tuple(words(text, Span(0, len(text))))


def enumerations(text: str, lang: str) -> tuple[Enumeration, ...]:
    """The lists of three or more short items in `text`, a clean sentence in `lang`."""
    return tuple(
        found
        for stretch in stretches(text)
        for run in _runs(text, stretch, joiner(lang))
        if (found := _enumeration(text, run, announced=_follows_colon(text, run[0]))) is not None
    )


def coordinated(text: str, span: Span, lang: str) -> tuple[Span, ...]:
    """The parts of `span` between commas and the joiners of lists; none where nothing parts it."""
    join = joiner(lang)
    cuts = [(i, i + 1) for i in range(span.start, span.end) if text[i] in COMMAS]
    cuts += [match.span() for match in join.finditer(text, span.start, span.end)] if join else []
    edges = [(span.start, span.start), *sorted(cuts), (span.end, span.end)]
    pieces = [Span(a[1], b[0]) for a, b in pairwise(edges) if a[1] < b[0]]
    parts = tuple(part for piece in pieces if (part := trimmed(text, piece)) is not None)
    return parts if len(parts) > 1 else ()


def stretches(text: str) -> Iterator[Span]:
    """The parts of `text` between stops, brackets and dashes: no list goes on beyond one."""
    start = 0
    for match in [*_STOP.finditer(text), None]:
        end = match.start() if match else len(text)
        # A full stop inside a word or number ("R.&D.", "1.5") ends nothing.
        if match and match.group() == "." and match.end() < len(text) and not text[match.end()].isspace():
            continue
        if end > start:
            yield Span(start, end)
        start = match.end() if match else end


def trimmed(text: str, span: Span) -> Span | None:
    """`span` without spaces and punctuation at its edges but for brackets; None where nothing is left."""
    found = _INNER.search(text, span.start, span.end)
    return Span(*found.span()) if found else None


def without_joiner(text: str, span: Span, lang: str) -> Span:
    """`span` without what joins it to the next item of a list: "authors and"."""
    join = joiner(lang)
    links = join.finditer(text, span.start) if join else ()
    last = next(
        (link.start() for link in links if span.start < link.start() < span.end <= link.end()), span.end
    )
    return trimmed(text, Span(span.start, last)) or span


def without_lead(text: str, span: Span, lang: str) -> Span:
    """`span` without a word that joins it to what stands before: "and delays"."""
    join = joiner(lang)
    link = join.match(text, max(0, span.start - 1), span.end) if join else None
    # What is written together with the next word may as well be a part of it (the Arabic "و").
    if link is None or not span.start < link.end() < span.end or not link.group()[-1].isspace():
        return span
    return trimmed(text, Span(link.end(), span.end)) or span


def whole_words(text: str, span: Span) -> Span:
    """`span`, trimmed, with the words of which it has half: a tagger's tokens may be parts of words.

    All words that it touches where it has half of none.
    """
    inner = trimmed(text, span) or span
    touched = [word for word in _all_words(text) if word.overlap(inner)]
    if not touched:
        return inner
    kept = [word for word in touched if 2 * word.overlap(inner) >= len(word)] or touched
    start = inner.start if inner.start < touched[0].start else kept[0].start
    end = inner.end if inner.end > touched[-1].end else kept[-1].end
    return trimmed(text, Span(start, end)) or inner


def _with_any_space(link: str) -> str:
    return r"\s+".join(regex.escape(part) for part in link.split(" "))


def _runs(text: str, stretch: Span, join: regex.Pattern[str] | None) -> Iterator[list[Span]]:
    """Runs of neighbouring pieces that may be the items of one list, the last piece cut at a joiner."""
    run: list[Span] = []
    closing = False
    for piece in _between_commas(text, stretch):
        link = join.search(text, piece.start, piece.end) if join else None
        leads = link is not None and not text[piece.start : link.start()].strip() and link.end() < piece.end
        if closing and not leads:
            yield run
            run, closing = [], False
        if leads and link is not None and run:  # "a, b, and c"
            run.append(Span(link.end(), piece.end))
            closing = True
        elif link is not None and run and _splits(text, piece, link):  # "a, b and c"
            yield [*run, Span(piece.start, link.start()), Span(link.end(), piece.end)]
            run = []
        elif run and not _is_short(text, piece):
            yield run
            run = [piece]
        else:
            run.append(piece)
    if run:
        yield run


def _splits(text: str, piece: Span, link: regex.Match[str]) -> bool:
    inside = piece.start < link.start() and link.end() < piece.end
    return inside and _is_short(text, Span(piece.start, link.start()))


def _between_commas(text: str, stretch: Span) -> Iterator[Span]:
    start = stretch.start
    for position in range(stretch.start, stretch.end + 1):
        if position == stretch.end or text[position] in COMMAS:
            if position > start and text[start:position].strip():
                yield Span(start, position)
            start = position + 1


def _is_short(text: str, span: Span) -> bool:
    count = count_words(text, span)
    return 0 < count <= (_MOST_CHARACTERS if _UNSPACED.search(text, span.start, span.end) else _MOST_WORDS)


def _follows_colon(text: str, span: Span) -> bool:
    return text[: span.start].rstrip()[-1:] in ENDS


def _enumeration(text: str, run: list[Span], *, announced: bool) -> Enumeration | None:
    """The list that a run of pieces makes; one that a colon announces begins with its first item."""
    if len(run) < FEWEST_ITEMS:
        return None
    inner = run[1:-1]
    typical = median_low(count_words(text, piece) for piece in inner)
    first, last = words(text, run[0]), words(text, run[-1])
    if not first or not last:
        return None
    # The sentence leads into the first item and goes on after the last: both are cut to the size
    # of the items between them.
    if len(first) > typical + 1 and not announced:
        first = first[-max(typical, 1) :]
    if not _is_short(text, run[-1]):
        last = last[: max(typical, 1)]
    ends = [Span(first[0].start, first[-1].end), *inner, Span(last[0].start, last[-1].end)]
    items = tuple(item for piece in ends if (item := trimmed(text, piece)) is not None)
    return Enumeration(Span(items[0].start, items[-1].end), items) if len(items) >= FEWEST_ITEMS else None
