"""Who does the rows: as many workers as there are cores, or a few that last where there are few rows.

Loading models takes longer than a handful of rows. So these go to one worker from stage to stage for
each set of libraries, and while the first still reads the files, the others load theirs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from pipeline.engines.jobs import Engine, Job

_FEW = 16  # rows that all workers would not do sooner than one that has its models
# Which worker does the few rows of a stage, by what it loads: torch; spaCy; the encoder and what follows it.
_WORKERS = {"ingest": "reading", "segment": "reading", "annotate": "words", "render": "words"}


@dataclass(slots=True)
class Crew:
    """The engines of a run, each started when it is first needed.

    Args:
        start: starts an engine for any number of rows.
        start_one: starts an engine of one worker that lasts; None where there cannot be several.
    """

    start: Callable[[], Engine]
    start_one: Callable[[], Engine] | None = None
    _engines: dict[str, Engine] = field(default_factory=dict)

    def engine(self, stage: str, rows: int) -> Engine:
        """The engine for so many rows of `stage`."""
        few = self._few(rows)
        if few is None:
            if "many" not in self._engines:
                self.close()  # their memory is needed
                self._engines["many"] = self.start()
            return self._engines["many"]
        name = _worker(stage)
        if name not in self._engines:
            self._engines[name] = few()
        return self._engines[name]

    def ahead(self, stage: str, rows: int, job: Job) -> None:
        """Let whoever will do so many rows of `stage`, if that is a worker that lasts, begin with `job`."""
        few, name = self._few(rows), _worker(stage)
        if rows and few is not None and name not in self._engines:
            self._engines[name] = few()
            self._engines[name].begin(job)

    def _few(self, rows: int) -> Callable[[], Engine] | None:
        return self.start_one if rows <= _FEW and "many" not in self._engines else None

    def stop(self) -> None:
        """Finish the jobs at work and begin no other.

        Raises:
            KeyboardInterrupt: none is at work.
        """
        if not self._engines:
            raise KeyboardInterrupt
        for engine in self._engines.values():
            engine.stop()

    def close(self) -> None:
        """End all workers; the next row to do starts new ones."""
        for engine in self._engines.values():
            engine.close()
        self._engines.clear()


def _worker(stage: str) -> str:
    return _WORKERS.get(stage, "vectors")
