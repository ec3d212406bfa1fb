"""The main job: the stages in their order, from a folder of articles to a folder of outputs."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pipeline.config import Config
from pipeline.errors import CacheError
from pipeline.model import Reject
from pipeline.work import publish, steps
from pipeline.work.batch import Batch
from pipeline.work.numbering import number
from pipeline.work.output import OutputFolder, hold
from pipeline.work.plan import Plan, compare
from pipeline.work.progress import Progress, StageReport, Unseen
from pipeline.work.publish import Counts, Found
from pipeline.work.scan import Scan, scan
from pipeline.work.session import Options, Setting, opened

__all__ = ["Options", "Plan", "Summary", "export_format", "plan", "run"]

Result = TypeVar("Result")

_ATTEMPTS = 5  # passes through the stages before a cache that keeps breaking is given up


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did; `unchanged` where the folder already held just these outputs."""

    out: Path
    counts: Counts
    rejects: tuple[Reject, ...]
    stages: tuple[StageReport, ...]
    seconds: float
    unchanged: bool

    @property
    def exit_status(self) -> int:
        """0: all done; 1: done, but something was quarantined; 2: nothing could be done."""
        if self.counts.documents == 0:
            return 2
        return int(any(reject.kind == "quarantined" for reject in self.rejects))


def run(raw: Path, out: Path, config: Config, options: Options, progress: Progress | None = None) -> Summary:
    """Read the articles of `raw` and write the outputs to `out`.

    Raises:
        KpoError: nothing could be done; a fault of a single article never raises.
        KeyboardInterrupt: the run was stopped; what was done is kept, and the next run goes on there.
    """
    began = time.monotonic()
    files = scan(raw, config.ingest)
    with hold(out) as folder, opened(out, config, options, progress or Unseen()) as (batch, setting):

        def work() -> Summary:
            found = _find(batch, files, setting)
            counts, unchanged = publish.outputs(folder, batch, found, setting)
            seconds = time.monotonic() - began
            return Summary(out, counts, found.rejects, tuple(batch.reports), seconds, unchanged)

        return _whatever_the_cache_lost(batch, work)


def plan(raw: Path, out: Path, config: Config, options: Options) -> Plan:
    """What `run` would do, and why, without doing it.

    Raises:
        KpoError: nothing could be done.
    """
    files = scan(raw, config.ingest)
    with opened(out, config, options, Unseen()) as (batch, setting):
        found = _find(batch, files, setting)
        return compare(files, found, setting, batch.reports, OutputFolder(out))


def export_format(name: str, raw: Path, out: Path, config: Config, options: Options) -> list[Path]:
    """Write one format of what a run finds into `out`, and return its files; the rest of `out` stays.

    Raises:
        KpoError: there is no such format, or nothing could be done.
    """
    from pipeline.export import write

    files = scan(raw, config.ingest)
    with hold(out), opened(out, config, options, Unseen()) as (batch, setting):

        def work() -> list[Path]:
            return write(name, publish.bundle(batch, _find(batch, files, setting), setting), out)

        return _whatever_the_cache_lost(batch, work)


def _whatever_the_cache_lost(batch: Batch, work: Callable[[], Result]) -> Result:
    """Do the work; where an entry turns out missing or damaged, do it again, which makes that one anew."""
    for _ in range(_ATTEMPTS - 1):
        try:
            return work()
        except CacheError:
            batch.begin_again()
    return work()


def _find(batch: Batch, files: Scan, setting: Setting) -> Found:
    """Take the files through the stages, in their order."""
    at = setting.stands
    sources, lines = steps.ingest(batch, at, files.files)
    sources = steps.segment(batch, at, sources, lines)
    sources = steps.annotate(batch, at, sources)
    sources = steps.embed(batch, at, sources)
    sources = steps.outline(batch, at, sources)
    sources = steps.sketch(batch, at, sources)
    families = steps.find_families(batch, at, sources)
    relations = steps.relate(families, sources)
    relations = steps.align(batch, at, relations)
    relations, heads = number(batch, steps.mine(batch, at, relations))
    relations, groups = steps.review(batch, relations, setting.decisions)
    extractions = steps.extract(batch, at, relations)
    provenance = publish.provenance(sources, setting)
    record = steps.fuse(batch, at, relations, extractions, provenance)
    shown = publish.show(batch, setting, relations, {key: heads.get(key) for key in groups}, record)
    rejects = (*files.rejects, *batch.rejects, *publish.rejects(batch, extractions, sources))
    order = sorted(rejects, key=lambda reject: (reject.path, reject.stage, reject.reason))
    return Found(tuple(sources), tuple(relations), groups, record, provenance, tuple(order), *shown)
