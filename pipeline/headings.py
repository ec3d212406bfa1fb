"""What the sections of an article do, by their headings: exemplars in many languages, of any concept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

import yaml


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


@cache
def _usual() -> Mapping[str, Sequence[str]]:
    text = files(__package__).joinpath("headings.yaml").read_text(encoding="utf-8")
    return {str(role): tuple(texts) for role, texts in yaml.safe_load(text).items()}
