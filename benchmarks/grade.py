"""The same notebooks through ``nbgrader autograde`` and through ``autograder grade``, in one run.

    make bench                               200 NumPy-only and 200 torch notebooks
    make bench BENCH="--count 20"            a quick look
    make bench BENCH="--nbgrader-count 40"   nbgrader on fewer of them; its time per notebook counts

Prints Markdown: how it was measured, then the figures.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from benchmarks import corpus, nbgrader_course
from benchmarks.measure import Command, Usage, run

ROOT = Path(__file__).parent.parent
AUTOGRADER = (sys.executable, "-c", "from autograder.cli import main; main()")
FLOOR = (sys.executable, "-m", "benchmarks.floor")
MIB = 2**20


@dataclass(frozen=True)
class Side:
    """What one of the two programs used for ``count`` notebooks."""

    count: int
    usage: Usage

    @property
    def wall_each(self) -> float:
        """Seconds of wall time a notebook, start of the program included."""
        return self.usage.wall / self.count


@dataclass(frozen=True)
class Comparison:
    """One kind of notebooks, graded by both programs and by nobody."""

    kind: str
    goal: int  # times nbgrader's throughput
    nbgrader: Side
    autograder: Side
    one_worker: float  # seconds a further submission costs with one worker
    floor: float  # seconds for a bare fork that runs the same cells and calls


def main() -> None:
    """Measure both kinds of notebooks and print the tables."""
    options = _options()
    os.chdir(ROOT)  # both programs are imported from here
    # nbgrader starts other programs of this environment by name.
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    print("\n".join(facts()), flush=True)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        comparisons = list(_compare_all(options, Path(folder)))
    print("\n".join(["", *throughput_table(comparisons), "", *floor_table(comparisons)]))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--count", type=int, default=200, help="notebooks of each kind")
    parser.add_argument("--nbgrader-count", type=int, default=None, help="of these, for nbgrader")
    parser.add_argument("--assignment", default="convolution")
    parser.add_argument("--kind", choices=["numpy", "torch"], default=None, help="only this kind")
    return parser.parse_args()


def _compare_all(options: argparse.Namespace, folder: Path) -> Iterator[Comparison]:
    examples = ROOT / "examples" / "submissions"
    _grade(examples, folder / "examples", options.assignment)
    notebooks = corpus.examples(examples, folder / "examples", options.assignment)
    kinds: dict[str, tuple[str, int, Callable[[list[corpus.Notebook]], list[corpus.Notebook]]]] = {
        "numpy": ("NumPy only", 40, corpus.numpy_only),
        "torch": ("with torch", 100, corpus.with_torch),
    }
    for name in [options.kind] if options.kind else list(kinds):
        kind, goal, chosen = kinds[name]
        mine = folder / name
        corpus.write(chosen(notebooks), options.count, mine / "all", options.assignment)
        yield _compare(kind, goal, mine, options)


def _compare(kind: str, goal: int, folder: Path, options: argparse.Namespace) -> Comparison:
    slug, count = options.assignment, options.count
    fewer = min(options.nbgrader_count or count, count)
    corpus.part(folder / "all", fewer, folder / "nbgrader" / "submitted")
    nbgrader_course.make(folder / "nbgrader", ROOT, slug)
    nbgrader = nbgrader_course.autograde(folder / "nbgrader", slug)
    done = nbgrader_course.graded(folder / "nbgrader", slug)
    print(f"- {kind}: nbgrader graded {done} of {fewer}", flush=True)
    return Comparison(
        kind,
        goal,
        Side(fewer, nbgrader),
        Side(count, _grade(folder / "all", folder / "results", slug)),
        _one_worker(folder, slug, count),
        _floor(folder, slug),
    )


def _grade(submissions: Path, results: Path, slug: str, *more: str) -> Usage:
    where = ("--course", ROOT, "--results", results, "--assignment", slug)
    command: Command = [*AUTOGRADER, "grade", submissions, *where, "--force", "--quiet", *more]
    return run(command, results.with_suffix(".log"), expected=(0, 1))


def _one_worker(folder: Path, slug: str, count: int) -> float:
    """Seconds a further submission: two runs of different size, so that the start drops out."""
    few = max(1, count // 4)
    small = corpus.part(folder / "all", few, folder / "few")
    short = _grade(small, folder / "results_few", slug, "--jobs", "1")
    long = _grade(folder / "all", folder / "results_one", slug, "--jobs", "1")
    return (long.wall - short.wall) / max(1, count - few)


def _floor(folder: Path, slug: str) -> float:
    recorded = folder / "recorded"
    one_thread = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
    environment = os.environ | one_thread | {"MPLBACKEND": "Agg", "PYTHONDONTWRITEBYTECODE": "1"}
    recording: Command = [*FLOOR, "record", folder / "all", slug, recorded]
    subprocess.run(recording, env=environment, check=True, stdout=subprocess.DEVNULL)
    measuring: Command = [*FLOOR, "measure", recorded]
    found = subprocess.run(measuring, env=environment, check=True, capture_output=True, text=True)
    return float(found.stdout.split()[-1])


# ---------------------------------------------------------------- what is printed


def facts() -> list[str]:
    """The machine, and how each figure comes about."""
    cores = len(os.sched_getaffinity(0))
    names = ("nbgrader", "numpy", "torch", "pytest")
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in names)
    return [
        f"- {cores} cores, {_processor()}, Linux {platform.release()}",
        f"- Python {platform.python_version()}, {versions}",
        "- wall: from start to end of the whole command; CPU: user and system time of its process "
        "tree (wait4)",
        "- memory: largest sum of PSS over the process tree, sampled (a shared page counts once)",
        "- floor: fork of a warm process that runs the same cells and calls, no sandbox, no tests",
        f"- `autograder --help`: {_help_seconds():.2f} s (goal: below 0.2 s)",
    ]


def throughput_table(comparisons: list[Comparison]) -> list[str]:
    """Both programs side by side."""
    lines = [
        "| notebooks | program | number | wall | each | CPU each | peak memory | throughput |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for one in comparisons:
        ratio = one.nbgrader.wall_each / one.autograder.wall_each
        told = f"**{ratio:.0f} ×** (goal {one.goal} ×)"
        lines.append(_row(one.kind, "nbgrader autograde", one.nbgrader, "1 ×"))
        lines.append(_row(one.kind, "autograder grade", one.autograder, told))
    return lines


def floor_table(comparisons: list[Comparison]) -> list[str]:
    """One worker against a bare fork."""
    lines = [
        "| notebooks | floor | autograder grade, one worker | over the floor |",
        "|---|---|---|---|",
    ]
    for one in comparisons:
        times = f"{1000 * one.floor:.1f} ms | {1000 * one.one_worker:.1f} ms"
        lines.append(
            f"| {one.kind} | {times} | **{one.one_worker / one.floor:.1f} ×** (goal 3 ×) |"
        )
    return lines


def _row(kind: str, program: str, side: Side, ratio: str) -> str:
    usage = side.usage
    cells = [
        *(kind, f"`{program}`", str(side.count), f"{usage.wall:.1f} s"),
        *(_each(side.wall_each), _each(usage.cpu / side.count)),
        *(f"{usage.peak / MIB:.0f} MiB", ratio),
    ]
    return f"| {' | '.join(cells)} |"


def _each(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 0.1 else f"{1000 * seconds:.1f} ms"


def _help_seconds(times: int = 5) -> float:
    """Median wall time of ``autograder --help``."""
    log = Path(os.devnull)
    return statistics.median(run([*AUTOGRADER, "--help"], log).wall for _ in range(times))


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


if __name__ == "__main__":
    main()
