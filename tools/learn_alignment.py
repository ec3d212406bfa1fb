"""Learn alignment weights for an encoder from a small gold set and parallel sentences.

    tools/learn_alignment.py --gold FOLDER --parallel FOLDER --pairs FOLDER --out weights.json
        [--model NAME] [--prefix TEXT] [--dimension N]

`--gold` holds documents `name.xx`, `name.yy`, one segment a line, and beads `name.xxyy`
(`[0, 1]:[2]`, zero-based). `--parallel` holds `xx.tsv`, lines `id<TAB>sentence`, equal ids being
translations. `--pairs` holds files of `sentence<TAB>translation`. Every part may be missing but one; without
three languages in `--parallel`, what third documents say is weighed as for the bundled encoder.
"""

from __future__ import annotations

import argparse
import ast
import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np

from pipeline.align.calibrate import family_of, fit_beads, fit_families, fit_groups, fit_passages
from pipeline.align.family import evidence
from pipeline.align.features import FEATURES
from pipeline.align.learn import Example, example_of, learn, learn_axes
from pipeline.align.pairwise import adapted, align_pair
from pipeline.align.side import Side, side_of_texts
from pipeline.align.synthesis import Noise, gold_beads, make
from pipeline.align.third import THIRD, Witness, witnesses
from pipeline.align.weights import Weights, encoder_of, invariant, load_weights, save_weights
from pipeline.align.whole import Encode, remembered
from pipeline.config import EmbedSettings
from pipeline.embed import load_encoder
from pipeline.vectors import Floats

START = {
    "distance": 5.4, "distance area": 0.74, "hinge": 3.57, "length": 0.94, "outside": 2.58, "support": 1.99,
    "1-2": 0.02, "2-2": 1.84, "1-3": 1.24, "many": 1.12, "skip": 4.75,
    "kind": 2.0, "crossing": 1.5, "edge": 0.5,
}  # fmt: skip
NOISES = (
    Noise(drop=0.05, merge=0.05),
    Noise(drop=0.1, merge=0.07, mark=0.2),
    Noise(drop=0.25, merge=0.08),
    Noise(drop=0.1, merge=0.05, insert=0.1),
    Noise(drop=0.05, merge=0.1, split=0.5, mark=0.3),
    Noise(merge=0.2, split=0.3, mark=0.2),
)
FAMILY_NOISES = (
    Noise(drop=0.1, merge=0.05),
    Noise(drop=0.25, merge=0.07),
    Noise(drop=0.1, merge=0.05, insert=0.1),
    Noise(drop=0.25, merge=0.1, mark=0.1),
    Noise(drop=0.05, merge=0.1, split=0.3, mark=0.2),
)
GOLD_WEIGHT, MADE_WEIGHT, FAMILY_WEIGHT, SPREAD = 3.0, 0.5, 0.5, 1.5
SIZE = 60  # sentences of a made document
Sentences = dict[str, dict[int, str]]
Gold = tuple[list[str], list[str], list[tuple[tuple[int, ...], tuple[int, ...]]]]


def main() -> None:
    """Read the sets, learn in turn axes, bead weights and calibrations, and write the weights."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in ("gold", "parallel", "pairs"):
        parser.add_argument(f"--{name}", type=Path)
    parser.add_argument("--model", default="bundled")
    parser.add_argument("--prefix", default="")
    parser.add_argument("--dimension", type=int, default=0)
    parser.add_argument(
        "--limit", type=int, default=190, help="parallel sentences used; the rest is held out"
    )
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    settings = EmbedSettings(model=args.model, prefix=args.prefix, dimension=args.dimension)
    encoder = load_encoder(settings)
    save_weights(run(args, remembered(encoder.encode), encoder_of(encoder.card)), args.out)


def run(args: argparse.Namespace, encode: Encode, name: str) -> Weights:
    """Weights learnt from the folders of `args`."""
    gold = read_gold(args.gold) if args.gold else []
    parallel = [read_parallel(args.parallel, args.limit)] if args.parallel else []
    phrases = read_pairs(args.pairs) if args.pairs else []
    texts = [*parallel, *(sentences_of(document) for document in gold)]
    sets = [*parallel, *phrases, *texts[len(parallel) :]]
    axes = learn_axes([pair for part in sets for pair in parallel_vectors(part, encode)])
    width = axes.shape[1]
    weights = Weights(name, start(), axes, np.zeros(width, dtype=np.float32))
    means = [
        invariant(encode(list(texts.values())), weights).mean(axis=0)
        for part in sets
        for texts in part.values()
    ]
    weights = Weights(name, start(), axes, np.mean(means, axis=0).astype(np.float32))
    examples = [
        _example(side(a, encode), side(b, encode), beads, weights, GOLD_WEIGHT) for a, b, beads in gold
    ]
    examples += [_example(*made, weights, MADE_WEIGHT) for made in made_pairs(sets, encode, rounds=6)]
    bead, loss = learn(examples, start(), np.full(len(FEATURES), SPREAD, dtype=np.float32))
    print(f"{len(examples)} documents, loss {loss:.2f}")
    made = made_pairs(sets, encode, rounds=2, seed=1)
    weights = fit_beads(replace(weights, bead=bead), made, encode)
    weights = learn_joint(weights, sets, encode)
    weights = fit_groups(weights, max(sets, key=len), encode)
    weights = fit_families(weights, texts or phrases, phrases, encode)
    return fit_passages(weights, sets, encode)


def learn_joint(weights: Weights, sets: Sequence[Sentences], encode: Encode) -> Weights:
    """Weights whose `joint` costs are learnt from made families, near those of two documents alone."""
    part = max(sets, key=len)
    if len(part) < 3:
        return replace(weights, joint=load_weights().joint)
    strangers = [text for other in sets if other is not part for text in next(iter(other.values())).values()]
    examples = []
    for seed, noise in enumerate(FAMILY_NOISES * 4):
        documents, sides = family_of(part, noise, 1000 + seed, encode, strangers)
        pairs = {
            (x, y): align_pair(sides[x], sides[y], weights) for x, y in combinations(range(len(sides)), 2)
        }
        links = {key: evidence(pair) for key, pair in pairs.items()}
        examples += [
            _example(
                sides[x],
                sides[y],
                gold_beads(documents[x], documents[y]),
                weights,
                FAMILY_WEIGHT,
                witnesses(links, x, y, len(sides)),
            )
            for x, y in pairs
        ]
    first = np.concatenate([weights.bead, np.zeros(len(THIRD), dtype=np.float32)])
    joint, loss = learn(examples, first, np.full(len(first), SPREAD, dtype=np.float32))
    print(f"{len(examples)} pairs in families, loss {loss:.2f}")
    return replace(weights, joint=joint)


def start() -> Floats:
    """Costs to begin with, in the order of the features."""
    return np.array([START.get(name, 0.0) for name in FEATURES], dtype=np.float32)


def side(texts: Sequence[str], encode: Encode) -> Side:
    """A side of bare segments."""
    return side_of_texts(texts, encode(list(texts)))


def read_gold(folder: Path) -> list[Gold]:
    """Every gold document in `folder`."""
    out: list[Gold] = []
    for path in sorted(folder.iterdir()):
        stem, _, pair = path.name.rpartition(".")
        if len(pair) != 4:
            continue
        beads = [
            tuple(map(ast.literal_eval, line.split(":")[:2]))
            for line in path.read_text().splitlines()
            if line
        ]
        texts = [
            (folder / f"{stem}.{lang}").read_text(encoding="utf-8").split("\n")[:-1]
            for lang in (pair[:2], pair[2:])
        ]
        out.append((texts[0], texts[1], [(tuple(a), tuple(b)) for a, b in beads]))
    return out


def read_parallel(folder: Path, limit: int) -> Sentences:
    """Sentences by language and position, the first `limit` of them."""
    out: Sentences = {}
    for path in sorted(folder.glob("*.tsv")):
        lines = path.read_text(encoding="utf-8").splitlines()[:limit]
        out[path.stem] = {k: line.split("\t", 1)[1] for k, line in enumerate(lines)}
    return out


def read_pairs(folder: Path) -> list[Sentences]:
    """One set of two languages a file."""
    out: list[Sentences] = []
    for path in sorted(folder.glob("*.tsv")):
        rows = [line.split("\t")[:2] for line in path.read_text(encoding="utf-8").splitlines()]
        first, second = path.stem.split("-")
        out.append(
            {
                first: {k: row[0] for k, row in enumerate(rows)},
                second: {k: row[1] for k, row in enumerate(rows)},
            }
        )
    return out


def sentences_of(document: Gold) -> Sentences:
    """The one-to-one beads of a gold document as parallel sentences: one topic, so hard to tell apart."""
    pairs = [(a[0], b[0]) for a, b in document[2] if len(a) == len(b) == 1]
    return {
        "first": {k: document[0][i] for k, (i, _) in enumerate(pairs)},
        "second": {k: document[1][j] for k, (_, j) in enumerate(pairs)},
    }


def parallel_vectors(part: Sentences, encode: Encode) -> list[tuple[Floats, Floats]]:
    """Parallel rows of every pair of languages."""
    rows = {lang: encode(list(texts.values())) for lang, texts in part.items()}
    return [(rows[a], rows[b]) for a in rows for b in rows if a < b]


def made_pairs(sets: Sequence[Sentences], encode: Encode, rounds: int, seed: int = 0) -> list[tuple]:  # type: ignore[type-arg]
    """Made documents of every noise: sides and gold beads; the pairs of languages take turns."""
    rng = random.Random(seed)  # noqa: S311 - noise, not a secret
    out = []
    for k, noise in enumerate(NOISES * rounds):
        part = sets[0] if k % 3 else rng.choice(sets)
        first, second = rng.sample(sorted(part), 2)
        ids = sorted(part[first])
        begin = rng.randrange(max(1, len(ids) - SIZE))
        chosen = ids[begin : begin + SIZE]
        stranger = rng.choice(sets)
        pools = [list(stranger.get(lang, part[lang]).values()) for lang in (first, second)]
        a = make({i: part[first][i] for i in chosen}, pools[0], noise, f"{seed} {k} a")
        b = make({i: part[second][i] for i in chosen}, pools[1], noise, f"{seed} {k} b")
        out.append((side(a.segments, encode), side(b.segments, encode), gold_beads(a, b)))
    return out


def _example(  # type: ignore[type-arg]
    a: Side, b: Side, beads: list, weights: Weights, weight: float, others: Sequence[Witness] = ()
) -> Example:
    return example_of(adapted(a, weights), adapted(b, weights), beads, weights.mean, weight, others)


if __name__ == "__main__":
    main()
