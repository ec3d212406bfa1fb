"""Which workers do the rows of a stage: two that last for few rows, all for many."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pytest

from pipeline.engines.jobs import Job, Outcome
from pipeline.work.crew import Crew

PREPARE = Job("ready", "", print, ())


@dataclass
class Fake:
    log: list[str]
    name: str = field(init=False)

    def __post_init__(self) -> None:
        self.name = str(len(self.log))
        self.log.append(f"start {self.name}")

    def map(self, jobs: Iterable[Job]) -> Iterator[Outcome]:
        yield from (Outcome(job.key) for job in jobs)

    def begin(self, job: Job) -> None:
        self.log.append(f"{job.key} {self.name}")

    def stop(self) -> None:
        self.log.append(f"stop {self.name}")

    def close(self) -> None:
        self.log.append(f"close {self.name}")


def crew(log: list[str]) -> Crew:
    return Crew(lambda: Fake(log), lambda: Fake(log), PREPARE)


def test_while_one_worker_reads_a_few_files_another_makes_ready_for_what_follows() -> None:
    log: list[str] = []
    few = crew(log)
    reading = few.engine("ingest", 1)
    assert log == ["start 0", "start 1", "ready 1"]
    assert few.engine("segment", 3) is few.engine("render", 3) is reading
    assert few.engine("embed", 1) is few.engine("fuse", 1) is not reading
    few.close()
    assert log[3:] == ["close 0", "close 1"]


def test_many_rows_go_to_all_workers_and_so_does_all_that_follows() -> None:
    log: list[str] = []
    some = crew(log)
    some.engine("ingest", 2)
    many = some.engine("segment", 1_000)
    assert log[3:] == ["close 0", "close 1", "start 5"]
    assert some.engine("annotate", 1) is some.engine("mine", 50) is many


def test_nothing_is_made_ready_for_rows_that_are_not_read_anew() -> None:
    log: list[str] = []
    crew(log).engine("render", 1)
    assert log == ["start 0"]


def test_without_a_second_worker_all_is_done_by_one_engine() -> None:
    log: list[str] = []
    alone = Crew(lambda: Fake(log))
    assert alone.engine("ingest", 1) is alone.engine("embed", 500)


def test_stopping_reaches_every_worker_and_where_there_is_none_the_run() -> None:
    log: list[str] = []
    stopped = crew(log)
    with pytest.raises(KeyboardInterrupt):
        stopped.stop()
    stopped.engine("ingest", 1)
    stopped.stop()
    assert log[3:] == ["stop 0", "stop 1"]
