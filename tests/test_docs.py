"""What is not documented does not exist: commands, options, YAML keys, result fields, decisions."""

from __future__ import annotations

import dataclasses
import inspect
import re
import typing
from pathlib import Path

import click
import pytest

from autograder import cli, course, networks, release, results, run, terminal
from autograder.course import file
from autograder.errors import SandboxUnavailable
from autograder.model import (
    Limits,
    Outcome,
    Score,
    Status,
    TaskScore,
    TestResult,
    Tier,
    TrainingPlan,
)
from autograder.sandbox import calls, seccomp

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def section(text: str, heading: str) -> str:
    """From the line that starts with ``heading`` up to the next heading of the same depth."""
    depth = heading.split()[0]
    found = re.search(rf"^{re.escape(heading)}.*?(?=^#{{1,{len(depth)}}} |\Z)", text, re.M | re.S)
    assert found, f"no section {heading!r}"
    return found[0]


def first_column(text: str) -> list[str]:
    """The names in backticks that start the rows of the tables in ``text``."""
    rows = re.findall(r"^\|((?: ?,? ?`[^`]+`)+)", text, re.M)
    return [name for row in rows for name in re.findall(r"`([^`]+)`", row)]


# ---------------------------------------------------------------- the command line


def options(command: click.Command) -> set[str]:
    return {
        name
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for name in [*parameter.opts, *parameter.secondary_opts]
    }


def test_every_command_has_its_section_and_no_other_has():
    headings = set(re.findall(r"^## `autograder (\w+)", page("command-line.md"), re.M))
    assert headings == set(cli.cli.commands)


@pytest.mark.parametrize("name", cli.cli.commands)
def test_every_option_is_documented_and_no_other_is(name):
    text = section(page("command-line.md"), f"## `autograder {name}")
    assert set(first_column(text)) == options(cli.cli.commands[name])


# ---------------------------------------------------------------- assignment.yaml


def yaml_keys() -> set[str]:
    top = set(file.AssignmentKeys.model_fields)
    return top | {f"tasks.<id>.{key}" for key in file.TaskKeys.model_fields}


def limits_table(text: str) -> dict[str, float]:
    return {key: float(value) for key, value in re.findall(r"^\| `(\w+)` \| (\d+) \|", text, re.M)}


def test_every_yaml_key_is_documented_and_no_other_is():
    text = section(page("writing-an-assignment.md"), "## `assignment.yaml`")
    limits = limits_table(text)
    assert set(first_column(text)) - set(limits) - {"limits"} == yaml_keys() - {"limits"}
    assert "`limits`" in text


def test_the_keys_of_trainings_are_documented_with_their_defaults():
    text = section(page("writing-an-assignment.md"), "## Trainings")
    assert set(first_column(text)) == set(file.TrainingKeys.model_fields)
    plan = TrainingPlan("cifar10")
    for key in ("budget", "memory_mib"):
        assert f"| `{key}` | {getattr(plan, key):g} |" in text
    assert f"{{train: {plan.short[0]}, test: {plan.short[1]}}}" in text


def test_every_function_for_networks_is_documented():
    text = section(page("writing-an-assignment.md"), "## Networks")
    public = [n for n, f in vars(networks).items() if inspect.isfunction(f) and n[0] != "_"]
    for name in (name for name in public if networks.__name__ == vars(networks)[name].__module__):
        assert f"`{name}(" in text, name


def test_the_documented_limits_are_the_real_ones():
    text = section(page("writing-an-assignment.md"), "## `assignment.yaml`")
    assert limits_table(text) == dataclasses.asdict(Limits())


def test_release_comes_before_validate_which_reads_it():
    text = page("writing-an-assignment.md")
    assert text.index("$ autograder release") < text.index("$ autograder validate")


def test_every_part_of_the_test_api_is_documented():
    text = section(page("writing-an-assignment.md"), "## Tests")
    for name in ("points(", "hidden(", "depends(", "same(", "raises(", "keep(", "fetch(", "`rng`"):
        assert name in text
    for name in ("rtol=1e-5", "atol=None", "mistakes=None"):  # the signature of `same`
        assert name in text


# ---------------------------------------------------------------- results


def document() -> dict[str, typing.Any]:
    test = TestResult("t", "f", "hidden", Outcome.PASSED, 1, 1)
    tasks = (TaskScore("f", 1, 1, (test,)),)
    return results.as_dict(Score("s", "a", "graded", 1, 1, Tier.S2, 0.0, tasks))


def test_every_result_field_is_documented_in_order_and_no_other_is():
    text = section(page("results.md"), "## `results/<assignment>/<student>.json`")
    whole = document()
    task = whole["tasks"][0]
    fields = [*whole, *task, *task["tests"][0]]
    tables = text.split("### `status`")[0]
    assert first_column(tables) == fields


def test_every_status_outcome_and_tier_is_documented():
    text = page("results.md")
    assert first_column(section(text, "### `status`")) == list(typing.get_args(Status))
    assert first_column(section(text, "### `outcome`")) == [outcome.value for outcome in Outcome]
    for tier in Tier:
        assert re.search(rf"^\| {tier.value} \|", page("security.md"), re.M)


def test_every_csv_column_is_documented_in_order():
    documented = first_column(section(page("results.md"), "## `results/scores.csv`"))
    assert documented == list(results.CSV_COLUMNS)


def test_every_key_of_the_provenance_is_documented():
    from autograder import pipeline

    settings = pipeline.Settings(ROOT, "fr", Tier.S2, 1)
    text = page("results.md")
    for key in pipeline.provenance(settings, "digest"):
        assert f"`{key}`" in text, key


def test_the_calls_that_libraries_try_are_known_and_not_on_the_list():
    text = section(page("security.md"), "## A library that needs another system call")
    names = set(first_column(text))
    assert len(names) > 5
    assert names <= set(calls.NUMBERS)
    assert not names & set(seccomp._ALLOWED | seccomp._ALLOWED_WITH_NAMESPACES)


# ---------------------------------------------------------------- the worked example


def written_files() -> dict[str, str]:
    """The files of the example: a path in backticks on its own line, then a fenced block."""
    text = page("writing-an-assignment.md")
    return dict(re.findall(r"^`([\w/.]+)`\n\n```\w+\n(.*?)^```", text, re.M | re.S))


@pytest.fixture
def example(tmp_path: Path) -> Path:
    for name, content in written_files().items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return tmp_path


def test_the_example_is_a_whole_course(example):
    assert len(written_files()) == 4
    loaded = course.load(example)
    assert loaded.assignments["moving_average"].max_score == 4


PADDED = """
import numpy as np

def moving_average(values, width):
    return np.convolve(values, np.full(width, 1 / width), mode="same")
"""


def test_the_example_is_released_and_graded(example):
    loaded = course.load(example)
    released = release.build(loaded, example / "release", langs=("fr",))
    submissions = {
        "reference.ipynb": release.source_notebook(loaded, "moving_average", "fr"),
        "stub.ipynb": released[0].read_bytes(),
        "padded.py": PADDED.encode(),
    }
    for name, data in submissions.items():
        student, suffix = name.split(".")
        path = example / "submissions" / student / "moving_average" / f"moving_average.{suffix}"
        path.parent.mkdir(parents=True)
        path.write_bytes(data)
    options = run.Options(example / "submissions", example, example / "results", jobs=1)
    try:
        report = run.grade(options, lambda total: terminal.Progress(total, quiet=True))
    except SandboxUnavailable as error:
        pytest.skip(str(error))
    by_student = {score.student: score for score in report.scores}
    assert by_student["reference"].score == 4, by_student["reference"]
    assert by_student["stub"].score == 0
    assert by_student["padded"].score == 0
    hint = loaded.assignments["moving_average"].hints["padded"].fr
    assert hint in {test.hint for task in by_student["padded"].tasks for test in task.tests}


# ---------------------------------------------------------------- pages


def test_every_decision_is_short_and_listed():
    index = page("decisions/README.md")
    for path in sorted((DOCS / "decisions").glob("0*.md")):
        lines = path.read_text(encoding="utf-8").splitlines()
        assert len(lines) < 25, path
        assert lines[0].startswith(f"# {int(path.name[:4])}. ")
        assert f"({path.name})" in index


def test_no_link_between_pages_is_dead():
    pages = [*DOCS.rglob("*.md"), *ROOT.glob("*.md")]
    for source in pages:
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", source.read_text(encoding="utf-8")):
            if "://" not in target and not target.startswith("figures/"):
                assert (source.parent / target).exists(), f"{source.name} → {target}"
