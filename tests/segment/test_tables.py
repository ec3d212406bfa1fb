"""Flattened tables in their forms, and what only looks like one."""

from __future__ import annotations

import pytest
from structure_text import Stops

from pipeline.config import IngestSettings, SegmentSettings
from pipeline.ingest import read_document
from pipeline.model import Article
from pipeline.segment import segment

PROSE = "Both BPO and KPO are kinds of outsourcing, and many firms buy both of them today.\n\n"


def read(text: str) -> Article:
    return segment(read_document(text.encode(), "a.txt", IngestSettings()), Stops(), SegmentSettings())


def rows(text: str) -> list[list[str]]:
    article = read(text)
    return [
        [cell.of(article.document.text) for cell in block.cells if cell]
        for block in article.blocks
        if block.kind == "table row"
    ]


def test_glued_rows_with_a_missing_space_after_a_full_stop() -> None:
    found = rows(PROSE + "BasisBPOKPO\nRelies onRulesJudgement\nStaffGood talkers.Experts with a degree.\n")
    assert found == [
        ["Basis", "BPO", "KPO"],
        ["Relies on", "Rules", "Judgement"],
        ["Staff", "Good talkers.", "Experts with a degree."],
    ]


def test_a_name_inside_a_cell_is_not_cut_where_another_cut_fits_better() -> None:
    found = rows(
        PROSE + "People who know JavaScript and the JavaScript tools are rare.\n\n"
        "BasisBPOKPO\nToolsSpreadsheets onlyJavaScript and models\nRelies onRulesJudgement\n"
    )
    assert found[1] == ["Tools", "Spreadsheets only", "JavaScript and models"]


def test_heads_of_any_capitals_and_of_whole_words() -> None:
    assert rows("IaaS and PaaS differ.\n\nBasisIaaSPaaS\nUsersOperatorsDevelopers\nCostLowHigh\n")[0] == [
        "Basis",
        "IaaS",
        "PaaS",
    ]
    assert rows(
        PROSE + "BasisInternal auditExternal audit\nDone byStaffThird party\nDutyFreeRequired by law\n"
    )[0] == ["Basis", "Internal audit", "External audit"]


def test_a_head_row_without_its_corner() -> None:
    article = read(PROSE + "BPOKPO\nBased onRulesJudgement\nComplexityLowHigh\n")
    columns = [piece.column for piece in article.segments if piece.kind == "cell"]
    assert columns == [1, 2, 0, 1, 2, 0, 1, 2]


@pytest.mark.parametrize(
    "text",
    [
        "MacBook Pro\nJavaScript\nPowerPoint\nYouTube\nLinkedIn\niPhone\n",
        "McDonald and MacGregor met at the iPhone store.PayPal paid.\nDevOps and FinTech are CamelCase.\n",
        "JavaScript and TypeScript\nMySQL and PostgreSQL\nGitHub and GitLab\n",
        "The first lines end here.Then they go on.And on.\nNo space was left.Nobody cared.It is prose.\n",
        "Müller GmbH und Schmidt GmbH\nBayer AG und DaimlerChrysler AG\nSiemens AG und ThyssenKrupp AG\n",
    ],
)
def test_prose_and_names_are_no_table(text: str) -> None:
    assert rows(PROSE + text) == []


@pytest.mark.parametrize(
    ("table", "whole"),
    [
        ("BasisBPOKPO\nRelies onRulesJudgement\nCostLowHigh\nDriver", 3),
        ("| Basis | BPO | KPO |\n| Cost | Low | High |\n| Driver | Volume | Ins", 2),
        ("Basis | BPO | KPO\nCost | Low | High\nDriver | Vol", 2),
        ("Basis\nBPO\nKPO\nCost\nLow\nHigh\nUsers\nMany\nFew\nDriver\nVolume", 3),
    ],
)
def test_a_table_cut_off_keeps_its_whole_rows(table: str, whole: int) -> None:
    article = read(PROSE + table)
    assert [block.kind for block in article.blocks].count("table row") == whole
    assert article.blocks[-1].kind == "paragraph"


def test_an_empty_cell_keeps_the_columns_apart() -> None:
    article = read(PROSE + "| Basis | BPO | KPO |\n|:-:|---|---|\n| Cost | | High |\n")
    assert [(piece.text, piece.column) for piece in article.segments if piece.kind == "cell"] == [
        ("Basis", 0),
        ("BPO", 1),
        ("KPO", 2),
        ("Cost", 0),
        ("High", 2),
    ]


@pytest.mark.parametrize(
    "table",
    [
        "| | BPO | KPO |\n|---|---|---|\n| Cost | | High |\n",
        "{|\n! !! BPO !! KPO\n|-\n| Cost || || High\n|}\n",
        "{|\n!\n! BPO\n! KPO\n|-\n| Cost\n|\n| High\n|}\n",
    ],
)
def test_cells_and_heads_stand_in_their_columns(table: str) -> None:
    article = read(PROSE + table)
    text = article.document.text
    block = [block for block in article.blocks if block.kind == "table row"][-1]
    assert [cell and cell.of(text) for cell in block.header] == [None, "BPO", "KPO"]
    assert [cell and cell.of(text) for cell in block.cells] == ["Cost", None, "High"]


@pytest.mark.parametrize(
    ("prose", "table"),
    [
        (  # sentence ends part the cells, two known heads the head row
            "KPOはBPOの一種です。BPOとKPOは違います。",
            ["比較の基準 BPO KPO", "人材： 良い会話力。 専門家が必要。", "基盤： 規則に従う。 判断に従う。"],
        ),
        (
            "BPO और KPO अलग हैं। BPO सस्ता है और KPO महंगा।",
            ["आधार BPO KPO", "कर्मचारी: संचार। विशेषज्ञ।", "रीति: नियम। निर्णय।"],
        ),
        (  # words that the text also writes apart
            "الفرق بين BPO و KPO كبير. يعتمد على القواعد أو الحكم. المخاطر منخفضة أو عالية. "
            "الموظفون خبراء أو عمال.",
            ["أساس BPO KPO", "يعتمد القواعد الحكم", "الموظفون عمال خبراء", "المخاطر منخفضة عالية"],
        ),
        (
            "BPO და KPO განსხვავდება. BPO ეფუძნება წესებს, KPO კი განსჯას. რისკი არის დაბალი ან მაღალი.",
            ["საფუძველი BPO KPO", "ეფუძნება წესებს განსჯას", "რისკი დაბალი მაღალი"],
        ),
    ],
)
def test_glued_rows_in_scripts_without_capitals(prose: str, table: list[str]) -> None:
    assert rows(prose + "\n\n" + "\n".join(table).replace(" ", "") + "\n") == [row.split() for row in table]


@pytest.mark.parametrize(
    "text",
    [
        "KPO是BPO的一种。BPO和KPO不同。\nKPO需要专家。BPO需要规则。\nKPO很贵。BPO便宜。\n",
        "KPO는 BPO의 하나입니다.BPO와 KPO는 다릅니다.\nKPO는 비쌉니다.BPO는 쌉니다.\n",
        "საფუძველი არის წესი.ეს კარგია.\nრისკი დაბალია.ფასი მაღალია.\n",
        "يعتمد BPO على القواعد.وهذا جيد.\nيعتمد KPO على الخبراء.وهذا مكلف.\n",
    ],
)
def test_prose_without_capitals_is_no_table(text: str) -> None:
    assert rows(PROSE + text) == []


def test_prose_full_of_acronyms_in_a_script_without_spaces_is_no_table() -> None:
    text = (
        "KPOとは、高度な知識が要る業務を外の会社に任せることです。KPO会社が扱う仕事には、分析の力を持つ人が必要です。"
        "KPOの担当者は、大学院を出て、英語もよくできます。\n\n"
        "KPO会社は、賃金の安い国に多くあります。今日、KPOの多くはインドで行われますが、フィリピンのKPO会社も増えています。"
        "ポーランドなども、将来、KPOの会社を持つでしょう。\n\n"
        "賛成する人は、KPOは情報技術（IT）と関連サービス（ITES）に役立つと言います。彼らはまた、KPO会社を調査の担い手と見ます。"
        "KPO会社を使うほかの業界には、設計や出版があります。\n\n"
        "反対する人は、KPOが続けば職が失われると言います。さらに、KPO会社に任せると、情報がもれるおそれがあります。"
        "また、KPOサービスの質が低いこともあります。\n\n"
        "KPOは、業務の外部委託（BPO）の上位にあたります。しかし、KPOとBPOには違いがあります。KPO市場が伸びても、BPO会社はなくなりません。\n"
    )
    assert rows(text) == []


@pytest.mark.parametrize(
    "table",
    [
        "Basis BPO KPO Based Rules Judgement Staff Talkers. Experts. Cost Low High",
        "Основа BPO KPO Опора Правила Суждение Люди Говорят. Знают. Цена Низкая Высокая",
        "比较基础 BPO KPO 依据 规则 判断 员工 良好的沟通能力。 高素质的专家。 风险 低 高",
        "أساس BPO KPO المبدأ القواعد الحكم الموظفون مهارات. خبراء. المخاطر منخفضة عالية",
        "พื้นฐาน BPO KPO อาศัย กฎเกณฑ์ วิจารณญาณ พนักงาน ทักษะการสื่อสาร ผู้เชี่ยวชาญ ความเสี่ยง ต่ำ สูง",
    ],
)
@pytest.mark.parametrize(("joint", "cut"), [("\n", 0), ("\n", 1), (" | ", 0), (" | ", 1), ("\t", 0)])
def test_one_cell_a_line_and_pipes_in_many_scripts(table: str, joint: str, cut: int) -> None:
    """The whole rows stay where the last one is cut off; no delimiter row, no leading pipe."""
    cells = table.split()
    whole = [cells[at : at + 3] for at in range(0, len(cells), 3)]
    kept = [joint.join(row) for row in (*whole[:-1], whole[-1][: 3 - cut])]
    assert rows(PROSE + "\n".join(kept) + "\n") == (whole[:-1] if cut else whole)


def heads(text: str) -> set[tuple[str | None, ...]]:
    document = read_document(text.encode(), "a.md", IngestSettings())
    article = segment(document, Stops(), SegmentSettings())
    return {
        tuple(cell.of(article.document.text) if cell else None for cell in block.header)
        for block in article.blocks
        if block.kind == "table row"
    }


@pytest.mark.parametrize(
    ("table", "head"),
    [
        ("| | |\n|---|---|\n| Basis | Rules |\n| Staff | Experts |\n", ()),
        ("| Benefits | lower costs |\n|---|---|\n| Risks | data leaks |\n", ()),
        ("| **Benefits** | lower costs |\n|---|---|\n| **Risks** | data leaks |\n", ()),
        ("| Benefits | Risks |\n|---|---|\n| lower costs | data leaks |\n", ("Benefits", "Risks")),
        ("| Benefits | Why |\n|---|---|\n| lower costs | wages |\n", ("Benefits", "Why")),
        ("| | BPO |\n|---|---|\n| Benefits | speed |\n| Risks | errors |\n", (None, "BPO")),
    ],
    ids=["empty", "labels", "bold", "columns", "one", "corner"],
)
def test_a_first_row_heads_columns_unless_it_is_empty_or_labelled_as_the_others_are(
    table: str, head: tuple[str | None, ...]
) -> None:
    assert heads(PROSE + table) == {head}


def test_columns_that_stand_under_each_other_are_a_table() -> None:
    table = (
        "Basis           BPO        KPO\n"
        "Relies on       Rules      Judgement\n"
        "Training                   Several years\n"
        "Pay             Low        High\n"
    )
    article = read(PROSE + table)
    found = [block for block in article.blocks if block.kind == "table row"]
    cells = [[cell.of(article.document.text) if cell else None for cell in block.cells] for block in found]
    assert cells == [
        ["Basis", "BPO", "KPO"],
        ["Relies on", "Rules", "Judgement"],
        ["Training", None, "Several years"],
        ["Pay", "Low", "High"],
    ]
    assert {block.header for block in found} == {found[0].cells}


def test_a_first_column_without_a_head_is_one() -> None:
    head, *others = ("           BPO    KPO", "Relies on  Rules  Judgement", "Pay        Low    High")
    table = "\n".join([head, *others]) + "\n"
    assert rows(PROSE + table) == [
        ["BPO", "KPO"],
        ["Relies on", "Rules", "Judgement"],
        ["Pay", "Low", "High"],
    ]
    article = read(PROSE + table)
    assert {len(block.cells) for block in article.blocks if block.kind == "table row"} == {3}


@pytest.mark.parametrize(
    "text",
    [
        "Firms buy it abroad.  They save money.\nExperts are rare.  Wages are high.\nIt grows.  It pays.\n",
        "Basis           BPO        KPO\nRelies on       Rules      Judgement\n",
        "Basis           BPO        KPO\nRelies on  Rules      Judgement\nPay     Low     High\n",
    ],
    ids=["prose", "two rows", "ragged"],
)
def test_spaces_alone_make_no_table(text: str) -> None:
    assert rows(PROSE + text) == []


def test_lines_that_rule_a_grid_are_no_rows() -> None:
    rule = "+-----------+-------+-----------+\n"
    head = f"{rule}| Basis     | BPO   | KPO       |\n{rule.replace('-', '=')}"
    body = f"| Relies on | Rules | Judgement |\n{rule}| Pay       | Low   | High      |\n{rule}"
    found = rows(PROSE + head + body)
    assert found == [["Basis", "BPO", "KPO"], ["Relies on", "Rules", "Judgement"], ["Pay", "Low", "High"]]
