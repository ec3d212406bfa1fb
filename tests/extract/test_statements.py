"""What passages state, on records made by hand: how likely each slot is, what stands aside or is listed."""

from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from one_sentence import article, context
from tagging import tags

from pipeline.concept import Concept, ConceptNames, Slot
from pipeline.config import ExtractSettings
from pipeline.extract import Judge, facts, values
from pipeline.extract.enumerations import enumerations
from pipeline.extract.facts import Reading, Statement, find_statements, read_passages
from pipeline.extract.heads import Head
from pipeline.extract.judge import read_texts
from pipeline.extract.nearness import exemplars
from pipeline.extract.passages import Passage
from pipeline.model import Span
from pipeline.vectors import Floats

TEXT = "KPO moves core work, costs fall, clients wait"
PARTS = (Span(0, 19), Span(21, 31), Span(33, 45))
NAMES = ("benefit", "none", "requirement")
LABELS = ("requirement", "benefit", "scope")
SETTINGS = ExtractSettings(threshold=0.5)
CONCEPT = Concept(
    name=ConceptNames(id="KPO", label="KPO"),
    slots=(
        Slot(id="requirement", description="", exemplars=(), split=True),
        Slot(id="benefit", description="", exemplars=()),
        Slot(id="scope", description="", exemplars=(), aside=True),
    ),
)
number = st.floats(-3, 3, width=32)
vectors = st.lists(st.lists(number, min_size=3, max_size=3), min_size=1, max_size=3)


def head(labels: tuple[str, ...]) -> Head:
    """Takes the components of a vector for log odds of `labels`."""
    count = len(labels)
    layers = ((np.eye(3, dtype=np.float32)[:, :count], np.zeros(count, np.float32)),)
    return Head(labels, layers, exemplars(np.zeros((0, 3), np.float32), ()), near=0.0)


def judge() -> Judge:
    slots, turn = head(NAMES), np.eye(3, dtype=np.float32)
    asides = {"scope": head(("none", "scope"))}
    return Judge(np.zeros(3, np.float32), turn, slots, slots, slots, asides, {}, {})


def passage(x: Sequence[Sequence[float]], share: float | None = None, known: str = "scope") -> Passage:
    """Clauses of vectors `x`; of the first of them the tagger makes `share` of the label `known`."""
    labels = tuple(known if label == "scope" else label for label in LABELS)
    inside: list[list[float]] = [[0, 0, share or 0], [0, 0, 0], [0, 0, 0]]
    made = tags([(part.start, part.end) for part in PARTS], inside, labels=labels)
    parts, found = PARTS[: len(x)], np.array(x, np.float32)
    whole = found.mean(axis=0)
    return Passage(0, 0, parts, (1,) * len(x), (), found, whole, tags=None if share is None else made)


def read(some: Sequence[Passage]) -> list[Reading]:
    return read_passages(some, [context(TEXT, slots=3)], judge(), CONCEPT, SETTINGS)


def odds_of(one: Passage) -> Floats:
    odds: Floats = judge().slots.logits(one.whole[None, :])[0]
    return odds


@given(st.lists(vectors, max_size=4), st.lists(st.booleans(), min_size=4, max_size=4))
def test_odds_that_are_known_change_no_probability(some: list[list[list[float]]], known: list[bool]) -> None:
    unread = [passage(x) for x in some]
    partly = [
        replace(one, odds=odds_of(one)) if own else one for one, own in zip(unread, known, strict=False)
    ]
    for sought, given_ in zip(read(unread), read(partly), strict=True):
        assert list(sought.alone) == list(given_.alone) == list(given_.within)
        for run, p in sought.alone.items():
            assert given_.alone[run] == pytest.approx(p, abs=1e-5)
            assert given_.within[run] == pytest.approx(sought.within[run], abs=1e-5)


def test_odds_that_are_known_are_those_of_the_whole_and_are_not_sought_again() -> None:
    plain = passage([[1, 0, 0], [0, 0, 1]])
    (told,) = read([replace(plain, odds=np.array([0, 9, 0], np.float32))])
    assert told.alone[0, 2].argmax() == NAMES.index("none")
    assert [told.alone[run].argmax() for run in ((0, 1), (1, 2))] == [0, 2]


def scopes(one: Passage) -> list[tuple[str, float]]:
    """What stands aside in clauses that state nothing else."""
    found = find_statements(one, read([one])[0], context(TEXT, slots=3), judge(), CONCEPT, SETTINGS)
    assert {each.slot.id for each in found} <= {"scope"}
    return [(each.span.of(TEXT), each.p) for each in found]


# None of them is of a slot; the first and the third clause look like a scope to its own head.
NOTHING = [[0, 1, 0], [1, 0, 0], [0, 1, 0]]


def test_without_a_tagger_all_that_looks_like_an_aside_is_one() -> None:
    assert [text for text, _ in scopes(passage(NOTHING))] == ["KPO moves core work", "clients wait"]


def test_an_aside_must_be_seen_by_the_tagger_too() -> None:
    assert scopes(passage(NOTHING, facts._ASIDE - 0.01)) == []
    ((text, p),) = scopes(passage(NOTHING, facts._ASIDE + 0.01))
    assert text == "KPO moves core work"
    assert p == pytest.approx(1 / (1 + np.exp(-1)))


def test_what_the_tagger_sees_must_look_like_an_aside_too() -> None:
    assert scopes(passage([[1, 0, 0], [0, 1, 0]], 0.9)) == []


def test_a_tagger_that_does_not_know_a_slot_has_no_say_in_what_stands_aside() -> None:
    assert len(scopes(passage(NOTHING, 0.0, "unheard_of"))) == 2


def test_a_text_is_read_once_however_often_it_stands() -> None:
    asked: list[list[str]] = []

    def encode(texts: Sequence[str]) -> Floats:
        asked.append(list(texts))
        return np.array([[len(text), 0, 1] for text in texts], np.float32)

    made = read_texts(iter(["law", "a", "law", "bc", "a"]), judge(), encode)
    assert asked == [["a", "bc", "law"]]
    assert {text: one.x.tolist() for text, one in made.items()} == {
        "a": [1, 0, 1],
        "bc": [2, 0, 1],
        "law": [3, 0, 1],
    }
    powers = np.exp([3, 0, 1])
    assert made["law"].shares.tolist() == pytest.approx((powers / powers.sum()).tolist())


def test_where_there_are_no_texts_nothing_is_encoded() -> None:
    def encode(texts: Sequence[str]) -> Floats:
        raise AssertionError(texts)

    assert read_texts([], judge(), encode) == {}


LISTING = "KPO needs law, tact and patience"


@pytest.mark.parametrize(
    ("shares", "stated"),
    [
        (None, ["law", "tact", "patience"]),
        ((0.9, values._MARKED - 0.01, values._MARKED + 0.01), ["law", "patience"]),
        ((0.9, 0.1, 0.1), ["law, tact and patience"]),
    ],
)
def test_an_item_of_which_the_tagger_makes_little_is_none(
    shares: tuple[float, ...] | None, stated: list[str]
) -> None:
    (listed,) = enumerations(LISTING, "en")
    spans = [(item.start, item.end) for item in listed.items]
    made = None if shares is None else tags(spans, [[p, 0, 0] for p in shares], labels=LABELS)
    x = np.array([[0, 0, 1]], np.float32)
    one = Passage(0, 0, (Span(0, len(LISTING)),), (6,), (listed,), x, x[0], tags=made)
    statement = Statement(CONCEPT.slots[0], one, listed.span, x[0], 0.9)

    def encode(texts: Sequence[str]) -> Floats:
        return np.repeat(x, len(texts), axis=0)

    found = values.valued([statement], [article(LISTING)], judge(), encode, SETTINGS)
    assert [fact.span.of(LISTING) for fact in found] == stated
    assert all(fact.signals == MappingProxyType({"slot": 0.9, "value": 1.0, "near": 1.0}) for fact in found)
