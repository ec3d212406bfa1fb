"""Which value a text states, on vectors made by hand."""

from dataclasses import replace

import numpy as np
from one_sentence import article

from pipeline.concept import Entry, Slot
from pipeline.config import ExtractSettings
from pipeline.extract import Judge
from pipeline.extract.facts import Statement
from pipeline.extract.heads import Head
from pipeline.extract.passages import Passage
from pipeline.extract.values import valued
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
    head = Head((), (), np.zeros((0, 3), np.float32), np.zeros(0, np.intp))
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
