"""The commands about the encoder: embed, models."""

from __future__ import annotations

import json
from pathlib import Path

import click

from pipeline.cli.options import config_option, json_option, read_config


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--lines", is_flag=True, help="one vector a line, not one of the whole text")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="a .npy file of float32")
@click.option(
    "--runtime", type=click.Choice(["auto", "torch", "ctranslate2"]), help="in place of the config's"
)
@click.option("--model", help="in place of the config's")
@config_option
@json_option
def embed(
    file: Path, lines: bool, out: Path, runtime: str | None, model: str | None, config_path: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Write the raw unit vector of FILE, or of each of its lines."""
    from pipeline.embed import load_encoder
    from pipeline.embed.lines import embed_file

    changes = {key: value for key, value in (("runtime", runtime), ("model", model)) if value}
    settings = read_config(config_path).embed.model_copy(update=changes)
    encoder = load_encoder(settings, _say)
    count = embed_file(file, out, encoder, lines=lines)
    if as_json:
        card = encoder.card
        plain = {"model": card.name, "revision": card.revision, "settings": dict(card.settings)}
        click.echo(json.dumps({"vectors": count, "dimension": encoder.dimension, "out": str(out), **plain}))
    else:
        click.echo(f"{count} vectors of {encoder.dimension} dimensions in {out}", err=True)


@click.group(invoke_without_command=True)
@click.pass_context
@config_option
@json_option
def models(context: click.Context, config_path: Path | None, as_json: bool) -> None:
    """Show which encoders are on this machine, and whether their files are whole."""
    from pipeline.embed.installed import installed

    context.obj = config_path
    if context.invoked_subcommand:
        return
    found = installed(read_config(config_path).embed)
    if as_json:
        keys = ("name", "revision", "form", "state")
        rows = [{**{key: getattr(each, key) for key in keys}, "folder": str(each.folder)} for each in found]
        click.echo(json.dumps(rows))
        return
    for each in found:
        click.echo(f"{each.name} {each.revision}  {each.form}: {each.state}  {each.folder}")


@models.command()
@click.argument("name", default="bundled")
@click.option("--revision", default="", help="commit or tag")
@click.pass_obj
def fetch(config_path: Path | None, name: str, revision: str) -> None:
    """Convert the bundled model, or download another by NAME."""
    from pipeline.embed.installed import fetch as bring

    click.echo(bring(name, revision, read_config(config_path).embed, _say))


@models.command()
@click.pass_context
def verify(context: click.Context) -> None:
    """Digest every file; exit status 2 where one is damaged or missing."""
    from pipeline.embed.installed import installed
    from pipeline.errors import ModelError

    bad = [each for each in installed(read_config(context.obj).embed) if each.state in ("damaged", "missing")]
    if bad:
        raise ModelError(
            f"{bad[0].name} ({bad[0].form}) is {bad[0].state}",
            path=str(bad[0].folder),
            mend=f"kpo models fetch {'bundled' if bad[0].state == 'damaged' else bad[0].name}",
        )
    click.echo("all models are whole")


def _say(message: str) -> None:
    click.echo(message, err=True)
