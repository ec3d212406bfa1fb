"""Rules for the languages without a tokeniser: yasbd for sentences, spaCy for tokens.

`benchmarks/segmentation.py` compares yasbd with spaCy, pysbd, simplemma and sentencex over hand-
written texts in 37 languages. Languages that yasbd lacks take its English rules.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from importlib.metadata import version

import regex

from pipeline.model import Span
from pipeline.segment.splitters_stanza import Splitter
from pipeline.segment.tokeniser import squeeze

# An ideographic full stop ends a sentence; behind a quote or a bracket yasbd overlooks it where a word in
# Latin letters follows ("[6]。KPO").
_STOP_BEFORE_LATIN = regex.compile(r"[。｡](?=[\p{Latin}\p{N}])")
PIECE = 1_000
"""Characters given to the rules at once: some of their patterns take quadratic time."""


def load_rules(lang: str) -> Splitter:
    """Rule splitter of any language, known or not."""
    import yasbd

    detector = yasbd.BoundaryDetector(_rules_of(lang))

    def split(text: str) -> list[int]:
        parts = detector.segment(text, preserve_whitespace=True)
        missed = {match.end() for match in _STOP_BEFORE_LATIN.finditer(text)}
        return sorted({*itertools.accumulate(map(len, parts)), *missed})

    def sentences(text: str) -> list[Span]:
        squeezed, places = squeeze(text)
        return [Span(places[start], places[end - 1] + 1) for start, end in _sentences(squeezed, split)]

    tokenise = _tokeniser(lang)

    def tokens(text: str) -> list[Span]:
        return [
            Span(sentence.start + start, sentence.start + end)
            for sentence in sentences(text)
            for start, end in tokenise(sentence.of(text))
        ]

    return Splitter(
        lambda texts: [sentences(text) for text in texts],
        lambda texts: [tokens(text) for text in texts],
        lambda texts: [[] for _ in texts],
    )


def _rules_of(lang: str) -> str:
    import yasbd

    return lang if lang in yasbd.get_supported_langs() else "en"


def rules_source(lang: str) -> tuple[str, str]:
    """Name and revision of the rules for `lang`."""
    name = f"yasbd rules {_rules_of(lang)}, spaCy tokens"
    return name, f"{version('yasbd-lib')}, {version('spacy')}"


def _sentences(text: str, split: Callable[[str], list[int]]) -> Iterator[tuple[int, int]]:
    """Start and end of each sentence, white space excluded, read a piece at a time.

    `split` gives the ends of a piece's sentences. The last sentence of a piece may go on, so the
    next piece starts with it; one longer than a piece is cut between words.
    """
    start = 0
    while start < len(text):
        piece = text[start : start + PIECE]
        ends = [start + end for end in split(piece) if end < len(piece)]
        if start + PIECE >= len(text):
            ends.append(len(text))
        elif not ends:
            ends.append(_word_end(text, start))
        for low, high in itertools.pairwise((start, *ends)):
            part = text[low:high]
            low += len(part) - len(part.lstrip())
            high -= len(part) - len(part.rstrip())
            if low < high:
                yield low, high
        start = ends[-1]


def _word_end(text: str, start: int) -> int:
    """Where to cut a sentence longer than a piece: after the last word in it, or the first beyond."""
    inside = range(start + PIECE - 1, start, -1)
    beyond = range(start + PIECE, len(text))
    return next((i + 1 for i in itertools.chain(inside, beyond) if not text[i].isalnum()), len(text))


def _tokeniser(lang: str) -> Callable[[str], Iterator[tuple[int, int]]]:
    import spacy

    try:
        nlp = spacy.blank(lang)
    except ImportError:  # no such language in spaCy, or one whose tokeniser is a package of its own
        nlp = spacy.blank("xx")

    def tokenise(text: str) -> Iterator[tuple[int, int]]:
        for token in nlp.tokenizer(text):
            if not token.is_space:
                yield token.idx, token.idx + len(token)

    return tokenise
