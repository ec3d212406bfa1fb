"""What acronyms stand for: both orders, told in words, in tables, and where letters do not match."""

from dataclasses import replace

import pytest
from written_articles import Concepts, Make

from pipeline.annotate import annotate
from pipeline.annotate.initials import initials_start, schwartz_hearst
from pipeline.annotate.words import words
from pipeline.model import Block, Span

CASES = [
    # letters match
    ("en", "Knowledge process outsourcing (KPO) is growing.", "KPO", "Knowledge process outsourcing"),
    ("en", "KPO (knowledge process outsourcing) is growing.", "KPO", "knowledge process outsourcing"),
    (
        "en",
        "KPO stands for knowledge process outsourcing, a branch of BPO.",
        "KPO",
        "knowledge process outsourcing",
    ),
    (
        "en",
        "It serves information technology enabled services (ITES) well.",
        "ITES",
        "information technology enabled services",
    ),
    ("it", "Ricerca e sviluppo (R&S)", "R&S", "Ricerca e sviluppo"),
    (
        "sv",
        "KPO, en akronym för kunskapsbearbetning outsourcing, är outsourcing.",
        "KPO",
        "kunskapsbearbetning outsourcing",
    ),
    ("sv", "potential för informationsteknologi (IT) och mer", "IT", "informationsteknologi"),
    # a translated name before its foreign acronym
    ("is", "Útvistun þekkingarvinnu (KPO) er ung grein.", "KPO", "Útvistun þekkingarvinnu"),
    ("ru", "Аутсорсинг интеллектуальной работы (КПО) растёт.", "КПО", "Аутсорсинг интеллектуальной работы"),
    (
        "cs",
        "Outsourcing znalostních činností (KPO) je mladý obor.",
        "KPO",
        "Outsourcing znalostních činností",
    ),
    ("el", "Η εξωτερική ανάθεση γνώσης (KPO) αναπτύσσεται.", "KPO", "εξωτερική ανάθεση γνώσης"),
    (
        "ar",
        "الاستعانة بمصادر خارجية لعمليات المعرفة (KPO) تنمو.",
        "KPO",
        "الاستعانة بمصادر خارجية لعمليات المعرفة",
    ),
    ("hi", "ज्ञान प्रक्रिया आउटसोर्सिंग (KPO) बढ़ रही है।", "KPO", "ज्ञान प्रक्रिया आउटसोर्सिंग"),
    ("ja", "知識プロセスアウトソーシング（KPO）は成長している。", "KPO", "知識プロセスアウトソーシング"),
    ("zh", "知识流程外包（KPO）正在增长。", "KPO", "知识流程外包"),
    ("de", "Die Auslagerung von Wissensarbeit (KPO) wächst.", "KPO", "Auslagerung von Wissensarbeit"),
    ("fr", "L'externalisation du savoir (KPO) progresse.", "KPO", "externalisation du savoir"),
    (
        "pl",
        "Outsourcing procesów wiedzy (ang. Knowledge Process Outsourcing, KPO) rośnie.",
        "KPO",
        "Outsourcing procesów wiedzy",
    ),
    (
        "pl",
        "Outsourcing procesów wiedzy (ang. Knowledge Process Outsourcing, KPO) rośnie.",
        "KPO",
        "Knowledge Process Outsourcing",
    ),
    # told in words
    ("et", "Teadmusprotsessi sisseostmine või KPO viitab tööle.", "KPO", "Teadmusprotsessi sisseostmine"),
    ("et", "KPO on teadmistepõhise allhanke lühike vorm.", "KPO", "teadmistepõhise allhanke"),
    ("pl", "KPO to krótka forma outsourcingu opartego na wiedzy.", "KPO", "outsourcingu opartego na wiedzy"),
    ("fr", "KPO est la forme courte de délégation du savoir.", "KPO", "délégation du savoir"),
    (
        "nb",
        "KPO er en forkortelse for outsourcing av kunnskapsarbeid.",
        "KPO",
        "outsourcing av kunnskapsarbeid",
    ),
    (
        "es",
        "KPO, sigla de externalización del conocimiento, crece.",
        "KPO",
        "externalización del conocimiento",
    ),
    # a known name near its acronym
    ("en", "KPO, or Knowledge Process Outsourcing, is a branch.", "KPO", "Knowledge Process Outsourcing"),
    ("de", "Knowledge Process Outsourcing, kurz KPO, wächst.", "KPO", "Knowledge Process Outsourcing"),
    ("fi", "Tietoprosessien ulkoistaminen eli KPO kasvaa.", "KPO", "Tietoprosessien ulkoistaminen"),
    ("zh", "KPO即知识流程外包，正在增长。", "KPO", "知识流程外包"),
    ("ja", "KPOとは、Knowledge Process Outsourcingの略である。", "KPO", "Knowledge Process Outsourcing"),
    ("hi", "केपीओ (KPO) यानी नॉलेज प्रोसेस आउटसोर्सिंग।", "KPO", "नॉलेज प्रोसेस आउटसोर्सिंग"),
    ("sw", "Utoaji wa michakato ya maarifa (KPO) unakua.", "KPO", "Utoaji wa michakato ya maarifa"),
    (
        "es",
        "La externalización de procesos de conocimiento (KPO, por sus siglas en inglés) crece.",
        "KPO",
        "externalización de procesos de conocimiento",
    ),
]


@pytest.mark.parametrize(("lang", "sentence", "acronym", "long"), CASES)
def test_an_expansion_is_found(
    lang: str, sentence: str, acronym: str, long: str, make: Make, concepts: Concepts
) -> None:
    article = make(lang, sentence, kind="item" if lang == "it" else "sentence")
    found = {a.text: [text for _, text in a.expansions] for a in annotate(article, concepts).acronyms}
    assert long in found.get(acronym, [])


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [
        ("en", "KPO and BPO (see below) are not the same."),
        ("en", "Apple (US) and Delhi (IN) hire."),
        ("en", "Is it BPO or KPO that you need?"),
        ("ru", "Гибкость, которую дает КПО, позволяет легко сокращать персонал."),
        ("en", "KPO (2022) grew."),
        ("fi", "Aihe on BPO (luento kuusi 6)."),
    ],
)
def test_what_is_no_expansion_is_left(lang: str, sentence: str, make: Make, concepts: Concepts) -> None:
    article = make(lang, sentence)
    assert [a for a in annotate(article, concepts).acronyms if a.expansions] == []


def test_names_in_a_table_row_of_acronyms(make: Make, concepts: Concepts) -> None:
    article = make(
        "et", "Akronüüm", "Äriprotsesside sisseostmine", "Teadmiste protsessi sisseostmine", kind="cell"
    )
    text = "Alus BPO KPO"
    head = article.document.text + "\n" + text
    start = len(article.document.text) + 1
    header = (Span(start, start + 4), Span(start + 5, start + 8), Span(start + 9, start + 12))
    cells = tuple(segment.span for segment in article.segments)
    block = Block("table row", Span(0, start - 1), 0, cells=cells, header=header)
    segments = tuple(replace(s, column=i) for i, s in enumerate(article.segments))
    article = replace(
        article, document=replace(article.document, text=head), blocks=(block,), segments=segments
    )
    found = {a.text: a.expansions for a in annotate(article, concepts).acronyms}
    assert found["KPO"] == (("et", "Teadmiste protsessi sisseostmine"),)
    assert found["BPO"] == (("et", "Äriprotsesside sisseostmine"),)


def test_schwartz_and_hearst_read_the_shortest_long_form() -> None:
    found = words("sektorer och informationsteknik baserade tjänster")
    assert schwartz_hearst(found, "ITES") == 2
    assert schwartz_hearst(words("only two"), "KPO") is None


def test_initials_may_skip_function_words_only() -> None:
    assert initials_start(words("the ministry of foreign affairs"), "MFA", frozenset({"of"})) == 1
    assert initials_start(words("ministry for big foreign affairs"), "MFA", frozenset({"for"})) is None


@pytest.mark.parametrize(
    ("lang", "lines"),
    [
        ("pl", ("Krajowy Plan Odbudowy (KPO) ruszył.", "Środki z KPO trafią do gmin.")),
        ("en", ("Karachaganak Petroleum Operating (KPO) drills.", "KPO pumps gas.")),
    ],
)
def test_a_homonym_names_the_concept_nowhere(
    lang: str, lines: tuple[str, ...], make: Make, concepts: Concepts
) -> None:
    notes = annotate(make(lang, *lines), concepts)
    assert {m.kind for m in notes.mentions if m.text.startswith("KPO")} == {"acronym"}
    assert [label for label in notes.labels if label.concept == "KPO"] == []


def test_an_acronym_that_nothing_explains_is_quoted_where_it_first_stands(
    make: Make, concepts: Concepts
) -> None:
    (acronym,) = annotate(make("ru", "Рынок КПО растёт, и КПО-услуги тоже."), concepts).acronyms
    assert (acronym.text, acronym.expansions, acronym.concept) == ("КПО", (), "KPO")
    assert [evidence.quote for evidence in acronym.evidence] == ["КПО"]


def test_a_name_that_spells_the_acronym_explains_it_from_afar(make: Make, concepts: Concepts) -> None:
    lines = ("What does KPO mean?", "Knowledge process outsourcing is a trade.", "A KPO firm thinks.")
    found = {a.text: a.expansions for a in annotate(make("en", *lines), concepts).acronyms}
    assert found["KPO"] == (("en", "Knowledge process outsourcing"),)
    # Without the acronym there is nothing to explain; what another sentence explains needs no more.
    assert not annotate(make("en", *lines[1:2]), concepts).acronyms
    told = ("Knowledge process outsourcing is a trade.", "KPO (knowledge-process outsourcing) is a trade.")
    (acronym,) = annotate(make("en", *told), concepts).acronyms
    assert len(acronym.expansions) == 1
