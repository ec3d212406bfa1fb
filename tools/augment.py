"""Noise for training splitters, so that they meet what scraped text does to punctuation."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from endings import (
    bracket_sentence,
    drop_last_stop,
    end_in_code,
    end_in_emoji,
    end_in_short_word,
    glue,
    introduce_by_colon,
    join_in_small_letters,
    lower_start,
    quote_sentence,
    report_speech,
    vary_ending,
)
from noise import (
    add_marker,
    capitalise_words,
    change_case,
    glue_commas,
    insert_abbreviation,
    insert_address,
    insert_emoji,
    insert_initial,
    quote_phrase,
    restyle_quotes,
    vary_digits,
)
from treebank import Paragraph


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What may be put into a text: abbreviations with their full stop, endings of sentences, short words."""

    abbreviations: tuple[str, ...]
    endings: tuple[str, ...]
    short: tuple[str, ...]


Noise = Callable[[Paragraph, random.Random], Paragraph]


def augment(paragraph: Paragraph, rng: random.Random, lexicon: Lexicon) -> Paragraph:
    """Apply each kind of noise with its own probability."""
    kinds: tuple[tuple[float, Noise], ...] = (
        (0.25, vary_digits),
        (0.20, lambda p, r: insert_abbreviation(p, r, lexicon.abbreviations)),
        (0.10, insert_initial),
        (0.06, insert_address),
        (0.20, end_in_code),
        (0.10, lambda p, r: end_in_short_word(p, r, lexicon.short)),
        (0.08, introduce_by_colon),
        (0.04, report_speech),
        (0.08, end_in_emoji),
        (0.03, insert_emoji),
        (0.12, lambda p, r: vary_ending(p, r, lexicon.endings)),
        (0.04, join_in_small_letters),
        (0.04, glue_commas),
        (0.08, quote_sentence),
        (0.04, bracket_sentence),
        (0.15, quote_phrase),
        (0.40, restyle_quotes),
        (0.20, capitalise_words),
        (0.06, lower_start),
        (0.05, add_marker),
        (0.05, lambda p, _: change_case(p, str.upper)),
        (0.05, lambda p, _: change_case(p, str.lower)),
        (0.15, drop_last_stop),
        (0.12, glue),
    )
    for probability, noise in kinds:
        if rng.random() < probability:
            paragraph = noise(paragraph, rng)
    return paragraph
