"""Facts to claims: the facts of one family that say the same become one claim with every quote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from pipeline.extract.facts import Fact
from pipeline.model import Article, Claim, Evidence, Family, Group, Span, content_id


def claims_of(
    facts: Sequence[Fact], family: Family, articles: Sequence[Article], groups: Sequence[Group]
) -> tuple[Claim, ...]:
    """One claim for each slot and value that the family's documents state, in order of place."""
    at = group_index(articles, groups)
    merged: dict[tuple[str, ...], list[Fact]] = {}
    for fact in sorted(facts, key=lambda f: (f.article, f.span, f.slot, f.value.label)):
        merged.setdefault(_key(fact, at), []).append(fact)
    return tuple(_claim(key, same, family, articles, at) for key, same in sorted(merged.items()))


def group_index(articles: Sequence[Article], groups: Sequence[Group]) -> dict[tuple[int, int], str]:
    """The id of the translated group that each (article, segment) belongs to."""
    position = {article.document.id: a for a, article in enumerate(articles)}
    return {
        (position[side.document], segment): group.id
        for group in groups
        if group.kind == "translated"
        for side in group.passages
        if side.document in position
        for segment in range(side.first, side.last + 1)
    }


def evidence_of(
    article: Article, segment: int, span: Span, score: float, group: str | None = None
) -> Evidence:
    """The quote of `span` of the file, with the headings above it."""
    document = article.document
    return Evidence(
        document=document.id,
        lang=document.lang,
        span=span,
        quote=span.of(document.text),
        match="exact",
        section=article.section_path(article.segments[segment].section),
        score=round(score, 4),
        group=group,
    )


def _key(fact: Fact, at: Mapping[tuple[int, int], str]) -> tuple[str, ...]:
    value, polarity = fact.value, "" if fact.polarity else "not"
    if value.id is not None:
        return (fact.slot, "id", value.id, value.role or "", polarity)
    group = at.get((fact.article, fact.segment))
    if fact.value.kind == "text" and group is not None:
        return (fact.slot, "group", group, "", polarity)
    return (fact.slot, "text", value.label.casefold(), "", polarity)


def _claim(
    key: tuple[str, ...],
    same: Sequence[Fact],
    family: Family,
    articles: Sequence[Article],
    at: Mapping[tuple[int, int], str],
) -> Claim:
    best = max(same, key=lambda fact: (fact.confidence, -fact.article, -fact.span.start))
    document = articles[best.article].document
    evidence = tuple(
        evidence_of(articles[f.article], f.segment, f.span, f.confidence, at.get((f.article, f.segment)))
        for f in same
    )
    return Claim(
        id=content_id("claim", family.id, *key),
        slot=best.slot,
        value=best.value,
        lang=document.lang,
        statement=articles[best.article].segments[best.segment].text,
        confidence=round(best.confidence, 4),
        evidence=evidence,
        family=family.id,
        polarity=best.polarity,
        signals=MappingProxyType(dict(best.signals)),
    )
