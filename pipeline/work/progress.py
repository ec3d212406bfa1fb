"""How a run goes on: reports of its stages, the clock behind them, and whoever watches."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class StageReport:
    """How many rows a stage had, how many were kept from before or failed, and how long it took.

    `worked` is seconds of a core, of all processes together, and `encoding` what of it the encoder took.
    """

    stage: str
    rows: int
    kept: int
    failed: int
    seconds: float
    worked: float
    encoding: float


@dataclass(slots=True)
class Lap:
    """The time since the last stage's report: of the day, of this process, and of workers."""

    began: float = field(default_factory=time.monotonic)
    own: float = field(default_factory=time.process_time)
    worked: float = 0.0
    encoding: float = 0.0


class Progress(Protocol):
    """Whoever shows the user how a run goes on."""

    def stage(self, name: str, rows: int, kept: int) -> None:
        """A stage begins; `kept` of its rows are already done."""
        ...

    def advance(self) -> None:
        """One more row is done."""
        ...


class Unseen:
    """Progress that nobody watches."""

    def stage(self, name: str, rows: int, kept: int) -> None:
        """Nothing."""

    def advance(self) -> None:
        """Nothing."""
