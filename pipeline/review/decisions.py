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


def decide(decisions: Iterable[Decision], new: Decision) -> tuple[Decision, ...]:
    """The decisions with `new` in the place of the same reviewer's earlier one about its target.

    The same verdict again keeps its first time, so that applying a sheet twice changes nothing.
    """
    kept = []
    for old in decisions:
        if (old.target, old.reviewer) != (new.target, new.reviewer):
            kept.append(old)
        elif replace(old, time=new.time) == new:
            new = old
    return (*kept, new)


def _by_time(decision: Decision) -> tuple[str, ...]:
    return decision.time, *_by_target(decision)


def _by_target(decision: Decision) -> tuple[str, ...]:
    return decision.subject, decision.target, decision.reviewer
