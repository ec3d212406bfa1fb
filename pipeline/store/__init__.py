"""Results of every stage, kept by what they were made from, so that only what is new costs."""

from pathlib import Path

from pipeline.store.codec import decode, encode
from pipeline.store.columns import Column, Fields, columns
from pipeline.store.keys import code_version, row_key
from pipeline.store.protocol import Size, Store
from pipeline.store.records import load, load_each, write_each

__all__ = [
    "Column",
    "Fields",
    "Size",
    "Store",
    "code_version",
    "columns",
    "decode",
    "encode",
    "load",
    "load_each",
    "open_store",
    "row_key",
    "write_each",
]


def open_store(address: str) -> Store:
    """Open the store in a folder (an embedded database) or at an fsspec URL (storage that machines share).

    Raises:
        OutputError: the folder cannot be written.
    """
    if "://" in address:
        from pipeline.store.folder import FolderStore

        return FolderStore(address)
    from pipeline.store.sqlite import SqliteStore

    return SqliteStore(Path(address))
