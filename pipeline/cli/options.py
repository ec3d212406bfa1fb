"""Options and defaults that several commands share."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from pipeline.config import Config

Command = Callable[..., Any]

raw_argument = click.argument("raw", type=click.Path(path_type=Path), default=Path("raw"))
out_option = click.option(
    "--out", type=click.Path(path_type=Path), default=Path("outputs"), show_default=True, help="output folder"
)
config_option = click.option(
    "--config", "config_path", type=click.Path(path_type=Path), help="config file; default: configs/kpo.yaml"
)
json_option = click.option("--json", "as_json", is_flag=True, help="print JSON for machines")


def engine_options(command: Command) -> Command:
    """How the work is spread."""
    command = click.option("--jobs", type=click.IntRange(0), default=0, help="workers; 0: one a core")(
        command
    )
    return click.option(
        "--engine",
        type=click.Choice(["local", "ray"]),
        default="local",
        show_default=True,
        help="where to work",
    )(command)


def read_config(path: Path | None) -> Config:
    """The config at `path`, or the one in configs/ here, or the one that the package carries."""
    from pipeline.config import load

    return load(
        path or next((each for each in _default_configs() if each.is_file()), Path("configs/kpo.yaml"))
    )


def cache_address() -> str:
    """Where results are kept: KPO_CACHE (a folder or an fsspec URL), or the user's cache folder."""
    import platformdirs

    return os.environ.get("KPO_CACHE") or str(
        platformdirs.user_cache_path("kpo", appauthor=False) / "results"
    )


def _default_configs() -> tuple[Path, ...]:
    package = Path(__file__).parent.parent
    return (
        Path("configs/kpo.yaml"),
        package / "_configs" / "kpo.yaml",
        package.parent / "configs" / "kpo.yaml",
    )
