"""What extraction takes of a core, beside encoding the articles.

    python benchmarks/extraction_cost.py ../shared/raw [--repeats 5]

Everything is loaded first. Encoding is of all segments, on one thread; the tagger reads the states that
come with it; clauses are the texts that extraction encodes beside them; the rest is its own work: heads,
cuts, values. Each is the least of several repeats, in seconds of a core.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from pipeline.align import align_family, find_families
from pipeline.annotate import annotate
from pipeline.config import load
from pipeline.embed import load_encoder
from pipeline.extract import extract, load_judge, load_tagger
from pipeline.extract.tagger import Tags
from pipeline.ingest import find_files, read_document
from pipeline.segment import load_splitters, segment
from pipeline.vectors import Floats

HERE = Path(__file__).parent


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("raw", type=Path)
    parser.add_argument("--config", type=Path, default=HERE.parent / "configs" / "kpo.yaml")
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    config = load(arguments.config)
    concept, splitters = config.concept, load_splitters(config.segment)
    encoder = load_encoder(config.embed.model_copy(update={"threads": 1}))
    judge = load_judge(config, encoder.encode)
    tagger = load_tagger(config.tagger_path, encoder.card.name) if config.tagger_path else None
    articles = [
        segment(read_document(path.read_bytes(), path.name, config.ingest), splitters, config.segment)
        for path in find_files(arguments.raw, config.ingest)
    ]
    notes = [annotate(each, (concept.name, *concept.neighbours, *concept.terms)) for each in articles]
    vectors = [encoder.encode([one.text for one in each.segments]) for each in articles]
    at = {each.document.id: number for number, each in enumerate(articles)}
    families = [
        (family, [at[document] for document in family.documents])
        for family in find_families(articles, vectors, config.align)
    ]
    groups = [
        align_family(family, [articles[i] for i in of], [vectors[i] for i in of], config.align)
        if len(of) > 1
        else ()
        for family, of in families
    ]
    texts = sorted({one.text for each in articles for one in each.segments})
    kept = dict(zip(texts, encoder.encode(texts), strict=True))
    tags = (
        dict(zip(texts, map(tagger.unpacked, tagger(encoder.states(texts))), strict=True)) if tagger else {}
    )

    def encode(asked: Sequence[str]) -> Floats:
        new = [text for text in dict.fromkeys(asked) if text not in kept]
        kept.update(zip(new, encoder.encode(new), strict=True))
        return np.stack([kept[text] for text in asked])

    def tag(asked: Sequence[str]) -> list[Tags]:
        return [tags[text] for text in asked]

    def extracted() -> None:
        for (family, of), aligned in zip(families, groups, strict=True):
            some = [articles[i] for i in of], [notes[i] for i in of], [vectors[i] for i in of]
            extract(family, *some, aligned, judge, encode, config, tag if tagger else None)

    extracted()  # what is new is encoded now, and kept
    new = sorted(kept.keys() - set(texts))
    states = encoder.states(texts) if tagger else []

    def least(work: Callable[[], object]) -> float:
        return min(_seconds(work) for _ in range(arguments.repeats))

    whole = least(lambda: encoder.encode(texts))
    parts = {
        "tagger": least(lambda: tagger(states)) if tagger else 0.0,
        "clauses encoded anew": least(lambda: encoder.encode(new)) if new else 0.0,
        "the rest of extraction": least(extracted),
    }
    share = sum(map(len, new)) / sum(map(len, texts))
    print(f"{len(articles)} articles, {len(texts)} segments; {share:.0%} of the characters encoded anew")
    print(f"{'encoding':<26}{whole:>8.2f} s")
    for name, seconds in (parts | {"together": sum(parts.values())}).items():
        print(f"{name:<26}{seconds:>8.2f} s{seconds / whole:>8.0%}")


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


if __name__ == "__main__":
    main()
