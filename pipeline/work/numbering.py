"""Group ids made unique over a whole run: families that hold the same texts would share them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from pipeline.model import Group, numbered
from pipeline.store import encode, row_key
from pipeline.work.batch import Batch
from pipeline.work.rows import Heads, Relation, group_keys

_PAGE = 1_000  # rows written at once


def number(batch: Batch, relations: Sequence[Relation]) -> list[Relation]:
    """The relations, groups with an id that an earlier one has under another; most often just the same."""
    seen: Counter[str] = Counter()
    renamed: dict[str, str] = {}
    made: dict[str, bytes] = {}
    for key, heads in batch.each(group_keys(relations), Heads):
        if not any(seen[head.id] for head in heads):
            seen.update(head.id for head in heads)
            continue
        groups = numbered(batch.load(key, tuple[Group, ...]), seen)
        renamed[key] = row_key("numbered", *groups)
        made[renamed[key]] = encode(groups)
        if len(made) >= _PAGE:
            batch.store.write("align", made)
            made = {}
    if made:
        batch.store.write("align", made)
    return [
        replace(
            relation,
            groups=tuple(renamed.get(key, key) for key in relation.groups),
            comparable=tuple(renamed.get(key, key) for key in relation.comparable),
        )
        for relation in relations
    ]
