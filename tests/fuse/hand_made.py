"""Hand-made documents, claims and configs for tests of fusion."""

from pipeline.concept import Concept, ConceptNames, Entry, Slot
from pipeline.config import Config
from pipeline.fuse import source_of
from pipeline.model import (
    Article,
    Claim,
    Contrast,
    Document,
    Evidence,
    Extraction,
    Family,
    LocationRole,
    Span,
    Value,
    content_id,
)
from pipeline.record import Provenance, Source

TEXT = "abcdefghij" * 20
PROVENANCE = Provenance(run="r", tool="kpo 0", config="c")
# Two translations of one article, and an article of its own.
FAMILIES = (Family("A", ("a-is", "a-ru")), Family("B", ("b-sv",)))
LANGS = {"a-is": "is", "a-ru": "ru", "b-sv": "sv"}
CONFIG = Config(
    concept=Concept(
        name=ConceptNames(id="KPO", label="knowledge process outsourcing"),
        slots=(
            Slot(id="benefit", description="", vocabulary="benefit", exemplars=("x",)),
            Slot(id="scope", description="", vocabulary="scope", exemplars=("x",)),
        ),
        vocabularies={
            "benefit": (Entry(id="cost", label="cost reduction"),),
            "scope": (
                Entry(id="core", label="core work", opposes=("non_core",)),
                Entry(id="non_core", label="non-core work"),
            ),
        },
    )
)


def articles() -> tuple[Article, ...]:
    """One article for each document of `FAMILIES`."""
    return tuple(
        Article(Document(id_, f"{id_}.txt", lang, TEXT, "0" * 64, "utf-8"), (), (), ())
        for id_, lang in LANGS.items()
    )


def sources() -> tuple[Source, ...]:
    """The record's documents."""
    family_of = {document: family.id for family in FAMILIES for document in family.documents}
    return tuple(
        source_of(each.document, each.title, family_of[each.document.id], None) for each in articles()
    )


def quote(document: str, start: int, end: int, score: float = 0.9, group: str | None = None) -> Evidence:
    """Evidence at `TEXT[start:end]`."""
    span = Span(start, end)
    return Evidence(document, LANGS[document], span, span.of(TEXT), "exact", (), score, group)


def claim(
    slot: str,
    value: str | None,
    evidence: tuple[Evidence, ...],
    *,
    label: str = "",
    role: LocationRole | None = None,
    polarity: bool = True,
    confidence: float = 0.8,
) -> Claim:
    """A claim of the family that its evidence's documents belong to."""
    family = evidence[0].document[0].upper()
    named = Value(value, label or str(value), "vocabulary" if value else "text", role)
    id_ = content_id(slot, value, label, family, role, polarity)
    statement = evidence[0].quote
    return Claim(id_, slot, named, evidence[0].lang, statement, confidence, evidence, family, polarity)


def contrast(dimension: str | None, label: str, sides: dict[str, Evidence], family: str) -> Contrast:
    """A comparison row with one quote a side."""
    evidence = tuple(sides.values())
    paired = tuple((name, (item,)) for name, item in sides.items())
    id_ = content_id(dimension, label, family, *(item.span for item in evidence))
    return Contrast(id_, Value(dimension, label, "dimension"), paired, evidence, family)


def extraction(family: str, *claims: Claim, contrasts: tuple[Contrast, ...] = ()) -> Extraction:
    """What `family` states."""
    return Extraction(family, claims, contrasts=contrasts)
