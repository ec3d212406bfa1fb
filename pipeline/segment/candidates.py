"""Places in a line where one cell may end and the next begin with nothing between them.

Between two glued cells stands no space, but something gives them away: a capital after a small
letter, a letter after a full stop or bracket, another script, a known column head. Each such place
gets a weight: how much speaks for it, below 0 for what looks like a name (iPhone, McDonald, GmbH).
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import accumulate, zip_longest

import regex

from pipeline.segment.vocabulary import spaced_words, word_starts

_CAMEL = regex.compile(r"(?<=\p{Ll})(?=[\p{Lu}\p{Lt}])")
_PLACE = regex.compile(
    r"(?<=[\p{Ll}\p{M}])(?=[\p{Lu}\p{Lt}])"  # smallCapital
    r"|(?<=[.!?…;:：；。！？।؟؛۔][\p{Pe}\p{Pf}\"']?)(?=[\p{Lu}\p{Lt}\p{Lo}\p{Georgian}])"  # end.Start
    r"|(?<=[\p{Pe}\p{Pf}%\"'])(?=[\p{Lu}\p{Lt}\p{Lo}])"  # bracket)Start
    r"|(?<=\p{N})(?=[\p{Lu}\p{Lt}])|(?<=\p{Ll})(?=\p{N})"
    r"|(?<=\p{Lu})(?=\p{Lu}\p{Ll})"  # ACRONYMWord
    r"|(?<=\p{Lu}{2})(?=\p{Lu}{2})"  # inside a run of capitals
    r"|(?<=[\p{Lo}\p{M}])(?=[\p{Lu}])|(?<=[\p{Lu}])(?=\p{Lo})"  # another script
)
# Words with two capitals: KPO, IaaS, ERP2.
_HEAD = regex.compile(
    r"(?<![\p{Lu}\p{Ll}\p{N}])(?=\p{Ll}*\p{Lu}\p{Ll}*\p{Lu})[\p{Lu}\p{Ll}\p{N}]{2,8}(?![\p{Lu}\p{Ll}\p{N}])"
)
_SMALL = regex.compile(r"[\p{Ll}\p{Lo}]")
_TOKEN = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_BEFORE = regex.compile(r"[\p{L}\p{M}\p{N}]+(?=[^\p{L}\p{N}\s]+$)")
_MOST, _MOST_HEADS, _MOST_PIECES = 400, 200, 400
_WORD_WEIGHT = 0.6  # of a place between two words that the text also writes apart


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What the whole text knows: words with two capitals (likely column heads), recurring names.

    `pattern` finds any of the heads, the longest first; None where there are none. `words` counts those
    of scripts without capitals.
    """

    heads: frozenset[str]
    names: frozenset[str]
    pattern: regex.Pattern[str] | None
    words: Mapping[str, int]


def lexicon(text: str) -> Lexicon:
    """Words of `text` that may head columns, the most frequent, and its recurring camel-case words."""
    # A line in capitals throughout would make heads of all its words.
    lines = text.splitlines()
    mixed = " ".join(line for line in lines if _SMALL.search(line))
    counts = Counter(match.group() for match in _HEAD.finditer(mixed))
    counts = Counter({word: count for word, count in counts.items() if count > 1 or word.isalpha()})
    frequent = sorted(counts, key=lambda word: (-counts[word], word))[:_MOST_HEADS]
    heads = [word for word in frequent if not _is_glued(word, counts)]
    camel = Counter(
        word for line in lines if _CAMEL.search(line) for word in _TOKEN.findall(line) if _CAMEL.search(word)
    )
    names = frozenset(word for word, count in camel.items() if count >= 2)
    longest = sorted(heads, key=lambda word: (-len(word), word))
    pattern = regex.compile("|".join(regex.escape(head) for head in longest)) if heads else None
    return Lexicon(frozenset(heads), names, pattern, spaced_words(text))


def _is_glued(word: str, counts: Mapping[str, int]) -> bool:
    """Whether a word is two others side by side, no rarer than itself (`BPOKPO` in `比較BPOKPO`)."""
    return any(
        min(counts.get(word[:at], 0), counts.get(word[at:], 0)) >= counts[word]
        for at in range(2, len(word) - 1)
    )


def candidates(line: str, known: Lexicon) -> dict[int, float]:
    """Offsets in `line` at which a cell may start, each with its weight, in order."""
    tokens = list(_TOKEN.finditer(line))
    starts = [match.start() for match in tokens]
    weights: dict[int, float] = {}
    for match in _PLACE.finditer(line):
        place = match.start()
        if 0 < place < len(line) and not line[place - 1].isspace():
            weights[place] = _weight(line, place, tokens, starts)
    if known.names:
        for token in tokens:
            for place in _inside_names(token.group(), known.names):
                weights[token.start() + place] = -1.0
    weights |= dict.fromkeys(word_starts(line, known.words), _WORD_WEIGHT)
    for low, high, token, paired in _heads_inside(line, tokens, starts, known):
        for place in range(low + 1, high):
            weights.pop(place, None)
        for place, outside in ((low, low - 1), (high, high)):
            if token.start() < place < token.end():
                # Prose writes no space between an acronym and a letter without case (`KPOは`).
                cased = line[outside].isupper() or line[outside].islower()
                weights[place] = 1.0 if paired or cased else max(0.1, weights.get(place, 0.0))
    strongest = sorted(weights, key=lambda place: (-weights[place], place))[:_MOST]
    return {place: weights[place] for place in sorted(strongest)}


def _weight(line: str, place: int, tokens: Sequence[regex.Match[str]], starts: Sequence[int]) -> float:
    before, after = line[place - 1], line[place]
    if not (before.isalnum() or regex.match(r"\p{M}", before)):
        return _after_mark(line, place)
    index = bisect_right(starts, place) - 1
    token = tokens[index].group()
    start = tokens[index].start()
    return _inside(token, place - start, before, after, leads=start == 0)


def _inside(token: str, at: int, before: str, after: str, *, leads: bool) -> float:
    """The weight of a place inside a word, `at` characters from its start; `leads`: the line's first."""
    left, right = _CAMEL.split(token[:at])[-1], token[at:]
    if before.isdigit() or after.isdigit():
        return (
            0.5 if before.isdigit() and len(right) > 2 else 0.35 if after.isdigit() and len(left) > 2 else 0.0
        )
    if before.isupper() and after.isupper() and not right[1:2].islower():
        return 0.05  # somewhere in a run of capitals that no known head explains
    if not after.isupper() or not (before.isupper() or before.islower()):
        return 0.1  # another script: common in prose too
    if len(left) == 1 or (len(right) == 1 and len(left) <= 3):
        return -0.5  # iPhone, GmbH; but `MeaningA type of`
    if len(left) == 2:
        return 0.6 if left[0].islower() else -0.1  # `based onRules`; McDonald, but also `NoYes`
    if before.isupper():
        return 0.4
    if left[0].islower():
        return 1.0
    # Two words with capitals may be a name (JavaScript), three hardly; glued labels stand first.
    return 0.75 if len(_CAMEL.split(token)) > 2 else 0.6 if leads else 0.3


def _after_mark(line: str, place: int) -> float:
    """The weight of a place after a stop, a bracket or another mark."""
    word = _BEFORE.search(line[max(0, place - 40) : place])
    following = _TOKEN.match(line, place)
    if word is None or following is None or len(word.group()) < 2:
        return 0.0  # U.S., e.g.
    if len(following.group()) < 2 and not line[following.end() : following.end() + 1].isspace():
        return 0.0
    if not line[place].isupper():
        return 0.3  # scripts without capitals often write no space after a stop
    return 1.0 if len(word.group()) >= 3 else 0.6


def _inside_names(token: str, names: Set[str]) -> list[int]:
    """Capitals inside a recurring name that the word is, or holds (`onlyJavaScript`)."""
    pieces = _CAMEL.split(token)
    if len(pieces) < 2 or len(pieces) > _MOST_PIECES:
        return []
    bounds = [0, *accumulate(len(piece) for piece in pieces)]
    return [
        bounds[inner]
        for first in range(len(pieces))
        for last in range(first + 2, min(len(pieces), first + 4) + 1)
        if token[bounds[first] : bounds[last]] in names
        for inner in range(first + 1, last)
    ]


def _heads_inside(
    line: str, tokens: Sequence[regex.Match[str]], starts: Sequence[int], known: Lexicon
) -> Iterator[tuple[int, int, regex.Match[str], bool]]:
    """Where known heads stand inside longer words (`alusBPOKPO`), each closed by a capital or the end.

    With each comes the word, and whether another head touches it.
    """
    matches = list(known.pattern.finditer(line)) if known.pattern else []
    closed = -1  # where the head before ends
    for match, after in zip_longest(matches, matches[1:]):
        low, high = match.span()
        token = tokens[bisect_right(starts, low) - 1]
        if token.group() in known.heads:
            continue
        opens = low in (token.start(), closed) or not line[low - 1].isupper()
        closes = high == token.end() or not line[high].islower() or (after and after.start() == high)
        if opens and closes:
            paired = low == closed or bool(after and after.start() == high)
            closed = high
            yield low, high, token, paired
