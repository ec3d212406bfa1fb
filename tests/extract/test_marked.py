"""What the tagger marks inside clauses that state something else, on records made by hand."""

import re
from collections.abc import Sequence

import numpy as np
import pytest
from tagging import tags

from pipeline.concept import Concept, ConceptNames, Slot
from pipeline.config import ExtractSettings
from pipeline.extract import Judge
from pipeline.extract.context import Context
from pipeline.extract.facts import Statement
from pipeline.extract.heads import Head
from pipeline.extract.marked import Marked, confirmed, find_marked
from pipeline.extract.passages import Passage
from pipeline.extract.subject import Subjects
from pipeline.model import Article, Block, Document, Run, Segment, Span, View
from pipeline.vectors import Floats

TEXT = "BPO waits while analysts with a doctorate, at last, save weeks of work."
DEGREE = Span(TEXT.index("a doctorate"), TEXT.index(", at last"))
CLAUSE = Span(TEXT.index("analysts"), len(TEXT) - 1)
WORDS = [Span(*match.span()) for match in re.finditer(r"\w+", TEXT)]
SLOTS = {
    "requirement": Slot(id="requirement", description="", exemplars=(), split=True),
    "benefit": Slot(id="benefit", description="", exemplars=()),
    "definition": Slot(id="definition", description="", exemplars=(), whole=True),
}
LABELS = ("requirement", "benefit", "definition", "contrast")


def concept(**changes: object) -> Concept:
    """A concept of three slots, that of requirements changed."""
    slots = SLOTS | {"requirement": SLOTS["requirement"].model_copy(update=changes)}
    return Concept(name=ConceptNames(id="KPO", label="KPO"), slots=tuple(slots.values()))


def article() -> Article:
    document = Document("d", "a.txt", "en", TEXT, "0" * 64, "utf-8")
    everything = Span(0, len(TEXT))
    view = View(TEXT, (Run(0, len(TEXT), 0, len(TEXT)),))
    return Article(
        document, (), (Block("paragraph", everything),), (Segment("s", "sentence", everything, view, 0),)
    )


def context(about: str = "KPO", named: tuple[tuple[Span, str], ...] = ()) -> Context:
    subjects = Subjects("KPO", (about,), (named,))
    return Context(article(), subjects, np.zeros((1, 4), np.float32), np.ones((1, 4), np.float32))


def passage(marked: Span = DEGREE, label: str = "requirement", p: float = 0.95) -> Passage:
    """The sentence, `marked` as `label` with probability `p` a token, all else hardly."""
    inside = [[p if word.overlap(marked) and name == label else 0.01 for name in LABELS] for word in WORDS]
    made = tags([(word.start, word.end) for word in WORDS], inside, labels=LABELS)
    x = np.eye(3, dtype=np.float32)
    return Passage(0, 0, (Span(0, 9), CLAUSE), (2, 9), (), x[:2], x[0], {}, made)


def states(slot: str, span: Span = CLAUSE, **changes: object) -> Statement:
    """What the heads found in `span`."""
    own = next(each for each in concept(**changes).slots if each.id == slot)
    return Statement(own, passage(), span, np.zeros(3, np.float32), 0.9)


def found(
    where: Passage,
    statements: Sequence[Statement] = (),
    *,
    around: Context | None = None,
    settings: ExtractSettings | None = None,
    **changes: object,
) -> list[tuple[str, str]]:
    told = concept(**changes)
    # As in a run, a statement's slot is the very one of the concept.
    own = {slot.id: slot for slot in told.slots}
    before = [Statement(own[s.slot.id], s.passage, s.span, s.x, s.p) for s in statements]
    made = find_marked(where, before, around or context(), told, settings or ExtractSettings())
    return [(one.slot.id, one.span.of(TEXT)) for one in made]


def test_what_is_listed_one_by_one_is_found_inside_a_clause_of_another_slot() -> None:
    assert found(passage(), [states("benefit")]) == [("requirement", "a doctorate")]


def test_a_slot_whose_values_are_not_listed_is_not_found_inside_a_clause_of_another() -> None:
    assert found(passage(), [states("benefit")], split=False) == []
    assert found(passage(), [states("benefit", Span(0, 9))], split=False) == [("requirement", "a doctorate")]


def test_what_a_sentence_states_as_a_whole_hides_no_part_of_it() -> None:
    everything = Span(0, len(TEXT))
    assert found(passage(), [states("definition", everything)], split=False) == [
        ("requirement", "a doctorate")
    ]


@pytest.mark.parametrize("split", [True, False])
def test_what_was_found_already_is_not_found_again(split: bool) -> None:
    assert found(passage(), [states("requirement")], split=split) == []
    assert found(passage(), [states("requirement", DEGREE)], split=split) == []
    elsewhere = found(passage(), [states("requirement", Span(0, 9))], split=split)
    assert elsewhere == [("requirement", "a doctorate")]


def test_what_is_said_of_a_neighbour_is_left_out() -> None:
    assert found(passage(), around=context("BPO")) == []
    assert found(passage(), around=context(named=((Span(0, 3), "BPO"),))) == []
    open_to_all = ExtractSettings(subject=False)
    assert found(passage(), around=context("BPO"), settings=open_to_all) == [("requirement", "a doctorate")]


def test_what_is_hardly_marked_is_left_out() -> None:
    assert found(passage(p=0.89)) == []
    assert found(passage(p=0.91)) == [("requirement", "a doctorate")]


@pytest.mark.parametrize("changes", [{"whole": True}, {"aside": True}, {"source": "names"}])
def test_slots_that_clauses_do_not_answer_are_not_marked(changes: dict[str, object]) -> None:
    assert found(passage(), **changes) == []


def test_slots_that_the_tagger_does_not_know_are_not_marked() -> None:
    assert found(passage(), id="unheard_of") == []


def test_without_tags_nothing_is_marked() -> None:
    bare = passage()
    untold = Passage(0, 0, bare.parts, bare.lengths, bare.lists, bare.x, bare.whole, bare.items)
    assert found(untold) == []


def judge() -> Judge:
    """Takes the first component of a vector for requirements, and the second for benefits."""
    nothing = np.zeros((0, 2), np.float32)
    layers = ((np.eye(2, dtype=np.float32), np.zeros(2, np.float32)),)
    head = Head(("requirement", "benefit"), layers, nothing, np.zeros(0, np.intp), near=0.0)
    return Judge(np.zeros(2, np.float32), np.eye(2, dtype=np.float32), head, head, head, {}, {}, {})


def test_only_what_the_heads_take_for_the_slot_is_confirmed() -> None:
    asked: list[list[str]] = []
    odds = {"a doctorate": (2.0, 0.0), "weeks of work": (0.0, 2.0), "analysts": (0.5, 0.4)}

    def encode(texts: Sequence[str]) -> Floats:
        asked.append(list(texts))
        return np.array([odds[text] for text in texts], np.float32)

    def marked(part: str) -> Marked:
        start = TEXT.index(part)
        return Marked(SLOTS["requirement"], passage(), Span(start, start + len(part)), 0.9)

    made = confirmed([marked(part) for part in odds], [article()], judge(), encode)
    assert asked == [list(odds)]
    assert [one.span.of(TEXT) for one in made] == ["a doctorate", "analysts"]
    assert {one.slot.id for one in made} == {"requirement"}
    share = 1 / (1 + np.exp(-2))
    assert made[0].p == pytest.approx((0.9 * share) ** 0.5)
    assert made[0].x.tolist() == [2, 0]


def test_where_nothing_is_marked_nothing_is_encoded() -> None:
    def encode(texts: Sequence[str]) -> Floats:
        raise AssertionError(texts)

    assert confirmed([], [article()], judge(), encode) == []
