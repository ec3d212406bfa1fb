"""A statement of several values without a mark between them, on records made by hand."""

from collections.abc import Sequence

import numpy as np
import pytest
from one_sentence import article
from tagging import tags

from pipeline.concept import Slot
from pipeline.config import ExtractSettings
from pipeline.extract import Judge
from pipeline.extract.facts import Statement
from pipeline.extract.heads import Head
from pipeline.extract.judge import Terms
from pipeline.extract.passages import Passage
from pipeline.extract.values import valued
from pipeline.model import Span
from pipeline.vectors import Floats

TEXT = "It cuts costs saves time and frees managers"
EVERYTHING = Span(0, len(TEXT))
COSTS, TIME, MANAGERS = "It cuts costs", "saves time", "frees managers"
BENEFIT = Slot(id="benefit", description="", exemplars=(), vocabulary="benefits")
BEGINS = [TEXT.index("cuts"), TEXT.index("saves"), TEXT.index("frees")]


def judge() -> Judge:
    """The fourth component of a vector speaks for the slot, the others each for a value."""
    layers = ((np.array([[0, 0], [0, 0], [0, 0], [0, 9]], np.float32), np.zeros(2, np.float32)),)
    head = Head(("none", "benefit"), layers, np.zeros((0, 4), np.float32), np.zeros(0, np.intp), near=0.0)
    ids = ("cost", "time", "people")
    each = np.eye(4, dtype=np.float32)[:3]
    terms = Terms(ids, ids, np.arange(3), each, each)
    return Judge(
        np.zeros(4, np.float32), np.eye(4, dtype=np.float32), head, head, head, {}, {}, {"benefits": terms}
    )


def statement(
    p: float = 0.9, slot: Slot = BENEFIT, label: str = "benefit", *, tagged: bool = True
) -> Statement:
    """All of the sentence, in which the tagger sees three stretches begin, the first after its subject."""
    words = [(at, at + len(word)) for word in TEXT.split() for at in [TEXT.index(word)]]
    labels = (label, "risk")
    seen = tags(
        words,
        [[p * (a > 0), 0] for a, _ in words],
        [[float(a in BEGINS), 0] for a, _ in words],
        labels=labels,
    )
    x = np.array([1, 1, 1, 1], np.float32) / 2
    passage = Passage(0, 0, (EVERYTHING,), (8,), (), x[None], x, tags=seen if tagged else None)
    return Statement(slot, passage, EVERYTHING, x, 0.8)


def stated(one: Statement, readings: dict[str, Sequence[float]]) -> list[tuple[str | None, str]]:
    """The values of a statement, and the text of each; parts are read as `readings` has them."""

    def encode(texts: Sequence[str]) -> Floats:
        return np.array([readings[text] for text in texts], np.float32)

    facts = valued([one], [article(TEXT)], judge(), encode, ExtractSettings())
    return [(fact.value.id, fact.span.of(TEXT)) for fact in facts]


THREE = {COSTS: [1, 0, 0, 1], "saves time and": [0, 1, 0, 1], MANAGERS: [0, 0, 1, 1]}


def test_each_stretch_of_a_value_of_its_own_is_a_fact() -> None:
    assert [value for value, _ in stated(statement(), THREE)] == ["cost", "time", "people"]
    assert "".join(text for _, text in stated(statement(), THREE)).replace(" ", "") == TEXT.replace(" ", "")


def test_neighbours_of_one_value_are_one_fact() -> None:
    same = THREE | {"saves time and": [1, 0, 0, 1]}
    assert stated(statement(), same) == [("cost", "It cuts costs saves time and"), ("people", MANAGERS)]


def test_a_statement_of_one_value_stays_whole() -> None:
    ((_, text),) = stated(statement(), {part: [0, 0, 1, 1] for part in THREE})
    assert text == TEXT


def test_what_does_not_look_like_the_slot_is_left_out() -> None:
    unlike = THREE | {MANAGERS: [0, 0, 1, -1]}
    assert [value for value, _ in stated(statement(), unlike)] == ["cost", "time"]


@pytest.mark.parametrize(
    "one",
    [
        statement(tagged=False),
        statement(p=0.6),
        statement(label="driver"),
        statement(slot=BENEFIT.model_copy(update={"aside": True})),
    ],
    ids=["no tagger", "hardly marked", "another slot's", "stands aside"],
)
def test_otherwise_a_statement_is_one_fact_and_nothing_is_encoded(one: Statement) -> None:
    ((_, text),) = stated(one, {})
    assert text == TEXT
