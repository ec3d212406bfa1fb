"""The tables as Parquet files with typed columns."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

from pipeline import tables
from pipeline.bundle import Bundle
from pipeline.tables import Column, Table
from pipeline.without import without

_ROWS = 20_000  # in memory at once, and in one row group of the file


def write_parquet(bundle: Bundle, out: Path) -> list[Path]:
    """Write `parquet/<table>.parquet` for every table; texts are as in the articles, unprotected."""
    made = (
        tables.alignments(bundle),
        tables.members(bundle),
        tables.claims(bundle),
        tables.evidence(bundle),
        tables.segments(bundle),
        tables.leftovers(bundle),
        tables.rejects(bundle),
    )
    (out / "parquet").mkdir(parents=True, exist_ok=True)
    with without("pandas"):  # pyarrow looks for it, to know its columns from lists
        return [_write(table, out / "parquet" / f"{table.name}.parquet") for table in made]


def _write(table: Table, path: Path) -> Path:
    import pyarrow as pa
    from pyarrow import parquet

    schema = pa.schema([_field(pa, column) for column in table.columns])
    rows = iter(table.rows)
    with parquet.ParquetWriter(path, schema, compression="zstd") as file:
        page = list(itertools.islice(rows, _ROWS))
        while True:
            columns = list(zip(*page, strict=True)) or [()] * len(schema)
            arrays = [pa.array(cells, type=field.type) for cells, field in zip(columns, schema, strict=True)]
            file.write_table(pa.Table.from_arrays(arrays, schema=schema))
            page = list(itertools.islice(rows, _ROWS))
            if not page:
                return path


def _field(pa: Any, column: Column) -> Any:  # noqa: ANN401 - pyarrow has no types
    kinds = {"int": pa.int64(), "real": pa.float64()}
    return pa.field(column.name, kinds.get(column.kind, pa.string()), metadata={"about": column.about})
