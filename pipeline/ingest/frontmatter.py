"""YAML front matter: found, bounded, and read without running anything it asks for."""

from __future__ import annotations

import html

import regex
import yaml

_FENCE = regex.compile(
    r"\A\s*---[ \t]*(?:\r\n|\n|\r)(.*?)(?:\r\n|\n|\r)(?:---|\.\.\.)[ \t]*(?=[\r\n]|\Z)", regex.S
)
_KEY = regex.compile(r"^[\p{L}_][\p{L}\p{N}_ -]{0,60}:(?=[ \t]|$)", regex.M)
_MAX_CHARS = 100_000
_MAX_NODES = 2_000
_MAX_DEPTH = 10


def front_matter_end(text: str) -> int:
    """Where the front matter of `text` ends (past its closing fence), or 0 where there is none."""
    match = _FENCE.match(text, 0, min(len(text), _MAX_CHARS))
    return match.end() if match and _KEY.search(match.group(1)) else 0


def metadata(text: str) -> tuple[tuple[str, str], ...]:
    """The front matter's keys and values as text; lists are joined by commas, entities decoded.

    What is not YAML, uses aliases, or is deeper or larger than an article's metadata can be, is
    read line by line as `key: value`, so that a stray colon in a title loses nothing.
    """
    match = _FENCE.match(text, 0, min(len(text), _MAX_CHARS))
    if not match or not _KEY.search(match.group(1)):
        return ()
    body = match.group(1)
    try:
        _refuse_bombs(body)
        loaded = yaml.load(body, Loader=_Plain)  # noqa: S506 - a SafeLoader that builds only text
    except (yaml.YAMLError, RecursionError, ValueError):
        return _by_line(body)
    if not isinstance(loaded, dict):
        return _by_line(body)
    return tuple((str(key), html.unescape(_flat(value))) for key, value in loaded.items())


class _Plain(yaml.SafeLoader):
    """A safe loader without implicit types: dates, numbers and booleans stay as written."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, object]]] = {}  # noqa: RUF012 - the base class's field


def _refuse_bombs(body: str) -> None:
    depth = 0
    for nodes, event in enumerate(yaml.parse(body, Loader=yaml.SafeLoader)):
        if isinstance(event, yaml.AliasEvent):
            raise ValueError("aliases")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _MAX_DEPTH or nodes > _MAX_NODES:
            raise ValueError("too deep or too large")


def _by_line(body: str) -> tuple[tuple[str, str], ...]:
    pairs: dict[str, str] = {}
    for line in body.splitlines():
        key, colon, value = line.partition(":")
        if colon and _KEY.match(line):
            pairs.setdefault(key.strip(), html.unescape(value.strip().strip("\"'")))
    return tuple(pairs.items())


def _flat(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_flat(item)}" for key, item in value.items())
    if isinstance(value, list):
        return ", ".join(_flat(item) for item in value)
    return "" if value is None else str(value)
