"""What is cut into clauses, and what becomes of its vectors, on records made by hand."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from one_sentence import article
from tagging import LABELS, tags

from pipeline.extract import Tags, passages
from pipeline.extract.passages import Passage, cut_passages, pool
from pipeline.model import Annotations, Group, Mention, Span
from pipeline.model import Passage as Side
from pipeline.vectors import Floats

TEXT = "KPO takes experts, while costs fall for every client."
CLAUSES = ("KPO takes experts", "while costs fall for every client")
PARTS = tuple(Span(TEXT.index(clause), TEXT.index(clause) + len(clause)) for clause in CLAUSES)
NOTES = Annotations(((),), ())
chance = st.floats(0, 1, width=32)
shares = st.lists(chance, min_size=len(LABELS), max_size=len(LABELS))


def seen(*inside: Sequence[float]) -> Tags:
    """What a tagger makes of each clause."""
    return tags([(part.start, part.end) for part in PARTS], inside)


def cut(made: Tags | None, cuttable: bool = True) -> tuple[Passage, list[list[str]]]:
    """The passage of the sentence, and what was encoded for it."""
    asked: list[list[str]] = []

    def encode(texts: Sequence[str]) -> Floats:
        asked.append(list(texts))
        return np.array([[len(text), 1] for text in texts], np.float32)

    (passage,) = cut_passages(
        [article(TEXT)],
        [NOTES],
        [np.array([[3, 4]], np.float32)],
        [np.array([[5, 6, 7]], np.float32)],
        lambda a, s: True,
        lambda a, s: cuttable,
        encode,
        None if made is None else lambda texts: [made for _ in texts],
    )
    return passage, asked


@pytest.mark.parametrize(
    ("first", "second", "two"),
    [
        ([0.9, 0, 0, 0], [0, 0.9, 0, 0], True),
        ([0.9, passages._SEEN + 0.01, 0, 0], [0, 0, 0, 0], True),
        ([0, 0, 0.3, 0], [0, 0, 0, 0.3], True),
        ([0.9, passages._SEEN - 0.01, 0, 0], [0, passages._SEEN - 0.01, 0, 0], False),
        ([0.9, 0, 0, 0], [0.9, 0, 0, 0], False),
        ([0, 0, 0, 0], [0, 0, 0, 0], False),
    ],
)
def test_a_text_is_cut_where_the_tagger_sees_two_labels(
    first: list[float], second: list[float], two: bool
) -> None:
    passage, asked = cut(seen(first, second))
    assert passage.parts == (PARTS if two else (Span(PARTS[0].start, PARTS[-1].end),))
    assert asked == ([sorted(CLAUSES)] if two else [])


@given(shares, shares)
def test_two_labels_are_seen_wherever_each_of_them_stands(first: list[float], second: list[float]) -> None:
    apart = [0.0] * len(LABELS)
    together = [max(pair) for pair in zip(first, second, strict=True)]
    two = passages._states_two(PARTS, seen(first, second))
    assert two == passages._states_two(PARTS, seen(together, apart))
    assert two == (sum(np.float32(p) >= passages._SEEN for p in together) > 1)


def test_without_a_tagger_a_text_is_cut_where_it_may_be() -> None:
    assert cut(None)[0].parts == PARTS
    whole, asked = cut(None, cuttable=False)
    assert whole.parts == (Span(PARTS[0].start, PARTS[-1].end),)
    assert asked == []


def test_what_may_not_be_cut_is_not_cut_whatever_the_tagger_sees() -> None:
    assert len(cut(seen([0.9, 0, 0, 0], [0, 0.9, 0, 0]), cuttable=False)[0].parts) == 1


def test_a_passage_keeps_the_vector_and_the_odds_of_its_segment() -> None:
    for passage, _ in (cut(None), cut(None, cuttable=False)):
        assert passage.whole.tolist() == [3, 4]
        assert passage.odds is not None
        assert passage.odds.tolist() == [5, 6, 7]


def test_the_tagger_has_no_say_about_slots_that_it_does_not_know() -> None:
    passage, _ = cut(seen([0.25, 0, 0, 0], [0.75, 0, 0, 0]))
    assert [passage.share(part, "requirement") for part in PARTS] == [0.25, 0.75]
    assert passage.share(PARTS[0], "risk") == 1
    assert replace(passage, tags=None).share(PARTS[0], "requirement") == 1


def test_what_is_pooled_has_another_vector_and_no_odds() -> None:
    articles = [article(TEXT, id_, lang) for id_, lang in (("d1", "en"), ("d2", "de"), ("d3", "fr"))]
    odds, x = np.array([5, 6, 7], np.float32), np.eye(2, dtype=np.float32)
    before = [
        Passage(a, 0, (Span(0, 52),), (9,), (), one[None, :], one, odds, seen([0] * 4, [0] * 4))
        for a, one in enumerate((x[0], x[1], x[0]))
    ]
    group = Group("g", "translated", ("f",), (Side("d1", "en", 0, 0), Side("d2", "de", 0, 0)), 1.0)
    made = pool(before, articles, [group])
    assert [each.odds is None for each in made] == [True, True, False]
    assert [each.whole.tolist() for each in made[:2]] == [pytest.approx([0.5**0.5, 0.5**0.5])] * 2
    assert made[2] is before[2]
    kept = [(each.parts, each.lengths, each.lists, each.tags) for each in made]
    assert kept == [(each.parts, each.lengths, each.lists, each.tags) for each in before]


@pytest.mark.parametrize(
    ("text", "named", "parts"),
    [
        (  # the comma behind "ist" is no list's, and the tagger sees one label only
            "Obwohl KPO ein Teil von BPO ist, verlangt KPO tieferes, neueres und breiteres Wissen.",
            ["KPO", "BPO", "KPO"],
            ["Obwohl KPO ein Teil von BPO ist", "verlangt KPO tieferes, neueres und breiteres Wissen"],
        ),
        (  # one of two concepts is needed for the clause before: a list all the same
            "KPO umfasst Analysen, KPO-Gutachten, Recherchen und Prognosen.",
            ["KPO", "KPO"],
            ["KPO umfasst Analysen, KPO-Gutachten, Recherchen und Prognosen"],
        ),
        (  # each item names the concept: a list all the same
            "Es gibt BPO, KPO-Analysen, KPO-Gutachten und KPO-Recherchen.",
            ["BPO", "KPO", "KPO", "KPO"],
            ["Es gibt BPO, KPO-Analysen, KPO-Gutachten und KPO-Recherchen"],
        ),
        (  # its long form names no concept anew
            "KPO ist eine Art von BPO, das heißt Business Process Outsourcing.",
            ["KPO", "BPO", "Business Process Outsourcing"],
            ["KPO ist eine Art von BPO, das heißt Business Process Outsourcing"],
        ),
    ],
)
def test_a_clause_that_names_the_first_concept_anew_stands_alone(
    text: str, named: list[str], parts: list[str]
) -> None:
    read, at, mentions = article(text, lang="de"), 0, []
    for name in named:
        at = text.index(name, at)
        target = "BPO" if name[0] == "B" else "KPO"
        mentions.append(Mention("concept", 0, Span(at, at + len(name)), name, target))
        at += len(name)
    tagged = tags([(0, len(text))], [[0.9, 0, 0, 0]])
    (passage,) = cut_passages(
        [read],
        [Annotations(((),), tuple(mentions))],
        [np.ones((1, 2), np.float32)],
        [np.ones((1, 3), np.float32)],
        lambda a, s: True,
        lambda a, s: True,
        lambda texts: np.ones((len(texts), 2), np.float32),
        lambda texts: [tagged for _ in texts],
    )
    assert [part.of(text) for part in passage.parts] == parts
