"""Who does the rows: as many workers as there are cores, or two that last where there are few rows.

Loading models takes longer than a handful of rows. So these go to one worker from stage to stage, and
while it still reads and splits the files, a second one loads what the later stages need.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from pipeline.engines.jobs import Engine, Job

_FEW = 16  # rows that two workers would not do sooner than one that has its models
_READ = ("ingest", "segment", "annotate")  # stages before encoding
_TEXTS = (*_READ, "render")  # stages that take torch and spaCy; the others take the encoder and the judge


@dataclass(slots=True)
class Crew:
    """The engines of a run, each started when it is first needed.

    Args:
        start: starts an engine for any number of rows.
        start_one: starts an engine of one worker that lasts; None where there cannot be two such.
        prepare: loads what one of them needs from encoding on, while the other still reads.
    """

    start: Callable[[], Engine]
    start_one: Callable[[], Engine] | None = None
    prepare: Job | None = None
    _engines: dict[str, Engine] = field(default_factory=dict)

    def engine(self, stage: str, rows: int) -> Engine:
        """The engine for so many rows of `stage`."""
        few = self.start_one if rows <= _FEW and "many" not in self._engines else None
        if few is None:
            if "many" not in self._engines:
                self.close()  # their memory is needed
                self._engines["many"] = self.start()
            return self._engines["many"]
        name = "texts" if stage in _TEXTS else "vectors"
        if name not in self._engines:
            self._engines[name] = few()
            if stage in _READ and self.prepare is not None:
                self._engines["vectors"] = few()
                self._engines["vectors"].begin(self.prepare)
        return self._engines[name]

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
