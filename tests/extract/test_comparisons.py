"""Comparison rows of tables and of lists, whatever way round they are written."""

from typing import Any

import pytest

from pipeline.model import Extraction

KPO = "# KPO and BPO\n\nKPO is the outsourcing of knowledge work, as BPO is that of routine work.\n\n"


def rows(found: Extraction) -> dict[str, dict[str, list[str]]]:
    """What is compared, and the quotes of each concept."""
    return {
        row.dimension.id or row.dimension.label: {c: [e.quote for e in quotes] for c, quotes in row.sides}
        for row in found.contrasts
    }


CORNER = {
    "md": "|  | BPO | KPO |\n|---|---|---|\n| Complexity | low | high |\n| Based on | rules | judgement |\n",
    "html": "<table><tr><th></th><th>BPO</th><th>KPO</th></tr>"
    "<tr><td>Complexity</td><td>low</td><td>high</td></tr>"
    "<tr><td>Based on</td><td>rules</td><td>judgement</td></tr></table>",
}
TWO = {
    "complexity": {"BPO": ["low"], "KPO": ["high"]},
    "based_on": {"BPO": ["rules"], "KPO": ["judgement"]},
}


@pytest.mark.parametrize("ending", sorted(CORNER))
def test_an_empty_corner_moves_no_column(extracted: Any, ending: str) -> None:
    text = KPO + CORNER[ending]
    if ending == "html":
        head, body = KPO.strip().lstrip("# ").split("\n\n")
        page = f"<article><h1>{head}</h1><p>{body}</p>{CORNER[ending]}</article>"
        text = f"<html lang='en'><body>{page}</body></html>"
    assert rows(extracted(text, f"article.{ending}")[1]) == TWO


def test_an_empty_cell_leaves_a_row_without_its_side_and_the_others_whole(extracted: Any) -> None:
    table = "| Basis | BPO | KPO |\n|---|---|---|\n| Cost | | high |\n| Complexity | low | high |\n"
    assert rows(extracted(KPO + table)[1]) == {"complexity": TWO["complexity"]}


TURNED = (
    "|  | Complexity | Skills of the staff |\n|---|---|---|\n| BPO | low | knowledge of spreadsheets |\n"
    "| KPO | high | a doctorate and analytical skills |\n"
)


def test_a_table_may_have_a_row_for_each_concept(extracted: Any) -> None:
    _, found = extracted(KPO + TURNED)
    assert rows(found) == {
        "complexity": TWO["complexity"],
        "talent": {"BPO": ["knowledge of spreadsheets"], "KPO": ["a doctorate and analytical skills"]},
    }
    quotes = {e.quote for claim in found.claims for e in claim.evidence}
    assert any("doctorate" in quote for quote in quotes)
    assert not any("spreadsheets" in quote for quote in quotes)


def test_two_rows_of_one_concept_compare_nothing(extracted: Any) -> None:
    notes = "| Name | Year |\n|---|---|\n| KPO | 1990 |\n| KPO | 2000 |\n| BPO | 1980 |\n"
    assert rows(extracted(KPO + notes)[1]) == {}


@pytest.mark.parametrize(
    "lists",
    [
        "### Complexity\n\n- BPO: low\n- KPO: high\n\n### Based on\n\n- BPO: rules\n- KPO: judgement\n",
        "Complexity:\n\n* BPO – low\n* KPO – high\n\nBased on:\n\n* BPO – rules\n* KPO – judgement\n",
        "1. Complexity\n   BPO: low\n   KPO: high\n2. Based on\n   BPO: rules\n   KPO: judgement\n",
        "## BPO\n\n- Complexity: low\n- Based on: rules\n\n## KPO\n\n- Complexity: high\n"
        "- Based on: judgement\n",
    ],
)
def test_a_list_may_pair_the_concepts(extracted: Any, lists: str) -> None:
    assert rows(extracted(KPO + lists)[1]) == TWO


@pytest.mark.parametrize(
    "lists",
    [
        "Abbreviations:\n\n- KPO: knowledge process outsourcing\n- BPO: business process outsourcing\n",
        "## What is BPO?\n\nAnswer: it is routine work.\n\n## What is KPO?\n\nAnswer: it is expert work.\n",
        "Notes:\n\n- BPO: old\n- KPO: young\n- KPO: dear\n",
    ],
)
def test_names_answers_and_notes_are_no_comparison(extracted: Any, lists: str) -> None:
    assert rows(extracted(KPO + lists)[1]) == {}
