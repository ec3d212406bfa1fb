"""Tables flattened so that the cells of a row run together (`PõhinebReeglidKohtuotsus`).

Between two glued cells stands no space, but something gives them away: a capital after a small
letter, a letter after a full stop or bracket, another script, a known column head. Each such place
is a candidate with a weight. For every number of columns, each line has a best way of being cut
into that many cells; one pass of dynamic programming over the lines then chooses which stretches
are tables and of how many columns, so that one line's accidents cannot outvote its neighbours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass

import regex

from pipeline.model import Span
from pipeline.segment.lines import Line
from pipeline.segment.tables import Row, Table

_COLUMNS = range(2, 9)
_MOST_CANDIDATES = 60
_LONGEST_ROW = 4_000
_UNCUT = 0.7  # what a strong place inside a cell costs
_ROW = 0.45  # what each row must earn beyond
_START = 2.2  # what a table must earn beyond
_GAP = 1.2  # what a line inside a table that cannot be cut costs
_HEADER = 0.8
_HEADS = 1.2

_CAMEL = regex.compile(r"(?<=\p{Ll})(?=[\p{Lu}\p{Lt}])")
_PLACE = regex.compile(
    r"(?<=[\p{Ll}\p{Lo}])(?=[\p{Lu}\p{Lt}])"  # smallCapital
    r"|(?<=[.!?…;:。！？।؟۔][\p{Pe}\p{Pf}\"']?)(?=[\p{Lu}\p{Lt}\p{Lo}])"  # end.Start
    r"|(?<=[\p{Pe}\p{Pf}%\"'])(?=[\p{Lu}\p{Lt}])"  # bracket)Start
    r"|(?<=\p{N})(?=[\p{Lu}\p{Lt}])|(?<=\p{Ll})(?=\p{N})"
    r"|(?<=[\p{Lu}])(?=\p{Lu}\p{Ll})"  # ACRONYMWord
)
_ACRONYM = regex.compile(r"(?<![\p{L}\p{N}])\p{Lu}[\p{Lu}\p{N}]{1,6}(?![\p{L}\p{N}])")
_ACRONYM_ANYWHERE = regex.compile(r"(?<![A-Za-z0-9])[A-Z][A-Z0-9]{1,6}(?![A-Za-z0-9])")
_TOKEN = regex.compile(r"[\p{L}\p{M}\p{N}]+")


@dataclass(frozen=True, slots=True)
class _Cut:
    """The best way to cut one line into a number of cells."""

    score: float
    places: tuple[int, ...]


def known_heads(text: str) -> frozenset[str]:
    """Acronyms that stand alone at least twice in `text`: likely column heads of its tables."""
    counts = Counter(match.group() for match in _ACRONYM.finditer(text))
    counts |= Counter(match.group() for match in _ACRONYM_ANYWHERE.finditer(text))
    return frozenset(word for word, count in counts.items() if count >= 2)


def glued_tables(text: str, lines: Sequence[Line], taken: Set[int]) -> list[Table]:
    """Tables among the lines that no markup and no other table has claimed."""
    heads = known_heads(text)
    names = _camel_names(text)
    free = [
        index
        for index, line in enumerate(lines)
        if line.kind == "text" and index not in taken and len(line.content) <= _LONGEST_ROW
    ]
    found: list[Table] = []
    for run in _neighbours(lines, free):
        candidates = [_candidates(text, lines[index].content, heads, names) for index in run]
        if not any(weight > 0 for places in candidates for weight in places.values()):
            continue
        found.extend(_tables_of_run(text, lines, run, candidates, heads))
    return found


def _neighbours(lines: Sequence[Line], free: Sequence[int]) -> list[list[int]]:
    """Runs of consecutive free lines; blank lines between them do not count where all have them."""
    runs: list[list[int]] = []
    for index in free:
        if runs and runs[-1][-1] == index - 1 and (not lines[index].gap or _single(lines, index)):
            runs[-1].append(index)
        else:
            runs.append([index])
    return runs


def _single(lines: Sequence[Line], index: int) -> bool:
    """Whether the line before `index` also stood alone between blank lines."""
    return lines[index - 1].gap and lines[index].gap


def _camel_names(text: str) -> frozenset[str]:
    """Words with an inner capital that the text uses more than once: names, not glued cells."""
    counts = Counter(match.group() for match in _TOKEN.finditer(text) if _CAMEL.search(match.group()))
    return frozenset(word for word, count in counts.items() if count >= 2)


def _candidates(text: str, span: Span, heads: Set[str], names: Set[str]) -> dict[int, float]:
    """Places in the line where a cell may end, with how much speaks for it."""
    line = span.of(text)
    weights: dict[int, float] = {}
    tokens = {match.start(): match for match in _TOKEN.finditer(line)}
    bounds = sorted(tokens)
    for match in _PLACE.finditer(line):
        place = match.start()
        if 0 < place < len(line) and not line[place - 1].isspace():
            weights[place] = _weight(line, place, tokens, bounds, names)
    for place in _head_places(line, heads, tokens):
        weights[place] = 1.0
    strongest = sorted(weights, key=lambda place: (-weights[place], place))[:_MOST_CANDIDATES]
    return {place: weights[place] for place in sorted(strongest)}


def _weight(
    line: str, place: int, tokens: dict[int, regex.Match[str]], bounds: Sequence[int], names: Set[str]
) -> float:
    before, after = line[place - 1], line[place]
    if not before.isalnum():
        word = regex.search(r"[\p{L}\p{M}\p{N}]+(?=[^\p{L}\p{N}\s]+$)", line[max(0, place - 40) : place])
        following = _TOKEN.match(line, place)
        long = word is not None and len(word.group()) >= 3
        return (
            1.0 if long and following is not None and len(following.group()) >= 2 and after.isupper() else 0.3
        )
    token = _token_at(place, tokens, bounds)
    if token is None:
        return 0.0
    if token.group() in names:
        return -1.0
    left, right = line[token.start() : place], line[place : token.end()]
    left = regex.split(r"(?<=\p{Ll})(?=\p{Lu})", left)[-1]
    if before.isdigit():
        return 0.5
    if after.isdigit():
        return 0.2
    if len(left) <= 2 or len(right) == 1:
        return -0.5  # iPhone, McDonald, GmbH, PhD
    if before.isupper():
        return 0.4
    return 1.0 if left[0].islower() else 0.75


def _token_at(
    place: int, tokens: dict[int, regex.Match[str]], bounds: Sequence[int]
) -> regex.Match[str] | None:
    from bisect import bisect_right

    index = bisect_right(bounds, place) - 1
    return tokens[bounds[index]] if index >= 0 else None


def _head_places(line: str, heads: Set[str], tokens: dict[int, regex.Match[str]]) -> list[int]:
    """Where a known head begins or ends inside a longer word."""
    places: list[int] = []
    for token in tokens.values():
        word = token.group()
        if word in heads or not any(head in word for head in heads):
            continue
        for head in heads:
            at = word.find(head)
            while at >= 0:
                end = at + len(head)
                inner_start = at > 0 and not word[at - 1].isupper()
                run_start = at > 0 and word[:at] in heads
                run_end = end < len(word) and any(word.startswith(other, end) for other in heads)
                if inner_start or run_start:
                    places.append(token.start() + at)
                if run_end or (end < len(word) and word[end].isupper() and word[end + 1 : end + 2].islower()):
                    places.append(token.start() + end)
                at = word.find(head, at + 1)
    return places


def _tables_of_run(
    text: str,
    lines: Sequence[Line],
    run: Sequence[int],
    candidates: Sequence[dict[int, float]],
    heads: Set[str],
) -> list[Table]:
    """Viterbi over the lines: state 0 is prose, state c a row of c cells."""
    cuts = [
        {columns: _best_cut(lines[index].content.of(text), places, columns) for columns in _COLUMNS}
        for index, places in zip(run, candidates, strict=True)
    ]
    states = (0, *_COLUMNS)
    score = {0: 0.0}
    back: list[dict[int, int]] = []
    for position, index in enumerate(run):
        line = lines[index].content.of(text)
        fresh: dict[int, float] = {}
        came: dict[int, int] = {}
        leave = max(score, key=lambda state: (score[state], -state))
        fresh[0], came[0] = score[leave], leave
        for columns in states[1:]:
            cut = cuts[position][columns]
            gain = cut.score - _ROW if cut else -_GAP
            begin = score[0] - _START + (gain + _header_gain(line, cut, heads) if cut else -99.0)
            stay = score.get(columns, -1e9) + gain
            fresh[columns], came[columns] = (stay, columns) if stay >= begin else (begin, 0)
        score = fresh
        back.append(came)
    state = max(score, key=lambda state: (score[state], -state))
    path: list[int] = []
    for came in reversed(back):
        path.append(state)
        state = came[state]
    path.reverse()
    return _collect(text, lines, run, cuts, path, back)


def _header_gain(line: str, cut: _Cut, heads: Set[str]) -> float:
    cells = _cells(line, cut.places)
    short = all(len(cell) <= 60 and len(cell.split()) <= 6 and cell[-1] not in ".!?。" for cell in cells)
    return (_HEADER if short else -_HEADER) + _HEADS * (sum(cell in heads for cell in cells) >= 2)


def _cells(line: str, places: Sequence[int]) -> list[str]:
    bounds = [0, *places, len(line)]
    return [line[low:high].strip() for low, high in zip(bounds, bounds[1:], strict=False)]


def _best_cut(line: str, candidates: dict[int, float], columns: int) -> _Cut | None:
    """The best `columns` cells of a line by dynamic programming over its candidates, or None."""
    places = list(candidates)
    needed = columns - 1
    if len(places) < needed:
        return None
    total = sum(max(0.0, weight) for weight in candidates.values())
    # best[k]: the best score with k cuts so far, and where they are.
    best: list[tuple[float, tuple[int, ...]]] = [(0.0, ())]
    for place in places:
        gain = candidates[place] + _UNCUT * max(0.0, candidates[place])
        for cuts in range(min(len(best), needed), 0, -1):
            value = best[cuts - 1][0] + gain + (_label_cost(line[:place]) if cuts == 1 else 0.0)
            taken = (value, (*best[cuts - 1][1], place))
            if cuts == len(best):
                best.append(taken)
            elif value > best[cuts][0]:
                best[cuts] = taken
    score, chosen = best[needed]
    return _Cut(score - _UNCUT * total, chosen)


def _label_cost(label: str) -> float:
    """A row's first cell is a label: short, and no sentence."""
    words = len(label.split())
    return -0.25 * max(0, words - 6) - 0.02 * max(0, len(label) - 60) - (1.0 if label[-1] in ".!?。" else 0.0)


def _collect(
    text: str,
    lines: Sequence[Line],
    run: Sequence[int],
    cuts: Sequence[dict[int, _Cut | None]],
    path: Sequence[int],
    back: Sequence[dict[int, int]],
) -> list[Table]:
    tables: list[Table] = []
    rows: list[Row] = []
    for position, state in enumerate(path):
        if state == 0 or (rows and back[position][state] == 0):
            if len(rows) >= 2:
                tables.append(Table(tuple(rows), headed=True))
            rows = []
        cut = cuts[position][state] if state else None
        if cut:
            start = lines[run[position]].content.start
            bounds = [start, *(start + place for place in cut.places), lines[run[position]].content.end]
            cells = tuple(Span(low, high) for low, high in zip(bounds, bounds[1:], strict=False))
            rows.append(Row(run[position], run[position], cells))
    if len(rows) >= 2:
        tables.append(Table(tuple(rows), headed=True))
    return tables
