"""Which sentences before a list may state a fact: those that come to their end."""

from typing import Any

import pytest

from pipeline.extract.passages import _may_state
from pipeline.model import Article, Span

LIST = "\n\n- Lower costs\n- More time for the own business\n- Access to experts\n"
STATED = "Most providers of KPO are in India and in the Philippines"


def leading(article: Article) -> set[Span]:
    return {line for b in article.blocks for line in (b.intro, b.parent) if line is not None}


@pytest.mark.parametrize(
    ("lines", "name", "told"),
    [
        (f"KPO is expert work. {STATED}.", "a.md", STATED + "."),
        (f"KPO is expert work. {STATED}:", "a.md", None),
        (f"KPO is expert work. {STATED} –", "a.md", None),
        ("KPO是专业工作。大多数KPO供应商位于印度和菲律宾。", "zh.md", "大多数KPO供应商位于印度和菲律宾。"),
        ("KPO是专业工作。大多数KPO供应商位于印度和菲律宾：", "zh.md", None),
    ],
)
def test_a_sentence_before_a_list_states_a_fact_where_it_ends(
    read: Any, lines: str, name: str, told: str | None
) -> None:
    article, _ = read(f"# KPO\n\n{lines}{LIST}", name)
    intros = [block.intro for block in article.blocks if block.intro is not None]
    assert intros
    last = [s for s in article.segments if article.blocks[s.block].kind == "paragraph"][-1]
    assert any(intro.overlap(last.span) for intro in intros)
    assert _may_state(article, last, leading(article), place=False) == (told is not None)
    if told is not None:
        assert last.text == told


def test_an_item_over_nested_ones_introduces_them_and_may_state_a_fact(read: Any) -> None:
    lists = "- Advantages\n  - Lower costs\n  - Access to experts\n- Drawbacks:\n  - Leaks\n"
    article, _ = read(f"# KPO\n\nThis is what KPO brings:\n\n{lists}", "a.md")
    text = article.document.text
    blocks = {s.text: article.blocks[s.block] for s in article.segments if s.kind == "item"}
    assert {b.intro and b.intro.of(text) for b in blocks.values()} == {"This is what KPO brings:"}
    assert {item: b.parent.of(text) for item, b in blocks.items() if b.parent} == {
        "Lower costs": "Advantages",
        "Access to experts": "Advantages",
        "Leaks": "Drawbacks:",
    }
    may = {
        s.text: _may_state(article, s, leading(article), place=False)
        for s in article.segments
        if s.kind == "item"
    }
    assert [item for item, states in may.items() if not states] == ["Drawbacks:"]


@pytest.mark.parametrize(
    ("lang_text", "states"),
    [
        ("Does your team spend its nights on reports that nobody needs?", False),
        ("“Will the files of our clients really be safe there?”", False),
        ("Είναι ασφαλή τα αρχεία των πελατών μας εκεί;", False),
        ("ملفات عملائنا آمنة هناك، أليس كذلك؟", False),
        ("The files are safe; nobody asks who has read them.", True),
    ],
)
def test_a_question_states_nothing(read: Any, lang_text: str, states: bool) -> None:
    article, _ = read(f"# KPO\n\n{lang_text}\n", "a.md")
    asked = article.segments[-1]
    assert _may_state(article, asked, leading(article), place=False) == states
