"""The concept named by acronym or in full, inflected, glued to affixes, or between scripts."""

import pytest
from written_articles import Concepts, Make

from pipeline.annotate import annotate
from pipeline.annotate.names import acronym_pattern, config_names
from pipeline.concept import ConceptNames


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("KPO-d ja BPO", ["KPO-d"]),
        ("KPO'nun yanında", ["KPO'nun"]),
        ("KPO:n osuus", ["KPO:n"]),
        ("die KPOs und KPO.", ["KPOs", "KPO"]),
        ("a KPO-related job", ["KPO"]),
        ("خدمات الـKPO في", ["KPO"]),
        ("ＫＰＯは成長する", ["ＫＰＯ"]),
        ("BKPO KPO2 XKPOX BPOKPO", []),
    ],
)
def test_an_acronym_is_found_with_its_endings_and_nowhere_else(text: str, expected: list[str]) -> None:
    assert [match.group() for match in acronym_pattern("KPO").finditer(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("kpo-bedrijven en kpo's, niet-kpo", ["kpo", "kpo's", "kpo"]),
        ("Wat kost kpo?", ["kpo"]),
        ("KPOs and Kpo", ["KPOs"]),
        ("www.kpo.nl info@kpo.nl kpo.nl/abc kpos skpo kpo2 kpo_2", []),
    ],
)
def test_an_acronym_in_small_letters_is_no_part_of_an_address(text: str, expected: list[str]) -> None:
    assert [match.group() for match in acronym_pattern("KPO", small=True).finditer(text)] == expected


@pytest.mark.parametrize(
    ("lang", "named"),
    [("nl", {"KPO", "ITO"}), ("tl", {"KPO", "SLA"}), ("mi", set()), ("sv", {"KPO", "ITO", "SLA"})],
)
def test_small_letters_are_the_acronym_where_a_dictionary_has_no_such_word(
    make: Make, concepts: Concepts, lang: str, named: set[str]
) -> None:
    notes = annotate(make(lang, "kpo ito sla"), concepts)
    assert {m.target for m in notes.mentions if m.kind == "concept"} == named


@pytest.mark.parametrize(
    ("acronym", "text", "expected"),
    [("КПО", "КПО-услуги, КПОшный и KPO", ["КПО", "КПОшный"]), ("केपीओ", "केपीओ की सेवाएँ", ["केपीओ"])],
)
def test_acronyms_of_other_scripts(acronym: str, text: str, expected: list[str]) -> None:
    assert [match.group() for match in acronym_pattern(acronym).finditer(text)] == expected


@pytest.mark.parametrize(
    ("lang", "sentence", "expected"),
    [
        ("it", "Si parla di outsourcing del processo di conoscenza.", "KPO"),
        ("it", "Ragioni per l'esternalizzazione del processo di conoscenza", "KPO"),
        ("ru", "Рынок аутсорсинга процессов знаний и аутсорсинга бизнес-процессов.", "KPO BPO"),
        ("de", "Der Markt der Auslagerung von Wissensprozessen wächst.", "KPO"),
        ("fi", "Tietoprosessien ulkoistamisen edut.", "KPO"),
        ("en", "Knowledge-process outsourcing differs from business process outsourcing.", "KPO BPO"),
        ("zh", "知识流程外包与业务流程外包不同。", "KPO BPO"),
        ("ja", "ナレッジ・プロセス・アウトソーシングとは", "KPO"),
        ("vi", "Thuê ngoài quy trình tri thức là gì?", "KPO"),
        ("sv", "Knowledge process outsourcing växer.", "KPO"),
        ("en", "The knowledge of a process, and outsourcing.", "outsourcing"),
    ],
)
def test_full_names_are_found_inflected(
    lang: str, sentence: str, expected: str, make: Make, concepts: Concepts
) -> None:
    mentions = annotate(make(lang, sentence), concepts).mentions
    assert " ".join(m.target for m in mentions if m.kind == "concept") == expected


def test_a_name_that_the_article_introduces_counts_throughout(make: Make, concepts: Concepts) -> None:
    article = make(
        "is",
        "Þekkingarvinna til leigu (KPO)",
        "Markaður þekkingarvinnu til leigu vex.",
        title=True,
    )
    mentions = annotate(article, concepts).mentions
    assert [m.text for m in mentions if m.target == "KPO" and m.segment == 1] == ["þekkingarvinnu til leigu"]


def test_a_name_shared_by_two_languages_is_the_articles_own() -> None:
    shared = ConceptNames(
        id="x",
        label="outsourcing",
        names={"en": ("outsourcing",), "sv": ("outsourcing",), "it": ("outsourcing",)},
    )
    assert [name.lang for name in config_names([shared], "sv")] == ["sv", "en"]
