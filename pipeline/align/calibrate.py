"""Scores to probabilities: logistic models fitted on made documents whose truth is known."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from pipeline.align.comparable import OWN_TOPIC, Unit, evidence_of, mutual_best
from pipeline.align.families import Sketch, signs, sketch_of
from pipeline.align.family import align_all, group_pairs
from pipeline.align.learn import GoldBead, fit_line, fit_logistic
from pipeline.align.pairwise import align_pair
from pipeline.align.side import Side, names_of, side_of_texts
from pipeline.align.spans import CENTRE, centre_of
from pipeline.align.synthesis import Made, Noise, gold_beads, gold_groups, make
from pipeline.align.weights import Weights, invariant
from pipeline.align.whole import Encode
from pipeline.config import AlignSettings
from pipeline.model import Passage
from pipeline.vectors import normalise

Sentences = Mapping[str, Mapping[int, str]]
SIZE = 50
KINDS = ("version", "shuffled", "framed", "akin", "akin", "other")
# One candidate pair in forty is a version, not one in six as among the made ones. Independent sources are
# what the record rests on, so that a false family costs more than a missed one.
RARE = float(np.log(1 / 39) - np.log(1 / 5))
THRESHOLD = float(AlignSettings().group_threshold)


def fit_beads(
    weights: Weights, made: Sequence[tuple[Side, Side, Sequence[GoldBead]]], encode: Encode
) -> Weights:
    """Weights whose `bead_scale` makes a bead's posterior its chance of being exactly right."""
    scores, right = [], []
    for a, b, gold in made:
        exact = {(tuple(x), tuple(y)) for x, y in gold}
        for bead in align_pair(a, b, weights, encode=encode).beads:
            scores.append(bead.score)
            right.append((tuple(range(*bead.a)), tuple(range(*bead.b))) in exact)
    return replace(weights, bead_scale=fit_line(scores, right))


def fit_groups(weights: Weights, part: Sentences, encode: Encode) -> Weights:
    """Weights whose `joint_scale` and `group_scale` do so for the beads and the groups of whole families."""
    beads, exact, groups, right = [], [], [], []
    for seed, drop in enumerate((0.0, 0.1, 0.25) * 3):
        documents, sides = family_of(part, Noise(drop=drop, merge=0.07), seed, encode)
        pairs = align_all(sides, weights, encode)
        for (x, y), pair in pairs.items():
            known = set(gold_beads(documents[x], documents[y]))
            beads += [bead.score for bead in pair.beads]
            exact += [(tuple(range(*bead.a)), tuple(range(*bead.b))) in known for bead in pair.beads]
        gold = set(gold_groups(documents))
        found = group_pairs(pairs, THRESHOLD)
        groups += [cluster.score for cluster in found]
        right += [cluster.passages in gold for cluster in found]
    return replace(weights, joint_scale=fit_line(beads, exact), group_scale=fit_line(groups, right))


def family_of(
    part: Sentences, noise: Noise, seed: int, encode: Encode, foreign: Sequence[str] = (), least: int = 3
) -> tuple[list[Made], list[Side]]:
    """A made family in `least` or more of the languages of `part`, and its sides."""
    rng = random.Random(seed)  # noqa: S311 - noise, not a secret
    langs = sorted(rng.sample(sorted(part), rng.randint(min(least, len(part)), len(part))))
    ids = sorted(part[langs[0]])
    begin = rng.randrange(max(1, len(ids) - SIZE))
    chosen = ids[begin : begin + SIZE]
    made = [make({i: part[lang][i] for i in chosen}, foreign, noise, f"{seed} {lang}") for lang in langs]
    sides = [
        side_of_texts(d.segments, encode(list(d.segments)), lang) for d, lang in zip(made, langs, strict=True)
    ]
    return made, sides


def fit_families(
    weights: Weights, texts: Sequence[Sentences], phrases: Sequence[Sentences], encode: Encode
) -> Weights:
    """Weights whose `family` tells versions of a document from others on its topic.

    `texts` are sets of running text, `phrases` of single sentences.
    """
    rows, right = [], []
    for kind, (a, b) in two_documents(texts, phrases, encode, count=480):
        rows.append(signs(_sketch(a, encode, weights), _sketch(b, encode, weights)))
        right.append(kind == "version")
    *slopes, intercept = fit_logistic(np.array(rows), np.array(right), penalty=0.02)
    return replace(weights, family=(*slopes, intercept + RARE))


def fit_passages(weights: Weights, sets: Sequence[Sentences], encode: Encode) -> Weights:
    """Weights whose `passage` is the chance that two mutually best passages say the same."""
    model = np.array([10.0, 10.0, 2.0, 0.5, -1.0, -0.5, 0.0, 0.0, -10.0])
    for _ in range(2):
        rows, right = [], []
        for seed in range(24):
            part = sets[seed % len(sets)]
            a, b = shuffled(part, seed)
            units = [units_of(x, encode, weights) for x in (a, b)]
            spans_a, spans_b, table = evidence_of(*units)
            for i, j in mutual_best(table @ model[:-1].astype(np.float32), -np.inf):
                rows.append(table[i, j])
                right.append(same_content(a, b, spans_a[i], spans_b[j]))
        model = np.array(fit_logistic(np.array(rows), np.array(right), penalty=0.1))
    return replace(weights, passage=tuple(float(value) for value in model))


def shuffled(part: Sentences, seed: int, sections: int = 6) -> tuple[Made, Made]:
    """Two documents of one topic: sections in another order, a third of the sentences not shared."""
    rng = random.Random(seed)  # noqa: S311 - noise, not a secret
    first, second = rng.sample(sorted(part), 2)
    ids = sorted(part[first])
    begin = rng.randrange(max(1, len(ids) - SIZE))
    chosen = ids[begin : begin + SIZE]
    noise = Noise(drop=0.25, merge=0.1)
    a = make({i: part[first][i] for i in chosen}, (), noise, f"{seed} a")
    parts = [chosen[k::1][: SIZE // sections + 1] for k in range(0, len(chosen), SIZE // sections + 1)]
    rng.shuffle(parts)
    b = make({i: part[second][i] for p in parts for i in p}, (), noise, f"{seed} b")
    return a, b


def units_of(made: Made, encode: Encode, weights: Weights) -> list[Unit]:
    """A made document as the units that passages are mined from."""
    rows = invariant(encode(list(made.segments)), weights)
    centred = normalise(rows - np.float32(CENTRE) * centre_of(rows, weights.mean, OWN_TOPIC))
    return [
        Unit((Passage("", "", k, k),), centred[k], float(len(text)), names_of(text))
        for k, text in enumerate(made.segments)
    ]


def same_content(a: Made, b: Made, left: tuple[int, int], right: tuple[int, int]) -> bool:
    """Whether every segment of both spans shares a sentence with the other span."""
    in_a = [set(held) for held in a.holds[slice(*left)]]
    in_b = [set(held) for held in b.holds[slice(*right)]]
    all_a, all_b = set().union(*in_a), set().union(*in_b)
    return all(held & all_b for held in in_a) and all(held & all_a for held in in_b)


def two_documents(
    texts: Sequence[Sentences], phrases: Sequence[Sentences], encode: Encode, count: int, begin: int = 0
) -> Iterator[tuple[str, tuple[Made, Made]]]:
    """Pairs of documents of every kind: versions (cut, updated, in one language or two), and what is none.

    Those share an order (shuffled), a frame, a topic (other), or, as articles of independent authors
    do, a topic and an order of subjects, and now and then a sentence (akin).
    """
    sets = [*texts, *phrases]
    for k in range(count):
        kind, turn = KINDS[k % len(KINDS)], k // len(KINDS)
        part = texts[turn % len(texts)] if kind == "akin" else sets[turn % len(sets)]
        yield kind, _two(part, kind, begin + k, encode)


def _two(part: Sentences, kind: str, seed: int, encode: Encode) -> tuple[Made, Made]:
    rng = random.Random(seed)  # noqa: S311 - noise, not a secret
    first, second = rng.sample(sorted(part), 2)
    second = first if rng.random() < 0.25 else second
    size = rng.choice((8, 15, 30, 60))
    ids = sorted(part[first])
    start = rng.randrange(max(1, len(ids) - 3 * size))
    own, strange = ids[start : start + size], ids[start + size : start + 3 * size]
    noise = Noise(drop=rng.choice((0.0, 0.05, 0.15)), merge=0.07, split=0.1 * (seed % 2))
    if kind == "version":
        cut = own[: max(4, round(size * rng.choice((1.0, 1.0, 0.5))))]
        other = cut + strange[: round(len(cut) * rng.choice((0.0, 0.0, 0.3)))]
    elif kind == "shuffled":
        other = rng.sample(own, len(own))
    elif kind == "framed":
        frame = round(size * rng.choice((0.1, 0.2, 0.3)))
        other = own[:frame] + strange[: size - frame]
    elif kind == "akin":
        other = _akin(part[first], own, rng.choice((0.0, 0.1, 0.25)), encode, rng)
    else:
        other = strange[:size]
    a = make({i: part[first][i] for i in own}, (), noise, f"{seed} a")
    return a, make({i: part[second][i] for i in other}, (), noise, f"{seed} b")


def _akin(
    sentences: Mapping[int, str], own: Sequence[int], share: float, encode: Encode, rng: random.Random
) -> list[int]:
    """For each of `own` another sentence that is nearest in meaning, or at the rate `share` the same one."""
    pool = [i for i in sentences if i not in set(own)]
    near = np.argsort(-(encode([sentences[i] for i in own]) @ encode([sentences[i] for i in pool]).T), axis=1)
    used: set[int] = set()
    out = []
    for row, identity in zip(near.tolist(), own, strict=True):
        free = next((pool[k] for k in row if pool[k] not in used), identity)
        out.append(identity if rng.random() < share else free)
        used.add(out[-1])
    return out


def _sketch(made: Made, encode: Encode, weights: Weights) -> Sketch:
    lengths = np.array([len(text) for text in made.segments], dtype=np.float32)
    return sketch_of("", "", encode(list(made.segments)), lengths, weights)
