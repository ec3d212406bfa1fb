"""Stanza tokenisers: the small ones shipped with the package, and the official ones of a user.

A tokeniser labels every character: inside a token, or the last one of a token, of a sentence, of a
multi-word token (Qi et al. 2018, Universal Dependency Parsing from Scratch). Each window of text
runs on its own through the network, so that what shares a batch with a paragraph cannot change it.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from platformdirs import user_cache_dir

from pipeline.errors import ModelError
from pipeline.model import Span

MODELS = Path(__file__).with_name("models")
FEATURES = ("space_before", "capitalized", "numeric", "end_of_para", "start_of_para")
WINDOW = 1_000
"""Characters labelled in one run of the network; a longer paragraph takes several."""
CONTEXT = 200
"""Characters read on either side of a window and labelled by its neighbours."""

_SPACE = re.compile(r"[\s\u0080-\u009f]+")

Encoded = tuple[NDArray[np.int64], NDArray[np.float32]]
Sentence = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Splitter:
    """One language's splitter: where it comes from, and what it finds in a paragraph."""

    source: str
    sentences: Callable[[str], list[Span]]
    tokens: Callable[[str], list[Span]]


def encode(text: str, units: Mapping[str, int], *, starts: bool = True, ends: bool = True) -> Encoded:
    """Character ids (n,) and stanza's default features (n, 5) of text whose white space is single spaces.

    `starts` and `ends` say whether the first and the last character are those of the paragraph.
    """
    unknown = units["<UNK>"]
    ids = np.fromiter((units.get(c, unknown) for c in text), dtype=np.int64, count=len(text))
    features = np.zeros((len(text), len(FEATURES)), dtype=np.float32)
    features[:, 0] = [c == " " for c in text]
    features[:, 1] = [c.isupper() for c in text]
    features[:, 2] = [c.isdecimal() for c in text]
    features[-1, 3] = ends
    features[0, 4] = starts
    return ids, features


def squeeze(text: str) -> tuple[str, list[int]]:
    """`text` with each run of white space as one space and none at the ends; the place of each character."""
    kept: list[str] = []
    places: list[int] = []
    end = 0
    for match in _SPACE.finditer(text):
        kept.append(text[end : match.start()])
        places += range(end, match.start())
        end = match.end()
        if places and end < len(text):
            kept.append(" ")
            places.append(match.start())
    kept.append(text[end:])
    places += range(end, len(text))
    return "".join(kept), places


def decode(text: str, labels: Sequence[int]) -> Iterator[tuple[int, int, bool]]:
    """Start, end and whether it ends a sentence, of each token of squeezed `text` with a label a character.

    The last character always ends a token.
    """
    start = 0
    for place in (*(i for i, label in enumerate(labels[:-1]) if label), len(labels) - 1):
        if text[start] == " ":
            start += 1
        if start > place:  # a label on white space: there is no token here
            continue
        yield start, place + 1, labels[place] in (2, 4)
        start = place + 1


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
    if hashlib.sha256(path.read_bytes()).hexdigest() != expected:
        raise ModelError("not the tokeniser that was shipped", path=str(path), mend=mend)
    return _splitter(f"stanza, shipped: {lang} {expected[:12]}", load_tokeniser(path))


def resources(folder: Path | None) -> Path | None:
    """The folder of official stanza models: `folder`, or else stanza's own; None where there is none."""
    if folder is None:
        # Importing stanza takes seconds, and without either of these it has no models.
        if not (
            os.environ.get("STANZA_RESOURCES_DIR") or Path(user_cache_dir("stanza", "StanfordNLP")).exists()
        ):
            return None
        from stanza.resources.common import DEFAULT_MODEL_DIR

        folder = Path(DEFAULT_MODEL_DIR)
    return folder if (folder / "resources.json").is_file() else None


def load_official(lang: str, folder: Path) -> Splitter:
    """Stanza's own pipeline for `lang` over the models that the user has under `folder`."""
    import stanza

    pipeline = stanza.Pipeline(
        lang, dir=str(folder), processors="tokenize", download_method=None, use_gpu=False, verbose=False
    )

    def tokenise(text: str) -> list[Sentence]:
        squeezed, places = squeeze(text)
        return [
            tuple(Span(places[t.start_char], places[t.end_char - 1] + 1) for t in sentence.tokens)
            for sentence in (pipeline(squeezed).sentences if squeezed else ())
        ]

    path = Path(pipeline.processors["tokenize"].config["model_path"])
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return _splitter(f"stanza, official: {lang}/{path.name} {digest[:12]}", tokenise)


def _splitter(source: str, tokenise: Callable[[str], list[Sentence]]) -> Splitter:
    return Splitter(
        source,
        lambda text: [Span(sentence[0].start, sentence[-1].end) for sentence in tokenise(text)],
        lambda text: [token for sentence in tokenise(text) for token in sentence],
    )


@contextmanager
def _one_thread() -> Iterator[None]:
    """So small a network is slower on two threads, and many times slower where they wait for cores."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def load_tokeniser(path: Path) -> Callable[[str], list[Sentence]]:
    """A function from a paragraph to its sentences of token spans, from a stanza model file."""
    import torch

    # Not through stanza's Trainer: the optimiser that it makes takes seconds to import.
    from stanza.models.tokenization.model import Tokenizer

    saved = torch.load(path, map_location="cpu", weights_only=True)
    options, units = saved["config"], saved["vocab"]["_unit2id"]
    sizes = (options[name] for name in ("vocab_size", "emb_dim", "hidden_dim", "dropout", "feat_dropout"))
    network = Tokenizer(options, *sizes).eval()
    network.load_state_dict(saved["model"])
    pad = np.zeros(1, np.int64), np.zeros((1, len(FEATURES)), np.float32)

    def label(text: str, start: int) -> NDArray[np.int64]:
        low, high = max(0, start - CONTEXT), min(len(text), start + WINDOW + CONTEXT)
        ids, features = encode(text[low:high], units, starts=low == 0, ends=high == len(text))
        with torch.inference_mode(), _one_thread():
            scores = network(
                torch.from_numpy(np.concatenate((ids, pad[0])))[None],
                torch.from_numpy(np.concatenate((features, pad[1])))[None],
                [len(ids) + 1],
            )
        best: NDArray[np.int64] = scores[0].argmax(1).numpy()
        return best[start - low : min(start + WINDOW, high) - low]

    def tokenise(text: str) -> list[Sentence]:
        squeezed, places = squeeze(text)
        if not squeezed:
            return []
        labels = np.concatenate([label(squeezed, start) for start in range(0, len(squeezed), WINDOW)])
        sentences: list[Sentence] = []
        tokens: list[Span] = []
        for start, end, last in decode(squeezed, labels.tolist()):
            tokens.append(Span(places[start], places[end - 1] + 1))
            if last:
                sentences.append(tuple(tokens))
                tokens = []
        if tokens:
            sentences.append(tuple(tokens))
        return sentences

    return tokenise
