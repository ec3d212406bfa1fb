"""What a run wrote: its records, read back as the facts of each article."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from pipeline.errors import InputError
from pipeline.model import Span
from pipeline.record import Claim, Comparison, Evidence, KnowledgeRecord


@dataclass(frozen=True, slots=True)
class Quote:
    """A place in the article `file` that a record quotes."""

    file: str
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """A fact that a record holds: `names` are its value's id and label, `quotes` all its places."""

    id: str
    slot: str
    names: tuple[str, ...]
    role: str | None
    polarity: bool
    quotes: tuple[Quote, ...]
    free: bool
    confidence: float = 1.0

    @property
    def label(self) -> str:
        """The value as people read it."""
        return self.names[-1]


@dataclass(frozen=True, slots=True)
class FoundRow:
    """A comparison row of a record, with the quotes of each side."""

    dimension: str
    quotes: tuple[Quote, ...]
    sides: tuple[tuple[str, tuple[Quote, ...]], ...]


@dataclass(frozen=True, slots=True)
class Predicted:
    """All facts and rows of a run's records."""

    facts: tuple[Found, ...]
    rows: tuple[FoundRow, ...]


def read_predicted(out: Path) -> Predicted:
    """Read every record under `out/records`.

    Raises:
        InputError: there is none, or one is damaged.
    """
    paths = sorted(path for path in (out / "records").glob("*.json") if path.name != "schema.json")
    if not paths:
        raise InputError("no record", path=str(out / "records"), mend="run `kpo run` first")
    facts: list[Found] = []
    rows: list[FoundRow] = []
    for path in paths:
        try:
            record = KnowledgeRecord.model_validate(json.loads(path.read_text(encoding="utf-8")))
        except (ValidationError, ValueError, OSError) as error:
            reason = str(error).splitlines()[0]
            raise InputError(f"not a record: {reason}", path=str(path), mend="run `kpo run` again") from error
        files = {document.id: Path(document.path).name for document in record.documents}
        # What a reviewer has rejected the run no longer claims.
        kept = [claim for claim in record.claims if claim.review is None or claim.review.status != "rejected"]
        facts += [_claim(claim, files) for claim in kept]
        facts += _names(record, files)
        rows += [_row(row, files) for row in record.comparison]
    return Predicted(tuple(facts), tuple(rows))


def _claim(claim: Claim, files: dict[str, str]) -> Found:
    value = claim.value
    names = tuple(name for name in (value.id, value.label) if name)
    quotes = _quotes(claim.evidence, files)
    return Found(
        claim.id,
        claim.slot,
        names,
        value.role,
        claim.polarity,
        quotes,
        value.kind == "text",
        claim.confidence,
    )


def _names(record: KnowledgeRecord, files: dict[str, str]) -> Iterator[Found]:
    langs = {document.id: document.lang for document in record.documents}
    for label in record.concept.labels:
        # Gold asks for the name in an article's own language; the English one beside it is not wrong.
        quotes = _quotes((e for e in label.evidence if langs[e.document] == label.lang), files)
        if quotes:
            yield Found(f"label {label.text}", "label", (label.text,), None, True, quotes, free=False)
    for acronym in record.concept.acronyms:
        if acronym.expansions:
            quotes = _quotes(acronym.evidence, files)
            yield Found(f"acronym {acronym.text}", "acronym", (acronym.text,), None, True, quotes, free=False)


def _row(row: Comparison, files: dict[str, str]) -> FoundRow:
    sides = tuple((name, _quotes(side.evidence, files)) for name, side in row.sides.items())
    return FoundRow(row.dimension.label, _quotes(row.evidence, files), sides)


def _quotes(evidence: Iterable[Evidence], files: dict[str, str]) -> tuple[Quote, ...]:
    return tuple(Quote(files[e.document], Span(e.start, e.end), e.quote) for e in evidence)
