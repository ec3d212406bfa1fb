"""spaCy DocBin files with claims as span groups, from which `spacy train` learns a span categoriser."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import regex

from pipeline.bundle import Bundle
from pipeline.files import write_file
from pipeline.model import Annotations, Article, Span
from pipeline.record import Claim

if TYPE_CHECKING:
    from spacy.tokens import Doc
    from spacy.vocab import Vocab

SPANS_KEY = "sc"  # where spaCy's span categoriser looks by default
Quote = tuple[str, str, Span]
"""A slot, a value and the place in the file that states it."""
_PIECE = regex.compile(r"\s+|[\p{L}\p{M}\p{N}]+|[^\s\p{L}\p{M}\p{N}]")


def write_docbin(bundle: Bundle, out: Path) -> list[Path]:
    """Write `docbin/<lang>.spacy`, one document an article, its text untouched.

    Each quote of a claim that reviewers have not rejected is a span of the group `sc`: its label is
    the slot and its id the value.
    """
    with _without_torch():
        import spacy
        from spacy.tokens import DocBin

    annotated = bundle.annotations or (Annotations((), ()),) * len(bundle.articles)
    quotes = _quotes(bundle.record.claims)
    places = defaultdict(list)
    for place, article in enumerate(bundle.articles):
        places[article.document.lang].append(place)
    written = []
    for lang in bundle.languages():
        vocab = spacy.blank("xx").vocab
        store = DocBin(attrs=["ORTH", "SPACY", "LEMMA", "POS"], store_user_data=True)
        for place in places[lang]:
            article = bundle.articles[place]
            store.add(_doc(article, annotated[place], quotes[article.document.id], vocab))
        written.append(write_file(out / "docbin" / f"{lang}.spacy", store.to_bytes()))
    return written


@contextmanager
def _without_torch() -> Iterator[None]:
    """SpaCy imports torch where it finds it: seconds and 200 MB, for nothing that is used here."""
    if "torch" in sys.modules:
        yield
        return
    sys.modules["torch"] = None  # type: ignore[assignment]  # Python's own way to make an import fail
    try:
        yield
    finally:
        del sys.modules["torch"]


def _doc(article: Article, annotated: Annotations, quotes: Iterable[Quote], vocab: Vocab) -> Doc:
    from spacy.tokens import Doc
    from spacy.tokens import Span as DocSpan

    lemmas = {token.span: token.lemma for tokens in annotated.tokens for token in tokens}
    text = article.document.text
    words, spaces, places = [], [], []
    for place, space in _with_spaces(_pieces(text, sorted(lemmas)), text):
        words.append(place.of(text))
        spaces.append(space)
        places.append(place)
    doc = Doc(vocab, words=words, spaces=spaces, lemmas=[lemmas.get(place, "") for place in places])
    doc.user_data = {"document": article.document.id, "path": article.document.path}
    found = []
    for slot, value, span in sorted(quotes, key=lambda quote: (quote[2], quote[0], quote[1])):
        covered = doc.char_span(span.start, span.end, alignment_mode="expand")
        if covered is not None:
            found.append(DocSpan(doc, covered.start, covered.end, label=slot, span_id=value))
    doc.spans[SPANS_KEY] = found
    return doc


def _quotes(claims: Iterable[Claim]) -> Mapping[str, set[Quote]]:
    """What reviewers have not rejected, by document."""
    found: dict[str, set[Quote]] = defaultdict(set)
    for claim in claims:
        if claim.review is None or claim.review.status != "rejected":
            for evidence in claim.evidence:
                value, place = claim.value.id or claim.value.label, Span(evidence.start, evidence.end)
                found[evidence.document].add((claim.slot, value, place))
    return found


def _pieces(text: str, tokens: Iterable[Span]) -> Iterator[Span]:
    # The tokens in order, and between them runs of white space, words and signs: all of the text.
    end = 0
    for token in tokens:
        if token.start < end:
            continue
        yield from _cut(text, end, token.start)
        yield token
        end = token.end
    yield from _cut(text, end, len(text))


def _cut(text: str, start: int, end: int) -> Iterator[Span]:
    for found in _PIECE.finditer(text, start, end):
        yield Span(*found.span())


def _with_spaces(pieces: Iterable[Span], text: str) -> Iterator[tuple[Span, bool]]:
    # spaCy keeps one space with the word before it; more white space is a token of its own.
    held: Span | None = None
    for piece in pieces:
        if held is not None and text[piece.start] == " " and not held.of(text).isspace():
            yield held, True
            held = Span(piece.start + 1, piece.end) if len(piece) > 1 else None
            continue
        if held is not None:
            yield held, False
        held = piece
    if held is not None:
        yield held, False
