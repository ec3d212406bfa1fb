"""Teach a concept's tagger from articles in which every fact is marked.

    tools/learn_tagger.py --articles tools/kpo_articles --config configs/kpo.yaml --out configs/kpo.tagger.npz
        [--epochs N]

An article is a text file `LANG_NAME.txt` with marks `⟦slot:value|text⟧`, which may nest; `value` is an entry
of the slot's vocabulary, or `-`. What is not marked states nothing. A place's value is its role.
"""

from __future__ import annotations

import argparse
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from pipeline.concept import Concept
from pipeline.config import Config, load
from pipeline.embed import Encoder, States, load_encoder
from pipeline.extract.tagger import VERSION
from pipeline.ingest import read_document
from pipeline.model import Segment, Span
from pipeline.segment import load_splitters, segment
from pipeline.vectors import Floats

MARK = re.compile(r"(⟦[a-z_]+:[^|⟦⟧\n]+\||⟧)")
# Sizes of the network, and how it is taught.
AXES, HIDDEN, WHOLE, GATED, MEANING = 96, 128, 64, 64, 16
DROPPED, RATE, DECAY, BATCH, CLIP, VALUES = 0.4, 2e-3, 0.02, 1024, 1.0, 0.3


@dataclass(frozen=True, slots=True)
class Mark:
    """`value` of `slot`, stated by `span` of the text without marks."""

    slot: str
    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class Example:
    """One segment: states `x` (t, d), `y` (2, t, k) which tokens are inside and first, and its values.

    `values` are (first token, end, number of the value).
    """

    x: Floats
    y: Floats
    values: tuple[tuple[int, int, int], ...]


def main() -> None:
    """Read the articles, encode them, teach networks, and write their weights."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=Path, required=True)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=14)
    args = parser.parse_args()
    config = load(args.config)
    encoder = load_encoder(config.embed)
    labels, values = labels_of(config.concept), values_of(config.concept)
    examples = list(read_examples(args.articles, config, encoder, labels, values))
    mean, axes = axes_of(examples)
    torch.set_num_threads(1)  # so that the same articles teach the same
    network = teach(projected(examples, mean, axes), len(labels), len(values), args.epochs)
    named = {"version": VERSION, "encoder": encoder.card.name, "labels": labels, "values": values}
    arrays = {name: np.array(what) for name, what in named.items()} | {"mean": mean, "axes": axes}
    np.savez_compressed(args.out, allow_pickle=False, **arrays, **weights_of(network))


def labels_of(concept: Concept) -> tuple[str, ...]:
    """What the tagger tells apart: slots of passages and, for places, their roles."""
    found = []
    for slot in concept.slots:
        if slot.source == "sentences" or slot.id == "broader":
            found.append(slot.id)
        elif slot.source == "places":
            found += [f"{slot.id}:{entry.id}" for entry in concept.vocabularies[slot.vocabulary or ""]]
    return tuple(found)


def values_of(concept: Concept) -> tuple[str, ...]:
    """The values of all slots that passages state."""
    return tuple(
        f"{slot.id}:{entry.id}"
        for slot in concept.slots
        if slot.source == "sentences"
        for entry in concept.vocabularies.get(slot.vocabulary or "", ())
    )


def unmarked(text: str) -> tuple[str, tuple[Mark, ...]]:
    """A marked text without its marks, and what they mark.

    Raises:
        ValueError: a mark is not closed, closes nothing, marks nothing, or is none.
    """
    out: list[str] = []
    length = 0
    opened: list[tuple[str, str, int]] = []
    marks = []
    for piece in MARK.split(text):
        if piece.startswith("⟦") and piece.endswith("|"):
            slot, _, value = piece[1:-1].partition(":")
            opened.append((slot, value, length))
        elif piece == "⟧":
            if not opened:
                raise ValueError(f"a mark closes nothing after {''.join(out)[-40:]!r}")
            slot, value, start = opened.pop()
            if start == length:
                raise ValueError(f"a mark of nothing after {''.join(out)[-40:]!r}")
            marks.append(Mark(slot, value, Span(start, length)))
        elif "⟦" in piece:
            raise ValueError(f"not a mark: {piece[piece.index('⟦') :][:40]!r}")
        else:
            out.append(piece)
            length += len(piece)
    if opened:
        raise ValueError(f"a mark is not closed: {opened[-1]}")
    return "".join(out), tuple(marks)


def read_examples(
    folder: Path, config: Config, encoder: Encoder, labels: Sequence[str], values: Sequence[str]
) -> Iterator[Example]:
    """The segments of all marked articles in `folder`, in the order of their names."""
    splitters = load_splitters(config.segment)
    for file in sorted(folder.glob("*.txt")):
        try:
            text, marks = unmarked(file.read_text(encoding="utf-8"))
        except ValueError as error:
            raise ValueError(f"{file}: {error}") from error
        article = segment(read_document(text.encode(), file.name, config.ingest), splitters, config.segment)
        if article.document.text != text:
            raise ValueError(f"{file}: its text is read otherwise than it stands")
        states = encoder.states([each.text for each in article.segments])
        for each, state in zip(article.segments, states, strict=True):
            if len(state.spans):
                yield example_of(each, state, marks, labels, values)


def example_of(
    each: Segment, state: States, marks: Sequence[Mark], labels: Sequence[str], values: Sequence[str]
) -> Example:
    """What the tokens of a segment state."""
    y = np.zeros((2, len(state.spans), len(labels)), np.float32)
    places = [each.view.source(Span(int(start), int(end))) for start, end in state.spans]
    stated = []
    for mark in marks:
        inside = [t for t, place in enumerate(places) if place.overlap(mark.span)]
        label = next((x for x in (mark.slot, f"{mark.slot}:{mark.value}") if x in labels), None)
        if not inside or label is None:
            continue
        y[0, inside, labels.index(label)] = 1
        y[1, inside[0], labels.index(label)] = 1
        if (value := f"{mark.slot}:{mark.value}") in values:
            stated.append((inside[0], inside[-1] + 1, values.index(value)))
    return Example(state.x, y, tuple(stated))


def axes_of(examples: Sequence[Example]) -> tuple[Floats, Floats]:
    """The mean (d,) of states and the axes (d, p) along which they vary most, scaled alike."""
    x = np.concatenate([example.x for example in examples[::3]]).astype(np.float64)
    variances, directions = np.linalg.eigh(np.cov(x.T))
    scale = np.sqrt(variances[::-1][:AXES]).mean()
    return x.mean(axis=0).astype(np.float32), (directions[:, ::-1][:, :AXES] / scale).astype(np.float32)


def projected(examples: Sequence[Example], mean: Floats, axes: Floats) -> list[Example]:
    """The same examples, their states along `axes`."""
    return [Example(np.asarray((e.x - mean) @ axes, np.float32), e.y, e.values) for e in examples]


class Network(nn.Module):
    """The network of `pipeline.extract.tagger`."""

    def __init__(self, labels: int, values: int) -> None:
        super().__init__()
        self.enter = nn.Linear(AXES, HIDDEN)
        self.whole = nn.Linear(AXES, WHOLE)
        self.gated = nn.GRU(HIDDEN, GATED, batch_first=True, bidirectional=True)
        self.out = nn.Linear(2 * GATED + HIDDEN + WHOLE, 2 * labels)
        self.meaning = nn.Linear(2 * GATED + HIDDEN + WHOLE, MEANING)
        self.value = nn.Linear(MEANING, values)
        self.dropped = nn.Dropout(DROPPED)

    def forward(self, x: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Of states (b, t, p) the log odds (b, t, 2 k) of tags, and what each token means (b, t, m)."""
        mean = (x * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        z = torch.relu(self.enter(self.dropped(x)))
        whole = torch.relu(self.whole(self.dropped(mean)))[:, None].expand(-1, x.shape[1], -1)
        packed = pack_padded_sequence(z, mask.sum(1).long(), batch_first=True, enforce_sorted=False)
        gated, _ = pad_packed_sequence(self.gated(packed)[0], batch_first=True, total_length=x.shape[1])
        features = self.dropped(torch.cat([gated, z, whole], -1))
        return self.out(features), torch.tanh(self.meaning(features))


@dataclass(frozen=True, slots=True)
class Batch:
    """Examples side by side; `values` are (row, first, end, value)."""

    x: Tensor
    y: Tensor
    mask: Tensor
    values: tuple[tuple[int, int, int, int], ...]


def teach(examples: Sequence[Example], labels: int, values: int, epochs: int, seed: int = 0) -> Network:
    """Fit a network; the order of batches and what is dropped come from `seed`."""
    torch.manual_seed(seed)
    order = random.Random(seed)  # noqa: S311 - nothing secret
    network = Network(labels, values)
    batches = list(batched(examples))
    optimiser = torch.optim.AdamW(network.parameters(), RATE, weight_decay=DECAY)
    steps = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, RATE, total_steps=epochs * len(batches), pct_start=0.15
    )
    for epoch in range(epochs):
        order.shuffle(batches)
        total = 0.0
        network.train()
        for batch in batches:
            loss = loss_of(network, batch)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(network.parameters(), CLIP)
            optimiser.step()
            steps.step()
            total += float(loss.item())
        print(f"epoch {epoch + 1} of {epochs}: loss {total / len(batches):.3f}", flush=True)
    return network.eval()


def loss_of(network: Network, batch: Batch) -> Tensor:
    """Cross entropy of tags, a token, and of the values of marked stretches."""
    odds, meaning = network(batch.x, batch.mask)
    tags = binary_cross_entropy_with_logits(odds, batch.y, reduction="none") * batch.mask[..., None]
    loss = tags.sum() / batch.mask.sum()
    if not batch.values:
        return loss
    stretches = torch.stack([meaning[row, first:end].mean(0) for row, first, end, _ in batch.values])
    wanted = torch.tensor([value for *_, value in batch.values])
    return loss + VALUES * cross_entropy(network.value(stretches), wanted)


def batched(examples: Sequence[Example]) -> Iterator[Batch]:
    """Examples of like length together, at most `BATCH` tokens."""
    some: list[Example] = []
    for example in sorted(examples, key=lambda e: len(e.x)):
        if some and (len(some) + 1) * len(example.x) > BATCH:
            yield side_by_side(some)
            some = []
        some.append(example)
    yield side_by_side(some)


def side_by_side(some: Sequence[Example]) -> Batch:
    """Examples as one batch, filled up with zeros."""
    longest = max(len(example.x) for example in some)
    x = np.stack([np.pad(e.x, ((0, longest - len(e.x)), (0, 0))) for e in some])
    y = np.stack([np.pad(np.concatenate(list(e.y), axis=1), ((0, longest - len(e.x)), (0, 0))) for e in some])
    mask = np.stack([np.arange(longest) < len(e.x) for e in some]).astype(np.float32)
    values = tuple((row, *value) for row, e in enumerate(some) for value in e.values)
    return Batch(torch.from_numpy(x), torch.from_numpy(y), torch.from_numpy(mask), values)


def weights_of(network: Network) -> dict[str, NDArray[np.float16]]:
    """The weights as `pipeline.extract.tagger` names them, in half precision, inputs by outputs."""
    found = {}
    linear = {
        "in": network.enter,
        "whole": network.whole,
        "out": network.out,
        "meaning": network.meaning,
        "value": network.value,
    }
    for name, layer in linear.items():
        found[name], found[f"{name}_bias"] = layer.weight.T, layer.bias
    # torch orders gates as reset, update, new, as the tagger does.
    for name, ending in (("forward", "l0"), ("backward", "l0_reverse")):
        found[f"{name}_input"] = getattr(network.gated, f"weight_ih_{ending}").T
        found[f"{name}_input_bias"] = getattr(network.gated, f"bias_ih_{ending}")
        found[f"{name}_recurrent"] = getattr(network.gated, f"weight_hh_{ending}").T
        found[f"{name}_recurrent_bias"] = getattr(network.gated, f"bias_hh_{ending}")
    return {name: weights.detach().numpy().astype(np.float16) for name, weights in found.items()}


if __name__ == "__main__":
    main()
