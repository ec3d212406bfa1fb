"""Which value a text states, on vectors made by hand."""

import re
from dataclasses import replace

import numpy as np
from one_sentence import article
from tagging import tags

from pipeline.concept import Entry, Slot
from pipeline.config import ExtractSettings
from pipeline.extract import Judge
from pipeline.extract.enumerations import enumerations
from pipeline.extract.facts import Statement
from pipeline.extract.heads import Head
from pipeline.extract.nearness import exemplars
from pipeline.extract.passages import Passage
from pipeline.extract.values import _is_item, _items, valued
from pipeline.extract.vocabularies import terms_of
from pipeline.model import Span
from pipeline.vectors import Floats, normalise

TEXT = "Reports come late"
SLOT = Slot(id="risk", description="", exemplars=(), vocabulary="risks")
X = np.array([1, 0, 0], np.float32)


def value(near: list[list[float]], typical: list[list[float]]) -> str | None:
    """The value of a text, which may be `chance`, of texts `near`, or `delay`, of texts `typical`."""
    entries = (Entry(id="chance", label="chance"), Entry(id="delay", label="delay"))
    owners = ["chance"] * len(near) + ["delay"] * len(typical)
    terms = terms_of(entries, owners, normalise(np.array([*near, *typical], np.float32)))
    head = Head((), (), exemplars(np.zeros((0, 3), np.float32), ()))
    judge = Judge(X, np.eye(3, dtype=np.float32), head, head, head, {}, {}, {"risks": terms})
    everything = Span(0, len(TEXT))
    passage = Passage(0, 0, (everything,), (3,), (), X[None], X)

    def encode(texts: object) -> Floats:
        raise AssertionError(texts)

    (fact,) = valued(
        [Statement(SLOT, passage, everything, X, 0.9)], [article(TEXT)], judge, encode, ExtractSettings()
    )
    return fact.value.id


def test_a_text_has_the_value_of_the_nearest_texts() -> None:
    assert value([[1, 0.5, 0], [1, 0.5, 0]], [[1, 2, 0], [1, 2, 0]]) == "chance"


def test_but_not_where_they_are_near_by_chance() -> None:
    near, typical = [[1, 0.5, 0], [1, 0.5, 0]], [[1, 0.6, 0]] * 4
    assert value(near, typical) == "chance"
    assert value([*near, *[[-1.0, 0.0, 1.0]] * 6], typical) == "delay"


def test_what_tells_values_apart_is_learnt_from_their_texts() -> None:
    entries = (Entry(id="late", label="late"), Entry(id="dear", label="dear"))
    # What tells them apart is the first component; the second is as it comes.
    texts = [[1.0, y, 0.0] for y in (-2, -1, 2, 3)] + [[-1.0, y, 0.0] for y in (-3, 0.1, 0.2, 1)]
    terms = terms_of(entries, ["late"] * 4 + ["dear"] * 4, np.array(texts, np.float32))
    asked, alike = np.array([[0.6, 0.15, 0]], np.float32), np.zeros((1, 2), np.float32)
    learnt, near = terms.likelihoods(asked, alike), replace(terms, layers=()).likelihoods(asked, alike)
    assert learnt[0, 0] > near[0, 0] > 0.5
    assert np.allclose(learnt.sum(axis=1), 1)


LISTED = "They list studies of markets, leases and tariffs; beside them tests of code"


def items(marked: dict[str, float]) -> list[str]:
    """The items of a sentence, of which the tagger marks stretches this surely."""
    at = sorted((LISTED.index(text), text) for text in marked)
    words = [
        (start + match.start(), start + match.end(), marked[text], match.start() == 0)
        for start, text in at
        for match in re.finditer(r"\w+", text)
    ]
    seen = tags(
        [(start, end) for start, end, *_ in words],
        [[p] for *_, p, _ in words],
        [[float(first)] for *_, first in words],
        labels=("service",),
    )
    slot = Slot(id="service", description="", exemplars=(), split=True)
    everything = Span(0, len(LISTED))
    passage = Passage(0, 0, (everything,), (13,), enumerations(LISTED, "en"), X[None], X, tags=seen)
    found = _items(Statement(slot, passage, everything, X, 0.9), LISTED, "en")
    return [span.of(LISTED) for span in found]


def test_where_a_list_begins_and_what_else_is_listed_the_tagger_tells() -> None:
    surely = {"studies of markets": 0.9, "leases": 0.9, "tariffs": 0.9, "tests of code": 0.9}
    assert items(surely) == list(surely)
    assert items(surely | {"tests of code": 0.6}) == ["studies of markets", "leases", "tariffs"]


def test_an_item_stays_where_the_tagger_sees_nothing_or_more_than_it() -> None:
    plain = [item.of(LISTED) for found in enumerations(LISTED, "en") for item in found.items]
    assert items({"them": 0.1}) == plain
    assert items({"leases and tariffs": 0.9})[-2:] == ["leases", "tariffs"]


def test_what_joins_an_item_to_the_next_is_no_part_of_it() -> None:
    assert items({"leases and": 0.9}) == ["markets", "leases", "tariffs"]


def test_an_item_looks_like_its_slot_unless_the_tagger_is_sure() -> None:
    assert _is_item(looks=0.2, seen=0.3, doubted=False)
    assert not _is_item(looks=0.9, seen=0.1, doubted=False)
    assert not _is_item(looks=0.1, seen=0.9, doubted=False)
    assert _is_item(looks=0.1, seen=0.97, doubted=False)


def test_one_that_may_be_a_neighbours_looks_surely_like_the_concepts() -> None:
    assert _is_item(looks=0.97, seen=0.3, doubted=True)
    assert not _is_item(looks=0.9, seen=0.99, doubted=True)
    assert not _is_item(looks=0.97, seen=0.1, doubted=True)
