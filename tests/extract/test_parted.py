"""A statement of several values without a list, on records made by hand."""

from collections.abc import Sequence
from itertools import pairwise
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from one_sentence import article
from tagging import tags

from pipeline.concept import Slot
from pipeline.config import ExtractSettings
from pipeline.extract import Judge, parting
from pipeline.extract.facts import Statement
from pipeline.extract.heads import Head
from pipeline.extract.nearness import exemplars
from pipeline.extract.parting import pieces
from pipeline.extract.passages import Passage
from pipeline.extract.values import valued
from pipeline.extract.vocabularies import Terms
from pipeline.model import Span
from pipeline.vectors import Floats

TEXT = "It cuts costs by a third saves much time and frees managers"
EVERYTHING = Span(0, len(TEXT))
COSTS, TIME, MANAGERS = "It cuts costs by a third", "saves much time", "frees managers"
BENEFIT = Slot(id="benefit", description="", exemplars=(), vocabulary="benefits")
BEGINS = [TEXT.index("cuts"), TEXT.index("saves"), TEXT.index("frees")]


def judge() -> Judge:
    """The fourth component of a vector speaks for the slot, the others each for a value."""
    layers = ((np.array([[0, 0], [0, 0], [0, 0], [0, 9]], np.float32), np.zeros(2, np.float32)),)
    head = Head(("none", "benefit"), layers, exemplars(np.zeros((0, 4), np.float32), ()), near=0.0)
    ids = ("cost", "time", "people")
    each = np.eye(4, dtype=np.float32)[:3]
    terms = Terms(ids, ids, exemplars(each, range(3)), each)
    return Judge(
        np.zeros(4, np.float32), np.eye(4, dtype=np.float32), head, head, head, {}, {}, {"benefits": terms}
    )


def statement(
    text: str = TEXT,
    begins: Sequence[float] = (1, 1, 1),
    slot: Slot = BENEFIT,
    label: str = "benefit",
    *,
    tagged: bool = True,
) -> Statement:
    """All of a sentence, in which the tagger sees three stretches begin, as likely as `begins` has them."""
    found = [text.index(word) for word in ("cuts", "saves", "frees")]
    likely = dict(zip(found, begins, strict=True))
    words, at = [], 0
    for word in text.split():
        at = text.index(word, at)
        words.append((at, at + len(word)))
    seen = tags(words, [[1, 0]] * len(words), [[likely.get(a, 0), 0] for a, _ in words], (label, "risk"))
    x = np.array([1, 1, 1, 1], np.float32) / 2
    whole = Span(0, len(text))
    passage = Passage(0, 0, (whole,), (8,), (), x[None], x, tags=seen if tagged else None)
    return Statement(slot, passage, whole, x, 0.8)


def stated(
    one: Statement, readings: dict[str, Sequence[float]], text: str = TEXT
) -> list[tuple[str | None, str]]:
    """The values of a statement, and the text of each; parts are read as `readings` has them."""

    def encode(texts: Sequence[str]) -> Floats:
        return np.array([readings[text] for text in texts], np.float32)

    facts = valued([one], [article(text)], judge(), encode, ExtractSettings())
    return [(fact.value.id, fact.span.of(text)) for fact in facts]


THREE = {COSTS: [1, 0, 0, 1], TIME: [0, 1, 0, 1], MANAGERS: [0, 0, 1, 1]}


def test_each_stretch_of_a_value_of_its_own_is_a_fact_without_what_joins_it_to_the_next() -> None:
    assert stated(statement(), THREE) == [("cost", COSTS), ("time", TIME), ("people", MANAGERS)]


def test_neighbours_of_one_value_are_one_fact() -> None:
    same = THREE | {TIME: [1, 0, 0, 1]}
    assert stated(statement(), same) == [("cost", f"{COSTS} {TIME}"), ("people", MANAGERS)]


def test_a_statement_of_one_value_stays_whole() -> None:
    ((_, text),) = stated(statement(), {part: [0, 0, 1, 1] for part in THREE})
    assert text == TEXT


def test_what_does_not_look_like_the_slot_belongs_to_what_does() -> None:
    unlike = THREE | {MANAGERS: [0, 0, 1, -1]}
    # It has no say in the value, either.
    assert stated(statement(), unlike) == [("cost", COSTS), ("time", f"{TIME} and {MANAGERS}")]


def test_the_less_a_stretch_is_seen_to_begin_the_less_likely_it_is_one() -> None:
    little = THREE | {MANAGERS: [0, 0, 1, 0.2]}
    assert len(stated(statement(begins=(1, 1, 1)), little)) == 3
    assert len(stated(statement(begins=(1, 1, 0.4)), little)) == 2


def test_commas_and_joiners_part_where_values_are_listed() -> None:
    text = "It cuts costs, saves time and frees managers"
    readings = {"It cuts costs": [1, 0, 0, 1], "saves time": [0, 1, 0, 1], "frees managers": [0, 0, 1, 1]}
    listed = statement(text, (0, 0, 0), BENEFIT.model_copy(update={"split": True}), tagged=False)
    assert [value for value, _ in stated(listed, readings, text)] == ["cost", "time", "people"]
    assert len(stated(statement(text, (0, 0, 0)), {}, text)) == 1


def test_stops_part_whatever_the_slot() -> None:
    text = "It cuts the costs; saves time and frees managers"
    readings = {"It cuts the costs": [1, 0, 0, 1], "saves time and frees managers": [0, 1, 0, 1]}
    one = statement(text, (0.2, 0.2, 0.2))
    assert [piece.span.of(text) for piece in pieces(one, article(text))] == list(readings)
    assert [value for value, _ in stated(one, readings, text)] == ["cost", "time"]


def test_a_joiner_parts_two_that_have_the_words_of_a_clause_each() -> None:
    text = "It cuts the costs and saves so much time and frees them"
    one = statement(text, (0.2, 0.2, 0.2))
    parts = ["It cuts the costs", "saves so much time and frees them"]
    assert [piece.span.of(text).removeprefix("and ") for piece in pieces(one, article(text))] == parts


@pytest.mark.parametrize(
    "one",
    [
        statement(tagged=False),
        statement(begins=(0.2, 0.2, 0.2)),
        statement(label="driver"),
        statement(slot=BENEFIT.model_copy(update={"aside": True})),
    ],
    ids=["no tagger", "hardly seen to begin", "another slot's", "stands aside"],
)
def test_otherwise_a_statement_is_one_fact_and_nothing_is_encoded(one: Statement) -> None:
    ((_, text),) = stated(one, {})
    assert text == TEXT


@given(st.lists(st.floats(0, 1), min_size=3, max_size=3), st.booleans())
def test_pieces_are_in_order_and_inside_the_statement(begins: list[float], split: bool) -> None:
    one = statement(begins=begins, slot=BENEFIT.model_copy(update={"split": split}))
    spans = [piece.span for piece in pieces(one, article(TEXT))]
    assert len(spans) != 1
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert all(EVERYTHING.holds(span) for span in spans)


@given(st.lists(st.floats(0, 1), min_size=3, max_size=3), st.integers(0, 2**32 - 1), st.booleans())
def test_what_is_not_read_would_have_stayed_whole(begins: list[float], seed: int, split: bool) -> None:
    one = statement(begins=begins, slot=BENEFIT.model_copy(update={"split": split}))

    def encode(texts: Sequence[str]) -> Floats:
        return np.stack([np.random.default_rng([seed, len(t)]).normal(size=4) for t in texts]).astype("f4")

    def facts() -> list[tuple[str, float]]:
        made = valued([one], [article(TEXT)], judge(), encode, ExtractSettings())
        return [(fact.span.of(TEXT), fact.confidence) for fact in made]

    with patch.object(parting, "_may_part", return_value=True):
        everything_read = facts()
    assert facts() == everything_read
