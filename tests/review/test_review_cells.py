import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.review.cells import restored, safe

NASTY = st.text(
    st.one_of(
        st.sampled_from("'=+-@＝＋－＠\t\r\n ⟦U+0007⟧12aE\x07\u202e"), st.characters(exclude_categories=())
    )
)


@given(NASTY, st.booleans())
def test_every_text_comes_back(text: str, numbers: bool) -> None:
    assert restored(safe(text, numbers=numbers)) == text


@given(NASTY)
def test_a_spreadsheet_may_take_one_apostrophe_off(text: str) -> None:
    cell = safe(text)
    if not text.startswith("'"):
        assert restored(cell.removeprefix("'")) == text


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "＝1+1", "＠x", " =1", "\u200b=1", "−x"]
)
def test_nothing_that_runs_stays_bare(text: str) -> None:
    assert safe(text)[0] in "'⟦"


@pytest.mark.parametrize("text", ["2009", "1/2", "3 PM", "12e5", "5 %", "TRUE", "01234", "1.5", "12. mars"])
def test_what_looks_like_a_number_is_protected(text: str) -> None:
    assert safe(text) == "'" + text


@pytest.mark.parametrize("text", ["KPO er 24 stunda vinna", "Fjárfestingar", "B2B", "it's", "'quoted'"])
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert safe(text) == text


def test_file_names_stay_as_they_are() -> None:
    assert safe("2009.md", numbers=False) == "2009.md"
    assert safe("=x.md", numbers=False) == "'=x.md"
