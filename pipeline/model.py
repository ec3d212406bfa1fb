"""Every record that flows through the pipeline, and nothing else.

Records are frozen and hold tuples, so that a stage returns new ones and mutates none. Offsets are
half-open ranges of code points of `Document.text`, which is the decoded file, never rewritten.
Identifiers are hashes of content, so the same file gives the same identifiers on every machine.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from types import MappingProxyType
from typing import Literal

BlockKind = Literal["heading", "paragraph", "list item", "table row", "metadata", "boilerplate"]
SegmentKind = Literal["sentence", "item", "cell", "heading"]
Media = Literal["markdown", "text", "html", "wiki"]
Subject = Literal["group", "claim"]
Verdict = Literal["accept", "reject", "correct", "note"]
GroupKind = Literal["translated", "comparable"]
Match = Literal["exact", "normalised"]
MentionKind = Literal["concept", "place", "acronym"]
LocationRole = Literal["provider", "emerging", "affected", "client"]
RejectKind = Literal["quarantined", "duplicate", "irrelevant", "left out"]


def content_id(*parts: object, length: int = 16) -> str:
    """Hash `parts` to `length` characters; equal parts give equal ids on every machine.

    The first character is a letter from a to p and the others are hexadecimal digits, because a
    spreadsheet would read `12e34567` or `00123456` as a number and write back another.
    """
    encoded = [str(part).encode("utf-8", "surrogatepass") for part in parts]
    framed = b"".join([len(part).to_bytes(8, "big") + part for part in encoded])
    digits = blake2b(framed, digest_size=length // 2).hexdigest()
    return chr(ord("a") + int(digits[0], 16)) + digits[1:]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of code points, `text[start:end]`; an empty or negative one is refused."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"not a span: [{self.start}:{self.end}]")

    def __len__(self) -> int:
        return self.end - self.start

    def of(self, text: str) -> str:
        """The characters of `text` at this place."""
        return text[self.start : self.end]

    def holds(self, other: Span) -> bool:
        """Whether `other` lies wholly inside."""
        return self.start <= other.start and other.end <= self.end

    def overlap(self, other: Span) -> int:
        """How many code points both cover."""
        return max(0, min(self.end, other.end) - max(self.start, other.start))


@dataclass(frozen=True, slots=True)
class Run:
    """One stretch of a view: `width` characters of it stand for `source_width` of the file.

    Equal widths map character by character; otherwise the stretch maps as a whole (an entity).
    """

    start: int
    width: int
    source: int
    source_width: int


@dataclass(frozen=True, slots=True)
class View:
    """Clean text for models, and the way back to the exact characters of the file.

    `runs` are ordered and cover every character of `text`; what the view drops (markup, soft
    hyphens) lies between the sources of two runs.
    """

    text: str
    runs: tuple[Run, ...]

    def source(self, span: Span) -> Span:
        """The span of the file that the view's `span` stands for.

        Raises:
            ValueError: `span` is not inside the view.
        """
        if span.end > len(self.text):
            raise ValueError(f"[{span.start}:{span.end}] is outside a view of {len(self.text)} characters")
        if len(self.runs) == 1 and self.runs[0].width == self.runs[0].source_width:  # as most are
            ahead = self.runs[0].source - self.runs[0].start
            return Span(span.start + ahead, span.end + ahead)
        first, last = self._run_at(span.start), self._run_at(span.end - 1)
        one_to_one = first.width == first.source_width
        start = first.source + (span.start - first.start if one_to_one else 0)
        one_to_one = last.width == last.source_width
        end = last.source + (span.end - last.start if one_to_one else last.source_width)
        return Span(start, end)

    def clean(self, span: Span) -> Span | None:
        """The view's span for the file's `span`, or None where the view shows nothing of it."""
        start = end = None
        for run in self.runs:
            if run.source >= span.end:
                break
            if run.source + run.source_width <= span.start:
                continue
            if run.width == run.source_width:
                low = run.start + max(0, span.start - run.source)
                high = run.start + min(run.width, span.end - run.source)
            else:
                low, high = run.start, run.start + run.width
            start = low if start is None else start
            end = high
        return None if start is None or end is None else Span(start, end)

    def _run_at(self, position: int) -> Run:
        return self.runs[bisect_right(self.runs, position, key=lambda run: run.start) - 1]


@dataclass(frozen=True, slots=True)
class Document:
    """One decoded file. `text` is untouched (for HTML: the extracted text layer, see `layered`).

    `id` hashes the bytes, so renaming a file changes nothing but `path`. `metadata` is the front
    matter; `flags` name what a reader should know (`mojibake`, `mixed languages`).
    """

    id: str
    path: str
    lang: str
    text: str
    sha256: str
    encoding: str
    media: Media = "text"
    lang_confidence: float = 1.0
    metadata: tuple[tuple[str, str], ...] = ()
    flags: tuple[str, ...] = ()
    layered: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of the text under one heading; `parent` is an index into the article's sections.

    `role` names what the section does (definition, services, ...), decided by the outline stage.
    """

    span: Span
    title: Span | None
    level: int
    parent: int | None = None
    role: str | None = None
    role_confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph-like piece. `section` is an index; `reason` says why a block is boilerplate.

    List items: `intro` is the span of the line that introduces the list, `level` the nesting from
    0, `parent` the span of the item that it is nested in. Table rows: `cells` are the spans of the cells
    by column, None where one is empty, `header` those of the head row.
    """

    kind: BlockKind
    span: Span
    section: int | None = None
    reason: str | None = None
    intro: Span | None = None
    level: int = 0
    cells: tuple[Span | None, ...] = ()
    header: tuple[Span | None, ...] = ()
    parent: Span | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """The unit of alignment. `block` and `section` are indices; `column` is a cell's column.

    `view.text` is the clean text; `view.source(...)` leads back to the file.
    """

    id: str
    kind: SegmentKind
    span: Span
    view: View
    block: int
    section: int | None = None
    column: int | None = None

    @property
    def text(self) -> str:
        """The clean text that models read."""
        return self.view.text


@dataclass(frozen=True, slots=True)
class Article:
    """A document with its structure; `title` is the span of its headline wherever it stands."""

    document: Document
    sections: tuple[Section, ...]
    blocks: tuple[Block, ...]
    segments: tuple[Segment, ...]
    title: Span | None = None

    def at(self, path: str) -> Article:
        """The same article, its file now at `path`."""
        return replace(self, document=replace(self.document, path=path))

    def section_path(self, index: int | None) -> tuple[str, ...]:
        """The titles of section `index` and its parents, outermost first."""
        titles: list[str] = []
        while index is not None:
            section = self.sections[index]
            if section.title is not None:
                titles.append(section.title.of(self.document.text))
            index = section.parent
        return tuple(reversed(titles))


@dataclass(frozen=True, slots=True)
class Token:
    """A word; `span` is in the file, `lemma` the citation form or the word itself."""

    span: Span
    text: str
    lemma: str
    pos: str = ""


@dataclass(frozen=True, slots=True)
class Mention:
    """A concept, place or acronym named in a segment (an index); `target` is its id.

    `target` is a concept id from the config (`KPO`, `BPO`), an ISO 3166-1 alpha-2 code, or the
    acronym itself.
    """

    kind: MentionKind
    segment: int
    span: Span
    text: str
    target: str


@dataclass(frozen=True, slots=True)
class Family:
    """Documents that are translations or versions of one source; one family is one source."""

    id: str
    documents: tuple[str, ...]
    probability: float = 1.0


@dataclass(frozen=True, slots=True)
class Passage:
    """Consecutive segments (indices `first` to `last`, inclusive) of one document."""

    document: str
    lang: str
    first: int
    last: int
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class Link:
    """A pairwise judgement beneath a group: these two passages say the same, with `score`."""

    left: Passage
    right: Passage
    score: float


@dataclass(frozen=True, slots=True)
class Group:
    """Passages of several documents that say the same; `score` is a calibrated probability.

    `families` holds one id for a translated group, two for a comparable one. `id` hashes the
    languages and clean texts of the passages, so unrelated edits leave it alone. `origins` are the
    ids of the groups from which reviewers' corrections made it.
    """

    id: str
    kind: GroupKind
    families: tuple[str, ...]
    passages: tuple[Passage, ...]
    score: float
    links: tuple[Link, ...] = ()
    origins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """The exact place that states a value: `document.text[span.start:span.end] == quote`."""

    document: str
    lang: str
    span: Span
    quote: str
    match: Match
    section: tuple[str, ...]
    score: float
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """What a claim says: `id` from the concept's vocabulary, or None for a new candidate.

    `kind` is the vocabulary or the type (`service`, `country`, `text`); `role` is for locations.
    """

    id: str | None
    label: str
    kind: str
    role: LocationRole | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement about the concept by one family of documents, with where it stands.

    `polarity` is False where the text denies it ("KPO is not an extension of BPO"). `signals`
    explain the confidence.
    """

    id: str
    slot: str
    value: Value
    lang: str
    statement: str
    confidence: float
    evidence: tuple[Evidence, ...]
    family: str
    polarity: bool = True
    signals: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        if not self.evidence:
            raise ValueError(f"claim {self.id} has no evidence")


@dataclass(frozen=True, slots=True)
class Label:
    """A name of a concept in one language; `kind` is preferred, variant or inflected."""

    concept: str
    lang: str
    text: str
    kind: Literal["preferred", "variant", "inflected"]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Acronym:
    """An acronym and what a text says that it stands for, as (language, text)."""

    text: str
    expansions: tuple[tuple[str, str], ...]
    evidence: tuple[Evidence, ...]
    concept: str | None = None


@dataclass(frozen=True, slots=True)
class Annotations:
    """What the annotate stage adds to an article; `tokens` has one tuple a segment.

    `labels` and `acronyms` are what this article itself says about names.
    """

    tokens: tuple[tuple[Token, ...], ...]
    mentions: tuple[Mention, ...]
    labels: tuple[Label, ...] = ()
    acronyms: tuple[Acronym, ...] = ()


@dataclass(frozen=True, slots=True)
class Contrast:
    """One comparison row of one family: the dimension, and each concept's side as evidence."""

    id: str
    dimension: Value
    sides: tuple[tuple[str, tuple[Evidence, ...]], ...]
    evidence: tuple[Evidence, ...]
    family: str
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Reject:
    """Something left out, why, and what the user can do about it."""

    path: str
    stage: str
    kind: RejectKind
    reason: str
    mend: str
    document: str | None = None
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that one family of documents states about the concept."""

    family: str
    claims: tuple[Claim, ...] = ()
    labels: tuple[Label, ...] = ()
    acronyms: tuple[Acronym, ...] = ()
    contrasts: tuple[Contrast, ...] = ()
    rejects: tuple[Reject, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What one reviewer decided about one group or claim; a later one of theirs replaces it.

    `shown` hashes what they saw, so that a decision about a text that has changed since is found.
    `correction` is the new value of a claim, or what to do with a group's passages. `slot`, `value`,
    `confidence` and `quotes` (language, text) keep what was decided, for people who read the file
    and for learning.
    """

    subject: Subject
    target: str
    verdict: Verdict
    correction: str
    note: str
    reviewer: str
    time: str
    shown: str
    slot: str = ""
    value: str = ""
    confidence: float = 0.0
    quotes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ModelCard:
    """Which model made something, so that results of different models never mix."""

    name: str
    revision: str
    settings: tuple[tuple[str, str], ...] = ()

    @property
    def id(self) -> str:
        """A hash of the name, revision and settings."""
        return content_id(self.name, self.revision, *(f"{key}={value}" for key, value in self.settings))


def spans_in_order(spans: Iterable[Span]) -> bool:
    """Whether spans are ordered and disjoint."""
    last = 0
    for span in spans:
        if span.start < last:
            return False
        last = span.end
    return True
