"""Sentences and tokens of a paragraph, in any language.

A language is split by the first of: the official stanza models, where the user has them; the small
stanza tokeniser shipped with the package; rules. Whichever it is, its spans are ordered and
disjoint, cover every character that is not white space, and depend on nothing but the texts of a
call and the language.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

from pipeline.config import SegmentSettings
from pipeline.model import Span, content_id
from pipeline.pieces import PACKAGE
from pipeline.segment.splitters_rules import load_rules, rules_source
from pipeline.segment.splitters_stanza import (
    Splitter,
    load_official,
    load_shipped,
    official,
    resources,
    shipped,
)


class Splitters:
    """Splits paragraphs into sentences and tokens; the model of a language loads at first use."""

    def __init__(self, settings: SegmentSettings) -> None:
        self._settings = settings
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
        return self.split_many([text], lang)[0]

    def split_many(self, texts: Sequence[str], lang: str) -> list[list[Span]]:
        """Sentence spans of each of several paragraphs, as `split` gives them, in less time."""
        return self._splitter(lang).sentences(texts)

    def tokens(self, text: str, lang: str) -> list[Span]:
        """Tokens of one paragraph; a multi-word token ("della") is one span. Raises as `split` does."""
        return self._splitter(lang).tokens([text])[0]

    def multiword(self, text: str, lang: str) -> list[Span]:
        """Those tokens that are several words written as one; none where rules split."""
        return self._splitter(lang).multiword([text])[0]

    def source(self, lang: str) -> tuple[str, str]:
        """Name and revision of what splits `lang`; loads no model."""
        base = _base(lang)
        if base in self._official:
            return f"stanza tokeniser {base}, official", self._official[base][:12]
        if base in shipped():
            return f"stanza tokeniser {base}, shipped", shipped()[base][:12]
        return rules_source(base)

    @property
    def revision(self) -> str:
        """A hash of all that decides how any language and its rows are cut beside the package's own files."""
        libraries = (version(name) for name in ("stanza", "yasbd-lib", "spacy", "simplemma", PACKAGE))
        return content_id(*libraries, *sorted(self._official.items()))

    @cached_property
    def _official(self) -> dict[str, str]:
        return official(self._folder) if self._folder else {}

    @cached_property
    def _folder(self) -> Path | None:
        return resources(self._settings.stanza_resources)

    def _splitter(self, lang: str) -> Splitter:
        if lang not in self._loaded:
            self._loaded[lang] = self._load(_base(lang))
        return self._loaded[lang]

    def _load(self, lang: str) -> Splitter:
        if self._folder is not None and lang in self._official:
            return load_official(lang, self._folder)
        return load_shipped(lang) if lang in shipped() else load_rules(lang)


def load_splitters(settings: SegmentSettings) -> Splitters:
    """Make the splitters of a run; nothing heavy is loaded before a language is asked for."""
    return Splitters(settings)


def _base(lang: str) -> str:
    return lang.partition("-")[0].lower()
