"""What is known of a language and of the concepts before an article in it is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from pipeline.annotate.initials import ACRONYM
from pipeline.annotate.names import AcronymPattern, Name, acronym_patterns, config_names, name_spans
from pipeline.annotate.words import (
    Word,
    common_beginning,
    list_words,
    same_word,
    same_words,
    stop_words,
    words,
)
from pipeline.concept import ConceptNames
from pipeline.model import Span

# Share of letters that a form has in common with its cue ("сокращением", but not "сокращать").
CUE_SHARE = 0.75
# CLDR gives a few conjunctions for any language; a real list of function words is longer.
LISTED = 10


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The names and acronyms of the concepts, and the function words of one language.

    `cues` are phrases for "abbreviation", as keys; `alternatives` the words for "or".
    """

    lang: str
    names: tuple[Name, ...]
    patterns: tuple[AcronymPattern, ...]
    stops: frozenset[str]
    cues: tuple[tuple[str, ...], ...]
    alternatives: frozenset[str]

    def acronyms(self, text: str, start: int = 0, end: int | None = None) -> list[tuple[Span, str]]:
        """The acronyms in `text[start:end]` as (place, citation form), concepts' own first."""
        stop = len(text) if end is None else end
        hits = [
            (Span(*match.span()), pattern.text)
            for pattern in self.patterns
            for match in pattern.pattern.finditer(text, start, stop)
        ]
        taken = [place for place, _ in hits]
        others = [(Span(*match.span()), match.group()) for match in ACRONYM.finditer(text, start, stop)]
        return sorted(hits) + [
            (place, form) for place, form in others if not any(place.overlap(other) for other in taken)
        ]

    def concept_of(self, acronym: str) -> str | None:
        """The id of the concept whose configured acronym this is."""
        return next((pattern.target for pattern in self.patterns if pattern.text == acronym), None)

    def named(self, keys: Sequence[str], target: str) -> Name | None:
        """The configured name of `target` of which the words `keys` are a form."""
        content = [key for key in keys if key not in self.stops] or list(keys)
        named = [name for name in self.names if name.target == target and same_words(name.keys, content)]
        return min(named, key=lambda name: list(name.keys) != content, default=None)

    def names_another(self, keys: Sequence[str], target: str) -> bool:
        """Whether `keys` are, word by word, a configured name of a concept other than `target`."""
        return any(self.named(keys, other) for other in {name.target for name in self.names} - {target})

    def name_spans(self, text: str, found: Sequence[Word], target: str | None) -> list[Span]:
        """Where configured names of `target` stand in a text with the words `found`."""
        named = (name for name in self.names if name.target == target)
        return [span for name in named for span in name_spans(text, found, name, self.stops)]

    def akin(self, keys: Sequence[str], target: str) -> bool:
        """Whether any of `keys` is a form of a word of a configured name of `target`."""
        named = {key for name in self.names if name.target == target for key in name.keys}
        return any(same_word(key, own) for key in keys for own in named)

    def content(self, found: Sequence[Word]) -> list[Word]:
        """The words of `found` that are not function words."""
        # Where no list of function words exists, the shortest words stand in for one.
        shortest = 0 if len(self.stops) > LISTED else 2
        return [w for w in found if w.key not in self.stops and len(w.text) > shortest]

    def read(self, text: str) -> tuple[Word, ...]:
        """The words of a text of this language."""
        return words(text)

    def cue_in(self, found: Sequence[Word]) -> tuple[int, int] | None:
        """Indices of the first and last word of a phrase for "abbreviation", or None."""
        keys = [word.key for word in found]
        for cue in self.cues:
            for start in range(len(keys) - len(cue) + 1):
                if all(map(_is_cue, keys[start : start + len(cue)], cue)):
                    return start, start + len(cue) - 1
        return None


def _is_cue(key: str, cue: str) -> bool:
    """Whether `key` is a form of the noun or verb `cue`, not merely a word of its root."""
    return common_beginning(key, cue) >= CUE_SHARE * max(len(key), len(cue))


def load_lexicon(concepts: Sequence[ConceptNames], lang: str) -> Lexicon:
    """The lexicon of `lang`, with English as the second language of every article."""
    return Lexicon(
        lang,
        config_names(concepts, lang),
        acronym_patterns(concepts, lang),
        stop_words(lang),
        _cues(lang) + (_cues("en") if lang != "en" else ()),
        list_words(lang, "or"),
    )


@cache
def _cues(lang: str) -> tuple[tuple[str, ...], ...]:
    data = yaml.safe_load(files(__package__).joinpath("cues.yaml").read_text(encoding="utf-8"))
    return tuple(tuple(word.key for word in words(cue)) for cue in data.get(lang, ()))
