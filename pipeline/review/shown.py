"""What the last run showed to reviewers, kept beside their decisions to check these against."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
from pydantic import TypeAdapter, ValidationError

from pipeline.bundle import Bundle, Part, clean_text, passage_text
from pipeline.errors import ReviewError
from pipeline.model import Article, Group, Passage, Span, Subject
from pipeline.standing import extracted_value, shown_claim, shown_claim_all, shown_group
from pipeline.tables import in_reading_order, member_id, passage_id

SHOWN = Path("review", "shown.jsonl")


@dataclass(frozen=True, slots=True)
class Shown:
    """One group or claim as a reviewer sees it.

    `shown` is the hash in the sheet and `valid` are all under which a decision still holds. `texts`
    are the read-only cells by column. `members` are a group's passages, (member id, passage id,
    language), and
    `origins` the groups from which earlier corrections made it.
    """

    subject: Subject
    id: str
    shown: str
    valid: tuple[str, ...]
    texts: tuple[tuple[str, str], ...]
    quotes: tuple[tuple[str, str], ...]
    slot: str = ""
    value: str = ""
    confidence: float = 0.0
    members: tuple[tuple[str, str, str], ...] = ()
    origins: tuple[str, ...] = ()


_ADAPTER = TypeAdapter(Shown)
_ENCODER = msgspec.json.Encoder()


def shown_lines(shown: Iterable[Shown]) -> bytes:
    """What was shown, one line each, in the order given."""
    return b"".join(_ENCODER.encode(each) + b"\n" for each in shown)


def read_shown(out: Path) -> dict[str, Shown]:
    """What the last run showed, by group or claim id.

    Raises:
        ReviewError: no run has written here, or the file is damaged.
    """
    path = out / SHOWN
    mend = "run the pipeline into this folder first"
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
        found = [_ADAPTER.validate_json(line) for line in lines if line]
    except (OSError, ValidationError) as error:
        raise ReviewError("no run's results to review", path=str(path), mend=mend) from error
    return {shown.id: shown for shown in found}


def shown_groups(part: Part) -> Iterator[Shown]:
    """What the sheets show of each group, in reading order."""
    articles = part.by_id()
    for group in in_reading_order(part.groups, articles):
        quotes = tuple((p.lang, passage_text(p, articles[p.document])) for p in group.passages)
        langs = dict.fromkeys(lang for lang, _ in quotes)
        shown = shown_group(group, articles)
        yield Shown(
            subject="group",
            id=group.id,
            shown=shown,
            valid=(shown,),
            texts=tuple((lang, "\n".join(t for other, t in quotes if other == lang)) for lang in langs),
            quotes=quotes,
            members=tuple(_member(group, p, articles[p.document]) for p in group.passages),
            origins=group.origins,
        )


def shown_claims(bundle: Bundle) -> Iterator[Shown]:
    """What the sheets show of each claim."""
    articles = bundle.by_id()
    for claim in bundle.record.claims:
        value = extracted_value(claim)
        yield Shown(
            subject="claim",
            id=claim.id,
            shown=shown_claim(claim),
            valid=tuple(sorted(shown_claim_all(claim))),
            texts=(("value", value.label), ("statement", claim.statement.text)),
            quotes=tuple(
                (e.lang, clean_text(articles[e.document], Span(e.start, e.end))) for e in claim.evidence
            ),
            slot=claim.slot,
            value=value.id or value.label,
            confidence=round(claim.confidence, 4),
        )


def _member(group: Group, passage: Passage, article: Article) -> tuple[str, str, str]:
    part = passage_id(passage, article)
    return member_id(group.id, part), part, passage.lang
