"""Alignment: families of documents, passages that say the same, in translated and comparable articles."""

from pipeline.align.comparable import mine_pair
from pipeline.align.families import find_families, near_families
from pipeline.align.family import align_family, numbered
from pipeline.align.weights import check_encoder

__all__ = [
    "align_family",
    "check_encoder",
    "find_families",
    "mine_pair",
    "near_families",
    "numbered",
]
