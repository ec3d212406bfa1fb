"""The written tables as pandas data frames, for notebooks and scripts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import OutputError

if TYPE_CHECKING:
    import pandas as pd


def read_table(out: Path | str, name: str) -> pd.DataFrame:
    """Read one of a run's tables with its column types: `claims`, `evidence`, `alignments`, ...

    Args:
        out: the run's output folder.
        name: a file of its folder `parquet`, without the ending.

    Raises:
        OutputError: there is no such table; the message names those there are.
    """
    import pandas as pd

    folder = Path(out) / "parquet"
    path = folder / f"{name}.parquet"
    if not path.is_file():
        known = ", ".join(sorted(file.stem for file in folder.glob("*.parquet")))
        mend = f"one of {known}" if known else "run the pipeline with Parquet switched on"
        raise OutputError(f"no table {name!r}", path=str(folder), mend=mend)
    return pd.read_parquet(path)
