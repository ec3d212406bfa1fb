"""The local engine: order-free results, limits, deaths, and the thread budget."""

import os
import signal
import time
from pathlib import Path

import pytest

from pipeline.engines.jobs import Handler, Job, Outcome
from pipeline.engines.local import LocalEngine
from pipeline.errors import InputError


def make() -> Handler:
    return lambda job: job.function(job.payload)


def double(number: int) -> int:
    return 2 * number


def refuse(path: str) -> None:
    raise InputError("empty", path=path, mend="write something")


def fail(_: object) -> None:
    raise ZeroDivisionError("of ours")


def die(_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_once(mark: str) -> str:
    if not Path(mark).exists():
        with Path(mark).open("w"):
            os.kill(os.getpid(), signal.SIGKILL)
    return "lived"


def sleep(seconds: float) -> None:
    time.sleep(seconds)


def hog(size: int) -> int:
    return len(bytearray(size))


def threads(_: object) -> str:
    return os.environ["OMP_NUM_THREADS"]


def run(jobs: list[Job], *, workers: int = 2, seconds: float = 30, memory: int = 2**31) -> dict[str, Outcome]:
    engine = LocalEngine(make, jobs=workers, seconds=seconds, memory=memory)
    try:
        return {outcome.key: outcome for outcome in engine.map(iter(jobs))}
    finally:
        engine.close()


def test_every_job_has_one_outcome_and_errors_stay_its_own() -> None:
    jobs = [Job(str(n), "double", double, n) for n in range(40)]
    jobs += [Job("refused", "read", refuse, "a.txt"), Job("failed", "read", fail, None)]
    done = run(jobs)
    assert {done[str(n)].value for n in range(40)} == {2 * n for n in range(40)}
    assert str(done["refused"].error) == "a.txt: empty (write something)"
    assert "ZeroDivisionError: of ours" in str(done["failed"].error)


def test_a_dead_worker_is_replaced_and_its_job_blamed_after_a_second_try_alone() -> None:
    jobs = [Job("killer", "x", die, None), *(Job(str(n), "double", double, n) for n in range(10))]
    done = run(jobs)
    assert "died, twice" in str(done["killer"].error)
    assert all(done[str(n)].error is None for n in range(10))


def test_a_job_whose_worker_died_by_chance_is_done_at_the_second_try(tmp_path: object) -> None:
    done = run([Job("unlucky", "x", die_once, f"{tmp_path}/mark"), Job("other", "x", double, 1)])
    assert done["unlucky"].value == "lived"


def test_a_job_that_takes_too_long_is_ended_alone() -> None:
    began = time.monotonic()
    done = run([Job("slow", "x", sleep, 60), Job("quick", "x", double, 1)], seconds=3)
    assert "took longer than 3 s" in str(done["slow"].error)
    assert done["quick"].value == 2
    assert time.monotonic() - began < 50


def test_a_job_that_takes_too_much_memory_is_refused_it() -> None:
    done = run([Job("hog", "x", hog, 2**32), Job("modest", "x", hog, 2**20)], memory=2**29)
    assert "memory" in str(done["hog"].error)
    assert done["modest"].value == 2**20


def test_a_worker_has_one_thread_and_leaves_our_own_environment_alone() -> None:
    before = os.environ.get("OMP_NUM_THREADS")
    assert run([Job("t", "x", threads, None)])["t"].value == "1"
    assert os.environ.get("OMP_NUM_THREADS") == before


def test_stop_finishes_the_jobs_at_work_and_begins_no_other() -> None:
    engine = LocalEngine(make, jobs=1, seconds=30, memory=2**31)
    outcomes = engine.map(Job(str(n), "double", double, n) for n in range(100))
    first = next(outcomes)
    engine.stop()
    with pytest.raises(KeyboardInterrupt):
        list(outcomes)
    engine.close()
    assert first.value == 0


def tell_pid(mark: str) -> str:
    Path(mark).write_text(str(os.getpid()), encoding="utf-8")
    return mark


def pid(_: object) -> int:
    return os.getpid()


def test_a_worker_that_was_made_ready_does_what_follows_and_its_own_outcome_is_nobodys(
    tmp_path: Path,
) -> None:
    mark = tmp_path / "pid"
    engine = LocalEngine(make, jobs=1, seconds=30, memory=2**31, lasting=True)
    engine.begin(Job("ready", "", tell_pid, str(mark)))
    first, second = ([*engine.map([Job(key, "x", pid, None)])] for key in "ab")
    engine.close()
    assert [outcome.key for outcome in (*first, *second)] == ["a", "b"]
    assert {outcome.value for outcome in (*first, *second)} == {int(mark.read_text(encoding="utf-8"))}


def test_a_worker_that_dies_while_it_is_made_ready_is_replaced() -> None:
    engine = LocalEngine(make, jobs=1, seconds=30, memory=2**31, lasting=True)
    engine.begin(Job("ready", "", die, None))
    done = [*engine.map([Job("a", "x", double, 1)])]
    engine.close()
    assert [(outcome.key, outcome.value) for outcome in done] == [("a", 2)]
