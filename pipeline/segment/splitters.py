"""Sentences and tokens of a paragraph, in any language.

A splitter is chosen per language, once, when it is first met. Whatever the splitter, its spans are
ordered and disjoint, cover every character that is not white space, and depend on nothing but the
text and the language.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipeline.config import SegmentSettings
from pipeline.model import Span

Sentence = tuple[Span, ...]
"""The tokens of one sentence, in order; never empty."""

Splitter = Callable[[Sequence[str]], list[list[Sentence]]]
"""The sentences of each of some paragraphs, in the order of the paragraphs."""


class Splitters:
    """Splits paragraphs into sentences and tokens; the model of a language loads at first use."""

    def __init__(self, settings: SegmentSettings) -> None:
        self._settings = settings
        self._loaded: dict[str, Splitter] = {}

    def split(self, text: str, lang: str) -> list[Span]:
        """Sentence spans of one paragraph; empty for a paragraph of white space."""
        return self.split_many([text], lang)[0]

    def tokens(self, text: str, lang: str) -> list[Span]:
        """Token spans of one paragraph."""
        return [token for sentence in self._run([text], lang)[0] for token in sentence]

    def split_many(self, texts: Sequence[str], lang: str) -> list[list[Span]]:
        """Sentence spans of each paragraph; the same as one by one, and faster."""
        return [
            [Span(sentence[0].start, sentence[-1].end) for sentence in sentences]
            for sentences in self._run(texts, lang)
        ]

    def _run(self, texts: Sequence[str], lang: str) -> list[list[Sentence]]:
        if lang not in self._loaded:
            self._loaded[lang] = _load(lang)
        return self._loaded[lang](texts)


def load_splitters(settings: SegmentSettings) -> Splitters:
    """Make the splitters of a run; nothing heavy is loaded before a language is asked for."""
    return Splitters(settings)


def _load(lang: str) -> Splitter:
    import spacy

    try:
        nlp = spacy.blank(lang)
    except ImportError:  # no such language in spaCy, or one whose tokeniser is a package of its own
        nlp = spacy.blank("xx")
    nlp.max_length = 1 << 30
    nlp.add_pipe("sentencizer")

    def split(texts: Sequence[str]) -> list[list[Sentence]]:
        return [
            [
                sentence
                for part in nlp(text).sents
                if (
                    sentence := tuple(
                        Span(token.idx, token.idx + len(token)) for token in part if not token.is_space
                    )
                )
            ]
            for text in texts
        ]

    return split
