"""spaCy DocBin files with claims as span groups, from which `spacy train` learns a span categoriser."""

from __future__ import annotations

import zlib
from array import array
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import regex

from pipeline.bundle import Bundle, Part, Quote
from pipeline.files import write_file
from pipeline.model import Annotations, Article
from pipeline.without import without

if TYPE_CHECKING:
    from spacy.vocab import Vocab

SPANS_KEY = "sc"  # where spaCy's span categoriser looks by default
_ATTRIBUTES = (65, 73, 74)  # ORTH, LEMMA and POS, as spaCy numbers them
_NO_SPANS = msgspec.msgpack.encode(
    {msgspec.msgpack.encode({"name": SPANS_KEY, "attrs": {}, "spans": []}): [SPANS_KEY]}
)
Place = tuple[int, int]
_PIECE = regex.compile(r"\s+|[\p{L}\p{M}\p{N}]+|[^\s\p{L}\p{M}\p{N}]")


@dataclass(frozen=True, slots=True)
class DocBytes:
    """One article as a DocBin keeps it: the arrays of its tokens, and the strings that they name.

    `spans` and `user_data` are MessagePack within the MessagePack of the file.
    """

    lang: str
    tokens: bytes
    spaces: bytes
    length: int
    strings: tuple[str, ...]
    spans: bytes
    user_data: bytes


def write_docbin(bundle: Bundle, out: Path) -> list[Path]:
    """Write `docbin/<lang>.spacy`, one document an article, its text untouched.

    Each quote of a claim that reviewers have not rejected is a span of the group `sc`: its label is
    the slot and its id the value. The file is put together here, since loading spaCy, and its own way
    of doing so, take longer than all the rest where little is new.
    """
    files: dict[str, _File] = defaultdict(_File)
    for piece in bundle.pieces(doc_bytes):
        for doc in piece:
            files[doc.lang].add(doc)
    return [
        write_file(out / "docbin" / f"{lang}.spacy", file.content()) for lang, file in sorted(files.items())
    ]


def doc_bytes(part: Part) -> tuple[DocBytes, ...]:
    """A part's articles, for the DocBin of their language."""
    with without("torch"):
        from spacy.vocab import Vocab

    vocab, quotes = Vocab(), part.quotes()
    annotated = part.annotations or (Annotations((), ()),) * len(part.articles)
    return tuple(
        _doc(article, notes, quotes.get(article.document.id, ()), vocab)
        for article, notes in zip(part.articles, annotated, strict=True)
    )


@dataclass(slots=True)
class _File:
    """What spaCy's `DocBin` holds of the documents added (version 0.1 of the format)."""

    tokens: bytearray = field(default_factory=bytearray)
    spaces: bytearray = field(default_factory=bytearray)
    lengths: array[int] = field(default_factory=lambda: array("i"))
    strings: set[str] = field(default_factory=set)
    spans: list[bytes] = field(default_factory=list)
    user_data: list[bytes] = field(default_factory=list)

    def add(self, doc: DocBytes) -> None:
        self.tokens += doc.tokens
        self.spaces += doc.spaces
        self.lengths.append(doc.length)
        self.strings.update(doc.strings)
        self.spans.append(doc.spans)
        self.user_data.append(doc.user_data)

    def content(self) -> bytes:
        parts = {
            "version": "0.1",
            "attrs": list(_ATTRIBUTES),
            "tokens": self.tokens,
            "spaces": self.spaces,
            "lengths": self.lengths.tobytes(),
            "strings": sorted(self.strings),
            "cats": [{}] * len(self.lengths),
            "flags": [{"has_unknown_spaces": False}] * len(self.lengths),
            "span_groups": self.spans,
            "user_data": self.user_data,
        }
        return zlib.compress(msgspec.msgpack.encode(parts))


def _doc(article: Article, annotated: Annotations, quotes: Iterable[Quote], vocab: Vocab) -> DocBytes:
    from spacy.tokens import Doc
    from spacy.tokens import Span as DocSpan

    document = article.document
    tokens = {(token.span.start, token.span.end): token.lemma for each in annotated.tokens for token in each}
    places, spaces = _with_spaces(_pieces(document.text, sorted(tokens)), document.text)
    words = [document.text[start:end] for start, end in places]
    lemmas = [tokens.get(place, "") for place in places]
    doc = Doc(vocab, words=words, spaces=spaces, lemmas=lemmas)
    found = []
    for slot, value, span in quotes:
        covered = doc.char_span(span.start, span.end, alignment_mode="expand")
        if covered is not None:
            found.append(DocSpan(doc, covered.start, covered.end, label=slot, span_id=value))
    doc.spans[SPANS_KEY] = found
    names = (name for each in found for name in (each.label_, each.id_))
    return DocBytes(
        lang=document.lang,
        tokens=doc.to_array(list(_ATTRIBUTES)).tobytes("C"),
        spaces=bytes(spaces),
        length=len(doc),
        strings=tuple(sorted({*words, *lemmas, *names})),
        spans=doc.spans.to_bytes() if found else _NO_SPANS,
        user_data=msgspec.msgpack.encode({"document": document.id, "path": document.path}),
    )


def _pieces(text: str, tokens: Iterable[Place]) -> list[Place]:
    # The tokens in order, and between them runs of white space, words and signs: all of the text.
    found: list[Place] = []
    end = 0
    for token in (*tokens, (len(text), len(text))):
        if token[0] < end:
            continue
        if token[0] == end + 1:
            found.append((end, token[0]))
        elif token[0] > end:
            found += (match.span() for match in _PIECE.finditer(text, end, token[0]))
        found.append(token)
        end = token[1]
    return found[:-1]


def _with_spaces(pieces: Iterable[Place], text: str) -> tuple[list[Place], list[bool]]:
    # spaCy keeps one space with the word before it; more white space is a token of its own.
    places: list[Place] = []
    spaces: list[bool] = []
    for start, end in pieces:
        if places and text[start] == " " and not spaces[-1] and not text[slice(*places[-1])].isspace():
            spaces[-1] = True
            if end == start + 1:
                continue
            start += 1
        places.append((start, end))
        spaces.append(False)
    return places, spaces
