"""What every engine takes and gives: jobs in, outcomes out, in any order."""

from __future__ import annotations

import gc
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Protocol

from pipeline.errors import KpoError, StageError


@dataclass(frozen=True, slots=True)
class Job:
    """One row of `stage`: `function` on `payload`, both picklable; `key` names the row.

    Where `limited` is false it may take any time; where `waited` is false, nobody asks for its outcome.
    """

    key: str
    stage: str
    function: Callable[..., Any]
    payload: Any
    limited: bool = True
    waited: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the job `key`: a small `value`, or the `error` that it ended in.

    `trace` says where in the program an error arose that is no error of the input; `worked` is seconds
    of a core.
    """

    key: str
    value: Any = None
    error: KpoError | None = None
    trace: str = ""
    worked: float = 0.0


Handler = Callable[[Job], Any]
"""Does a job inside a worker; made once a worker, so that models load once."""


class Engine(Protocol):
    """Does jobs somewhere; one outcome a job, whatever happens to the job or its worker."""

    def map(self, jobs: Iterable[Job]) -> Iterator[Outcome]:
        """Yield the outcome of each job as it ends."""
        ...

    def begin(self, job: Job) -> None:
        """Start a worker at a job that makes it ready for others; what becomes of that does not matter."""
        ...

    def stop(self) -> None:
        """Finish the jobs at work and start no other."""
        ...

    def close(self) -> None:
        """End the workers."""
        ...


def attempt(handle: Handler, job: Job) -> Outcome:
    """The outcome of a job: an error of any kind is its outcome, never the end of the worker."""
    began = time.process_time()
    outcome = _attempt(handle, job)
    return replace(outcome, worked=time.process_time() - began)


def _attempt(handle: Handler, job: Job) -> Outcome:
    try:
        return Outcome(job.key, handle(job))
    except KpoError as error:
        return Outcome(job.key, error=error)
    except MemoryError:
        mend = "raise engine.item_memory, or split the file"
        return Outcome(job.key, error=StageError("needs more memory than an item may have", mend=mend))
    except Exception as error:  # a fault of ours or of a library: the article waits, the batch goes on
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        mend = "a fault of the program; `kpo run --retry --log FILE` records where"
        return Outcome(job.key, error=StageError(reason, mend=mend), trace=traceback.format_exc())


def collect_rarely() -> None:
    """Let this process seldom search for cycles: records are trees of millions of small objects."""
    gc.set_threshold(100_000, 50, 100)
