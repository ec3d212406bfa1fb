"""Texts to spreadsheet cells and back, losing nothing.

A spreadsheet runs a cell that begins like a formula, turns one that looks like a number or a date
into another text, and cannot hold control characters. Such cells get an apostrophe in front, which
spreadsheets show as it is or take as "this is text"; control characters are written as ⟦U+0007⟧.
"""

from __future__ import annotations

import regex

from pipeline.tables import Cell, Column

# What Excel, LibreOffice or Google Sheets take for the start of a formula (OWASP's list, with the
# full-width and mathematical variants that input methods produce), after any space-like character.
FORMULA = r"[\s\u00a0\u200b\ufeff]*[=+\-@＝＋－＠﹢﹣﹦﹫−]"
# A short text of digits with at most one word may be read as a number, a date or a time somewhere.
NUMBER = r"(?=.{1,24}$)(?=.*\p{Nd})[\p{Nd}\p{P}\p{S}\s]*\p{L}{0,12}[\p{Nd}\p{P}\p{S}\s]*$"
TRUTH = r"(?i:true|false|null|none|nan|inf|infinity|n/a|na)$"

_FORMULA = regex.compile(FORMULA)
_READ_OTHERWISE = regex.compile(rf"{FORMULA}|{NUMBER}|{TRUTH}|[ \n]|.*[ \n]$", regex.DOTALL)
_UNSAFE = regex.compile(r"[[\p{Cc}\p{Cs}\u2028\u2029\ufffe\uffff]--\n]|⟦(?=U\+)", regex.V1)
_ESCAPED = regex.compile(r"⟦U\+([0-9A-F]{4,6})⟧")


def safe(text: str, *, numbers: bool = True) -> str:
    """The cell for a text: `restored(safe(text)) == text` for every text.

    Without `numbers`, one that merely looks like a number stays bare (names of files, which other
    programs read as they stand).
    """
    cell = _UNSAFE.sub(lambda found: f"⟦U+{ord(found[0]):04X}⟧", text)
    if not _is_read_otherwise(cell):
        return cell
    return cell if not (numbers or cell.startswith("'") or _FORMULA.match(cell)) else "'" + cell


def protect(column: Column, cell: Cell) -> str | int | float:
    """The cell as a sheet may hold it."""
    if cell is None:
        return ""
    if not isinstance(cell, str) or column.kind == "id":
        return cell
    return safe(cell, numbers=column.kind != "path")


def restored(cell: str) -> str:
    """The text of a cell, also where the spreadsheet has taken the apostrophe off."""
    cell = cell.replace("\r\n", "\n")
    if cell.startswith("'") and _is_read_otherwise(cell):
        cell = cell[1:]
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), cell)


def _is_read_otherwise(cell: str) -> bool:
    # The apostrophes in front do not count, so that one more or one less leaves the answer alone.
    return _READ_OTHERWISE.match(cell.lstrip("'")) is not None
