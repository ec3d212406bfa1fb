"""How a batch grows: synthetic batches of known families, run cold, unchanged, and with one new file.

    python benchmarks/scale.py --data ../shared/data/pud --sizes 100 1000

Documents are recombined from sentences that exist in several languages (files `<lang>.tsv` of
`id<TAB>text`) and from the sample articles. A family is one draw of sentences, written out in one to
five languages. Since drawn sentences repeat, the vector cache carries most of the encoding; the last
rows say what share all else would have were every segment encoded afresh at the measured rate. What the
encoder takes inside other stages (the aligner has passages in doubt encoded whole, the extractor
clauses) is encoding too: each stage reports it, and it counts there, not with the rest.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import json
import multiprocessing
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).parent.parent
KPO = Path(sys.executable).parent / "kpo"
SIZES = (1, 1, 1, 1, 1, 2, 2, 3, 3, 5)  # documents in a family, drawn evenly
SENTENCES = (12, 28)


@dataclass(frozen=True, slots=True)
class Measured:
    """One `kpo run`: its summary, seconds, seconds of a core, most memory (GiB) of its processes."""

    summary: dict[str, Any]
    seconds: float
    worked: float
    peak: float

    def stages(self) -> list[dict[str, Any]]:
        """The rows, kept rows and seconds of each stage."""
        return list(self.summary["stages"])

    def kept(self) -> float:
        """The share of rows that an earlier run had done."""
        return float(sum(row["kept"] for row in self.stages()) / sum(row["rows"] for row in self.stages()))


def sentences(data: Path) -> dict[str, dict[str, str]]:
    """Texts by sentence id and language."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for path in sorted(data.glob("*.tsv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                found[row[0]][path.stem] = row[1]
    return dict(found)


def families(data: Path, documents: int, seed: int = 0) -> Iterator[dict[str, str]]:
    """Families of `documents` documents in all, each as texts by file name."""
    dice = random.Random(seed)  # noqa: S311 - a draw that can be repeated
    pool = sentences(data)
    langs = sorted({lang for texts in pool.values() for lang in texts})
    left = documents
    for number in itertools.count():
        if left <= 0:
            return
        size = min(dice.choice(SIZES), left, len(langs))
        drawn = dice.sample(sorted(pool), dice.randint(*SENTENCES))
        chosen = dice.sample(langs, size)
        yield {f"f{number:05d}.{lang}.md": article(drawn, lang, pool) for lang in chosen}
        left -= size


def article(drawn: list[str], lang: str, pool: dict[str, dict[str, str]]) -> str:
    """One language's document: a title, paragraphs of four sentences, a list at the end."""
    texts = [pool[each][lang] for each in drawn if lang in pool[each]]
    title, body, items = texts[0].rstrip(".!?"), texts[1:-3], texts[-3:]
    paragraphs = [" ".join(body[start : start + 4]) for start in range(0, len(body), 4)]
    return "\n\n".join([f"# {title}", *paragraphs, "\n".join(f"- {item}" for item in items)]) + "\n"


def run(raw: Path, out: Path, cache: Path) -> Measured:
    """One run of the command line, its memory watched."""
    command = [str(KPO), "run", str(raw), "--out", str(out), "--json"]
    began = time.monotonic()
    # Byte code is kept, as it is where users run this, even if the shell that measures says otherwise.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    env["KPO_CACHE"] = str(cache)
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)
    watch = Watch(psutil.Process(process.pid))
    watcher = threading.Thread(target=watch.follow, daemon=True)
    watcher.start()
    shown, _ = process.communicate()
    return Measured(json.loads(shown), time.monotonic() - began, watch.worked(), watch.peak)


class Watch:
    """Most memory (GiB) of a process and all below it, and seconds of a core that they have used.

    Memory is the sum of the processes' proportional shares, so pages that they share count once.
    """

    def __init__(self, root: psutil.Process) -> None:
        self.peak = 0.0
        self._root = root
        self._seconds: dict[int, float] = {}

    def follow(self) -> None:
        """Look every quarter of a second, until the process ends."""
        while self._root.is_running() and self._root.status() != psutil.STATUS_ZOMBIE:
            used = 0
            for each in (self._root, *self._root.children(recursive=True)):
                with suppress(psutil.Error):
                    used += each.memory_full_info().pss
                    times = each.cpu_times()
                    self._seconds[each.pid] = times.user + times.system
            self.peak = max(self.peak, used / 2**30)
            time.sleep(0.25)

    def worked(self) -> float:
        """Seconds of a core, but for the last moments of each process."""
        return sum(self._seconds.values())


def pair_f1(out: Path) -> float:
    """F1 over pairs of documents that are (said to be) of one family."""
    said: dict[str, set[str]] = defaultdict(set)
    true: dict[str, set[str]] = defaultdict(set)
    with (out / "documents.jsonl").open(encoding="utf-8") as file:
        for line in file:
            document = json.loads(line)
            said[document["family"]].add(document["path"])
            true[document["path"].split(".")[0]].add(document["path"])
    found, wanted = _pairs(said), _pairs(true)
    return 2 * len(found & wanted) / max(1, len(found) + len(wanted))


def _pairs(groups: dict[str, set[str]]) -> set[tuple[str, str]]:
    return {pair for group in groups.values() for pair in itertools.combinations(sorted(group), 2)}


def measure(data: Path, documents: int, folder: Path) -> dict[str, float]:
    """One size: a cold run, the same again, and one with a new file."""
    raw, out, cache = folder / "raw", folder / "out", folder / "cache"
    raw.mkdir(parents=True)
    for family in families(data, documents):
        for name, text in family.items():
            (raw / name).write_text(text, encoding="utf-8")
    cold = run(raw, out, cache)
    again = run(raw, out, cache)
    (raw / "new.md").write_text(
        (ROOT / "raw" / "kunskapstjanster.txt").read_text(encoding="utf-8"), encoding="utf-8"
    )
    new = run(raw, out, cache)
    cores = os.cpu_count() or 1
    with (out / "documents.jsonl").open(encoding="utf-8") as file:
        segments = sum(len(json.loads(row)["segments"]) for row in file)
    later = sum(float(each["encoding"]) for each in cold.stages() if each["stage"] != "embed")
    encoding = segments * encoding_cost(data, cores) + later
    others = sum(float(each["worked"]) for each in cold.stages() if each["stage"] != "embed") - later
    return {
        "documents": documents,
        "segments": segments,
        "documents/s": documents / cold.seconds,
        **{f"{each['stage']}, s of a core": float(each["worked"]) for each in cold.stages()},
        **{
            f"{each['stage']}, s of them encoding": float(each["encoding"])
            for each in cold.stages()
            if each["encoding"]
        },
        "all, s": cold.seconds,
        "all, s of a core": cold.worked,
        "peak, GiB": max(cold.peak, new.peak),
        "again, s": again.seconds,
        "again, kept": again.kept(),
        "one new file, s": new.seconds,
        **{f"one new file: {each['stage']}, s": float(each["seconds"]) for each in new.stages()},
        "family pairs F1": pair_f1(out),
        "all but encoding, ms of a core a document": 1_000 * others / documents,
        "encoding all, ms of a core a document": 1_000 * encoding / documents,
        "of it in later stages, ms of a core a document": 1_000 * later / documents,
        "share but encoding": others / (others + encoding),
        "cores": cores,
    }


def encoding_cost(data: Path, cores: int) -> float:
    """Seconds of a core that a text takes where every core encodes, as in a run."""
    texts = [texts["is"] for texts in itertools.islice(sentences(data).values(), 400) if "is" in texts]
    with multiprocessing.get_context("spawn").Pool(cores) as workers:
        return sum(workers.map(_seconds_a_text, [texts] * cores, chunksize=1)) / cores


def _seconds_a_text(texts: list[str]) -> float:
    from pipeline.config import EmbedSettings
    from pipeline.embed import load_encoder

    encoder = load_encoder(EmbedSettings(threads=1))
    encoder.encode(texts[:8])
    began = time.process_time()
    encoder.encode(texts)
    return (time.process_time() - began) / len(texts)


def main() -> None:
    """Print one table, a column a size."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--data", type=Path, required=True, help="folder of <lang>.tsv with the same ids")
    words.add_argument("--sizes", type=int, nargs="+", default=[100, 1_000])
    words.add_argument("--keep", type=Path, help="work here and keep the files")
    given = words.parse_args()
    folder = given.keep or Path(tempfile.mkdtemp())
    columns = []
    for size in given.sizes:
        columns.append(measure(given.data, size, folder / str(size)))
        print(json.dumps(columns[-1]), flush=True)
    for name in columns[0]:
        print(f"| {name:<46} |" + "".join(f" {column.get(name, 0):>10.3f} |" for column in columns))
    if not given.keep:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
