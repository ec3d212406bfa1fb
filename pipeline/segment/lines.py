"""The lines of a text, each with what its own markup says it is.

Readers (plain text here, Markdown and wiki beside it) turn a text into these; what follows, tables,
headings by shape, boilerplate, works on lines whatever the markup was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import regex

from pipeline.model import Span

LineKind = Literal["text", "heading", "item", "row", "rule", "code", "comment", "metadata"]

# What str.strip takes for white space, and marks that show nothing.
_BLANK = "".join(map(chr, filter(lambda code: chr(code).isspace(), range(0x3001)))) + "\ufeff\u200b\u2060"
NEWLINE = regex.compile(r"\r\n|\r|\n")
_BULLET = regex.compile(
    r"(?P<mark>[•‣▪▫◦●○■□◆◇⁃∙→⇒➔➜➢➤►▶▸✓✔★☆❖・])[\s\u200b]*(?=[^\s•・●■])"
    r"|(?P<mark>[\p{Nd}]{1,3}[)、．]|[一二三四五六七八九十]{1,3}、|[(（][\p{Nd}一二三四五六七八九十]{1,3}[)）]|[①-⑳])\s*(?=\S)"
    r"|(?P<mark>[·»–—*+-]|\p{Nd}{1,3}[.:]|\p{L}\)|\(\p{L}\))[\s\u200b]+(?=\S)"
)
_STAMP = regex.compile(r"[\[(]?(?:\d{1,2}:)?\d{1,2}:\d{2}[\])]?(?=[ \t–—-]+\p{L})")
_HAN = {numeral: value for value, numeral in enumerate("一二三四五六七八九十", 1)}
_RULE = regex.compile(r"(?:[-*_=~·•#][ \t]*){3,}$|[─━═—–]{2,}$")


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is not blank.

    `outer` is the line without its outer white space, `content` is `outer` less the markup at its
    ends; `gap` says that a blank line stands before it. `group` is the paragraph that a parser put
    it in (None where only shape can tell), `number` an ordered item's number.
    """

    outer: Span
    content: Span
    gap: bool
    kind: LineKind = "text"
    level: int = 0
    number: int | None = None
    mark: str = ""
    group: int | None = None
    cells: tuple[Span, ...] = ()


def physical_lines(text: str) -> list[tuple[int, int]]:
    """Start and end of every line, its newline left out; CR, LF and CRLF end a line."""
    bounds: list[tuple[int, int]] = []
    start = 0
    for match in NEWLINE.finditer(text):
        bounds.append((start, match.start()))
        start = match.end()
    bounds.append((start, len(text)))
    return bounds


def trimmed(text: str, start: int, end: int) -> Span | None:
    """The span between `start` and `end` without outer white space and invisible marks, if any is left."""
    piece = text[start:end].lstrip(_BLANK)
    start = end - len(piece)
    end = start + len(piece.rstrip(_BLANK))
    return Span(start, end) if start < end else None


def plain_lines(text: str, start: int = 0) -> list[Line]:
    """Read `text` from `start` on as plain text: bullets, numbers and rules by their look."""
    lines: list[Line] = []
    gap = True
    for low, high in physical_lines(text):
        if high <= start:
            continue
        outer = trimmed(text, max(low, start), high)
        if outer is None:
            gap = True
            continue
        lines.append(_plain_line(text, outer, outer.start - low, gap=gap))
        gap = False
    return _numbered_headings(text, _real_items(text, _without_stamps(text, lines)))


def _without_stamps(text: str, lines: list[Line]) -> list[Line]:
    """Where most lines begin with a video time (a transcript), the times are lines of their own."""
    stamped = {
        index: match for index, line in enumerate(lines) if (match := _STAMP.match(text, *_bounds(line)))
    }
    if len(stamped) < 3:
        return lines
    parted: list[Line] = []
    for index, line in enumerate(lines):
        match = stamped.get(index)
        rest = trimmed(text, match.end(), line.outer.end) if match else None
        if match is None or rest is None:
            parted.append(line)
            continue
        stamp = Span(match.start(), match.end())
        parted += [Line(stamp, stamp, line.gap), replace(line, outer=rest, content=rest, gap=False)]
    return parted


def _bounds(line: Line) -> tuple[int, int]:
    return line.outer.start, line.outer.end


def _plain_line(text: str, outer: Span, indent: int, *, gap: bool) -> Line:
    if _RULE.match(text, outer.start, outer.end):
        return Line(outer, outer, gap, "rule")
    match = _BULLET.match(text, outer.start, outer.end)
    if match is None:
        return Line(outer, outer, gap, level=indent)
    digits = regex.search(r"\p{N}+", match["mark"])
    number = (
        int(digits.group())
        if digits and digits.group().isdecimal()
        else _HAN.get(match["mark"].strip("()（）、"))
    )
    lettered = match["mark"].strip("()").isalpha()
    mark = "1." if number is not None else "a)" if lettered else match["mark"]
    return Line(outer, Span(match.end(), outer.end), gap, "item", indent, number, mark)


def with_items(text: str, lines: Sequence[Line]) -> list[Line]:
    """The same lines, those of running text that look like list items made items."""
    looks = [
        _plain_line(text, line.outer, line.level, gap=line.gap) if line.kind == "text" else line
        for line in lines
    ]
    real = _real_items(text, looks)
    return [look if look.kind == "item" else line for look, line in zip(real, lines, strict=True)]


def _real_items(text: str, lines: list[Line]) -> list[Line]:
    """Take back the items that only look so: a year that opens a sentence, a lone dash of a dialogue."""
    kept: list[Line] = []
    for index, line in enumerate(lines):
        if line.kind == "item" and not _in_list(text, lines, index):
            line = replace(line, kind="text", content=line.outer, number=None, mark="")
        kept.append(line)
    return kept


def _in_list(text: str, lines: list[Line], index: int) -> bool:
    line = lines[index]
    if line.number is None and line.mark not in "–—*+-»·" and line.mark != "a)":
        return True
    near = [other for other in (*lines[max(0, index - 6) : index], *lines[index + 1 : index + 7])]
    same = [other for other in near if other.kind == "item" and other.mark == line.mark]
    if line.number is not None:
        return any(other.number is not None and abs(other.number - line.number) == 1 for other in same)
    introduced = index > 0 and text[lines[index - 1].outer.end - 1] in ":：՝"
    return bool(same) or introduced


def _numbered_headings(text: str, lines: list[Line]) -> list[Line]:
    """Numbered lines that each stand over text or a list of their own are headings, not items."""
    kept = list(lines)
    numbered = [index for index, line in enumerate(lines) if line.number is not None]
    over_some = [
        index
        for index in numbered
        if index + 1 < len(lines)
        and _stands_over(lines[index], lines[index + 1])
        and lines[index].gap
        and len(lines[index].content) <= 100
        and text[lines[index].outer.end - 1] not in ".;:,"
    ]
    if len(over_some) >= 2 and len(over_some) * 2 > len(numbered):
        for index in over_some:
            kept[index] = replace(lines[index], kind="text", content=lines[index].outer, mark="", number=None)
    return kept


def _stands_over(line: Line, following: Line) -> bool:
    """Whether text follows that is no part of an item, or a list with other marks that stands apart."""
    listed = following.kind == "item" and following.mark != line.mark and following.gap
    return (following.kind == "text" or listed) and following.level <= line.level
