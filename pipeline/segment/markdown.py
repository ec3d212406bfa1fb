"""Markdown's blocks as lines, by markdown-it; MediaWiki's by their first characters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import regex
from markdown_it import MarkdownIt
from markdown_it.token import Token

from pipeline.model import Span
from pipeline.segment.lines import Line, LineKind, physical_lines, plain_lines, trimmed, with_items
from pipeline.segment.wrapping import is_unwrapped

_WIKI_HEADING = regex.compile(r"(?P<mark>={1,6})[ \t]*(?P<title>[^=\s](?:[^\n\r]*[^=\s])?)[ \t]*(?P=mark)$")
_WIKI_ITEM = regex.compile(r"(?P<mark>[*#;:]+)[ \t]*(?=\S)")
_WIKI_TABLE = regex.compile(r"\{\||\|\}|\|-|\|\+")
_WHOLE: dict[str, LineKind] = {"fence": "code", "hr": "rule", "html_block": "text"}
_ATX = regex.compile(r"#{1,6}[ \t]+")
_ATX_END = regex.compile(r"[ \t]+#+[ \t]*$")


def markdown_lines(text: str, start: int = 0) -> list[Line]:
    """Read `text` from `start` on as CommonMark with tables; indented code is read as prose."""
    bounds = [(max(low, start), high) for low, high in physical_lines(text) if high >= start]
    source = "\n".join(text[low:high] for low, high in bounds)
    return _parted(text, _Reader(text, bounds).read(_block_parser().parse(source)))


@cache
def _block_parser() -> MarkdownIt:
    md = MarkdownIt("commonmark", {"maxNesting": 20}).enable("table")
    # Scraped articles indent by accident; inline markup is resolved elsewhere.
    md.disable(["code", "inline", "text_join"])
    return md


def _parted(text: str, lines: Sequence[Line]) -> list[Line]:
    """The same lines, those of a paragraph apart where each is one of its own, as scraped text has it.

    Markdown joins lines without a blank one between them, even with an item above. Bullets that it does
    not know make items.
    """
    unwrapped = is_unwrapped(text, lines)
    made: list[Line] = []
    parted: int | None = None  # the paragraph whose lines are apart from here on
    for before, line, look in zip([None, *lines], lines, with_items(text, lines), strict=False):
        inside = before is not None and before.group == line.group is not None and not line.mark
        if look is not line:
            parted = line.group
            line = look
        elif before is not None and inside and line.kind in ("text", "item"):
            if (unwrapped or parted == line.group) and _begins(text, before, line):
                parted = line.group
                line = replace(line, kind="text", level=0, number=None, group=None)
            elif parted == line.group:  # it goes on with the line before
                group = made[-1].group or -len(made)
                made[-1] = replace(made[-1], group=group)
                line = replace(made[-1], outer=line.outer, content=line.content, gap=False, mark="")
        made.append(line)
    return made


def _begins(text: str, before: Line, line: Line) -> bool:
    """Whether a line of a paragraph begins something new, as the one `before` it is over.

    What is indented below an item is the item's.
    """
    if line.kind == "item" and text[line.outer.start - 1 : line.outer.start] in (" ", "\t"):
        return False
    last, first = before.content.of(text)[-1:], line.content.of(text).lstrip("*_\"'([ ")[:1]
    return not first.islower() and last not in ",،、，-–—(["


class _Reader:
    """Walks block tokens once and lays their lines over the file's."""

    def __init__(self, text: str, bounds: Sequence[tuple[int, int]]) -> None:
        self._text = text
        self._bounds = bounds
        self._lines: list[Line] = []
        self._covered = 0  # offset in the file up to which lines are made
        self._next_line = 0

    def read(self, tokens: Sequence[Token]) -> list[Line]:
        """The lines of all tokens, and of what no token shows."""
        numbers: list[int | None] = []  # of the lists that are open, None for a bullet list
        opened = False
        for group, token in enumerate(tokens):
            if token.type in ("bullet_list_open", "ordered_list_open"):
                numbers.append(1 if token.type.startswith("o") else None)
            elif token.type in ("bullet_list_close", "ordered_list_close"):
                numbers.pop()
            elif token.type == "list_item_open":
                if numbers[-1] is not None and token.info.isdecimal():
                    numbers[-1] = int(token.info)
            elif token.type == "tr_open":
                self._whole(token, group, "row")
            elif token.type in _WHOLE:
                self._whole(token, group, _WHOLE[token.type])
            elif token.type == "inline" and tokens[group - 1].type == "heading_open":
                self._heading(tokens[group - 1], group)
            elif token.type == "inline" and tokens[group - 1].type == "paragraph_open":
                self._paragraph(token, group, numbers, opened=opened)
            # A paragraph directly inside an item that has just begun carries its mark.
            opened = token.type == "list_item_open" or (opened and token.type == "paragraph_open")
        self._rest(len(self._bounds))
        return self._lines

    def _rest(self, upto: int) -> None:
        """Lines that no token showed (link definitions, a table's delimiter row): kept as rules."""
        while self._next_line < upto:
            low, high = self._bounds[self._next_line]
            outer = trimmed(self._text, max(low, self._covered), high)
            if outer is not None:
                self._add(outer, outer, "rule", self._next_line)
            self._next_line += 1

    def _add(self, outer: Span, content: Span, kind: LineKind, line: int, **extra: object) -> None:
        gap = (
            not self._lines
            or self._text[self._lines[-1].outer.end : outer.start].replace("\r\n", "\n").count("\n") > 1
        )
        self._lines.append(replace(Line(outer, content, gap, kind), **extra))  # type: ignore[arg-type]
        self._covered = outer.end
        self._next_line = line + 1

    def _outer(self, line: int) -> Span | None:
        low, high = self._bounds[line]
        return trimmed(self._text, max(low, self._covered), high)

    def _whole(self, token: Token, group: int, kind: LineKind) -> None:
        first, last = token.map or (0, 0)
        if token.type == "html_block" and token.content.lstrip().startswith("<!--"):
            kind = "comment"
        self._rest(first)
        for line in range(first, min(last, len(self._bounds))):
            outer = self._outer(line)
            if outer is not None:
                self._add(outer, outer, kind, line, group=group)

    def _heading(self, token: Token, group: int) -> None:
        first, last = token.map or (0, 0)
        level = int(token.tag[1])
        self._rest(first)
        for line in range(first, last):
            outer = self._outer(line)
            if outer is None:
                continue
            shown = outer.of(self._text)
            mark = _ATX.search(shown) if "#" in token.markup else None
            if mark:
                end = _ATX_END.search(shown, mark.end())
                content = trimmed(
                    self._text, outer.start + mark.end(), outer.start + (end.start() if end else len(shown))
                )
                self._add(
                    outer, content or outer, "heading" if content else "rule", line, level=level, group=group
                )
            elif "#" not in token.markup and line == last - 1:
                # The underline of a heading belongs to it.
                head = self._lines[-1]
                self._lines[-1] = replace(head, outer=Span(head.outer.start, outer.end))
                self._covered, self._next_line = outer.end, line + 1
            else:
                self._add(outer, outer, "heading", line, level=level, group=group)

    def _paragraph(self, token: Token, group: int, numbers: Sequence[int | None], *, opened: bool) -> None:
        first, last = token.map or (0, 0)
        number = numbers[-1] if numbers else None
        mark = ("-" if number is None else "1.") if opened else ""
        self._rest(first)
        for index, shown in enumerate(token.content.split("\n")):
            line = first + index
            outer = self._outer(line) if line < last else None
            shown = shown.strip()
            if outer is None:
                continue
            content = Span(max(outer.start, outer.end - len(shown)), outer.end) if shown else outer
            kind: LineKind = "item" if numbers else "text"
            shown_mark = mark if index == 0 else ""
            self._add(
                outer,
                content,
                kind,
                line,
                level=max(len(numbers) - 1, 0),
                group=group,
                number=number,
                mark=shown_mark,
            )


def wiki_lines(text: str, start: int = 0) -> list[Line]:
    """Read `text` from `start` on as MediaWiki text: `== headings ==`, `*` and `#` lists."""
    lines: list[Line] = []
    for line in plain_lines(text, start):
        shown = line.outer.of(text)
        heading = _WIKI_HEADING.match(shown)
        item = _WIKI_ITEM.match(shown)
        if heading:
            content = Span(line.outer.start + heading.start("title"), line.outer.start + heading.end("title"))
            line = replace(
                line, kind="heading", content=content, level=len(heading["mark"]), mark="", number=None
            )
        elif _WIKI_TABLE.match(shown):
            line = replace(line, kind="rule", content=line.outer, mark="", number=None)
        elif item and line.kind != "rule":
            content = Span(line.outer.start + item.end(), line.outer.end)
            mark = "1." if item["mark"][-1] == "#" else "-"
            line = replace(
                line, kind="item", content=content, level=len(item["mark"]) - 1, mark=mark, number=None
            )
        lines.append(line)
    return lines
