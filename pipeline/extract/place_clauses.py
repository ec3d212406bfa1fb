"""What a text says of the places that it names: the clause about each, with the places left out.

With its name in view a model knows a country's role before it has read what is said of it: India provides
and France buys, though "jobs are lost in India" and "France is catching up" say otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.colons import clause_mark
from pipeline.extract.clauses import clauses
from pipeline.extract.enumerations import COMMAS, Enumeration, count_words, joiner, trimmed, words
from pipeline.model import Span

# What stands for each place, as in the exemplars of roles.
PLACE = "X"
# Fewer words say nothing of a place without their neighbours.
_FEWEST_WORDS = 5
# Of a clause about several places each has a part of its own, if that has so many words beside it.
_OWN_WORDS = 1
# Between two places that are named together stands no word but a joiner and an article.
_ARTICLE = 4
_STOPS = r".;!?()\[\]。；！？（）—–؛؟।"
_STOP, _MARK = clause_mark(_STOPS), clause_mark(_STOPS + COMMAS)


@dataclass(frozen=True, slots=True)
class PlaceClause:
    """Places of a clean text that are named together, and what is said of them.

    `clause` is where it is said and `text` its words, with `PLACE` for every place; `named` counts the
    places that it names, those named together once: those that have no part of it to themselves.
    """

    places: tuple[Span, ...]
    clause: Span
    text: str
    named: int


def place_clauses(
    text: str, lang: str, places: Sequence[Span], lists: Sequence[Enumeration]
) -> tuple[PlaceClause, ...]:
    """What `text` says of `places`, in order; `lists` are the enumerations of the text."""
    groups = list(_together(text, lang, sorted(set(places))))
    together = [Enumeration(Span(group[0].start, group[-1].end), group) for group in groups if len(group) > 1]
    parts = clauses(text, lang, (*lists, *together))
    found = []
    for group in groups:
        clause = _clause(text, parts, group)
        inside = [each for each in groups if clause.holds(each[0])]
        own = _own_part(text, lang, clause, inside, group)
        if own is not None:
            clause, inside = own, [group]
        masked = PLACE.join(pieces_between(text, clause, [place for each in inside for place in each]))
        found.append(PlaceClause(group, clause, masked, len(inside)))
    return tuple(found)


def _together(text: str, lang: str, places: Sequence[Span]) -> Iterator[tuple[Span, ...]]:
    """Places side by side, with nothing but commas and joiners between them."""
    apart = (i for i, pair in enumerate(pairwise(places), 1) if not _joined(text, lang, *pair))
    edges = [0, *apart, len(places)]
    yield from (tuple(places[start:end]) for start, end in pairwise(edges) if start < end)


def _joined(text: str, lang: str, left: Span, right: Span) -> bool:
    gap = f" {text[left.end : right.start]} "
    join = joiner(lang)
    if not any(comma in gap for comma in COMMAS) and (join is None or join.search(gap) is None):
        return False
    rest = gap if join is None else join.sub(" ", gap)
    letters = sum(len(word) for word in words(rest, Span(0, len(rest))))
    return letters <= _ARTICLE and _STOP.search(gap) is None


def _clause(text: str, parts: Sequence[Span], group: Sequence[Span]) -> Span:
    """The clauses that say what places do: their own, and neighbours where that one has no verb yet."""
    whole = Span(group[0].start, group[-1].end)
    if not parts:
        return whole
    first = max(range(len(parts)), key=lambda i: (parts[i].overlap(group[0]), -i))
    last = first + 1

    def count() -> int:
        return count_words(text, Span(parts[first].start, parts[last - 1].end))

    while count() < _FEWEST_WORDS and last < len(parts):
        last += 1
    while count() < _FEWEST_WORDS and first > 0:
        first -= 1
    return Span(min(whole.start, parts[first].start), max(whole.end, parts[last - 1].end))


def _own_part(
    text: str, lang: str, clause: Span, groups: Sequence[tuple[Span, ...]], group: tuple[Span, ...]
) -> Span | None:
    """What of a clause about several `groups` of places is about one of them alone; None where nothing is."""
    if len(groups) < 2 or group not in groups:
        return None
    i = groups.index(group)
    start = clause.start if i == 0 else _boundary(text, lang, groups[i - 1][-1].end, group[0].start)
    last = i == len(groups) - 1
    end = clause.end if last else _boundary(text, lang, group[-1].end, groups[i + 1][0].start)
    part = trimmed(text, Span(start, end)) if start is not None and end is not None else None
    if part is None or not all(part.holds(place) for place in group):
        return None
    said = " ".join(pieces_between(text, part, group))
    return part if count_words(said, Span(0, len(said))) >= _OWN_WORDS else None


def _boundary(text: str, lang: str, start: int, end: int) -> int | None:
    """Where between two places what is said of the first one ends: behind the last mark, or at a joiner."""
    marks = [match.end() for match in _MARK.finditer(text, start, end)]
    if marks:
        return marks[-1]
    join = joiner(lang)
    link = join.search(text, start, end) if join is not None else None
    return link.start() if link is not None else None


def pieces_between(text: str, whole: Span, places: Sequence[Span]) -> list[str]:
    """What stands in `whole` of `text` before, between and after `places`, which are in order: one more."""
    edges = [whole.start, *(edge for place in places for edge in (place.start, place.end)), whole.end]
    return [text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True)]
