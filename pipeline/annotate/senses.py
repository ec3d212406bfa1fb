"""Acronyms that an article uses for something else than the configured concept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.annotate.page import Expansion, Page
from pipeline.annotate.words import words


def told_apart(page: Page, expansions: Sequence[Expansion]) -> tuple[tuple[Expansion, ...], frozenset[str]]:
    """The expansions, homonyms without their concept; and the acronyms that are only homonyms here.

    "Krajowy Plan Odbudowy (KPO)" fits the letters and shares no word with any name of the concept,
    so in an article that explains its KPO so and not otherwise, KPO does not name the concept.
    """
    apart = tuple(
        replace(expansion, concept=None) if _is_homonym(page, expansion) else expansion
        for expansion in expansions
    )
    meant = {expansion.acronym for expansion in apart if expansion.concept is not None}
    other = {new.acronym for new, old in zip(apart, expansions, strict=True) if new.concept != old.concept}
    return apart, frozenset(other - meant)


def _is_homonym(page: Page, expansion: Expansion) -> bool:
    """Whether the letters prove the long form, and no word of it belongs to the concept's names."""
    if expansion.concept is None or not expansion.sure:
        return False
    long = expansion.long.of(page.article.segments[expansion.segment].text)
    return not page.lexicon.akin([word.key for word in words(long)], expansion.concept)
