"""Aligners side by side: the same encoder, the same input, the same scorer.

    benchmarks/alignment.py --data ../shared/data [--vecalign DIR] [--bertalign DIR] [--textberg DIR]
        [--parice DIR] [--only NAME] [--check]

`--vecalign` and `--bertalign` are checkouts of the peers. `--textberg` is a folder of `test*.de`,
`.fr`, `.defr`; `--parice` one of `eng/`, `isl/`, `gold/`: both are for reporting, nothing is tuned on
them. PUD sentences from number 190 on are held out of the shipped weights, and only they are used.
"""

from __future__ import annotations

import argparse
import ast
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml
from alignment_peers import Aligner, Beads, Encode, Peer, find_peers

from pipeline.align.calibrate import same_content, shuffled, units_of
from pipeline.align.comparable import mine
from pipeline.align.family import align_all, bead_scale, calibrated, group_pairs
from pipeline.align.pairwise import align_pair
from pipeline.align.side import Side, side_of_texts
from pipeline.align.synthesis import Made, Noise, gold_beads, gold_groups, make
from pipeline.align.weights import Weights, load_weights
from pipeline.config import AlignSettings, EmbedSettings
from pipeline.embed import load_encoder
from pipeline.embed.bundled import bundled_folder
from pipeline.embed.load import PIECES, models_folder
from pipeline.embed.tokens import sentencepiece_tokens

HELD_OUT, SIZE = 190, 60
FLOORS = Path(__file__).parent / "floors.yaml"
Document = tuple[list[str], list[str], Beads]
Figures = dict[str, float]


class Memory:
    """An encoder that encodes each text once, so that every aligner meets the same vectors."""

    def __init__(self, model: str) -> None:
        self._encoder = load_encoder(EmbedSettings(model=model))
        self._known: dict[str, np.ndarray] = {}

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors (n, d) of `texts`."""
        missing = [text for text in dict.fromkeys(texts) if text not in self._known]
        if missing:
            self._known |= dict(zip(missing, self._encoder.encode(missing), strict=True))
        return np.array([self._known[text] for text in texts], dtype=np.float32)

    def tokens(self, texts: Sequence[str]) -> int:
        """Tokens of the bundled encoder in `texts`."""
        file = bundled_folder("ctranslate2", models_folder(EmbedSettings())) / PIECES
        return sum(len(ids) for ids in sentencepiece_tokens(file, 1).ids(texts))


@dataclass(frozen=True)
class Bench:
    """What every table needs."""

    encode: Memory
    weights: Weights
    peers: list[Peer]
    settings: AlignSettings


def main() -> None:
    """Print the tables, and with --check fail where a figure is below its floor."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in ("data", "vecalign", "bertalign", "textberg", "parice", "weights"):
        parser.add_argument(f"--{name}", type=Path, required=name == "data")
    parser.add_argument("--model", default="bundled")
    parser.add_argument("--only", default="")
    parser.add_argument("--check", action="store_true", help="fail below the floors of floors.yaml")
    args = parser.parse_args()
    encode = Memory(args.model)
    peers = find_peers(args.vecalign, args.bertalign, encode)
    bench = Bench(encode, load_weights(args.weights), peers, AlignSettings())
    figures: Figures = {}
    for name, table in TABLES.items():
        if args.only in name:
            print(f"\n## {name}\n")
            figures |= table(bench, args)
    if args.check:
        check(figures)


def check(figures: Figures) -> None:
    """Compare with the pinned floors.

    Raises:
        SystemExit: a figure is below its floor.
    """
    floors = (yaml.safe_load(FLOORS.read_text(encoding="utf-8")) or {}).get("alignment", {})
    low = [f"{k}: {figures[k]:.3f} < {v}" for k, v in floors.items() if k in figures and figures[k] < v]
    if low:
        raise SystemExit("below the floor: " + "; ".join(low))


# --- gold beads of real documents -------------------------------------------------------------------


def real_texts(bench: Bench, args: argparse.Namespace) -> Figures:
    """Strict and lax F1 on hand-aligned documents, with intervals, encoded texts, seconds and memory."""
    sets = {"textberg dev (learnt from)": read_textberg(args.data / "textberg", "dev")}
    if args.textberg:
        sets["textberg test"] = read_textberg(args.textberg, "test")
    if args.parice:
        sets["parice"] = read_parice(args.parice)
    figures = {}
    for name, documents in sets.items():
        print(f"\n{name}: {len(documents)} documents, {sum(len(gold) for *_, gold in documents)} beads")
        figures |= compare(bench, documents, name)
    return figures


def compare(bench: Bench, documents: Sequence[Document], name: str) -> Figures:
    """One line an aligner."""
    systems = [ours(bench), *bench.peers]
    print(f"{'':12}{'strict F1':>23}{'lax F1':>8}{'encoded':>9}{'tokens':>10}{'seconds':>9}{'MiB':>7}")
    figures = {}
    for system in systems:
        encoded = [text for a, b, _ in documents for text in system.encoded(a, b)]
        bench.encode(encoded or ["."])
        found, seconds, memory = timed(system.align, documents)
        counts = [count(gold, beads) for (*_, gold), beads in zip(documents, found, strict=True)]
        low, high = interval(documents, found)
        strict, lax = f1(counts, 0), f1(counts, 1)
        print(
            f"{system.name:12}{strict:>8.3f} [{low:.3f}, {high:.3f}]{lax:>8.3f}{len(encoded):>9}"
            f"{bench.encode.tokens(encoded):>10}{seconds:>9.2f}{memory:>7.0f}"
        )
        figures[f"{name} {system.name} strict"] = strict
    return figures


def ours(bench: Bench) -> Peer:
    """This package's aligner of two documents."""

    def align(a: Sequence[str], b: Sequence[str], encode: Encode = bench.encode) -> Beads:
        pair = align_pair(side(bench, a), side(bench, b), bench.weights, encode=encode)
        return [(tuple(range(*bead.a)), tuple(range(*bead.b))) for bead in pair.beads]

    def encoded(a: Sequence[str], b: Sequence[str]) -> list[str]:
        asked = [*a, *b]

        def listen(texts: Sequence[str]) -> np.ndarray:
            asked.extend(texts)
            return bench.encode(texts)

        align(a, b, listen)
        return sorted(set(asked))

    return Peer("ours", align, encoded)


def timed(align: Aligner, documents: Sequence[Document]) -> tuple[list[Beads], float, float]:
    """Beads of each document; seconds, vectors known and loops compiled; peak MiB beside the vectors."""
    align(documents[0][0], documents[0][1])
    before = held("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the high-water mark starts again
    begin = time.perf_counter()
    found = [align(a, b) for a, b, _ in documents]
    return found, time.perf_counter() - begin, held("VmHWM") - before


def held(mark: str) -> float:
    """MiB that this process holds (Linux)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(mark)) / 1024


def count(gold: Beads, found: Beads) -> np.ndarray:
    """(2, 4): strict, then lax: right and all found, right and all gold; skips as in Vecalign's scorer.

    Found skips count for precision, gold skips not for recall. Lax: some pair in common.
    """
    exact, links = set(gold), {(i, j) for a, b in gold for i in a for j in b}
    own, ours = set(found), {(i, j) for a, b in found for i in a for j in b}
    full, all_gold = (
        [bead for bead in own if bead[0] or bead[1]],
        [bead for bead in exact if bead[0] and bead[1]],
    )

    def near(bead: tuple[tuple[int, ...], tuple[int, ...]], known: set[tuple[int, int]]) -> bool:
        return any((i, j) in known for i in bead[0] for j in bead[1])

    strict = [sum(b in exact for b in full), len(full), sum(b in own for b in all_gold), len(all_gold)]
    lax = [
        sum(b in exact or near(b, links) for b in full), len(full),
        sum(b in own or near(b, ours) for b in all_gold), len(all_gold),
    ]  # fmt: skip
    return np.array([strict, lax])


def f1(counts: Iterable[np.ndarray], row: int) -> float:
    """F1 of summed counts."""
    right, found, hit, gold = np.sum(list(counts), axis=0)[row]
    precision, recall = right / max(found, 1), hit / max(gold, 1)
    return float(2 * precision * recall / max(precision + recall, 1e-9))


def interval(documents: Sequence[Document], found: Sequence[Beads], draws: int = 500) -> tuple[float, float]:
    """95 % bootstrap interval of strict F1 over stretches of twenty gold beads."""
    pieces = []
    for (*_, gold), beads in zip(documents, found, strict=True):
        for start in range(0, len(gold), 20):
            part = gold[start : start + 20]
            rows, columns = {i for a, _ in part for i in a}, {j for _, b in part for j in b}
            inside = [
                bead
                for bead in beads
                if (bead[0] and bead[0][0] in rows) or (not bead[0] and bead[1][0] in columns)
            ]
            pieces.append(count(part, inside))
    rng = np.random.default_rng(0)
    scores = [f1([pieces[k] for k in rng.integers(len(pieces), size=len(pieces))], 0) for _ in range(draws)]
    return float(np.quantile(scores, 0.025)), float(np.quantile(scores, 0.975))


# --- made documents ---------------------------------------------------------------------------------


def five_ways(bench: Bench, args: argparse.Namespace) -> Figures:
    """Exact groups over five languages, and links of the hardest, at several rates of noise."""
    names = ("drop", "merge", "insert", "exact groups", "links with is", "pairs with is", "ECE")
    print("".join(f"{name:>15}" for name in names))
    figures = {}
    for drop, merge, insert in (
        (0, 0.05, 0),
        (0.1, 0.05, 0),
        (0.1, 0.05, 0.1),
        (0.25, 0.05, 0),
        (0.25, 0.1, 0),
    ):
        group, link, pair = np.zeros(3), np.zeros(3), np.zeros(3)
        chances: list[tuple[float, bool]] = []
        for docs, sides in five_way_documents(bench, args.data, Noise(drop=drop, merge=merge, insert=insert)):
            gold = set(gold_groups(docs))
            pairs = align_all(sides, bench.weights, bench.encode)
            found = group_pairs(pairs, bench.settings.group_threshold)
            ours = {cluster.passages for cluster in found}
            group += [len(gold & ours), len(gold), len(ours)]
            link += overlap(links_of(gold), links_of(ours))
            beads = {
                (x, i, y, j)
                for (x, y), p in pairs.items()
                if 1 in (x, y)
                for b in p.beads
                for i in range(*b.a)
                for j in range(*b.b)
            }
            pair += overlap(shared(docs), beads)
            chances += [(calibrated(c.score, bench.weights.group_scale), c.passages in gold) for c in found]
        row = [2 * t[0] / (t[1] + t[2]) for t in (group, link, pair)]
        error = calibration_error(chances)
        print("".join(f"{value:>15.3f}" for value in (drop, merge, insert, *row, error)))
        figures |= {
            f"five-way {drop} {merge} {insert} groups": row[0],
            f"five-way {drop} {merge} {insert} links": row[1],
            f"five-way {drop} {merge} {insert} pairs": row[2],
        }
    return figures


def two_ways(bench: Bench, args: argparse.Namespace) -> Figures:
    """Every aligner on pairs of the made documents."""
    figures = {}
    for drop, merge, insert in ((0.1, 0.05, 0), (0.25, 0.1, 0), (0.1, 0.05, 0.1)):
        documents: list[Document] = []
        for docs, _ in five_way_documents(
            bench, args.data, Noise(drop=drop, merge=merge, insert=insert), rounds=1
        ):
            for x, y in ((0, 1), (1, 3), (2, 4)):
                documents.append(
                    (list(docs[x].segments), list(docs[y].segments), gold_beads(docs[x], docs[y]))
                )
        print(f"\n{drop:.0%} dropped, {merge:.0%} merged, {insert:.0%} inserted")
        figures |= compare(bench, documents, f"pud {drop} {merge} {insert}")
    return figures


def reliability(bench: Bench, args: argparse.Namespace) -> Figures:
    """Scores of beads against how often they are exactly right, for each pair of languages."""
    chances: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for drop in (0.0, 0.1, 0.25):
        for docs, sides in five_way_documents(bench, args.data, Noise(drop=drop, merge=0.07), rounds=1):
            for (x, y), pair in align_all(sides, bench.weights, bench.encode).items():
                gold = set(gold_beads(docs[x], docs[y]))
                for bead in pair.beads:
                    right = (tuple(range(*bead.a)), tuple(range(*bead.b))) in gold
                    chances[f"{sides[x].lang}-{sides[y].lang}"].append(
                        (calibrated(bead.score, bead_scale(len(sides), bench.weights)), right)
                    )
    everything = [item for part in chances.values() for item in part]
    print(f"{'said':>12}{'was right':>11}{'beads':>7}")
    for low in np.arange(0, 1, 0.1):
        part = [(p, r) for p, r in everything if low <= p < low + 0.1 or (p == 1 and low > 0.85)]
        if part:
            print(
                f"{np.mean([p for p, _ in part]):>12.3f}{np.mean([r for _, r in part]):>11.3f}{len(part):>7}"
            )
    print(f"\nexpected calibration error {calibration_error(everything):.3f}; by pair of languages:")
    print(", ".join(f"{name} {calibration_error(part):.3f}" for name, part in sorted(chances.items())))
    return {"calibration": 1 - calibration_error(everything)}


def comparable(bench: Bench, args: argparse.Namespace) -> Figures:
    """Passages found in documents whose sections are shuffled."""
    part = read_pud(args.data)
    right, found, reached, gold = 0, 0, 0, 0
    for seed in range(100, 112):
        a, b = shuffled(part, seed)
        units = [units_of(made, bench.encode, bench.weights) for made in (a, b)]
        matches = mine(*units, bench.weights.passage, bench.settings.comparable_threshold)
        good = [m for m in matches if same_content(a, b, m.a, m.b)]
        links = {(i, j) for m in good for i in range(*m.a) for j in range(*m.b)}
        truth = [bead for bead in gold_beads(a, b) if bead[0] and bead[1]]
        right, found, gold = right + len(good), found + len(matches), gold + len(truth)
        reached += sum(any((i, j) in links for i in x for j in y) for x, y in truth)
    precision, recall = right / max(found, 1), reached / max(gold, 1)
    print(f"{found} passages found, precision {precision:.3f}, recall {recall:.3f}")
    return {"comparable precision": precision, "comparable recall": recall}


def growth(bench: Bench, args: argparse.Namespace) -> Figures:
    """Seconds and memory as documents grow: the development text repeated, vectors given."""
    de, fr, _ = read_textberg(args.data / "textberg", "dev")[0]
    rows = {lang: bench.encode(texts) for lang, texts in (("de", de), ("fr", fr))}
    figures = {}
    print(f"{'segments a side':>16}{'processor seconds':>19}{'peak MiB':>10}")
    for size in (100, 1_000, 10_000, 100_000):
        sides = []
        for lang, texts in (("de", de), ("fr", fr)):
            index = np.arange(size) % len(texts)
            sides.append(side_of_texts([texts[k] for k in index], rows[lang][index], lang))
        before = held("VmRSS")
        Path("/proc/self/clear_refs").write_text("5")
        begin = time.process_time()
        align_pair(sides[0], sides[1], bench.weights)
        seconds = time.process_time() - begin
        print(f"{size:>16}{seconds:>19.2f}{held('VmHWM') - before:>10.0f}")
        figures[f"growth {size} per second"] = size / seconds
    return figures


def side(bench: Bench, texts: Sequence[str]) -> Side:
    """A side of bare segments."""
    return side_of_texts(texts, bench.encode(texts))


def five_way_documents(
    bench: Bench, data: Path, noise: Noise, rounds: int = 5
) -> Iterable[tuple[list[Made], list[Side]]]:
    """Documents in five languages made of held-out sentences, the strangers from another text."""
    part = read_pud(data)
    strange = read_textberg(data / "textberg", "dev")[0][0]
    for seed in range(rounds):
        for begin in range(0, len(part["en"]) - SIZE + 1, SIZE):
            ids = sorted(part["en"])[begin : begin + SIZE]
            docs = [
                make({i: part[x][i] for i in ids}, strange, noise, f"{seed} {begin} {x}")
                for x in sorted(part)
            ]
            yield (
                docs,
                [
                    side_of_texts(d.segments, bench.encode(d.segments), x)
                    for d, x in zip(docs, sorted(part), strict=True)
                ],
            )


def links_of(groups: Iterable[tuple[tuple[int, int, int], ...]]) -> set[tuple[int, int, int, int]]:
    """Pairs of segments in one group, one of them Icelandic (the second of the five)."""
    return {
        (x, i, y, j)
        for group in groups
        for x, a, b in group
        for y, c, d in group
        if x < y and 1 in (x, y)
        for i in range(a, b + 1)
        for j in range(c, d + 1)
    }


def shared(docs: Sequence[Made]) -> set[tuple[int, int, int, int]]:
    """Pairs of segments that hold a sentence in common, one of them Icelandic."""
    return {
        (x, i, y, j)
        for x in range(len(docs))
        for y in range(x + 1, len(docs))
        if 1 in (x, y)
        for i, a in enumerate(docs[x].holds)
        for j, b in enumerate(docs[y].holds)
        if set(a) & set(b)
    }


def overlap(gold: set, found: set) -> list[int]:  # type: ignore[type-arg]
    """Right, gold, found."""
    return [len(gold & found), len(gold), len(found)]


def calibration_error(chances: Sequence[tuple[float, bool]], bins: int = 10) -> float:
    """Expected calibration error over bins of equal width (Naeini et al. 2015)."""
    parts: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for chance, right in chances:
        parts[min(bins - 1, int(chance * bins))].append((chance, right))
    gaps = [abs(sum(p for p, _ in x) - sum(r for _, r in x)) for x in parts.values()]
    return sum(gaps) / max(len(chances), 1)


# --- reading ----------------------------------------------------------------------------------------


def read_lines(path: Path) -> list[str]:
    """Lines without their ends."""
    return path.read_text(encoding="utf-8").split("\n")[:-1]


def read_beads(path: Path) -> Beads:
    """Gold beads."""
    rows = [line.split(":")[:2] for line in read_lines(path) if line.strip()]
    return [(tuple(ast.literal_eval(a)), tuple(ast.literal_eval(b))) for a, b in rows]


def read_textberg(folder: Path, prefix: str) -> list[Document]:
    """German-French documents."""
    return [
        (read_lines(path.with_suffix(".de")), read_lines(path.with_suffix(".fr")), read_beads(path))
        for path in sorted(folder.glob(f"{prefix}*.defr"))
    ]


def read_parice(folder: Path) -> list[Document]:
    """English-Icelandic documents, lines `number<TAB>text`."""
    out: list[Document] = []
    for path in sorted((folder / "gold").glob("*.txt")):
        texts = [
            [line.split("\t", 1)[1] for line in read_lines(folder / lang / path.name)]
            for lang in ("eng", "isl")
        ]
        out.append((texts[0], texts[1], read_beads(path)))
    return out


def read_pud(data: Path) -> dict[str, dict[int, str]]:
    """Held-out parallel sentences by language and position."""
    return {
        path.stem: {k: line.split("\t", 1)[1] for k, line in enumerate(read_lines(path)) if k >= HELD_OUT}
        for path in sorted((data / "pud").glob("*.tsv"))
    }


TABLES: dict[str, Callable[[Bench, argparse.Namespace], Figures]] = {
    "real texts": real_texts,
    "two-way, made of news": two_ways,
    "five-way, made of news": five_ways,
    "reliability of scores": reliability,
    "comparable, shuffled sections": comparable,
    "growth": growth,
}

if __name__ == "__main__":
    main()
