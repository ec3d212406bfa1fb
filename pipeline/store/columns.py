"""Records of one kind, read field by field: whoever needs one field of all does not decode the others.

The records are taken from the store once, and their fields laid into temporary files, so that memory
does not grow with their number however often each field is gone through.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache
from tempfile import TemporaryFile
from typing import Any, BinaryIO, get_type_hints, overload

import msgspec

from pipeline.store.codec import parse

Fields = dict[str, msgspec.Raw]
"""A record as the kind to load it as, its fields left as they are."""


_Laid = tuple[BinaryIO, list[int]]
"""Values one after the other, and where each ends."""


class Column(Sequence[Any]):
    """One field of every record, in order, each decoded when it is asked for."""

    def __init__(self, laid: Callable[[], _Laid], count: int, kind: Any) -> None:  # noqa: ANN401
        self._laid, self._count, self._kind = laid, count, kind

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> Any: ...  # noqa: ANN401 - of the field's own type
    @overload
    def __getitem__(self, index: slice) -> Sequence[Any]: ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(self._count))]
        place = range(self._count)[index]
        file, ends = self._laid()
        start = ends[place - 1] if place else 0
        file.seek(start)
        return parse(file.read(ends[place] - start), self._kind)


def columns(
    read: Callable[[], Iterable[Mapping[str, msgspec.Raw]]], count: int, kind: type, names: Collection[str]
) -> dict[str, Column]:
    """The fields `names` of `count` records of `kind`.

    `read` gives the records, as `Fields`; it is called when a field is first asked for.
    """

    @cache
    def laid() -> dict[str, _Laid]:
        # Open for as long as a column is in use.
        files: dict[str, _Laid] = {name: (TemporaryFile(), []) for name in names}  # noqa: SIM115
        for record in read():
            for name, (file, ends) in files.items():
                ends.append((ends[-1] if ends else 0) + file.write(record[name]))
        return files

    def column(name: str) -> Column:
        return Column(lambda: laid()[name], count, hints[name])

    hints = get_type_hints(kind)
    return {name: column(name) for name in names}
