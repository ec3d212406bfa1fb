"""Words of a clean text, and whether two of them are forms of one word."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import regex

from pipeline.model import Span

# Joiners hold Persian and Indic words together, geresh and gershayim Hebrew ones.
WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+(?:[\u200c\u200d\u05f3\u05f4]+[\p{L}\p{M}\p{N}]+)*")
UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}]")
_RUNS = regex.compile(
    r"\p{Han}+|\p{Hiragana}+|[\p{Katakana}ー]+|\p{Thai}+|\p{Lao}+|\p{Khmer}+|\p{Myanmar}+|\p{Tibetan}+"
    r"|[^\p{Han}\p{Hiragana}\p{Katakana}ー\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}]+"
)
# Shares of a longer word that two inflected forms have in common at least, and letters at least.
# Measured on inflected names in eleven languages: below 0.6 derived words of another sense pass.
COMMON_SHARE = 0.6
COMMON_LETTERS = 3
SHORTEST_INFLECTED = 4
# Combining classes of what is a letter and no accent: all that stands by itself, the vowel signs of
# Indic scripts, and what joins their consonants.
_LETTERS = (0, 9)


@dataclass(frozen=True, slots=True)
class Word:
    """A word at `span` of a clean text; `key` compares without case, width or accents."""

    span: Span
    text: str
    key: str


@lru_cache(maxsize=100_000)
def fold(text: str) -> str:
    """`text` without case, width, accents, joiners and tatweel, for comparison only (never for offsets)."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(
        c
        for c in decomposed
        if unicodedata.combining(c) in _LETTERS and unicodedata.category(c) != "Cf" and c != "\u0640"
    )


def words(text: str) -> tuple[Word, ...]:
    """The words of `text` in order; in scripts without spaces, the runs of one script."""
    found = (Span(*match.span()) for match in WORD.finditer(text))
    if UNSPACED.search(text) is not None:
        found = (part for span in found for part in split_scripts(text, span))
    return tuple(Word(span, word := span.of(text), fold(word) or word) for span in found)


def split_scripts(text: str, span: Span) -> Iterator[Span]:
    """`span` of `text` cut where a script written without spaces begins, ends or changes."""
    if UNSPACED.search(text, span.start, span.end) is None:
        yield span
        return
    for run in _RUNS.finditer(text, span.start, span.end):
        yield Span(*run.span())


@lru_cache(maxsize=200_000)
def same_word(a: str, b: str) -> bool:
    """Whether the keys `a` and `b` may be forms of one word.

    Suffixing scripts compare the common beginning; right-to-left scripts, whose articles and
    prepositions are written as prefixes, the common ending too.
    """
    if a == b:
        return True
    longer, shorter = max(len(a), len(b)), min(len(a), len(b))
    if shorter < SHORTEST_INFLECTED:
        return False
    common = common_beginning(a, b)
    if unicodedata.bidirectional(a[0]) in ("R", "AL"):
        common = max(common, common_beginning(a[::-1], b[::-1]))
    return common >= COMMON_LETTERS and common >= COMMON_SHARE * longer


def same_words(a: Sequence[str], b: Sequence[str]) -> bool:
    """Whether two sequences of keys are the same words in the same order, inflection aside."""
    return len(a) == len(b) and all(same_word(x, y) for x, y in zip(a, b, strict=True))


@cache
def stop_words(lang: str) -> frozenset[str]:
    """Keys of the function words of `lang`: spaCy's list, where there is one, and CLDR's "and" and "or"."""
    from spacy.util import get_lang_class

    joining = list_words(lang, "standard") | list_words(lang, "or")
    try:
        language = get_lang_class(lang)
    except ImportError:
        return joining
    return joining | {fold(word) for word in language.Defaults.stop_words}


@cache
def list_words(lang: str, style: str) -> frozenset[str]:
    """Keys of the words that join the last two items of a list, by CLDR ("and"; style "or": "or")."""
    from babel import Locale, UnknownLocaleError

    try:
        pattern = Locale.parse(lang).list_patterns.get(style, {}).get("2", "")
    except (UnknownLocaleError, ValueError):
        return frozenset()
    return frozenset(fold(pattern.replace("{0}", " ").replace("{1}", " ")).split())


@cache
def script_of(character: str) -> str:
    """The script of a letter as Unicode names it (`LATIN`, `CYRILLIC`, ...)."""
    return unicodedata.name(character, "COMMON").split()[0]


def common_beginning(a: str, b: str) -> int:
    """How many first letters two keys share."""
    count = 0
    for x, y in zip(a, b, strict=False):
        if x != y:
            break
        count += 1
    return count
