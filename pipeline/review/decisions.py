"""The file of decisions: one line of JSON each, sorted, so that two versions compare line by line."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from pipeline.errors import ReviewError
from pipeline.files import write_file
from pipeline.model import Decision

DECISIONS = Path("review", "decisions.jsonl")

_ADAPTER = TypeAdapter(Decision)


def read_decisions(out: Path) -> tuple[Decision, ...]:
    """The standing decisions of an output folder, oldest first; none where there is no file.

    Raises:
        ReviewError: a line is not a decision.
    """
    path = out / DECISIONS
    if not path.is_file():
        return ()
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            found.append(_ADAPTER.validate_json(line))
        except ValidationError as error:
            raise ReviewError(
                f"not a decision: {error.errors()[0]['msg']}",
                path=str(path),
                place=f"line {number}",
                mend="mend or delete the line",
            ) from error
    return tuple(sorted(found, key=_by_time))


def write_decisions(out: Path, decisions: Iterable[Decision]) -> Path:
    """Replace the file of decisions in one step."""
    path = out / DECISIONS
    lines = [json.dumps(asdict(d), ensure_ascii=False) for d in sorted(decisions, key=_by_target)]
    return write_file(path, "".join(f"{line}\n" for line in lines).encode())


class Ledger:
    """Decisions by target and reviewer, while a sheet is read: each reviewer has one a target."""

    def __init__(self, decisions: Iterable[Decision]) -> None:
        self._about: dict[str, dict[str, Decision]] = {}
        for decision in decisions:
            self._about.setdefault(decision.target, {})[decision.reviewer] = decision

    def about(self, target: str) -> tuple[Decision, ...]:
        """What has been decided about a target."""
        return tuple(self._about.get(target, {}).values())

    def enter(self, new: Decision) -> bool:
        """Put `new` in the place of the reviewer's earlier decision; False if it says the same.

        The same decision again keeps its first time, so that applying a sheet twice changes nothing.
        """
        old = self._about.get(new.target, {}).get(new.reviewer)
        if old is not None and replace(old, time=new.time) == new:
            return False
        self._about.setdefault(new.target, {})[new.reviewer] = new
        return True

    def remove(self, targets: Iterable[str], reviewer: str | None) -> bool:
        """Take back one reviewer's decisions about the targets, or everybody's; whether there were any."""
        gone = [
            (target, who)
            for target in targets
            for who in self._about.get(target, {})
            if reviewer in (None, who)
        ]
        for target, who in gone:
            del self._about[target][who]
        return bool(gone)

    def decisions(self) -> tuple[Decision, ...]:
        """All decisions, oldest first."""
        return tuple(sorted((d for about in self._about.values() for d in about.values()), key=_by_time))


def _by_time(decision: Decision) -> tuple[str, ...]:
    return decision.time, *_by_target(decision)


def _by_target(decision: Decision) -> tuple[str, ...]:
    return decision.subject, decision.target, decision.reviewer
