"""The main job: the stages in their order, from a folder of articles to a folder of outputs."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path

from pipeline.config import Config, fingerprint
from pipeline.engines.jobs import Engine, Handler
from pipeline.errors import CacheError
from pipeline.model import Decision, Lesson, ModelCard, Reject, content_id
from pipeline.record import Input, Model, Provenance
from pipeline.store import open_store
from pipeline.work import publish, steps
from pipeline.work.batch import Batch, Progress, StageReport, Unseen
from pipeline.work.models import make_handler
from pipeline.work.output import hold
from pipeline.work.publish import Counts, Found
from pipeline.work.rows import Source
from pipeline.work.scan import Scan, scan

_ATTEMPTS = 5  # passes through the stages before a cache that keeps breaking is given up


@dataclass(frozen=True, slots=True)
class Options:
    """How to run, not what to make: no option changes a byte of the outputs.

    Args:
        cache: address of the store, a folder or an fsspec URL.
        engine: `local` processes or a `ray` cluster.
        jobs: workers; 0 is one a core.
        fresh: do everything again.
        retry: take up what was quarantined before.
    """

    cache: str
    engine: str = "local"
    jobs: int = 0
    fresh: bool = False
    retry: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """What a run stands on beside its files: the encoder's card, and what reviewers decided."""

    card: ModelCard
    decisions: tuple[Decision, ...]
    lessons: tuple[Lesson, ...]


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


def run(raw: Path, out: Path, config: Config, options: Options, progress: Progress) -> Summary:
    """Read the articles of `raw` and write the outputs to `out`.

    Raises:
        KpoError: nothing could be done; a fault of a single article never raises.
        KeyboardInterrupt: the run was stopped; what was done is kept, and the next run goes on there.
    """
    began = time.monotonic()
    with hold(out) as folder:
        files = scan(raw, config.ingest)
        with opened(out, config, options, progress) as (batch, setting):
            found = find(batch, config, files, setting)
            counts, unchanged = publish.outputs(folder, batch, config, found, setting.decisions)
            seconds = time.monotonic() - began
            return Summary(out, counts, found.rejects, tuple(batch.reports), seconds, unchanged)


def export_format(name: str, raw: Path, out: Path, config: Config, options: Options) -> list[Path]:
    """Write one format of what a run finds, into `out`, and return its files; the rest of `out` stays.

    Raises:
        KpoError: no such format, or nothing could be done.
    """
    from pipeline.export import write

    with hold(out), opened(out, config, options, Unseen()) as (batch, setting):
        found = find(batch, config, scan(raw, config.ingest), setting)
        return write(name, publish.bundle(batch, config, found, setting.decisions), out)


def find(batch: Batch, config: Config, files: Scan, setting: Setting) -> Found:
    """Take the files through the stages; where the cache turns out damaged, what it lost is made again."""
    for _ in range(_ATTEMPTS - 1):
        try:
            return _stages(batch, config, files, setting)
        except CacheError:
            batch.begin_again()
    return _stages(batch, config, files, setting)


def _stages(batch: Batch, config: Config, files: Scan, setting: Setting) -> Found:
    """The stages, in their order."""
    card = setting.card.id
    sources = steps.ingest(batch, config, files.files)
    sources = steps.segment(batch, config, sources)
    sources = steps.annotate(batch, config, sources)
    sources = steps.embed(batch, card, sources)
    sources = steps.outline(batch, config, card, sources)
    families = steps.find_families(batch, config, card, sources)
    relations = steps.relate(families, sources)
    relations = steps.align(batch, config, card, relations)
    relations = steps.mine(batch, config, card, relations)
    relations, groups = steps.review(batch, relations, setting.decisions)
    extractions = steps.extract(batch, config, card, relations, setting.lessons)
    provenance = _provenance(config, sources, setting.card)
    record = steps.fuse(batch, config, relations, extractions, provenance)
    rejects = (*files.rejects, *batch.rejects, *publish.rejects(batch, extractions, sources))
    return Found(
        tuple(sources), tuple(relations), groups, record, provenance,
        tuple(sorted(rejects, key=lambda reject: (reject.path, reject.stage, reject.reason))),
    )  # fmt: skip


@contextmanager
def opened(
    out: Path, config: Config, options: Options, progress: Progress
) -> Iterator[tuple[Batch, Setting]]:
    """A batch that runs by these options, and what it stands on; its workers end with the block."""
    from pipeline.embed import load_encoder
    from pipeline.review.decisions import read_decisions
    from pipeline.review.lessons import lessons

    decisions = read_decisions(out)
    setting = Setting(
        load_encoder(config.embed).card, decisions, lessons(decisions) if config.review.learn else ()
    )
    make = partial(make_handler, config, options.cache, setting.card.id, setting.lessons)
    batch = Batch(
        partial(open_store, options.cache), partial(_start, config, options, make), progress,
        fresh=options.fresh, retry=options.retry,
    )  # fmt: skip
    try:
        with _stoppable(batch):
            yield batch, setting
        batch.store.prune(config.store.max_bytes)
    finally:
        batch.close()


@contextmanager
def _stoppable(batch: Batch) -> Iterator[None]:
    """Ctrl-C lets the rows at work finish; a second one ends at once."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(signum: int, frame: object) -> None:
        signal.signal(signal.SIGINT, before)
        batch.stop()

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _start(config: Config, options: Options, make: Callable[[], Handler]) -> Engine:
    jobs = options.jobs or config.engine.jobs
    if options.engine == "ray":
        from pipeline.engines.ray import RayEngine

        return RayEngine(make, jobs=jobs)
    from pipeline.engines.local import LocalEngine

    return LocalEngine(make, jobs=jobs, seconds=config.engine.item_seconds, memory=config.engine.item_memory)


def _provenance(config: Config, sources: list[Source], card: ModelCard) -> Provenance:
    ordered = sorted(sources, key=lambda source: source.path)
    inputs = tuple(Input(path=each.path, lang=each.lang, sha256=each.sha256) for each in ordered)
    # Neither where results are kept nor which formats are written changes what the record says.
    settings = fingerprint(config.model_copy(update={"engine": None, "store": None, "export": None}))
    tool = f"kpo {version('kpo')}"
    return Provenance(
        run=content_id(tool, settings, card.id, *((each.path, each.sha256) for each in ordered)),
        tool=tool,
        config=settings,
        models=(Model(name=card.name, revision=card.revision),),
        inputs=inputs,
    )
