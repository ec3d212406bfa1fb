"""How much reviewing teaches: F1 on articles nobody reviewed, by the number of decisions.

    python benchmarks/review.py RAW GOLD

A simulated reviewer decides the claims of two of three families as the gold facts (JSON lines, see
`kpo eval`) would have it, the most doubtful claims first. What is taught is measured on the third
family, which no decision has touched, for each family in turn.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.cli.options import cache_address
from pipeline.config import Concept, Config, ExportSettings, load
from pipeline.evaluate import evaluate
from pipeline.evaluate.gold import Gold, read_gold
from pipeline.evaluate.matching import Matcher, covers, load_matcher
from pipeline.evaluate.predicted import Found, read_predicted
from pipeline.model import Decision
from pipeline.review import read_decisions, taught
from pipeline.review.apply import apply_rows
from pipeline.review.decisions import write_decisions
from pipeline.review.reading import read_rows
from pipeline.review.shown import read_shown
from pipeline.run import run
from pipeline.work.batch import Unseen
from pipeline.work.session import Options

SIZES = (0, 10, 20, 40)
SHEETS_ONLY = ExportSettings(
    xlsx=False, jsonl=False, jsonld=False, tmx=False, moses=False, parquet=False, docbin=False, report=False
)


@dataclass(frozen=True, slots=True)
class Bench:
    """Where articles and outputs are; gold lines by family and file."""

    raw: Path
    work: Path
    config: Config
    gold: Mapping[str, Mapping[str, str]]

    def read(self, name: str, families: Sequence[str], config: Config) -> Path:
        """Run the pipeline over some families; the folder of its outputs."""
        raw, out = self.work / name / "raw", self.work / name / "out"
        raw.mkdir(parents=True, exist_ok=True)
        for family in families:
            for file in self.gold[family]:
                shutil.copy(self.raw / file, raw / file)
        run(raw, out, config, Options(cache=cache_address(), jobs=1), Unseen())
        return out

    def gold_of(self, name: str, families: Sequence[str]) -> Path:
        """The gold of some families as a file."""
        path = self.work / name / "gold.jsonl"
        path.write_text("".join(f"{line}\n" for family in families for line in self.gold[family].values()))
        return path


def main() -> None:
    """Print the table: one row a number of decisions, one column a held-out family."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("raw", type=Path)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--config", type=Path, default=Path("configs/kpo.yaml"))
    parser.add_argument("--exemplars", type=int, help="begin with so few a slot, as a new concept does")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        gold = _by_family(arguments.gold)
        config = load(arguments.config).model_copy(update={"export": SHEETS_ONLY})
        if arguments.exemplars is not None:
            config = config.model_copy(update={"concept": _young(config.concept, arguments.exemplars)})
        bench = Bench(arguments.raw, Path(work), config, gold)
        scores = {held: _fold(bench, held) for held in gold}
    print("decisions  " + "".join(f"{held:>14}" for held in scores) + f"{'mean':>14}")
    for size in SIZES:
        row = [scores[held][size] for held in scores]
        mean = tuple(sum(column) / len(row) for column in zip(*row, strict=True))
        print(f"{size:>9}  " + "".join(f"{spans:>8.3f}{values:>6.3f}" for spans, values in [*row, mean]))
    print("each cell: F1 of slot and evidence, F1 of slot and value, on the family left out")


def _young(concept: Concept, most: int) -> Concept:
    """The concept as it is when it is new: few exemplars a slot, and one synonym a value."""
    slots = tuple(
        slot.model_copy(
            update={
                "exemplars": slot.exemplars[:most],
                "counter_examples": slot.counter_examples[:most],
            }
        )
        for slot in concept.slots
    )
    vocabularies = {
        name: tuple(
            entry.model_copy(update={"exemplars": entry.exemplars[:1], "synonyms": entry.synonyms[:1]})
            for entry in entries
        )
        for name, entries in concept.vocabularies.items()
    }
    return concept.model_copy(update={"slots": slots, "vocabularies": vocabularies})


def _by_family(path: Path) -> dict[str, dict[str, str]]:
    families: dict[str, dict[str, str]] = defaultdict(dict)
    for line in path.read_text(encoding="utf-8").splitlines():
        article = json.loads(line)
        families[article["family"]][article["file"]] = line
    return dict(families)


def _fold(bench: Bench, held: str) -> dict[int, tuple[float, float]]:
    reviewed = [family for family in bench.gold if family != held]
    out = bench.read(f"without-{held}", reviewed, bench.config)
    decisions = _simulated(out, bench.gold_of(f"without-{held}", reviewed), bench.config)
    scores = {}
    for size in SIZES:
        name = f"only-{held}-{size}"
        tested = bench.read(name, [held], taught(bench.config, decisions[:size]))
        figures = evaluate(tested, bench.gold_of(name, [held]), bench.config.concept).figures()
        scores[size] = figures["evidence_f1"], figures["value_f1"]
    return scores


def _simulated(out: Path, gold_path: Path, config: Config) -> tuple[Decision, ...]:
    """A reviewer's decisions through the sheet, the least confident claims first."""
    gold, found = read_gold(gold_path), {fact.id: fact for fact in read_predicted(out).facts}
    matcher = load_matcher(config.concept, gold.facts, found.values(), None)
    rows = sorted(read_rows(out / "claims.csv"), key=lambda row: float(row.cells["confidence"]))
    decisions: tuple[Decision, ...] = ()
    time = datetime(2026, 1, 1, tzinfo=UTC)
    for minute, row in enumerate(rows):
        row.cells.update(_verdict(found[row.cells["claim"]], gold, matcher))
        when = (time + timedelta(minutes=minute)).isoformat()
        _, decisions = apply_rows([row], read_shown(out), decisions, "simulated", when)
    write_decisions(out, decisions)
    return read_decisions(out)


def _verdict(claim: Found, gold: Gold, matcher: Matcher) -> dict[str, str]:
    facts = [fact for fact in gold.facts if fact.slot == claim.slot]
    stated = [fact for fact in facts if any(covers(quote, fact) for quote in claim.quotes)]
    if any(matcher.score(fact, claim) for fact in stated) and claim.polarity:
        return {"decision": "accept"}
    if stated and claim.polarity:
        return {"decision": "correct", "correction": stated[0].value}
    return {"decision": "reject"}


if __name__ == "__main__":
    main()
