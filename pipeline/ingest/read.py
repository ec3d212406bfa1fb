"""One file's bytes to one Document."""

from __future__ import annotations

from hashlib import sha256

import ftfy
import regex

from pipeline.config import IngestSettings
from pipeline.errors import InputError
from pipeline.ingest.decode import decode
from pipeline.ingest.frontmatter import front_matter_end, metadata
from pipeline.ingest.html import text_layer
from pipeline.ingest.language import identify
from pipeline.ingest.media import media_of
from pipeline.model import Document, content_id

_DECLARED = ("lang", "language", "locale")
_LINE_LIMIT = 200
_SAMPLE = 200_000


def read_document(data: bytes, path: str, settings: IngestSettings) -> Document:
    """Decode one file and say what it is; `path` is relative, with forward slashes.

    For every file but HTML, `Document.text == data.decode(Document.encoding)`. For HTML the text is
    the extracted layer, `layered` is set, `encoding` is that of the layer (UTF-8), and the page's
    own encoding is kept in the metadata as `source encoding`.

    Raises:
        InputError: the file is empty, binary, undecodable, too large, or shows no text.
    """
    if len(data) > settings.max_bytes:
        raise InputError(
            f"{len(data)} bytes, more than the limit of {settings.max_bytes}", path=path,
            mend="split the file or raise ingest.max_bytes",
        )  # fmt: skip
    digest = sha256(data).hexdigest()
    decoded = decode(data, path)
    text, encoding = decoded.text, decoded.encoding
    media = media_of(text, path)
    known = metadata(text)
    declared = next((value for key, value in known if key.lower() in _DECLARED), None)
    if media == "html":
        layer = text_layer(text, path)
        known = (("source encoding", encoding),)
        known += (("title", layer.title),) if layer.title else ()
        text, encoding, declared = layer.text, "utf-8", layer.declared
    body = text[front_matter_end(text) :]
    guess = identify(body if body.strip() else text, settings.languages, declared)
    flags = (("mojibake",) if _is_mojibake(text) else ()) + (("mixed languages",) if guess.mixed else ())
    return Document(
        id=content_id(digest), path=path, lang=guess.lang, text=text, sha256=digest, encoding=encoding,
        media=media, lang_confidence=guess.confidence, metadata=known, flags=flags, layered=media == "html",
    )  # fmt: skip


def line_keys(document: Document) -> frozenset[str]:
    """Hashes of the document's short lines, so that a batch can count the ones its files share.

    Case, digits and outer punctuation do not count, so dates and counters repeat too.
    """
    body = document.text[front_matter_end(document.text) :]
    return frozenset(key for line in body.splitlines() if (key := line_key(line)))


def line_key(line: str) -> str | None:
    """The hash of one short line, or None where it has no letter or is too long to be a chrome line."""
    if len(line) > _LINE_LIMIT:
        return None
    words = regex.sub(r"[^\p{L}\p{M}]+", " ", line.casefold()).strip()
    return content_id(words) if words else None


def _is_mojibake(text: str) -> bool:
    """Whether a line of `text` reads as UTF-8 that was once decoded as something else."""
    for line in text[:_SAMPLE].splitlines():
        if not line.isascii() and len(line) < 5_000 and ftfy.is_bad(line) and ftfy.fix_encoding(line) != line:
            return True
    return False
