"""How probable the words of a line are, wherever a cell is taken to begin.

A unigram model of word pieces (the bundled encoder's vocabulary, a hundred languages) tells which letters
begin a word and which go on with one; a dictionary and the words of the article itself tell more. The
scores are log probabilities, so that one threshold serves every script.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from math import log
from unicodedata import normalize

import regex

from pipeline.pieces import package_file, read_pieces
from pipeline.segment.prose import Prose
from pipeline.segment.shapes import CASELESS

_LETTER = regex.compile(r"[\p{Lo}\p{Lm}\p{M}\p{Georgian}]")
_OTHER_RUN = regex.compile(r"[^\p{Lo}\p{M}\p{Georgian}\s\p{P}]+")
_JOINERS = "\u200c\u200d"
_SPACE = "▁"
_LONGEST_PIECE, _LONGEST_WORD = 16, 24
_UNKNOWN = -18.0  # a letter that no piece explains
_OTHER = -7.0  # a run of letters with case, digits or signs
_MARK = -3.0
_LISTED = -14.0  # a word that a dictionary lists
_INFLECTED = -3.0  # what a further ending costs a word of the article's
_OWN = 0.3  # the share of words that an article is taken to draw from its own stock
_NEVER = -1e9


@dataclass(frozen=True, slots=True)
class Arc:
    """A word or a piece of one: where it ends, its log probability, whether a cell must end there."""

    end: int
    score: float
    closing: bool = False


@dataclass(frozen=True, slots=True)
class Lattice:
    """All readings of `line`: the arcs from each place where a word begins there, and where one goes on."""

    line: str
    begun: Sequence[Sequence[Arc]]
    going: Sequence[Sequence[Arc]]

    def cells(self, start: int) -> list[float]:
        """For each place the best log probability of a cell from `start` to there."""
        size = len(self.line)
        begin, inside, closed = ([_NEVER] * (size + 1) for _ in range(3))
        begin[start] = 0.0
        for at in range(start, size):
            if self.line[at].isspace():
                begin[at + 1] = max(begin[at + 1], begin[at], inside[at])
                continue
            for score, arcs in ((begin[at], self.begun[at]), (inside[at], self.going[at])):
                if score > _NEVER:
                    _follow(arcs, score, inside, closed)
        return [max(pair) for pair in zip(inside, closed, strict=True)]

    def rests(self) -> list[float]:
        """For each place the best log probability of a cell from there to the end of the line."""
        size = len(self.line)
        begin, inside = ([_NEVER] * size + [0.0] for _ in range(2))
        for at in range(size - 1, -1, -1):
            if self.line[at].isspace():
                begin[at] = inside[at] = begin[at + 1]
                continue
            for rest, arcs in ((begin, self.begun[at]), (inside, self.going[at])):
                rest[at] = max(
                    (arc.score + inside[arc.end] for arc in arcs if not arc.closing), default=_NEVER
                )
        return begin


def _follow(arcs: Sequence[Arc], score: float, inside: list[float], closed: list[float]) -> None:
    for arc in arcs:
        reached = closed if arc.closing else inside
        reached[arc.end] = max(reached[arc.end], score + arc.score)


def lattice(line: str, prose: Prose) -> Lattice:
    """The readings of `line`, a row of the article that else is `prose`."""
    # What shows nothing joins what it stands between.
    shown = ["" if char in _JOINERS else normalize("NFKC", char) for char in line]
    begun: list[Sequence[Arc]] = []
    going: list[Sequence[Arc]] = []
    for at in range(len(line)):
        other = _OTHER_RUN.match(line, at)
        if other or not _LETTER.match(line, at):
            arcs = [Arc(other.end(), _OTHER) if other else Arc(at + 1, _MARK)]
            begun.append(arcs)
            going.append(arcs)
            continue
        first, later = _pieces_from(line, shown, at)
        begun.append([*first, *_words_from(line, at, prose)])
        broken = prose.goes_on(line[max(0, at - 2) : at]) if at and _LETTER.match(line, at - 1) else 0.0
        going.append([Arc(arc.end, arc.score + broken) for arc in later])
    return Lattice(line, begun, going)


def _pieces_from(line: str, shown: Sequence[str], at: int) -> tuple[list[Arc], list[Arc]]:
    """Pieces from `at` on: those that begin a word, and those that go on with one."""
    model = pieces()
    first, later = [Arc(at + 1, _UNKNOWN)], [Arc(at + 1, _UNKNOWN)]
    piece = ""
    for end in range(at + 1, min(len(line), at + _LONGEST_PIECE) + 1):
        if line[end - 1].isspace():
            break
        piece += shown[end - 1]
        plain = model.get(piece, _NEVER)
        opening = max(model.get(_SPACE + piece, _NEVER), model[_SPACE] + plain)
        first += [Arc(end, opening)] if opening > _NEVER else []
        later += [Arc(end, plain)] if plain > _NEVER else []
    return first, later


def _words_from(line: str, at: int, prose: Prose) -> list[Arc]:
    """Whole words from `at` on: the article's, inflected or not, and those that a dictionary lists."""
    arcs: list[Arc] = []
    listed = _dictionary(prose.lang)
    for end in range(at + 1, min(len(line), at + _LONGEST_WORD) + 1):
        if line[end - 1].isspace():
            break
        word, cut = line[at:end], end < len(line) and bool(_LETTER.match(line, end))
        if count := prose.words.get(word):
            score = log(_OWN * count / prose.size)
            arcs += [Arc(end, score, cut), Arc(end, score + _INFLECTED)]
        elif listed and end - at > 1 and _is_listed(word, listed):
            arcs.append(Arc(end, _LISTED, cut))
    return arcs


@cache
def pieces() -> Mapping[str, float]:
    """Log probabilities of the pieces in scripts without capitals."""
    found = read_pieces(package_file())
    return {piece: score for piece, score in found if piece == _SPACE or CASELESS.search(piece)}


@cache
def _dictionary(lang: str) -> str | None:
    """The code of simplemma's dictionary of `lang`; None where it ships none."""
    from simplemma.strategies.dictionaries.dictionary_factory import SUPPORTED_LANGUAGES

    base = lang.partition("-")[0]
    return base if base in SUPPORTED_LANGUAGES else None


@lru_cache(maxsize=100_000)
def _is_listed(word: str, dictionary: str) -> bool:
    import simplemma

    return bool(simplemma.is_known(word, lang=dictionary, low_memory=True))
