"""One side of an alignment: a document as the arrays that the lattice reads, and its segments' texts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipeline.model import Article, content_id
from pipeline.vectors import Floats, normalise

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
STEM = 5  # letters of a word that cognates and inflected names tend to share
BARE = 4  # letters and digits below which a segment is debris rather than words
KINDS = {"sentence": 0, "item": 1, "cell": 2, "heading": 3}
_WORD, _MARK = re.compile(r"[^\W_]+"), re.compile(r"[^\w\s]")


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """A document of n segments as arrays, and its texts.

    `vectors` float32 (n, d) unit rows; `lengths` float32 (n,) characters, at least 1; `endings`
    int32 (n,) class of the last character; `cases` int32 (n,) case of the first letter; `kinds`
    int32 (n,) segment kind or -1 where unknown; `blocks` int32 (n,) index of the block; `bare` int32
    (n,) whether it hardly holds a word; `opens` int32 (n,) brackets opened and not closed; `stems`
    and `numbers` one sorted tuple a segment of what survives translation. `key` orders
    sides, so that swapped inputs are computed alike.
    """

    key: str
    lang: str
    texts: tuple[str, ...]
    vectors: Floats
    lengths: Floats
    endings: Ints
    cases: Ints
    kinds: Ints
    blocks: Ints
    bare: Ints
    opens: Ints
    stems: tuple[tuple[str, ...], ...]
    numbers: tuple[tuple[str, ...], ...]

    def __len__(self) -> int:
        return len(self.lengths)


def side_of_texts(texts: Sequence[str], vectors: Floats, lang: str = "", key: str = "") -> Side:
    """A side of bare segments without structure.

    Raises:
        ValueError: `vectors` has not one row a text.
    """
    unknown = np.full(len(texts), -1, dtype=np.int32)
    return _side(texts, vectors, lang, key or content_id(lang, *texts), unknown, unknown)


def side_of_article(article: Article, vectors: Floats) -> Side:
    """A side of an article's segments, with their kinds and blocks.

    Raises:
        ValueError: `vectors` has not one row a segment.
    """
    document = article.document
    texts = [segment.text for segment in article.segments]
    kinds = np.array([KINDS[segment.kind] for segment in article.segments], dtype=np.int32)
    blocks = np.array([segment.block for segment in article.segments], dtype=np.int32)
    return _side(texts, vectors, document.lang, document.id, kinds, blocks)


def _side(texts: Sequence[str], vectors: Floats, lang: str, key: str, kinds: Ints, blocks: Ints) -> Side:
    if len(vectors) != len(texts):
        raise ValueError(f"{len(vectors)} vectors for {len(texts)} segments")
    rows = np.ascontiguousarray(vectors, dtype=np.float32)
    return Side(
        key=key,
        lang=lang,
        texts=tuple(texts),
        vectors=normalise(rows) if len(rows) else rows,
        lengths=np.array([max(1, len(text.strip())) for text in texts], dtype=np.float32),
        endings=np.array([_ending(text) for text in texts], dtype=np.int32),
        cases=np.array([_case(text) for text in texts], dtype=np.int32),
        kinds=kinds,
        blocks=blocks,
        bare=np.array([sum(map(len, _WORD.findall(text))) < BARE for text in texts], dtype=np.int32),
        opens=np.array([_opens(text) for text in texts], dtype=np.int32),
        stems=tuple(_stems(text) for text in texts),
        numbers=tuple(_numbers(text) for text in texts),
    )


def _ending(text: str) -> int:
    """0 a letter or digit, 1 a full stop in any script, 2 a question, 3 an exclamation, 4 the rest."""
    for char in reversed(text):
        category = unicodedata.category(char)
        if category[0] in "LNM":
            return 0
        if category == "Po":
            name = unicodedata.name(char, "")
            for word, code in (
                ("QUESTION", 2),
                ("EXCLAMATION", 3),
                ("STOP", 1),
                ("DANDA", 1),
                ("COMMA", 4),
                ("COLON", 4),
            ):
                if word in name:
                    return code
    return 4


def _case(text: str) -> int:
    """1 where the first letter is upper case, 2 where lower, 0 where the script has no case."""
    for char in text:
        if char.isalpha():
            return 1 if char.isupper() else 2 if char.islower() else 0
    return 0


@lru_cache(maxsize=20_000)  # a segment is compared with those of many families
def names_of(text: str) -> frozenset[str]:
    """Acronyms, numbers and word beginnings: what a translation into a like script keeps."""
    return frozenset(name for token in text.split() for kind in _names(token) for name in kind)


def _opens(text: str) -> int:
    """Brackets opened less brackets closed, in any script."""
    categories = [unicodedata.category(mark) for mark in _MARK.findall(text)]
    return sum(c in ("Ps", "Pi") for c in categories) - sum(c in ("Pe", "Pf") for c in categories)


def _stems(text: str) -> tuple[str, ...]:
    """The accent-free beginnings of words of four letters and more, sorted."""
    return tuple(sorted({stem for token in text.split() for stem in _names(token)[0]}))


def _numbers(text: str) -> tuple[str, ...]:
    """Runs of digits, in the digits of ASCII, sorted."""
    return tuple(sorted({number for token in text.split() for number in _names(token)[1]}))


@lru_cache(maxsize=100_000)  # the words of a language recur
def _names(token: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Stems, numbers and acronyms of what stands between two spaces."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", token.casefold()) if not unicodedata.combining(c))
    words = "".join(c if c.isalpha() else " " for c in bare).split()
    plain = unicodedata.normalize("NFKC", token)
    numbers = "".join(str(unicodedata.digit(c, 0)) if c.isdigit() else " " for c in plain).split()
    acronyms = (word for word in _WORD.findall(plain) if len(word) > 1 and word.isupper())
    return tuple(word[:STEM] for word in words if len(word) >= 4), tuple(numbers), tuple(acronyms)
