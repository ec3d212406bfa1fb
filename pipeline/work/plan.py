"""What a run would do, and why: the files and the stages now, against the manifest of the last run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from pipeline.work.output import OutputFolder
from pipeline.work.progress import StageReport
from pipeline.work.publish import Found, outputs_key
from pipeline.work.scan import Scan
from pipeline.work.session import Setting

_STAGE_OF = {
    "sketch": "align",
    "families": "align",
    "near": "align",
    "mine": "align",
}  # rows that share a stage's code


@dataclass(frozen=True, slots=True)
class Todo:
    """How many rows of a stage there are to do, and why."""

    stage: str
    rows: int
    todo: int
    failed: int
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would do; `current` where the outputs are already those of this input."""

    files: tuple[str, ...]
    stages: tuple[Todo, ...]
    quarantined: tuple[str, ...]
    current: bool

    def lines(self) -> list[str]:
        """The plan for people."""
        stages = [
            f"{each.stage}: {each.todo} of {each.rows} rows to do{f' ({each.reason})' if each.reason else ''}"
            for each in self.stages
        ]
        state = "up to date" if self.current else "`kpo run` would write them anew"
        return [*self.files, *stages, *self.quarantined, f"outputs: {state}"]

    def plain(self) -> dict[str, Any]:
        """The plan for machines."""
        return asdict(self)


def compare(
    files: Scan, found: Found, setting: Setting, reports: Sequence[StageReport], folder: OutputFolder
) -> Plan:
    """The plan, from the files, a dry pass through the stages and the last manifest."""
    manifest = folder.manifest()
    changes = _changed_files(files, manifest)
    reasons = _reasons(setting, manifest)
    todo: list[Todo] = []
    above = bool(changes)
    for report in reports:
        missing = report.rows - report.kept
        own = reasons.get(_STAGE_OF.get(report.stage, report.stage), "")
        before = "what comes before it changes" if todo else "its files are new or changed"
        why = own or (before if above else "no longer in the cache")
        if above and not report.rows:
            reason = "its rows are known when what comes before it is done"
        else:
            reason = why if missing else ""
        todo.append(Todo(report.stage, report.rows, missing, report.failed, reason))
        above = above or missing > 0
    current = not above and manifest.get("outputs") == outputs_key(found, setting) and folder.is_whole()
    quarantined = tuple(
        f"quarantined: {each.path}: {each.stage}: {each.reason} ({each.mend})"
        for each in found.rejects
        if each.kind == "quarantined"
    )
    return Plan(changes, tuple(todo), quarantined, current)


def _changed_files(files: Scan, manifest: dict[str, Any]) -> tuple[str, ...]:
    before = {each["path"]: each["sha256"] for each in manifest.get("inputs", ())}
    now = {file.path: file.sha256 for file in files.files}
    known = {sha256: path for path, sha256 in before.items()}
    left_out = {each["path"] for each in manifest.get("skipped", ())}
    lines = []
    for path, sha256 in now.items():
        if before.get(path) == sha256 or (path in left_out and path not in before):
            continue
        if sha256 in known:
            lines.append(f"renamed: {known[sha256]} is now {path}")
        else:
            lines.append(f"{'changed' if path in before else 'new'}: {path}")
    moved = set(now.values())
    lines += [f"gone: {path}" for path, sha256 in before.items() if path not in now and sha256 not in moved]
    return tuple(lines)


def _reasons(setting: Setting, manifest: dict[str, Any]) -> dict[str, str]:
    before = manifest.get("stands", {})
    reasons = {}
    for stage, stand in setting.stands.items():
        old = before.get(stage)
        if old is None:
            continue
        now = asdict(stand)
        changed = [f"its {part}" for part in now if now[part] != old.get(part)]
        if changed:
            reasons[stage] = f"{' and '.join(changed)} changed"
    return reasons
