"""Tables flattened so that the cells of a row run together (`PõhinebReeglidKohtuotsus`).

For every number of columns each line has a best way of being cut into that many cells; one pass of
dynamic programming over the lines then chooses which stretches are tables and of how many columns,
so that one line's accidents cannot outvote its neighbours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise

from pipeline.model import Span
from pipeline.segment.candidates import Lexicon, candidates
from pipeline.segment.lines import Line
from pipeline.segment.shapes import UNSPACED, ends_sentence
from pipeline.segment.tables import Row, Table

_COLUMNS = range(2, 9)
_MOST_CANDIDATES = 40
_LONGEST_ROW = 4_000
_UNCUT = 0.7  # what a strong place inside a cell costs
_ROW = 0.45  # what each row must earn beyond
_START = 2.2  # what a table must earn beyond
_GAP = 1.2  # what a line inside a table that cannot be cut costs
_HEADER = 0.8  # cells of a first row are short
_HEADS = 1.4  # two of them are known acronyms
_LONE = 0.5  # what a doubtful cut costs that is the only one of its row
_NO_HEADER = 2.5  # what a first row of long cells costs
_NEVER = -1e9


@dataclass(frozen=True, slots=True)
class _Cut:
    """The best way to cut one line into a number of cells."""

    score: float
    places: tuple[int, ...]


def glued_tables(text: str, lines: Sequence[Line], taken: Set[int], known: Lexicon) -> list[Table]:
    """Tables among the lines that no markup and no other table has claimed."""
    free = [
        index
        for index, line in enumerate(lines)
        if line.kind == "text" and index not in taken and len(line.content) <= _LONGEST_ROW
    ]
    found: list[Table] = []
    for run in _neighbours(lines, free):
        places = [candidates(lines[index].content.of(text), known) for index in run]
        if any(weight > 0 for line in places for weight in line.values()):
            found.extend(_tables_of_run(text, lines, run, places, known))
    return found


def _neighbours(lines: Sequence[Line], free: Sequence[int]) -> list[list[int]]:
    """Runs of consecutive free lines; blank lines between them do not count where all have them."""
    runs: list[list[int]] = []
    for index in free:
        joined = runs and runs[-1][-1] == index - 1 and (not lines[index].gap or lines[index - 1].gap)
        if joined:
            runs[-1].append(index)
        else:
            runs.append([index])
    return runs


def _tables_of_run(
    text: str,
    lines: Sequence[Line],
    run: Sequence[int],
    places: Sequence[Mapping[int, float]],
    known: Lexicon,
) -> list[Table]:
    """Viterbi over the lines: state 0 is prose, state c a row of c cells."""
    shown = [lines[index].content.of(text) for index in run]
    cuts = [_cuts(line, found) for line, found in zip(shown, places, strict=True)]
    prose = [_is_unspaced_prose(line) for line in shown]
    if any(prose) and not any(
        _names_heads(_shown(line, cut), known)
        for line, of in zip(shown, cuts, strict=True)
        for cut in of.values()
    ):
        cuts = [{} if uncut else of for uncut, of in zip(prose, cuts, strict=True)]
    score = {0: 0.0} | dict.fromkeys(_COLUMNS, _NEVER)
    back: list[dict[int, int]] = []
    for line, of_columns in zip(shown, cuts, strict=True):
        leave = max(score, key=lambda state: (score[state], -state))
        fresh, came = {0: score[leave]}, {0: leave}
        for columns in _COLUMNS:
            cut = of_columns.get(columns)
            gain = _gain(cut) if cut else -_GAP
            begin = score[0] + _opening(line, of_columns, columns, known)
            stay = score[columns] + gain
            fresh[columns], came[columns] = (stay, columns) if stay >= begin else (begin, 0)
        score = fresh
        back.append(came)
    state = max(score, key=lambda state: (score[state], -state))
    path: list[tuple[int, bool]] = []
    for came in reversed(back):
        path.append((state, came[state] != state))
        state = came[state]
    path.reverse()
    return _collect(lines, run, cuts, path)


def _cuts(line: str, places: Mapping[int, float]) -> dict[int, _Cut]:
    """For each number of columns that the line's candidates allow, the best cells.

    Dynamic programming over the candidates: `best[k]` is the best score with k cuts so far.
    """
    chosen = sorted(sorted(places, key=lambda place: (-places[place], place))[:_MOST_CANDIDATES])
    total = sum(max(0.0, weight) for weight in places.values())
    best: list[tuple[float, tuple[int, ...]]] = [(0.0, ())]
    for place in chosen:
        gain = places[place] + _UNCUT * max(0.0, places[place])
        for cut in range(min(len(best), _COLUMNS[-1] - 1), 0, -1):
            value = best[cut - 1][0] + gain + (label_cost(line[:place]) if cut == 1 else 0.0)
            taken = (value, (*best[cut - 1][1], place))
            if cut == len(best):
                best.append(taken)
            elif value > best[cut][0]:
                best[cut] = taken
    return {
        count + 1: _Cut(score - _UNCUT * total, cut)
        for count, (score, cut) in enumerate(best)
        if count + 1 in _COLUMNS
    }


def label_cost(label: str) -> float:
    """A row's first cell is a label: short, and no sentence."""
    words = len(label.split())
    wordy = -0.25 * max(0, words - 6) - 0.02 * max(0, len(label) - 60)
    return wordy - (1.0 if ends_sentence(label) else 0.0)


def _opening(line: str, cuts: Mapping[int, _Cut], columns: int, known: Lexicon) -> float:
    """What a line earns as the first row of a table of `columns`.

    Where the corner is empty, the head row is one cell short, all of them known heads.
    """
    whole = cuts.get(columns)
    if whole is not None:
        return whole.score - _ROW - _START + _header_gain(line, whole, known)
    short = cuts.get(columns - 1)
    if short is not None and columns > 2 and all(cell in known.heads for cell in _shown(line, short)):
        return short.score - _ROW - _START + _header_gain(line, short, known)
    return _NEVER


def _gain(cut: _Cut) -> float:
    """What a row earns; a lone cut must be a clear one, for a list of names has one a line, too."""
    return cut.score - _ROW - (_LONE if len(cut.places) == 1 and cut.score < 1 else 0.0)


def _shown(line: str, cut: _Cut) -> list[str]:
    bounds = [0, *cut.places, len(line)]
    return [line[low:high].strip() for low, high in pairwise(bounds)]


def _header_gain(line: str, cut: _Cut, known: Lexicon) -> float:
    cells = _shown(line, cut)
    short = all(len(cell) <= 60 and len(cell.split()) <= 6 and not ends_sentence(cell) for cell in cells)
    return (_HEADER if short else -_NO_HEADER) + (_HEADS if _names_heads(cells, known) else 0.0)


def _names_heads(cells: Sequence[str], known: Lexicon) -> bool:
    """Whether heads of columns stand side by side; between two others (`BPOとKPOの違い`) they are a title."""
    return any(one in known.heads and other in known.heads for one, other in pairwise(cells))


def _is_unspaced_prose(line: str) -> bool:
    """Whether a line may be prose of a script that puts no space behind a stop, nor around an acronym."""
    return ends_sentence(line) and bool(UNSPACED.search(line))


def _collect(
    lines: Sequence[Line],
    run: Sequence[int],
    cuts: Sequence[Mapping[int, _Cut]],
    path: Sequence[tuple[int, bool]],
) -> list[Table]:
    """The stretches of the path as tables; a line amid rows that has no cut is a row of one cell."""
    stretches: list[list[tuple[int, int]]] = []  # positions and numbers of columns
    for position, (state, opens) in enumerate(path):
        if state == 0:
            continue
        if opens or not stretches:
            stretches.append([])
        stretches[-1].append((position, state))
    tables = []
    for stretch in stretches:
        while stretch and stretch[-1][1] not in cuts[stretch[-1][0]]:
            stretch.pop()
        if sum(state in cuts[position] for position, state in stretch) >= 2 - _headless(stretch, cuts):
            rows = tuple(
                _row(lines, run[position], cuts[position], state, opens=place == 0)
                for place, (position, state) in enumerate(stretch)
            )
            tables.append(Table(rows, headed=True))
    return tables


def _headless(stretch: Sequence[tuple[int, int]], cuts: Sequence[Mapping[int, _Cut]]) -> bool:
    """Whether the first row lacks its corner."""
    position, state = stretch[0]
    return state not in cuts[position]


def _row(lines: Sequence[Line], index: int, cuts: Mapping[int, _Cut], columns: int, *, opens: bool) -> Row:
    content = lines[index].content
    cut, first = cuts.get(columns), 0
    if cut is None and opens:
        cut, first = cuts.get(columns - 1), 1
    bounds = [content.start, *(content.start + place for place in (cut.places if cut else ())), content.end]
    cells = tuple(Span(low, high) for low, high in pairwise(bounds))
    return Row(index, index, cells, tuple(range(first, first + len(cells))))
