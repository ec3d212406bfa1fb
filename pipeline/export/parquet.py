"""The tables as Parquet files with typed columns."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from pipeline import tables
from pipeline.bundle import Bundle
from pipeline.files import write_file
from pipeline.tables import Column, Table


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
    return [write_file(out / "parquet" / f"{table.name}.parquet", _file(table)) for table in made]


def _file(table: Table) -> bytes:
    import pyarrow as pa
    from pyarrow import parquet

    schema = pa.schema([_field(pa, column) for column in table.columns])
    columns = list(zip(*table.rows, strict=True)) or [()] * len(table.columns)
    arrays = [pa.array(cells, type=field.type) for cells, field in zip(columns, schema, strict=True)]
    content = io.BytesIO()
    parquet.write_table(pa.Table.from_arrays(arrays, schema=schema), content, compression="zstd")
    return content.getvalue()


def _field(pa: Any, column: Column) -> Any:  # noqa: ANN401 - pyarrow has no types
    kinds = {"int": pa.int64(), "real": pa.float64()}
    return pa.field(column.name, kinds.get(column.kind, pa.string()), metadata={"about": column.about})
