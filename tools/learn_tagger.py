"""Teach a concept's tagger from articles in which every fact is marked, and gather what is marked.

    tools/learn_tagger.py --articles tools/kpo_articles --config configs/kpo.yaml
        --out configs/kpo.tagger.npz --quotes configs/kpo.quotes.csv [--epochs N]

An article is a text file `LANG_NAME.txt` with marks `⟦slot:value|text⟧`, which may nest; `value` is an entry
of the slot's vocabulary, or `-`. What is not marked states nothing. A place's value is its role. The
quotes are the marked texts of the slots that have values, a table for `concept.quotes`.
"""

from __future__ import annotations

import argparse
import csv
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from pipeline.concept import Concept
from pipeline.config import Config, load
from pipeline.embed import Encoder, States, load_encoder
from pipeline.examples import COLUMNS
from pipeline.extract.tagger import VERSION
from pipeline.ingest import read_document
from pipeline.model import Segment, Span
from pipeline.segment import load_splitters, segment
from pipeline.vectors import Floats

MARK = re.compile(r"(⟦[a-z_]+:[^|⟦⟧\n]+\||⟧)")
# Sizes of the network, and how it is taught.
AXES, HIDDEN, WHOLE, GATED = 384, 192, 96, 96
DROPPED, RATE, DECAY, BATCH, CLIP = 0.4, 2e-3, 0.02, 1024, 1.0


@dataclass(frozen=True, slots=True)
class Mark:
    """`value` of `slot`, stated by `span` of the text without marks."""

    slot: str
    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class Marked:
    """An article: its text without marks, and what they mark."""

    file: Path
    text: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """One segment: states `x` (t, d), and `y` (2, t, k) which tokens are inside and which are first."""

    x: Floats
    y: Floats


def main() -> None:
    """Read the articles, gather their quotes, encode them, teach a network, and write its weights."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=Path, required=True)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--quotes", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=16)
    args = parser.parse_args()
    articles = read_articles(args.articles)
    config = load(args.config)
    write_quotes(args.quotes, quotes_of(articles, config.concept))
    encoder = load_encoder(config.embed)
    labels = labels_of(config.concept)
    examples = list(read_examples(articles, config, encoder, labels))
    mean, axes = axes_of(examples)
    torch.set_num_threads(1)  # so that the same articles teach the same
    network = teach(projected(examples, mean, axes), len(labels), args.epochs)
    named = {"version": VERSION, "encoder": encoder.card.name, "labels": labels}
    arrays = {name: np.array(what) for name, what in named.items()} | {"mean": mean, "axes": axes}
    np.savez_compressed(args.out, allow_pickle=False, **arrays, **weights_of(network))


def labels_of(concept: Concept) -> tuple[str, ...]:
    """What the tagger tells apart: slots of passages and, for places, their roles."""
    found = []
    for slot in concept.slots:
        if slot.source == "places":
            found += [f"{slot.id}:{entry.id}" for entry in concept.vocabularies[slot.vocabulary or ""]]
        elif slot.exemplars:
            found.append(slot.id)
    return tuple(found)


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


def read_articles(folder: Path) -> list[Marked]:
    """All marked articles in `folder`, in the order of their names.

    Raises:
        ValueError: the marks of one of them do not pair.
    """
    found = []
    for file in sorted(folder.glob("*.txt")):
        try:
            text, marks = unmarked(file.read_text(encoding="utf-8"))
        except ValueError as error:
            raise ValueError(f"{file}: {error}") from error
        found.append(Marked(file, text, marks))
    return found


def quotes_of(articles: Sequence[Marked], concept: Concept) -> list[tuple[str, str, str, str]]:
    """(lang, slot, value, text) of each mark of a slot whose passages have values, once."""
    slots = {
        slot.id
        for slot in concept.slots
        if slot.source == "sentences" and concept.vocabularies.get(slot.vocabulary or "")
    }
    rows = {
        (
            article.file.name.partition("_")[0],
            mark.slot,
            mark.value.removeprefix("-"),
            " ".join(mark.span.of(article.text).split()),
        )
        for article in articles
        for mark in article.marks
        if mark.slot in slots
    }
    return sorted(rows)


def write_quotes(path: Path, rows: Sequence[tuple[str, str, str, str]]) -> None:
    """Write a table of examples."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)


def read_examples(
    articles: Sequence[Marked], config: Config, encoder: Encoder, labels: Sequence[str]
) -> Iterator[Example]:
    """The segments of marked articles.

    Raises:
        ValueError: what is read of an article is not its text.
    """
    splitters = load_splitters(config.segment)
    for each in articles:
        article = segment(
            read_document(each.text.encode(), each.file.name, config.ingest), splitters, config.segment
        )
        if article.document.text != each.text:
            raise ValueError(f"{each.file}: its text is read otherwise than it stands")
        states = encoder.states([one.text for one in article.segments])
        for one, state in zip(article.segments, states, strict=True):
            if len(state.spans):
                yield example_of(one, state, each.marks, labels)


def example_of(each: Segment, state: States, marks: Sequence[Mark], labels: Sequence[str]) -> Example:
    """What the tokens of a segment state."""
    y = np.zeros((2, len(state.spans), len(labels)), np.float32)
    places = [each.view.source(Span(int(start), int(end))) for start, end in state.spans]
    for mark in marks:
        inside = [t for t, place in enumerate(places) if place.overlap(mark.span)]
        label = next((x for x in (mark.slot, f"{mark.slot}:{mark.value}") if x in labels), None)
        if inside and label is not None:
            y[0, inside, labels.index(label)] = 1
            y[1, inside[0], labels.index(label)] = 1
    return Example(state.x, y)


def axes_of(examples: Sequence[Example]) -> tuple[Floats, Floats]:
    """The mean (d,) of states and the axes (d, p) along which they vary most, scaled alike."""
    x = np.concatenate([example.x for example in examples[::3]]).astype(np.float64)
    variances, directions = np.linalg.eigh(np.cov(x.T))
    # Of few articles some axes have no variance, or by rounding less than none.
    scale = np.sqrt(variances[::-1][:AXES].clip(0)).mean()
    return x.mean(axis=0).astype(np.float32), (directions[:, ::-1][:, :AXES] / scale).astype(np.float32)


def projected(examples: Sequence[Example], mean: Floats, axes: Floats) -> list[Example]:
    """The same examples, their states along `axes`."""
    return [Example(np.asarray((e.x - mean) @ axes, np.float32), e.y) for e in examples]


class Network(nn.Module):
    """The network of `pipeline.extract.tagger`."""

    def __init__(self, labels: int) -> None:
        super().__init__()
        self.enter = nn.Linear(AXES, HIDDEN)
        self.whole = nn.Linear(AXES, WHOLE)
        self.gated = nn.GRU(HIDDEN, GATED, batch_first=True, bidirectional=True)
        self.out = nn.Linear(2 * GATED + HIDDEN + WHOLE, 2 * labels)
        self.dropped = nn.Dropout(DROPPED)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """Of states (b, t, p) the log odds (b, t, 2 k) of tags."""
        mean = (x * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        z = torch.relu(self.enter(self.dropped(x)))
        whole = torch.relu(self.whole(self.dropped(mean)))[:, None].expand(-1, x.shape[1], -1)
        packed = pack_padded_sequence(z, mask.sum(1).long(), batch_first=True, enforce_sorted=False)
        gated, _ = pad_packed_sequence(self.gated(packed)[0], batch_first=True, total_length=x.shape[1])
        odds: Tensor = self.out(self.dropped(torch.cat([gated, z, whole], -1)))
        return odds


@dataclass(frozen=True, slots=True)
class Batch:
    """Examples side by side: states, tags, and which of both are of a token."""

    x: Tensor
    y: Tensor
    mask: Tensor


def teach(examples: Sequence[Example], labels: int, epochs: int, seed: int = 0) -> Network:
    """Fit a network; the order of batches and what is dropped come from `seed`."""
    torch.manual_seed(seed)
    order = random.Random(seed)  # noqa: S311 - nothing secret
    network = Network(labels)
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
    """Cross entropy of tags, a token."""
    odds = network(batch.x, batch.mask)
    tags = binary_cross_entropy_with_logits(odds, batch.y, reduction="none") * batch.mask[..., None]
    return tags.sum() / batch.mask.sum()


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
    return Batch(torch.from_numpy(x), torch.from_numpy(y), torch.from_numpy(mask))


def weights_of(network: Network) -> dict[str, NDArray[np.float16]]:
    """The weights as `pipeline.extract.tagger` names them, in half precision, inputs by outputs."""
    found = {}
    for name, layer in {"in": network.enter, "whole": network.whole, "out": network.out}.items():
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
