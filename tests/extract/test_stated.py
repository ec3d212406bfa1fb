"""Names of other concepts that say something of the own one, where the tagger marks them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from one_sentence import article
from tagging import tags

from pipeline.annotate import annotate
from pipeline.concept import Concept, ConceptNames, Entry, Slot
from pipeline.extract import Tag, Tags
from pipeline.extract.names import related_facts, stated, subject_shares
from pipeline.extract.subject import find_subjects
from pipeline.extract.tagger import SUBJECT
from pipeline.model import Block, Segment, Span
from pipeline.segment.views import slice_view

CONCEPT = Concept(
    name=ConceptNames(id="KPO", label="knowledge work", acronyms=("KPO",)),
    neighbours=(
        ConceptNames(id="BPO", label="paper work", acronyms=("BPO",)),
        ConceptNames(id="LPO", label="law", acronyms=("LPO",)),
    ),
    terms=(ConceptNames(id="trade", label="trade"),),
    slots=(
        Slot(id="broader", description="", exemplars=(), source="names"),
        Slot(id="service", description="", exemplars=(), vocabulary="services"),
    ),
    vocabularies={"services": (Entry(id="law", label="law"),)},
)
TEXT = "Textbooks file it under BPO."


def tag(texts: Sequence[str]) -> list[Tags]:
    """BPO is marked in each text that says `file`."""
    at = [text.index("BPO") for text in texts]
    return [
        tags([(start, start + 3)], [[1.0 if "file" in text else 0.2]], labels=("broader",))
        for text, start in zip(texts, at, strict=True)
    ]


def subject(text: str, tag: Tag = tag) -> str | None:
    one = article(text)
    notes = annotate(one, (CONCEPT.name, *CONCEPT.neighbours))
    said = stated(one, notes.mentions, CONCEPT, tag, [False])
    return find_subjects(one, notes, CONCEPT, [False], said).segments[0]


def test_a_name_that_is_marked_is_no_subject() -> None:
    assert subject("KPO is new. Textbooks file it under BPO.") == "KPO"
    assert subject("Textbooks file it under BPO.") is None
    assert subject("Textbooks praise BPO.") == "BPO"


def test_a_name_that_is_set_beside_the_own_one_says_nothing_of_it() -> None:
    one = article(TEXT)
    mentions = annotate(one, (CONCEPT.name, *CONCEPT.neighbours)).mentions
    assert stated(one, mentions, CONCEPT, tag, [False])
    assert not stated(one, mentions, CONCEPT, tag, [True])


def test_only_names_that_are_marked_surely_are_what_the_concept_is_a_kind_of() -> None:
    one = article(TEXT)
    notes = annotate(one, (CONCEPT.name, *CONCEPT.neighbours))
    assert [span.of(TEXT) for span in stated(one, notes.mentions, CONCEPT, tag, [False])] == ["BPO"]
    other = article("Textbooks praise BPO.")
    named = annotate(other, (CONCEPT.name, *CONCEPT.neighbours)).mentions
    assert stated(other, named, CONCEPT, tag, [False]) == frozenset()


def test_a_neighbour_that_is_marked_as_a_value_is_no_subject() -> None:
    def as_service(texts: Sequence[str]) -> list[Tags]:
        marks = [[[0.0, 1.0 if name in text else 0.0] for name in ("LPO", "BPO")] for text in texts]
        places = [[(text.find(name), text.find(name) + 3) for name in ("LPO", "BPO")] for text in texts]
        return [tags(*each, labels=("broader", "service")) for each in zip(places, marks, strict=True)]

    assert subject("Maps, tests and LPO are made there.", as_service) is None
    # What is no value of the concept is none wherever it is marked.
    assert subject("Maps, tests and BPO are made there.", as_service) == "BPO"


DESPITE = "Despite the growth of KPO the firms that do BPO remain, and many hire."


def handed_on(first: str, likely: Mapping[str, float]) -> str | None:
    """What the sentence behind `first` is about; `likely` is how likely each name is a subject."""
    text = f"KPO is new. {first} It pays."
    starts = [0, text.index(first), text.index("It pays")]
    whole = article(text)
    spans = [Span(start, end) for start, end in zip(starts, [11, starts[2] - 1, len(text)], strict=True)]
    view = whole.segments[0].view
    segments = tuple(
        Segment(f"s{i}", "sentence", span, slice_view(view, span), 0) for i, span in enumerate(spans)
    )
    one = replace(whole, segments=segments)
    notes = annotate(one, (CONCEPT.name, *CONCEPT.neighbours))
    shares = {m.span: likely[m.target] for m in notes.mentions if m.segment == 1 and m.target in likely}
    return find_subjects(one, notes, CONCEPT, [False] * 3, likely=shares).segments[2]


@pytest.mark.parametrize(
    ("first", "likely", "about"),
    [
        (DESPITE, {}, "KPO"),
        (
            DESPITE,
            {"KPO": 0.1, "BPO": 0.7},
            "BPO",
        ),
        (
            DESPITE,
            {"KPO": 0.8, "BPO": 0.7},
            "KPO",
        ),
        # What hardly looks like a subject is none.
        (
            DESPITE,
            {"KPO": 0.0, "BPO": 0.1},
            "KPO",
        ),
        # Of two clauses the later is handed on, whatever the subject of the sentence.
        ("KPO asks for judgement, but BPO asks for speed.", {"KPO": 0.9, "BPO": 0.1}, "BPO"),
    ],
)
def test_of_two_names_in_a_clause_its_subject_is_handed_on(
    first: str, likely: Mapping[str, float], about: str
) -> None:
    assert handed_on(first, likely) == about


def test_names_are_likely_subjects_where_a_sentence_names_two() -> None:
    text = "Despite KPO the firms of BPO remain."
    one = article(text)
    notes = annotate(one, (CONCEPT.name, *CONCEPT.neighbours))
    places = [(text.index(name), text.index(name) + 3) for name in ("KPO", "BPO")]

    def subjects(texts: Sequence[str]) -> list[Tags]:
        return [tags(places, [[0.1], [0.6]], labels=(SUBJECT,)) for _ in texts]

    shares = subject_shares(one, notes, CONCEPT, subjects)
    assert {span.of(text): share for span, share in shares.items()} == pytest.approx({"KPO": 0.1, "BPO": 0.6})
    alone = article("Despite KPO the firms remain.")
    assert subject_shares(alone, annotate(alone, (CONCEPT.name,)), CONCEPT, subjects) == {}
    assert set(subject_shares(one, notes, CONCEPT, tag).values()) == {0.0}


def test_the_article_is_about_the_concept_that_it_names_first() -> None:
    one = article("KPO is new; BPO is old, BPO is cheap, BPO is large.")
    notes = annotate(one, (CONCEPT.name, *CONCEPT.neighbours))
    assert find_subjects(one, notes, CONCEPT, [False]).main == "KPO"
    other = article("BPO is old, BPO is cheap, BPO is large; KPO is new.")
    named = annotate(other, (CONCEPT.name, *CONCEPT.neighbours))
    assert find_subjects(other, named, CONCEPT, [False]).main == "BPO"


def test_a_paragraph_on_the_field_at_large_is_not_about_the_concept() -> None:
    text = "KPO is new. Trade is old. It feeds us."
    cuts = [0, text.index("Trade"), text.index("It"), len(text)]
    whole = article(text)
    spans = [Span(start, text.index(".", start) + 1) for start in cuts[:3]]
    blocks = tuple(Block("paragraph", span) for span in (spans[0], Span(spans[1].start, spans[2].end)))
    segments = tuple(
        Segment(f"s{i}", "sentence", span, slice_view(whole.segments[0].view, span), block)
        for i, (span, block) in enumerate(zip(spans, (0, 1, 1), strict=True))
    )
    one = replace(whole, blocks=blocks, segments=segments)
    notes = annotate(one, (CONCEPT.name, *CONCEPT.neighbours, *CONCEPT.terms))
    assert find_subjects(one, notes, CONCEPT, [False] * 3).segments == ("KPO", None, None)


def test_a_neighbour_that_is_named_is_related_once() -> None:
    slots = (*CONCEPT.slots, Slot(id="related", description="", exemplars=(), source="names"))
    concept = CONCEPT.model_copy(update={"slots": slots})
    text = "KPO is new. BPO and LPO are old, BPO is trade."
    one = article(text)
    notes = annotate(one, (concept.name, *concept.neighbours, *concept.terms))
    found = related_facts(0, one, notes, concept)
    assert [(fact.value.id, fact.span.start) for fact in found] == [
        ("BPO", text.index("BPO")),
        ("LPO", text.index("LPO")),
    ]
