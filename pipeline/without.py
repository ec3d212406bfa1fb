"""Libraries import one another where they find each other: seconds, and memory, for what is not used here."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.abc import MetaPathFinder


class _Hidden(MetaPathFinder):
    """Asked before all other finders, says that one module is not installed."""

    def __init__(self, name: str) -> None:
        self._name = name

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        if fullname == self._name:
            raise ModuleNotFoundError(f"no {fullname} for now", name=fullname)


@contextmanager
def without(name: str) -> Iterator[None]:
    """While this lasts, `import name` fails as if it were not installed, unless it is imported already."""
    hidden = _Hidden(name)
    sys.meta_path.insert(0, hidden)
    try:
        yield
    finally:
        sys.meta_path.remove(hidden)
