"""Places in a line where one cell may end and the next begin with nothing between them.

Between two glued cells stands no space, but something gives them away: a capital after a small
letter, a letter after a full stop or bracket, another script, a known column head. Each such place
gets a weight: how much speaks for it, below 0 for what looks like a name (iPhone, McDonald, GmbH).
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass

import regex

_CAMEL = regex.compile(r"(?<=\p{Ll})(?=[\p{Lu}\p{Lt}])")
_PLACE = regex.compile(
    r"(?<=[\p{Ll}\p{M}])(?=[\p{Lu}\p{Lt}])"  # smallCapital
    r"|(?<=[.!?…;:。！？।؟۔][\p{Pe}\p{Pf}\"']?)(?=[\p{Lu}\p{Lt}\p{Lo}])"  # end.Start
    r"|(?<=[\p{Pe}\p{Pf}%\"'])(?=[\p{Lu}\p{Lt}\p{Lo}])"  # bracket)Start
    r"|(?<=\p{N})(?=[\p{Lu}\p{Lt}])|(?<=\p{Ll})(?=\p{N})"
    r"|(?<=\p{Lu})(?=\p{Lu}\p{Ll})"  # ACRONYMWord
    r"|(?<=\p{Lu}{2})(?=\p{Lu}{2})"  # inside a run of capitals
    r"|(?<=[\p{Lo}\p{M}])(?=[\p{Lu}])|(?<=[\p{Lu}])(?=\p{Lo})"  # another script
)
_ACRONYM = regex.compile(r"(?<![\p{Lu}\p{Ll}\p{N}])\p{Lu}[\p{Lu}\p{N}]{1,6}(?![\p{Lu}\p{Ll}\p{N}])")
_RUN = regex.compile(r"\p{Lu}{2,}\p{N}*")
_TOKEN = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_BEFORE = regex.compile(r"[\p{L}\p{M}\p{N}]+(?=[^\p{L}\p{N}\s]+$)")
_MOST = 400


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What the whole text knows: acronyms (likely column heads) and names with an inner capital."""

    heads: frozenset[str]
    names: frozenset[str]


def lexicon(text: str) -> Lexicon:
    """Acronyms that stand alone in `text`, and its words with an inner capital that recur."""
    heads = {match.group() for match in _ACRONYM.finditer(text)}
    camel = Counter(match.group() for match in _TOKEN.finditer(text) if _CAMEL.search(match.group()))
    return Lexicon(frozenset(heads), frozenset(word for word, count in camel.items() if count >= 2))


def candidates(line: str, known: Lexicon) -> dict[int, float]:
    """Offsets in `line` at which a cell may start, each with its weight, in order."""
    tokens = [match for match in _TOKEN.finditer(line)]
    starts = [match.start() for match in tokens]
    weights: dict[int, float] = {}
    for match in _PLACE.finditer(line):
        place = match.start()
        if 0 < place < len(line) and not line[place - 1].isspace():
            weights[place] = _weight(line, place, tokens, starts, known)
    for token in tokens:
        for place in _head_places(token.group(), known.heads):
            weights[token.start() + place] = 1.0
    strongest = sorted(weights, key=lambda place: (-weights[place], place))[:_MOST]
    return {place: weights[place] for place in sorted(strongest) if 0 < place < len(line)}


def _weight(
    line: str, place: int, tokens: Sequence[regex.Match[str]], starts: Sequence[int], known: Lexicon
) -> float:
    before, after = line[place - 1], line[place]
    if not (before.isalnum() or regex.match(r"\p{M}", before)):
        return _after_mark(line, place)
    index = bisect_right(starts, place) - 1
    token = tokens[index].group()
    if token in known.names:
        return -1.0
    at = place - tokens[index].start()
    return _inside(token, at, before, after)


def _inside(token: str, at: int, before: str, after: str) -> float:
    """The weight of a place inside a word, `at` characters from its start."""
    left, right = _CAMEL.split(token[:at])[-1], token[at:]
    if before.isdigit() or after.isdigit():
        return 0.5 if before.isdigit() and len(right) > 2 else 0.0
    if before.isupper() and after.isupper() and not right[1:2].islower():
        return 0.05  # somewhere in a run of capitals that no known head explains
    if not after.isupper() or not (before.isupper() or before.islower()):
        return 0.1  # another script: common in prose too
    if len(right) == 1 or len(left) <= 2:
        return -0.5  # GmbH, iPhone, McDonald
    if before.isupper():
        return 0.4
    return 1.0 if left[0].islower() else 0.75


def _after_mark(line: str, place: int) -> float:
    """The weight of a place after a stop, a bracket or another mark."""
    word = _BEFORE.search(line[max(0, place - 40) : place])
    following = _TOKEN.match(line, place)
    if word is None or following is None or len(word.group()) < 2 or len(following.group()) < 2:
        return 0.0  # U.S., e.g.
    if not line[place].isupper():
        return 0.3  # scripts without capitals often write no space after a stop
    return 1.0 if len(word.group()) >= 3 else 0.6


def _head_places(token: str, heads: Set[str]) -> list[int]:
    """Where known heads begin and end inside a longer word (`alusBPOKPO`)."""
    places: list[int] = []
    if token in heads:
        return places
    for run in _RUN.finditer(token):
        start, end = run.span()
        # The last capital of a run belongs to the word that follows it in small letters.
        stop = end - 1 if token[end : end + 1].islower() else end
        parts = _as_heads(token[start:stop], heads)
        if parts is None:
            continue
        places += [start + part for part in parts if start + part > 0]
        if stop < len(token):
            places.append(stop)
    return [place for place in places if 0 < place < len(token)]


def _as_heads(run: str, heads: Set[str]) -> list[int] | None:
    """Where the known heads begin that `run` is made of, or None where it is not."""
    reach: dict[int, int] = {0: 0}
    for end in range(2, len(run) + 1):
        for start in range(max(0, end - 7), end - 1):
            if start in reach and run[start:end] in heads:
                reach[end] = start
                break
    if len(run) not in reach or len(run) < 2:
        return None
    places, at = [], len(run)
    while at > 0:
        at = reach[at]
        places.append(at)
    return sorted(places)
