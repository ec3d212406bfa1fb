"""What is stated inside clauses that state something else, on records made by hand."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from one_sentence import article, context
from tagging import tags

from pipeline.concept import Concept, ConceptNames, Slot
from pipeline.config import ExtractSettings
from pipeline.extract import Judge, passages, passing
from pipeline.extract.context import Context
from pipeline.extract.enumerations import enumerations
from pipeline.extract.facts import Statement
from pipeline.extract.heads import Head
from pipeline.extract.nearness import exemplars
from pipeline.extract.passages import Passage
from pipeline.extract.passing import Candidate, confirmed, find_candidates
from pipeline.model import Span
from pipeline.vectors import Floats

TEXT = "BPO waits while analysts with a doctorate, at last, save weeks of work."
DEGREE = Span(TEXT.index("a doctorate"), TEXT.index(", at last"))
CLAUSE = Span(TEXT.index("analysts"), len(TEXT) - 1)
WORDS = [Span(*match.span()) for match in re.finditer(r"\w+", TEXT)]
LISTING = "Lawyers in Pune live on patents, trials and tariffs."
(LISTED,) = enumerations(LISTING, "en")
SLOTS = {
    "requirement": Slot(id="requirement", description="", exemplars=(), split=True),
    "benefit": Slot(id="benefit", description="", exemplars=()),
    "definition": Slot(id="definition", description="", exemplars=(), whole=True),
}
LABELS = ("requirement", "benefit", "definition", "contrast")
MADE = [("requirement", "a doctorate")]
FOUND = [("requirement", "patents, trials and tariffs")]


def concept(**changes: object) -> Concept:
    """A concept of three slots, that of requirements changed."""
    slots = SLOTS | {"requirement": SLOTS["requirement"].model_copy(update=changes)}
    return Concept(name=ConceptNames(id="KPO", label="KPO"), slots=tuple(slots.values()))


def passage(marked: Span = DEGREE, label: str = "requirement", p: float = 0.95) -> Passage:
    """The sentence, `marked` as `label` with probability `p` a token, all else hardly."""
    inside = [[p if word.overlap(marked) and name == label else 0.01 for name in LABELS] for word in WORDS]
    made = tags([(word.start, word.end) for word in WORDS], inside, labels=LABELS)
    x = np.eye(3, dtype=np.float32)
    return Passage(0, 0, (Span(0, 9), CLAUSE), (2, 9), (), x[:2], x[0], tags=made)


def listing(share: float | None = None) -> Passage:
    """The sentence that lists; of all of it the tagger makes `share` of a requirement, if there is one."""
    everything = (0, len(LISTING) - 1)
    made = None if share is None else tags([everything], [[share, 0, 0, 0]], labels=LABELS)
    x = np.eye(3, dtype=np.float32)
    return Passage(0, 0, (Span(*everything),), (9,), (LISTED,), x[:1], x[0], tags=made)


def states(slot: str, span: Span = CLAUSE) -> Statement:
    """What the heads found in `span`."""
    return Statement(SLOTS[slot], passage(), span, np.zeros(3, np.float32), 0.9)


def candidates(
    where: Passage,
    text: str,
    statements: Sequence[Statement] = (),
    around: Context | None = None,
    settings: ExtractSettings | None = None,
    **changes: object,
) -> list[Candidate]:
    told = concept(**changes)
    # As in a run, a statement's slot is the very one of the concept.
    own = dict(zip(SLOTS, told.slots, strict=True))
    before = [Statement(own[s.slot.id], s.passage, s.span, s.x, s.p) for s in statements]
    return list(find_candidates(where, before, around or context(text), told, settings or ExtractSettings()))


def found(
    where: Passage,
    statements: Sequence[Statement] = (),
    around: Context | None = None,
    settings: ExtractSettings | None = None,
    **changes: object,
) -> list[tuple[str, str]]:
    made = candidates(where, TEXT, statements, around, settings, **changes)
    return [(one.slot.id, one.span.of(TEXT)) for one in made]


def enumerated(
    share: float | None,
    statements: Sequence[Statement] = (),
    around: Context | None = None,
    **changes: object,
) -> list[tuple[str, str]]:
    """What is found in the sentence that lists, where requirements may be listed in passing."""
    made = candidates(listing(share), LISTING, statements, around, None, **{"in_passing": True, **changes})
    return [(one.slot.id, one.span.of(LISTING)) for one in made]


def test_what_is_listed_one_by_one_is_found_inside_a_clause_of_another_slot() -> None:
    assert found(passage(), [states("benefit")]) == MADE


def test_a_slot_whose_values_are_not_listed_is_not_found_inside_a_clause_of_another() -> None:
    assert found(passage(), [states("benefit")], split=False) == []
    assert found(passage(), [states("benefit", Span(0, 9))], split=False) == MADE


def test_what_a_sentence_states_as_a_whole_hides_no_part_of_it() -> None:
    everything = Span(0, len(TEXT))
    assert found(passage(), [states("definition", everything)], split=False) == MADE


@pytest.mark.parametrize("split", [True, False])
def test_what_was_found_already_is_not_found_again(split: bool) -> None:
    assert found(passage(), [states("requirement")], split=split) == []
    assert found(passage(), [states("requirement", DEGREE)], split=split) == []
    assert found(passage(), [states("requirement", Span(0, 9))], split=split) == MADE


def test_what_is_said_of_a_neighbour_is_left_out() -> None:
    assert found(passage(), around=context(TEXT, "BPO")) == []
    assert found(passage(), around=context(TEXT, named=((Span(0, 3), "BPO"),))) == []
    open_to_all = ExtractSettings(subject=False)
    assert found(passage(), around=context(TEXT, "BPO"), settings=open_to_all) == MADE


@pytest.mark.parametrize(
    ("in_passing", "doubtful", "more"), [(True, {0}, True), (True, {1}, False), (False, {0}, False)]
)
def test_what_may_be_a_neighbours_must_be_surer(in_passing: bool, doubtful: set[int], more: bool) -> None:
    told = context(TEXT)
    around = replace(told, subjects=replace(told.subjects, doubtful=frozenset(doubtful)))
    (usual,) = candidates(passage(), TEXT, in_passing=in_passing)
    (one,) = candidates(passage(), TEXT, around=around, in_passing=in_passing)
    assert (one.least > usual.least) == more


def test_what_is_hardly_marked_is_left_out() -> None:
    assert found(passage(p=passages._MARK - 0.01)) == []
    assert found(passage(p=passages._MARK + 0.01)) == MADE


@pytest.mark.parametrize("changes", [{"whole": True}, {"aside": True}, {"source": "names"}])
def test_slots_that_clauses_do_not_answer_are_not_marked(changes: dict[str, Any]) -> None:
    assert found(passage(), **changes) == []


def test_what_is_set_side_by_side_is_never_marked() -> None:
    assert found(passage(label="contrast"), id="contrast") == []
    assert found(passage(label="benefit")) == [("benefit", "a doctorate")]


def test_slots_that_the_tagger_does_not_know_are_not_marked() -> None:
    assert found(passage(), id="unheard_of") == []


def test_without_tags_nothing_is_marked() -> None:
    bare = passage()
    untold = Passage(0, 0, bare.parts, bare.lengths, bare.lists, bare.x, bare.whole)
    assert found(untold) == []


@pytest.mark.parametrize("share", [None, passing._LIST + 0.01, 0.45])
def test_an_enumeration_in_passing_is_found_with_a_tagger_and_without(share: float | None) -> None:
    assert enumerated(share) == FOUND


def test_an_enumeration_is_read_item_by_item() -> None:
    (one,) = candidates(listing(0.4), LISTING, in_passing=True)
    assert [part.of(LISTING) for part in one.parts] == ["patents", "trials", "tariffs"]
    assert one.p == 1


def test_an_enumeration_of_which_the_tagger_makes_little_is_not_found() -> None:
    assert enumerated(passing._LIST - 0.01) == []
    # Of a slot that it does not know it makes neither much nor little.
    assert enumerated(passing._LIST - 0.01, id="unheard_of") == [
        ("unheard_of", "patents, trials and tariffs")
    ]


def test_only_slots_whose_values_are_listed_in_passing_are_found_in_enumerations() -> None:
    assert enumerated(None, in_passing=False) == []


@pytest.mark.parametrize("share", [None, 0.4])
def test_an_enumeration_inside_a_statement_of_its_slot_is_not_found_again(share: float | None) -> None:
    inside, before = Span(0, len(LISTING)), Span(0, LISTED.span.start)
    assert enumerated(share, [states("requirement", inside)]) == []
    assert enumerated(share, [states("requirement", LISTED.items[-1])]) == []
    assert enumerated(share, [states("requirement", before), states("benefit", inside)]) == FOUND


def test_an_enumeration_of_a_neighbour_is_left_out() -> None:
    assert enumerated(None, around=context(LISTING, "BPO")) == []


def judge() -> Judge:
    """Takes the first component of a vector for requirements, and the second for benefits."""
    layers = ((np.eye(2, dtype=np.float32), np.zeros(2, np.float32)),)
    head = Head(("requirement", "benefit"), layers, exemplars(np.zeros((0, 2), np.float32), ()), near=0.0)
    return Judge(np.zeros(2, np.float32), np.eye(2, dtype=np.float32), head, head, head, {}, {}, {})


def candidate(
    *parts: str,
    p: float = 0.9,
    least: float = 0.7,
    slot: str = "requirement",
    where: Passage | None = None,
    text: str = TEXT,
) -> Candidate:
    """A candidate of `parts` of the text, which stand in this order."""
    spans = tuple(Span(text.index(part), text.index(part) + len(part)) for part in parts)
    everything = Span(spans[0].start, spans[-1].end)
    return Candidate(SLOTS[slot], where or passage(), everything, spans, p, least)


def read(
    some: Sequence[Candidate], shares: Mapping[str, float], text: str = TEXT
) -> tuple[list[Statement], list[list[str]]]:
    """What is confirmed where texts are requirements as surely as `shares` says, and what was encoded."""
    asked: list[list[str]] = []

    def encode(texts: Sequence[str]) -> Floats:
        asked.append(list(texts))
        return np.array([(np.log(shares[text]), np.log(1 - shares[text])) for text in texts], np.float32)

    return confirmed(some, [article(text)], judge(), encode), asked


def test_only_what_the_heads_take_for_the_slot_is_confirmed() -> None:
    shares = {"a doctorate": 0.9, "weeks of work": 0.1, "analysts": 0.55}
    made, asked = read([candidate(part) for part in shares], shares)
    assert asked == [sorted(shares)]
    assert [one.span.of(TEXT) for one in made] == ["a doctorate", "analysts"]
    assert {one.slot.id for one in made} == {"requirement"}
    assert made[0].p == pytest.approx((0.9 * 0.9) ** 0.5)
    assert made[0].x.tolist() == pytest.approx([np.log(0.9), np.log(0.1)])


@pytest.mark.parametrize("more", [0.0, 0.05, -0.05])
def test_what_is_marked_and_its_reading_make_up_for_each_other(more: float) -> None:
    (found_,) = candidates(passage(), TEXT)
    p, share = found_.least + more, found_.least**2 / (found_.least + more) + 0.005
    (one,), _ = read([replace(found_, p=p)], {"a doctorate": share})
    assert one.p == pytest.approx((p * share) ** 0.5)
    assert read([replace(found_, p=p - 0.02)], {"a doctorate": share})[0] == []
    assert read([replace(found_, p=p)], {"a doctorate": share - 0.02})[0] == []


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
def test_an_enumeration_is_as_sure_as_its_middle_item(order: tuple[int, ...]) -> None:
    (one,) = candidates(listing(), LISTING, in_passing=True)
    items = [part.of(LISTING) for part in one.parts]
    enough, little = one.least**2 + 0.02, one.least**2 - 0.02
    shares = dict(zip(items, np.array([0.02, enough, enough + 0.1])[list(order)], strict=True))
    (made,), asked = read([one], shares, LISTING)
    assert asked == [["patents", "tariffs", "trials"]]
    assert made.span == LISTED.span
    assert made.p == pytest.approx(enough**0.5)
    assert made.x[0] == pytest.approx(np.log(list(shares.values())).mean())
    shares = dict(zip(items, np.array([0.3, little, 0.99])[list(order)], strict=True))
    assert read([one], shares, LISTING)[0] == []


def test_of_two_that_overlap_the_first_is_kept() -> None:
    where = passage()
    shares = {"analysts with a doctorate": 0.9, "a doctorate": 0.9, "weeks of work": 0.9}
    some = [candidate(part, where=where) for part in shares]
    assert [one.span.of(TEXT) for one in read(some, shares)[0]] == [
        "analysts with a doctorate",
        "weeks of work",
    ]
    assert [one.span.of(TEXT) for one in read(some[::-1], shares)[0]] == ["weeks of work", "a doctorate"]
    # What is not confirmed stands in nobody's way.
    unsure = shares | {"analysts with a doctorate": 0.2}
    assert [one.span.of(TEXT) for one in read(some, unsure)[0]] == ["a doctorate", "weeks of work"]


def test_of_two_slots_or_passages_both_are_kept() -> None:
    one, other = passage(), passage()
    of_two_slots = [
        candidate("a doctorate", where=one, slot=slot, least=0.6) for slot in ("requirement", "benefit")
    ]
    assert [each.slot.id for each in read(of_two_slots, {"a doctorate": 0.5})[0]] == [
        "requirement",
        "benefit",
    ]
    of_two_passages = [candidate("a doctorate", where=where) for where in (one, other)]
    assert len(read(of_two_passages, {"a doctorate": 0.9})[0]) == 2


def test_where_nothing_is_a_candidate_nothing_is_encoded() -> None:
    assert read([], {}) == ([], [])
