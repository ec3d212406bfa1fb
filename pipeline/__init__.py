"""Aligned passages and one knowledge record from articles in any mix of languages.

From Python:

    import pipeline

    record = pipeline.build("raw", "outputs")
    for claim in record.claims:
        print(claim.slot, claim.value.label, claim.status, claim.evidence[0].quote)
    quotes = pipeline.read_table("outputs", "evidence")  # a pandas data frame

Records are typed and frozen; `pipeline.record` describes every field.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.api import build, read_record
    from pipeline.config import Config, load
    from pipeline.errors import KpoError
    from pipeline.export.frames import read_table
    from pipeline.record import Claim, Evidence, KnowledgeRecord

__all__ = [
    "Claim",
    "Config",
    "Evidence",
    "KnowledgeRecord",
    "KpoError",
    "build",
    "load",
    "read_record",
    "read_table",
]

_HOMES = {
    "build": "api",
    "read_record": "api",
    "Config": "config",
    "load": "config",
    "KpoError": "errors",
    "read_table": "export.frames",
    "Claim": "record",
    "Evidence": "record",
    "KnowledgeRecord": "record",
}


def __getattr__(name: str) -> object:
    # Loaded when first used, so that importing one module of the package does not import them all.
    if name not in _HOMES:
        raise AttributeError(f"module 'pipeline' has no attribute {name!r}")
    return getattr(import_module(f"pipeline.{_HOMES[name]}"), name)
