"""Words glued together in a script without capitals, told apart by the words of the same text.

`القواعدالحكم` shows no boundary, but where the article writes both words on their own elsewhere, it
holds one. Scripts that put no space between words anywhere tell nothing this way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import regex

_WORD = regex.compile(
    r"[[\p{Lo}\p{M}\p{Georgian}]--[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]]{2,}",
    regex.V1,
)
_LONGEST, _MOST = 24, 120


def spaced_words(text: str) -> Mapping[str, int]:
    """How often each word of `text` stands in it, in scripts without capitals that space their words."""
    return Counter(_WORD.findall(text))


def word_starts(line: str, words: Mapping[str, int]) -> list[int]:
    """Offsets in `line` where one of `words` starts right after another one, nothing left over.

    Of several ways to part a run of letters the one of the fewest words is taken; a run that the text
    repeats is a word itself.
    """
    found: list[int] = []
    for match in _WORD.finditer(line) if words else ():
        if words.get(match.group(), 0) < 2:
            found.extend(match.start() + place for place in _parted(match.group(), words))
    return found


def _parted(run: str, words: Mapping[str, int]) -> list[int]:
    """Where the words that make up `run` start, but the first; `best` holds the fewest up to a place."""
    if len(run) > _MOST:
        return []
    best: dict[int, tuple[int, int]] = {0: (0, 0)}  # number of words, start of the last one
    for end in range(2, len(run) + 1):
        ways = [
            (best[start][0] + 1, start)
            for start in range(max(0, end - _LONGEST), end - 1)
            if start in best and end - start < len(run) and run[start:end] in words
        ]
        if ways:
            best[end] = min(ways)
    starts: list[int] = []
    at = len(run)
    while at in best and best[at][1] > 0:
        at = best[at][1]
        starts.append(at)
    return starts[::-1]
