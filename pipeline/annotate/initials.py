"""Acronyms and the words that they abbreviate, by their letters.

Schwartz and Hearst 2003, "A simple algorithm for identifying abbreviation definitions in
biomedical text", on Unicode letters; preceded by the stricter test that the letters are the
initials of the words, which alone is safe where the long form may stand anywhere.
"""

from __future__ import annotations

from collections.abc import Sequence

import regex

from pipeline.annotate.words import Word, fold

ACRONYM = regex.compile(
    r"(?<![\p{L}\p{N}])\p{Lu}(?:[\p{Lu}\p{N}]|[&./-](?=[\p{Lu}\p{N}])){1,8}(?=s?(?![\p{L}\p{N}]))"
)


def letters_of(acronym: str) -> str:
    """The letters and digits of `acronym`, folded."""
    return fold("".join(c for c in acronym if c.isalnum()))


def initials_start(found: Sequence[Word], acronym: str, stops: frozenset[str]) -> int | None:
    """The index from which the words up to the last one begin with the letters of `acronym`.

    Function words may be skipped; returns None where the initials do not read the acronym.
    """
    index = len(found)
    for letter in reversed(letters_of(acronym)):
        index -= 1
        while index >= 0 and not found[index].key.startswith(letter) and found[index].key in stops:
            index -= 1
        if index < 0 or not found[index].key.startswith(letter):
            return None
    return index


def schwartz_hearst(found: Sequence[Word], acronym: str) -> int | None:
    """The index of the word with which the shortest long form of `acronym` begins, or None.

    `found` are the words before the bracket; at most `min(2 n, n + 5)` of them are read for an
    acronym of n letters, as in the paper.
    """
    letters = letters_of(acronym)
    if len(letters) < 2:
        return None
    window = min(2 * len(letters), len(letters) + 5)
    index, at = len(found) - 1, None
    for position in range(len(letters) - 1, -1, -1):
        letter, first = letters[position], position == 0
        while True:
            if index < 0 or len(found) - index > window:
                return None
            key = found[index].key
            at = len(key) - 1 if at is None else at
            at = (0 if key[0] == letter and at >= 0 else -1) if first else key.rfind(letter, 0, at + 1)
            if at >= 0:
                break
            index, at = index - 1, None
        if first:
            return index
        at -= 1
        if at < 0:
            index, at = index - 1, None
    return None
