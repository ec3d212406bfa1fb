"""The tool that teaches taggers: marked articles, and what a network learns of them."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tagging import ROOT, learn_tagger, states

from pipeline.concept import Concept, ConceptNames, Entry, Slot
from pipeline.config import Config, load
from pipeline.embed import Encoder, States, load_encoder
from pipeline.examples import read_examples, read_places
from pipeline.extract import load_tagger
from pipeline.extract.network import Network
from pipeline.model import Run as Stretch
from pipeline.model import Segment, Span, View

TOOL = learn_tagger()
FOLDERS = "kpo_articles", "kpo_roles", "kpo_denials"
ARTICLES = sorted(path for name in FOLDERS for path in (ROOT / "tools" / name).glob("*.txt"))
UNSCORED = "related"  # marked in articles, and answered by names of terms

plain = st.text("aé漢 字|:-\n.", max_size=6)
names = st.sampled_from(["service", "delivery_model", "x_"])
meanings = st.sampled_from(["-", "degree", "third party", "a:b"])
# A piece of an article: text, or a mark of (slot, value, pieces).
pieces = st.recursive(
    plain, lambda inner: st.tuples(names, meanings, st.lists(inner, max_size=3)), max_leaves=12
)


@pytest.fixture(scope="module")
def config() -> Config:
    return load(ROOT / "configs" / "kpo.yaml")


@pytest.fixture(scope="module")
def concept(config: Config) -> Concept:
    return config.concept


@pytest.fixture(scope="module")
def encoder(config: Config) -> Encoder:
    return load_encoder(config.embed)


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


def test_the_shipped_tagger_knows_the_slots_of_the_concept(concept: Concept) -> None:
    tagger = load_tagger(ROOT / "configs" / "kpo.tagger.npz", "multilingual-e5-small")
    labels = TOOL.labels_of(concept)
    roles = [label for label in labels if label.startswith("location:")]
    assert tagger.labels == (*(label for label in labels if label not in roles), *roles, "denied", "subject")
    assert {"location:provider", "requirement", "broader"} <= set(tagger.labels)


def articles(folder: Path, **texts: str) -> list[Any]:
    """Marked articles, written and read."""
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return list(TOOL.read_articles(folder))


def small() -> Concept:
    """A concept of which passages state two slots, one with values, and names and places one each."""
    given = {"description": "", "exemplars": ("It is so.",)}
    slots = (
        Slot(id="risk", vocabulary="risk", **given),
        Slot(id="example", **given),
        Slot(id="broader", vocabulary="broader", source="names", **given),
        Slot(id="related", vocabulary="related", source="names", description="", exemplars=()),
        Slot(id="location", vocabulary="role", source="places", description="", exemplars=()),
    )
    values = {
        name: (Entry(id="one", label="one"), Entry(id="two", label="two"))
        for name in ("risk", "broader", "related", "role")
    }
    return Concept(name=ConceptNames(id="KPO", label="KPO"), slots=slots, vocabularies=values)


def test_a_slot_of_names_is_told_apart_where_it_has_exemplars() -> None:
    assert TOOL.labels_of(small()) == ("risk", "example", "broader", "location:one", "location:two")


def test_articles_are_read_in_the_order_of_their_names(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("⟦", encoding="utf-8")
    found = articles(tmp_path, pl_b="b", en_c="c", en_a="⟦risk:-|a⟧ x")
    assert [(each.file.name, each.text) for each in found] == [
        ("en_a.txt", "a x"),
        ("en_c.txt", "c"),
        ("pl_b.txt", "b"),
    ]
    assert [len(each.marks) for each in found] == [1, 0, 0]


def test_an_article_whose_marks_do_not_pair_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"en_b\.txt: .*closes nothing"):
        articles(tmp_path, en_a="a", en_b="b⟧")


def test_quotes_are_what_is_marked_of_slots_whose_passages_have_values(tmp_path: Path) -> None:
    marked = (
        "It is ⟦risk:two|a ⟦risk:one|big\nrisk⟧⟧, as ⟦example:-|a bank⟧ says. "
        "⟦location:one|India⟧, ⟦broader:one|a trade⟧, ⟦related:one|a kin⟧, ⟦contrast:one|unlike⟧. "
        "⟦risk:-|Bad⟧; ⟦risk:one|big risk⟧."
    )
    found = TOOL.quotes_of(articles(tmp_path, sv_x=marked, da_y="⟦risk:one|big risk⟧"), small())
    assert found == [
        ("da", "risk", "one", "big risk"),
        ("sv", "risk", "", "Bad"),
        ("sv", "risk", "one", "big risk"),
        ("sv", "risk", "two", "a big risk"),
    ]


def test_quotes_that_were_written_are_read_as_examples(tmp_path: Path) -> None:
    rows = [("en", "risk", "", 'he says "no", and goes'), ("pl", "risk", "one", "zażółć,\u00a0gęślą")]
    TOOL.write_rows(tmp_path / "quotes.csv", TOOL.COLUMNS, rows)
    found = read_examples(tmp_path / "quotes.csv")
    assert [(each.slot, each.value or "", each.text) for each in found] == [row[1:] for row in rows]
    assert b"\r" not in (tmp_path / "quotes.csv").read_bytes()


def rows_of(path: Path) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The header and the rows of a table."""
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = (tuple(row) for row in csv.reader(file))
    return head, rows


def test_the_shipped_tables_are_those_of_the_shipped_articles(config: Config) -> None:
    concept, folder = config.concept, ROOT / "configs"
    marked = TOOL.read_articles(ROOT / "tools" / "kpo_articles")
    read = list(TOOL.segmented(marked, config))
    said = TOOL.said_of_places(read, "location")
    assert len(said) > 1000
    quotes = sorted([*TOOL.quotes_of(marked, concept), *said])
    assert rows_of(folder / str(concept.quotes)) == (("lang", "slot", "value", "text"), quotes)
    places = [(role, code, str(n)) for role, code, n in TOOL.usual_places(read, "location", concept)]
    assert len(places) > 100
    assert rows_of(folder / str(concept.places)) == (("value", "place", "times"), places)


def test_every_shipped_quote_and_phrase_is_with_its_slot_or_value(concept: Concept) -> None:
    tables = (read_examples(ROOT / "configs" / str(name)) for name in (concept.quotes, concept.phrases))
    read = [each for table in tables for each in table]
    slots = {slot.id: slot for slot in concept.slots}
    held: set[tuple[str, str | None, str]] = set()
    for slot in concept.slots:
        held |= {(slot.id, None, text) for text in slot.quotes}
        for entry in concept.vocabularies.get(slot.vocabulary or "", ()):
            held |= {(slot.id, entry.id, text) for text in entry.quotes}
    assert len(read) > 10_000
    # What is said of places tells the slot as well as the role.
    slotted = {(str(each.slot), None, each.text) for each in read if slots[str(each.slot)].source == "places"}
    assert held == {(str(each.slot), each.value, each.text) for each in read} | slotted
    assert {slots[slot].source for slot, _, _ in held} == {"sentences", "places"}


TRADE = """\
⟦location:one|India⟧ and ⟦location:one|Peru⟧ provide it, and ⟦risk:one|costs in ⟦location:two|France⟧ fall⟧.

⟦location:-|Chad⟧ is far. The buyers are ⟦location:two|banks of Spain⟧. It is always ⟦location:one|India⟧.
"""


def test_what_is_said_of_places_leaves_out_which_they_are(tmp_path: Path, config: Config) -> None:
    read = TOOL.segmented(
        articles(tmp_path, en_a=TRADE, en_b="In ⟦location:two|Peru⟧ it grows well."), config
    )
    assert TOOL.said_of_places(read, "location") == [
        ("en", "location", "one", "It is always X"),
        ("en", "location", "one", "X and X provide it"),
        ("en", "location", "two", "In X it grows well"),
        ("en", "location", "two", "The buyers are X"),
        ("en", "location", "two", "and costs in X fall"),
    ]


def test_what_is_said_of_places_in_different_roles_tells_neither(tmp_path: Path, config: Config) -> None:
    text = "⟦location:one|India⟧ sells it to ⟦location:two|France⟧ gladly."
    assert TOOL.said_of_places(TOOL.segmented(articles(tmp_path, en_a=text), config), "location") == []


def test_places_are_counted_by_role_and_country(tmp_path: Path, config: Config) -> None:
    read = list(TOOL.segmented(articles(tmp_path, en_a=TRADE, sv_b="⟦location:one|Indiens⟧ tur."), config))
    counted = TOOL.usual_places(read, "location", small())
    assert counted == [("one", "IN", 3), ("one", "PE", 1), ("two", "ES", 1), ("two", "FR", 1)]
    TOOL.write_rows(tmp_path / "places.csv", TOOL.PLACE_COLUMNS, counted)
    assert [(each.value, each.place, each.times) for each in read_places(tmp_path / "places.csv")] == counted


def test_places_are_moved_with_the_marks_around_them(tmp_path: Path) -> None:
    marked = articles(tmp_path, en_a=TRADE, en_b="No place.", is_c="Á ⟦location:one|Íslandi⟧.")
    moved = list(TOOL.moved(marked, "location", 3))
    assert [each.file.name for each in moved] == ["en_a.txt"] * 3 + ["is_c.txt"] * 3
    assert moved == list(TOOL.moved(marked, "location", 3))
    first = marked[0]
    for copy in moved[:3]:
        assert [(mark.slot, mark.value) for mark in copy.marks] == [(m.slot, m.value) for m in first.marks]
        names = [mark.span.of(copy.text) for mark in copy.marks if mark.slot == "location"]
        (risk,) = (mark.span.of(copy.text) for mark in copy.marks if mark.slot == "risk")
        assert risk == f"costs in {names[2]} fall"
        assert copy.text == (
            f"{names[0]} and {names[1]} provide it, and {risk}.\n\n"
            f"{names[3]} is far. The buyers are {names[4]}. It is always {names[5]}.\n"
        )
    assert len({copy.text for copy in moved[:3]}) == 3


def test_marks_are_found_in_the_states_of_segments(tmp_path: Path, config: Config, encoder: Encoder) -> None:
    text = "KPO is work.\n\nIt takes ⟦requirement:degree|a degree⟧ and time.\n"
    read = list(TOOL.segmented(articles(tmp_path, en_a=text), config))
    first, second = TOOL.read_examples(read, encoder, ("risk", "requirement"))
    (marked,) = TOOL.read_examples(read, encoder, ("risk", "requirement"), "requirement")
    assert (marked.y == second.y).all()
    assert list(TOOL.read_examples(read, encoder, ("risk", "requirement"), "risk")) == []
    # To choose among labels is to read with those alone.
    alone = list(TOOL.read_examples(read, encoder, ("requirement",)))
    chosen = list(TOOL.choosing(("requirement",), ("risk", "requirement"), [first, second]))
    assert [(each.x.tobytes(), each.y.tobytes()) for each in chosen] == [
        (each.x.tobytes(), each.y.tobytes()) for each in alone
    ]
    assert first.y.sum() == 0
    assert second.y[:, :, 0].sum() == 0
    inside, begins = second.y[:, :, 1]
    (spans,) = (state.spans for state in encoder.states(["It takes a degree and time."]))
    assert second.x.shape == (len(spans), encoder.states(["a"])[0].x.shape[1])
    assert inside.tolist() == [float(start < 17 and end > 9) for start, end in spans]
    assert begins.tolist() == [float(t == inside.argmax()) for t in range(len(spans))]


def test_an_article_that_is_read_otherwise_than_it_stands_is_named(tmp_path: Path, config: Config) -> None:
    found = articles(tmp_path, en_a="\ufeffKPO is ⟦risk:-|work⟧.\n")
    with pytest.raises(ValueError, match=r"en_a\.txt.*read otherwise"):
        list(TOOL.segmented(found, config))


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
    marked = TOOL.Marked(Path("en_a.txt"), "**law and work", marks)
    made = TOOL.example_of(segment, state, marked, ("requirement", "location:provider"))
    assert made.y[0].T.tolist() == [[1, 0, 0, 0], [0, 0, 1, 1]]
    assert made.y[1].T.tolist() == [[1, 0, 0, 0], [0, 0, 1, 0]]


def test_axes_are_those_along_which_states_vary_most() -> None:
    dice = np.random.default_rng(0)
    scale = np.r_[np.full(TOOL.AXES, 5.0), np.full(16, 0.1)]
    turn, _ = np.linalg.qr(dice.normal(size=(len(scale), len(scale))))
    x = ((dice.normal(size=(9000, len(scale))) * scale) @ turn.T + 3).astype(np.float32)
    examples = [TOOL.Example(part, np.zeros((2, len(part), 1), np.float32)) for part in np.split(x, 9)]
    mean, axes = TOOL.axes_of(examples)
    assert np.abs(mean - 3).max() < 1.5
    assert axes.shape == (len(scale), TOOL.AXES)
    along = np.concatenate([each.x for each in TOOL.projected(examples, mean, axes)])
    assert along.std() == pytest.approx(1, abs=0.15)
    assert np.abs(axes.T @ turn[:, TOOL.AXES :]).max() < 0.02


def test_a_few_tokens_make_axes_too() -> None:
    x = np.random.default_rng(0).normal(size=(9, TOOL.AXES)).astype(np.float32)
    mean, axes = TOOL.axes_of([TOOL.Example(x, np.zeros((2, 9, 1), np.float32))])
    assert np.isfinite(mean).all()
    assert np.isfinite(axes).all()


def examples() -> list[object]:
    """Texts in which two kinds of tokens are inside what is marked, and a third one is not."""
    dice = np.random.default_rng(0)
    kinds = dice.normal(size=(3, TOOL.AXES)).astype(np.float32)
    made = []
    for length in (3, 4, 5, 6, 8, 8, 9, 12):
        kind = dice.integers(0, 3, size=length)
        x = kinds[kind] + 0.1 * dice.normal(size=(length, TOOL.AXES)).astype(np.float32)
        inside = (kind > 0).astype(np.float32)[:, None]
        made.append(TOOL.Example(x.astype(np.float32), np.stack([inside, inside])))
    return made


def test_teaching_lowers_the_loss_and_repeats_to_the_bit(capsys: pytest.CaptureFixture[str]) -> None:
    import torch

    torch.set_num_threads(1)
    networks = [TOOL.teach(examples(), 1, 24) for _ in range(2)]
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


def test_of_examples_that_teach_one_slot_nothing_else_is_learnt() -> None:
    labels = ("risk", "location:one", "location:two", "denied")
    y = np.ones((2, 3, 4), np.float32)
    (taught,) = TOOL.teaching("location", labels, [TOOL.Example(np.zeros((3, 2), np.float32), y)])
    assert (taught.y[:, :, 1:3] == 1).all()
    assert (taught.y[:, :, [0, 3]] == TOOL.NOT_TAUGHT).all()


@pytest.mark.parametrize(
    ("text", "denies", "denied"),
    [
        ("Nobody needs it.", True, [1, 1, 1]),
        ("Nobody needs it.", False, [0, 0, 0]),
        ("They need ⟦risk:-|it⟧.", True, [TOOL.NOT_TAUGHT, TOOL.NOT_TAUGHT, 0]),
        ("They need ⟦risk:-|it⟧.", False, [0, 0, 0]),
    ],
)
def test_what_has_no_mark_among_denials_denies_a_fact(
    tmp_path: Path, text: str, denies: bool, denied: list[int]
) -> None:
    (tmp_path / "en_a.txt").write_text(text, encoding="utf-8")
    (marked,) = TOOL.read_articles(tmp_path, denies=denies)
    words = [match.span() for match in re.finditer(r"\w+", marked.text)]
    state = States(np.array(words, np.int32), np.ones((3, 2), np.float32))
    length = len(marked.text)
    segment = Segment(
        "s", "sentence", Span(0, length), View(marked.text, (Stretch(0, length, 0, length),)), 0
    )
    example = TOOL.example_of(segment, state, marked, ("risk", "denied"))
    assert example.y[0, :, 1].tolist() == denied
    assert example.y[0, :, 0].tolist() == [0, 0, float("⟦" in text)]


def test_labels_that_are_not_taught_cost_nothing() -> None:
    import torch

    torch.manual_seed(0)
    network = TOOL.Network(2).eval()
    x = np.random.default_rng(0).normal(size=(3, TOOL.AXES)).astype(np.float32)
    y = np.array([[[1, 0], [0, 0], [1, 1]], [[1, 0], [0, 0], [0, 1]]], np.float32)

    def loss(*labels: int) -> float:
        taught = np.isin(np.arange(2), labels)
        example = TOOL.Example(x, np.where(taught, y, TOOL.NOT_TAUGHT).astype(np.float32))
        return float(TOOL.loss_of(network, TOOL.side_by_side([example])))

    assert loss() == 0
    assert min(loss(0), loss(1)) > 0
    assert loss(0, 1) == pytest.approx(loss(0) + loss(1))


def of_chance(labels: tuple[str, ...], seed: int) -> dict[str, Any]:
    """A network with weights of chance."""
    import torch

    torch.manual_seed(seed)
    network = TOOL.Network(len(labels), TOOL.SMALL).eval()
    return {"labels": np.array(labels), **TOOL.weights_of(network)}


def said(networks: list[dict[str, Any]], tmp_path: Path) -> dict[str, np.ndarray]:
    """What a tagger of these networks makes of a text, by label: inside and first."""
    path = tmp_path / "tagger.npz"
    named = {"version": np.array(TOOL.VERSION), "encoder": np.array("small")}
    np.savez(path, allow_pickle=False, **named, **TOOL.kept_as(networks))
    tagger = load_tagger(path, "small")
    (made,) = tagger._outputs([states(9, 3)])
    k = len(tagger.labels)
    return {label: made[:, [n, k + n]] for n, label in enumerate(tagger.labels)}


def test_networks_side_by_side_say_what_each_says_alone(tmp_path: Path) -> None:
    one = of_chance(("risk", "location:one", "benefit"), 1)
    other = of_chance(("location:one", "denied"), 2)
    alone = said([one], tmp_path) | said([other], tmp_path)
    both = said([TOOL.without(one, ["location:one", "denied"]), other], tmp_path)
    assert list(both) == ["risk", "benefit", "location:one", "denied"]
    assert {label: made.tobytes() for label, made in both.items()} == {
        label: alone[label].tobytes() for label in both
    }


def test_a_network_for_states_along_axes_becomes_one_for_states() -> None:
    network = of_chance(("risk",), 1)
    weights = {name: array for name, array in network.items() if name != "labels"}
    dice = np.random.default_rng(0)
    x, mean = dice.normal(size=(2, 9, TOOL.AXES)).astype(np.float32), dice.normal(size=TOOL.AXES)
    axes, _ = np.linalg.qr(dice.normal(size=(TOOL.AXES, TOOL.AXES)))
    turned = TOOL.along(weights, mean.astype(np.float32), axes.astype(np.float32))
    plain, along = (
        Network({name: array.astype(np.float32) for name, array in each.items()})
        for each in (weights, turned)
    )
    moved = [((each - mean) @ axes).astype(np.float32) for each in x]
    for one, other in zip(plain(moved), along(list(x)), strict=True):
        assert np.abs(one - other).max() < 1e-4
        assert one.std() > 0.01


TREE = """# text = Despite the growth of KPO, the firms that do BPO remain.
1\tDespite\tdespite\tADP\t_\t_\t3\tcase\t_\t_
2\tthe\tthe\tDET\t_\t_\t3\tdet\t_\t_
3\tgrowth\tgrowth\tNOUN\t_\t_\t12\tobl\t_\t_
4\tof\tof\tADP\t_\t_\t5\tcase\t_\t_
5\tKPO\tKPO\tPROPN\t_\t_\t3\tnmod\t_\tSpaceAfter=No
6\t,\t,\tPUNCT\t_\t_\t12\tpunct\t_\t_
7\tthe\tthe\tDET\t_\t_\t8\tdet\t_\t_
8\tfirms\tfirm\tNOUN\t_\t_\t12\tnsubj\t_\t_
9\tthat\tthat\tPRON\t_\t_\t10\tnsubj\t_\t_
10\tdo\tdo\tVERB\t_\t_\t8\tacl:relcl\t_\t_
11\tBPO\tBPO\tPROPN\t_\t_\t10\tobj\t_\t_
12\tremain\tremain\tVERB\t_\t_\t0\troot\t_\tSpaceAfter=No
13\t.\t.\tPUNCT\t_\t_\t12\tpunct\t_\t_
"""


def test_the_subject_of_a_sentence_is_what_hangs_on_its_root_without_clauses(tmp_path: Path) -> None:
    import treebank

    path = tmp_path / "tree.conllu"
    path.write_text(TREE, encoding="utf-8")
    (((sentence,),),) = treebank.read_documents(path)
    text, places = treebank.placed(sentence)
    assert text == TREE.splitlines()[0].removeprefix("# text = ")
    assert [text[start:end] for start, end in places] == [token.text for token in sentence]
    assert [token.text for token in sentence if token.subject] == ["the", "firms"]
    state = States(np.array(places, np.int32), np.ones((len(places), 2), np.float32))
    subject = [Span(*place) for place, token in zip(places, sentence, strict=True) if token.subject]
    example = TOOL.example_of_subject(state, subject)
    assert example.y[0, :, 0].nonzero()[0].tolist() == [6, 7]
    assert (example.y[1] == TOOL.NOT_TAUGHT).all()
