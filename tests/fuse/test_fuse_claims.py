"""One claim a meaning: support, status, contradictions, confidence, stable ids."""

from dataclasses import replace
from random import Random

import numpy as np
from hand_made import (
    CONFIG,
    FAMILIES,
    LANGS,
    PROVENANCE,
    TEXT,
    articles,
    claim,
    contrast,
    extraction,
    quote,
    sources,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.fuse import fuse
from pipeline.fuse.confidence import combined
from pipeline.model import (
    Acronym,
    Claim,
    Contrast,
    Extraction,
    Group,
    Label,
    Passage,
    Run,
    Segment,
    Span,
    View,
)
from pipeline.record import KnowledgeRecord
from pipeline.vectors import Floats


def fused(*claims: Claim, contrasts: tuple[Contrast, ...] = ()) -> KnowledgeRecord:
    parts = [
        extraction(
            family.id,
            *(c for c in claims if c.family == family.id),
            contrasts=tuple(c for c in contrasts if c.family == family.id),
        )
        for family in FAMILIES
    ]
    return fuse(parts, sources(), articles(), (), CONFIG, PROVENANCE)


def test_translations_are_one_source() -> None:
    both = claim("benefit", "cost", (quote("a-is", 0, 9), quote("a-ru", 5, 20)))
    (found,) = fused(both).claims
    assert (found.support.documents, found.support.languages, found.support.sources) == (2, 2, 1)
    assert found.status == "translated"
    assert found.confidence == both.confidence


def test_two_sources_corroborate_and_raise_confidence() -> None:
    one = claim("benefit", "cost", (quote("a-is", 0, 9),))
    other = claim("benefit", "cost", (quote("b-sv", 0, 9),), confidence=0.6)
    (found,) = fused(one, other).claims
    assert found.status == "corroborated"
    assert found.support.sources == 2
    assert found.confidence > one.confidence
    assert found.signals["sources"] == 2


def test_one_article_alone_is_single() -> None:
    assert fused(claim("benefit", "cost", (quote("b-sv", 0, 9),))).claims[0].status == "single"


def test_a_denial_stands_beside_what_it_denies() -> None:
    said = claim("benefit", "cost", (quote("a-is", 0, 9),))
    denied = claim("benefit", "cost", (quote("b-sv", 0, 9),), polarity=False)
    found = fused(said, denied).claims
    assert len(found) == 2
    assert {c.status for c in found} == {"contradicted"}
    assert [c.contradicts for c in found] == [(found[1].id,), (found[0].id,)]


def test_declared_opposites_contradict_though_declared_on_one_side_only() -> None:
    core = claim("scope", "core", (quote("a-is", 0, 9),))
    other = claim("scope", "non_core", (quote("b-sv", 0, 9),))
    assert {c.status for c in fused(core, other).claims} == {"contradicted"}


def test_roles_keep_claims_about_one_country_apart() -> None:
    here = claim("location", "IN", (quote("a-is", 0, 9),), role="provider")
    there = claim("location", "IN", (quote("b-sv", 0, 9),), role="affected")
    assert {(c.value.role, c.status) for c in fused(here, there).claims} == {
        ("provider", "single"),
        ("affected", "single"),
    }


def test_a_place_quoted_twice_is_kept_once_with_its_better_score() -> None:
    twice = claim("benefit", "cost", (quote("a-is", 0, 9, 0.5), quote("a-is", 0, 9, 0.7)))
    (evidence,) = fused(twice).claims[0].evidence
    assert evidence.score == 0.7


def test_new_values_of_equal_wording_are_one() -> None:
    one = claim("benefit", None, (quote("a-is", 0, 9),), label="Night shifts.")
    other = claim("benefit", None, (quote("b-sv", 0, 9),), label="night  shifts")
    (found,) = fused(one, other).claims
    assert found.value.id is None
    assert found.support.sources == 2


def test_new_values_join_over_an_aligned_passage_that_states_one_each() -> None:
    one = claim("benefit", None, (quote("a-is", 0, 9, group="g"),), label="næturvaktir")
    other = claim("benefit", None, (quote("b-sv", 0, 9, group="g"),), label="nattskift")
    further = claim("benefit", None, (quote("b-sv", 10, 19, group="g"),), label="helgskift")
    assert len(fused(one, other).claims) == 1
    assert len(fused(one, other, further).claims) == 3


def test_new_values_join_by_meaning_where_an_encoder_is_given() -> None:
    vectors = {"night shifts": [1.0, 0.0], "nattskift": [0.99, 0.14], "golf": [0.0, 1.0]}

    def encode(texts: list[str]) -> Floats:
        return np.array([vectors.get(text, [0.0, 0.0]) for text in texts], dtype=np.float32)

    claims = [
        claim("benefit", None, (quote("a-is", 0, 9),), label="night shifts"),
        claim("benefit", None, (quote("b-sv", 0, 9),), label="nattskift"),
        claim("benefit", None, (quote("b-sv", 10, 19),), label="golf"),
    ]
    parts = [extraction("A", claims[0]), extraction("B", *claims[1:])]
    record = fuse(parts, sources(), articles(), (), CONFIG, PROVENANCE, encode)
    assert sorted(len(c.evidence) for c in record.claims) == [1, 2]


def test_ids_depend_on_meaning_alone() -> None:
    one = claim("benefit", "cost", (quote("a-is", 0, 9),))
    moved = claim("benefit", "cost", (quote("b-sv", 30, 40, 0.2),), confidence=0.3)
    other = claim("scope", "core", (quote("b-sv", 0, 9),))
    (alone,) = fused(one).claims
    assert alone.id in {c.id for c in fused(moved, other).claims}


def test_slots_come_in_the_order_of_the_config() -> None:
    later = claim("scope", "core", (quote("a-is", 0, 9),))
    first = claim("benefit", "cost", (quote("b-sv", 0, 9),), confidence=0.1)
    assert [c.slot for c in fused(later, first).claims] == ["benefit", "scope"]


def test_comparison_rows_merge_by_dimension_over_sources_and_forms() -> None:
    table = contrast("basis", "based on", {"KPO": quote("a-is", 0, 9), "BPO": quote("a-is", 10, 19)}, "A")
    prose = contrast("basis", "based on", {"KPO": quote("b-sv", 0, 30), "BPO": quote("b-sv", 31, 60)}, "B")
    other = contrast(None, "Mood", {"KPO": quote("b-sv", 70, 80)}, "B")
    rows = fused(contrasts=(table, prose, other)).comparison
    assert [row.dimension.label for row in rows] == ["based on", "Mood"]
    assert set(rows[0].values) == {"KPO", "BPO"}
    assert rows[0].support is not None and rows[0].support.sources == 2
    assert len(rows[0].sides["KPO"].evidence) == 2


def test_one_preferred_label_a_language_and_every_expansion_once() -> None:
    def label(text: str, kind: str, document: str) -> Label:
        return Label("KPO", "is", text, kind, (quote(document, 0, 9),))  # type: ignore[arg-type]

    parts = [
        Extraction(
            "A",
            labels=(label("Útvistun", "preferred", "a-is"), label("Vistun út", "preferred", "a-ru")),
            acronyms=(
                Acronym("KPO", (("is", "Útvistun"),), (quote("a-is", 0, 9),), "KPO"),
                Acronym("KPO", (("is", "útvistun"),), (quote("a-ru", 0, 9),), "KPO"),
            ),
        ),
        Extraction("B", labels=(label("vistun út", "preferred", "b-sv"),)),
    ]
    record = fuse(parts, sources(), articles(), (), CONFIG, PROVENANCE)
    assert [(x.text, x.kind) for x in record.concept.labels] == [
        ("Vistun út", "preferred"),
        ("Útvistun", "variant"),
    ]
    (acronym,) = record.concept.acronyms
    assert [x.text for x in acronym.expansions] == ["Útvistun"]
    assert len(acronym.evidence) == 2


def test_quotes_name_the_group_that_they_lie_in() -> None:
    made = tuple(
        replace(
            article,
            segments=(Segment("s", "sentence", Span(0, 10), View(TEXT[:10], (Run(0, 10, 0, 10),)), 0),),
        )
        for article in articles()
    )
    sides = tuple(Passage(id_, lang, 0, 0) for id_, lang in LANGS.items())
    group = Group("g", "translated", ("A",), sides, 0.9)
    part = extraction("A", claim("benefit", "cost", (quote("a-is", 2, 8), quote("a-is", 12, 18))))
    record = fuse([part], sources(), made, (group,), CONFIG, PROVENANCE)
    assert [e.group for e in record.claims[0].evidence] == ["g", None]


PLACES = st.tuples(st.sampled_from(["a-is", "a-ru", "b-sv"]), st.integers(0, 90), st.integers(1, 60))
CLAIMS = st.lists(
    st.builds(
        lambda place, value, polarity, confidence: claim(
            "benefit",
            None if value.casefold().startswith("new") else value,
            (quote(place[0], place[1], place[1] + place[2]),),
            label=value,
            polarity=polarity,
            confidence=confidence,
        ),
        PLACES,
        st.sampled_from(["cost", "time", "new one", "NEW ONE", "new two"]),
        st.booleans(),
        st.floats(0.01, 1),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(CLAIMS, st.randoms())
def test_no_quote_is_lost_and_order_does_not_matter(claims: list[Claim], random: Random) -> None:
    record = fused(*claims)
    stated = {
        (c.slot, c.value.label.casefold(), c.polarity, e.document, e.span.start, e.span.end)
        for c in claims
        for e in c.evidence
    }
    kept = [
        (c.slot, c.value.label.casefold(), c.polarity, e.document, e.start, e.end)
        for c in record.claims
        for e in c.evidence
    ]
    assert sorted(stated) == sorted(kept)
    shuffled = list(claims)
    random.shuffle(shuffled)
    assert {c.id for c in fused(*shuffled).claims} == {c.id for c in record.claims}
    for found in record.claims:
        assert found.support.sources <= found.support.documents
        assert bool(found.contradicts) == (found.status == "contradicted")


@given(st.lists(st.floats(0.01, 0.99), min_size=1, max_size=6), st.floats(0.01, 0.99))
def test_confidence_never_falls_with_a_further_source(sources: list[float], further: float) -> None:
    assert max(sources) - 1e-4 <= combined(sources) <= combined([*sources, further]) + 1e-4
    assert combined([*sources, further]) < 1
