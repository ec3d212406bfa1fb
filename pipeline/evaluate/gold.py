"""Gold facts of articles, read from one JSON object a line, in the slots of the record."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import InputError
from pipeline.model import Span

# Slots of gold files and what the record calls them. Names that stand in neither row nor column
# (`comparison_header`, notes) are not scored.
SLOTS = {
    "label_local": "label",
    "acronym_expansions": "acronym",
    "definition": "definition",
    "broader": "broader",
    "services": "service",
    "drivers": "driver",
    "benefits": "benefit",
    "risks": "risk",
    "requirements": "requirement",
    "countries": "location",
    "delivery_model": "delivery_model",
    "outlook": "outlook",
    "related_terms": "related",
}
DEFINITION = "definition"
FORBIDDEN = ("bpo_services", "bpo_types", "do_not_extract")
ROLES = {
    "provides": {"provider"},
    "growing": {"provider", "emerging"},
    "expected": {"emerging"},
    "affected": {"affected"},
    "client": {"client"},
    "provider": {"provider"},
    "emerging": {"emerging"},
}
_NOT_PROVIDER = frozenset({"affected", "client"})


@dataclass(frozen=True, slots=True)
class GoldFact:
    """One fact of article `file`; any of `spans` states it. `roles` are those allowed of a location."""

    file: str
    lang: str
    slot: str
    value: str
    spans: tuple[Span, ...]
    text: str
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class GoldRow:
    """A comparison row: its dimension, and the place of each concept's side, if marked."""

    file: str
    lang: str
    dimension: str
    span: Span
    sides: tuple[tuple[str, Span], ...] = ()


@dataclass(frozen=True, slots=True)
class Gold:
    """All that is known of some articles; `langs` leads from a file to its language.

    `tolerated` are facts that an article states though the gold does not ask for them, such as the
    countries that lose jobs, or that a fair reader may claim or not: found, they are neither right
    nor wrong.
    """

    langs: Mapping[str, str]
    facts: tuple[GoldFact, ...]
    forbidden: tuple[GoldFact, ...]
    rows: tuple[GoldRow, ...]
    listed: tuple[GoldRow, ...]
    contrasts: tuple[GoldFact, ...]
    tolerated: tuple[GoldFact, ...] = ()


def read_gold(path: Path) -> Gold:
    """Read a gold file.

    Raises:
        InputError: the file cannot be read or a line is not an article's gold.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", path=str(path), mend="name a gold file") from error
    articles = []
    for number, line in enumerate(lines, start=1):
        try:
            articles.append(_article(json.loads(line)))
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(
                f"not an article's gold: {error!r}",
                path=str(path),
                place=f"line {number}",
                mend="each line needs file, lang and facts, and each fact slot, value, start and end",
            ) from error
    return Gold(
        langs={file: lang for one in articles for file, lang in one.langs.items()},
        facts=tuple(fact for one in articles for fact in one.facts),
        forbidden=tuple(fact for one in articles for fact in one.forbidden),
        rows=tuple(row for one in articles for row in one.rows),
        listed=tuple(row for one in articles for row in one.listed),
        contrasts=tuple(fact for one in articles for fact in one.contrasts),
        tolerated=tuple(fact for one in articles for fact in one.tolerated),
    )


def _article(article: Mapping[str, Any]) -> Gold:
    """The gold of one article."""
    file, lang = article["file"], article["lang"]

    def facts(name: str, slots: Mapping[str, str]) -> tuple[GoldFact, ...]:
        known = (fact for fact in article.get(name, ()) if fact["slot"] in slots)
        return tuple(_fact(file, lang, fact, slots[fact["slot"]]) for fact in known)

    def rows(slot: str) -> tuple[GoldRow, ...]:
        return tuple(_row(file, lang, fact) for fact in article["facts"] if fact["slot"] == slot)

    others = tuple(
        GoldFact(file, lang, "location", code, (), "", _NOT_PROVIDER)
        for code in article.get("not_provider_countries", ())
    )
    return Gold(
        langs={file: lang},
        facts=facts("facts", SLOTS),
        forbidden=facts("facts", {slot: slot for slot in FORBIDDEN}),
        rows=rows("comparison"),
        listed=rows("comparison_list"),
        contrasts=facts("facts", {"contrast_prose": "contrast"}),
        tolerated=others + facts("tolerated", SLOTS),
    )


def _fact(file: str, lang: str, fact: Mapping[str, Any], slot: str) -> GoldFact:
    spans = (_span(fact), *(_span(other) for other in fact.get("alt", ())))
    roles = _roles(str(fact.get("status") or fact.get("role") or ""))
    # However many sentences define the concept, what they state is one thing: its definition.
    value = slot if slot == DEFINITION else str(fact["value"])
    return GoldFact(file, lang, slot, value, spans, str(fact.get("evidence", "")), roles)


def _roles(status: str) -> frozenset[str]:
    return frozenset(role for word in status.split() for role in ROLES.get(word, ()))


def _row(file: str, lang: str, fact: Mapping[str, Any]) -> GoldRow:
    cells: Mapping[str, Iterable[int]] = fact.get("cells", {})
    sides = tuple((name, Span(*cell)) for name, cell in cells.items() if name != "label")
    return GoldRow(file, lang, str(fact["value"]["dimension"]), _span(fact), sides)


def _span(fact: Mapping[str, Any]) -> Span:
    return Span(int(fact["start"]), int(fact["end"]))
