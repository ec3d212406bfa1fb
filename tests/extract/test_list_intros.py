"""Which sentences before a list may state a fact: those that come to their end."""

from typing import Any

import pytest

from pipeline.extract.passages import _may_state

LIST = "\n\n- Lower costs\n- More time for the own business\n- Access to experts\n"
STATED = "Most providers of KPO are in India and in the Philippines"


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
    assert _may_state(article, last) == (told is not None)
    if told is not None:
        assert last.text == told
