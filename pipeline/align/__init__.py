"""Alignment: families of documents, passages that say the same, in translated and comparable articles."""

from pipeline.align.comparable import Unit, mine_units, units_of
from pipeline.align.families import (
    Sketch,
    Topic,
    find_families,
    join_families,
    near_families,
    near_pairs,
    same_source,
    sketch,
)
from pipeline.align.family import align_family
from pipeline.align.weights import check_encoder, load_weights

__all__ = [
    "Sketch",
    "Topic",
    "Unit",
    "align_family",
    "check_encoder",
    "find_families",
    "join_families",
    "load_weights",
    "mine_units",
    "near_families",
    "near_pairs",
    "same_source",
    "sketch",
    "units_of",
]
