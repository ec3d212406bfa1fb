"""The results as flat tables: one description of columns for the sheets, Parquet and the page."""

from pipeline.tables.claims import claims, doubts_about_claim, evidence
from pipeline.tables.groups import (
    MEMBER_COLUMNS,
    GroupRows,
    alignment_columns,
    alignments,
    doubts_about_group,
    group_rows,
    in_reading_order,
    languages_of_families,
    leftovers,
    member_id,
    members,
    passage_id,
    section_name,
    segment_rows,
    segments,
)
from pipeline.tables.rejects import rejects
from pipeline.tables.table import Cell, Column, Row, Table

__all__ = [
    "MEMBER_COLUMNS",
    "Cell",
    "Column",
    "GroupRows",
    "Row",
    "Table",
    "alignment_columns",
    "alignments",
    "claims",
    "doubts_about_claim",
    "doubts_about_group",
    "evidence",
    "group_rows",
    "in_reading_order",
    "languages_of_families",
    "leftovers",
    "member_id",
    "members",
    "passage_id",
    "rejects",
    "section_name",
    "segment_rows",
    "segments",
]
