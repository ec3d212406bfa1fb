"""The group of commands, and how errors end them: one line, and an exit status."""

from __future__ import annotations

import sys

import click

from pipeline.cli.align import align
from pipeline.cli.batch import export, run, status
from pipeline.cli.encoder import embed, models
from pipeline.cli.review import review
from pipeline.cli.tools import cache, evaluate, new, schema
from pipeline.errors import KpoError

NOTHING_DONE, STOPPED = 2, 130


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="kpo", prog_name="kpo")
def kpo() -> None:
    """Aligned passages and one knowledge record from articles in any mix of languages.

    Exit status: 0 all done; 1 done, but some inputs were quarantined; 2 nothing could be done.
    """


for command in (run, status, review, export, evaluate, models, new, schema, align, embed, cache):
    kpo.add_command(command)


def main() -> None:
    """Run the command line; an error is one line on stderr, never a traceback."""
    try:
        sys.exit(kpo(standalone_mode=False) or 0)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(NOTHING_DONE)
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        hint = f" (see `{context.command_path} --help`)" if context else ""
        click.echo(f"error: {error.format_message()}{hint}", err=True)
        sys.exit(NOTHING_DONE)
    except (KeyboardInterrupt, click.Abort):
        click.echo("stopped; what is done is kept: the same command goes on from here", err=True)
        sys.exit(STOPPED)
    except KpoError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(NOTHING_DONE)
    except BrokenPipeError:  # the reader of our output has seen enough
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:
        click.echo(
            f"error: a fault of the program: {type(error).__name__}: {error}".replace("\n", " "), err=True
        )
        click.echo("set KPO_LOG=FILE to record where", err=True)
        from pipeline.cli.logs import record_fault

        record_fault(error)
        sys.exit(NOTHING_DONE)
