"""The knowledge record: what other programs read, with a published JSON Schema.

Every value points at the exact characters that state it. A record that breaks an invariant cannot
be built; `verify` proves the quotes against the texts themselves.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from pipeline.errors import OutputError

SCHEMA_VERSION: Literal["1.0"] = "1.0"
Status = Literal["corroborated", "translated", "single", "contradicted"]
Role = Literal["provider", "emerging", "affected", "client"]


class Part(BaseModel):
    """A frozen part of the record without room for unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Evidence(Part):
    """The exact place that states something: `text[start:end] == quote` in code points of the file."""

    document: str
    lang: str
    section: tuple[str, ...] = Field((), description="titles of the sections around it, outermost first")
    start: int = Field(ge=0)
    end: int = Field(gt=0)
    quote: str = Field(min_length=1)
    match: Literal["exact", "normalised"] = Field(
        description="normalised: markup or entities stand inside the quote"
    )
    score: float = Field(ge=0, le=1)
    group: str | None = Field(None, description="the group of aligned passages that the quote lies in")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.end - self.start != len(self.quote):
            raise ValueError(f"[{self.start}:{self.end}] cannot hold {len(self.quote)} characters")
        return self


class LocalText(Part):
    """A text and the language it is in."""

    lang: str
    text: str


class Label(Part):
    """A name of the concept in one language; the preferred one is its citation form."""

    lang: str
    text: str
    kind: Literal["preferred", "variant", "inflected"]
    evidence: tuple[Evidence, ...] = Field(min_length=1)


class Acronym(Part):
    """An acronym that the articles explain; `concept` is the concept it names, if one is configured."""

    text: str
    expansions: tuple[LocalText, ...]
    evidence: tuple[Evidence, ...] = Field(min_length=1)
    concept: str | None = None


class Concept(Part):
    """What the record is about, and how the articles name it."""

    id: str
    label: str = Field(description="the English name")
    labels: tuple[Label, ...] = ()
    acronyms: tuple[Acronym, ...] = ()


class Value(Part):
    """What a claim says: `id` from the concept's vocabulary, or null for a new candidate."""

    id: str | None
    label: str
    kind: str
    role: Role | None = Field(None, description="of a location: what the country is to the concept")


class Support(Part):
    """How many documents, languages and independent sources state it; translations are one source."""

    documents: int = Field(ge=1)
    languages: int = Field(ge=1)
    sources: int = Field(ge=1)


class Review(Part):
    """What reviewers decided; `original` is the extracted value where they corrected it."""

    status: Literal["accepted", "rejected", "corrected", "noted", "disputed", "stale"]
    reviewer: str
    time: str
    note: str = ""
    original: Value | None = None


class Claim(Part):
    """One fact about the concept, merged over all articles that state it.

    `polarity` is false where the articles deny it. `signals` are the numbers behind `confidence`,
    and `contradicts` the claims that it cannot be reconciled with.
    """

    id: str
    slot: str
    value: Value
    statement: LocalText
    confidence: float = Field(ge=0, le=1)
    support: Support
    status: Status
    evidence: tuple[Evidence, ...] = Field(min_length=1)
    polarity: bool = True
    contradicts: tuple[str, ...] = ()
    signals: dict[str, float] = {}
    review: Review | None = None


class Dimension(Part):
    """What a comparison row compares; `id` from the vocabulary, or null."""

    id: str | None
    label: str


class Side(Part):
    """One concept's side of a comparison row: the wording shown, and every quote of it."""

    lang: str
    text: str
    evidence: tuple[Evidence, ...] = Field(min_length=1)


class Comparison(Part):
    """A row that sets concepts against each other; `values` holds the wording by concept id."""

    id: str
    dimension: Dimension
    values: dict[str, str]
    evidence: tuple[Evidence, ...] = Field(min_length=1)
    sides: dict[str, Side] = {}
    confidence: float = Field(1.0, ge=0, le=1)
    support: Support | None = None


class Source(Part):
    """An article that was read; `family` is its independent source, shared with its translations."""

    id: str
    path: str
    lang: str
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    encoding: str
    family: str
    title: str | None = None
    text_layer: str | None = Field(None, description="file of the extracted text, where offsets count in it")


class Model(Part):
    """A model that took part."""

    name: str
    revision: str


class Input(Part):
    """A file that was given."""

    path: str
    lang: str
    sha256: str


class Provenance(Part):
    """What made the record, so that it can be made again."""

    run: str
    tool: str
    config: str = Field(description="hash of the settings")
    models: tuple[Model, ...] = ()
    inputs: tuple[Input, ...] = ()


class KnowledgeRecord(Part):
    """All that the articles state about one concept."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="Knowledge record")

    schema_version: Literal["1.0"] = SCHEMA_VERSION
    concept: Concept
    claims: tuple[Claim, ...] = ()
    comparison: tuple[Comparison, ...] = ()
    documents: tuple[Source, ...] = ()
    provenance: Provenance

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        for name, parts in (
            ("claim", self.claims),
            ("comparison", self.comparison),
            ("document", self.documents),
        ):
            twice = [id_ for id_, count in Counter(part.id for part in parts).items() if count > 1]
            if twice:
                raise ValueError(f"{name} id {twice[0]} occurs twice")
        families = {document.id: document.family for document in self.documents}
        for evidence in self.quotes():
            if evidence.document not in families:
                raise ValueError(f"evidence names the unknown document {evidence.document}")
        for claim in self.claims:
            if claim.support != support_of(claim.evidence, families):
                raise ValueError(f"claim {claim.id}: support does not count its evidence")
        return self

    def quotes(self) -> Iterator[Evidence]:
        """Every piece of evidence in the record."""
        for parts in (self.concept.labels, self.concept.acronyms, self.claims, self.comparison):
            for part in parts:
                yield from part.evidence
        for row in self.comparison:
            for side in row.sides.values():
                yield from side.evidence


def support_of(evidence: tuple[Evidence, ...], families: Mapping[str, str]) -> Support:
    """Count the documents, languages and families behind some evidence."""
    return Support(
        documents=len({e.document for e in evidence}),
        languages=len({e.lang for e in evidence}),
        sources=len({families[e.document] for e in evidence}),
    )


def verify(record: KnowledgeRecord, texts: Iterable[tuple[str, str]]) -> None:
    """Prove every quote of `record` against `texts`: pairs of a document's id and its decoded text.

    Raises:
        OutputError: a quote is not the text at its place, or the text of its document is missing.
    """
    left: dict[str, list[Evidence]] = defaultdict(list)
    for evidence in record.quotes():
        left[evidence.document].append(evidence)
    for document, text in texts:
        for evidence in left.pop(document, ()):
            if text[evidence.start : evidence.end] != evidence.quote:
                raise _misquoted(evidence)
    for missing in left.values():
        raise _misquoted(missing[0])


def _misquoted(evidence: Evidence) -> OutputError:
    return OutputError(
        f"the quote {evidence.quote[:40]!r} is not the text at its place",
        path=evidence.document,
        place=f"[{evidence.start}:{evidence.end}]",
        mend="the file changed during the run; run again",
    )


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) that every record validates against.

    It lies beside the records, where tools read every `*.json` as one. To such a tool it is a
    record without documents, claims or quotes: two unknown keywords say so, which validators
    ignore, and evidence is described in two halves, so that none of it looks like a quote.
    """
    made = KnowledgeRecord.model_json_schema(mode="serialization")
    evidence = made["$defs"]["Evidence"]
    quote = {"properties": {"quote": evidence["properties"].pop("quote")}}
    evidence["allOf"] = [quote]
    evidence["unevaluatedProperties"] = evidence.pop("additionalProperties")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made, "documents": [], "claims": []}
