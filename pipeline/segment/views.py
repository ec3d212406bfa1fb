"""Clean text with the way back: what a reader sees of some lines of a file, and where each character stands.

A view is built from atoms, stretches of the source that are shown as they are or as something else
(an entity, a line break). What no atom covers (markup, soft hyphens) is dropped.
"""

from __future__ import annotations

import html
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, zip_longest

import regex

from pipeline.model import Document, Media, Run, Span, View
from pipeline.segment.inline import Atom, link_labels, markdown_atoms, wiki_atoms

_ENTITY = regex.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
# A single plain space between words needs no care, and is what nearly all white space is.
_SPECIAL = regex.compile(
    r"[\u00ad\u200b\u2060\ufeff\u200e\u200f\u202a-\u202e\u2066-\u2069]+|[\u200c\u200d]|\s{2,}|[^\S ]|&"
)
# Joiners shape letters in these scripts; elsewhere they are litter.
_JOINING = regex.compile(
    r"[\p{Arab}\p{Deva}\p{Beng}\p{Gujr}\p{Guru}\p{Knda}\p{Mlym}\p{Orya}\p{Sinh}\p{Taml}\p{Telu}\p{Mong}\p{Extended_Pictographic}\ufe0f]"
)
_UNSPACED = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}、。，．：；！？「」『』（）]"
)
# Without any of these a line shows itself: white space, marks and entities, and each markup's own signs.
_MARKDOWN = regex.compile(rf"{_SPECIAL.pattern}|[*_`\[<\\]")
_WIKI = regex.compile(rf"{_SPECIAL.pattern}|['\[<{{]")
_BUSY: dict[Media, regex.Pattern[str]] = {
    "text": _SPECIAL, "markdown": _MARKDOWN, "html": _MARKDOWN, "wiki": _WIKI
}  # fmt: skip
_LONG = 50_000


@dataclass(frozen=True, slots=True)
class Markup:
    """What a document is written in; `labels` are those of its Markdown link definitions."""

    media: Media
    labels: frozenset[str] = frozenset()


def markup_of(document: Document) -> Markup:
    """The markup that resolves the document's inline text."""
    if document.media not in ("markdown", "html"):
        return Markup(document.media)
    return Markup(document.media, link_labels(document.text))


def clean_view(text: str, lines: Sequence[Span], markup: Markup) -> View:
    """The clean text of `lines` (ordered spans of `text`, one a line) as one paragraph.

    Emphasis, links and code are resolved, entities decoded, soft hyphens and zero-width characters
    dropped, runs of white space and line breaks shown as one space (as none between two characters
    of a script that does not space its words).
    """
    if all(_shows_itself(text, span, markup) for span in lines):
        return _plain_view(text, lines)
    joined = "\n".join(span.of(text) for span in lines)
    # A paragraph of this size is no prose; its markup would cost more than it tells.
    marked_down = markup.media in ("markdown", "html")
    if marked_down and len(joined) <= _LONG:
        atoms = markdown_atoms(joined, markup.labels)
    elif markup.media == "wiki" and len(joined) <= _LONG:
        atoms = wiki_atoms(joined)
    else:
        atoms = [Atom(0, len(joined))]
    builder = _Builder(joined, lines)
    for atom in atoms:
        builder.add(atom, entities=not marked_down or len(joined) > _LONG)
    return builder.view()


def _shows_itself(text: str, line: Span, markup: Markup) -> bool:
    """Whether a reader sees a line as it stands in the file."""
    busy = _BUSY[markup.media].search(text, line.start, line.end)
    return not (busy or text[line.start].isspace() or text[line.end - 1].isspace())


def _plain_view(text: str, lines: Sequence[Span]) -> View:
    """What `_Builder` makes of lines that show themselves, as nearly all lines do, in less time.

    A space that joins two lines stands for the character after the first of them.
    """
    shown: list[str] = []
    runs: list[Run] = []
    at = 0
    for line, after in zip_longest(lines, lines[1:]):
        piece = line.of(text)
        if after is not None and not (_UNSPACED.match(piece[-1]) and _UNSPACED.match(text[after.start])):
            piece += " "
        width = len(piece)
        last = runs[-1] if runs else None
        if last is not None and last.source + last.source_width == line.start:
            runs[-1] = Run(last.start, last.width + width, last.source, last.source_width + width)
        else:
            runs.append(Run(at, width, line.start, width))
        shown.append(piece)
        at += width
    return View("".join(shown), tuple(runs))


def slice_view(view: View, span: Span) -> View:
    """The part of `view` that `span` (of its clean text) covers."""
    if span.start == 0 and span.end == len(view.text):
        return view
    runs: list[Run] = []
    first = bisect_right(view.runs, span.start, key=lambda run: run.start) - 1
    for at in range(max(0, first), len(view.runs)):
        run = view.runs[at]
        if run.start >= span.end:
            break
        low, high = max(run.start, span.start), min(run.start + run.width, span.end)
        if run.width == run.source_width:
            runs.append(Run(low - span.start, high - low, run.source + low - run.start, high - low))
        else:
            runs.append(Run(low - span.start, high - low, run.source, run.source_width))
    return View(view.text[span.start : span.end], tuple(runs))


class _Builder:
    """Collects shown stretches into runs; adjacent one-to-one stretches become one run."""

    def __init__(self, joined: str, lines: Sequence[Span]) -> None:
        self._joined = joined
        self._lines = lines
        # Where each line starts in the joined text; one newline parts two.
        self._starts = list(accumulate((len(span) + 1 for span in lines[:-1]), initial=0))
        self._shown: list[str] = []
        self._runs: list[Run] = []
        self._at = 0
        self._held: tuple[int, int] | None = None

    def add(self, atom: Atom, *, entities: bool) -> None:
        if atom.shown is not None:
            self._show(atom.start, atom.end, atom.shown)
            return
        at = atom.start
        while at < atom.end:
            match = _SPECIAL.search(self._joined, at, atom.end)
            stop = match.start() if match else atom.end
            if stop > at:
                self._show(at, stop, None)
            if match is None:
                return
            at = self._special(match, atom.end, entities=entities)

    def _special(self, match: regex.Match[str], end: int, *, entities: bool) -> int:
        found, start = match.group(), match.start()
        if found == "&":
            entity = _ENTITY.match(self._joined, start, end) if entities else None
            decoded = html.unescape(entity.group()) if entity else found
            stop = entity.end() if entity else match.end()
            if decoded == "\u00ad" or decoded == "\u200b":
                return stop
            self._show(start, stop, decoded if entity else None)
            return stop
        if found.isspace():
            self._show(start, match.end(), " ")
        elif found in "\u200c\u200d" and self._joins(start):
            self._show(start, start + 1, None)
        return match.end()

    def _joins(self, at: int) -> bool:
        before, after = self._joined[at - 1 : at], self._joined[at + 1 : at + 2]
        return bool(_JOINING.match(before) and _JOINING.match(after))

    def _show(self, start: int, end: int, shown: str | None) -> None:
        """Show a stretch; white space at its ends is held back until more is shown."""
        piece = self._joined[start:end] if shown is None else shown
        bare = piece.strip()
        if not bare:
            self._hold(start, end)
        elif len(bare) == len(piece):
            self._emit_spaced(start, end, piece)
        elif shown is None:
            low = start + len(piece) - len(piece.lstrip())
            self._hold(start, low)
            self._emit_spaced(low, low + len(bare), bare)
            self._hold(low + len(bare), end)
        else:
            self._emit_spaced(start, end, bare)

    def _hold(self, start: int, end: int) -> None:
        if self._at and start < end:
            self._held = (self._held[0] if self._held else start, end)

    def _emit_spaced(self, start: int, end: int, piece: str) -> None:
        """Emit `piece`, after one space where white space was held back and the script spaces words."""
        if self._held is not None:
            low, high = self._held
            self._held = None
            if not self._closes_up(low, high, piece):
                self._emit(low, high, " ")
        self._emit(start, end, piece)

    def _closes_up(self, low: int, high: int, piece: str) -> bool:
        broken = "\n" in self._joined[low:high]
        last = self._shown[-1][-1] if self._shown else ""
        return broken and bool(_UNSPACED.match(last) and _UNSPACED.match(piece))

    def _emit(self, start: int, end: int, piece: str) -> None:
        source, stop = self._file(start), self._file(end - 1) + 1
        width = len(piece)
        last = self._runs[-1] if self._runs else None
        if (
            last is not None
            and last.width == last.source_width
            and width == stop - source
            and last.source + last.source_width == source
        ):
            self._runs[-1] = Run(last.start, last.width + width, last.source, last.source_width + width)
        else:
            self._runs.append(Run(self._at, width, source, stop - source))
        self._shown.append(piece)
        self._at += width

    def _file(self, at: int) -> int:
        line = bisect_right(self._starts, at) - 1
        return self._lines[line].start + at - self._starts[line]

    def view(self) -> View:
        return View("".join(self._shown), tuple(self._runs))


def visible(spans: Iterable[Span], text: str) -> str:
    """The characters of `spans` without white space, for checks that nothing is lost."""
    return "".join("".join(span.of(text).split()) for span in spans)
