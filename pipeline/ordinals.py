"""Ids of groups made unique: an id hashes texts, which may stand in one place after another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, ClassVar, Protocol, TypeVar

from pipeline.model import content_id


class Identified(Protocol):
    """A group, or what is known of one."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def id(self) -> str:
        """Its id, by its texts."""
        ...


Item = TypeVar("Item", bound=Identified)


def numbered(groups: Iterable[Item], seen: Counter[str] | None = None) -> tuple[Item, ...]:
    """The same groups in the same order; an id that an earlier one has gets an ordinal.

    `seen` counts the ids of groups that came before, and is added to: a batch has too many to copy.
    """
    seen = Counter() if seen is None else seen
    out = []
    for group in groups:
        identity = group.id
        while seen[identity]:
            seen[group.id] += 1
            identity = content_id(group.id, seen[group.id])
        seen[identity] += 1
        out.append(group if identity == group.id else replace(group, id=identity))
    return tuple(out)
