"""Groups of aligned passages as tables: a row a group, a row a passage, a row a segment in no group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.bundle import Part, neighbours, passage_span, passage_text
from pipeline.model import Article, Decision, Group, Passage, Segment, content_id
from pipeline.standing import by_target, opinion, shown_group, summary
from pipeline.tables.table import CONTEXT, LIKELY, Column, Row, Rows, Table, decision_columns

CORRECTION = "merge GROUP, move LANG to GROUP, split LANG [LANG ...] or drop LANG"
LENGTHS = 2.5  # a passage this many times as long as another of its group is named as a doubt

_PLACE = (
    Column("lang", "id", "language", 6),
    Column("document", "id", "identifier of the document", 18),
    Column("path", "path", "its file", 24),
    Column("section", "text", "headings above", 24),
    Column("start", "int", "first code point in the file", 8),
    Column("end", "int", "code point after the last", 8),
)
LEFTOVER_COLUMNS = (
    Column("segment", "id", "identifier of the segment", 18),
    *_PLACE,
    Column("text", "text", "the segment without markup", 60),
)
SEGMENT_COLUMNS = (*LEFTOVER_COLUMNS, Column("kind", "id", "sentence, item, cell or heading"))
MEMBER_COLUMNS = (
    Column("group", "id", "edit to move the passage: another group's id, or any new name", 18, True),
    Column("kind", "id", "translated or comparable", 11),
    *_PLACE,
    Column("text", "text", "the passage without markup", 60),
    Column("score", "real", "how well it fits its group", 7),
    Column("segments", "id", "identifiers of its segments", 18),
    Column("member", "id", "identifier of this row", 18),
    Column("shown", "id", "a hash of the group, to notice later changes", 18),
)


@dataclass(frozen=True, slots=True)
class GroupRows:
    """The rows of groups in `alignments` and of their passages in `alignment_members`."""

    alignments: tuple[Row, ...]
    members: tuple[Row, ...]


def group_rows(part: Part) -> GroupRows:
    """The rows of a part's groups, in reading order."""
    articles, languages = part.by_id(), part.languages()
    expected, decided = languages_of_families(part), by_target(part.decisions)
    alignments: list[Row] = []
    members: list[Row] = []
    for group in in_reading_order(part.groups, articles):
        shown = shown_group(group, articles)
        alignments.append(_group_row(group, articles, languages, expected, decided, shown))
        members += _member_rows(group, articles, shown)
    return GroupRows(tuple(alignments), tuple(members))


def segment_rows(part: Part) -> tuple[Row, ...]:
    """The rows of a part's segments, article by article."""
    return tuple(_segment_row(article, segment) for article in part.articles for segment in article.segments)


def alignments(part: Part) -> Table:
    """One row a group, one text column a language; translated groups first, in reading order."""
    rows = Rows(lambda: (row for each in part.pieces(group_rows) for row in each.alignments))
    return Table("alignments", "group", alignment_columns(part.languages()), rows)


def members(part: Part) -> Table:
    """One row a passage of a group; `member` identifies the passage within its group."""
    rows = Rows(lambda: (row for each in part.pieces(group_rows) for row in each.members))
    return Table("alignment_members", "member", MEMBER_COLUMNS, rows)


def leftovers(part: Part) -> Table:
    """One row a segment that no group holds."""

    def rows() -> Iterator[Row]:
        place = [column.name for column in MEMBER_COLUMNS].index("segments")
        held = {
            segment
            for each in part.pieces(group_rows)
            for row in each.members
            for segment in str(row[place]).split()
        }
        return (row[:-1] for row in segments(part).rows if row[0] not in held)

    return Table("unmatched", "segment", LEFTOVER_COLUMNS, Rows(rows))


def segments(part: Part) -> Table:
    """One row a segment of an article."""
    rows = Rows(lambda: (row for each in part.pieces(segment_rows) for row in each))
    return Table("segments", "segment", SEGMENT_COLUMNS, rows)


def alignment_columns(languages: Sequence[str]) -> tuple[Column, ...]:
    """The columns of `alignments` in a batch of these languages."""
    return (
        Column("group", "id", "identifier of the group", 18),
        Column("kind", "id", "translated: versions of one text; comparable: other texts that agree", 11),
        Column("score", "real", "probability that the passages say the same", 7),
        Column("family", "id", "identifiers of the source texts", 18),
        Column("doubt", "text", "why this row deserves a look", 26),
        Column("section", "text", "headings above the first passage", 24),
        *(Column(lang, "text", f"the passage in {lang}", 48) for lang in languages),
        Column("before", "text", "the text before the first passage", 24),
        Column("after", "text", "the text after the first passage", 24),
        *decision_columns(CORRECTION),
    )


def in_reading_order(groups: Sequence[Group], articles: Mapping[str, Article]) -> list[Group]:
    """Translated groups by place, then comparable ones."""

    def place(group: Group) -> tuple[object, ...]:
        first = min(group.passages, key=lambda passage: articles[passage.document].document.path)
        path = articles[first.document].document.path
        return group.kind != "translated", group.families, path, first.first, group.id

    return sorted(groups, key=place)


def section_name(passage: Passage, article: Article) -> str:
    """The headings above a passage, outermost first."""
    return " › ".join(article.section_path(article.segments[passage.first].section))


def doubts_about_group(group: Group, articles: Mapping[str, Article], expected: frozenset[str]) -> list[str]:
    """Reasons to look at a group, the gravest first; `expected` are its families' languages."""
    lengths = [len(passage_text(passage, articles[passage.document])) for passage in group.passages]
    missing = expected - {passage.lang for passage in group.passages}
    reasons = []
    if group.score < LIKELY:
        reasons.append(f"score below {LIKELY}")
    if max(lengths) > LENGTHS * min(lengths):
        reasons.append("lengths differ much")
    if group.kind == "translated" and missing:
        reasons.append("nothing in " + ", ".join(sorted(missing)))
    return reasons


def languages_of_families(part: Part) -> dict[str, frozenset[str]]:
    """The languages of each family's documents."""
    langs = part.language_of()
    return {
        family.id: frozenset(langs[document] for document in family.documents if document in langs)
        for family in part.families
    }


def passage_id(passage: Passage, article: Article) -> str:
    """The identifier of a passage, whatever group holds it; edits elsewhere leave it alone."""
    return content_id("passage", passage.lang, passage_text(passage, article))


def member_id(group: str, passage: str) -> str:
    """The identifier of the row of passage `passage` in group `group`."""
    return content_id("member", group, passage)


def _group_row(
    group: Group,
    articles: Mapping[str, Article],
    languages: Sequence[str],
    expected: Mapping[str, frozenset[str]],
    decided: Mapping[str, tuple[Decision, ...]],
    shown: str,
) -> Row:
    first = group.passages[0]
    before, after = neighbours(first, articles[first.document])
    texts = {
        lang: "\n".join(
            passage_text(passage, articles[passage.document])
            for passage in group.passages
            if passage.lang == lang
        )
        for lang in languages
    }
    family_languages = frozenset[str]().union(*(expected.get(family, ()) for family in group.families))
    standing = opinion(decided.get(group.id, ()), {shown})
    made_by = [made for origin in group.origins for made in decided.get(origin, ())]
    return (
        group.id,
        group.kind,
        round(group.score, 4),
        " ".join(group.families),
        "; ".join(doubts_about_group(group, articles, family_languages)),
        section_name(first, articles[first.document]),
        *texts.values(),
        before[-CONTEXT:],
        after[:CONTEXT],
        standing.verdict,
        standing.correction,
        standing.note,
        "; ".join(filter(None, (standing.summary, *map(summary, made_by)))),
        shown,
    )


def _member_rows(group: Group, articles: Mapping[str, Article], shown: str) -> Iterator[Row]:
    for passage in group.passages:
        article = articles[passage.document]
        span = passage_span(passage, article)
        segments = article.segments[passage.first : passage.last + 1]
        yield (
            group.id,
            group.kind,
            passage.lang,
            passage.document,
            article.document.path,
            section_name(passage, article),
            span.start,
            span.end,
            passage_text(passage, article),
            round(passage.score, 4),
            " ".join(segment.id for segment in segments),
            member_id(group.id, passage_id(passage, article)),
            shown,
        )


def _segment_row(article: Article, segment: Segment) -> Row:
    document = article.document
    return (
        segment.id,
        document.lang,
        document.id,
        document.path,
        " › ".join(article.section_path(segment.section)),
        segment.span.start,
        segment.span.end,
        segment.text,
        segment.kind,
    )
