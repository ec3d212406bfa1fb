"""The same jobs on a Ray cluster, by Ray Data: stateful actors load each model once.

Ray replaces actors and machines that die and does their rows again; results lie in shared storage
by their content's hash, so doing a row twice changes nothing.
"""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from pipeline.engines.jobs import Handler, Job, Outcome, attempt
from pipeline.errors import ConfigError

_BLOCKS = 8  # portions a worker gets its rows in: what is done again when it dies
_WINDOW = 20_000  # rows handed to Ray at once: bounds the driver's memory on any batch


class RayEngine:
    """Runs jobs on `jobs` actors (0: as many as the cluster has CPUs) of the cluster at `address`.

    Args:
        make: makes an actor's handler, inside the actor; serialisable.
        jobs: the number of actors.
        address: of a running cluster; None finds one by RAY_ADDRESS or starts one here.

    Raises:
        ConfigError: Ray is not installed.
    """

    def __init__(self, make: Callable[[], Handler], *, jobs: int, address: str | None = None) -> None:
        try:
            import ray
        except ImportError as error:
            raise ConfigError("the ray engine is not installed", mend="pip install 'kpo[ray]'") from error
        if not ray.is_initialized():
            ray.init(address=address, log_to_driver=False, configure_logging=False)
        context = ray.data.DataContext.get_current()
        context.enable_progress_bars = False
        context.enable_operator_progress_bars = False
        context.print_on_execution_start = False
        logging.getLogger("ray.data").setLevel(logging.ERROR)
        self._ray = ray
        self._stopping = False
        self._make = make
        self._jobs = jobs or max(1, int(ray.cluster_resources().get("CPU", 1)))

    def map(self, jobs: Iterable[Job]) -> Iterator[Outcome]:
        """Yield the outcome of each job as it ends.

        Raises:
            KeyboardInterrupt: after `stop`.
        """
        queue = iter(jobs)
        while window := list(itertools.islice(queue, _WINDOW)):
            width = min(self._jobs, len(window))
            # As bytes, so that rows are plain Arrow columns; only our own actors read them.
            items = [{"job": self._ray.cloudpickle.dumps(job)} for job in window]
            rows = self._ray.data.from_items(items, override_num_blocks=min(len(items), width * _BLOCKS))
            actors = self._ray.data.ActorPoolStrategy(size=width)
            done = rows.map(_Actor, fn_constructor_args=(self._make,), compute=actors, num_cpus=1)
            for row in done.iter_rows():
                yield self._ray.cloudpickle.loads(row["outcome"])
                if self._stopping:
                    raise KeyboardInterrupt

    def begin(self, job: Job) -> None:
        """Nothing: actors load what their rows need."""

    def stop(self) -> None:
        """Take no further outcome; what the actors have stored stays."""
        self._stopping = True

    def close(self) -> None:
        """Leave the cluster."""
        self._ray.shutdown()


class _Actor:
    """One worker on the cluster; Ray makes it once and gives it row after row."""

    def __init__(self, make: Callable[[], Handler]) -> None:
        self._handle = make()

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        """The outcome of one row's job."""
        from ray import cloudpickle

        return {"outcome": cloudpickle.dumps(attempt(self._handle, cloudpickle.loads(row["job"])))}
