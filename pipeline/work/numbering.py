"""Group ids made unique over a whole run: families that hold the same texts would share them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.model import Group
from pipeline.store import encode, row_key
from pipeline.work.batch import Batch
from pipeline.work.rows import Relation, group_keys


def number(batch: Batch, relations: Sequence[Relation]) -> list[Relation]:
    """The relations, groups with an id that an earlier one has under another; most often just the same."""
    taken: set[str] = set()
    renamed: dict[str, str] = {}
    for key in group_keys(relations):
        groups = batch.load(key, tuple[Group, ...])
        ids = [group.id for group in groups]
        if not taken.isdisjoint(ids):
            from pipeline.align import numbered

            groups = numbered(groups, taken)
            renamed[key] = row_key("numbered", *groups)
            batch.store.write("align", {renamed[key]: encode(groups)})
        taken.update(group.id for group in groups)
    return [
        replace(
            relation,
            groups=tuple(renamed.get(key, key) for key in relation.groups),
            comparable=tuple(renamed.get(key, key) for key in relation.comparable),
        )
        for relation in relations
    ]
