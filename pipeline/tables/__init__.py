"""The results as flat tables: one description of columns for the sheets, Parquet and the page."""

from pipeline.tables.claims import claims, doubts_about_claim, evidence
from pipeline.tables.groups import (
    alignments,
    doubts_about_group,
    in_reading_order,
    languages_of_families,
    leftovers,
    member_id,
    members,
    passage_id,
    section_name,
    segments,
)
from pipeline.tables.rejects import rejects
from pipeline.tables.table import Cell, Column, Table

__all__ = [
    "Cell",
    "Column",
    "Table",
    "alignments",
    "claims",
    "doubts_about_claim",
    "doubts_about_group",
    "evidence",
    "in_reading_order",
    "languages_of_families",
    "leftovers",
    "member_id",
    "members",
    "passage_id",
    "rejects",
    "section_name",
    "segments",
]
