"""Clean text and the way back, by example."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.model import Span
from pipeline.segment import views
from pipeline.segment.lines import plain_lines
from pipeline.segment.views import Markup, clean_view


@pytest.mark.parametrize(
    ("media", "text", "clean"),
    [
        ("markdown", 'A **bold** [link](/u_(x) "t") and `co*de`.', "A bold link and co*de."),
        ("markdown", "l' [esternalizzazione](/o) ( [R&D](/r) )", "l' esternalizzazione ( R&D )"),
        ("markdown", "L&#39;uso &amp; \\*non\\* 2 * 3", "L'uso & *non* 2 * 3"),
        ("markdown", "[text][Ref] and [other]", "text and [other]"),
        ("markdown", "one  \ntwo\nthree", "one two three"),
        ("text", "soft\u00adhyphen zero\u200bwidth &nbsp;x", "softhyphen zerowidth x"),
        ("text", "知识\n流程 outsourcing\nwork", "知识流程 outsourcing work"),
        ("text", "می\u200cخواهم a\u200cb", "می\u200cخواهم ab"),
        ("wiki", "'''KPO''' is [[outsourcing|a kind]]<ref>x</ref> of {{t|u}} work", "KPO is a kind of work"),
    ],
)
def test_what_a_reader_sees(media: str, text: str, clean: str) -> None:
    lines, start = [], 0
    for line in text.split("\n"):
        lines.append(Span(start, start + len(line)))
        start += len(line) + 1
    view = clean_view(text, lines, Markup(media, frozenset({"REF"})))  # type: ignore[arg-type]
    assert view.text == clean
    for at, char in enumerate(view.text):
        if char.isalpha():
            assert view.source(Span(at, at + 1)).of(text) == char


def test_an_entity_maps_as_a_whole() -> None:
    text = "a &mdash; b"
    view = clean_view(text, [Span(0, len(text))], Markup("text"))
    assert view.text == "a — b"
    assert view.source(Span(2, 3)).of(text) == "&mdash;"
    assert view.clean(Span(4, 6)) == Span(2, 3)


@settings(max_examples=200, deadline=None)
@given(text=st.text(alphabet=st.sampled_from("ab ,。中文&;'*[\t\u00ad\u200b\n\r"), max_size=40))
def test_plain_lines_are_seen_as_the_builder_sees_them(text: str) -> None:
    lines = [line.content for line in plain_lines(text)]
    for media in ("text", "markdown", "wiki"):
        quick = [clean_view(text, lines[at:], Markup(media)) for at in range(len(lines))]  # type: ignore[arg-type]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(views, "_shows_itself", lambda *_: False)
            assert quick == [clean_view(text, lines[at:], Markup(media)) for at in range(len(lines))]
