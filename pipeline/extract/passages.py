"""What is judged: the clauses and list items of every segment, as vectors, pooled over translations."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
import regex

from pipeline.extract.captions import Caption
from pipeline.extract.clauses import clauses
from pipeline.extract.enumerations import (
    FEWEST_ITEMS,
    Enumeration,
    count_words,
    enumerations,
    trimmed,
    whole_words,
)
from pipeline.extract.tagger import Tag, Tags
from pipeline.headings import is_usual
from pipeline.model import Annotations, Article, Block, Group, Mention, MentionKind, Segment, Span
from pipeline.vectors import Floats, normalise

# Clauses of two languages must be at least this similar for their evidence to be pooled.
_SAME_CLAUSE = 0.5
# A table of more columns than this has a first one that says what its rows are about.
_TWO_COLUMNS = 2
# A label of which a clause has this share is seen in it; only what shows two of them is cut.
_SEEN = 0.2
# A cell of fewer words ("High") states nothing without its row.
_CELL_WORDS = 2
# A sentence before a list that ends with one of these leads to it.
_LEADING = (":", "：", "-", "–", "—")
# What the tagger surely marks: each of its tokens is this likely, and all of them on average.
_TOKEN, _MARK = 0.5, 0.75
_ASKS = regex.compile(r"[?？؟՞][\p{Pf}\p{Pe}\"']*$")
_SKIPPED = frozenset({"heading", "boilerplate", "metadata"})


@dataclass(frozen=True, slots=True)
class Passage:
    """One segment of one article, cut: `parts` are clauses in its clean text, `x` (n, d) their vectors.

    `whole` (d,) is the segment's own vector, `lengths` the words of each part and `lists` its
    enumerations. The first part is a label that names what the others explain where it is `labelled`.
    All vectors are prepared. `odds` (k,) are the slots' log odds of `whole`, where they are
    known; `tags` what a tagger makes of the whole text, where the concept has one.
    """

    article: int
    segment: int
    parts: tuple[Span, ...]
    lengths: tuple[int, ...]
    lists: tuple[Enumeration, ...]
    x: Floats
    whole: Floats
    odds: Floats | None = None
    tags: Tags | None = None
    labelled: bool = False

    def stretch(self, start: int, end: int) -> Span:
        """The clean text of parts `[start, end)`."""
        return Span(self.parts[start].start, self.parts[end - 1].end)

    def text(self, articles: Sequence[Article]) -> str:
        """The clean text of the segment that it is of."""
        return articles[self.article].segments[self.segment].text

    def share(self, span: Span, slot: str) -> float:
        """How much the tagger makes of `span` for a slot; one where it has no say."""
        return 1.0 if self.tags is None else self.tags.by_label(span).get(slot, 1.0)

    def marked(self, slot: str, text: str) -> list[tuple[Span, float]]:
        """The stretches of its clean `text` that the tagger surely marks for a slot, and how surely."""
        if self.tags is None or slot not in self.tags.tagger.labels:
            return []
        found = self.tags.stretches(slot, _TOKEN)
        return [(whole_words(text, stretch), p) for stretch, p in found if p >= _MARK]

    def run(self, start: int, end: int) -> Floats:
        """The vector (d,) of parts `[start, end)`: means add up, as the encoder's pooling is a mean."""
        if (start, end) == (0, len(self.parts)):
            return self.whole
        weights = np.array(self.lengths[start:end], np.float32)[:, None]
        return normalise((weights * self.x[start:end]).sum(axis=0, keepdims=True))[0]


def cut_passages(
    articles: Sequence[Article],
    annotations: Sequence[Annotations],
    centred: Sequence[Floats],
    odds: Sequence[Floats],
    wanted: Callable[[int, int], bool],
    cuttable: Callable[[int, int], bool],
    encode: Callable[[Sequence[str]], Floats],
    tag: Tag | None = None,
    stating: Mapping[tuple[int, int], Caption] = MappingProxyType({}),
) -> list[Passage]:
    """Cut the segments that `wanted(article, segment)` keeps, and encode clauses that are new.

    Args:
        articles: articles of one family.
        annotations: parallel to `articles`; long names of concepts are read as their acronyms.
        centred: prepared vectors (n, d) of each article's segments.
        odds: the slots' log odds (n, k) of each.
        wanted: which segments may state a fact.
        cuttable: which of them may state more than one.
        encode: texts to prepared vectors; called once, with every distinct new clause.
        tag: what each token of a text states; called once.
        stating: the captions that state a fact, by (article, segment).
    """
    cut: list[tuple[int, int, tuple[Span, ...], tuple[Enumeration, ...], bool]] = []
    places = [_mentions(notes, "place") for notes in annotations]
    leading = [
        {line for block in article.blocks for line in (block.intro, block.parent) if line is not None}
        for article in articles
    ]
    may = [
        (a, s)
        for a, article in enumerate(articles)
        for s, segment in enumerate(article.segments)
        if ((a, s) in stating or _may_state(article, segment, leading[a], s in places[a])) and wanted(a, s)
    ]
    tags = dict(zip(may, tag([articles[a].segments[s].text for a, s in may]), strict=True)) if tag else {}
    short: dict[tuple[int, int, Span], str] = {}
    names = [_mentions(notes, "concept") for notes in annotations]
    for a, s in may:
        segment, lang = articles[a].segments[s], articles[a].document.lang
        placed = _placed(segment, names[a].get(s, ()))
        lists = _within_clauses(enumerations(segment.text, lang), placed)
        parts = _parts(segment.text, lang, lists, cuttable(a, s), tags.get((a, s)), placed)
        caption = stating.get((a, s))
        if caption is not None and caption.runs_in and parts:
            parts = _labelled(segment.text, caption.span, parts)
        if parts:
            labelled = caption is not None and caption.runs_in and len(parts) > 1
            cut.append((a, s, parts, lists, labelled))
            for part in parts if len(parts) > 1 else ():
                short[a, s, part] = _with_acronyms(segment.text, part, placed)
    texts = sorted(set(short.values()))
    known = dict(zip(texts, encode(texts), strict=True)) if texts else {}
    passages = []
    for a, s, parts, lists, labelled in cut:
        text = articles[a].segments[s].text
        whole = centred[a][s]
        x = np.stack([known[short[a, s, p]] for p in parts]) if len(parts) > 1 else whole[None, :]
        lengths = tuple(max(1, count_words(text, part)) for part in parts)
        passages.append(
            Passage(a, s, parts, lengths, lists, x, whole, odds[a][s], tags.get((a, s)), labelled)
        )
    return passages


def _mentions(notes: Annotations, kind: MentionKind) -> dict[int, list[Mention]]:
    """What each segment names of a kind, in order."""
    found: dict[int, list[Mention]] = {}
    for mention in notes.mentions:
        if mention.kind == kind:
            found.setdefault(mention.segment, []).append(mention)
    return found


def _placed(segment: Segment, names: Sequence[Mention]) -> list[tuple[str, Span]]:
    """The concepts that a segment names, and where in its clean text."""
    return [(m.target, place) for m in names if (place := segment.view.clean(m.span)) is not None]


def _within_clauses(
    lists: Sequence[Enumeration], placed: Sequence[tuple[str, Span]]
) -> tuple[Enumeration, ...]:
    """The `lists` of a text, each from the clause on that names the first of two concepts anew.

    "Though KPO is a part of BPO, KPO takes deeper, broader and newer skills" lists three things, not four.
    """

    def starts_anew(item: Span) -> bool:
        before = [target for target, place in placed if place.start < item.start]
        return _names_anew(before, [target for target, place in placed if item.holds(place)])

    kept = []
    for one in lists:
        anew = [i for i, item in enumerate(one.items) if i and starts_anew(item)]
        items = one.items[anew[0] :] if len(anew) == 1 else one.items
        if len(items) >= FEWEST_ITEMS:
            kept.append(Enumeration(Span(items[0].start, one.span.end), items))
    return tuple(kept)


def _with_acronyms(text: str, part: Span, placed: Sequence[tuple[str, Span]]) -> str:
    """The clean text of `part` with each upper-case concept id in place of the name that stands there.

    Exemplars say KPO and BPO; an article that spells the names out in its language says the same.
    """
    made, end = "", part.start
    for target, place in placed:
        if not target.isupper() or place.start < end or place.end > part.end:
            continue
        made += text[end : place.start] + target
        end = place.end
    return made + text[end : part.end]


def _may_state(article: Article, segment: Segment, leading: Container[Span], place: bool) -> bool:
    """Whether a segment can state a fact: headings, list intros and the heads of tables only lead to one.

    A sentence that comes to its end before a list need not be its intro only, nor an item before those that
    are nested in it. A question states nothing. A cell of one word says something if that is a `place`. The
    segments that stand over lists are `leading`.
    """
    block = article.blocks[segment.block]
    if block.kind in _SKIPPED or any(span and span.overlap(segment.span) for span in block.header):
        return False
    if segment.column == 0 and _labels_its_row(article, block, segment):
        return False
    if (
        segment.kind == "cell"
        and not place
        and count_words(segment.text, Span(0, len(segment.text))) < _CELL_WORDS
    ):
        return False
    if segment.kind == "sentence" and _asks(segment.text, article.document.lang):
        return False
    if segment.kind in ("sentence", "item") and not segment.text.endswith(_LEADING):
        return True
    return segment.span not in leading


def _labels_its_row(article: Article, block: Block, cell: Segment) -> bool:
    """Whether the first cell of a row says what the others are about, and nothing of its own.

    Under heads that are usual headings ("Benefits | Risks") each column is a list.
    """
    if not block.header:
        return is_usual(cell.text)
    if len(block.cells) <= _TWO_COLUMNS:
        return False
    heads = [span is not None and is_usual(span.of(article.document.text)) for span in block.header]
    return not (heads[0] and any(heads[1:]))


def _asks(text: str, lang: str) -> bool:
    return bool(_ASKS.search(text)) or (lang == "el" and text.endswith(";"))


def pool(passages: Sequence[Passage], articles: Sequence[Article], groups: Sequence[Group]) -> list[Passage]:
    """The same passages, each clause's vector averaged with those of its translations.

    Every language votes on each clause; for a linear model, averaging vectors is averaging log odds.
    """
    position = {article.document.id: a for a, article in enumerate(articles)}
    where = {(p.article, p.segment): i for i, p in enumerate(passages)}
    pooled = list(passages)
    for group in groups:
        members = [
            [
                passages[where[position[side.document], s]]
                for s in range(side.first, side.last + 1)
                if (position[side.document], s) in where
            ]
            for side in group.passages
            if side.document in position
        ]
        for mine in members:
            others = [other for other in members if other is not mine and other]
            for passage in mine:
                index = where[passage.article, passage.segment]
                pooled[index] = _pooled(passage, mine, others, group.score)
    return pooled


def _pooled(
    passage: Passage, mine: Sequence[Passage], others: Sequence[Sequence[Passage]], score: float
) -> Passage:
    x, whole = passage.x.copy(), passage.whole.copy()
    for other in others:
        clauses_there = np.concatenate([p.x for p in other])
        similarity = passage.x @ clauses_there.T
        for i, j in enumerate(similarity.argmax(axis=1)):
            if similarity[i, j] >= _SAME_CLAUSE:
                x[i] += score * clauses_there[j]
        if len(mine) == 1 and len(other) == 1:
            whole += score * other[0].whole
    return replace(passage, x=normalise(x), whole=normalise(whole[None, :])[0], odds=None)


def _parts(
    text: str,
    lang: str,
    lists: tuple[Enumeration, ...],
    cuttable: bool,
    tags: Tags | None,
    placed: Sequence[tuple[str, Span]],
) -> tuple[Span, ...]:
    """The clauses of a text that may state more than one fact; of another those that name a concept anew."""
    parts = clauses(text, lang, lists)
    if cuttable and (tags is None or _states_two(parts, tags)):
        return parts
    return _naming_anew(parts, placed)


def _names_anew(before: Sequence[str], named: Sequence[str]) -> bool:
    """Whether two concepts were named `before`, and the first of them is again among those `named`."""
    return len(set(before)) > 1 and before[0] in named


def _naming_anew(parts: Sequence[Span], placed: Sequence[tuple[str, Span]]) -> tuple[Span, ...]:
    """`parts`, each joined to those before but where these name two concepts and it names the first anew."""
    joined: list[tuple[Span, list[str]]] = []
    for part in parts:
        named = [target for target, place in placed if part.holds(place)]
        before, so_far = joined[-1] if joined else (part, [])
        if _names_anew(so_far, named):
            joined.append((part, named))
        else:
            joined[-1:] = [(Span(before.start, part.end), so_far + named)]
    return tuple(span for span, _ in joined)


def _labelled(text: str, label: Span, parts: Sequence[Span]) -> tuple[Span, ...]:
    """The parts of a text, of which its label is the first."""
    rest = [Span(max(part.start, label.end), part.end) for part in parts if part.end > label.end]
    return (label, *(part for one in rest if (part := trimmed(text, one)) is not None))


def _states_two(parts: Sequence[Span], tags: Tags) -> bool:
    """Whether the tagger sees two labels in `parts`: two slots, a slot and a place, two roles of places."""
    seen = np.stack([tags.shares(part) for part in parts]).max(axis=0) >= _SEEN
    return int(seen[tags.tagger.stating].sum()) > 1
