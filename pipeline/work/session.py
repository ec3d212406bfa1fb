"""What a run stands on, and its batch: opened by options, stopped by Ctrl-C, closed in the end."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pipeline.config import Config
from pipeline.engines.jobs import Engine, Handler
from pipeline.model import Decision, ModelCard
from pipeline.store import open_store
from pipeline.work.batch import Batch
from pipeline.work.crew import Crew
from pipeline.work.models import make_handler
from pipeline.work.progress import Progress
from pipeline.work.stands import Stands, stands

_IMPORTED = ("pipeline.work.models", "pipeline.work.publish")  # by every worker
# By nearly every run with a new file, and slow: imported once instead of by each worker when it needs them.
_HEAVY = ("torch", "spacy", "pipeline.align")


@dataclass(frozen=True, slots=True)
class Options:
    """How to run, not what to make: no option changes a byte of the outputs.

    Args:
        cache: address of the store, a folder or an fsspec URL.
        engine: `local` processes or a `ray` cluster.
        jobs: workers; 0 is what the config says.
        fresh: do everything again.
        retry: take up what was quarantined before.
        dry: do nothing, only count what there would be to do.
    """

    cache: str
    engine: str = "local"
    jobs: int = 0
    fresh: bool = False
    retry: bool = False
    dry: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """What a run stands on beside its files; `config` holds what reviewers taught, where that is wanted."""

    config: Config
    card: ModelCard
    stands: Stands
    decisions: tuple[Decision, ...]


@contextmanager
def opened(
    out: Path, config: Config, options: Options, progress: Progress
) -> Iterator[tuple[Batch, Setting]]:
    """A batch that runs by these options, and what it stands on; its workers end with the block."""
    setting = _setting(out, config)
    make = partial(make_handler, setting.config, options.cache, setting.card)
    batch = Batch(
        partial(open_store, options.cache), _crew(config, options, make),
        partial(_start_local, config, options.jobs or config.engine.jobs, make), progress,
        fresh=options.fresh, retry=options.retry, dry=options.dry,
    )  # fmt: skip
    try:
        with _stoppable(batch):
            yield batch, setting
        if not options.dry:
            batch.store.prune(config.store.max_bytes)
    finally:
        batch.close()


def _setting(out: Path, config: Config) -> Setting:
    from pipeline.embed import model_card
    from pipeline.review import read_decisions, taught

    decisions = read_decisions(out)
    if config.review.learn:
        config = taught(config, decisions)
    card = model_card(config.embed)
    return Setting(config, card, stands(config, card), decisions)


def _crew(config: Config, options: Options, make: Callable[[], Handler]) -> Crew:
    jobs = options.jobs or config.engine.jobs
    if options.engine != "local":
        return Crew(partial(_start_ray, jobs, make))
    from pipeline.engines.local import available_cores

    start = partial(_start_local, config, jobs, make, _HEAVY)
    if (jobs or available_cores()) == 1:
        return Crew(start)
    start_one = partial(_start_local, config, 1, make, lasting=True)
    return Crew(start, start_one)


def _start_ray(jobs: int, make: Callable[[], Handler]) -> Engine:
    from pipeline.engines.ray import RayEngine

    return RayEngine(make, jobs=jobs)


def _start_local(
    config: Config,
    jobs: int,
    make: Callable[[], Handler],
    imported: tuple[str, ...] = (),
    *,
    lasting: bool = False,
) -> Engine:
    from pipeline.engines.local import LocalEngine

    return LocalEngine(
        make,
        jobs=jobs,
        seconds=config.engine.item_seconds,
        memory=config.engine.item_memory,
        imported=(*_IMPORTED, *imported),
        lasting=lasting,
    )


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
