"""Teach a concept's tagger from articles in which every fact is marked, and gather what is marked.

    tools/learn_tagger.py --articles tools/kpo_articles --roles tools/kpo_roles
        --denials tools/kpo_denials --trees ../shared/data/ud --config configs/kpo.yaml
        --out configs/kpo.tagger.npz --quotes configs/kpo.quotes.csv --places configs/kpo.places.csv

An article is a text file `LANG_NAME.txt` with marks `⟦slot:value|text⟧`, which may nest; `value` is an entry
of the slot's vocabulary, or `-`. What is not marked states nothing. A place's value is its role. The
quotes are the marked texts of the slots that have values, a table for `concept.quotes`; of places, what is
said of them. How often each country plays each role is a table for `concept.places`.

Roles and denials are files of the same kind, of single sentences, that a second network reads beside the
articles and nothing is gathered from. It learns the roles of places and what is denied, and stands beside the
first one in the same file. In files of denials, what has no mark denies a fact. In those of roles countries
are drawn at random: a network that has read of few countries knows that India provides and France buys,
whatever is said of them. So it also reads all that names places with other places in their stead.

Trees are the treebanks that the splitters learn from (`treebank.py`). From those of them that anybody may
use a third network, a small one, learns which words are the subject of their sentence.
"""

from __future__ import annotations

import argparse
import csv
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence
from treebank import NOT_FOR_TRADE, TRAINING, placed, read_parts, restore_percent

from pipeline.annotate import annotate
from pipeline.annotate.gazetteer import territories
from pipeline.concept import Concept
from pipeline.config import Config, load
from pipeline.embed import Encoder, States, load_encoder
from pipeline.examples import COLUMNS, PLACE_COLUMNS
from pipeline.extract.enumerations import enumerations
from pipeline.extract.place_clauses import pieces_between, place_clauses
from pipeline.extract.tagger import DENIED, SUBJECT, VERSION
from pipeline.ingest import read_document
from pipeline.model import Article, Segment, Span
from pipeline.segment import load_splitters, segment
from pipeline.vectors import Floats

MARK = re.compile(r"(⟦[a-z_]+:[^|⟦⟧\n]+\||⟧)")
# How many axes of the states are read, and how networks are taught.
AXES = 384
DROPPED, RATE, DECAY, BATCH, CLIP = 0.4, 2e-3, 0.02, 1024, 1.0
# How often a sentence that names places is read with others.
COPIES = 3
# Of each language so many sentences of treebanks are read, and that often.
TREES, TREE_EPOCHS = 6000, 8
NOT_TAUGHT = -1


# The arrays of a taught network by name: labels and weights.
Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Size:
    """How wide the layers of a network are: of its inputs, of the mean of a text, of each direction."""

    hidden: int
    whole: int
    gated: int


LARGE, SMALL = Size(192, 96, 96), Size(96, 48, 48)


@dataclass(frozen=True, slots=True)
class Mark:
    """`value` of `slot`, stated by `span` of the text without marks."""

    slot: str
    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class Marked:
    """An article: its text without marks, what they mark, and whether sentences without any deny a fact."""

    file: Path
    text: str
    marks: tuple[Mark, ...]
    denies: bool = False

    @property
    def lang(self) -> str:
        """The language its name begins with."""
        return self.file.name.partition("_")[0]


@dataclass(frozen=True, slots=True)
class Example:
    """One segment: states `x` (t, d), and `y` (2, t, k) which tokens are inside and which are first.

    Of labels that it does not teach `y` is `NOT_TAUGHT`.
    """

    x: Floats
    y: Floats


def main() -> None:
    """Read the articles, gather their quotes, encode them, teach a network, and write its weights."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in ("articles", "config", "out", "quotes"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    for name in ("roles", "denials", "places", "trees"):
        parser.add_argument(f"--{name}", type=Path)
    parser.add_argument("--epochs", type=int, default=16)
    args = parser.parse_args()
    config = load(args.config)
    concept = config.concept
    marked = read_articles(args.articles)
    articles = list(segmented(marked, config))
    slot = concept.place_slot.id if concept.place_slot is not None else None
    said = said_of_places(articles, slot) if slot is not None else []
    write_rows(args.quotes, COLUMNS, sorted([*quotes_of(marked, concept), *said]))
    if slot is not None and args.places is not None:
        write_rows(args.places, PLACE_COLUMNS, usual_places(articles, slot, concept))
    encoder = load_encoder(config.embed)
    torch.set_num_threads(1)  # so that the same articles teach the same
    labels = labels_of(concept)
    everything = (*labels, DENIED)
    read = list(read_examples(articles, encoder, everything))
    networks = [learn(list(choosing(labels, everything, read)), labels, args.epochs)]
    if slot is not None and args.roles is not None and args.denials is not None:
        roles, denials = read_articles(args.roles), read_articles(args.denials, denies=True)
        labels = (*(label for label in labels if label.startswith(f"{slot}:")), DENIED)
        examples = list(choosing(labels, everything, read))
        examples += teaching(slot, labels, read_examples(segmented(roles, config), encoder, labels))
        examples += read_examples(segmented(denials, config), encoder, labels)
        others = segmented(moved([*marked, *roles, *denials], slot, COPIES), config)
        copies = teaching(slot, labels, read_examples(others, encoder, labels, slot))
        networks = [without(networks[0], labels), learn(examples, labels, args.epochs, copies)]
    if args.trees is not None:
        examples = list(read_trees(args.trees, encoder))
        networks.append(learn(examples, (SUBJECT,), TREE_EPOCHS, size=SMALL))
    named = {"version": np.array(VERSION), "encoder": np.array(encoder.card.name)}
    np.savez_compressed(args.out, allow_pickle=False, **named, **kept_as(networks))


def learn(
    examples: Sequence[Example],
    labels: Sequence[str],
    epochs: int,
    more: Iterable[Example] = (),
    size: Size = LARGE,
) -> Arrays:
    """A network taught with `examples`, which set its axes, and with `more`."""
    mean, axes = axes_of(examples)
    given = [*projected(examples, mean, axes), *projected(more, mean, axes)]
    network = teach(given, len(labels), epochs, size)
    return {"labels": np.array(labels), **along(weights_of(network), mean, axes)}


def along(weights: Arrays, mean: Floats, axes: Floats) -> Arrays:
    """The weights of a network that reads states (t, d), of one that reads them from `mean` along `axes`."""
    turned: Arrays = {}
    for name in ("in", "whole"):
        turned[name] = axes @ weights[name].astype(np.float32)
        turned[f"{name}_bias"] = weights[f"{name}_bias"] - mean @ turned[name]
    return weights | turned


def without(network: Arrays, labels: Sequence[str]) -> Arrays:
    """The same network, which says nothing of `labels`."""
    kept = ~np.isin(network["labels"], labels)
    # What comes out has halves: inside and first, of each label.
    both = np.tile(kept, 2)
    return network | {
        "labels": network["labels"][kept],
        "out": network["out"][:, both],
        "out_bias": network["out_bias"][both],
    }


def kept_as(networks: Sequence[Arrays]) -> Arrays:
    """The arrays of several networks by the names that `pipeline.extract.tagger` reads."""
    named = {f"{n}/{name}": array for n, network in enumerate(networks) for name, array in network.items()}
    return {"networks": np.array(len(networks)), **named}


def labels_of(concept: Concept) -> tuple[str, ...]:
    """What articles teach: slots of passages and, for places, their roles."""
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


def read_articles(folder: Path, *, denies: bool = False) -> list[Marked]:
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
        found.append(Marked(file, text, marks, denies))
    return found


def quotes_of(articles: Iterable[Marked], concept: Concept) -> list[tuple[str, str, str, str]]:
    """(lang, slot, value, text) of each mark of a slot whose passages have values, once."""
    slots = {
        slot.id
        for slot in concept.slots
        if slot.source == "sentences" and concept.vocabularies.get(slot.vocabulary or "")
    }
    rows = {
        (
            article.lang,
            mark.slot,
            mark.value.removeprefix("-"),
            " ".join(mark.span.of(article.text).split()),
        )
        for article in articles
        for mark in article.marks
        if mark.slot in slots
    }
    return sorted(rows)


def said_of_places(articles: Iterable[tuple[Marked, Article]], slot: str) -> list[tuple[str, str, str, str]]:
    """(lang, slot, role, clause) of what is said of the places that `slot` marks, once.

    A clause about places of which each plays another role says none.
    """
    roles: dict[tuple[str, str], set[str]] = {}
    for marked, article in articles:
        for each in article.segments:
            for text, role in roles_in(each, marked, slot):
                roles.setdefault((marked.lang, text), set()).add(role)
    alone = ((lang, text, *played) for (lang, text), played in roles.items() if len(played) == 1)
    return sorted((lang, slot, role, text) for lang, text, role in alone)


def roles_in(each: Segment, marked: Marked, slot: str) -> Iterator[tuple[str, str]]:
    """What a segment says of each place, as `place_clauses` writes it, and the role that its mark gives."""
    roles = {
        place: mark.value
        for mark in marked.marks
        if mark.slot == slot and mark.value != "-"
        if each.span.holds(mark.span) and (place := each.view.clean(mark.span)) is not None
    }
    lists = enumerations(each.text, marked.lang)
    for clause in place_clauses(each.text, marked.lang, list(roles), lists):
        yield from ((clause.text, roles[place]) for place in clause.places)


def usual_places(
    articles: Iterable[tuple[Marked, Article]], slot: str, concept: Concept
) -> list[tuple[str, str, int]]:
    """(role, country, times) of the countries that `slot` marks, the most frequent first."""
    times: Counter[tuple[str, str]] = Counter()
    for marked, article in articles:
        roles = [mark for mark in marked.marks if mark.slot == slot and mark.value != "-"]
        found = annotate(article, (concept.name,)).mentions if roles else ()
        for place in (mention for mention in found if mention.kind == "place"):
            times.update((mark.value, place.target) for mark in roles if mark.span.overlap(place.span))
    return sorted(
        ((role, code, n) for (role, code), n in times.items()), key=lambda row: (row[0], -row[2], row[1])
    )


def write_rows(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table that teaches a concept."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def segmented(articles: Iterable[Marked], config: Config) -> Iterator[tuple[Marked, Article]]:
    """Marked articles and their segments.

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
        yield each, article


def moved(articles: Sequence[Marked], slot: str, copies: int, seed: int = 0) -> Iterator[Marked]:
    """Copies of the articles that mark places with `slot`, with other places in their stead.

    Half of those are called as CLDR does, the others as articles of the language do, which inflect.
    """
    order = random.Random(seed)  # noqa: S311 - nothing secret
    forms: dict[str, set[str]] = {}
    for each in articles:
        forms.setdefault(each.lang, set()).update(
            mark.span.of(each.text) for mark in each.marks if mark.slot == slot
        )
    for each in articles:
        if any(mark.slot == slot for mark in each.marks):
            sources = forms[each.lang], territories(each.lang).values()
            named = [sorted(names) for names in sources if names]
            yield from (renamed(each, slot, named, order) for _ in range(copies))


def renamed(article: Marked, slot: str, names: Sequence[Sequence[str]], order: random.Random) -> Marked:
    """The article with all that `slot` marks called by other names, each from any one of `names`."""
    spans = sorted({mark.span for mark in article.marks if mark.slot == slot})
    new = [order.choice(order.choice(names)) for _ in spans]
    kept = pieces_between(article.text, Span(0, len(article.text)), spans)
    text = "".join(piece for pair in zip(kept, (*new, ""), strict=True) for piece in pair)

    def at(place: int) -> int:
        return place + sum(len(n) - len(s) for s, n in zip(spans, new, strict=True) if s.end <= place)

    marks = (Mark(m.slot, m.value, Span(at(m.span.start), at(m.span.end))) for m in article.marks)
    return Marked(article.file, text, tuple(marks))


def read_examples(
    articles: Iterable[tuple[Marked, Article]],
    encoder: Encoder,
    labels: Sequence[str],
    slot: str | None = None,
) -> Iterator[Example]:
    """The segments of marked articles, or those alone that hold a mark of `slot`."""
    for marked, article in articles:
        places = [mark.span for mark in marked.marks if mark.slot == slot]
        segments = [
            one
            for one in article.segments
            if slot is None or any(one.span.overlap(place) for place in places)
        ]
        states = encoder.states([one.text for one in segments])
        for one, state in zip(segments, states, strict=True):
            if len(state.spans):
                yield example_of(one, state, marked, labels)


def choosing(chosen: Sequence[str], labels: Sequence[str], examples: Iterable[Example]) -> Iterator[Example]:
    """The same examples with the `chosen` ones of their `labels` alone."""
    columns = [labels.index(label) for label in chosen]
    for each in examples:
        yield Example(each.x, np.ascontiguousarray(each.y[:, :, columns]))


def teaching(slot: str | None, labels: Sequence[str], examples: Iterable[Example]) -> Iterator[Example]:
    """The same examples, of which nothing but the labels of `slot` is learnt."""
    taught = np.array([label.partition(":")[0] == slot for label in labels])
    for each in examples:
        yield Example(each.x, np.where(taught, each.y, NOT_TAUGHT).astype(np.float32))


def example_of(each: Segment, state: States, marked: Marked, labels: Sequence[str]) -> Example:
    """What the tokens of a segment state, and whether they deny it.

    Where a sentence denies one fact and states another, which words do which is not known but for the marks.
    """
    y = np.zeros((2, len(state.spans), len(labels)), np.float32)
    places = [each.view.source(Span(int(start), int(end))) for start, end in state.spans]
    stated = np.zeros(len(places), np.bool_)
    for mark in marked.marks:
        inside = [t for t, place in enumerate(places) if place.overlap(mark.span)]
        label = next((x for x in (mark.slot, f"{mark.slot}:{mark.value}") if x in labels), None)
        stated[inside] = True
        if inside and label is not None:
            y[0, inside, labels.index(label)] = 1
            y[1, inside[0], labels.index(label)] = 1
    if marked.denies and DENIED in labels:
        y[0, ~stated, labels.index(DENIED)] = NOT_TAUGHT if stated.any() else 1
    return Example(state.x, y)


def read_trees(folder: Path, encoder: Encoder) -> Iterator[Example]:
    """Sentences of treebanks, and which of their tokens are of the subject; where it begins is not taught."""
    for documents in (read_parts(TRAINING[lang], folder) for lang in TRAINING if lang not in NOT_FOR_TRADE):
        sentences = [one for document in documents for paragraph in document for one in paragraph]
        some = random.Random(0).sample(sentences, min(TREES, len(sentences)))  # noqa: S311 - nothing secret
        told = [(*placed(restore_percent(one)), one) for one in some]
        states = encoder.states([text for text, _, _ in told])
        for (_, places, sentence), state in zip(told, states, strict=True):
            subject = [Span(*place) for place, token in zip(places, sentence, strict=True) if token.subject]
            if len(state.spans):
                yield example_of_subject(state, subject)


def example_of_subject(state: States, subject: Sequence[Span]) -> Example:
    """Which tokens of a sentence are of its `subject`, a label of its own."""
    tokens = [Span(int(start), int(end)) for start, end in state.spans]
    inside = np.array([any(token.overlap(word) for word in subject) for token in tokens], np.float32)
    return Example(state.x, np.stack([inside, np.full_like(inside, NOT_TAUGHT)])[:, :, None])


def axes_of(examples: Sequence[Example]) -> tuple[Floats, Floats]:
    """The mean (d,) of states and the axes (d, p) along which they vary most, scaled alike."""
    x = np.concatenate([example.x for example in examples[::3]]).astype(np.float64)
    variances, directions = np.linalg.eigh(np.cov(x.T))
    # Of few articles some axes have no variance, or by rounding less than none.
    scale = np.sqrt(variances[::-1][:AXES].clip(0)).mean()
    return x.mean(axis=0).astype(np.float32), (directions[:, ::-1][:, :AXES] / scale).astype(np.float32)


def projected(examples: Iterable[Example], mean: Floats, axes: Floats) -> list[Example]:
    """The same examples, their states along `axes`."""
    return [Example(np.asarray((e.x - mean) @ axes, np.float32), e.y) for e in examples]


class Network(nn.Module):
    """The network of `pipeline.extract.network`, for states along axes."""

    def __init__(self, labels: int, size: Size = LARGE) -> None:
        super().__init__()
        self.enter = nn.Linear(AXES, size.hidden)
        self.whole = nn.Linear(AXES, size.whole)
        self.gated = nn.GRU(size.hidden, size.gated, batch_first=True, bidirectional=True)
        self.out = nn.Linear(2 * size.gated + size.hidden + size.whole, 2 * labels)
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


def teach(
    examples: Sequence[Example], labels: int, epochs: int, size: Size = LARGE, seed: int = 0
) -> Network:
    """Fit a network; the order of batches and what is dropped come from `seed`."""
    torch.manual_seed(seed)
    order = random.Random(seed)  # noqa: S311 - nothing secret
    network = Network(labels, size)
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
    """Cross entropy of the tags that are taught, a token."""
    odds = network(batch.x, batch.mask)
    taught = (batch.y != NOT_TAUGHT) * batch.mask[..., None]
    tags = binary_cross_entropy_with_logits(odds, batch.y.clamp(min=0), reduction="none") * taught
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
    """The weights as `pipeline.extract.network` names them, in half precision, inputs by outputs."""
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
