"""The Ray engine on a real cluster of two workers: the same bytes as the local engine."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from batches import config, outputs, write_articles

from pipeline.run import Options, run

ray = pytest.importorskip("ray")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    """A cluster of one machine with two CPUs."""
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, configure_logging=False)
    yield
    ray.shutdown()


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """The articles and what the local engine makes of them."""
    folder = tmp_path_factory.mktemp("local")
    raw = write_articles(folder / "raw")
    run(raw, folder / "out", config(), Options(cache=str(folder / "cache")))
    return raw, outputs(folder / "out")


def test_ray_gives_the_same_bytes_through_shared_storage(
    cluster: None, local: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    options = Options(cache=f"file://{tmp_path}/shared", engine="ray", jobs=2)
    summary = run(local[0], tmp_path / "out", config(), options)
    assert summary.exit_status == 0
    assert outputs(tmp_path / "out") == local[1]
    again = run(local[0], tmp_path / "out", config(), options)
    assert again.unchanged


def test_an_actor_that_is_killed_mid_run_changes_nothing(
    cluster: None, local: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    killed: list[int] = []

    def kill_one() -> None:
        for _ in range(600):
            for process in psutil.Process().children(recursive=True):
                if "_MapWorker" in _name(process) or "MapWorker" in _name(process):
                    process.kill()
                    killed.append(process.pid)
                    return
            time.sleep(0.1)

    killer = threading.Thread(target=kill_one)
    killer.start()
    options = Options(cache=f"file://{tmp_path}/shared", engine="ray", jobs=2)
    summary = run(local[0], tmp_path / "out", config(), options)
    killer.join()
    assert killed
    assert summary.exit_status == 0
    assert outputs(tmp_path / "out") == local[1]


def _name(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""
