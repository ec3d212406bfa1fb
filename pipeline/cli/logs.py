"""Structured logs on demand: one JSON object a line, in the file that --log or KPO_LOG names."""

from __future__ import annotations

import json
import logging
import os
from datetime import UTC, datetime
from pathlib import Path

_KNOWN = frozenset(vars(logging.LogRecord("", 0, "", 0, "", (), None))) | {"message", "taskName"}


class JsonLines(logging.Formatter):
    """A record as one line of JSON, with whatever fields it was given."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
        }
        line |= {name: value for name, value in vars(record).items() if name not in _KNOWN}
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def start_log(path: Path | None) -> None:
    """Send the package's log to `path`, or to the file that KPO_LOG names; to nowhere without either."""
    named = path or os.environ.get("KPO_LOG")
    if not named:
        return
    handler = logging.FileHandler(named, encoding="utf-8")
    handler.setFormatter(JsonLines())
    log = logging.getLogger("pipeline")
    log.addHandler(handler)
    log.setLevel(logging.DEBUG)


def record_fault(error: Exception) -> None:
    """Log a fault of the program with its place."""
    log = logging.getLogger("pipeline")
    if not log.handlers:
        start_log(None)
    if log.handlers:
        log.error("a fault of the program", exc_info=error)
