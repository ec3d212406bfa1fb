"""Group ids made unique over a whole run: families that hold the same texts would share them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.model import Group
from pipeline.ordinals import numbered
from pipeline.store import encode, row_key, write_each
from pipeline.work.batch import Batch
from pipeline.work.rows import Heads, Relation, group_keys


def number(batch: Batch, relations: Sequence[Relation]) -> list[Relation]:
    """The relations, groups with an id that an earlier one has under another; most often just the same."""
    seen: Counter[str] = Counter()
    renamed: dict[str, str] = {}

    def made() -> Iterator[tuple[str, bytes]]:
        for key, heads in batch.each(group_keys(relations), Heads):
            if not any(seen[head.id] for head in heads):
                seen.update(head.id for head in heads)
                continue
            groups = numbered(batch.load(key, tuple[Group, ...]), seen)
            renamed[key] = row_key("numbered", *groups)
            yield renamed[key], encode(groups)

    write_each(batch.store, "align", made())
    return [
        replace(
            relation,
            groups=tuple(renamed.get(key, key) for key in relation.groups),
            comparable=tuple(renamed.get(key, key) for key in relation.comparable),
        )
        for relation in relations
    ]
