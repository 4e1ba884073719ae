"""The command line: each command parses, calls one function, prints, and sets the exit code."""

from __future__ import annotations

import sys

import click

from autograder.cli import giving_back, grading, preparing
from autograder.cli.options import cli
from autograder.errors import AutograderError

__all__ = ["cli", "giving_back", "grading", "main", "preparing"]


def main() -> None:
    """Entry point: our own faults become one message and an exit code."""
    try:
        cli(standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("interrupted; what was graded is kept", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except AutograderError as error:
        click.echo(f"autograder: {error}", err=True)
        sys.exit(error.exit_code)
