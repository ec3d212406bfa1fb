"""Which tokens of a text state which slot: small networks over the encoder's token states.

The heads judge a stretch by its vector, as exemplars teach it; the tagger reads it in its sentence, as
articles teach it in which every fact is marked. Slot tagging by a bidirectional recurrent network (Mesnil
et al. 2013), here with gated units (Cho et al. 2014) over states of a frozen multilingual encoder, so
that what is marked in one language is found in another. Taught by `tools/learn_tagger.py`.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Protocol
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ModelError
from pipeline.extract.network import WEIGHTS, Network
from pipeline.model import Span
from pipeline.vectors import Floats

VERSION = 3
# The labels of tokens that deny what they name, and of those that are the subject of their sentence.
DENIED, SUBJECT = "denied", "subject"
# Probabilities are kept in bytes, and places in two.
_STEPS = 255
_WIDE = np.dtype("<u2")
_PLACE = 2 * _WIDE.itemsize
_LONGEST = 65_535
_LEAST = 0.1
# A stretch ends where another one likely begins.
_FIRST = 0.5
# Tokens that one beginning may be seen at, from the one before it: a word may be several.
_ABOUT = 3


class States(Protocol):
    """The last layer of one text: where its tokens stand, (t, 2), and their states (t, d)."""

    @property
    def spans(self) -> NDArray[np.int32]:
        """Code points of the text, (t, 2)."""
        ...

    @property
    def x(self) -> Floats:
        """States (t, d)."""
        ...


@dataclass(frozen=True, slots=True)
class Tags:
    """What each token of one text states.

    `spans` (t, 2) are code points of the text, `inside` (t, k) how likely a token is part of a
    stretch of each of the tagger's labels, and `first` (t, k) how likely it is the first one of it.
    """

    tagger: Tagger
    spans: NDArray[np.int32]
    inside: Floats
    first: Floats

    def shares(self, span: Span) -> Floats:
        """How much of each label (k,) is in `span`: the mean over the better half of its tokens.

        A clause states what its core states, whatever words lead up to it.
        """
        within = (self.spans[:, 0] < span.end) & (self.spans[:, 1] > span.start)
        inside = np.sort(self.inside[within], axis=0)
        half = inside[len(inside) // 2 :]
        return half.mean(axis=0) if len(half) else np.zeros(len(self.tagger.labels), np.float32)

    def denied(self, span: Span) -> float:
        """How likely `span` denies what it names, the mean over its tokens; zero where none was taught."""
        if DENIED not in self.tagger.labels:
            return 0.0
        within = (self.spans[:, 0] < span.end) & (self.spans[:, 1] > span.start)
        denied = self.inside[within, self.tagger.labels.index(DENIED)]
        return float(denied.mean()) if len(denied) else 0.0

    def by_label(self, span: Span) -> dict[str, float]:
        """The `shares` of a span by their labels."""
        return dict(zip(self.tagger.labels, self.shares(span).tolist(), strict=True))

    def stretches(self, label: str, least: float) -> Iterator[tuple[Span, float]]:
        """The stretches of `label` whose tokens are each at least `least` likely, and their mean."""
        column = self.tagger.labels.index(label)
        inside, first = self.inside[:, column], self.first[:, column]
        start: int | None = None
        for t in range(len(self.spans) + 1):
            over = t == len(self.spans) or inside[t] < least
            if start is not None and (over or first[t] > _FIRST):
                yield (
                    Span(int(self.spans[start, 0]), int(self.spans[t - 1, 1])),
                    float(inside[start:t].mean()),
                )
                start = None
            if start is None and not over:
                start = t

    def starts(self, label: str, span: Span, begun: Sequence[int], least: float, reach: int) -> list[int]:
        """Where in `span` further stretches of `label` may begin, likeliest first.

        Args:
            label: one of the tagger's.
            span: of the text.
            begun: where stretches begin already.
            least: how likely a token must be the first of one.
            reach: how many tokens must lie between two starts.
        """
        first = self.first[:, self.tagger.labels.index(label)]
        within = np.flatnonzero((self.spans[:, 0] < span.end) & (self.spans[:, 1] > span.start))
        taken = [int(np.searchsorted(self.spans[:, 1], place, side="right")) for place in begun]
        found = []
        for t in within[np.argsort(-first[within], kind="stable")].tolist():
            if first[t] >= least and all(abs(t - other) > reach for other in taken):
                taken.append(t)
                found.append(int(self.spans[t, 0]))
        return found

    def begins(self, label: str, place: int) -> float:
        """How likely a stretch of `label` begins at about `place`."""
        t = int(np.searchsorted(self.spans[:, 1], place, side="right"))
        about = self.first[max(0, t - 1) : t + _ABOUT]
        return float(about[:, self.tagger.labels.index(label)].max(initial=0))

    def valley(self, label: str, left: Span, right: Span) -> tuple[float, float]:
        """Of `label` over two neighbouring stretches: the least between their peaks, and the higher peak."""
        inside = self.inside[:, self.tagger.labels.index(label)]
        first, second = np.searchsorted(self.spans[:, 1], (left.start, right.start), side="right").tolist()
        last = int(np.searchsorted(self.spans[:, 0], right.end))
        if not first < second < last:
            return 0.0, float(inside[first:last].max(initial=0))
        one, other = first + int(inside[first:second].argmax()), second + int(inside[second:last].argmax())
        return float(inside[one : other + 1].min()), float(max(inside[one], inside[other]))


Tag = Callable[[Sequence[str]], Sequence[Tags]]


@dataclass(frozen=True)
class Tagger:
    """Networks side by side, each with labels of its own.

    Attributes:
        id: names the weights.
        labels: slots, roles of places as `slot:role`, `DENIED` and `SUBJECT`: those of each network in turn.
        networks: what reads the states, as `tools/learn_tagger.py` writes them. Of k labels each has 2 k
            outputs: inside and first.
    """

    id: str
    labels: tuple[str, ...]
    networks: tuple[Network, ...]

    def __call__(self, states: Sequence[States]) -> list[bytes]:
        """What of each text is kept, compressed.

        Spans of two bytes an edge, probabilities of one byte each; nothing but its place of a token that is
        hardly inside anything stated, as most tokens of the world are, nor of a subject. What lies beyond
        the 65,535th character of a text is left out.
        """
        made = []
        for one, found in zip(states, self._outputs(states), strict=True):
            near = one.spans[:, 1] <= _LONGEST
            inside = found[:, : len(self.labels)]
            stated = (inside * self.stating).max(axis=1, initial=0, keepdims=True) >= _LEAST
            said = np.where(self.stating, stated, inside >= _LEAST)
            steps = np.round(np.where(np.tile(said, 2), found, 0) * _STEPS).astype(np.uint8)
            made.append(zlib.compress(one.spans[near].astype(_WIDE).tobytes() + steps[near].tobytes()))
        return made

    def fits(self, kept: bytes) -> bool:
        """Whether `kept` may be the tags of a text."""
        return self._plain(kept) is not None

    def unpacked(self, kept: bytes) -> Tags:
        """The tags of a text, from what was kept.

        Raises:
            ValueError: they are not of this tagger.
        """
        plain = self._plain(kept)
        if plain is None:
            raise ValueError("not the tags of this tagger")
        k, count = len(self.labels), len(plain) // (_PLACE + self._width)
        edge = count * _PLACE
        spans = np.frombuffer(plain[:edge], _WIDE).reshape(count, 2).astype(np.int32)
        found = np.frombuffer(plain[edge:], np.uint8).reshape(count, self._width).astype(np.float32)
        found /= np.float32(_STEPS)
        return Tags(self, spans, found[:, :k], found[:, k:])

    def _plain(self, kept: bytes) -> bytes | None:
        reader = zlib.decompressobj()
        try:
            plain = reader.decompress(kept)
        except zlib.error:
            return None
        whole = reader.eof and not reader.unused_data
        return plain if whole and len(plain) % (_PLACE + self._width) == 0 else None

    @property
    def stating(self) -> NDArray[np.bool_]:
        """Which labels (k,) say what is stated; a subject states nothing."""
        return np.array([label != SUBJECT for label in self.labels], np.bool_)

    @property
    def _width(self) -> int:
        """Numbers a token: inside and first of each label."""
        return 2 * len(self.labels)

    def _outputs(self, states: Sequence[States]) -> list[Floats]:
        """For each text (t, 2 k), between 0 and 1: inside and first."""
        x = [one.x for one in states]
        found = [[np.split(made, 2, axis=1) for made in network(x)] for network in self.networks]
        return [
            np.concatenate([*(inside for inside, _ in each), *(first for _, first in each)], axis=1)
            for each in zip(*found, strict=True)
        ]


def load_tagger(path: Path, encoder: str) -> Tagger:
    """The tagger kept in `path`, for the encoder of that name.

    Raises:
        ModelError: the file is missing, damaged, of another version, or taught for another encoder.
    """
    mend = "restore it, learn it anew with tools/learn_tagger.py, or remove the key concept.tagger"
    try:
        data = path.read_bytes()
        with np.load(BytesIO(data), allow_pickle=False) as arrays:
            version, learnt_for = int(arrays["version"]), str(arrays["encoder"])
            count = int(arrays["networks"]) if version == VERSION else 0
            labels = [label for n in range(count) for label in arrays[f"{n}/labels"].tolist()]
            networks = [
                Network({name: arrays[f"{n}/{name}"].astype(np.float32) for name in WEIGHTS})
                for n in range(count)
            ]
    except OSError as error:
        raise ModelError(error.strerror or "cannot be read", path=str(path), mend=mend) from error
    except (ValueError, KeyError, TypeError, EOFError, BadZipFile, zlib.error) as error:
        raise ModelError(f"not a tagger: {error}", path=str(path), mend=mend) from error
    if version != VERSION:
        raise ModelError(f"a tagger of version {version}, not {VERSION}", path=str(path), mend=mend)
    if learnt_for != encoder:
        raise ModelError(f"a tagger for the encoder {learnt_for}, not {encoder}", path=str(path), mend=mend)
    return Tagger(sha256(data).hexdigest()[:32], tuple(labels), tuple(networks))
