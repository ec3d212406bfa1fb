"""The cells of a row whose number of columns is known, in scripts without capitals.

Every way to cut the line at its likeliest places is scored as a whole: how probable the words of the cells
are, how the article writes what stands at the cuts, and whether the cells are alike. The best way is taken
only where it is clearly better than any other: a row is never cut at a guess.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise
from math import log

import regex

from pipeline.segment.lattice import lattice
from pipeline.segment.prose import Prose
from pipeline.segment.shapes import CASELESS, UNSPACED, ends_sentence

_LONGEST_ROW = 600
_MOST_PLACES = 14
# By how much the best way must beat every other, and what it may cost against no cut at all: where words
# are not spaced, word boundaries tell less of cells, and a space is unlikely anywhere.
_CLEAR, _CLEAR_UNSPACED = 6.0, 5.0
_COST, _COST_UNSPACED = 0.0, 12.0
_STOP, _STOP_SPACED = 4.0, 8.0  # a stop with a letter right after it
# One or two letters at a cut that the article has not as a word.
_LONE_LETTER, _LONE_SYLLABLE, _FRAGMENT = 30.0, 2.0, 4.0
_LONE_SIGN = 2.0  # a cell of one sign
_ADJOINED = 3.0  # four letters that the article writes together
_ADJOINED_TWO = 1.5  # two signs of a dense script
_SENTENCE_LABEL = 30.0
_LONG_LABEL, _LABEL_CHAR = 25, 0.05
_NAMES_OWN, _NAMES_OTHER = 4.0, 2.0  # a cell that names the head of its column, or another one
_UNLIKE_STOPS, _UNLIKE_LENGTH, _SAME = 2.0, 2.0, 2.0
_SAID, _SAID_MOST = 0.8, 8.0  # a cell that the article says elsewhere, by its length
_SHARED_WORD, _SHARED_CHAR, _MOST_SHARED = 5.0, 1.5, 4

# Where a cell may end and another begin: no mark, and no sign that cannot begin a line, opens one.
_PLACE = regex.compile(
    r"(?<=[\p{L}\p{M}\p{N}\p{Pe}\p{Pf}%\"'\p{Sentence_Terminal}])(?<!\p{Logical_Order_Exception})"
    r"(?=[\p{L}\p{N}\p{Ps}\p{Pi}\"'])(?![\p{Lm}\p{Line_Break=CJ}])"
)
_CASED = regex.compile(r"[[\p{Lu}\p{Ll}\p{N}]--\p{Georgian}]{2}", regex.V1)
_DENSE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]")
_LETTERS = (
    r"[[\p{Lo}\p{M}\p{Georgian}]--[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]]+"
)
_FIRST, _LAST = regex.compile(_LETTERS, regex.V1), regex.compile(rf"{_LETTERS}$", regex.V1)


def row_cut(line: str, heads: Sequence[str], prose: Prose) -> tuple[int, ...] | None:
    """Where the cells of `line` begin but the first one: a label, then a cell for each of `heads`.

    None where it cannot be told.
    """
    if len(line) > _LONGEST_ROW:
        return None
    found, whole = ranked_cuts(line, heads, prose)
    if not found:
        return None
    clear, cost = (_CLEAR_UNSPACED, _COST_UNSPACED) if UNSPACED.search(line) else (_CLEAR, _COST)
    score, places = found[0]
    second = found[1][0] if len(found) > 1 else score - clear
    # Two single signs may as well be a word.
    lone = any(high - low == 1 for low, high in pairwise((0, *places, len(line))))
    return places if score - second >= clear and score >= whole - cost and not lone else None


def ranked_cuts(
    line: str, heads: Sequence[str], prose: Prose
) -> tuple[list[tuple[float, tuple[int, ...]]], float]:
    """All ways to cut `line` at its likeliest places, the best first, each with its score; that of no cut."""
    places = [
        match.start()
        for match in _PLACE.finditer(line, 1)
        if not _CASED.match(line, match.start() - 1)
    ]  # fmt: skip
    readings, size = lattice(line, prose), len(line)
    ahead, behind = readings.cells(0), readings.rests()
    at = {place: _at_cut(line, place, prose) for place in places}
    alone = {place: ahead[place] + at[place] + behind[place] for place in places}
    likely = sorted(sorted(places, key=lambda place: (-alone[place], place))[:_MOST_PLACES])
    reach = {0: ahead} | {place: readings.cells(place) for place in likely}
    found: list[tuple[float, tuple[int, ...]]] = []
    for cut in combinations(likely, len(heads)):
        bounds = list(pairwise((0, *cut, size)))
        score = sum(reach[low][high] for low, high in bounds) + sum(at[place] for place in cut)
        cells = [line[low:high].strip() for low, high in bounds]
        found.append((score + _like_row(cells, heads, prose), cut))
    return sorted(found, key=lambda way: (-way[0], way[1])), ahead[size]


def _at_cut(line: str, place: int, prose: Prose) -> float:
    """What the signs on both sides of a place say for a cut there."""
    before, after = line[max(0, place - 2) : place], line[place : place + 2]
    score = -_ADJOINED if prose.count(before + after) else 0.0
    if _DENSE.match(before[-1]) and _DENSE.match(after):
        if prose.count(before[-1] + after[0]):
            score -= _ADJOINED_TWO
        elif prose.count(before) and prose.count(after):
            score += _ADJOINED_TWO
    if ends_sentence(line[:place]):
        score += _STOP if UNSPACED.match(after) else _STOP_SPACED
    return score + _word_edges(line, place, prose)


def _word_edges(line: str, place: int, prose: Prose) -> float:
    """Whether the article's words end as what stands before a place does, and begin as what follows it."""
    score = 0.0
    if CASELESS.match(line, place - 1):
        score += prose.ends(line[max(0, place - 2) : place])
    if CASELESS.match(line, place):
        score += prose.begins(line[place : place + 2])
    for word in (_LAST.search(line[:place]), _FIRST.match(line, place)):
        if word and word.group() not in prose.words:
            size = len(word.group())
            dense = _DENSE.match(word.group())
            score -= (_LONE_SYLLABLE if dense else _LONE_LETTER) if size == 1 else 0.0
            score -= _FRAGMENT if size == 2 and not dense else 0.0
    return score


def _like_row(cells: Sequence[str], heads: Sequence[str], prose: Prose) -> float:
    """What the cells of one way to cut say together: a label, and values that are alike."""
    label, *values = cells
    score = -_LABEL_CHAR * max(0, len(label) - _LONG_LABEL)
    score -= _SENTENCE_LABEL if ends_sentence(label) else 0.0
    score -= _UNLIKE_STOPS if len({ends_sentence(value) for value in values}) > 1 else 0.0
    score -= _LONE_SIGN * sum(len(cell) == 1 for cell in cells)
    score += sum(_names(value, head, heads) for value, head in zip(values, heads, strict=True))
    score += sum(_alike(one, other) for one, other in pairwise(values))
    # Single words of scripts with spaces are in the lattice.
    said = (cell for cell in cells if len(cell) > 1 and (" " in cell or UNSPACED.search(cell)))
    return score + sum(min(_SAID_MOST, _SAID * len(cell)) for cell in said if prose.count(cell))


def _names(cell: str, own: str, heads: Sequence[str]) -> float:
    if own in cell:
        return _NAMES_OWN if cell.startswith(own) and not CASELESS.match(own) else _NAMES_OTHER
    return -_NAMES_OTHER if any(head in cell for head in heads) else 0.0


def _alike(one: str, other: str) -> float:
    """What two neighbouring values share: their length, their first and last words or signs."""
    if one == other:
        return -_SAME
    score = -_UNLIKE_LENGTH * abs(log((len(one) + 2) / (len(other) + 2)))
    if UNSPACED.search(one):
        first = _shared(one, other)
        last = _shared(one[first:][::-1], other[first:][::-1])
        shared = min(_MOST_SHARED, first) + min(_MOST_SHARED, last)
        whole = first + last >= min(len(one), len(other))
        return score + (_SHARED_CHAR * shared if shared > 1 and not whole else 0.0)
    left, right = one.split(), other.split()
    if len(left) < 2 or len(right) < 2:
        return score
    edges = ((left[0], right[0]), (left[-1], right[-1]))
    return score + _SHARED_WORD * sum(a == b and len(a) > 1 for a, b in edges)


def _shared(one: str, other: str) -> int:
    """How many signs two strings share from the first on."""
    return next(
        (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
