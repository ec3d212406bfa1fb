"""A finished run against gold facts or gold alignments, and why it scores what it scores."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.concept import Concept
from pipeline.evaluate.alignment import score_groups
from pipeline.evaluate.calibration import bins, expected_error
from pipeline.evaluate.gold import read_gold
from pipeline.evaluate.matching import Encode, load_matcher
from pipeline.evaluate.predicted import read_predicted
from pipeline.evaluate.rows import RowScore, forbidden, score_list, score_rows
from pipeline.evaluate.scores import Count, Score, score_spans, score_values

__all__ = ["AlignmentReport", "Report", "evaluate", "evaluate_alignment"]


@dataclass(frozen=True, slots=True)
class Report:
    """How a run's facts compare with gold ones.

    `spans` counts quotes that cover half of a gold span of their slot, `strict` those that share
    half of their union, `values` the values themselves. `neighbours` are facts that the gold
    forbids: a neighbour's, or one that must not be believed.
    """

    spans: Score
    strict: Score
    values: Score
    rows: RowScore
    listed: tuple[int, int]
    neighbours: tuple[str, ...]

    def lines(self) -> Iterator[str]:
        """The report as people read it: figures first, then every miss and every error."""
        for name, score in (
            ("slot and evidence (half of the gold span)", self.spans),
            ("slot and evidence, strict (half of the union)", self.strict),
            ("slot and value", self.values),
        ):
            yield from _table(name, score)
        rows = self.rows.count
        yield (
            f"comparison rows      {rows.hit} of {rows.wanted}, "
            f"{self.rows.named} under the right dimension, {len(self.rows.wrong)} wrong"
        )
        yield f"comparing list items {self.listed[0]} of {self.listed[1]}"
        yield f"forbidden facts      {len(self.neighbours)}"
        filled = bins(self.values.judged)
        yield f"calibration error    {expected_error(filled):.3f} (confidence: claims, share right)"
        yield from (f"  {one.confidence:.3f}: {one.size:>4}, {one.right:.3f}" for one in filled)
        for title, items in (
            ("missed evidence", self.spans.missed),
            ("wrong evidence", self.spans.wrong),
            ("missed values", self.values.missed),
            ("wrong values", self.values.wrong),
            ("values taken for the same by similarity", self.values.likened),
            ("missed rows", self.rows.missed),
            ("wrong rows", self.rows.wrong),
            ("rows under another dimension", self.rows.renamed),
            ("forbidden facts", self.neighbours),
        ):
            if items:
                yield f"\n{title} ({len(items)})"
                yield from (f"  {item}" for item in items)

    def figures(self) -> dict[str, float]:
        """The headline figures by name, for floors and machines."""
        return {
            "evidence_f1": self.spans.micro().f1,
            "evidence_macro_f1": self.spans.macro(),
            "evidence_strict_f1": self.strict.micro().f1,
            "value_f1": self.values.micro().f1,
            "value_macro_f1": self.values.macro(),
            "places_found": float(self.values.by_slot().get("location", Count()).hit),
            "rows_found": float(self.rows.count.hit),
            "rows_named": float(self.rows.named),
            "rows_wrong": float(len(self.rows.wrong)),
            "forbidden": float(len(self.neighbours)),
            "calibration_error": expected_error(bins(self.values.judged)),
        }


@dataclass(frozen=True, slots=True)
class AlignmentReport:
    """How a run's groups compare with gold ones, strictly."""

    groups: Count

    def lines(self) -> Iterator[str]:
        """The report as people read it."""
        count = self.groups
        yield (
            f"{count.wanted} gold units, {count.found} groups, precision {count.precision:.3f}, "
            f"recall {count.recall:.3f}, F1 {count.f1:.3f}"
        )

    def figures(self) -> dict[str, float]:
        """The headline figure by name."""
        return {"alignment_f1": self.groups.f1}


def evaluate(out: Path, gold: Path, concept: Concept, encode: Encode | None = None) -> Report:
    """Score the records under `out` against the gold facts in `gold` (JSON lines).

    Args:
        out: a run's output folder.
        gold: one article a line, with `file`, `lang` and `facts`.
        concept: its vocabularies' synonyms count as the same value.
        encode: texts to unit vectors (n, d); where given, similar labels count as the same value
            and are listed. Without it only equal names and synonyms do.

    Raises:
        InputError: a file is missing or damaged.
    """
    wanted, found = read_gold(gold), read_predicted(out)
    matcher = load_matcher(concept, wanted.facts, found.facts, encode)
    return Report(
        spans=score_spans(wanted, found.facts, strict=False),
        strict=score_spans(wanted, found.facts, strict=True),
        values=score_values(wanted, found.facts, matcher),
        rows=score_rows(wanted, found.rows, matcher),
        listed=score_list(wanted, found.rows),
        neighbours=forbidden(wanted, found.facts),
    )


def evaluate_alignment(out: Path, gold: Path) -> AlignmentReport:
    """Score the groups under `out` against the gold units in `gold` (CSV).

    Raises:
        InputError: a file is missing or damaged.
    """
    return AlignmentReport(score_groups(out, gold))


def _table(name: str, score: Score) -> Iterator[str]:
    total = score.micro()
    yield f"{name}: micro F1 {total.f1:.3f}, macro F1 {score.macro():.3f}"
    for group, counts in (("slot", score.by_slot()), ("language", score.by_lang())):
        yield f"  {group:<16}{'precision':>10}{'recall':>8}{'F1':>8}{'found':>7}{'wanted':>8}"
        for key, c in counts.items():
            yield f"  {key:<16}{c.precision:>10.3f}{c.recall:>8.3f}{c.f1:>8.3f}{c.found:>7}{c.wanted:>8}"
    yield ""
