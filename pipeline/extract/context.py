"""What surrounds a passage: the headings above it, its list's intro line, the head of its table row."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from pipeline.colons import ENDS
from pipeline.concept import Concept
from pipeline.config import ExtractSettings
from pipeline.extract.captions import Caption
from pipeline.extract.explained import Told, told_by
from pipeline.extract.heads import softmax
from pipeline.extract.judge import DEFINITION, Judge, Judged
from pipeline.extract.subject import Subjects, named_by
from pipeline.headings import bare_heading, is_usual, usual_roles
from pipeline.model import Article, Block, Segment, Span
from pipeline.vectors import Floats

# What a slot keeps of its odds under a heading that favours others: its share, less than one.
_FLOOR = 0.2
# A head of a table tells of a slot that it is this much about; its cells may state that one.
TOLD = 0.8
_BODIES = frozenset({"paragraph", "list item"})


@dataclass(frozen=True, slots=True)
class Context:
    """What surrounds the segments of one article.

    `odds` (n, k) are log odds of slots that sections, intros and captions add; `rows` (n, k) says for a
    table cell how much the first cell of its row is about each slot, and is one elsewhere. `stating` are
    the captions that state a fact, by their segment.
    """

    article: Article
    subjects: Subjects
    odds: Floats
    rows: Floats
    stating: Mapping[int, Caption]


def context_of(
    article: Article,
    subjects: Subjects,
    x: Floats,
    captions: Sequence[Caption | None],
    read: Mapping[str, Judged],
    bare: Mapping[str, Floats],
    judge: Judge,
    concept: Concept,
    settings: ExtractSettings,
) -> Context:
    """What section headings, list intros, captions and the heads of table rows say about each segment.

    Their role (`roles` head) is shared among the slots that name the role.

    Args:
        article: the article.
        subjects: what its segments are about.
        x: prepared vectors (n, d) of its segments.
        captions: for each of them the caption that it stands under.
        read: the texts of captions by themselves.
        bare: prepared vectors (d,) of headings without their numbers.
        judge: the trained heads.
        concept: slots and their roles.
        settings: the weights of section and intro.
    """
    shape = (len(article.segments), len(judge.slots.labels))
    odds, rows = np.zeros(shape, np.float32), np.ones(shape, np.float32)
    if not len(article.segments):
        return Context(article, subjects, odds, rows, {})
    roles = _role_shares(judge, concept)
    starts = [segment.span.start for segment in article.segments]
    leads = [_leading(article, block, starts) for block in article.blocks]
    about = _about(article, subjects, x, set(chain.from_iterable(leads)), bare, judge, roles)
    # A definition stands anywhere, and under "What is it?" stand all kinds of facts.
    anywhere = {slot.id for slot in concept.slots if slot.whole}
    bound = np.array([name not in anywhere for name in judge.slots.labels], np.float32)
    favours = _favours(about * bound)
    if DEFINITION in judge.slots.labels:
        column = judge.slots.labels.index(DEFINITION)
        introductions = _introductions(article, subjects, concept.name.id)
        odds[introductions, column] += settings.introduced
        odds[_explanations(article, subjects, introductions), column] += settings.explained
    at = {start: i for i, start in enumerate(starts)}
    over: list[list[int]] = []
    for i, segment in enumerate(article.segments):
        title = title_of(article, segment)
        block = article.blocks[segment.block]
        head = None if title is None else at.get(title.start)
        if head is not None:
            # A list without a line of introduction is introduced by its heading, and so are labels.
            near = (block.kind == "list item" and block.intro is None) or _is_label(captions[i], article)
            odds[i] += (settings.intro if near else settings.context) * favours[head]
        heads = _cell_heads(article, segment, subjects, starts)
        if heads and segment.column:
            share = about[heads].max(axis=0)
            # Beside "Meaning" stands what defines, and nothing else.
            defines = share * (1 - bound)
            share = defines if defines.max() >= TOLD else share
            # Where neither row nor column tells, a cell may be about anything: "Finance | examples".
            rows[i] = share if len(heads) == 1 or share.max() >= TOLD else 1.0
        lines = [*heads, *leads[segment.block]]
        # A section on what it is holds all kinds of facts, but a cell only what its head says.
        odds[i] += settings.intro * (
            favours[leads[segment.block]].sum(axis=0) + _favours(about[heads]).sum(axis=0)
        )
        over.append(lines if head is None else [*lines, head])
    told = _told(article, captions, read, odds, about * bound, over, judge, roles * bound, settings)
    for i, caption in enumerate(captions):
        if caption is not None and (i != caption.segment or caption.runs_in or told[caption].states):
            odds[i] += settings.intro * _favours(told[caption].shares)
    stating = {caption.segment: caption for caption, one in told.items() if one.states}
    return Context(article, subjects, odds, rows, stating)


def _about(
    article: Article,
    subjects: Subjects,
    x: Floats,
    leading: Container[int],
    bare: Mapping[str, Floats],
    judge: Judge,
    roles: Floats,
) -> Floats:
    """How much each line that may stand over others is about each slot (n, k); other rows are zero.

    `leading` are the lines over lists.

    A usual heading, of a section, in a table or over a list, is what it says; what is but a concept's name
    tells nothing.
    """
    asked = [i for i, s in enumerate(article.segments) if s.kind in ("heading", "cell") or i in leading]
    about = np.zeros((len(x), roles.shape[1]), np.float32)
    if not asked:
        return about
    headings = {
        i: bare_heading(article.segments[i].text) for i in asked if article.segments[i].kind == "heading"
    }
    rows = [bare[headings[i]] if i in headings else x[i] for i in asked]
    about[asked] = softmax(judge.roles.logits(np.stack(rows))) @ roles
    labels = judge.roles.labels
    for i in asked:
        segment = article.segments[i]
        if segment.kind not in ("heading", "cell") and not segment.text.endswith(ENDS):
            continue
        line = segment.text.rstrip("".join((" ", *ENDS)))
        usual = [labels.index(role) for role in usual_roles(line) if role in labels]
        if usual:
            about[i] = roles[usual].max(axis=0)
        elif any(place == segment.span for place, _ in subjects.named[i]):
            about[i] = 0
    return about


def _favours(about: Floats) -> Floats:
    """The log odds (..., k) of slots for what stands below a line that is so much about each."""
    return np.asarray(np.log(about + _FLOOR) - np.log(_FLOOR), np.float32)


def _told(
    article: Article,
    captions: Sequence[Caption | None],
    read: Mapping[str, Judged],
    odds: Floats,
    about: Floats,
    over: Sequence[Sequence[int]],
    judge: Judge,
    roles: Floats,
    settings: ExtractSettings,
) -> dict[Caption, Told]:
    """What each caption tells, under the lines that stand `over` its segment."""
    asked = list(dict.fromkeys(one for one in captions if one is not None))
    if not asked:
        return {}
    heads = np.stack([read[caption.text(article)].x for caption in asked])
    made: dict[Caption, Told] = {}
    for caption, role in zip(asked, softmax(judge.roles.logits(heads)) @ roles, strict=True):
        text, around = caption.text(article), odds[caption.segment]
        lines = over[caption.segment]
        if caption.over is not None:
            lines = [caption.over]
            around = around + settings.intro * _favours(about[caption.over])
        made[caption] = told_by(
            text, read[text], role, around, about[lines], caption.runs_in or caption.over is not None
        )
    return made


def _is_label(caption: Caption | None, article: Article) -> bool:
    """Whether a caption runs in and is no usual heading, so that it is one of the facts of a section."""
    return caption is not None and caption.runs_in and not is_usual(caption.text(article))


def _introductions(article: Article, subjects: Subjects, own: str) -> list[int]:
    """The segments that introduce the concept: the first to name it, or one with its name and acronym.

    The name must come before any other concept's: what a sentence defines stands at its head.
    """
    bodies = [i for i, s in enumerate(article.segments) if article.blocks[s.block].kind in _BODIES]
    naming = [i for i in bodies if subjects.named[i] and subjects.named[i][0][1] == own]
    twice = [i for i in naming if len(subjects.named[i]) > 1 and subjects.named[i][1][1] == own]
    return sorted({*naming[:1], *twice})


def _explanations(article: Article, subjects: Subjects, introductions: Sequence[int]) -> list[int]:
    """The segments right behind an introduction that name no concept.

    "The experts call it KPO. What is meant is that ..."
    """
    return [
        i + 1
        for i in introductions
        if i + 1 < len(article.segments)
        and i + 1 not in introductions
        and article.segments[i + 1].block == article.segments[i].block
        and not subjects.named[i + 1]
    ]


def _role_shares(judge: Judge, concept: Concept) -> Floats:
    """Which slots (k) each role (r) favours, as (r, k)."""
    share = np.zeros((len(judge.roles.labels), len(judge.slots.labels)), np.float32)
    for slot in concept.slots:
        if slot.id not in judge.slots.labels:
            continue
        for role in slot.roles:
            if role in judge.roles.labels:
                share[judge.roles.labels.index(role), judge.slots.labels.index(slot.id)] = 1.0
    return share


def title_of(article: Article, segment: Segment) -> Span | None:
    """The nearest heading above the segment, unless the segment is that heading."""
    index = segment.section
    while index is not None:
        section = article.sections[index]
        if section.title is not None and not section.title.holds(segment.span):
            return section.title
        index = section.parent
    return None


def _cell_heads(article: Article, segment: Segment, subjects: Subjects, starts: Sequence[int]) -> list[int]:
    """The segments that say what a cell is about: the first one of its row, the head of its column.

    One of them that is a concept's name says what it is about in another way.
    """
    block = article.blocks[segment.block]
    if block.kind != "table row" or segment.column is None or block.cells == block.header:
        return []
    cells = [block.cells[0] if segment.column else None, *block.header[segment.column : segment.column + 1]]
    heads = [(cell, head) for cell in cells if (head := _last_inside(article, cell, starts)) is not None]
    return [head for cell, head in heads if named_by(cell, subjects.named[head]) is None]


def _leading(article: Article, block: Block, starts: Sequence[int]) -> list[int]:
    """The segments that a list item stands below: its list's intro line, and the item it is nested in."""
    lines = (_last_inside(article, place, starts) for place in (block.intro, block.parent))
    return [line for line in lines if line is not None]


def _last_inside(article: Article, place: Span | None, starts: Sequence[int]) -> int | None:
    """The last segment at a place of the file; `starts` are where the segments begin, in order."""
    if place is None:
        return None
    last = bisect_left(starts, place.end) - 1
    return last if last >= 0 and article.segments[last].span.overlap(place) else None
