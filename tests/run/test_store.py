"""The store: whole or absent, typed, bounded, and the same through a database and a shared folder."""

import sqlite3
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import CacheError
from pipeline.model import Group, Link, Passage, Span
from pipeline.store import Store, decode, encode, open_store, row_key
from pipeline.store.codec import seal, unseal

PASSAGES = (Passage("d1", "is", 0, 1, 0.9), Passage("d2", "ru", 3, 3, 0.8))
GROUPS = (Group("g", "translated", ("f",), PASSAGES, 0.75, (Link(*PASSAGES, 0.5),)),)


@pytest.fixture(params=["database", "shared folder"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return open_store(str(tmp_path) if request.param == "database" else f"file://{tmp_path}/shared")


def test_what_is_written_is_read_and_the_rest_is_absent(store: Store) -> None:
    store.write("s", {"aa": b"one", "bb": b""})
    store.write("s", {"cc": b"broken"}, failed=True)
    assert store.read(["aa", "bb", "zz"]) == {"aa": b"one", "bb": b""}
    assert store.known(["aa", "cc", "zz"]) == {"aa": False, "cc": True}


def test_a_later_entry_takes_the_place_of_a_failure(store: Store) -> None:
    store.write("s", {"aa": b"failed"}, failed=True)
    store.write("s", {"aa": b"done"})
    assert store.known(["aa"]) == {"aa": False}
    assert store.read(["aa"]) == {"aa": b"done"}


def test_pruning_keeps_within_the_limit(store: Store) -> None:
    for number in range(10):
        store.write("s", {f"k{number}": bytes(1_000)})
    assert store.prune(4_500) >= 5_500
    assert sum(size.bytes for size in store.sizes().values()) <= 4_600
    assert store.prune(10**9) == 0


def test_a_damaged_entry_is_dropped(tmp_path: Path) -> None:
    store = open_store(str(tmp_path))
    store.write("s", {"aa": b"whole", "bb": b"whole"})
    with sqlite3.connect(tmp_path / "cache.db") as database:
        database.execute("UPDATE entries SET sealed = zeroblob(21) WHERE key = 'aa'")
    assert store.read(["aa", "bb"]) == {"bb": b"whole"}
    assert store.known(["aa"]) == {}


def test_a_database_that_is_none_any_more_is_set_aside(tmp_path: Path) -> None:
    open_store(str(tmp_path)).close()
    (tmp_path / "cache.db").write_bytes(b"not a database at all" * 500)
    with pytest.raises(CacheError):
        open_store(str(tmp_path))
    store = open_store(str(tmp_path))
    store.write("s", {"aa": b"new"})
    assert store.read(["aa"]) == {"aa": b"new"}


def test_many_may_write_at_once(tmp_path: Path) -> None:
    def fill(name: str) -> None:
        own = open_store(str(tmp_path))
        for number in range(50):
            own.write("s", {f"{name}{number}": name.encode()})
        own.close()

    threads = [threading.Thread(target=fill, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert open_store(str(tmp_path)).sizes()["s"].entries == 200


def test_records_come_back_as_they_were() -> None:
    assert decode(encode(GROUPS), tuple[Group, ...]) == GROUPS


@pytest.mark.parametrize("data", [b"", b"junk", encode({"start": 3, "end": 1}), encode([1, 2])])
def test_what_is_not_of_the_type_is_refused(data: bytes) -> None:
    with pytest.raises(CacheError):
        decode(data, Span)


@given(st.binary(max_size=200), st.integers(0, 215), st.integers(1, 255))
def test_no_changed_byte_goes_unseen(data: bytes, place: int, change: int) -> None:
    sealed = bytearray(seal("key", data))
    sealed[place % len(sealed)] ^= change
    with pytest.raises(CacheError):
        unseal("key", bytes(sealed))


def test_data_sealed_under_another_key_is_refused() -> None:
    with pytest.raises(CacheError):
        unseal("other", seal("key", b"data"))


@given(st.lists(st.text()), st.lists(st.text()))
def test_equal_keys_only_for_equal_parts(one: list[str], other: list[str]) -> None:
    assert (row_key("s", *one) == row_key("s", *other)) == (one == other)
