"""Sentences and tokens of a paragraph, in any language.

A language is split by the first of: the official stanza models, where the user has them; the small
stanza tokeniser shipped with the package; rules. Whichever it is, its spans are ordered and
disjoint, cover every character that is not white space, and depend on nothing but the text and the
language: a paragraph on its own and one in a batch are split alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.config import SegmentSettings
from pipeline.model import Span
from pipeline.segment.splitters_rules import load_rules
from pipeline.segment.splitters_stanza import Splitter, load_official, load_shipped, resources, shipped


class Splitters:
    """Splits paragraphs into sentences and tokens; the model of a language loads at first use."""

    def __init__(self, settings: SegmentSettings) -> None:
        self._folder = settings.stanza_resources
        self._loaded: dict[str, Splitter] = {}

    def split(self, text: str, lang: str) -> list[Span]:
        """Sentences of one paragraph.

        Args:
            text: the paragraph; a line end in it counts as a space.
            lang: its language (BCP 47); the region does not matter.

        Returns:
            Their spans, in order, without the white space between them.

        Raises:
            ModelError: the language's model is missing or damaged.
        """
        return self._splitter(lang).sentences(text)

    def tokens(self, text: str, lang: str) -> list[Span]:
        """Tokens of one paragraph; a multi-word token ("della") is one span. Raises as `split` does."""
        return self._splitter(lang).tokens(text)

    def split_many(self, texts: Sequence[str], lang: str) -> list[list[Span]]:
        """Sentence spans of each paragraph, the same as one by one."""
        sentences = self._splitter(lang).sentences
        return [sentences(text) for text in texts]

    def source(self, lang: str) -> str:
        """What splits `lang`: its kind, name and revision, for the record of a run."""
        return self._splitter(lang).source

    def _splitter(self, lang: str) -> Splitter:
        if lang not in self._loaded:
            self._loaded[lang] = _load(lang.partition("-")[0].lower(), self._folder)
        return self._loaded[lang]


def load_splitters(settings: SegmentSettings) -> Splitters:
    """Make the splitters of a run; nothing heavy is loaded before a language is asked for."""
    return Splitters(settings)


def _load(lang: str, folder: Path | None) -> Splitter:
    installed = resources(folder)
    if installed is not None and (installed / lang / "tokenize").is_dir():
        return load_official(lang, installed)
    return load_shipped(lang) if lang in shipped() else load_rules(lang)
