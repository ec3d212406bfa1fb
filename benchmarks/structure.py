"""How long reading a file's structure takes as it grows, on ordinary and on hostile texts.

    python benchmarks/structure.py [--most 1000000]

Prints first what an ordinary article takes with the real splitters; then seconds for sizes that
double four times, up to --most, and the slope of time against size in double logarithmic scale (1:
linear). There sentences are cut by a stand-in, for their splitters have benchmarks of their own.
"""

from __future__ import annotations

import argparse
import gc
import math
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

from pipeline.config import IngestSettings, SegmentSettings
from pipeline.errors import InputError
from pipeline.ingest import read_document
from pipeline.model import Span
from pipeline.segment import load_splitters, segment

ROOT = Path(__file__).parent.parent
RAW = ROOT / "raw"
ARTICLES = RAW, ROOT / "tests" / "segment" / "articles"
GLUED = "Basis for comparisonBPOKPO\nRelies onRulesJudgement\nStaffGood talkers.Experts.\n\n"


def repeated(piece: str) -> Callable[[int], str]:
    """Texts of any size made of `piece`."""
    return lambda size: piece * max(1, size // len(piece))


TEXTS: dict[str, Callable[[int], str]] = {
    "articles": repeated("\n\n".join(file.read_text("utf-8") for file in sorted(RAW.glob("*.txt")))),
    "markdown": repeated("## Head\n\nSome *text* with a [link](/x) and `code`.\n\n- one\n- two\n\n"),
    "glued tables": repeated(GLUED),
    "one long line": repeated("This is a sentence of words. "),
    "one endless word": repeated("aBcDeF"),
    "capitals": repeated("BPOKPO"),
    "short lines": repeated("Alpha beta\n"),
    "dates": repeated("June 2 2020\n"),
    "brackets": lambda size: "# x\n" + "[" * size,
    "stars": lambda size: "# x\n" + "**a" * (size // 3),
    "quotes": lambda size: "# x\n" + ">" * size,
    "pipes": repeated("a | b | c\n"),
    "tabs": repeated("a\tb\n"),
    "wiki links": lambda size: "== a ==\n== b ==\n" + "[[" * (size // 2),
    "front matter": lambda size: "---\na: b\n" + "x: y\n" * (size // 5) + "---\ntext",
    "unspaced": repeated("知识流程外包是将工作交给外部公司完成。"),
    "entities": repeated("Research &amp; development. "),
    "words without capitals": repeated("مهارات تواصل جيدة. يعتمد علىالقواعدالحكم\n"),
    "rows without capitals": repeated("أساس المقارنةBPOKPO\nيعتمد علىالقواعدالحكم\nالمخاطرمنخفضةعالية\n\n"),
    "zero width": lambda size: "\u200b" * size + "a",
}


class Stops:
    """Cuts after every full stop."""

    def split_many(self, texts: Sequence[str], lang: str) -> list[list[Span]]:
        """Spans between full stops."""
        del lang
        return [_between_stops(text) for text in texts]


def _between_stops(text: str) -> list[Span]:
    spans, start = [], 0
    while start < len(text):
        stop = text.find(". ", start)
        end = len(text) if stop < 0 else stop + 1
        piece = text[start:end]
        if piece.strip():
            spans.append(Span(start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())))
        start = end
    return spans


def seconds(text: str) -> float:
    """Processor time of one file from its bytes to its article."""
    data = text.encode("utf-8")
    start = time.process_time()
    try:
        segment(read_document(data, "a.txt", IngestSettings()), Stops(), SegmentSettings())
    except InputError as error:
        print(f"  refused: {error.message}")
    return time.process_time() - start


def ordinary() -> str:
    """Processor milliseconds an article, models loaded: the project's own articles in 36 languages."""
    files = [file.read_bytes() for folder in ARTICLES for file in sorted(folder.iterdir())]
    splitters, spent, segments = load_splitters(SegmentSettings()), [0.0, 0.0, 0.0], 0
    for _round in range(2):  # the first one loads models and date patterns
        spent, segments = [0.0, 0.0, 0.0], 0
        for data in files:
            times = [time.process_time()]
            document = read_document(data, "a.txt", IngestSettings())
            times.append(time.process_time())
            segment(document, Stops(), SegmentSettings())
            times.append(time.process_time())
            segments += len(segment(document, splitters, SegmentSettings()).segments)
            times.append(time.process_time())
            spent = [
                total + after - before for total, (before, after) in zip(spent, pairwise(times), strict=True)
            ]
    read, structure, whole = (1000 * total / len(files) for total in spent)
    return (
        f"{len(files)} articles of {segments / len(files):.0f} segments: {read:.1f} ms to read one, "
        f"{structure:.1f} for its structure, {whole - structure:.1f} for its sentences"
    )


def slope(sizes: Sequence[int], times: Sequence[float]) -> float:
    """Least squares of log time on log size."""
    x, y = [math.log(size) for size in sizes], [math.log(max(value, 1e-4)) for value in times]
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    spread = sum((value - mean_x) ** 2 for value in x)
    return sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True)) / spread


def main() -> None:
    """Print one row a kind of text."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=1_000_000, help="characters of the largest text")
    parser.add_argument("kinds", nargs="*", help="kinds of text; all where none are named")
    options = parser.parse_args()
    sizes = [options.most // divisor for divisor in (16, 8, 4, 2, 1)]
    gc.set_threshold(100_000, 50, 100)  # as in a worker
    print(ordinary())
    print(f"{'text':18}" + "".join(f"{size:>10,}" for size in sizes) + "     slope")
    for name, make in TEXTS.items():
        if options.kinds and name not in options.kinds:
            continue
        times = [seconds(make(size)) for size in sizes]
        print(
            f"{name:18}" + "".join(f"{value:10.2f}" for value in times) + f"{slope(sizes, times):10.2f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
