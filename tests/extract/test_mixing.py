"""What the tagger adds to the heads: a share in how likely a slot or a role is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tagging import tags

from pipeline.concept import Entry, Slot
from pipeline.extract import Tags, facts, softmax
from pipeline.extract.nearness import exemplars
from pipeline.extract.passages import Passage
from pipeline.extract.place_clauses import PlaceClause
from pipeline.extract.place_roles import Place, Roles, roles_in_text
from pipeline.extract.vocabularies import _SHARPNESS, Terms
from pipeline.model import Span
from pipeline.vectors import Floats

# Of the slots that clauses answer the tagger knows three; it knows `definition` and not `none` nor `new`.
SLOTS = ("benefit", "definition", "driver", "new", "none", "requirement")
KNOWN = ("requirement", "benefit", "driver", "definition", "location:provider", "location:client")
TOLD = tuple(
    Slot(id=name, description="", exemplars=(), whole=name == "definition")
    for name in ("benefit", "definition", "driver", "requirement", "new")
)
TOLD_BY_CLAUSES = ("benefit", "driver", "requirement")
CLAUSES = [SLOTS.index(name) for name in TOLD_BY_CLAUSES]
PARTS = (Span(0, 5), Span(6, 11))

chance = st.floats(0, 1, width=32)
marks = st.lists(st.lists(chance, min_size=len(KNOWN), max_size=len(KNOWN)), min_size=2, max_size=2)
odds = st.lists(st.floats(-30, 30, width=32), min_size=len(SLOTS), max_size=len(SLOTS))


def passage(made: Tags | None) -> Passage:
    x = np.eye(3, dtype=np.float32)
    return Passage(0, 0, PARTS, (1, 1), (), x[:2], x[0], tags=made)


def marked(inside: list[list[float]]) -> Tags:
    return tags([(part.start, part.end) for part in PARTS], inside, labels=KNOWN)


def slots(p: Floats, made: Tags | None, tagged: float = 0.3, run: tuple[int, int] = (0, 2)) -> Floats:
    whole, clausal = (
        np.array([label in {slot.id for slot in TOLD if slot.whole is which} for label in SLOTS])
        for which in (True, False)
    )
    return facts._with_tags(p, shares_of(made, run), SLOTS, clausal, whole, tagged)


def shares_of(made: Tags | None, run: tuple[int, int] = (0, 2)) -> dict[str, float] | None:
    return None if made is None else made.by_label(passage(made).stretch(*run))


def roles(shares: Floats, made: Tags | None, place: Span | None = PARTS[0], named: int = 1) -> Floats | None:
    """How likely each role is of a place whose clause has them in `shares`; None where there is none."""
    ids = ("client", "emerging", "provider")
    x = np.eye(3, dtype=np.float32)
    known = Roles(
        "location", tuple(Entry(id=i, label=i) for i in ids), Terms(ids, ids, exemplars(x, range(3)), x)
    )
    clause = PlaceClause(() if place is None else (place,), Span(0, 11), "it is in X", named)
    said = {"it is in X": np.asarray(np.log(shares + 1e-9) / _SHARPNESS, np.float32)}
    return roles_in_text([Place("IN", place)], [clause], passage(made), known, said)[0]


def shared(log_odds: list[float]) -> Floats:
    return softmax(np.array([log_odds], np.float32))[0]


@given(odds)
def test_without_tags_the_heads_decide_alone(log_odds: list[float]) -> None:
    p = shared(log_odds)
    assert slots(p, None).tolist() == p.tolist()
    found = roles(np.array([0.6, 0.1, 0.3], np.float32), None)
    assert found is not None
    # They are one witness of three, and are not believed to the letter.
    assert found.argsort().tolist() == [1, 2, 0]
    assert 1 / 3 < found.max() <= 0.6


@given(odds, marks, chance)
def test_probabilities_of_slots_sum_to_one(
    log_odds: list[float], inside: list[list[float]], tagged: float
) -> None:
    p = shared(log_odds)
    assume(p[[SLOTS.index(name) for name in ("none", "new", "definition")]].sum() > 1e-6)
    found = slots(p, marked(inside), tagged)
    assert float(found.sum()) == pytest.approx(1, abs=1e-4)
    assert (found >= 0).all()


@given(st.lists(st.floats(-3, 3, width=32), min_size=len(SLOTS), max_size=len(SLOTS)), chance)
def test_which_of_the_clause_slots_is_likeliest_is_for_the_heads_where_the_tagger_sees_them_alike(
    log_odds: list[float], seen: float
) -> None:
    p = shared(log_odds)
    found = slots(p, marked([[seen if label in TOLD_BY_CLAUSES else 0.0 for label in KNOWN]] * 2))
    # To each other they are as they were; together they are more or less likely.
    assert found[CLAUSES] / found[CLAUSES].sum() == pytest.approx(p[CLAUSES] / p[CLAUSES].sum(), abs=1e-4)


def test_of_clause_slots_that_the_heads_find_alike_the_one_that_is_marked_is_likelier() -> None:
    p = np.full(len(SLOTS), 1 / len(SLOTS), np.float32)
    name = TOLD_BY_CLAUSES[0]
    found = slots(p, marked([[float(label == name) for label in KNOWN]] * 2))
    assert SLOTS[int(found.argmax())] == name
    # Unless the heads are sure of another.
    p = np.full(len(SLOTS), 0.02, np.float32)
    p[SLOTS.index(TOLD_BY_CLAUSES[1])] = 1 - 0.02 * (len(SLOTS) - 1)
    found = slots(p, marked([[float(label == name) for label in KNOWN]] * 2))
    assert SLOTS[int(found.argmax())] == TOLD_BY_CLAUSES[1]


def test_what_is_marked_makes_clause_slots_likelier_and_what_is_not_less_likely() -> None:
    p = np.array([0.3, 0.1, 0.1, 0.05, 0.35, 0.1], np.float32)
    requirement = [[1, 0, 0, 0, 0, 0]] * 2
    sure, unsure = slots(p, marked(requirement)), slots(p, marked([[0] * 6] * 2))
    kept = np.array([0.21, 0.07, 0.07, 0.035, 0.245, 0.07])
    assert ((sure - kept)[CLAUSES] / 0.3).tolist() == pytest.approx([0.2, 0.067, 0.733], abs=1e-3)
    assert np.delete(sure, CLAUSES).tolist() == pytest.approx(np.delete(kept, CLAUSES).tolist())
    assert sure.argmax() == SLOTS.index("requirement") != p.argmax()
    # What is marked as nothing goes to the slots that the tagger does not know, and to whole sentences'.
    assert unsure.tolist() == pytest.approx([0.21, 0.07 + 0.06, 0.07, 0.035 + 0.03, 0.245 + 0.21, 0.07])


def test_what_a_whole_sentence_answers_is_judged_slot_by_slot() -> None:
    p = np.array([0.3, 0.1, 0.1, 0.05, 0.35, 0.1], np.float32)
    made = marked([[1, 0, 0, 1, 0, 0]] * 2)
    # A definition is one though all of it states a requirement, too.
    found = facts._whole(p, shares_of(made), SLOTS, 0.5)
    assert found[SLOTS.index("definition")] == pytest.approx(0.55)
    assert found[SLOTS.index("none")] == pytest.approx(0.35)  # which the tagger does not know
    assert slots(p, made)[SLOTS.index("definition")] < p[SLOTS.index("definition")]
    assert facts._whole(p, None, SLOTS, 0.5).tolist() == p.tolist()


def test_a_run_has_the_marks_of_its_own_clauses() -> None:
    p = np.full(len(SLOTS), 1 / len(SLOTS), np.float32)
    made = marked([[0] * 6, [1, 0, 0, 0, 0, 0]])
    first, second = slots(p, made, run=(0, 1)), slots(p, made, run=(1, 2))
    assert first[CLAUSES].sum() < p[CLAUSES].sum() < second[CLAUSES].sum()


@given(odds, chance)
def test_what_a_run_denies_it_does_not_state(log_odds: list[float], denied: float) -> None:
    p = shared(log_odds)
    clausal = np.isin(np.arange(len(SLOTS)), CLAUSES)
    found = facts._affirmed(p, denied, SLOTS, clausal)
    assert found[CLAUSES].tolist() == pytest.approx((p[CLAUSES] * (1 - denied)).tolist(), abs=1e-6)
    assert float(found.sum()) == pytest.approx(float(p.sum()), abs=1e-4)
    others = [i for i, name in enumerate(SLOTS) if i not in CLAUSES and name != "none"]
    assert found[others].tolist() == p[others].tolist()


@given(st.lists(st.floats(-10, 10, width=32), min_size=3, max_size=3), marks)
def test_likelihoods_of_roles_sum_to_one(log_odds: list[float], inside: list[list[float]]) -> None:
    found = roles(shared(log_odds), marked(inside))
    assert (found is None) == (max(inside[0][4:]) < np.float32(0.3))
    if found is not None:
        assert float(found.sum()) == pytest.approx(1, abs=1e-4)


ROLES = np.array([0.6, 0.1, 0.3], np.float32)


def test_what_the_tagger_marks_of_a_place_counts_beside_its_clause() -> None:
    made = marked([[0, 0, 0, 0, 0.95, 0.1], [0, 0, 0, 0, 0.01, 0.02]])
    alone, mixed = roles(ROLES, None), roles(ROLES, made)
    assert alone is not None
    assert mixed is not None
    assert (int(alone.argmax()), int(mixed.argmax())) == (0, 2)


def test_a_place_that_the_tagger_does_not_mark_plays_no_role() -> None:
    made = marked([[0, 0, 0, 0, 0.95, 0.1], [0, 0, 0, 0, 0.01, 0.02]])
    assert roles(ROLES, made, PARTS[1]) is None
    assert roles(ROLES, made, None) is not None  # it cannot say anything of a place that it does not see


def test_what_a_clause_says_counts_for_less_the_more_places_it_names() -> None:
    one, three = roles(ROLES, None, named=1), roles(ROLES, None, named=3)
    assert one is not None
    assert three is not None
    assert one.max() > three.max() > 1 / 3
