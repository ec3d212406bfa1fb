"""Tables with glued cells in scripts without capitals, told by their head row.

No capital shows where a cell begins there, but the head row does tell that rows follow, and of how many
columns: it ends in names that stand side by side (`比较基础BPOKPO`, `أساس المقارنةالشراءالتأجير`). Rows that
cannot be cut surely stay whole: they are rows all the same, not headings or prose.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise

import regex

from pipeline.model import Span
from pipeline.segment.candidates import Lexicon
from pipeline.segment.lines import Line, trimmed
from pipeline.segment.prose import Prose
from pipeline.segment.row_cuts import row_cut
from pipeline.segment.shapes import CASELESS, UNSPACED, ends_sentence, is_sentence, is_short
from pipeline.segment.tables import Row, Table

_LETTER = regex.compile(r"[\p{L}\p{M}]")
_TITLES = 12  # short lines from the first on that may name what a table compares
_LEAST_NAME, _MOST_NAME = 2, 24
_MOST_HEADS = 4
_MOST_ROWS = 100
_MOST_LINES = 500  # of all tables of a text
_MOST_TRIES = 500  # lines of a text that may end in names of its titles
_LEAST_ROWS = 2


@dataclass(frozen=True, slots=True)
class _Head:
    """A head row: the index of its line, where its column heads begin, and these."""

    index: int
    places: tuple[int, ...]
    names: tuple[str, ...]
    acronyms: bool


@dataclass(frozen=True, slots=True)
class _Run:
    """The lines that may be the rows of a table, and whether a blank line closes them."""

    head: _Head
    body: tuple[int, ...]
    spaced: bool
    closed: bool


def headed_tables(
    text: str, lang: str, lines: Sequence[Line], taken: Set[int], known: Lexicon
) -> list[Table]:
    """Tables of a text in `lang` whose head row ends in names, in scripts without capitals."""
    runs = list(_runs(text, lines, taken, known))
    if not runs:
        return []
    rows = {index for run in runs for index in (run.head.index, *run.body)}
    outside = "\n".join(line.content.of(text) for index, line in enumerate(lines) if index not in rows)
    prose = Prose(outside, lang)
    tables = (_table(text, lines, run, prose) for run in runs)
    return [table for table in tables if table is not None]


def _runs(text: str, lines: Sequence[Line], taken: Set[int], known: Lexicon) -> Iterator[_Run]:
    titles = _titles(text, lines)
    index = spent = tries = 0
    while index + _LEAST_ROWS < len(lines) and spent < _MOST_LINES:
        run = None
        if lines[index].kind == "text" and index not in taken:
            shown = lines[index].content.of(text)
            alike = _may_name(shown, titles) if tries < _MOST_TRIES else []
            tries += bool(alike)
            head = _head(shown, index, alike, known)
            run = _run(text, lines, head, taken) if head else None
        if run is None:
            index += 1
            continue
        yield run
        spent += len(run.body)
        index = run.body[-1] + 1


def _titles(text: str, lines: Sequence[Line]) -> list[str]:
    """The first short lines, of which one names what the article compares."""
    shown = (line.content.of(text) for line in lines if line.kind in ("text", "heading"))
    short = (line for line in shown if is_short(line) and CASELESS.search(line))
    return list(dict.fromkeys(line for line, _ in zip(short, range(_TITLES), strict=False)))


def _may_name(line: str, titles: Sequence[str]) -> list[str]:
    """Other lines among `titles` that hold the end of `line`: none, for nearly all lines."""
    return [title for title in titles if title != line and line[-_LEAST_NAME:] in title]


def _head(line: str, index: int, titles: Sequence[str], known: Lexicon) -> _Head | None:
    """The line as a head row: names side by side, after a label in a script without capitals or alone."""
    acronyms = line[-1].isupper() or line[-1].isdigit()
    if not (acronyms or titles) or not is_short(line) or ends_sentence(line):
        return None
    if acronyms:
        found = _acronyms(line, known.heads)
    else:
        found = next((pair for title in titles if (pair := _compared(line, title))), ())
    if not 2 <= len(set(found)) == len(found) <= _MOST_HEADS:
        return None
    start = len(line) - sum(map(len, found))
    if start and not CASELESS.match(line[:start].rstrip()[-1:]):
        return None
    places = tuple(start + sum(map(len, found[:at])) for at in range(len(found)))
    return _Head(index, places, found, acronyms)


def _acronyms(line: str, heads: Set[str]) -> tuple[str, ...]:
    """The known heads, side by side, that the line ends in."""
    found: list[str] = []
    end = len(line)
    while fitting := [head for head in heads if line.endswith(head, 0, end)]:
        found.insert(0, max(fitting, key=len))
        end -= len(found[0])
    return tuple(found)


def _compared(line: str, title: str) -> tuple[str, ...]:
    """Two names side by side at the end of the line that a title has apart ("Leasing and buying")."""
    second = _longest_end(line, len(line), title)
    first = _longest_end(line, len(line) - len(second), title.replace(second, "\n", 1)) if second else ""
    label = len(line) - len(first) - len(second)
    apart = first and first + second not in title and label >= _LEAST_NAME
    return (first, second) if apart else ()


def _longest_end(line: str, end: int, title: str) -> str:
    """The longest name in `title` that `line` has right before `end`, with no space at its ends."""
    for width in range(min(_MOST_NAME, end - 1), _LEAST_NAME - 1, -1):
        piece = line[end - width : end]
        if piece == piece.strip() and _is_name(piece, title):
            return piece
    return ""


def _is_name(piece: str, title: str) -> bool:
    """Whether `title` has `piece` as whole words, but for one letter that may be joined to them.

    Where words are not spaced, nearly any two pieces would do.
    """
    if piece not in title or UNSPACED.search(piece):
        return False
    return bool(regex.search(rf"(?<![\p{{L}}\p{{M}}]{{2}}){regex.escape(piece)}(?![\p{{L}}\p{{M}}])", title))


def _run(text: str, lines: Sequence[Line], head: _Head, taken: Set[int]) -> _Run | None:
    """The lines below a head row that are spaced alike and mostly in a script without capitals."""
    body: list[int] = []
    spaced = head.index + 1 < len(lines) and lines[head.index + 1].gap
    for index in range(head.index + 1, min(len(lines), head.index + 1 + _MOST_ROWS)):
        line = lines[index]
        if line.kind != "text" or index in taken or line.gap != spaced:
            break
        body.append(index)
    after = head.index + 1 + len(body)
    closed = not spaced and after < len(lines) and lines[after].gap
    letters = _LETTER.findall(" ".join(lines[index].content.of(text) for index in body))
    caseless = sum(bool(CASELESS.match(letter)) for letter in letters)
    if len(body) < _LEAST_ROWS or 2 * caseless < len(letters):
        return None
    return _Run(head, tuple(body), spaced, closed)


def _table(text: str, lines: Sequence[Line], run: _Run, prose: Prose) -> Table | None:
    shown = {index: lines[index].content.of(text) for index in run.body}
    if not run.head.acronyms and min(map(prose.count, run.head.names)) < _LEAST_ROWS:
        return None
    cuts: dict[int, tuple[int, ...] | None] = {}
    for index, line in shown.items():
        cuts[index] = row_cut(line, run.head.names, prose)
        if cuts[index] is None and not run.closed and is_sentence(line):
            break  # the text goes on without a blank line, or all lines have one
    rows = _without_rest(list(cuts), shown, cuts, run)
    if not _is_table([cuts[index] for index in rows], [shown[index] for index in rows], run.head):
        return None
    places = {run.head.index: run.head.places} | {index: cuts[index] for index in rows}
    width = len(run.head.names) + 1
    made = (_row(text, lines[index].content, index, cut, width) for index, cut in places.items())
    return Table(tuple(made), headed=True)


def _without_rest(
    rows: list[int], shown: dict[int, str], cuts: dict[int, tuple[int, ...] | None], run: _Run
) -> list[int]:
    """The rows without what follows the table where no blank line tells: the text, and its heading."""
    if run.closed or not rows:
        return rows
    ended = cuts[rows[-1]] is None and is_sentence(shown[rows[-1]])
    if ended:
        rows = rows[:-1]
    # Where words are not spaced, a heading over that sentence may be cut like a row.
    if ended and rows and UNSPACED.search(shown[rows[-1]]):
        return rows[:-1]
    # Where they are, nearly every row is cut, so what is not is none.
    while rows and cuts[rows[-1]] is None and not UNSPACED.search(shown[rows[-1]]):
        rows = rows[:-1]
    return rows


def _is_table(cuts: Sequence[tuple[int, ...] | None], shown: Sequence[str], head: _Head) -> bool:
    """Whether enough lines below a head row are cut, or at least no sentences."""
    if len(cuts) < _LEAST_ROWS:
        return False
    cut = sum(places is not None for places in cuts)
    unspaced = sum(bool(UNSPACED.search(line)) for line in shown) * 2 > len(shown)
    like = sum(places is not None or not is_sentence(line) for places, line in zip(cuts, shown, strict=True))
    enough = cut > 0 or (head.acronyms and unspaced)
    return enough and (like if head.acronyms else cut) * 3 >= len(cuts) * 2


def _row(text: str, content: Span, index: int, places: tuple[int, ...] | None, width: int) -> Row:
    """A row of the cells between `places`; where there are none, a label of which the cells are not known."""
    starts = [content.start, *(content.start + place for place in places or ())]
    cells = [trimmed(text, low, high) for low, high in pairwise((*starts, content.end))]
    kept = [(column, cell) for column, cell in enumerate(cells) if cell is not None]
    return Row(index, index, tuple(cell for _, cell in kept), tuple(column for column, _ in kept), width)
