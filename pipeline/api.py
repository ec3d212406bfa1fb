"""The pipeline from Python: one call to run it, one to read what it wrote."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from pipeline.cli.options import cache_address, read_config
from pipeline.config import Config
from pipeline.errors import OutputError
from pipeline.record import KnowledgeRecord
from pipeline.run import Options, run


def build(
    raw: Path | str, out: Path | str, config: Config | None = None, *, jobs: int = 0
) -> KnowledgeRecord:
    """Run the pipeline over the articles under `raw`, write all outputs to `out`, return the record.

    Args:
        raw: a folder of article files.
        out: the output folder; reviewers' decisions in it are kept and heeded.
        config: settings and the concept; the shipped ones where left out.
        jobs: worker processes; 0 is what the config says.

    Raises:
        KpoError: nothing could be done; the message names the file, the place and the mend.
    """
    settings = config or read_config(None)
    run(Path(raw), Path(out), settings, Options(cache=cache_address(), jobs=jobs))
    return read_record(Path(out) / "records" / f"{settings.concept.name.id}.json")


def read_record(path: Path | str) -> KnowledgeRecord:
    """Read a record that a run wrote.

    Raises:
        OutputError: the file cannot be read, or is not a record of this version.
    """
    try:
        return KnowledgeRecord.model_validate_json(Path(path).read_bytes())
    except (OSError, ValidationError) as error:
        reason = str(error).splitlines()[0]
        raise OutputError(f"not a record: {reason}", path=str(path), mend="run the pipeline again") from error
