"""Stanza splitters: the small ones shipped with the package, and the official ones of a user."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_dir

from pipeline.errors import ModelError
from pipeline.model import Span
from pipeline.segment.tokeniser import Token, Tokenise, load_tokeniser, squeeze

MODELS = Path(__file__).with_name("models")


@dataclass(frozen=True, slots=True)
class Splitter:
    """One language's splitter: what it finds in each of some paragraphs.

    Multi-word tokens (Italian `della`) are among the tokens, whole; `multiword` gives them alone.
    """

    sentences: Callable[[Sequence[str]], list[list[Span]]]
    tokens: Callable[[Sequence[str]], list[list[Span]]]
    multiword: Callable[[Sequence[str]], list[list[Span]]]


def shipped() -> dict[str, str]:
    """The SHA-256 of each shipped tokeniser, by language, as `models/SHA256SUMS` has them."""
    lines = (MODELS / "SHA256SUMS").read_text("ascii").splitlines()
    return {name.removesuffix(".pt"): digest for digest, name in (line.split() for line in lines)}


def load_shipped(lang: str) -> Splitter:
    """The package's tokeniser for `lang`, one of `shipped()`; a `ModelError` if its file is damaged."""
    path, expected = MODELS / f"{lang}.pt", shipped()[lang]
    mend = "reinstall the package"
    if not path.is_file():
        raise ModelError("no such tokeniser", path=str(path), mend=mend)
    if _digest(path) != expected:
        raise ModelError("not the tokeniser that was shipped", path=str(path), mend=mend)
    return _splitter(load_tokeniser(path))


def resources(folder: Path | None) -> Path | None:
    """The folder of official stanza models: `folder`, or else stanza's own; None where there is none."""
    if folder is None:
        named = os.environ.get("STANZA_RESOURCES_DIR")
        folder = Path(named) if named else _default_resources()
    return folder if folder is not None and (folder / "resources.json").is_file() else None


def _default_resources() -> Path | None:
    # Importing stanza takes seconds, and without a cache it has no models.
    if not Path(user_cache_dir("stanza", "StanfordNLP")).exists():
        return None
    from stanza.resources.common import DEFAULT_MODEL_DIR

    return Path(DEFAULT_MODEL_DIR)


def official(folder: Path) -> dict[str, str]:
    """The SHA-256 of the official tokenisers under `folder`, by language.

    It covers all files of a language and stanza's list, which says which of them is taken.
    """
    listed = (folder / "resources.json").read_bytes()
    found: dict[str, str] = {}
    for package in sorted(folder.glob("*/tokenize")):
        digest = hashlib.sha256(listed)
        for path in sorted(package.glob("*.pt")):
            digest.update(path.read_bytes())
        found[package.parent.name] = digest.hexdigest()
    return found


def load_official(lang: str, folder: Path) -> Splitter:
    """Stanza's own pipeline for `lang` over the models that the user has under `folder`."""
    import stanza

    pipeline = stanza.Pipeline(
        lang, dir=str(folder), processors="tokenize", download_method=None, use_gpu=False, verbose=False
    )

    def tokenise(text: str) -> list[Token]:
        squeezed, places = squeeze(text)
        return [
            Token(
                Span(places[token.start_char], places[token.end_char - 1] + 1),
                place == len(sentence.tokens) - 1,
                len(token.id) > 1,
            )
            for sentence in (pipeline(squeezed).sentences if squeezed else ())
            for place, token in enumerate(sentence.tokens)
        ]

    return _splitter(lambda texts: [tokenise(text) for text in texts])


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _splitter(tokenise: Tokenise) -> Splitter:
    def tokens(texts: Sequence[str]) -> list[list[Span]]:
        return [[token.span for token in found] for found in tokenise(texts)]

    def multiword(texts: Sequence[str]) -> list[list[Span]]:
        return [[token.span for token in found if token.multiword] for found in tokenise(texts)]

    return Splitter(lambda texts: [_sentences(found) for found in tokenise(texts)], tokens, multiword)


def _sentences(tokens: Sequence[Token]) -> list[Span]:
    """The spans up to each token that ends a sentence, as the last one of a paragraph does."""
    sentences: list[Span] = []
    start = 0
    for place, token in enumerate(tokens):
        if token.ends or place == len(tokens) - 1:
            sentences.append(Span(tokens[start].span.start, token.span.end))
            start = place + 1
    return sentences
