"""What a colon is: what leads to something, not the one inside a word ("KPO:n") or a time ("10:30")."""

from __future__ import annotations

import regex

COLON = r"(?:(?<![\p{Lu}\p{N}]):|:(?![\p{Ll}\p{N}])|：)"
"""Matches one. Finnish and Swedish write their endings behind acronyms and figures with a colon."""

ENDS = (":", "：", "՝")
"""What a line ends with that leads to others."""

INSIDE = r"(?:(?<=[\p{Lu}\p{N}]):(?=[\p{Ll}\p{N}]))"
"""Matches one that stands inside a word or figure."""

# A word, or a few, before a colon and what it leads to.
LABELLED = rf"(?:(?!{COLON}).){{2,30}}{COLON}"
"""Matches the start of a line that a short label leads, to the end of its colon."""


def clause_mark(more: str) -> regex.Pattern[str]:
    """A pattern of a colon or any of the characters `more`, as they stand between square brackets."""
    return regex.compile(rf"{COLON}|[{more}]")
