import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract.clauses import clauses
from pipeline.extract.enumerations import coordinated, enumerations, trimmed, whole_words, without_lead
from pipeline.model import Span, spans_in_order

CHARACTERS = st.text(alphabet="abč ж漢字かو,،、;:.!()—-ija und", max_size=120)
LANGUAGES = st.sampled_from(["en", "de", "ru", "zh", "ja", "ar", "th", "fi", "xx", "pt-BR"])


def letters(text: str) -> str:
    return "".join(c for c in text if c.isalnum())


def items(text: str, lang: str) -> list[list[str]]:
    return [[item.of(text) for item in found.items] for found in enumerations(text, lang)]


def test_a_list_ends_with_what_joins_it_in_its_language() -> None:
    assert items("Covered are law, medicine and finance.", "en") == [["law", "medicine", "finance"]]
    assert items("Alat ovat laki, lääketiede ja rahoitus.", "fi") == [["laki", "lääketiede", "rahoitus"]]
    assert items("包括市场研究、数据分析和法律研究。", "zh") == [["市场研究", "数据分析", "法律研究"]]


def test_an_arabic_list_joins_every_item() -> None:
    found = items("البحث، والتحليل، والترجمة", "ar")
    assert found == [["البحث", "التحليل", "الترجمة"]]


def test_the_words_before_the_first_item_are_left_out() -> None:
    text = "The firm offers research of many kinds, law, medicine and finance."
    assert items(text, "en")[0][-3:] == ["law", "medicine", "finance"]


def test_two_things_are_no_list() -> None:
    assert items("It takes skill and patience.", "en") == []
    parts = coordinated("skill and patience", Span(0, 18), "en")
    assert [part.of("skill and patience") for part in parts] == ["skill", "patience"]


def test_a_clause_is_cut_at_marks_and_joiners_but_never_inside_a_list() -> None:
    text = "They cover law, medicine and finance, because the market asks for all of these things."
    found = clauses(text, "en", enumerations(text, "en"))
    assert found[0].of(text) == "They cover law, medicine and finance"
    assert found[-1].of(text).startswith("because the market")


def test_a_short_piece_stays_with_what_it_was_added_to() -> None:
    text = "when they need knowledge and skill and when qualified people are scarce at home"
    assert clauses(text, "en")[0].of(text) == "when they need knowledge and skill"


def test_an_ending_behind_a_colon_belongs_to_its_word() -> None:
    text = "Vaikka KPO on osa BPO:ta, KPO:n palvelut vaativat enemmän asiantuntemusta."
    found = [span.of(text) for span in clauses(text, "fi")]
    assert found == ["Vaikka KPO on osa BPO:ta", "KPO:n palvelut vaativat enemmän asiantuntemusta"]
    assert items("Siihen kuuluvat EU:n oikeus, YK:n tilastot ja vakuutukset.", "fi")[0][1] == "YK:n tilastot"


def test_an_acronym_in_brackets_cuts_no_clause() -> None:
    text = "KPO differs from plain outsourcing (BPO) in what it asks of people"
    assert [span.of(text) for span in clauses(text, "en")] == [text]
    text = "KPO asks more of people (most of them have a degree) than other work does"
    assert len(clauses(text, "en")) == 3


@given(CHARACTERS, LANGUAGES)
def test_clauses_are_ordered_inside_the_text_and_lose_no_word(text: str, lang: str) -> None:
    found = clauses(text, lang, enumerations(text, lang))
    assert spans_in_order(found)
    assert all(span.end <= len(text) and trimmed(text, span) == span for span in found)
    assert letters("".join(span.of(text) for span in found)) == letters(text)


@given(CHARACTERS, LANGUAGES)
def test_items_are_ordered_and_inside_their_list(text: str, lang: str) -> None:
    for found in enumerations(text, lang):
        assert len(found.items) >= 3
        assert spans_in_order(found.items)
        assert all(found.span.holds(item) for item in found.items)


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("tieanalyserne", "Aktieanalyserne"),  # a part of a word
        ("la forskning", "forskning"),  # and the end of the one before
        ("kning og", "forskning og"),
        ("forskning og udv.", "forskning og udv"),
        ("(på skift)", "(på skift)"),
        ("sk", "forskning"),  # half of no word
    ],
)
def test_what_a_tagger_marks_is_whole_words(marked: str, expected: str) -> None:
    text = "Aktieanalyserne, fella forskning og udv. (på skift)."
    start = text.index(marked)
    assert whole_words(text, Span(start, start + len(marked))).of(text) == expected


@pytest.mark.parametrize(
    ("lang", "text", "start", "rest"),
    [
        ("it", "errori, e ritardi", 8, "ritardi"),
        ("ru", "ошибки и задержки", 7, "задержки"),
        ("en", "errors or delays", 7, "delays"),
        ("en", "and delays", 0, "and delays"),  # nothing stands before it
        ("en", "errors, android apps", 8, "android apps"),
        ("ar", "أخطاء وقت", 6, "وقت"),  # a word that begins like the one that joins
        ("mi", "he aha me te aha", 7, "me te aha"),  # no list in CLDR
    ],
)
def test_a_quote_begins_behind_what_joins_it(lang: str, text: str, start: int, rest: str) -> None:
    assert without_lead(text, Span(start, len(text)), lang).of(text) == rest
