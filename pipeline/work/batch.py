"""Rows of work through the cache: what is kept is not done again, what fails is set aside.

A row that fails is kept as a failure under the same key, so that the next run does not try it
again unless asked to; nothing but its own documents goes without.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from typing import Any, TypeVar

from pipeline.engines.jobs import Engine, Job, Outcome
from pipeline.errors import CacheError, ConfigError, KpoError, ModelError, OutputError
from pipeline.model import Reject
from pipeline.store import Store, decode, encode, load, load_each
from pipeline.work.crew import Crew
from pipeline.work.progress import Lap, Progress, StageReport

Record = TypeVar("Record")

WHOLE_BATCH = "*"  # the path of a reject that is about no single file

_log = logging.getLogger(__name__)
_FATAL = (OutputError, ModelError, ConfigError, CacheError)  # no fault of the row: every row would fail


@dataclass(frozen=True, slots=True)
class Row:
    """One row: where its result is kept, what makes it, and which files go without if it fails.

    `payload` is called when the row's turn comes, so that a million rows do not hold their inputs. A
    row without paths of its own is about the whole batch, and may take as long as it needs.
    """

    key: str
    function: Callable[..., Any]
    payload: Callable[[], Any]
    paths: tuple[str, ...] = (WHOLE_BATCH,)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a row failed."""

    reason: str
    mend: str


@dataclass(slots=True)
class Batch:
    """One run's way through the cache: does rows, and remembers what failed and how long it took.

    Args:
        connect: opens the store where results are kept.
        crew: does the rows.
        start_here: starts an engine of processes of this machine, which see its folders.
        progress: is told of every stage and row.
        fresh: do every row again.
        retry: do rows again that have failed before.
        dry: do nothing, only count.
    """

    connect: Callable[[], Store]
    crew: Crew
    start_here: Callable[[], Engine]
    progress: Progress
    fresh: bool = False
    retry: bool = False
    dry: bool = False
    rejects: list[Reject] = field(default_factory=list)
    reports: list[StageReport] = field(default_factory=list)
    store: Store = field(init=False)
    _lap: Lap = field(default_factory=Lap)
    _done: set[str] = field(default_factory=set)
    _seen: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.store = self.connect()

    def do(self, stage: str, rows: Sequence[Row]) -> set[str]:
        """See to it that every row has a result; return the keys of those that have one."""
        by_key = {row.key: row for row in rows}
        self._seen.update(by_key)
        known = self._known(by_key)
        missing = [row for key, row in by_key.items() if key not in known]
        self.progress.stage(stage, len(by_key), len(known))
        failures = self._failures([key for key, failed in known.items() if failed])
        if not self.dry:
            failures |= dict(self._run(stage, missing))
            known |= dict.fromkeys((row.key for row in missing), False)
        for key, failure in failures.items():
            self._reject(stage, by_key[key].paths, failure)
        self.report(stage, rows=len(by_key), kept=len(by_key) - len(missing), failed=len(failures))
        return known.keys() - failures.keys()

    def missing(self, keys: Collection[str]) -> set[str]:
        """Those of `keys` whose rows would be done if they came up now."""
        return set(keys) - self._known(keys).keys()

    def ahead(self, stage: str, rows: int, function: Callable[..., Any], payload: object) -> None:
        """Let a worker load what `rows` rows of `stage` will take, if it is they that need it."""
        if not self.dry:
            self.crew.ahead(stage, rows, Job(f"ahead of {stage}", "", function, payload, limited=False))

    def prepare(self, stage: str, rows: int, calls: Iterable[tuple[Callable[..., Any], Any]]) -> None:
        """Call functions that make `rows` rows to come quicker; a failure is theirs to meet and report."""
        if self.dry:
            return
        jobs = (Job(f"{stage} {number}", "", *call) for number, call in enumerate(calls))
        for outcome in self._map(stage, rows, jobs):
            if isinstance(outcome.error, _FATAL):
                raise outcome.error

    def here(self, calls: Iterable[tuple[Callable[..., Any], Any]]) -> None:
        """Call functions in other processes of this machine.

        Raises:
            KpoError: the first error of any of them.
        """
        self.crew.close()  # their memory is needed
        engine = self.start_here()
        jobs = (Job(str(number), "", *call, limited=False) for number, call in enumerate(calls))
        with closing(engine):
            for outcome in engine.map(jobs):
                self._lap.worked += outcome.worked
                if outcome.error is not None:
                    raise outcome.error

    def load(self, key: str, kind: type[Record]) -> Record:
        """The result kept under `key`.

        Raises:
            CacheError: it is missing or damaged.
        """
        return load(self.store, key, kind)

    def each(self, keys: Iterable[str], kind: type[Record]) -> Iterator[tuple[str, Record]]:
        """The results kept under `keys`, one after the other; quicker than one load for each.

        Raises:
            CacheError: one is missing or damaged.
        """
        return load_each(self.store, keys, kind)

    def report(self, stage: str, *, rows: int, kept: int, failed: int = 0) -> None:
        """Note how a stage went that began where the last one ended."""
        lap, self._lap = self._lap, Lap()
        worked = lap.worked + self._lap.own - lap.own
        seconds = self._lap.began - lap.began
        self.reports.append(StageReport(stage, rows, kept, failed, seconds, worked, lap.encoding))
        _log.info("stage", extra=asdict(self.reports[-1]))

    def begin_again(self) -> None:
        """Forget counts and workers after the cache turned out damaged; results still kept stay."""
        self.close()
        self.store = self.connect()
        self.rejects.clear()
        self.reports.clear()

    def stop(self) -> None:
        """Finish the rows at work and begin no other."""
        self.crew.stop()

    def close(self) -> None:
        """End the workers and note what was of use."""
        self.crew.close()
        self.store.used(self._seen)
        self.store.close()

    def _known(self, keys: Iterable[str]) -> dict[str, bool]:
        known = self.store.known(key for key in keys if not self.fresh or key in self._done)
        if self.retry:
            known = {key: failed for key, failed in known.items() if not failed or key in self._done}
        return known

    def _run(self, stage: str, rows: Sequence[Row]) -> Iterator[tuple[str, Failure]]:
        jobs = (
            Job(row.key, stage, row.function, row.payload(), limited=row.paths != (WHOLE_BATCH,))
            for row in rows
        )
        for outcome in self._map(stage, len(rows), jobs):
            if isinstance(outcome.error, _FATAL):
                raise outcome.error
            self._done.add(outcome.key)
            self.progress.advance()
            _log.debug("row", extra={"stage": stage, "key": outcome.key, "error": str(outcome.error or "")})
            if outcome.trace:
                _log.debug("a fault of the program", extra={"key": outcome.key, "trace": outcome.trace})
            if outcome.error is not None:
                failure = _failure(outcome.error)
                self.store.write(stage, {outcome.key: encode(failure)}, failed=True)
                yield outcome.key, failure

    def _map(self, stage: str, rows: int, jobs: Iterator[Job]) -> Iterator[Outcome]:
        if not rows:
            return
        for outcome in self.crew.engine(stage, rows).map(jobs):
            self._lap.worked += outcome.worked
            self._lap.encoding += outcome.value or 0.0
            yield outcome

    def _failures(self, keys: Sequence[str]) -> dict[str, Failure]:
        return {key: decode(data, Failure) for key, data in self.store.read(keys).items()}

    def _reject(self, stage: str, paths: Iterable[str], failure: Failure) -> None:
        self.rejects += [Reject(path, stage, "quarantined", failure.reason, failure.mend) for path in paths]


def _failure(error: KpoError) -> Failure:
    reason = f"{error.place}: {error.message}" if error.place else error.message
    return Failure(reason, error.mend or "leave the file out, or report it")
