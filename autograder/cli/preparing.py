"""Commands that come before grading: release, doctor, data."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from autograder.cli.options import COURSE, cli


@cli.command()
@COURSE
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=None,
    help="Folder to write to (default: release/ in the course).",
)
@click.argument("assignments", nargs=-1)
def release(course_root: Path | None, out: Path | None, assignments: tuple[str, ...]) -> None:
    """Make the students' notebooks, in French and English, through nbgrader's converter."""
    from autograder import course
    from autograder import release as releases
    from autograder.release.files import remove_stale

    loaded = course.load(course_root or course.find_root(Path.cwd()))
    for path in releases.build(loaded, out or loaded.root / "release", list(assignments) or None):
        click.echo(path)
    if out is None and not assignments:
        for path in remove_stale(loaded):
            click.echo(f"removed {path}")


@cli.command()
def doctor() -> None:
    """Show what this machine can protect, and the cure for what it cannot."""
    from autograder import doctor as doctors
    from autograder import terminal

    lines, well = doctors.examined()
    screen = terminal.console()
    for line in lines:
        screen.print(line, soft_wrap=True)
    sys.exit(0 if well else 1)


@cli.group()
def data() -> None:
    """Fetch the images and weights that assignments train with, and show where they are."""


@data.command()
@click.argument("name", type=click.Choice(["cifar10", "resnet18"]))
def fetch(name: str) -> None:
    """Download NAME, as it is published, into the data folder: images, or ImageNet weights."""
    from autograder.data.fetch import fetch_cifar10, fetch_resnet18

    click.echo(fetch_cifar10() if name == "cifar10" else fetch_resnet18())


@data.command()
def where() -> None:
    """Show the folders, what is found there, and what to do about what is missing."""
    from autograder.data import folders

    lines = list(folders.where())
    for line, _ in lines:
        click.echo(line)
    sys.exit(0 if all(well for _, well in lines) else 1)
