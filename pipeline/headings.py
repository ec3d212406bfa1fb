"""What the sections of an article do, by their headings: exemplars in many languages, of any concept."""

from __future__ import annotations

import csv
from collections.abc import Container, Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files

import regex
import yaml

OTHER = "other"
# A longer line is no usual heading with a name ("Benefits of KPO").
_WORDS = 5
_ASKED = regex.compile(r"^\p{L}{1,2}[:.)]\s+")
_EMPHASIS = " *_"
_NUMBER = regex.compile(r"^[\p{N}\p{P}]*\p{N}[\p{N}\p{P}]*\s+")


def headings(section_roles: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """Exemplar headings and sentences with their role, as (role, text): the given ones and the usual ones.

    Args:
        section_roles: exemplars by role; where it is empty, the usual roles are taken, else only those
            that it names.
    """
    usual = _usual()
    return [
        (role, text)
        for role in sorted(section_roles or usual)
        for text in dict.fromkeys((*section_roles.get(role, ()), *usual.get(role, ())))
    ]


def free_headings(roles: Container[str]) -> list[tuple[str, str]]:
    """Headings of `roles` as authors put them freely, too varied to know one by its words; (role, text).

    Those of no role are told by `OTHER`, which is always among them.
    """
    text = files(__package__).joinpath("headings.csv").read_text(encoding="utf-8")
    found = ((line["role"], line["heading"]) for line in csv.DictReader(text.splitlines()))
    return [(role, heading) for role, heading in found if role == OTHER or role in roles]


def is_usual(line: str) -> bool:
    """Whether a heading is a usual one, but for its number and a few words before or behind it."""
    return bool(usual_roles(line))


def bare_heading(heading: str) -> str:
    """A heading without its number or the letter of who asks, in small letters if it shouts."""
    told = _ASKED.sub("", _NUMBER.sub("", heading)) or heading
    return told.capitalize() if told.isupper() and " " in told else told


@lru_cache(maxsize=4096)  # several stages ask of one line
def usual_roles(line: str) -> frozenset[str]:
    """The roles of the usual headings that a line is ("1. **Benefits**") or begins or ends with."""
    words = bare_heading(line.strip(_EMPHASIS)).casefold().split()
    if len(words) > _WORDS:
        return frozenset()
    known = _known()
    whole = known.get(" ".join(words))
    if whole:
        return whole
    parts = (" ".join(part) for k in range(1, len(words)) for part in (words[:k], words[-k:]))
    return frozenset(role for part in parts for role in known.get(part, ()))


@cache
def _known() -> Mapping[str, frozenset[str]]:
    roles: dict[str, set[str]] = {}
    for role, texts in _usual().items():
        for text in texts:
            roles.setdefault(text.casefold(), set()).add(role)
    return {text: frozenset(some) for text, some in roles.items()}


@cache
def _usual() -> Mapping[str, Sequence[str]]:
    text = files(__package__).joinpath("headings.yaml").read_text(encoding="utf-8")
    return {str(role): tuple(texts) for role, texts in yaml.safe_load(text).items()}
