"""Which concept each passage is about: the record's own, a neighbour of it, or none that is named.

In this order: the names in the passage itself, its table column, its list's intro line, the sentence
before in its paragraph, its section's heading, and what the article is about on the whole (a much
reduced form of centring theory; Grosz, Joshi and Weinstein 1995).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from operator import itemgetter
from types import MappingProxyType

import regex

from pipeline.colons import COLON, clause_mark
from pipeline.concept import Concept
from pipeline.headings import bare_heading
from pipeline.model import Annotations, Article, Mention, Segment, Span

# The part of a sentence after which a concept is hardly its subject.
_LATE = 0.5
# A name this likely the subject of its sentence, to a tagger that knows subjects, may be it.
_SUBJECT = 0.2
# Names on two sides of one stand in two clauses.
_CLAUSE = clause_mark(",;،、，；")
# What follows the head of an entry in a list of terms: its colon, perhaps behind another name in brackets.
_ENTRY = regex.compile(rf"\s*(?:[(（][^()（）]*[)）]\s*)?{COLON}")


@dataclass(frozen=True, slots=True)
class Subjects:
    """What an article is about: `main` on the whole, and for each segment a concept id.

    `named` holds, for each segment, the (span in the file, concept) pairs that it names. `doubtful` are the
    segments that name none behind a sentence which names two: which of them is handed on may be wrong.
    """

    main: str | None
    segments: tuple[str | None, ...]
    named: tuple[tuple[tuple[Span, str], ...], ...]
    doubtful: frozenset[int] = frozenset()

    def names(self, segment: int, concept: str) -> bool:
        """Whether a segment names `concept`."""
        return any(name == concept for _, name in self.named[segment])

    def of(self, segment: int, span: Span) -> str | None:
        """The concept that the part `span` (in the file) of a segment is about.

        A part without a name of its own is about what was named last before it: the noun that a
        relative clause hangs on, or the subject carried on.
        """
        named = self.named[segment]
        inside = [concept for place, concept in named if span.holds(place)]
        if inside:
            return inside[0]
        before = [concept for place, concept in named if place.end <= span.start]
        return before[-1] if before else self.segments[segment]


def find_subjects(
    article: Article,
    annotations: Annotations,
    concept: Concept,
    relates: Sequence[bool],
    said: Container[Span] = (),
    likely: Mapping[Span, float] = MappingProxyType({}),
) -> Subjects:
    """Resolve the subject of every segment of `article`.

    Args:
        article: what is read.
        annotations: its mentions.
        concept: the record's own, its neighbours and terms.
        relates: for each segment whether it reads like "It is a kind of ...": what such a sentence
            names, unless it begins with it, is not its subject.
        said: the mentions (spans in the file) that say something of the own concept, what it is a kind
            of or what it offers; they are no subject wherever they stand.
        likely: how likely a mention is the subject of its sentence, where that is known.
    """
    known = {names.id for names in (concept.name, *concept.neighbours)}
    general = {names.id for names in concept.terms}
    spoken = [m for m in annotations.mentions if m.kind == "concept" and m.span not in said]
    terms = {m.segment for m in spoken if m.target in general}
    mentions = [m for m in spoken if m.target in known]
    named = _by_segment(mentions, len(article.segments))
    # A table's row that a concept's name leads is about it.
    rows = {
        segment.block: named_by(article.blocks[segment.block].cells[0], named[i])
        for i, segment in enumerate(article.segments)
        if segment.column == 0
    }
    own = concept.name.id
    main = _main(article, mentions, own)
    headings = _headings(article, mentions, main)

    def of_section(index: int | None, default: str | None = main) -> str | None:
        while index is not None:
            if headings[index] is not None:
                return headings[index]
            index = article.sections[index].parent
        return default

    resolved: list[str | None] = []
    for index, segment in enumerate(article.segments):
        before = _carried(article, index, named, resolved, main, likely)
        names = named[index]
        if relates[index] and before == own and names and names[0][0].start > segment.span.start:
            named[index] = [pair for pair in names if pair[1] == own]
        row = rows.get(segment.block)
        subject = _subject(article, segment, named[index], row, before, mentions, of_section)
        # With nothing but the whole article to go by, a paragraph on outsourcing at large is just that.
        large = index in terms or (_follows(article, index) and resolved[-1] is None)
        if subject is not None and large and not named[index] and before is None:
            subject = None if of_section(segment.section, default=None) is None else subject
        resolved.append(subject)
    return Subjects(main, tuple(resolved), tuple(tuple(names) for names in named), _doubtful(article, named))


def _doubtful(article: Article, named: Sequence[Sequence[tuple[Span, str]]]) -> frozenset[int]:
    """The sentences that name no concept behind one of their paragraph that names two, or such a one."""
    found: set[int] = set()
    for index, segment in enumerate(article.segments):
        if segment.kind == "sentence" and _follows(article, index) and not named[index]:
            before = {concept for _, concept in named[index - 1]}
            if len(before) > 1 or (not before and index - 1 in found):
                found.add(index)
    return frozenset(found)


def _headings(article: Article, mentions: Sequence[Mention], main: str | None) -> list[str | None]:
    """The concept that each section's heading names, or the heading that it stands behind.

    Of headings of one level the others belong to the one that names a concept only where the same ones
    follow another concept's, "BPO", "Services", "Risks", "KPO", "Services", "Risks", and up to the last of
    those.
    """
    inside = [_inside(section.title, mentions) for section in article.sections]
    named = [_only(names) for names in inside]
    levels: dict[tuple[int | None, int], list[int]] = {}
    for number, section in enumerate(article.sections):
        if section.title is not None:
            levels.setdefault((section.parent, section.level), []).append(number)
    for numbers in levels.values():
        own = [named[number] for number in numbers]
        behind = list(accumulate(own, lambda so_far, name: name or so_far, initial=main))[1:]
        texts = [_bare_title(article, number) for number in numbers]
        under = {pair for pair, names in zip(zip(texts, behind, strict=True), own, strict=True) if not names}
        shared = {text for text, count in Counter(text for text, _ in under).items() if count > 1}
        last = max((place for place, text in enumerate(texts) if text in shared), default=-1)
        for number, concept in list(zip(numbers, behind, strict=True))[: last + 1]:
            named[number] = named[number] if inside[number] else concept
    return named


def _bare_title(article: Article, section: int) -> str:
    title = article.sections[section].title
    return "" if title is None else bare_heading(title.of(article.document.text)).casefold()


def _subject(
    article: Article,
    segment: Segment,
    named: Sequence[tuple[Span, str]],
    row: str | None,
    before: str | None,
    mentions: Sequence[Mention],
    of_section: Callable[..., str | None],
) -> str | None:
    block = article.blocks[segment.block]
    if named:
        return named[0][1]
    if segment.column is not None and segment.column < len(block.header):
        column = _only(_inside(block.header[segment.column], mentions))
        if column is not None:
            return column
    if row is not None:
        return row
    if block.intro is not None:
        introduced = _inside(block.intro, mentions)
        if introduced:
            return introduced[0]
    return before if before is not None else of_section(segment.section)


def named_in(article: Article, notes: Annotations, concept: Concept) -> list[list[tuple[Span, str]]]:
    """For each segment the (span in the file, concept) pairs of the concept and its neighbours."""
    known = {names.id for names in (concept.name, *concept.neighbours)}
    mentions = [m for m in notes.mentions if m.kind == "concept" and m.target in known]
    return _by_segment(mentions, len(article.segments))


def named_by(cell: Span | None, named: Iterable[tuple[Span, str]]) -> str | None:
    """The one concept that a cell is the name of, of concepts `named` at places of the file."""
    if cell is None:
        return None
    inside = [(place, concept) for place, concept in named if cell.holds(place)]
    short = 2 * sum(len(place) for place, _ in inside) >= len(cell)
    return _only([concept for _, concept in inside]) if short else None


def _carried(
    article: Article,
    index: int,
    named: Sequence[Sequence[tuple[Span, str]]],
    resolved: Sequence[str | None],
    main: str | None,
    likely: Mapping[Span, float],
) -> str | None:
    """The subject that the sentence before hands on within a paragraph.

    Of two concepts named in different clauses the later is handed on; of two in one clause, its
    subject ("despite the growth of KPO BPO will stay"), or what the article is about where none is known.
    What is named late, behind the verb, is what the subject so far was likened to, and that stays the
    subject: "It is not just BPO in a better suit. Its people ...". So does what an entry explains: "KPO: a
    kind of BPO. Its people ...".
    """
    segment = article.segments[index]
    if not _follows(article, index) or segment.kind != "sentence":
        return None
    names = named[index - 1]
    if not names:
        return resolved[index - 1]
    before = article.segments[index - 1].span
    so_far = resolved[index - 2] if _follows(article, index - 1) else main
    if so_far == main and names[0][0].start - before.start >= _LATE * len(before):
        return main
    text = article.document.text
    if names[0][0].start == before.start and _ENTRY.match(text, names[0][0].end, before.end):
        return names[0][1]
    later = [to for (end, _), to in pairwise(names) if _CLAUSE.search(text, end.end, to[0].start)]
    if later:
        return later[-1][1]
    seen = [(p, concept) for place, concept in names if (p := likely.get(place, 0.0)) >= _SUBJECT]
    if not seen and any(concept == main for _, concept in names):
        return main
    return max(seen, key=itemgetter(0), default=(0.0, names[0][1]))[1]


def _follows(article: Article, index: int) -> bool:
    """Whether segment `index` has one before it in its paragraph."""
    return index > 0 and article.segments[index - 1].block == article.segments[index].block


def _by_segment(mentions: Sequence[Mention], count: int) -> list[list[tuple[Span, str]]]:
    found: list[list[tuple[Span, str]]] = [[] for _ in range(count)]
    for mention in mentions:
        found[mention.segment].append((mention.span, mention.target))
    return [sorted(names) for names in found]


def _inside(span: Span | None, mentions: Sequence[Mention]) -> list[str]:
    """Concepts named inside `span` of the file, in order."""
    return [m.target for m in mentions if span is not None and span.holds(m.span)]


def _only(concepts: Sequence[str]) -> str | None:
    return concepts[0] if len(set(concepts)) == 1 else None


def _main(article: Article, mentions: Sequence[Mention], own: str) -> str | None:
    """What the article is about: the record's own concept where its title or it first names that.

    Else the concept named most, unless the own one is named half as often; what the title names counts
    as a whole article's worth.
    """
    counts = Counter(mention.target for mention in mentions)
    if not counts:
        return None
    titled = set(_inside(article.title, mentions))
    if own in titled or (own in counts and not titled):
        first = min(mentions, key=lambda m: m.span.start).target
        known = own in titled or first == own or counts[own] * 2 >= max(counts.values())
        return own if known else counts.most_common(1)[0][0]
    return min(counts, key=lambda concept: (concept not in titled, -counts[concept], concept))
