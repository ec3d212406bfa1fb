"""Tokens with their places in the file, and their lemmas."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING

from pipeline.annotate.words import UNSPACED, split_scripts
from pipeline.model import Segment, Span, Token

if TYPE_CHECKING:
    from spacy.tokenizer import Tokenizer

_READ = ["IDX", "LENGTH", "IS_SPACE"]
# Languages that share one dictionary (ISO 639-3: `hbs` is their macrolanguage).
_SHARED = {"bs": "hbs", "hr": "hbs", "sr": "hbs"}


def tokens_of(segment: Segment, lang: str) -> tuple[Token, ...]:
    """The tokens of a segment by spaCy's rules for `lang`, whitespace left out."""
    text = segment.text
    made: list[Token] = []
    unspaced = UNSPACED.search(text) is not None
    # As an array: an object a token takes as long as finding it.
    for start, length, is_space in _tokenizer("xx" if unspaced else lang)(text).to_array(_READ).tolist():
        if is_space:
            continue
        whole = Span(start, start + length)
        for span in split_scripts(text, whole) if unspaced else (whole,):
            word = span.of(text)
            made.append(Token(segment.view.source(span), word, lemma(word, lang)))
    return tuple(made)


def load_dictionary(lang: str) -> None:
    """Load the tokeniser of `lang` and index its dictionary."""
    _tokenizer(lang)
    lemma("a", lang)


@lru_cache(maxsize=100_000)
def lemma(word: str, lang: str) -> str:
    """The citation form of `word`, or the word itself where no dictionary of `lang` knows it."""
    import simplemma

    dictionary = _dictionary(lang)
    if dictionary is None or not word.isalpha():
        return word
    return simplemma.lemmatize(word, lang=dictionary, low_memory=True)


@lru_cache(maxsize=100_000)
def is_known(word: str, lang: str) -> bool:
    """Whether the dictionary of `lang` holds `word`; False where there is no dictionary."""
    import simplemma

    dictionary = _dictionary(lang)
    return dictionary is not None and simplemma.is_known(word, lang=dictionary, low_memory=True)


def has_dictionary(lang: str) -> bool:
    """Whether words of `lang` can be looked up."""
    return _dictionary(lang) is not None


@cache
def _dictionary(lang: str) -> str | None:
    """The code of simplemma's dictionary of `lang`; None where it ships none."""
    from simplemma.strategies.dictionaries.dictionary_factory import SUPPORTED_LANGUAGES

    code = _SHARED.get(lang, lang)
    return code if code in SUPPORTED_LANGUAGES else None


@cache
def _tokenizer(lang: str) -> Tokenizer:
    """The rule tokeniser of `lang`, or the multilingual one where its rules need a further package."""
    import spacy

    try:
        return spacy.blank(lang).tokenizer
    except ImportError:
        return spacy.blank("xx").tokenizer
