"""Noise for training splitters, so that they meet what scraped text does to punctuation.

Every function takes a paragraph and a random generator and gives a changed paragraph back whose
tokens and sentences are still right. `augment` applies each with its own probability.
"""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from treebank import SENTENCE_END, Paragraph, Sentence, Token

QUOTES = frozenset({'"', "“", "”", "„", "«", "»", "''", "``"})
QUOTE_STYLES = (
    ('"', '"'), ("“", "”"), ("„", "“"), ("„", "”"), ("”", "”"), ("«", "»"), ("»", "»"), ("'", "'"),
    ("‘", "’"),
)  # fmt: skip
MARKERS = (("•",), ("-",), ("–",), ("*",), ("·",), ("1", ")"), ("a", ")"), ("1.",), ("2.",), ("(", "3", ")"))
EMOJI = (*"😀😃😄😁😂🤣😊😍😘😎😢😭😡👍👏🙏🙈❤🌅🔥🎉✨💪🤔🙂😉", ":)", ":-)", ";)", ":D", ":(", "))", ")")
DOMAINS = ("com", "org", "net", "info", "ee", "is", "ru", "it", "se", "eu", "gov", "co.uk")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What may be put into a text: abbreviations with their full stop, and endings of sentences."""

    abbreviations: tuple[str, ...]
    endings: tuple[str, ...]


Noise = Callable[[Paragraph, random.Random], Paragraph]


def augment(paragraph: Paragraph, rng: random.Random, lexicon: Lexicon) -> Paragraph:
    """Apply each kind of noise with its own probability."""
    kinds: tuple[tuple[float, Noise], ...] = (
        (0.25, vary_digits),
        (0.15, lambda p, r: insert_abbreviation(p, r, lexicon.abbreviations)),
        (0.10, insert_initial),
        (0.06, insert_address),
        (0.08, end_in_code),
        (0.08, introduce_by_colon),
        (0.04, add_emoji),
        (0.12, lambda p, r: vary_ending(p, r, lexicon.endings)),
        (0.04, join_by_semicolon),
        (0.08, quote_sentence),
        (0.04, bracket_sentence),
        (0.15, quote_phrase),
        (0.40, restyle_quotes),
        (0.20, capitalise_words),
        (0.04, lower_start),
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


def _mapped(sentence: Sentence, change: Callable[[str], str]) -> Sentence:
    return tuple(replace(token, text=change(token.text)) for token in sentence)


def change_case(paragraph: Paragraph, change: Callable[[str], str]) -> Paragraph:
    """The whole paragraph in capitals or small letters."""
    return tuple(_mapped(sentence, change) for sentence in paragraph)


def _at_random(paragraph: Paragraph, rng: random.Random, change: Callable[[Sentence], Sentence]) -> Paragraph:
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
        and sentence[place].text[0].isalpha()
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
    return _at_random(
        paragraph, rng, lambda sentence: _insert(sentence, rng, rng.choice(known), rng.random() < 0.6)
    )


def insert_initial(paragraph: Paragraph, rng: random.Random) -> Paragraph:
    """An initial before a name, in the letters of the text."""
    capitals = [token.text[0] for s in paragraph for token in s if token.text[0].isupper()] or ["A"]
    return _at_random(paragraph, rng, lambda s: _insert(s, rng, rng.choice(capitals) + ".", True))


def insert_address(paragraph: Paragraph, rng: random.Random) -> Paragraph:
    """A web or mail address or a name such as Example.com: one token, whatever its dots."""
    word = "".join(rng.choices(string.ascii_lowercase, k=rng.randint(3, 10)))
    domain = rng.choice(DOMAINS)
    address = rng.choice(
        (
            f"www.{word}.{domain}",
            f"https://{word}.{domain}/{word[:4]}",
            f"{word}@{word[::-1]}.{domain}",
            f"{word.title()}.{domain}",
            f"{word}.{domain}",
        )
    )
    return _at_random(paragraph, rng, lambda s: _insert(s, rng, address, False))


def _ends_plainly(sentence: Sentence) -> bool:
    return len(sentence) > 2 and sentence[-1].text == "."


def vary_ending(paragraph: Paragraph, rng: random.Random, endings: Sequence[str]) -> Paragraph:
    """Other closing punctuation in the place of a full stop."""
    ending = rng.choice(endings)
    return _at_random(
        paragraph,
        rng,
        lambda s: (*s[:-1], replace(s[-1], text=ending)) if _ends_plainly(s) else s,
    )


def end_in_code(paragraph: Paragraph, rng: random.Random) -> Paragraph:
    """An acronym, a year or a time as the last word: its full stop does end the sentence."""
    capitals = [token.text[0] for s in paragraph for token in s if token.text[0].isupper()] or ["A"]
    shapes = ("9999", "99", "9.99", "99.99", "9,9")
    if rng.random() < 0.6:
        code = "".join(rng.choices(capitals, k=rng.randint(2, 4)))
    else:
        code = "".join(rng.choice(string.digits) if c == "9" else c for c in rng.choice(shapes))
    return _at_random(
        paragraph,
        rng,
        lambda s: (*s[:-1], Token(code, False), s[-1]) if _ends_plainly(s) and s[-3].space else s,
    )


def introduce_by_colon(paragraph: Paragraph, rng: random.Random) -> Paragraph:
    """A colon and direct speech, or a clause that keeps its capital: one sentence."""
    if len(paragraph) < 2:
        return paragraph
    place = rng.randrange(len(paragraph) - 1)
    left, right = paragraph[place : place + 2]
    if not _ends_plainly(left):
        return paragraph
    if rng.random() < 0.7 and not any(token.text in QUOTES for token in right):
        last = replace(right[-1], space=False)
        right = (Token("“", False), *right[:-1], last, Token("”", right[-1].space))
    joined = (*left[:-1], replace(left[-1], text=":", space=True), *right)
    return (*paragraph[:place], joined, *paragraph[place + 2 :])


def add_emoji(paragraph: Paragraph, rng: random.Random) -> Paragraph:
    """A sign of mood after a sentence's last mark, or in its place."""
    emoji = Token(rng.choice(EMOJI), True)

    def add(sentence: Sentence) -> Sentence:
        kept = sentence[:-1] if _ends_plainly(sentence) and rng.random() < 0.5 else sentence
        return (*kept[:-1], replace(kept[-1], space=rng.random() < 0.5), emoji)

    return _at_random(paragraph, rng, add)


def join_by_semicolon(paragraph: Paragraph, rng: random.Random) -> Paragraph:
    """Two sentences as the items of one list: a semicolon and a small letter do not split."""
    if len(paragraph) < 2:
        return paragraph
    place = rng.randrange(len(paragraph) - 1)
    left, right = paragraph[place : place + 2]
    if not _ends_plainly(left) or right[0].proper or not right[0].text[0].isalpha():
        return paragraph
    joined = (
        *left[:-1],
        replace(left[-1], text=";", space=True),
        replace(right[0], text=right[0].text.lower()),
        *right[1:],
    )
    return (*paragraph[:place], joined, *paragraph[place + 2 :])


def quote_sentence(paragraph: Paragraph, rng: random.Random) -> Paragraph:
    """Quotation marks about a whole sentence; the closing one still belongs to it."""

    def quote(sentence: Sentence) -> Sentence:
        if any(token.text in QUOTES for token in sentence):
            return sentence
        last = replace(sentence[-1], space=False)
        return (Token("“", False), *sentence[:-1], last, Token("”", sentence[-1].space))

    return _at_random(paragraph, rng, quote)


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

    return _at_random(paragraph, rng, quote)


def capitalise_words(paragraph: Paragraph, rng: random.Random) -> Paragraph:
    """Words as names: a capital in mid sentence alone starts nothing."""

    def capitalise(sentence: Sentence) -> Sentence:
        rate = rng.choice((0.05, 0.15, 0.5))
        return tuple(
            replace(token, text=token.text[0].upper() + token.text[1:]) if rng.random() < rate else token
            for token in sentence
        )

    return tuple(capitalise(sentence) for sentence in paragraph)


def bracket_sentence(paragraph: Paragraph, rng: random.Random) -> Paragraph:
    """Brackets about a whole sentence, its full stop inside."""

    def bracket(sentence: Sentence) -> Sentence:
        last = replace(sentence[-1], space=False)
        return (Token("(", False), *sentence[:-1], last, Token(")", sentence[-1].space))

    return _at_random(paragraph, rng, bracket)


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


def lower_start(paragraph: Paragraph, rng: random.Random) -> Paragraph:
    """Small letters at the start of every sentence, as in chats."""
    return tuple((replace(s[0], text=s[0].text.lower()), *s[1:]) for s in paragraph)


def add_marker(paragraph: Paragraph, rng: random.Random) -> Paragraph:
    """The bullet or number of a list item before the first sentence, and a part of it."""
    texts = rng.choice(MARKERS)
    marker = tuple(Token(text, place == len(texts) - 1) for place, text in enumerate(texts))
    return ((*marker, *paragraph[0]), *paragraph[1:])


def drop_last_stop(paragraph: Paragraph, rng: random.Random) -> Paragraph:
    """A paragraph that ends without punctuation, like a heading or a list item."""
    last = paragraph[-1]
    return (*paragraph[:-1], last[:-1]) if _ends_plainly(last) else paragraph


def glue(paragraph: Paragraph, rng: random.Random) -> Paragraph:
    """No space after a sentence's end, as where a scraper joined lines ("skills.They")."""
    sentences = []
    for place, sentence in enumerate(paragraph):
        following = paragraph[place + 1] if place + 1 < len(paragraph) else None
        if (
            following is not None
            and sentence[-1].text[-1] in SENTENCE_END
            and following[0].text[0].isupper()
            and rng.random() < 0.7
        ):
            sentence = (*sentence[:-1], replace(sentence[-1], space=False))
        sentences.append(sentence)
    return tuple(sentences)
