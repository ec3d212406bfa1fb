"""Group ids made unique over a whole run: families that hold the same texts would share them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from pipeline.model import Group
from pipeline.ordinals import numbered
from pipeline.store import encode, row_key, write_each
from pipeline.work.batch import Batch
from pipeline.work.rows import Heads, Relation, group_keys


def number(batch: Batch, relations: Sequence[Relation]) -> tuple[list[Relation], dict[str, Heads]]:
    """The relations, groups with an id that an earlier one has under another; and the heads of all groups.

    Only the heads are read, and of the groups those that have not been given just these ids before.
    """
    seen: Counter[str] = Counter()
    heads: dict[str, Heads] = {}
    renamed: dict[str, str] = {}
    for key, found in batch.each(group_keys(relations), Heads):
        own = numbered(found, seen)
        if own != found:
            renamed[key] = row_key("numbered", key, *(head.id for head in own))
        heads[renamed.get(key, key)] = own
    kept = batch.store.known(renamed.values())
    new = ((key, name) for key, name in renamed.items() if name not in kept)
    write_each(batch.store, "align", ((name, encode(_named(batch, key, heads[name]))) for key, name in new))
    placed = [
        replace(
            relation,
            groups=tuple(renamed.get(key, key) for key in relation.groups),
            comparable=tuple(renamed.get(key, key) for key in relation.comparable),
        )
        for relation in relations
    ]
    return placed, heads


def _named(batch: Batch, key: str, heads: Heads) -> tuple[Group, ...]:
    groups = batch.load(key, tuple[Group, ...])
    return tuple(replace(group, id=head.id) for group, head in zip(groups, heads, strict=True))
