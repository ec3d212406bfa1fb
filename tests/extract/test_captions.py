"""What names a fact that the text behind it explains: which lines are captions, and what they tell."""

from typing import Any

import numpy as np
import pytest

from pipeline.extract.captions import captions_of
from pipeline.extract.explained import Told, told_by
from pipeline.extract.judge import Judged
from pipeline.extract.subject import named_in
from pipeline.model import Article

LABELS = (
    "**Lower costs:** a firm pays only for the hours worked.\n\n**Speed:** work goes on while it sleeps.\n"
)
UNSURE = Judged(np.zeros(2, np.float32), np.array([0.55, 0.45], np.float32))
NOTHING = np.zeros(2, np.float32)


@pytest.fixture
def captions(read: Any, config: Any) -> Any:
    def of(text: str, name: str = "a.md") -> tuple[Article, dict[str, str | None]]:
        article, notes = read(text, name)
        found = captions_of(article, named_in(article, notes, config.concept))
        told = {s.text: one and one.text(article) for s, one in zip(article.segments, found, strict=True)}
        return article, told

    return of


def test_labels_at_the_head_of_neighbouring_paragraphs_are_captions(captions: Any) -> None:
    _, told = captions(f"# KPO\n\nKPO is work for experts.\n\n## Benefits\n\n{LABELS}")
    assert told["Lower costs: a firm pays only for the hours worked."] == "Lower costs"
    assert told["Speed: work goes on while it sleeps."] == "Speed"
    assert told["KPO is work for experts."] is None


@pytest.mark.parametrize(
    "lines",
    [
        "She put it bluntly: KPO saves a lot of money for them.\n\nNobody in the hall contradicted her.",
        "Anna: It saves us a lot of money.\n\nAnna: We also sleep much better now.",
        "- KPO: experts use their own judgement there\n- BPO: staff follow the rules of the client",
        "- Finance: audits\n- Law: contracts",
    ],
    ids=["one colon", "who speaks", "names of concepts", "nothing to explain"],
)
def test_other_colons_are_none(captions: Any, lines: str) -> None:
    _, told = captions(f"# KPO\n\nKPO is work for experts.\n\n{lines}\n")
    assert set(told.values()) == {None}


def test_a_usual_heading_that_runs_in_is_one_by_itself(captions: Any) -> None:
    _, told = captions("# KPO\n\nNachteile: Wissen geht verloren. Die Güte ist kaum zu prüfen.\n")
    assert told["Die Güte ist kaum zu prüfen."] == "Nachteile"


def test_a_first_sentence_of_a_word_may_head_its_paragraph(captions: Any) -> None:
    _, told = captions("# KPO\n\nHaitat. Palkat nousevat kohdemaissa. Aikaero hidastaa vastauksia.\n")
    assert told["Aikaero hidastaa vastauksia."] == "Haitat"


NESTED = (
    "## Benefits of KPO\n\n### 1. Access to talent\n\nExperts come in days.\n\n### Speed\n\nIt is fast.\n"
)
FLAT = (
    "KPO\n\nIt is work for experts abroad.\n\nBenefits of KPO\n\n"
    "Access to talent\n\nExperts come in days.\n\nSpeed\n\nIt is fast.\n"
)


@pytest.mark.parametrize(
    ("text", "name", "first"),
    [(f"# KPO\n\n{NESTED}", "a.md", "1. Access to talent"), (FLAT, "a.txt", "Access to talent")],
)
def test_headings_below_a_heading_are_captions(captions: Any, text: str, name: str, first: str) -> None:
    article, told = captions(f"{text}\n", name)
    assert told["Experts come in days."] == first
    assert told["It is fast."] == "Speed"
    assert told["Benefits of KPO"] is None
    assert all(s.kind == "heading" for s in article.segments if s.text in (first, "Speed"))


def test_headings_of_one_level_do_not_nest_by_themselves(captions: Any) -> None:
    text = "# KPO\n\n## Benefits\n\nIt is cheap for all.\n\n## Our office\n\nWe sit in Porto, near the sea.\n"
    _, told = captions(text)
    assert set(told.values()) == {None}


def test_a_caption_is_one_of_the_facts_that_the_line_over_it_announces() -> None:
    over = np.array([[0.0, 0.9]], np.float32)
    told = told_by("Speed", UNSURE, NOTHING, NOTHING, over)
    assert told.states
    assert told.shares.tolist() == pytest.approx([0.0, 0.45], abs=1e-3)


@pytest.mark.parametrize(
    ("text", "role", "over", "shares"),
    [
        ("Speed", [0.0, 0.0], [[0.0, 0.5]], [0.0, 0.0]),
        ("Speed", [0.9, 0.0], [[0.0, 0.9]], [0.0, 0.0]),
        ("Drawbacks", [0.9, 0.0], [[0.0, 0.9]], [0.9, 0.0]),
    ],
    ids=["nothing announced", "a heading of other facts", "a usual heading"],
)
def test_what_states_nothing(
    text: str, role: list[float], over: list[list[float]], shares: list[float]
) -> None:
    told = told_by(text, UNSURE, np.array(role, np.float32), NOTHING, np.array(over, np.float32))
    assert not told.states
    assert told.shares.tolist() == pytest.approx(shares)


def test_a_sentence_tells_what_it_surely_heads_and_states_nothing() -> None:
    role, over = np.array([0.85, 0.1], np.float32), np.array([[0.0, 0.9]], np.float32)
    told = told_by("What we lose.", UNSURE, role, NOTHING, over, states=False)
    assert isinstance(told, Told)
    assert (told.states, told.shares.tolist()) == (False, pytest.approx([0.85, 0.0]))


LABELLED = """# What is KPO?

Knowledge process outsourcing (KPO) means that a firm hands expert work to specialists outside it.

## Benefits of KPO

**Cost savings:** firms pay only for the hours that the analysts really work.

**Flexibility:** the team grows in busy months and shrinks again.

## Risks of KPO

### Data security

Sensitive files leave the building.

### Confidentiality

Analysts see the plans of several rivals.
"""


def test_labels_and_subheadings_state_facts(extracted: Any) -> None:
    article, found = extracted(LABELLED, "a.md")
    text = article.document.text
    quoted = {
        (claim.slot, claim.value.label): [one.span.of(text) for one in claim.evidence]
        for claim in found.claims
    }
    whole = "Cost savings:** firms pay only for the hours that the analysts really work."
    assert quoted["benefit", "cost reduction"] == [whole]
    confidential = quoted["risk", "data security and confidentiality risk"]
    assert {"Data security", "Confidentiality"} <= set(confidential)
    assert not any(slot == "requirement" for slot, _ in quoted)


def test_what_by_itself_looks_like_a_fact_is_one_whatever_it_would_head() -> None:
    sure = Judged(np.zeros(2, np.float32), np.array([0.1, 0.9], np.float32))
    role, over = np.array([0.95, 0.0], np.float32), np.array([[0.0, 0.9]], np.float32)
    assert told_by("Access to talent", sure, role, NOTHING, over).states
