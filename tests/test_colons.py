"""Colons that lead to something, and those inside words and figures."""

import pytest
import regex

from pipeline.colons import COLON, INSIDE, LABELLED, clause_mark


@pytest.mark.parametrize(
    "text",
    [
        "Risks: delays",
        "KPO: expert work",
        "KPO:",
        "风险：延误",
        "Vorteile:Kosten",
        "KPO:即知识流程外包",
        "a:b",
    ],
)
def test_a_colon_leads_to_what_stands_behind_it(text: str) -> None:
    assert regex.search(COLON, text)
    assert not regex.search(INSIDE, text)


@pytest.mark.parametrize("text", ["KPO:n hyödyt", "EU:ssa", "SKF:s kunder", "10:30", "2:1"])
def test_a_colon_inside_a_word_or_figure_leads_to_nothing(text: str) -> None:
    assert not regex.search(COLON, text)
    assert regex.search(INSIDE, text)


def test_a_line_is_labelled_by_a_few_words_before_a_colon() -> None:
    assert regex.match(LABELLED, "KPO:n hyödyt: aikaa säästyy").group() == "KPO:n hyödyt:"
    assert regex.match(LABELLED, "KPO:n hyödyt ovat suuria") is None


def test_a_clause_ends_at_a_colon_or_another_mark() -> None:
    cuts = [match.start() for match in clause_mark(",.").finditer("KPO:n etu: aika, 10:30.")]
    assert cuts == [9, 15, 22]
