"""How much reviewing helps: F1 by the number of decisions, with and without learning from them.

    python benchmarks/review.py RAW GOLD [--exemplars N]

A simulated reviewer decides the claims as the gold facts (JSON lines, see `kpo eval`) would have
it, the least confident first. First table, on the articles that were reviewed: the record with
rejected claims left out and values corrected, then the same after a run that learnt from the
decisions. Second table, on articles nobody reviewed: each family in turn, taught by the others.
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

from pipeline.api import read_record
from pipeline.cli.options import cache_address
from pipeline.concept import Concept
from pipeline.config import Config, ExportSettings, load
from pipeline.evaluate import evaluate
from pipeline.evaluate.gold import Gold, read_gold
from pipeline.evaluate.matching import Matcher, covers, load_matcher
from pipeline.evaluate.predicted import Found, read_predicted
from pipeline.model import Decision
from pipeline.review import reviewed_record, taught
from pipeline.review.apply import apply_rows
from pipeline.review.reading import read_rows
from pipeline.review.shown import read_shown
from pipeline.run import run
from pipeline.work.progress import Unseen
from pipeline.work.session import Options

SIZES = (0, 20, 40)
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

    def score(
        self, name: str, families: Sequence[str], decisions: Sequence[Decision], config: Config
    ) -> tuple[float, float]:
        """F1 of evidence and of values of a run's record as these decisions leave it."""
        path = Path("records") / f"{config.concept.name.id}.json"
        record = read_record(self.work / name / "out" / path)
        heeded = reviewed_record(record, decisions, config.concept)
        kept = [c for c in heeded.claims if c.review is None or c.review.status != "rejected"]
        judged = self.work / name / "judged"
        (judged / "records").mkdir(parents=True, exist_ok=True)
        text = heeded.model_copy(update={"claims": tuple(kept)}).model_dump_json()
        (judged / path).write_text(text, encoding="utf-8")
        figures = evaluate(judged, self.gold_of(name, families), self.config.concept).figures()
        return figures["evidence_f1"], figures["value_f1"]

    def gold_of(self, name: str, families: Sequence[str]) -> Path:
        """The gold of some families as a file."""
        path = self.work / name / "gold.jsonl"
        path.write_text("".join(f"{line}\n" for family in families for line in self.gold[family].values()))
        return path


def main() -> None:
    """Print both tables; each cell is F1 of slot and evidence, and of slot and value."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("raw", type=Path)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--config", type=Path, default=Path("configs/kpo.yaml"))
    parser.add_argument("--exemplars", type=int, help="begin with so few a slot, as a new concept does")
    arguments = parser.parse_args()
    config = load(arguments.config).model_copy(update={"export": SHEETS_ONLY})
    if arguments.exemplars is not None:
        config = config.model_copy(update={"concept": _young(config.concept, arguments.exemplars)})
    with tempfile.TemporaryDirectory() as work:
        bench = Bench(arguments.raw, Path(work), config, _by_family(arguments.gold))
        _print_reviewed(bench)
        _print_unseen(bench)


def _print_reviewed(bench: Bench) -> None:
    families = list(bench.gold)
    out = bench.read("all", families, bench.config)
    decisions = _simulated(out, bench.gold_of("all", families), bench.config)
    print(f"on the {len(families)} reviewed families\n{'decisions':>9}{'reviewed':>16}{'and learnt':>16}")
    for size in _sizes(len(decisions)):
        made = decisions[:size]
        plain = bench.score("all", families, made, bench.config)
        bench.read(f"all-{size}", families, taught(bench.config, made))
        learnt = bench.score(f"all-{size}", families, made, bench.config)
        print(f"{size:>9}  {_cell(plain)}  {_cell(learnt)}", flush=True)


def _print_unseen(bench: Bench) -> None:
    print(f"\non the family left out\n{'decisions':>9}" + "".join(f"{held:>16}" for held in bench.gold))
    rows: dict[str, list[tuple[float, float]]] = {"none": [], "all": []}
    for held in bench.gold:
        reviewed = [family for family in bench.gold if family != held]
        out = bench.read(f"without-{held}", reviewed, bench.config)
        decisions = _simulated(out, bench.gold_of(f"without-{held}", reviewed), bench.config)
        for name, made in (("none", ()), ("all", decisions)):
            folder = f"only-{held}-{name}"
            bench.read(folder, [held], taught(bench.config, made))
            rows[name].append(bench.score(folder, [held], (), bench.config))
    for name, scores in rows.items():
        print(f"{name:>9}  " + "  ".join(_cell(score) for score in scores))


def _sizes(most: int) -> list[int]:
    return [size for size in SIZES if size < most] + [most]


def _cell(score: tuple[float, float]) -> str:
    return f"{score[0]:>8.3f}{score[1]:>6.3f}"


def _young(concept: Concept, most: int) -> Concept:
    """The concept as it is when it is new: few exemplars a slot, none a value."""
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
        name: tuple(entry.model_copy(update={"exemplars": (), "synonyms": ()}) for entry in entries)
        for name, entries in concept.vocabularies.items()
    }
    return concept.model_copy(update={"slots": slots, "vocabularies": vocabularies})


def _by_family(path: Path) -> dict[str, dict[str, str]]:
    families: dict[str, dict[str, str]] = defaultdict(dict)
    for line in path.read_text(encoding="utf-8").splitlines():
        article = json.loads(line)
        families[article["family"]][article["file"]] = line
    return dict(families)


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
    return decisions


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
