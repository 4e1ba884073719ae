"""The repository's own student notebooks: up to date, without any answer, right for nbgrader."""

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from released import code_of, is_check, run_cells, source, text_of
from traitlets.config import PyFileConfigLoader

from autograder import course, release
from autograder.model import LANGUAGES
from autograder.release import manual

ROOT = Path(__file__).parents[1]
REAL = sorted(path.parent.name for path in ROOT.glob("assignments/*/assignment.yaml"))
PRIVATE = {"reference", "assignments", "autograder", "student", "rng"} | {
    path.stem for path in ROOT.glob("assignments/**/*.py") if path.stem != "notebook"
}
REAL_NOTEBOOKS = [(slug, lang) for slug in REAL for lang in LANGUAGES]


@pytest.fixture(scope="module")
def real():
    """The course of this repository."""
    return course.load(ROOT)


@pytest.fixture(scope="module")
def rebuilt(real, tmp_path_factory):
    """Where the repository's notebooks were made again."""
    out = tmp_path_factory.mktemp("rebuilt")
    release.build(real, out)
    return out


class TestRealNotebooks:
    def test_the_committed_release_is_what_the_course_makes(self, real, rebuilt):
        made = {path.relative_to(rebuilt) for path in rebuilt.rglob("*") if path.is_file()}
        committed = ROOT / "release"
        kept = {path.relative_to(committed) for path in committed.rglob("*") if path.is_file()}
        assert {path for path in kept if ".ipynb_checkpoints" not in path.parts} == made
        for path in sorted(made):
            same = (committed / path).read_bytes() == (rebuilt / path).read_bytes()
            assert same, f"release/{path} is stale: run `autograder release`"

    @pytest.mark.parametrize(("slug", "lang"), REAL_NOTEBOOKS)
    def test_no_line_of_an_answer(self, real, rebuilt, slug, lang):
        released = (rebuilt / lang / slug / f"{slug}.ipynb").read_bytes()
        text = text_of(released)
        lines = answer_lines(real.root / "reference" / f"{slug}.py") | written_lines(real, slug)
        assert len(lines) > 5
        assert [line for line in lines if line in text] == []
        assert "SOLUTION" not in text

    @pytest.mark.parametrize(("slug", "lang"), REAL_NOTEBOOKS)
    def test_no_line_of_a_hidden_test(self, real, rebuilt, slug, lang):
        released = (rebuilt / lang / slug / f"{slug}.ipynb").read_bytes()
        text = text_of(released)
        hidden = hidden_lines(real.assignments[slug].test_file)
        assert len(hidden) > 10
        assert [line for line in hidden if line in text] == []

    @pytest.mark.parametrize(("slug", "lang"), REAL_NOTEBOOKS)
    def test_code_names_neither_the_reference_nor_the_grader(self, real, rebuilt, slug, lang):
        released = (rebuilt / lang / slug / f"{slug}.ipynb").read_bytes()
        tasks = functions(real.root / "reference" / f"{slug}.py")
        parameters = {each.arg for node, _ in tasks for each in node.args.args}
        for cell in code_of(released):
            words = set(re.findall(r"\w+", source(cell)))
            assert not words & PRIVATE - parameters

    @pytest.mark.parametrize(("slug", "lang"), REAL_NOTEBOOKS)
    def test_check_cells_hold_no_constant_of_hidden_tests_only(self, real, rebuilt, slug, lang):
        released = (rebuilt / lang / slug / f"{slug}.ipynb").read_bytes()
        secret = hidden_constants(real.assignments[slug].test_file)
        for cell in filter(is_check, code_of(released)):
            assert not secret & set(re.findall(r"\w+", source(cell)))

    @pytest.mark.parametrize(("slug", "lang"), REAL_NOTEBOOKS)
    def test_points_are_those_of_the_tasks(self, real, rebuilt, slug, lang):
        released = (rebuilt / lang / slug / f"{slug}.ipynb").read_bytes()
        points = {
            cell["id"]: cell["metadata"]["nbgrader"]["points"]
            for cell in filter(is_check, json.loads(released)["cells"])
        }
        assert points == {
            task.id if task.manual else f"{task.id}-check": task.points
            for task in real.assignments[slug].tasks
        }

    @pytest.mark.parametrize(("slug", "lang"), REAL_NOTEBOOKS)
    def test_the_answers_pass_their_checks_and_the_stubs_do_not(self, real, rebuilt, slug, lang):
        answered = run_cells(code_of(release.source_notebook(real, slug, lang)))
        assert set(answered.values()) == {None}
        released = (rebuilt / lang / slug / f"{slug}.ipynb").read_bytes()
        stubs = run_cells(code_of(released))
        assert stubs.keys() == answered.keys()
        assert {type(error) for error in stubs.values()} == {NotImplementedError}


def functions(file):
    """The functions of a module, and the methods of its classes, with their text."""
    text = file.read_text(encoding="utf-8")
    body = ast.parse(text).body
    methods = [each for node in body if isinstance(node, ast.ClassDef) for each in node.body]
    nodes = [node for node in [*body, *methods] if isinstance(node, ast.FunctionDef)]
    return [(node, ast.get_source_segment(text, node)) for node in nodes]


def telling(lines, shortest=12):
    """Lines that say something: ``return output`` stands in any text about functions."""
    stripped = {line.strip() for line in lines}
    return {line for line in stripped if len(line) >= shortest and re.search(r"[=(\[]", line)}


def answer_lines(file):
    """Lines of the reference's bodies, docstrings and what the notebook gives left out."""
    found = []
    notebook = file.parent.parent / "assignments" / file.stem / "notebook.py"
    given = {node.name for node, _ in functions(notebook)}
    for node, _ in functions(file):
        if node.name in given:
            continue
        node.body = node.body[1:] if ast.get_docstring(node) else node.body
        original = file.read_text(encoding="utf-8").split("\n")
        found += original[node.body[0].lineno - 1 : node.end_lineno]
    return telling(found) - {"super().__init__()"}  # which is given


def written_lines(real, slug):
    """Lines of the answers and mark schemes of tasks that a person marks."""
    reference = (real.root / "reference" / f"{slug}.py").read_text(encoding="utf-8")
    found = []
    for task in real.assignments[slug].tasks:
        if task.manual:
            found += [task.mark_scheme.to(lang) for lang in LANGUAGES]
            found += [manual.answers(reference, lang)[task.id] for lang in LANGUAGES]
    return {line for text in found for line in text.split("\n") if len(line) >= 12}


def is_hidden(node):
    return any("mark.hidden" in ast.unparse(each) for each in node.decorator_list)


def hidden_lines(file):
    """Lines and names of hidden tests and of helper functions that no visible test shares."""
    visible, hidden = [], []
    checks = " ".join(
        text
        for node, text in functions(file)
        if node.name.startswith("test") and not is_hidden(node)
    )
    for node, text in functions(file):
        test = node.name.startswith("test") and not is_hidden(node)
        shown = test or f"student.inside({node.name})" in checks
        (visible if shown else hidden).extend(text.replace("student.", "").split("\n"))
        for each in () if shown else node.decorator_list:
            hidden += [part.value for part in ast.walk(each) if isinstance(part, ast.Constant)]
    texts = [line for line in hidden if isinstance(line, str)]
    return telling(texts) - telling(visible)


def hidden_constants(file):
    """Names at the top of the test file that no visible test leads to."""
    module = ast.parse(file.read_text(encoding="utf-8"))
    values = {
        target.id: ast.unparse(node.value)
        for node in module.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    shown = " ".join(
        text
        for node, text in functions(file)
        if node.name.startswith("test") and not is_hidden(node)
    )
    reached = set()
    while new := {name for name in values if re.search(rf"\b{name}\b", shown)} - reached:
        reached |= new
        shown += " ".join(values[name] for name in new)
    return set(values) - reached


class TestNbgrader:
    def test_its_configuration_points_at_the_committed_release(self):
        config = PyFileConfigLoader("nbgrader_config.py", path=str(ROOT)).load_config()
        directory = config.CourseDirectory
        assert Path(directory.root) == ROOT
        for slug in REAL:
            assert (ROOT / directory.release_directory / slug / f"{slug}.ipynb").is_file()
        assert "À toi de jouer" in config.ClearSolutions.code_stub["python"]

    @pytest.mark.slow
    @pytest.mark.parametrize("slug", REAL)
    def test_validate_passes_with_the_answers_and_fails_on_the_stub(self, real, tmp_path, slug):
        answered = tmp_path / "answered.ipynb"
        answered.write_bytes(release.source_notebook(real, slug, "fr"))
        stub = tmp_path / "stub.ipynb"
        stub.write_bytes(release.released_notebook(real, slug, "fr"))
        said = validate([answered, stub], tmp_path)
        assert "Success! Your notebook passes all the tests." in said["answered"]
        assert "VALIDATION FAILED" in said["stub"]
        assert "NotImplementedError" in said["stub"]


def validate(notebooks, folder):
    """What ``nbgrader validate`` says about each notebook, run in a real kernel."""
    return {
        file.stem: subprocess.run(
            [sys.executable, "-m", "nbgrader", "validate", str(file)],
            cwd=folder,
            env=os.environ | {"HOME": str(folder), "MPLBACKEND": "Agg"},
            capture_output=True,
            text=True,
            timeout=300,
        ).stdout
        for file in notebooks
    }
