"""Facts extracted from articles against gold: by slot and evidence, by value, rows, and why.

    python benchmarks/extraction.py ../shared/raw ../shared/gold/articles.jsonl [--ablate] [--check]
    python benchmarks/extraction.py benchmarks/extraction_web/articles benchmarks/extraction_web/gold.jsonl

`extraction_sets.py` does all the sets that are shipped here.

Runs the whole pipeline on a folder of articles, each variant of the settings into a folder of its
own, and scores the records with what `kpo eval` uses. `--ablate` turns the parts of the extractor
on one by one; `--verbose` prints what was missed and what was wrong; `--check` fails below the
floors of `floors.yaml`; `--only` scores some slots, where the gold has no others.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path

import yaml

from pipeline.concept import Concept
from pipeline.config import Config, load
from pipeline.embed import load_encoder
from pipeline.evaluate import Report, evaluate
from pipeline.evaluate.scores import Count
from pipeline.run import Options, run

HERE = Path(__file__).parent
# What each row of the ablation adds to the one above: settings, and what articles have taught.
STEPS: tuple[tuple[str, dict[str, object], frozenset[str]], ...] = (
    (
        "exemplars only",
        {"context": 0.0, "intro": 0.0, "subject": False, "pool": False, "introduced": 0.0, "explained": 0.0},
        frozenset(),
    ),
    ("+ context", {"subject": False, "pool": False}, frozenset()),
    ("+ subject", {"pool": False}, frozenset()),
    ("+ pooled translations", {}, frozenset()),
    ("+ quotes of articles", {}, frozenset({"quotes"})),
    ("+ tagger", {}, frozenset({"quotes", "tagger"})),
)
HEAD = (
    f"{'':<24}{'evidence F1':>12}{'strict':>8}{'value F1':>10}{'rows':>6}{'forbidden':>11}{'calibration':>13}"
)


def main() -> int:
    """Print the table; 1 where a floor is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("raw", type=Path)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--config", type=Path, default=HERE.parent / "configs" / "kpo.yaml")
    parser.add_argument("--cache", default="", help="keep the stages' results in this folder")
    parser.add_argument("--ablate", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--only", nargs="+", metavar="SLOT", help="score these slots")
    arguments = parser.parse_args()
    config = load(arguments.config)
    steps = STEPS if arguments.ablate else STEPS[-1:]
    print(HEAD)
    report: Report | None = None
    with tempfile.TemporaryDirectory() as scratch:
        cache = arguments.cache or str(Path(scratch) / "cache")
        for name, settings, parts in steps:
            concept = taught_by(config.concept, parts)
            extract = config.extract.model_copy(update=settings)
            variant = config.model_copy(update={"extract": extract, "concept": concept})
            report = scored(arguments.raw, arguments.gold, variant, Path(scratch) / name, cache)
            f = report.figures() | (of_slots(report, arguments.only) if arguments.only else {})
            print(row(name, f), flush=True)
    if report is None:
        return 1
    if arguments.verbose:
        print("\n".join(report.lines()))
    return _missed(report) if arguments.check else 0


def taught_by(concept: Concept, parts: Collection[str]) -> Concept:
    """The concept, of what articles have taught with nothing but `parts`: "quotes", "tagger"."""
    if "tagger" not in parts:
        concept = concept.model_copy(update={"tagger": None})
    if "quotes" in parts:
        return concept
    bare = {"quotes": ()}
    slots = tuple(slot.model_copy(update=bare) for slot in concept.slots)
    vocabularies = {
        name: tuple(entry.model_copy(update=bare) for entry in entries)
        for name, entries in concept.vocabularies.items()
    }
    return concept.model_copy(update={"slots": slots, "vocabularies": vocabularies})


def scored(raw: Path, gold: Path, config: Config, out: Path, cache: str) -> Report:
    """Run the pipeline on `raw` into `out` and score what it wrote."""
    run(raw, out, config, Options(cache=cache))
    return evaluate(out, gold, config.concept, load_encoder(config.embed).encode)


def row(name: str, f: Mapping[str, float]) -> str:
    """The line below `HEAD` of a report's figures."""
    return (
        f"{name:<24}{f['evidence_f1']:>12.3f}{f['evidence_strict_f1']:>8.3f}{f['value_f1']:>10.3f}"
        f"{f['rows_found']:>6.0f}{f['forbidden']:>11.0f}{f['calibration_error']:>13.3f}"
    )


def of_slots(report: Report, slots: Collection[str]) -> dict[str, float]:
    """The headline scores of a report, of some slots alone."""
    scores = {"evidence_f1": report.spans, "evidence_strict_f1": report.strict, "value_f1": report.values}
    return {
        name: sum((count for slot, count in score.by_slot().items() if slot in slots), Count()).f1
        for name, score in scores.items()
    }


def _missed(report: Report) -> int:
    floors = yaml.safe_load((HERE / "floors.yaml").read_text(encoding="utf-8"))["extraction"]
    figures = report.figures()
    below = [name for name, floor in floors.items() if figures[name] < floor]
    for name in below:
        print(f"{name} {figures[name]:.3f} is below its floor {floors[name]}", file=sys.stderr)
    return 1 if below else 0


if __name__ == "__main__":
    sys.exit(main())
