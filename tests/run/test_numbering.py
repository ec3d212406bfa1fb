"""Group ids over a whole run."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pipeline.model import Family, Group, Passage
from pipeline.store import decode
from pipeline.work.numbering import number
from pipeline.work.rows import Relation


@dataclass
class Shelf:
    """A store in memory."""

    entries: dict[str, bytes] = field(default_factory=dict)

    def known(self, keys: Iterable[str]) -> dict[str, bool]:
        return {key: False for key in keys if key in self.entries}

    def write(self, stage: str, entries: dict[str, bytes]) -> None:
        assert not self.entries.keys() & entries.keys()
        self.entries |= entries


@dataclass
class Kept:
    """A batch whose results are at hand."""

    groups: dict[str, tuple[Group, ...]]
    store: Shelf = field(default_factory=Shelf)

    def each(self, keys: Iterable[str], kind: object) -> Iterator[tuple[str, tuple[Group, ...]]]:
        return ((key, self.load(key, kind)) for key in keys)

    def load(self, key: str, kind: object) -> tuple[Group, ...]:
        return self.groups[key] if key in self.groups else decode(self.store.entries[key], kind)


def group(identity: str, family: str) -> Group:
    passages = tuple(Passage(f"{family}{lang}", lang, 0, 0, 1.0) for lang in ("is", "sv"))
    return Group(identity, "translated", (family,), passages, 1.0)


def test_families_that_hold_the_same_texts_get_ids_of_their_own() -> None:
    kept = Kept(
        {"k1": (group("a", "f"), group("b", "f")), "k2": (group("a", "g"),), "k3": (group("c", "h"),)}
    )
    relations = [Relation(Family(f, ()), (), (k,)) for f, k in (("f", "k1"), ("g", "k2"), ("h", "k3"))]
    numbered, heads = number(kept, relations)
    assert [each.groups for each in numbered][::2] == [("k1",), ("k3",)]
    found = [g.id for each in numbered for key in each.groups for g in kept.load(key, tuple[Group, ...])]
    assert len(set(found)) == 4
    assert [head.id for each in numbered for key in each.groups for head in heads[key]] == found
    assert number(kept, relations)[0] == numbered  # and writes nothing again


def test_groups_that_two_families_share_stay_one() -> None:
    kept = Kept({"k": (group("a", "f"),)})
    relations = [Relation(Family(f, ()), (), (), ("k",)) for f in "fg"]
    assert number(kept, relations)[0] == relations
