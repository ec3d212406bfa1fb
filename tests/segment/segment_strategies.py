"""Generated articles: fragments that tend to break readers of structure, and mutations of real ones."""

from __future__ import annotations

from hypothesis import strategies as st

from pipeline.config import IngestSettings
from pipeline.ingest import read_document
from pipeline.model import Article, Document, Span

FRAGMENTS = (
    "KPO",
    "BPO",
    "BPOKPO",
    "Relies onRulesJudgement",
    "VorteilKostenvorteilWissen",
    "JavaScript",
    "GmbH",
    "iPhone",
    "Skills.They vary",
    "words here",
    "Sentence one. ",
    "Ends here.",
    "Heading",
    "## Title",
    "# ",
    "=== a ===",
    "====",
    "----",
    "---",
    "***",
    "- item",
    "  - nested",
    "* b",
    "1. one",
    "2. two",
    "10) ten",
    "• dot",
    "・点",
    "| a | b |",
    "|---|---|",
    "| a | | c",
    "a\tb",
    "**bold** and *it*",
    '[text](/url "t")',
    "![alt](x.png)",
    "`code`",
    "``a ` b``",
    "&amp;",
    "&#39;",
    "&nbsp;",
    "&bogus;",
    "\\*escaped\\*",
    "<b>html</b>",
    "<br>",
    "<!-- c -->",
    "> quote",
    "```",
    "~~~",
    "title: x",
    "0:00 / 3:45",
    "June 2",
    "12 мая 2021 г.",
    "© 2020",
    "Facebook Twitter",
    "Top",
    "Home > A > B",
    "\u00ad",
    "\u200b",
    "\u200d",
    "\u200c",
    "\ufeff",
    "\u2028",
    "\u00a0",
    "\t",
    "  ",
    "知识流程外包。它是",
    "तुलना BPO",
    "مقارنة",
    "Σημασία",
    "😀",
    "e\u0301",
    "''it''",
    "[[Link|text]]",
    "{{t}}",
    "<ref>r</ref>",
    "{|",
    "|-",
    "|}",
    "! H !! I",
    "Intro:",
    ":",
    ".",
    "?",
)
NEWLINES = ("\n", "\r\n", "\r", "\n\n", "\r\n\r\n")

piece = st.one_of(
    st.sampled_from(FRAGMENTS),
    st.sampled_from(NEWLINES),
    st.text(max_size=12),
    st.sampled_from((" ", " a ", ", ")),
)
texts = st.lists(piece, min_size=1, max_size=60).map("".join)


def mutated(samples: list[str]) -> st.SearchStrategy[str]:
    """Real texts with stretches cut, doubled, swapped or replaced by fragments."""

    @st.composite
    def build(draw: st.DrawFn) -> str:
        text = draw(st.sampled_from(samples))
        start = draw(st.integers(0, max(0, len(text) - 1)))
        text = text[start : start + draw(st.integers(50, 2_500))]
        for _ in range(draw(st.integers(0, 6))):
            low = draw(st.integers(0, len(text)))
            high = min(len(text), low + draw(st.integers(0, 60)))
            middle = draw(st.sampled_from(("", text[low:high] * 2, draw(piece), text[low:high].upper())))
            text = text[:low] + middle + text[high:]
        return text

    return build()


def as_document(text: str, name: str = "a.txt") -> Document | None:
    """`text` as a document, or None where there is nothing to read in it."""
    if not text.strip() or not any(char.isprintable() and not char.isspace() for char in text):
        return None
    from pipeline.errors import InputError

    try:
        return read_document(text.encode("utf-8", "surrogatepass"), name, IngestSettings())
    except InputError:
        return None


def uncovered(article: Article) -> str:
    """Visible characters of the text that no block holds."""
    text, at, lost = article.document.text, 0, []
    for block in article.blocks:
        lost.append(text[at : block.span.start])
        at = max(at, block.span.end)
    lost.append(text[at:])
    return "".join("".join(lost).split()).translate(dict.fromkeys(map(ord, "\ufeff\u200b\u2060\u00ad")))


def spans(article: Article) -> list[Span]:
    """The spans of all segments in order."""
    return [segment.span for segment in article.segments]
