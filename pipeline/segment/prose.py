"""What an article says outside its tables, as evidence of where the words of a row begin and end."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from math import log

import regex

from pipeline.segment.shapes import CASELESS
from pipeline.segment.vocabulary import spaced_words

_RUN = regex.compile(rf"{CASELESS.pattern}+")
_MOST = 100_000  # more of an article tells no more of its words
_USUAL_END = 0.25  # the share of a letter's places at which a word ends, where nothing is known
_USUAL_MIDDLE = 0.5


class Prose:
    """The text of an article in `lang`: its words, which letters end and begin them, and its phrases."""

    def __init__(self, text: str, lang: str) -> None:
        self.text = text[:_MOST]
        self.lang = lang
        self._counts: dict[str, int] = {}

    @cached_property
    def words(self) -> Counter[str]:
        """How often each word stands in the text, in scripts without capitals that space their words."""
        return Counter(spaced_words(self.text))

    @cached_property
    def size(self) -> int:
        """How many words there are, repeated ones too."""
        return self.words.total()

    def count(self, phrase: str) -> int:
        """How often `phrase` stands in the text."""
        if phrase not in self._counts:
            self._counts[phrase] = self.text.count(phrase)
        return self._counts[phrase]

    def ends(self, letters: str) -> float:
        """Log odds that a word ends after `letters`, two or one: Arabic ة ends one always."""
        return log(self._forward.share(letters) / _USUAL_END)

    def begins(self, letters: str) -> float:
        """Log odds that a word begins with `letters`, two or one."""
        return log(self._backward.share(letters[::-1]) / _USUAL_END)

    def goes_on(self, letters: str) -> float:
        """What speaks against a word that goes on after `letters`; never above 0."""
        return min(0.0, log((1 - self._forward.share(letters)) / _USUAL_MIDDLE))

    @cached_property
    def _forward(self) -> _Ends:
        return _Ends(self._runs)

    @cached_property
    def _backward(self) -> _Ends:
        return _Ends(Counter({run[::-1]: count for run, count in self._runs.items()}))

    @cached_property
    def _runs(self) -> Counter[str]:
        """Runs of letters: words, or whole clauses where words are not spaced."""
        return Counter(_RUN.findall(self.text))


class _Ends:
    """How often one or two letters end the words that hold them."""

    def __init__(self, words: Counter[str]) -> None:
        self._anywhere: Counter[str] = Counter()
        self._last: Counter[str] = Counter()
        for word, count in words.items():
            for width in range(1, min(2, len(word)) + 1):
                for at in range(len(word) - width + 1):
                    self._anywhere[word[at : at + width]] += count
                self._last[word[-width:]] += count

    def share(self, letters: str) -> float:
        """The share of their places at which a word ends; few places for two letters lean on the last one."""
        one = letters[-1:]
        alone = (self._last[one] + 0.5) / (self._anywhere[one] + 2)
        return (self._last[letters] + 2 * alone) / (self._anywhere[letters] + 2)
