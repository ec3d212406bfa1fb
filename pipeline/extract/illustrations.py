"""Sentences that only illustrate: "For example, if trade is slack, a firm can do with fewer of them"."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files

import regex
import yaml

from pipeline.extract.facts import Fact
from pipeline.model import Article


def without_illustrations(facts: Sequence[Fact], articles: Sequence[Article]) -> list[Fact]:
    """The facts, but for those that an example only repeats of another sentence of its paragraph.

    Args:
        facts: of the articles of one family.
        articles: the articles themselves.
    """

    def illustrates(fact: Fact) -> bool:
        article = articles[fact.article]
        cue = _cue(article.document.lang)
        return cue is not None and cue.search(article.segments[fact.segment].text) is not None

    def stated(fact: Fact) -> tuple[object, ...]:
        block = articles[fact.article].segments[fact.segment].block
        return fact.article, block, fact.slot, fact.value.id or fact.value.label, fact.polarity

    told = {stated(fact) for fact in facts if not illustrates(fact)}
    return [fact for fact in facts if stated(fact) not in told or not illustrates(fact)]


@lru_cache(maxsize=256)
def _cue(lang: str) -> regex.Pattern[str] | None:
    """Matches what makes a sentence in `lang` an example; None where that is not known."""
    phrases = _phrases().get(lang.partition("-")[0])
    if not phrases:
        return None
    either = "|".join(regex.escape(phrase) for phrase in phrases)
    # Where words are not parted by spaces, one begins and ends anywhere.
    unspaced = r"\p{Han}\p{Hiragana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
    return regex.compile(
        rf"(?V1)(?<![\p{{L}}--[{unspaced}]])(?:{either})(?![\p{{L}}--[{unspaced}]])", regex.I
    )


@cache
def _phrases() -> dict[str, list[str]]:
    text = files(__package__).joinpath("illustrations.yaml").read_text(encoding="utf-8")
    found: dict[str, list[str]] = yaml.safe_load(text)
    return found
