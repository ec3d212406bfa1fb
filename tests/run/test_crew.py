"""Which workers do the rows of a stage: some that last for few rows, all for many."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pytest

from pipeline.engines.jobs import Job, Outcome
from pipeline.work.crew import Crew


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
    return Crew(lambda: Fake(log), lambda: Fake(log))


READY = Job("ready", "", print, ())


def test_a_few_rows_go_to_workers_that_last_one_for_each_set_of_libraries() -> None:
    log: list[str] = []
    few = crew(log)
    reading, words, vectors = (few.engine(stage, 1) for stage in ("ingest", "annotate", "embed"))
    assert log == ["start 0", "start 1", "start 2"]
    assert few.engine("segment", 16) is reading
    assert few.engine("render", 2) is words
    assert few.engine("fuse", 1) is vectors
    few.close()
    assert log[3:] == ["close 0", "close 1", "close 2"]


def test_a_worker_may_load_what_it_will_need_before_it_has_a_row() -> None:
    log: list[str] = []
    few = crew(log)
    few.ahead("embed", 1, READY)
    few.ahead("embed", 1, READY)
    few.ahead("annotate", 0, READY)
    few.engine("embed", 1)
    assert log == ["start 0", "ready 0"]


def test_many_rows_go_to_all_workers_and_so_does_all_that_follows() -> None:
    log: list[str] = []
    some = crew(log)
    some.engine("ingest", 2)
    many = some.engine("segment", 1_000)
    assert log == ["start 0", "close 0", "start 2"]
    some.ahead("annotate", 1, READY)
    assert some.engine("annotate", 1) is some.engine("mine", 50) is many
    assert len(log) == 3


def test_without_a_second_worker_all_is_done_by_one_engine() -> None:
    log: list[str] = []
    alone = Crew(lambda: Fake(log))
    alone.ahead("embed", 1, READY)
    assert alone.engine("ingest", 1) is alone.engine("embed", 500)
    assert log == ["start 0"]


def test_stopping_reaches_every_worker_and_where_there_is_none_the_run() -> None:
    log: list[str] = []
    stopped = crew(log)
    with pytest.raises(KeyboardInterrupt):
        stopped.stop()
    stopped.engine("ingest", 1)
    stopped.stop()
    assert log == ["start 0", "stop 0"]
