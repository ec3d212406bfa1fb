"""Tokens, lemmas and the comparison of words: invariants over any text."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from written_articles import Make, build

from pipeline.annotate import annotate
from pipeline.annotate.tokens import lemma, tokens_of
from pipeline.annotate.words import fold, same_word, words
from pipeline.concept import ConceptNames

LINES = st.lists(
    st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=60)
    | st.sampled_from(
        ["KPO (知识流程外包)", "Útvistun (KPO)", "الهند KPO", "KPO, ", "(KPO", "KPO)", "BPO või KPO"]
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=120, deadline=None)
@given(LINES, st.sampled_from(["en", "is", "ja", "ar", "xx"]))
def test_every_span_holds_its_text_whatever_the_text(lines: list[str], lang: str) -> None:

    names = (ConceptNames(id="KPO", label="knowledge process outsourcing", acronyms=("KPO",)),)
    article = build(lang, *lines)
    notes = annotate(article, names)
    text = article.document.text
    assert len(notes.tokens) == len(article.segments)
    for row, segment in zip(notes.tokens, article.segments, strict=True):
        assert all(token.span.of(text) == token.text and segment.span.holds(token.span) for token in row)
        starts = [token.span.start for token in row]
        assert starts == sorted(set(starts))
    for mention in notes.mentions:
        assert mention.span.of(text) == mention.text
        assert article.segments[mention.segment].span.holds(mention.span)
    for part in (*notes.labels, *notes.acronyms):
        assert all(e.span.of(text) == e.quote for e in part.evidence)
    assert annotate(article, names) == notes


@pytest.mark.parametrize(
    ("lang", "word", "expected"),
    [
        ("fi", "Intiassa", "Intia"),
        ("ru", "Индии", "Индия"),
        ("sv", "tjänster", "tjänst"),
        ("hr", "Hrvatskoj", "Hrvatska"),
        ("sr", "Хрватској", "Хрватска"),
        ("xx", "zzzz", "zzzz"),
    ],
)
def test_lemmas(lang: str, word: str, expected: str) -> None:
    assert lemma(word, lang) == expected


def test_tokens_of_unspaced_text_change_with_the_script(make: Make) -> None:
    article = make("ja", "KPOはナレッジ業務です")
    assert [token.text for token in tokens_of(article.segments[0], "ja")] == [
        "KPO",
        "は",
        "ナレッジ",
        "業務",
        "です",
    ]


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("þekkingarferlis", "þekkingarferla", True),
        ("аутсорсинг", "аутсорсинга", True),
        ("allhange", "allhanke", True),
        ("التعهيد", "تعهيد", True),
        ("knowledge", "knight", False),
        ("business", "process", False),
        ("dei", "del", False),
    ],
)
def test_forms_of_one_word(a: str, b: str, same: bool) -> None:
    assert same_word(fold(a), fold(b)) is same
    assert same_word(fold(b), fold(a)) is same


@given(st.text(max_size=80))
def test_words_lie_in_order_inside_the_text(text: str) -> None:
    spans = [word.span for word in words(text)]
    assert spans == sorted(spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))
