"""What the items of one list tell of each other."""

from typing import Any

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from pipeline.extract.lists import own_say, told_by_others
from pipeline.extract.passages import Passage
from pipeline.model import Span

KPO = "# KPO\n\nKPO is the outsourcing of knowledge work to experts.\n\n"
ONE = np.eye(1, 3, dtype=np.float32)[0]

shares = st.lists(st.floats(0, 1, width=32), min_size=3, max_size=3)


def slots(found: Any) -> dict[str, str]:
    return {e.quote: claim.slot for claim in found.claims for e in claim.evidence}


def passage(length: int) -> Passage:
    return Passage(0, 0, (Span(0, 1),), (length,), (), ONE[None, :], ONE)


def test_a_word_between_benefits_is_one(extracted: Any) -> None:
    items = ("Flexibility", "Faster results", "Innovation", "Quality", "Access to experts")
    _, found = extracted(f"{KPO}## Benefits\n\n" + "".join(f"- {item}\n" for item in items))
    assert slots(found) | dict.fromkeys(items, "benefit") == slots(found)


def test_what_items_are_nested_in_is_none_of_them(extracted: Any) -> None:
    nested = "- Benefits\n  - Lower costs\n  - New ideas\n- Risks\n  - Leaks of data\n  - Poor quality\n"
    _, found = extracted(KPO + nested)
    assert not slots(found).keys() & {"Benefits", "Risks"}


@given(st.lists(shares, min_size=3, max_size=6))
def test_only_what_the_others_agree_on_adds(rows: list[list[float]]) -> None:
    p = np.array(rows, np.float32)
    odds = told_by_others([range(len(p))], p)
    for i, row in enumerate(odds):
        others = np.delete(p, i, axis=0).mean(axis=0)
        assume(np.abs(others - 0.4).min() > 1e-5)
        assert np.array_equal(row > 0, others > 0.4)
    assert not told_by_others([], p).any()


def test_a_short_item_says_less_where_what_stands_around_it_tells() -> None:
    passages = [passage(1), passage(2), passage(3), passage(1)]
    told = np.array([[2, 0, 0], [2, 0, 0], [2, 0, 0], [2, 0, 0]], np.float32)
    assert own_say([[0, 1, 2]], passages, told).tolist() == [0.5, 0.75, 1, 1]
    assert own_say([[0, 1, 2]], passages, told - 1).tolist() == [1, 1, 1, 1]
