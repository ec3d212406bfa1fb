"""Noise about the ends of sentences in training texts: closing marks, speech, lists, glued sentences.

Every function takes a paragraph and a random generator and gives a changed paragraph back whose
tokens and sentences are still right.
"""

from __future__ import annotations

import random
import string
from collections.abc import Sequence
from dataclasses import replace

from noise import QUOTES, any_emoji, at_random
from treebank import SENTENCE_END, Paragraph, Sentence, Token


def _ends_plainly(sentence: Sentence) -> bool:
    return len(sentence) > 2 and sentence[-1].text == "."


def vary_ending(paragraph: Paragraph, rng: random.Random, endings: Sequence[str]) -> Paragraph:
    """Other closing punctuation in the place of a full stop; an ellipsis now and then after a space."""
    ending = rng.choice(endings)
    apart = ending in {"...", "…"} and rng.random() < 0.4

    def vary(sentence: Sentence) -> Sentence:
        if not _ends_plainly(sentence):
            return sentence
        before = replace(sentence[-2], space=apart)
        return (*sentence[:-2], before, replace(sentence[-1], text=ending))

    return at_random(paragraph, rng, vary)


def end_in_short_word(paragraph: Paragraph, rng: random.Random, short: Sequence[str]) -> Paragraph:
    """A short word before the full stop, which then looks like an abbreviation and is none."""
    word = rng.choice(short)
    return at_random(
        paragraph,
        rng,
        lambda s: (*s[:-2], Token(word, False), s[-1]) if _ends_plainly(s) and s[-3].space else s,
    )


def end_in_code(paragraph: Paragraph, rng: random.Random) -> Paragraph:
    """An acronym, a year or a time as the last word: its full stop does end the sentence."""
    capitals = [token.text[0] for s in paragraph for token in s if token.text[0].isupper()] or ["A"]
    shapes = ("9999", "99", "9.99", "99.99", "9,9")
    if rng.random() < 0.6:
        code = "".join(rng.choices(capitals, k=rng.randint(2, 4)))
    else:
        code = "".join(rng.choice(string.digits) if c == "9" else c for c in rng.choice(shapes))
    return at_random(
        paragraph,
        rng,
        lambda s: (*s[:-1], Token(code, False), s[-1]) if _ends_plainly(s) and s[-3].space else s,
    )


def end_in_emoji(paragraph: Paragraph, rng: random.Random) -> Paragraph:
    """A sign of mood after a sentence's last mark, or in its place."""
    emoji = any_emoji(rng)

    def add(sentence: Sentence) -> Sentence:
        kept = sentence[:-1] if _ends_plainly(sentence) and rng.random() < 0.5 else sentence
        return (*kept[:-1], replace(kept[-1], space=rng.random() < 0.5), emoji)

    return at_random(paragraph, rng, add)


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


def report_speech(paragraph: Paragraph, rng: random.Random) -> Paragraph:
    """A quoted sentence and who says so in small letters: one sentence, whatever mark the quote ends in."""
    if len(paragraph) < 2:
        return paragraph
    place = rng.randrange(len(paragraph) - 1)
    left, right = paragraph[place : place + 2]
    if not _ends_plainly(left) or any(token.text in QUOTES for token in (*left, *right)):
        return paragraph
    mark = Token(rng.choice(("!", "?", ",", "…", "...", ".")), False)
    quoted = (Token("“", False), *left[:-1], mark, Token("”"))
    return (*paragraph[:place], (*quoted, _lowered(right[0]), *right[1:]), *paragraph[place + 2 :])


def join_in_small_letters(paragraph: Paragraph, rng: random.Random) -> Paragraph:
    """Two sentences as the items of one list, or with a pause: a mark and a small letter do not split."""
    if len(paragraph) < 2:
        return paragraph
    place = rng.randrange(len(paragraph) - 1)
    left, right = paragraph[place : place + 2]
    if not _ends_plainly(left) or right[0].proper or not right[0].text[0].isalpha():
        return paragraph
    mark = replace(left[-1], text=rng.choice((";", ";", ";", ";", "…", "...")), space=True)
    before = replace(left[-2], space=mark.text != ";" and rng.random() < 0.5)
    joined = (*left[:-2], before, mark, _lowered(right[0]), *right[1:])
    return (*paragraph[:place], joined, *paragraph[place + 2 :])


def _lowered(token: Token) -> Token:
    return token if token.proper else replace(token, text=token.text.lower())


def quote_sentence(paragraph: Paragraph, rng: random.Random) -> Paragraph:
    """Quotation marks about a whole sentence; the closing one still belongs to it."""

    def quote(sentence: Sentence) -> Sentence:
        if any(token.text in QUOTES for token in sentence):
            return sentence
        last = replace(sentence[-1], space=False)
        return (Token("“", False), *sentence[:-1], last, Token("”", sentence[-1].space))

    return at_random(paragraph, rng, quote)


def bracket_sentence(paragraph: Paragraph, rng: random.Random) -> Paragraph:
    """Brackets about a whole sentence, its full stop inside."""

    def bracket(sentence: Sentence) -> Sentence:
        last = replace(sentence[-1], space=False)
        return (Token("(", False), *sentence[:-1], last, Token(")", sentence[-1].space))

    return at_random(paragraph, rng, bracket)


def lower_start(paragraph: Paragraph, rng: random.Random) -> Paragraph:
    """Small letters at the start of every sentence, as in chats."""
    return tuple((replace(s[0], text=s[0].text.lower()), *s[1:]) for s in paragraph)


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
