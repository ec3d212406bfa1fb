"""Facts that names state by themselves: what the concept is a kind of, and the terms beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import regex

from pipeline.concept import Concept, ConceptNames
from pipeline.config import ExtractSettings
from pipeline.extract.confidence import confidence
from pipeline.extract.context import Context
from pipeline.extract.enumerations import trimmed, words
from pipeline.extract.facts import CONTRAST, Fact, Reading
from pipeline.extract.judge import DEFINITION, NONE, Judge
from pipeline.extract.passages import Passage
from pipeline.extract.subject import named_in
from pipeline.extract.tagger import SUBJECT, Tag, Tags
from pipeline.model import Annotations, Article, Mention, Segment, Span, Value
from pipeline.vectors import Floats

_RELATES = 0.1
# A name of another concept that the tagger marks this surely as what the own one is a kind of, is so,
# unless what names it this likely sets the two side by side: "it differs from BPO".
_MARKED = 0.85
_CONTRASTED = 0.45
# One that it marks this surely as a value of the own one is a value of it.
_VALUE = 0.9
# What a clause that names two concepts may do beside relating them; the other slots are facts of their own.
_RELATING = ("broader", "contrast", DEFINITION, "outlook", NONE)
# One that reads this much like another fact, and more than like a relation, states that one.
_ANOTHER = 0.3
_TINY = 1e-9
_WORDS_AFTER = 2
_LINK = regex.compile(r"\[\s*(?P<text>[^\]\[]+?)\s*\]\((?P<target>[^()\s]*)[^()]*\)")


def broader_facts(
    passage: Passage,
    reading: Reading,
    context: Context,
    mentions: Sequence[Mention],
    judge: Judge,
    concept: Concept,
    settings: ExtractSettings,
) -> list[Fact]:
    """What the concept is said to be a part, kind or extension of.

    A clause about the concept states it where it names another concept or term of the field and
    reads like the exemplars of the slot, or the tagger marks that name and the clause does not set the
    two side by side; a definition states it by the first term that it names.
    """
    slot = next((slot for slot in concept.slots if slot.id == "broader"), None)
    if slot is None:
        return []
    segment = context.article.segments[passage.segment]
    others = {names.id: names.label for names in (*concept.neighbours, *concept.terms)}
    own = [m for m in mentions if m.segment == passage.segment and m.target == concept.name.id]
    facts: list[Fact] = []
    defines = float(reading.within[0, len(passage.parts)][judge.slots.labels.index(DEFINITION)])
    for i, part in enumerate(passage.parts):
        span = segment.view.source(part)
        inside = [
            m
            for m in mentions
            if m.segment == passage.segment
            and m.kind == "concept"
            and m.target in others
            and span.holds(m.span)
        ]
        if not inside or context.subjects.of(passage.segment, span) != concept.name.id:
            continue
        marks = [_mark(m.span, segment, passage.tags) for m in inside]
        shares = reading.alone[i, i + 1]
        if _states_another(shares, judge):
            continue
        mention, p = inside[0], _relation(shares, judge)
        best = int(np.argmax(marks))
        if marks[best] >= _MARKED and not contrasts(shares[None, :], judge)[0]:
            mention, p = inside[best], max(p, marks[best])
        value = Value(mention.target, others[mention.target], "concept")
        if p >= settings.thresholds.get(slot.id, settings.threshold):
            affirmed = _affirmed(passage.run(i, i + 1), judge)
            facts.append(replace(_fact(value, passage, span, p), polarity=affirmed))
        elif own and defines >= settings.threshold and mention.target == concept.terms[0].id:
            place = _from_name(context, passage, own, linked(context.article, mention.span))
            facts.append(_fact(value, passage, place, defines))
    return facts


def _relation(shares: Floats, judge: Judge) -> float:
    """How likely a clause that names two concepts relates them, rather than contrasts or defines them."""
    kept = {
        name: float(shares[judge.slots.labels.index(name)])
        for name in _RELATING
        if name in judge.slots.labels
    }
    return kept["broader"] / max(sum(kept.values()), _TINY)


def _states_another(shares: Floats, judge: Judge) -> bool:
    """Whether a clause reads more like another fact: "it has great potential for outsourcing"."""
    labels = judge.slots.labels
    other = (float(share) for label, share in zip(labels, shares, strict=True) if label not in _RELATING)
    return max(other, default=0.0) > max(_ANOTHER, shares[labels.index("broader")])


def _affirmed(x: Floats, judge: Judge) -> bool:
    head = judge.denials.get("broader")
    return head is None or bool(head.logits(x[None, :])[0].argmax() == head.labels.index("broader"))


def relates(shares: Floats, judge: Judge) -> list[bool]:
    """Which segments, of shares (n, k) of the slots, read like "it is a kind of ..."."""
    if "broader" not in judge.slots.labels:
        return [False] * len(shares)
    return [bool(share >= _RELATES) for share in shares[:, judge.slots.labels.index("broader")]]


def contrasts(shares: Floats, judge: Judge) -> list[bool]:
    """Which segments, of shares (n, k) of the slots, set concepts side by side: "it differs from ..."."""
    if CONTRAST not in judge.slots.labels:
        return [False] * len(shares)
    return [bool(share >= _CONTRASTED) for share in shares[:, judge.slots.labels.index(CONTRAST)]]


def stated(
    article: Article, mentions: Sequence[Mention], concept: Concept, tag: Tag, contrasted: Sequence[bool]
) -> frozenset[Span]:
    """The mentions, by their spans, of other concepts that say something of the own one.

    The tagger marks them as what the own one is a kind of, or as a value of it: "it spans patents,
    statistics and legal outsourcing".

    Args:
        article: what is read.
        mentions: its mentions.
        concept: the record's own, its neighbours and terms, and the values of its slots.
        tag: what each token of a text states.
        contrasted: for each segment whether it sets concepts side by side.
    """
    others = {names.id: names for names in (*concept.neighbours, *concept.terms)}
    named = [m for m in mentions if m.kind == "concept" and m.target in others and not contrasted[m.segment]]
    slots = {target: _slots_of(others[target], concept) for target in {m.target for m in named}}
    at = sorted({m.segment for m in named})
    tags = dict(zip(at, tag([article.segments[i].text for i in at]), strict=True))

    def says(mention: Mention) -> bool:
        found = article.segments[mention.segment], tags[mention.segment]
        return any(
            _mark(mention.span, *found, slot) >= least for slot, least in slots[mention.target].items()
        )

    return frozenset(mention.span for mention in named if says(mention))


def subject_shares(article: Article, notes: Annotations, concept: Concept, tag: Tag) -> dict[Span, float]:
    """How likely each mention of a concept is the subject of its sentence, where that names two.

    Nothing where the tagger knows no subjects.
    """
    named = named_in(article, notes, concept)
    at = [i for i, some in enumerate(named) if len({target for _, target in some}) > 1]
    tags = zip(at, tag([article.segments[i].text for i in at]), strict=True)
    return {
        span: _mark(span, article.segments[i], found, SUBJECT) for i, found in tags for span, _ in named[i]
    }


def _slots_of(names: ConceptNames, concept: Concept) -> dict[str, float]:
    """The slots that another concept may be a value of, and how surely it must be marked as one."""
    values = {
        slot.id: _VALUE
        for slot in concept.slots
        for entry in concept.vocabularies.get(slot.vocabulary or "", ())
        if names.label in (entry.label, *entry.synonyms)
    }
    return values | {"broader": _MARKED}


def _mark(name: Span, segment: Segment, tags: Tags | None, slot: str = "broader") -> float:
    """How much the tagger makes of a name (in the file) for the slot; nothing where it has no say."""
    place = segment.view.clean(name)
    return 0.0 if tags is None or place is None else tags.by_label(place).get(slot, 0.0)


def related_facts(article_index: int, article: Article, notes: Annotations, concept: Concept) -> list[Fact]:
    """Terms beside the concept: what hypertext links show, acronyms with long forms, neighbours named."""
    if not any(slot.id == "related" for slot in concept.slots):
        return []
    named = {m.span: m.target for m in notes.mentions if m.kind == "concept"}
    labels = {names.id: names.label for names in (*concept.neighbours, *concept.terms)}
    facts: list[Fact] = []
    seen: set[str] = set()
    for span, text in _links(article):
        target = next((named[place] for place in sorted(named) if span.holds(place)), None)
        if target == concept.name.id:
            continue
        segment = _segment_at(article, span)
        key = target or text.casefold()
        if segment is not None and key not in seen:
            seen.add(key)
            value = Value(target, labels.get(target or "", text), "concept" if target else "text")
            facts.append(Fact("related", value, article_index, segment, span, 0.9))
    for acronym in notes.acronyms:
        if acronym.concept == concept.name.id or not acronym.evidence:
            continue
        span = acronym.evidence[0].span
        segment = _segment_at(article, span)
        key = acronym.concept or acronym.text.casefold()
        if segment is not None and key not in seen:
            seen.add(key)
            value = Value(acronym.concept, labels.get(acronym.concept or "", acronym.text), "concept")
            facts.append(Fact("related", value, article_index, segment, span, 0.9))
    beside = {names.id: names.label for names in concept.neighbours}
    for mention in sorted(notes.mentions, key=lambda m: m.span):
        if mention.kind == "concept" and mention.target in beside and mention.target not in seen:
            seen.add(mention.target)
            value = Value(mention.target, beside[mention.target], "concept")
            facts.append(Fact("related", value, article_index, mention.segment, mention.span, 0.9))
    return facts


def _from_name(context: Context, passage: Passage, own: Sequence[Mention], term: Span) -> Span:
    """From behind the concept's name to two words behind the term: "is outsourcing of core work"."""
    segment = context.article.segments[passage.segment]
    before = [mention.span.end for mention in own if mention.span.end <= term.start]
    text = context.article.document.text
    following = words(text, Span(term.end, segment.span.end)) if term.end < segment.span.end else []
    end = following[min(len(following), _WORDS_AFTER) - 1].end if following else term.end
    return trimmed(text, Span(max(before), end)) or term if before else term


def linked(article: Article, span: Span) -> Span:
    """`span` of the file, widened over the markup of the link that shows it."""
    for link, _ in _links(article):
        if link.holds(span):
            return link
    return span


def _links(article: Article) -> Iterator[tuple[Span, str]]:
    if article.document.media not in ("markdown", "text"):
        return
    for match in _LINK.finditer(article.document.text):
        yield Span(*match.span()), match["text"]


def _segment_at(article: Article, span: Span) -> int | None:
    return next((i for i, s in enumerate(article.segments) if s.span.overlap(span)), None)


def _fact(value: Value, passage: Passage, span: Span, p: float) -> Fact:
    signals = MappingProxyType({"slot": round(p, 4)})
    sure = confidence("concept", p)
    return Fact("broader", value, passage.article, passage.segment, span, sure, signals)
