"""The command line: each command reads its arguments, calls one function and shows what it gave."""

from pipeline.cli.main import main

__all__ = ["main"]
