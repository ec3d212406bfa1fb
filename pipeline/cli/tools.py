"""The commands about what surrounds a batch: eval, schema, new, cache."""

from __future__ import annotations

import json
import re
from pathlib import Path

import click

from pipeline.cli.options import cache_address, config_option, json_option, out_option, read_config
from pipeline.errors import ConfigError


@click.command("eval")
@click.argument("gold", type=click.Path(path_type=Path))
@out_option
@config_option
@json_option
def evaluate(gold: Path, out: Path, config_path: Path | None, as_json: bool) -> None:
    """Score a run against GOLD: facts (JSON lines) or alignments (CSV)."""
    from pipeline import evaluate as scoring

    if gold.suffix.lower() == ".csv":
        report: scoring.Report | scoring.AlignmentReport = scoring.evaluate_alignment(out, gold)
    else:
        from pipeline.embed import load_encoder

        config = read_config(config_path)
        report = scoring.evaluate(out, gold, config.concept, load_encoder(config.embed).encode)
    click.echo(json.dumps(report.figures()) if as_json else "\n".join(report.lines()))


@click.command()
def schema() -> None:
    """Print the JSON Schema of the knowledge record."""
    from pipeline.record import schema as record_schema

    click.echo(json.dumps(record_schema(), ensure_ascii=False, indent=1))


@click.command()
@click.argument("concept")
@click.option("--label", help="its English name, where that is not CONCEPT itself")
def new(concept: str, label: str | None) -> None:
    """Write a commented config for another CONCEPT to configs/CONCEPT.yaml."""
    if not re.fullmatch(r"[\w-]+", concept):
        raise ConfigError(
            "not an identifier", path=concept, mend="use letters, digits, - and _; names go to --label"
        )
    path = Path("configs") / f"{concept}.yaml"
    if path.exists():
        raise ConfigError("is there already", path=str(path), mend="remove it first, or choose another name")
    template = (Path(__file__).parent / "concept.yaml").read_text(encoding="utf-8")
    path.parent.mkdir(exist_ok=True)
    path.write_text(template % {"id": concept, "label": label or concept}, encoding="utf-8")
    click.echo(path)


@click.command()
@click.option("--prune", is_flag=True, help="drop what was longest of no use, down to the config's limit")
@click.option("--clear", is_flag=True, help="drop everything")
@config_option
@json_option
def cache(prune: bool, clear: bool, config_path: Path | None, as_json: bool) -> None:
    """Show what is kept between runs, by stage; prune it."""
    from pipeline.store import open_store

    store = open_store(cache_address())
    if prune or clear:
        dropped = store.prune(0 if clear else read_config(config_path).store.max_bytes)
        click.echo(f"{dropped} bytes dropped", err=True)
    sizes = store.sizes()
    if as_json:
        plain = {stage: {"entries": size.entries, "bytes": size.bytes} for stage, size in sizes.items()}
        click.echo(json.dumps({"address": store.address, "stages": plain}))
        return
    for stage, size in sizes.items():
        click.echo(f"{stage:<12}{size.entries:>10} entries{size.bytes:>14} bytes")
    click.echo(f"kept in {store.address}")
