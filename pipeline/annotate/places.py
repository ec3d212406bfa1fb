"""Which countries a text names, inflected or not, and none that merely look like it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from pipeline.annotate.gazetteer import Gazetteer, PlaceName, has_region, load_gazetteer
from pipeline.annotate.names import longest
from pipeline.annotate.tokens import is_known, lemma
from pipeline.annotate.words import Word, common_beginning, fold, same_word, stop_words
from pipeline.model import Mention, Segment, Span

# A short name may lose one letter only, or half of the dictionary would match.
SHORT_NAME = 5
# The most letters that an ending adds to an abbreviation.
SUFFIX_LETTERS = 2
COMMON_LETTERS = 3
_NO_COMMAS = str.maketrans(dict.fromkeys(",،、，;/", " "))


@dataclass(frozen=True, slots=True)
class Hit:
    """A country named at `span` of a segment's clean text."""

    segment: int
    span: Span
    place: PlaceName


def find_places(
    segments: Sequence[Segment], found: Sequence[Sequence[Word]], gazetteer: Gazetteer
) -> tuple[Mention, ...]:
    """The countries named in all segments; `target` is the ISO 3166-1 alpha-2 code."""
    rows = [_hits(index, segment, found[index], gazetteer) for index, segment in enumerate(segments)]
    listed = {
        segments[hit.segment].section
        for row in rows
        for hit in row
        if not hit.place.ambiguous and _is_listed(segments[hit.segment])
    }
    mentions: list[Mention] = []
    for segment, row in zip(segments, rows, strict=True):
        beside = _is_listed(segment) and segment.section in listed
        for hit in row if beside else _vouched(segment.text, row, gazetteer):
            source, text = segment.view.source(hit.span), hit.span.of(segment.text)
            mentions.append(Mention("place", hit.segment, source, text, hit.place.code))
    return tuple(mentions)


def _is_listed(segment: Segment) -> bool:
    return segment.kind in ("item", "cell")


def _vouched(text: str, hits: Sequence[Hit], gazetteer: Gazetteer) -> list[Hit]:
    """The hits less the ambiguous ones that are not coordinated with another country."""
    sure = [not hit.place.ambiguous for hit in hits]
    pairs = [
        (left, left + 1)
        for left in range(len(hits) - 1)
        if _coordinated(text[hits[left].span.end : hits[left + 1].span.start], gazetteer)
    ]
    # Forward, then backward: a run of ambiguous names is vouched for from either end.
    for known, open_ in (*pairs, *((right, left) for left, right in reversed(pairs))):
        if sure[known] and not has_region(hits[known].place.code, " ".join(hits[open_].place.keys)):
            sure[open_] = True
    return [hit for hit, kept in zip(hits, sure, strict=True) if kept]


def _coordinated(gap: str, gazetteer: Gazetteer) -> bool:
    """Whether `gap` holds a comma, a word for "and", or both, and nothing else."""
    rest = [key for key in fold(gap).translate(_NO_COMMAS).split() if key not in gazetteer.conjunctions]
    return not rest and bool(gap.strip())


def _hits(index: int, segment: Segment, found: Sequence[Word], gazetteer: Gazetteer) -> list[Hit]:
    text = segment.text
    spans: list[tuple[Span, PlaceName]] = []
    for position in range(len(found)):
        best = max(_matches(text, found, position, gazetteer), default=None, key=lambda m: (len(m[0]), m[1]))
        if best is not None and not _is_everyday(found, position, best[2], gazetteer.lang):
            spans.append((best[0], best[2]))
    for place in gazetteer.unspaced:
        start = text.find(place.text)
        while start >= 0:
            spans.append((Span(start, start + len(place.text)), place))
            start = text.find(place.text, start + 1)
    chosen = {(span, place.code): place for span, place in spans if _stands_alone(text, span, place)}
    return [Hit(index, span, chosen[span, code]) for span, code in longest(chosen)]


def _matches(
    text: str, found: Sequence[Word], position: int, gazetteer: Gazetteer
) -> Iterator[tuple[Span, int, PlaceName]]:
    """Names that begin at word `position`, each with its span and how much of it is literally there."""
    word = found[position]
    for place in _begun(word.text, word.key, gazetteer.lang):
        last = position + len(place.keys) - 1
        if last >= len(found) or not _joined(text, found[position : last + 1]):
            continue
        literal = _literal(found[position : last + 1], place, gazetteer.lang)
        if literal:
            yield Span(word.span.start, found[last].span.end), literal, place
    for prefix, left in gazetteer.proclitics:
        if word.key.startswith(prefix):
            rest = left + word.key[len(prefix) :]
            for place in gazetteer.starting(rest):
                if place.keys == (rest,) and not place.exact and len(rest) > COMMON_LETTERS:
                    yield word.span, len(rest) - len(prefix), place


@lru_cache(maxsize=100_000)
def _begun(text: str, key: str, lang: str) -> tuple[PlaceName, ...]:
    """Names that a word may begin, judged by itself: it is asked for everywhere, and most begin none."""
    word = Word(Span(0, len(text)), text, key)
    return tuple(place for place in load_gazetteer(lang).naming(word) if _may_begin(word, place, lang))


def _may_begin(word: Word, place: PlaceName, lang: str) -> bool:
    if len(place.keys) == 1:
        return _literal([word], place, lang) > 0
    alike = word.key == place.keys[0] if place.exact else _alike(word.key, place.keys[0], place)
    return alike or _is_abbreviation(place)


def _literal(found: Sequence[Word], place: PlaceName, lang: str) -> int:
    """How many letters of `place` the words `found` show, 0 where they do not name it."""
    keys = tuple(word.key for word in found)
    if _is_abbreviation(place):
        return len(place.text) if _reads_capitals([word.text for word in found], place.text) else 0
    if keys == place.keys:
        return sum(map(len, keys)) + 1
    if place.exact:
        return 0
    if len(keys) > 1:
        alike = all(_alike(key, name, place) for key, name in zip(keys, place.keys, strict=True))
        return sum(map(len, keys)) - 1 if alike else 0
    return _inflected(found[0], place, lang)


def _is_abbreviation(place: PlaceName) -> bool:
    return place.text.isupper() and len(place.text) <= SHORT_NAME


def _alike(key: str, name: str, place: PlaceName) -> bool:
    """Whether a word may be a form of `name`, a word of `place`."""
    return same_word(key, name) or _common(key, name, place) > 0


def _inflected(word: Word, place: PlaceName, lang: str) -> int:
    """How many letters a form of a one-word name shares with it, 0 for another word."""
    if fold(lemma(word.text, lang)) == place.keys[0]:
        return len(place.keys[0])
    return 0 if is_known(word.text, lang) else _common(word.key, place.keys[0], place)


def _common(key: str, name: str, place: PlaceName) -> int:
    """How many first letters `key` and `name`, a word of `place`, share: 0 if more than endings differ."""
    common = common_beginning(key, name)
    allowed = min(1, place.lost) if len(name) <= SHORT_NAME else place.lost
    near = len(name) - common <= allowed and len(key) - common <= place.won
    return common if near and common >= COMMON_LETTERS else 0


def _joined(text: str, found: Sequence[Word]) -> bool:
    """Whether only spaces, hyphens, dots or apostrophes stand between the words."""
    return all(not text[a.span.end : b.span.start].strip(" \u00a0.-‑'’‘") for a, b in pairwise(found))


def _reads_capitals(found: Sequence[str], name: str) -> bool:
    """Whether the words are the letters of an abbreviated name, inflected at most ("USAs")."""
    parts = name.replace(".", " ").split()
    last, ending = found[-1][: len(parts[-1])], found[-1][len(parts[-1]) :]
    few = not ending or (ending.islower() and len(ending) <= SUFFIX_LETTERS < len(name))
    return [*found[:-1], last] == parts and few


def _is_everyday(found: Sequence[Word], position: int, place: PlaceName, lang: str) -> bool:
    """Whether a capital is due to the sentence's start alone ("Man kan ...")."""
    return position == 0 and len(place.keys) == 1 and found[0].key in stop_words(lang)


def _stands_alone(text: str, span: Span, place: PlaceName) -> bool:
    """Whether an ambiguous name is no part of a longer one ("New Jersey", "Chad Smith")."""
    if not place.ambiguous:
        return True
    before, after = text[: span.start].rstrip(" "), text[span.end :].lstrip(" ")
    last = before.rsplit(" ", 1)[-1]
    joined = bool(last) and last[0].isupper() and last[-1].isalpha() and not last.isupper() and " " in before
    return not joined and not (after[:1].isupper() and after[1:2].islower())
