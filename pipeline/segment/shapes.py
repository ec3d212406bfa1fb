"""What a short line looks like, in any language: a heading, a name, a sentence."""

from __future__ import annotations

from collections.abc import Set

import regex

from pipeline.colons import LABELLED

TERMINAL = regex.compile(r"[\p{Sentence_Terminal}…][\p{Pe}\p{Pf}\p{Pi}\"'*_]*$")
WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
COLONS = ":：՝"
_LISTED = regex.compile(rf"{LABELLED}(?:[^,،、，;；]*\w[^,،、，;；]*(?:[,،、，;；]|$)){{3}}")
_LABELLED = regex.compile(rf"{LABELLED}\s*\S")
_ASKS = regex.compile(r"[?!？！؟;]['\"\p{Pf}\p{Pe}]*$")
_GEORGIAN = regex.compile(r"\p{Georgian}")
# Letters of scripts without capitals; Georgian ones count as small.
CASELESS = regex.compile(r"[\p{Lo}\p{M}\p{Georgian}]")
UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")
_MOST_CHARS, _MOST_WORDS, _MOST_UNSPACED = 120, 14, 40
_STEM = 5
_STEM_WORD = regex.compile(
    r"(?P<dense>[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]+)|(?P<unspaced>[\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]+)"
    r"|[\p{Latin}\p{M}\p{N}]+|[\p{L}\p{M}\p{N}]+"
)


def ends_sentence(line: str) -> bool:
    """Whether a line is closed by a full stop, in any script."""
    return bool(TERMINAL.search(line[-8:]))


def is_short(line: str) -> bool:
    """Whether a line is short enough for a heading."""
    return (
        len(line) <= _MOST_CHARS
        and len(line.split()) <= _MOST_WORDS
        and len(UNSPACED.findall(line)) <= _MOST_UNSPACED
    )


def is_heading_like(line: str) -> bool:
    """Whether a line has the shape of a heading: short, begun like a title, closed by no stop.

    A question or exclamation mark may close it.
    """
    if not is_short(line):
        return False
    words = WORD.findall(line)
    first = next((char for char in line if char.isalnum()), None)
    if not words or first is None:  # a lone combining mark counts as a word, but begins nothing
        return False
    closed = TERMINAL.search(line) and not _ASKS.search(line)
    if closed or line[-1] in ":：;,،、":
        return False
    # Georgian letters count as small ones, but no sentence begins with another kind.
    small = first.islower() and not _GEORGIAN.match(first)
    return not small and any(word[0].isalpha() for word in words)


def lists_some(line: str) -> bool:
    """Whether a line is a label with three things or more: "Benefits: cost, speed, quality"."""
    return bool(_LISTED.match(line))


def is_labelled(line: str) -> bool:
    """Whether a short label and a colon lead a line: "BPO: payroll, data entry"."""
    return bool(_LABELLED.match(line))


def is_sentence(line: str) -> bool:
    """Whether a line is running text: long, or closed by a stop."""
    if not is_short(line):
        return bool(WORD.search(line))
    return bool(TERMINAL.search(line)) and (
        len(WORD.findall(line)) >= 3 or (bool(WORD.search(line)) and len(UNSPACED.findall(line)) >= 6)
    )


def stems(text: str) -> frozenset[str]:
    """Words cut to their first letters, so that inflected forms meet.

    Where a script does not space its words, or glues endings to few characters, short n-grams.
    """
    found: set[str] = set()
    for match in _STEM_WORD.finditer(text.casefold()):
        word = match.group()
        if match["unspaced"]:
            found.update(word[at : at + 3] for at in range(max(1, len(word) - 2)))
        elif match["dense"]:
            found.update(word[at : at + 2] for at in range(max(1, len(word) - 1)))
        elif len(word) >= 2:
            found.add(word[:_STEM])
    return frozenset(found)


def shared_share(line: str, known: Set[str]) -> float:
    """The share of a line's word stems that `known` holds, long words counting more."""
    own = stems(line)
    weight = sum(len(stem) for stem in own)
    return sum(len(stem) for stem in own & known) / weight if weight else 0.0
