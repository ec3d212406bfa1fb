"""The encoder: retrieval, what storing costs, fidelity to the reference engine, speed and memory.

python benchmarks/encoder.py --data ../shared/data                     everything, half an hour
python benchmarks/encoder.py --data ../shared/data --only retrieval    or fidelity, speed, workers
python benchmarks/encoder.py --data ../shared/data --check             quality against floors.yaml
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import numpy as np
import yaml
from encoder_peers import c_engine, our_tokens
from encoder_speed import speed, workers

from pipeline.config import EmbedSettings
from pipeline.embed import Encoder, load_encoder
from pipeline.vectors import Floats, centre, csls, normalise, unit

PUD = ("en", "is", "it", "ru", "sv")
TATOEBA = ("est", "isl", "ita", "rus", "swe")
TREEBANKS = {
    "is": ("is_modern-train",),
    "et": ("et_ewt-train",),
    "sv": ("sv_talbanken-a",),
    "it": ("it_markit-train", "it_parlamint-train", "it_markit-dev"),
    "ru": ("ru_gsd-dev", "ru_taiga-b", "ru_taiga-dev"),
    "en": ("en_ewt-dev",),
}
FLOORS = Path(__file__).parent / "floors.yaml"
Figures = dict[str, float]
Raw = Callable[[str, list[str]], Floats]


def main() -> None:
    """Run what was asked for, print Markdown tables, and with --check compare with the floors."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--only", choices=("retrieval", "fidelity", "speed", "workers"))
    parser.add_argument("--check", action="store_true", help="no timings; exit status 1 below a floor")
    parser.add_argument("--cores", type=int, nargs="+", default=(1, 2))
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    chosen = {options.only} if options.only else {"retrieval", "fidelity"}
    if not (options.only or options.check):
        chosen |= {"speed", "workers"}
    figures: Figures = {}
    if "retrieval" in chosen:
        figures |= retrieval(options.data)
    if "fidelity" in chosen:
        figures |= fidelity(options.data)
    texts = [text for lang in PUD for text in sentences(options.data / "pud" / f"{lang}.tsv")]
    if "speed" in chosen:
        speed(texts[::2], options.cores, options.rounds)
    if "workers" in chosen:
        workers(texts)
    if options.check:
        sys.exit(_below_floors(figures))


def sentences(path: Path) -> list[str]:
    """The second column of a PUD file."""
    return [line.split("\t")[1] for line in path.read_text(encoding="utf-8").splitlines()]


def pairs_of(data: Path) -> dict[str, tuple[list[str], list[str]]]:
    """Every language pair of Tatoeba (with English) and of PUD: sentences in the same order."""
    found = {}
    for lang in TATOEBA:
        lines = (data / "tatoeba" / f"{lang}-eng.tsv").read_text(encoding="utf-8").splitlines()
        rows = [line.split("\t") for line in lines]
        found[f"Tatoeba {lang}-eng"] = [row[0] for row in rows], [row[1] for row in rows]
    texts = {lang: sentences(data / "pud" / f"{lang}.tsv") for lang in PUD}
    return found | {f"PUD {one}-{other}": (texts[one], texts[other]) for one, other in combinations(PUD, 2)}


def accuracy(similarity: Floats) -> float:
    """Share of rows and of columns whose best is their partner, in per cent, averaged."""
    right = np.arange(len(similarity))
    return 50 * float((similarity.argmax(1) == right).mean() + (similarity.argmax(0) == right).mean())


def finished(x: Floats, y: Floats) -> float:
    """Accuracy after all post-processing."""
    return accuracy(csls(centre(x) @ centre(y).T))


def retrieval(data: Path) -> Figures:
    """Every pair before and after post-processing, int8 beside fp32; then what storing costs."""
    raw, pairs = _raw(), pairs_of(data)
    print("| retrieval | fp32 raw | fp32 after | int8 raw | centred | + CSLS (after) | margin over raw |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    table = {}
    for name, (left, right) in pairs.items():
        fp32 = [_stored(raw("torch", texts)) for texts in (left, right)]
        x, y = (_stored(raw("ctranslate2", texts)) for texts in (left, right))
        before = accuracy(x @ y.T)
        row = [accuracy(fp32[0] @ fp32[1].T), finished(*fp32), before, accuracy(centre(x) @ centre(y).T)]
        row += [finished(x, y), finished(x, y) - before]
        table[name] = row
        print(f"| {name} | " + " | ".join(f"{value:.1f}" for value in row[:-1]) + f" | {row[-1]:+.1f} |")
    mean = np.mean(list(table.values()), axis=0)
    print("| mean | " + " | ".join(f"{value:.2f}" for value in mean[:-1]) + f" | {mean[-1]:+.2f} |\n")
    texts = list(dict.fromkeys(text for pair in pairs.values() for side in pair for text in side))
    lists = [side for pair in pairs.values() for side in pair]
    both = [np.concatenate([raw(name, side) for side in lists]) for name in ("ctranslate2", "torch")]
    cosine = (both[0] * both[1]).sum(axis=1)
    print(
        f"cosine of int8 to fp32, {len(texts)} sentences: mean {cosine.mean():.4f}, min {cosine.min():.4f}\n"
    )
    return {
        "int8_minus_fp32": float(min(mean[2] - mean[0], mean[4] - mean[1])),
        "cosine_min": float(cosine.min()),
        "retrieval_mean": float(mean[4]),
        "margin_is_it": table["PUD is-it"][5],
        "margin_is_en": table["Tatoeba isl-eng"][5],
        "margin_et_en": table["Tatoeba est-eng"][5],
        **_storage(raw, pairs),
    }


def _raw() -> Raw:
    """Unit vectors in float32 before they are rounded for storing, each list of texts encoded once."""
    encoders: dict[str, Encoder] = {
        name: load_encoder(EmbedSettings(runtime=name)) for name in ("torch", "ctranslate2")
    }
    known: dict[tuple[str, str], Floats] = {}

    def raw(runtime: str, texts: list[str]) -> Floats:
        key = (runtime, "\n".join(texts))
        if key not in known:
            known[key] = normalise(encoders[runtime].vectorise(texts))
        return known[key]

    return raw


def _stored(x: Floats) -> Floats:
    """Vectors (n, d) as the encoder gives and the cache keeps them."""
    return unit(x.astype(np.float16))


def _eight_bits(x: Floats) -> Floats:
    """Vectors (n, d) kept as int8, scaled row by row."""
    scale = np.abs(x).max(axis=1, keepdims=True) / 127
    return normalise(np.asarray(np.rint(x / scale) * scale, np.float32))


def _storage(raw: Raw, pairs: dict[str, tuple[list[str], list[str]]]) -> Figures:
    """What keeping vectors in fewer bits costs."""
    print("| kept as | bytes a vector | retrieval after | largest change of a pair | least cosine |")
    print("|---|--:|--:|--:|--:|")
    forms = {"float32": (4, normalise), "float16 (ours)": (2, _stored), "int8": (1, _eight_bits)}
    truth: list[float] = []
    means = {}
    for name, (width, keep) in forms.items():
        cosines, values = [], []
        for pair in pairs.values():
            exact = [raw("ctranslate2", side) for side in pair]
            x, y = (keep(side) for side in exact)
            values.append(finished(x, y))
            cosines += [float((a * b).sum(axis=1).min()) for a, b in ((exact[0], x), (exact[1], y))]
        truth = truth or values
        change = max(abs(a - b) for a, b in zip(values, truth, strict=True))
        means[name] = float(np.mean(values))
        size = width * exact[0].shape[1]
        print(f"| {name} | {size} | {means[name]:.3f} | {change:.2f} | {min(cosines):.7f} |")
    print()
    return {"float16_minus_float32": means["float16 (ours)"] - means["float32"]}


def fidelity(data: Path) -> Figures:
    """The converted fp32 model against the package's own engine, same prefix; token ids too."""
    engine = c_engine()
    if engine is None:
        print("fidelity: no C compiler, so the package's engine cannot be built\n")
        return {}
    encoder = load_encoder(EmbedSettings(runtime="torch", prefix="query: "))
    tokens = our_tokens()
    print("| fidelity to the package's engine | sentences | mean cosine | min | same token ids |")
    print("|---|--:|--:|--:|--:|")
    lowest, different = 1.0, 0
    for lang in TREEBANKS:
        texts = treebank(data, lang, 1000)
        cosine = (encoder.encode(texts) * engine.vectors(texts)).sum(axis=1)
        prefixed = [f"query: {text}" for text in texts]
        wrong = [
            text
            for text, ids in zip(prefixed, tokens.ids(prefixed), strict=True)
            if list(ids) != engine.ids(text)
        ]
        lowest, different = min(lowest, float(cosine.min())), different + len(wrong)
        same = len(texts) - len(wrong)
        print(f"| {lang} | {len(texts)} | {cosine.mean():.5f} | {cosine.min():.5f} | {same} |", flush=True)
        for text in wrong:
            print(f"\nother ids: {text!r}")
    print()
    return {"fidelity_min": lowest, "other_token_ids": -float(different)}


def treebank(data: Path, lang: str, count: int) -> list[str]:
    """The first `count` different sentences of a language's treebanks."""
    texts: dict[str, None] = {}
    for name in TREEBANKS[lang]:
        lines = (data / "ud" / f"{name}.conllu").read_text(encoding="utf-8").splitlines()
        texts |= dict.fromkeys(line[9:] for line in lines if line.startswith("# text = "))
    return list(texts)[:count]


def _below_floors(figures: Figures) -> int:
    floors = yaml.safe_load(FLOORS.read_text(encoding="utf-8"))["encoder"]
    missing = sorted(set(floors) - set(figures))
    bad = [f"{key}: {figures[key]:.3f} < {floor}" for key, floor in floors.items()
           if key in figures and figures[key] < floor]  # fmt: skip
    print("\n".join([*bad, *(f"{key}: not measured" for key in missing)]) or "all floors hold")
    return int(bool(bad))


if __name__ == "__main__":
    main()
