"""Noise within the sentences of training texts: what stands between words, and how words are written.

Every function takes a paragraph and a random generator and gives a changed paragraph back whose
tokens and sentences are still right.
"""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

from treebank import Paragraph, Sentence, Token

QUOTES = frozenset({'"', "“", "”", "„", "«", "»", "''", "``"})
QUOTE_STYLES = (
    ('"', '"'), ("“", "”"), ("„", "“"), ("„", "”"), ("”", "”"), ("«", "»"), ("»", "»"), ("'", "'"),
    ("‘", "’"),
)  # fmt: skip
MARKERS = (("•",), ("-",), ("–",), ("*",), ("·",), ("1", ")"), ("a", ")"), ("1.",), ("2.",), ("(", "3", ")"))
EMOJI = (*"😀😃😄😁😂🤣😊😍😘😎😢😭😡👍👏🙏🙈❤🌅🔥🎉✨💪🤔🙂😉☺✅🌿💔🏔", "❤️", "☀️", "👍🏽", "🏄🏾\u200d♀️")
SMILEYS = (":)", ":-)", ";)", ":D", ";D", ":P", ":(", ":((", "))", ")))", ")", "=)", "xD")
DOMAINS = ("com", "org", "net", "info", "ee", "is", "ru", "it", "se", "eu", "gov", "co.uk")


def _mapped(sentence: Sentence, change: Callable[[str], str]) -> Sentence:
    return tuple(replace(token, text=change(token.text)) for token in sentence)


def change_case(paragraph: Paragraph, change: Callable[[str], str]) -> Paragraph:
    """The whole paragraph in capitals or small letters."""
    return tuple(_mapped(sentence, change) for sentence in paragraph)


def at_random(paragraph: Paragraph, rng: random.Random, change: Callable[[Sentence], Sentence]) -> Paragraph:
    """Change one sentence."""
    chosen = rng.randrange(len(paragraph))
    return tuple(change(s) if i == chosen else s for i, s in enumerate(paragraph))


def vary_digits(paragraph: Paragraph, rng: random.Random) -> Paragraph:
    """Other numbers of the same shape."""

    def vary(text: str) -> str:
        if not any(c.isdigit() for c in text):
            return text
        return "".join(rng.choice(string.digits) if c.isdigit() else c for c in text)

    return tuple(_mapped(sentence, vary) for sentence in paragraph)


def _insert(sentence: Sentence, rng: random.Random, text: str, proper: bool) -> Sentence:
    places = [
        place
        for place in range(1, len(sentence))
        if sentence[place - 1].space
        and sentence[place].text[0].isalnum()
        and (sentence[place].proper or not proper)
    ]
    if not places:
        return sentence
    place = rng.choice(places)
    return (*sentence[:place], Token(text), *sentence[place:])


def insert_abbreviation(paragraph: Paragraph, rng: random.Random, known: Sequence[str]) -> Paragraph:
    """An abbreviation before a word, most often a name, since there a stop looks like an end."""
    if not known:
        return paragraph
    return at_random(
        paragraph, rng, lambda sentence: _insert(sentence, rng, rng.choice(known), rng.random() < 0.6)
    )


def insert_initial(paragraph: Paragraph, rng: random.Random) -> Paragraph:
    """An initial before a name, in the letters of the text."""
    capitals = [token.text[0] for s in paragraph for token in s if token.text[0].isupper()] or ["A"]
    return at_random(paragraph, rng, lambda s: _insert(s, rng, rng.choice(capitals) + ".", True))


def insert_address(paragraph: Paragraph, rng: random.Random) -> Paragraph:
    """A web or mail address, a name such as Example.com or a tag: one token, whatever its marks."""
    word = "".join(rng.choices(string.ascii_lowercase, k=rng.randint(3, 10)))
    domain = rng.choice(DOMAINS)
    address = rng.choice(
        (
            f"www.{word}.{domain}",
            f"https://{word}.{domain}/{word[:4]}",
            f"{word}@{word[::-1]}.{domain}",
            f"{word.title()}.{domain}",
            f"{word}.{domain}",
            f"#{word}",
            f"@{word}",
        )
    )
    return at_random(paragraph, rng, lambda s: _insert(s, rng, address, False))


def any_emoji(rng: random.Random) -> Token:
    """A picture, once or a few times, or a smiley."""
    text = rng.choice(EMOJI if rng.random() < 0.6 else SMILEYS)
    return Token(text * rng.choice((1, 1, 2, 3)) if text in EMOJI else text)


def insert_emoji(paragraph: Paragraph, rng: random.Random) -> Paragraph:
    """A picture between two words, often with no space on either side."""
    text = rng.choice(EMOJI)

    def insert(sentence: Sentence) -> Sentence:
        places = [
            place
            for place, (before, after) in enumerate(pairwise(sentence), 1)
            if before.space and after.text[0].isalpha()
        ]
        if not places:
            return sentence
        place = rng.choice(places)
        before = replace(sentence[place - 1], space=rng.random() < 0.5)
        return (*sentence[: place - 1], before, Token(text, rng.random() < 0.7), *sentence[place:])

    return at_random(paragraph, rng, insert)


def glue_commas(paragraph: Paragraph, rng: random.Random) -> Paragraph:
    """No space after commas and closing brackets before a word ("kind,good")."""

    def join(sentence: Sentence) -> Sentence:
        tight = [
            token.text in {",", ";", ")"} and following.text[0].isalpha()
            for token, following in pairwise(sentence)
        ]
        return tuple(
            replace(token, space=False) if glued else token
            for token, glued in zip(sentence, (*tight, False), strict=True)
        )

    return at_random(paragraph, rng, join)


def quote_phrase(paragraph: Paragraph, rng: random.Random) -> Paragraph:
    """Quotation marks about a few words inside a sentence, now and then with an ellipsis."""

    def quote(sentence: Sentence) -> Sentence:
        places = [i for i in range(1, len(sentence) - 2) if sentence[i - 1].space and sentence[i].space]
        if not places or any(token.text in QUOTES for token in sentence):
            return sentence
        start = rng.choice(places)
        end = min(start + rng.randint(1, 6), len(sentence) - 2)
        inner = list(sentence[start:end])
        after = inner[-1].space
        inner[-1] = replace(inner[-1], space=False)
        if rng.random() < 0.2:
            inner.append(Token(rng.choice(("...", "…", "?", "!", ".")), False))
        return (*sentence[:start], Token("“", False), *inner, Token("”", after), *sentence[end:])

    return at_random(paragraph, rng, quote)


def capitalise_words(paragraph: Paragraph, rng: random.Random) -> Paragraph:
    """Words as names: a capital in mid sentence alone starts nothing."""

    def capitalise(sentence: Sentence) -> Sentence:
        rate = rng.choice((0.05, 0.15, 0.5))
        return tuple(
            replace(token, text=token.text[0].upper() + token.text[1:]) if rng.random() < rate else token
            for token in sentence
        )

    return tuple(capitalise(sentence) for sentence in paragraph)


def restyle_quotes(paragraph: Paragraph, rng: random.Random) -> Paragraph:
    """Another country's quotation marks, opening and closing in turn."""
    style = rng.choice(QUOTE_STYLES)
    seen = 0
    sentences = []
    for sentence in paragraph:
        tokens = []
        for token in sentence:
            if token.text in QUOTES:
                token = replace(token, text=style[seen % 2])
                seen += 1
            tokens.append(token)
        sentences.append(tuple(tokens))
    return tuple(sentences)


def add_marker(paragraph: Paragraph, rng: random.Random) -> Paragraph:
    """The bullet or number of a list item before the first sentence, and a part of it."""
    texts = rng.choice(MARKERS)
    marker = tuple(Token(text, place == len(texts) - 1) for place, text in enumerate(texts))
    return ((*marker, *paragraph[0]), *paragraph[1:])
