"""What an example only repeats, on facts made by hand."""

from collections.abc import Sequence
from dataclasses import replace
from importlib.resources import files

import pytest
import yaml
from one_sentence import article

from pipeline.extract.facts import Fact
from pipeline.extract.illustrations import _cue, without_illustrations
from pipeline.model import Article, Segment, Span, Value
from pipeline.segment.views import slice_view

STATED = "Firms can hire and let go easily."


def told(example: str, lang: str = "en", block: int = 0) -> Article:
    """A sentence, and an example behind it, in the same paragraph or another."""
    text = f"{STATED} {example}"
    whole = article(text, lang=lang)
    spans = Span(0, len(STATED)), Span(len(STATED) + 1, len(text))
    segments = tuple(
        Segment(f"s{i}", "sentence", span, slice_view(whole.segments[0].view, span), at)
        for i, (span, at) in enumerate(zip(spans, (0, block), strict=True))
    )
    return replace(whole, blocks=whole.blocks * 2, segments=segments)


def facts(
    one: Article, values: Sequence[str] = ("flexible", "flexible"), slots: Sequence[str] = ("benefit",) * 2
) -> list[Fact]:
    """One of each segment."""
    return [
        Fact(slot, Value(value, value, "vocabulary"), 0, i, one.segments[i].span, 0.9)
        for i, (slot, value) in enumerate(zip(slots, values, strict=True))
    ]


@pytest.mark.parametrize(
    ("lang", "example"),
    [
        ("en", "For example, when trade is slack they pay fewer people."),
        ("de", "Ist das Geschäft flau, zahlen sie beispielsweise weniger Leute."),
        ("ja", "例えば、景気が悪ければ人を減らせる。"),
        ("ja", "景気が悪ければたとえば人を減らせる。"),
        ("hi", "उदाहरण के लिए, मंदी में कम लोग रखे जा सकते हैं।"),
        ("pt-BR", "Por exemplo, na crise pagam menos gente."),
        ("th", "เช่นตอนเศรษฐกิจไม่ดีตัวอย่างเช่นลดคน"),
    ],
)
def test_what_an_example_repeats_is_its_neighbours(lang: str, example: str) -> None:
    one = told(example, lang)
    found = facts(one)
    assert without_illustrations(found, [one]) == found[:1]


@pytest.mark.parametrize(
    ("one", "values", "slots"),
    [
        (told("When trade is slack they pay fewer people."), ("flexible",) * 2, ("benefit",) * 2),
        (told("An unforexampled case: they pay fewer people."), ("flexible",) * 2, ("benefit",) * 2),
        (told("For example, they pay less."), ("flexible", "cheap"), ("benefit",) * 2),
        (told("For example, they pay less."), ("flexible",) * 2, ("benefit", "driver")),
        (told("For example, they pay less.", block=1), ("flexible",) * 2, ("benefit",) * 2),
        (told("For example, they pay less.", lang="xx"), ("flexible",) * 2, ("benefit",) * 2),
    ],
    ids=[
        "no example",
        "inside a word",
        "another value",
        "another slot",
        "another paragraph",
        "no such language",
    ],
)
def test_what_else_is_stated_is_kept(one: Article, values: Sequence[str], slots: Sequence[str]) -> None:
    found = facts(one, values, slots)
    assert without_illustrations(found, [one]) == found


def test_what_only_examples_state_is_kept() -> None:
    one = told("For example, they pay less.")
    found = facts(one)[1:]
    assert without_illustrations(found, [one]) == found


def test_every_phrase_is_found_in_its_language() -> None:
    phrases = yaml.safe_load(files("pipeline.extract").joinpath("illustrations.yaml").read_text("utf-8"))
    assert len(phrases) > 60
    for lang, some in phrases.items():
        cue = _cue(lang)
        assert cue is not None
        assert all(cue.fullmatch(phrase) for phrase in some), lang
