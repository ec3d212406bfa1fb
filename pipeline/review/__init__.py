"""Sheets for reviewers, their decisions back, and what these change."""

from pipeline.review.apply import Outcome, apply_file, undo
from pipeline.review.corrections import accepted_groups, corrected_groups
from pipeline.review.decisions import read_decisions, write_decisions
from pipeline.review.lessons import taught
from pipeline.review.reviewed import Standing, reviewed_record, status
from pipeline.review.sheets import write_csv, write_sheets

__all__ = [
    "Outcome",
    "Standing",
    "accepted_groups",
    "apply_file",
    "corrected_groups",
    "read_decisions",
    "reviewed_record",
    "status",
    "taught",
    "undo",
    "write_csv",
    "write_decisions",
    "write_sheets",
]
