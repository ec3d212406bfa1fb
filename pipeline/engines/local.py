"""Worker processes of this machine: every core busy, no item able to stop the others.

A worker does one job at a time and uses one thread, so the work of N workers needs N cores and its
floating-point results do not depend on N. A worker that dies is replaced and its job set aside;
when all others are done, each job set aside runs once more, alone, and only then is it to blame.

Workers are forked from a server that has one thread and has imported what every worker needs, so
that starting one takes a moment. One that a stage's models have made large ends with the stage.
"""

from __future__ import annotations

import gc
import logging
import math
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait

from pipeline.engines.jobs import Handler, Job, Outcome, attempt, collect_rarely
from pipeline.errors import StageError

_LARGE = 500_000_000  # bytes from which on a worker's models are dropped when their stage ends
_STILLBORN = 5  # workers in a row that die before their first job, from which on none can be started
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


@dataclass(slots=True)
class _Worker:
    """A process, our end of its pipe, and the job that it is at."""

    process: multiprocessing.process.BaseProcess
    pipe: Connection
    job: Job | None = None
    ready: bool = False
    deadline: float = math.inf


class LocalEngine:
    """Runs jobs in `jobs` processes (0: one a core), each started when there is work for it.

    Args:
        make: makes a worker's handler, inside the worker; picklable.
        jobs: the number of processes.
        seconds: a job that takes longer is ended.
        memory: bytes that a worker may allocate; the job that asks for more ends in an error.
        imported: modules that workers have from the start; the first engine of a process decides.
        lasting: keep workers from `map` to `map`, however large.
    """

    def __init__(
        self,
        make: Callable[[], Handler],
        *,
        jobs: int,
        seconds: float,
        memory: int,
        imported: Sequence[str] = (),
        lasting: bool = False,
    ) -> None:
        self._make = make
        self._jobs = jobs or available_cores()
        self._seconds = seconds
        self._memory = memory
        self._imported = imported
        self._lasting = lasting
        self._workers: list[_Worker] = []
        self._stillborn = 0
        self._stopping = False

    def map(self, jobs: Iterable[Job]) -> Iterator[Outcome]:
        """Yield the outcome of each job as it ends.

        Raises:
            KeyboardInterrupt: after `stop`, when the jobs at work have ended and been yielded.
            StageError: no worker can be started.
        """
        suspects: list[Job] = []
        yield from self._spread(iter(jobs), self._jobs, suspects)
        for job in suspects:
            again: list[Job] = []
            yield from self._spread(iter([job]), 1, again)
            if again:
                mend = "the file may be hostile or too large; `kpo run --retry` tries it again"
                yield Outcome(job.key, error=StageError("its worker process died, twice", mend=mend))
        for worker in [] if self._lasting else [each for each in self._workers if _resident(each) > _LARGE]:
            self._drop(worker)

    def begin(self, job: Job) -> None:
        """Start a worker at a job that makes it ready for others; what becomes of that does not matter."""
        self._give(self._start(), replace(job, waited=False))

    def stop(self) -> None:
        """Start no further job; `map` ends when those at work have."""
        self._stopping = True

    def close(self) -> None:
        """End the workers, also those at work."""
        for worker in self._workers:
            _end(worker)
        self._workers.clear()

    def _spread(self, queue: Iterator[Job], width: int, suspects: list[Job]) -> Iterator[Outcome]:
        while True:
            if not self._stopping:
                self._hand_out(queue, width)
            busy = [worker for worker in self._workers if worker.job]
            if not busy:
                break
            yield from self._collect(busy, suspects)
        if self._stopping:
            raise KeyboardInterrupt

    def _hand_out(self, queue: Iterator[Job], width: int) -> None:
        """Give every idle worker a job, and start workers up to `width` while jobs are left."""
        while sum(worker.job is not None for worker in self._workers) < width:
            job = next(queue, None)
            if job is None:
                return
            worker = next((worker for worker in self._workers if not worker.job), None) or self._start()
            self._give(worker, job)

    def _give(self, worker: _Worker, job: Job) -> None:
        worker.job = job
        self._start_clock(worker)
        with suppress(OSError):  # a worker that died while idle is found by its closed pipe
            worker.pipe.send(job)

    def _collect(self, busy: list[_Worker], suspects: list[Job]) -> Iterator[Outcome]:
        """Wait for the next outcomes, deaths and overruns of the workers at work."""
        patience = max(0.0, min(worker.deadline for worker in busy) - time.monotonic())
        ready = wait([worker.pipe for worker in busy], timeout=min(patience, 60.0))
        now = time.monotonic()
        for worker in busy:
            job = worker.job
            if job is None:
                continue
            if worker.pipe in ready:
                try:
                    outcome = worker.pipe.recv()
                except (EOFError, OSError):
                    self._bury(worker, job)
                    suspects += [job] if job.waited else []
                else:
                    yield from self._heard(worker, job, outcome)
            elif now >= worker.deadline:
                self._drop(worker)
                reason = f"took longer than {self._seconds:g} s"
                mend = "raise engine.item_seconds, or split the file; `kpo run --retry` tries it again"
                yield Outcome(job.key, error=StageError(reason, mend=mend))

    def _heard(self, worker: _Worker, job: Job, outcome: Outcome | None) -> Iterator[Outcome]:
        """Take what a worker says: first that it is ready, then the outcomes of its jobs."""
        if outcome is None:
            worker.ready, self._stillborn = True, 0
            self._start_clock(worker)
        else:
            worker.job = None
            if job.waited:
                yield outcome

    def _start_clock(self, worker: _Worker) -> None:
        """A job's time runs while a worker is at it, and not while the worker's process still starts."""
        limited = worker.ready and worker.job is not None and worker.job.limited
        worker.deadline = time.monotonic() + self._seconds if limited else math.inf

    def _start(self) -> _Worker:
        forks = "forkserver" in multiprocessing.get_all_start_methods()
        get = multiprocessing.get_context
        context = get("forkserver") if forks else get("spawn")
        context.set_forkserver_preload(["__main__", *self._imported])
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, self._make, self._memory), daemon=True)
        with _one_thread():
            process.start()
        theirs.close()
        worker = _Worker(process, ours)
        self._workers.append(worker)
        return worker

    def _bury(self, worker: _Worker, job: Job) -> None:
        logging.getLogger(__name__).warning("a worker died at %s and is replaced", job.key)
        self._drop(worker)
        self._stillborn += not worker.ready
        if self._stillborn >= _STILLBORN:
            raise StageError("worker processes die as they start", mend="free memory, or run with --jobs 1")

    def _drop(self, worker: _Worker) -> None:
        _end(worker)
        self._workers.remove(worker)


def available_cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _serve(pipe: Connection, make: Callable[[], Handler], memory: int) -> None:
    """A worker's life: do the jobs that come through the pipe until it closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    _limit(memory)
    handle = make()
    gc.freeze()
    collect_rarely()
    with suppress(EOFError, OSError):
        pipe.send(None)  # ready
        while True:
            pipe.send(attempt(handle, pipe.recv()))


def _limit(memory: int) -> None:
    """Make allocations beyond `memory` fail in this process, where the system can (Linux)."""
    try:
        import resource
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if hard != resource.RLIM_INFINITY:
        memory = min(memory, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (memory, hard))


def _resident(worker: _Worker) -> int:
    """Bytes of memory that a worker's process holds; 0 where that cannot be said."""
    import psutil

    try:
        return int(psutil.Process(worker.process.pid).memory_info().rss)
    except psutil.Error:
        return 0


def _end(worker: _Worker) -> None:
    worker.pipe.close()
    worker.process.kill()
    worker.process.join()


@contextmanager
def _one_thread() -> Iterator[None]:
    """Native libraries read their number of threads from the environment when they load."""
    before = {name: os.environ.get(name) for name in _THREADS}
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name)
            else:
                os.environ[name] = value
