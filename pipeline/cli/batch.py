"""The commands over a batch: run, status, export."""

from __future__ import annotations

import json
from pathlib import Path

import click

from pipeline.cli.options import (
    cache_address,
    config_option,
    engine_options,
    json_option,
    out_option,
    raw_argument,
    read_config,
)


@click.command()
@raw_argument
@config_option
@out_option
@engine_options
@click.option("--fresh", is_flag=True, help="do everything again, whatever is kept")
@click.option("--retry", is_flag=True, help="take up what was quarantined before")
@click.option("--log", type=click.Path(path_type=Path), help="write a log of JSON lines to this file")
@json_option
def run(
    raw: Path, config_path: Path | None, out: Path, engine: str, jobs: int, fresh: bool, retry: bool,
    log: Path | None, as_json: bool,
) -> int:  # fmt: skip
    """Read the articles in RAW (a folder or a file) and write the outputs."""
    from pipeline.cli.logs import start_log
    from pipeline.cli.show import progress, show_summary
    from pipeline.engines.jobs import collect_rarely
    from pipeline.run import Options
    from pipeline.run import run as run_batch

    collect_rarely()
    start_log(log)
    options = Options(cache=cache_address(), engine=engine, jobs=jobs, fresh=fresh, retry=retry)
    shown = progress(quiet=as_json)
    with shown.shown():
        summary = run_batch(raw, out, read_config(config_path), options, shown)
    show_summary(summary, as_json=as_json)
    return summary.exit_status


@click.command()
@raw_argument
@config_option
@out_option
@json_option
def status(raw: Path, config_path: Path | None, out: Path, as_json: bool) -> None:
    """Say what is done, stale or quarantined, what `kpo run` would do, and why."""
    from pipeline.run import Options, plan

    found = plan(raw, out, read_config(config_path), Options(cache=cache_address(), dry=True))
    click.echo(json.dumps(found.plain(), ensure_ascii=False) if as_json else "\n".join(found.lines()))


@click.command()
@click.argument("name", metavar="FORMAT")
@raw_argument
@config_option
@out_option
def export(name: str, raw: Path, config_path: Path | None, out: Path) -> None:
    """Write one FORMAT of what `kpo run RAW` found: record, jsonl, documents, jsonld, tmx, ..."""
    from pipeline.run import Options, export_format

    options = Options(cache=cache_address())
    for path in export_format(name, raw, out, read_config(config_path), options):
        click.echo(path)
