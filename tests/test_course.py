"""The course loader: what is read, and that every mistake is reported with its place."""

import json
from pathlib import Path

import pytest
from mini_course import GOOD, MINI, YAML, problems_of

from autograder import course
from autograder.errors import CourseError, UsageError
from autograder.model import Limits, Text
from autograder.notebook import cell_digest


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

    @pytest.mark.parametrize("name", ["keep", "returned", "last", "_private"])
    def test_a_task_that_student_means_something_else_by(self, root, name):
        for file in ("assignments/mini/assignment.yaml", "reference/mini.py"):
            text = (root / file).read_text()
            (root / file).write_text(text.replace("largest", name))
        assert list(problems_of(root)) == [("assignments/mini/assignment.yaml", f"tasks.{name}")]

    def test_a_task_may_be_a_class(self, root):
        (root / "reference/mini.py").write_text("class largest: ...\ndef normalize(x): return x\n")
        assert set(course.load(root).assignments) == {"mini"}

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
