"""The tool that teaches taggers: marked articles, and what a network learns of them."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tagging import ROOT, States, learn_tagger

from pipeline.concept import Concept
from pipeline.config import load
from pipeline.extract import load_tagger
from pipeline.model import Run as Stretch
from pipeline.model import Segment, Span, View

TOOL = learn_tagger()
ARTICLES = sorted((ROOT / "tools" / "kpo_articles").glob("*.txt"))
UNSCORED = "related"  # marked in articles, and answered by names of terms

plain = st.text("aé漢 字|:-\n.", max_size=6)
names = st.sampled_from(["service", "delivery_model", "x_"])
meanings = st.sampled_from(["-", "degree", "third party", "a:b"])
# A piece of an article: text, or a mark of (slot, value, pieces).
pieces = st.recursive(
    plain, lambda inner: st.tuples(names, meanings, st.lists(inner, max_size=3)), max_leaves=12
)


@pytest.fixture(scope="module")
def concept() -> Concept:
    return load(ROOT / "configs" / "kpo.yaml").concept


def written(parts: list[object]) -> tuple[str, str, list[tuple[str, str, str]]]:
    """The marked text of pieces, the same without its marks, and (slot, value, text) of each mark."""
    marked, bare = "", ""
    marks: list[tuple[str, str, str]] = []
    for part in parts:
        if isinstance(part, str):
            marked, bare = marked + part, bare + part
        else:
            assert isinstance(part, tuple)
            slot, value, inner = part
            inner_marked, inner_bare, inner_marks = written(inner)
            marked, bare = f"{marked}⟦{slot}:{value}|k{inner_marked}⟧", f"{bare}k{inner_bare}"
            marks += [*inner_marks, (slot, value, f"k{inner_bare}")]
    return marked, bare, marks


@given(st.lists(pieces, max_size=5))
def test_marks_are_of_the_text_between_them(parts: list[object]) -> None:
    marked, bare, marks = written(parts)
    text, found = TOOL.unmarked(marked)
    assert text == bare
    assert [(mark.slot, mark.value, mark.span.of(text)) for mark in found] == marks


def test_a_mark_stands_where_its_text_stands() -> None:
    text, found = TOOL.unmarked("So ⟦definition:-|KPO is ⟦broader:outsourcing|work⟧⟧, ⟦scope:core|work⟧.")
    assert text == "So KPO is work, work."
    assert [(mark.slot, mark.span) for mark in found] == [
        ("broader", Span(10, 14)),
        ("definition", Span(3, 14)),
        ("scope", Span(16, 20)),
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a ⟦risk:-|b", "not closed.*risk"),
        ("⟦risk:-|⟦benefit:x|b⟧ c", "not closed.*risk"),
        ("a b⟧ c", "closes nothing after 'a b'"),
        ("⟦risk:-|a⟧⟧", "closes nothing"),
    ],
)
def test_marks_that_do_not_pair_are_refused(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        TOOL.unmarked(text)


@pytest.mark.parametrize(
    "text", ["a ⟦risk|b⟧", "⟦Risk:-|b⟧", "⟦risk:|b⟧", "⟦risk-|b", "⟦Risk:-|b ⟦risk:-|y⟧⟧"]
)
def test_a_mark_that_is_miswritten_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"mark|not a span"):
        TOOL.unmarked(text)


def test_there_are_articles_in_many_languages() -> None:
    assert len(ARTICLES) > 100
    assert len({path.name.split("_")[0] for path in ARTICLES}) >= 20


@pytest.mark.parametrize("lang", sorted({path.name.split("_")[0] for path in ARTICLES}))
def test_articles_mark_slots_and_values_of_the_concept(lang: str, concept: Concept) -> None:
    allowed = {
        slot.id: {e.id for e in concept.vocabularies.get(slot.vocabulary or "", ())} for slot in concept.slots
    }
    wrong = []
    for path in ARTICLES:
        if path.name.split("_")[0] != lang:
            continue
        text, marks = TOOL.unmarked(path.read_text(encoding="utf-8"))
        assert marks, path.name
        assert not re.search("[⟦⟧]", text), path.name
        for mark in marks:
            # A country has a role, or the article gives it none.
            known = mark.slot in allowed and mark.value in {*allowed[mark.slot], "-"}
            if (not known and mark.slot != UNSCORED) or not mark.span.of(text).strip():
                wrong.append(f"{path.name}: {mark.slot}:{mark.value}|{mark.span.of(text)}")
    assert wrong == []


def test_the_shipped_tagger_knows_the_slots_and_values_of_the_concept(concept: Concept) -> None:
    tagger = load_tagger(ROOT / "configs" / "kpo.tagger.npz", "multilingual-e5-small")
    assert tagger.labels == TOOL.labels_of(concept)
    assert tagger.values == TOOL.values_of(concept)
    assert {"location:provider", "requirement", "broader"} <= set(tagger.labels)


def test_tokens_learn_what_marks_of_the_file_say_of_them() -> None:
    # The segment's clean text lacks the two stars before it in the file.
    segment = Segment("s", "sentence", Span(2, 14), View("law and work", (Stretch(0, 12, 2, 12),)), 0)
    spans = np.array([(0, 3), (4, 7), (8, 10), (10, 12)], np.int32)
    state = States(spans, np.ones((4, 2), np.float32))
    marks = (
        TOOL.Mark("requirement", "degree", Span(2, 5)),
        TOOL.Mark("location", "provider", Span(10, 14)),
        TOOL.Mark("related", "x", Span(2, 14)),
        TOOL.Mark("requirement", "-", Span(20, 30)),
    )
    labels, values = ("requirement", "location:provider"), ("requirement:judgement", "requirement:degree")
    made = TOOL.example_of(segment, state, marks, labels, values)
    assert made.y[0].T.tolist() == [[1, 0, 0, 0], [0, 0, 1, 1]]
    assert made.y[1].T.tolist() == [[1, 0, 0, 0], [0, 0, 1, 0]]
    assert made.values == ((0, 1, 1),)


def test_axes_are_those_along_which_states_vary_most() -> None:
    dice = np.random.default_rng(0)
    scale = np.r_[np.full(TOOL.AXES, 5.0), np.full(16, 0.1)]
    turn, _ = np.linalg.qr(dice.normal(size=(len(scale), len(scale))))
    x = ((dice.normal(size=(900, len(scale))) * scale) @ turn.T + 3).astype(np.float32)
    examples = [TOOL.Example(part, np.zeros((2, len(part), 1), np.float32), ()) for part in np.split(x, 9)]
    mean, axes = TOOL.axes_of(examples)
    assert np.abs(mean - 3).max() < 1.5
    assert axes.shape == (len(scale), TOOL.AXES)
    along = np.concatenate([each.x for each in TOOL.projected(examples, mean, axes)])
    assert along.std() == pytest.approx(1, abs=0.15)
    assert np.abs(axes.T @ turn[:, TOOL.AXES :]).max() < 0.02


def examples() -> list[object]:
    """Texts in which one kind of token is a requirement of a degree, another one of judgement."""
    dice = np.random.default_rng(0)
    kinds = dice.normal(size=(3, TOOL.AXES)).astype(np.float32)
    made = []
    for length in (3, 4, 5, 6, 8, 8, 9, 12):
        kind = dice.integers(0, 3, size=length)
        x = kinds[kind] + 0.1 * dice.normal(size=(length, TOOL.AXES)).astype(np.float32)
        inside = (kind > 0).astype(np.float32)[:, None]
        values = tuple((t, t + 1, int(kind[t]) - 1) for t in range(length) if kind[t])
        made.append(TOOL.Example(x.astype(np.float32), np.stack([inside, inside]), values))
    return made


def test_teaching_lowers_the_loss_and_repeats_to_the_bit(capsys: pytest.CaptureFixture[str]) -> None:
    import torch

    torch.set_num_threads(1)
    networks = [TOOL.teach(examples(), 1, 2, 24) for _ in range(2)]
    losses = [float(loss) for loss in re.findall(r"loss ([\d.]+)", capsys.readouterr().out)]
    assert len(losses) == 48
    assert losses[23] < losses[0] / 2
    one, two = (TOOL.weights_of(network) for network in networks)
    assert {name: each.tobytes() for name, each in one.items()} == {
        name: each.tobytes() for name, each in two.items()
    }


def test_batches_hold_every_example_once_and_fill_up_with_nothing() -> None:
    made = list(TOOL.batched(examples()))
    assert sum(len(batch.x) for batch in made) == 8
    assert sum(float(batch.mask.sum()) for batch in made) == 55
    for batch in made:
        assert float((batch.x.abs().sum(-1) * (1 - batch.mask)).sum()) == 0
        assert float((batch.y.sum(-1) * (1 - batch.mask)).sum()) == 0
        for row, start, end, _ in batch.values:
            assert float(batch.mask[row, start:end].sum()) == end - start
