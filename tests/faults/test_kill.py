"""kill -9 at thirty random moments: the next run ends with the bytes of an undisturbed one."""

import os
import random
import signal
import time
from pathlib import Path

import pytest
from batches import Calm, begin, finish

KILLS = int(os.environ.get("KPO_KILLS", "30"))  # fewer for a quick look: KPO_KILLS=3 make test


@pytest.mark.slow
@pytest.mark.parametrize("trial", range(KILLS))
def test_kill_at_any_moment(calm: Calm, cache: Path, tmp_path: Path, trial: int) -> None:
    run = begin(calm.raw, tmp_path / "out", cache)
    time.sleep(random.Random(trial).uniform(0.0, 0.9 * calm.seconds))  # noqa: S311 - a moment, no secret
    os.killpg(run.pid, signal.SIGKILL)
    run.communicate()
    assert finish(calm.raw, tmp_path / "out", cache) == calm.outputs
