"""The course loader: what is read, and that every mistake is reported at once with its place."""

import json
import shutil
import sys
import textwrap
import types
from pathlib import Path

import pytest

from autograder import course
from autograder.errors import CourseError, UsageError
from autograder.model import Limits, Text
from autograder.notebook import cell_digest

MINI = Path(__file__).parent / "courses" / "mini"
YAML = "assignments/mini/assignment.yaml"

GOOD = """
title: {fr: "Un", en: "One"}
tasks:
  largest: {title: {fr: "a", en: "b"}, points: 2}
"""


@pytest.fixture
def root(tmp_path):
    """A copy of the mini course that a test may spoil."""
    shutil.copytree(MINI, tmp_path / "course")
    return tmp_path / "course"


def problems_of(root):
    with pytest.raises(CourseError) as caught:
        course.load(root)
    return {(problem.file, problem.key): problem.expected for problem in caught.value.problems}


def problems_with(root, text):
    (root / YAML).write_text(textwrap.dedent(text), encoding="utf-8")
    found = problems_of(root)
    assert {file for file, _ in found} == {YAML}
    return {key: expected for (_, key), expected in found.items()}


class TestGoodCourse:
    def test_everything_is_read(self):
        loaded = course.load(MINI)
        assert loaded.root == MINI
        assert list(loaded.assignments) == ["mini"]
        mini = loaded.assignments["mini"]
        assert mini.title == Text(fr="Deux fonctions", en="Two functions")
        assert [task.id for task in mini.tasks] == ["largest", "normalize"]
        assert mini.tasks[1].depends == ("largest",)
        assert mini.max_score == 5
        assert mini.test_file.is_file()
        assert mini.notebook_file.is_file()
        assert "valeur absolue" in mini.hints["forgot_abs"].fr

    def test_limits_keep_their_defaults_unless_given(self):
        limits = course.load(MINI).assignments["mini"].limits
        assert limits == Limits(call_seconds=2, total_seconds=20)

    def test_optional_keys_have_the_defaults_of_the_model(self, root):
        (root / YAML).write_text(GOOD, encoding="utf-8")
        mini = course.load(root).assignments["mini"]
        assert mini.preload == ("numpy",)
        assert mini.preload_on_use == ()
        assert mini.hints == {}
        assert mini.limits == Limits()

    def test_a_byte_order_mark_and_windows_line_ends_are_fine(self, root):
        data = (root / YAML).read_bytes().replace(b"\n", b"\r\n")
        (root / YAML).write_bytes(b"\xef\xbb\xbf" + data)
        assert course.load(root).assignments["mini"].title.fr == "Deux fonctions"

    def test_a_merge_key_is_no_duplicate(self, root):
        (root / YAML).write_text(
            GOOD + "hints:\n  a: &a {fr: x, en: y}\n  b: {<<: *a, en: z}\n", encoding="utf-8"
        )
        assert course.load(root).assignments["mini"].hints["b"] == Text(fr="x", en="z")

    def test_other_folders_and_files_are_passed_by(self, root):
        (root / "assignments" / "__pycache__").mkdir()
        (root / "assignments" / ".git").mkdir()
        (root / "assignments" / "README.md").touch()
        assert list(course.load(root).assignments) == ["mini"]

    def test_the_real_course_is_right(self):
        root = Path(__file__).parents[1]
        loaded = course.load(root)
        assert {"output_size", "parameter_count", "convolution", "pooling"} <= set(
            loaded.assignments
        )
        assert all(each.max_score == 20 for each in loaded.assignments.values())


class TestMistakesInTheFile:
    def test_all_at_once(self, root):
        found = problems_with(
            root,
            """
            title: {fr: "Un", en: "  "}
            task: []
            tasks:
              largest: {title: {fr: "a"}, points: -1}
              "my-task": {title: {fr: "a", en: "b"}, points: "2"}
            hints: {h: {fr: "a", en: 3}}
            limits: {call_second: 3, memory_mib: 0.5, processes: true, cpu_seconds: .inf}
            preload: [numpy, "os; import x"]
            """,
        )
        assert found == {
            "title.en": "expected text that is not empty, found '  '",
            "task": "no such key; did you mean tasks?",
            "tasks.largest.title.en": "required, but missing",
            "tasks.largest.points": "expected a number above 0, found -1",
            "tasks.my-task": "expected a Python name of at most 50 characters "
            "(letters, digits, _), found 'my-task'",
            "tasks.my-task.points": "expected a number, found '2'",
            "hints.h.en": "expected text (in quotes where YAML would read it as something else), "
            "found 3",
            "limits.call_second": "no such key; did you mean call_seconds?",
            "limits.memory_mib": "expected a whole number, found 0.5",
            "limits.processes": "expected a whole number, found true",
            "limits.cpu_seconds": "expected a finite number, found inf",
            "preload.1": "expected the name of a module, such as scipy.signal, "
            "found 'os; import x'",
        }

    @pytest.mark.parametrize(
        ("text", "key", "expected"),
        [
            ("", "the file", "expected keys with values, found nothing"),
            ("[1, 2]", "the file", "keys with values, found a list"),
            (GOOD.replace("2}", "2, pionts: 3}"), "tasks.largest.pionts", "did you mean points?"),
            (GOOD.replace("2}", ".nan}"), "tasks.largest.points", "a finite number"),
            (GOOD.replace("2}", "true}"), "tasks.largest.points", "expected a number, found true"),
            (GOOD.replace('"Un"', "no"), "title.fr", "in quotes"),
            (GOOD.replace('"Un"', "2024-99-99") + "x: 1", "x", "the keys here are title, tasks"),
            ("title: {fr: a, en: b}\ntasks: {}", "tasks", "at least one entry"),
            (GOOD + "preload: numpy", "preload", "a list, found 'numpy'"),
            (GOOD + "hints: [a]", "hints", "keys with values, found a list"),
        ],
    )
    def test_one_mistake(self, root, text, key, expected):
        found = problems_with(root, text)
        assert list(found) == [key]
        assert expected in found[key]

    def test_the_line_of_a_syntax_error(self, root):
        found = problems_with(root, "title:\n  fr: [1, 2\n  en: x\n")
        ((key, expected),) = found.items()
        assert key.startswith("line 3, column")
        assert expected.startswith("not valid YAML in UTF-8: ")

    def test_bytes_that_are_no_text(self, root):
        (root / YAML).write_bytes(b"title: \xff\xfe\x00")
        ((_, expected),) = problems_of(root).items()
        assert "UTF-8" in expected

    def test_keys_written_twice_beside_other_mistakes(self, root):
        found = problems_with(
            root,
            """\
            title: {fr: "Un", en: "One"}
            tasks:
              largest: {title: {fr: a, en: b}, points: 2}
              largest: {title: {fr: a, en: b}, points: 3, points: 4}
            titel: x
            """,
        )
        assert found["line 4, largest"] == "written twice; the first one is on line 3"
        assert found["titel"] == "no such key; did you mean title?"

    def test_a_key_written_twice_on_one_line(self, root):
        found = problems_with(root, GOOD.replace("points: 2", "points: 2, points: 3"))
        assert list(found) == ["line 4, points"]

    @pytest.mark.parametrize(
        ("depends", "expected"),
        [
            ({"a": ["d"]}, "ids of tasks of this file (a, b, c), found 'd'"),
            ({"a": ["a"]}, "found a → a"),
            ({"a": ["b"], "b": ["c"], "c": ["a"]}, "found a → b → c → a"),
            ({"b": ["c"], "c": ["b"]}, "found b → c → b"),
        ],
    )
    def test_dependencies(self, root, depends, expected):
        tasks = {
            id: {"title": {"fr": "x", "en": "y"}, "points": 1, "depends": depends.get(id, [])}
            for id in "abc"
        }
        title = {"fr": "x", "en": "y"}
        (root / YAML).write_text(json.dumps({"title": title, "tasks": tasks}), encoding="utf-8")
        (root / "reference/mini.py").write_text("def a(): 1\ndef b(): 1\ndef c(): 1\n")
        ((place, sentence),) = problems_of(root).items()
        assert place == (YAML, f"tasks.{next(iter(depends))}.depends")
        assert expected in sentence

    def test_modules_that_are_not_installed(self, root, monkeypatch):
        monkeypatch.setitem(sys.modules, "nowhere", types.ModuleType("nowhere"))
        lists = "preload: [numpy, numpyy]\npreload_on_use: [sys, scipi.signal, nowhere]\n"
        assert problems_with(root, GOOD + lists) == {
            "preload.1": "module not found: no 'numpyy' is installed",
            "preload_on_use.1": "module not found: no 'scipi' is installed",
            "preload_on_use.2": "module not found: no 'nowhere' is installed",
        }

    def test_looking_a_module_up_does_not_import_it(self, root, tmp_path, monkeypatch):
        (tmp_path / "loud.py").write_text("raise SystemExit")
        monkeypatch.syspath_prepend(tmp_path)
        (root / YAML).write_text(GOOD + "preload: [loud.inner]\n", encoding="utf-8")
        assert course.load(root).assignments["mini"].preload == ("loud.inner",)

    def test_a_diamond_is_no_cycle(self, root):
        tasks = "".join(
            f"  {id}: {{title: {{fr: x, en: y}}, points: 1, depends: [{needs}]}}\n"
            for id, needs in [("a", "b, c"), ("b", "d"), ("c", "d"), ("d", "")]
        )
        (root / YAML).write_text(f"title: {{fr: x, en: y}}\ntasks:\n{tasks}")
        (root / "reference/mini.py").write_text("".join(f"def {id}(): 1\n" for id in "abcd"))
        assert len(course.load(root).assignments["mini"].tasks) == 4


class TestOtherFiles:
    def test_missing_files_of_every_assignment(self, root):
        (root / "assignments/mini/notebook.py").unlink()
        (root / "assignments/mini/test_mini.py").unlink()
        (root / "reference/mini.py").unlink()
        (root / "assignments/empty").mkdir()
        found = problems_of(root)
        assert set(found.values()) == {"file not found"}
        assert {file for file, _ in found} == {
            "assignments/mini/notebook.py",
            "assignments/mini/test_mini.py",
            "reference/mini.py",
            "assignments/empty/notebook.py",
            "assignments/empty/test_empty.py",
            "assignments/empty/assignment.yaml",
        }

    def test_a_task_without_a_reference_function(self, root):
        (root / "reference/mini.py").write_text("largest = max\ndef normalize(x): return x\n")
        found = problems_of(root)
        assert list(found) == [("reference/mini.py", "largest")]

    def test_a_reference_that_is_not_python(self, root):
        (root / "reference/mini.py").write_text("def largest(:\n")
        found = problems_of(root)
        assert list(found) == [("reference/mini.py", "line 1")]

    def test_a_reference_is_not_run(self, root):
        (root / "reference/mini.py").write_text(
            "raise SystemExit\ndef largest(): 1\ndef normalize(): 1\n"
        )
        assert course.load(root).assignments

    def test_a_folder_name_that_is_no_identifier(self, root):
        (root / "assignments/mini").rename(root / "assignments/Mini-1")
        assert list(problems_of(root)) == [("assignments/Mini-1", "the folder's name")]

    def test_no_assignments(self, tmp_path):
        assert list(problems_of(tmp_path)) == [("assignments", "the folder")]
        (tmp_path / "assignments").mkdir()
        assert problems_of(tmp_path) == {
            ("assignments", "the folder"): "expected at least one assignment"
        }

    def test_problems_read_as_file_key_expected(self, root):
        (root / YAML).write_text(GOOD.replace("points: 2", "points: 0"), encoding="utf-8")
        with pytest.raises(CourseError) as caught:
            course.load(root)
        assert (
            str(caught.value) == f"{YAML}: tasks.largest.points: expected a number above 0, found 0"
        )
        assert caught.value.exit_code == 2


class TestFindRoot:
    def test_here_and_above(self):
        assert course.find_root(MINI) == MINI
        assert course.find_root(MINI / "assignments" / "mini") == MINI

    def test_nowhere(self, tmp_path):
        with pytest.raises(UsageError, match=r"no folder assignments/ .*; use --course$"):
            course.find_root(tmp_path)


class TestBoilerplate:
    def write(self, root, lang, cells):
        file = root / "release" / lang / "mini" / "mini.ipynb"
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps({"cells": cells}), encoding="utf-8")
        return file

    def cell(self, source, kind="code", **metadata):
        return {"cell_type": kind, "source": source, "metadata": metadata}

    def test_not_released_yet(self, root):
        assert course.boilerplate(course.load(root), "mini") == frozenset()

    def test_checks_tools_and_figures_of_both_languages_and_nothing_else(self, root):
        grading = {"grade": False, "locked": True, "solution": False}
        french = [
            self.cell(["# vérifie\n", "same(1, 1)"], nbgrader=grading | {"grade": True}),
            self.cell("outils", nbgrader=grading),
            self.cell("plt.show()", tags=["figure"]),
            self.cell("def f(): ...", nbgrader={"solution": True, "locked": False}),
            self.cell("import numpy as np"),
            self.cell("texte", kind="markdown", nbgrader=grading),
        ]
        self.write(root, "fr", french)
        self.write(root, "en", [self.cell("# check", nbgrader=grading)])
        expected = {"# vérifie\nsame(1, 1)", "outils", "plt.show()", "# check"}
        found = course.boilerplate(course.load(root), "mini")
        assert found == {cell_digest(source) for source in expected}

    @pytest.mark.parametrize("text", ["", "{", "[]", '{"cells": [{}]}', '{"cells": 3}'])
    def test_a_spoiled_release_is_the_courses_mistake(self, root, text):
        self.write(root, "fr", []).write_text(text)
        with pytest.raises(CourseError, match="autograder release"):
            course.boilerplate(course.load(root), "mini")
