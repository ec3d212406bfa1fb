"""Comparison rows merged by dimension, over tables, lists and prose, languages and sources."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from pipeline import record
from pipeline.concept import Concept
from pipeline.fuse.candidates import Encode, clusters, normalised
from pipeline.fuse.confidence import combined
from pipeline.fuse.evidence import Places, best_quote, quotes
from pipeline.model import Contrast, Evidence, Value, content_id


def fuse_contrasts(
    contrasts: Sequence[Contrast],
    concept: Concept,
    families: Mapping[str, str],
    places: Places,
    encode: Encode | None,
) -> tuple[record.Comparison, ...]:
    """The record's rows, known dimensions in the order of their first statement."""
    rows = [_row(group, concept, families, places) for group in _same_dimension(contrasts, encode)]
    return tuple(sorted(rows, key=lambda row: _first(row, places)))


def _same_dimension(contrasts: Sequence[Contrast], encode: Encode | None) -> list[list[Contrast]]:
    known: dict[str, list[Contrast]] = defaultdict(list)
    new: list[Contrast] = []
    for contrast in sorted(contrasts, key=lambda c: (-c.confidence, c.family, c.id)):
        if contrast.dimension.id is None:
            new.append(contrast)
        else:
            known[contrast.dimension.id].append(contrast)
    found = clusters(
        [contrast.dimension.label for contrast in new],
        [contrast.evidence for contrast in new],
        encode,
    )
    return [*known.values(), *([new[index] for index in indices] for indices in found)]


def _row(
    group: Sequence[Contrast], concept: Concept, families: Mapping[str, str], places: Places
) -> record.Comparison:
    dimension = _dimension(group)
    sides: dict[str, list[Evidence]] = defaultdict(list)
    for contrast in group:
        for side, evidence in contrast.sides:
            sides[side].extend(evidence)
    shown = quotes((e for contrast in group for e in contrast.evidence), places)
    best: dict[str, float] = {}
    for contrast in group:
        best[contrast.family] = max(best.get(contrast.family, 0.0), contrast.confidence)
    made = {side: _side(found, places) for side, found in sorted(sides.items()) if found}
    return record.Comparison(
        id=content_id(concept.name.id, "comparison", dimension.id or normalised(dimension.label)),
        dimension=record.Dimension(id=dimension.id, label=dimension.label),
        values={side: shown.text for side, shown in made.items()},
        evidence=shown,
        sides=made,
        confidence=combined([best[family] for family in sorted(best)]),
        support=record.support_of(shown, families),
    )


def _side(evidence: Sequence[Evidence], places: Places) -> record.Side:
    shown = best_quote(evidence)
    return record.Side(lang=shown.lang, text=" ".join(shown.quote.split()), evidence=quotes(evidence, places))


def _dimension(group: Sequence[Contrast]) -> Value:
    return min((c.dimension for c in group), key=lambda d: (d.id is None, normalised(d.label)))


def _first(row: record.Comparison, places: Places) -> tuple[int, int, str]:
    return places.order[row.evidence[0].document], row.evidence[0].start, row.id
