"""What an nbgrader course's configuration files say."""

from __future__ import annotations

import json
import pickle
import sys
from dataclasses import replace

import pytest

from autograder.errors import CourseError
from autograder.stock import config
from autograder.stock.model import UNLIMITED, Regions

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # nbgrader's and nbconvert's


@pytest.fixture(autouse=True)
def _no_other_files(monkeypatch, tmp_path_factory):
    """The configuration of whoever runs the tests is not looked at."""
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path_factory.mktemp("jupyter")))


@pytest.fixture
def read(tmp_path):
    def read(*lines):
        text = "\n".join(["c = get_config()", *lines])
        (tmp_path / "nbgrader_config.py").write_text(text)
        return config.read(tmp_path)

    return read


def test_without_a_file_all_is_as_nbgrader_has_it(tmp_path):
    found = config.read(tmp_path)
    assert found.root == tmp_path.resolve()
    assert found.db_url == f"sqlite:///{tmp_path.resolve()}/gradebook.db"
    assert (found.source, found.submitted, found.autograded) == (
        "source",
        "submitted",
        "autograded",
    )
    assert (found.cell_seconds, found.max_lines, found.max_traceback) == (30, 1000, 100)
    assert ".ipynb_checkpoints" in found.ignore
    assert found.create_student
    assert not found.add_missing_cells
    assert found.permissions == 0o444
    assert found.regions == Regions()
    assert found.notes == ()


def test_what_the_course_sets_is_read(read):
    found = read(
        'c.CourseDirectory.course_id = "c101"',
        'c.CourseDirectory.submitted_directory = "in"',
        'c.CourseDirectory.student_id_exclude = "a,b"',
        'c.CourseDirectory.ignore = ["*.tmp"]',
        "c.CourseDirectory.groupshared = True",
        'c.CourseDirectory.db_url = "postgresql://me:secret@host/db"',
        "c.OverwriteCells.add_missing_cells = True",
        "c.Autograde.create_student = False",
        'c.Autograde.exclude_overwriting = {"ps1": ["helper.py"]}',
        'c.ClearHiddenTests.begin_test_delimeter = "VVV"',
        "c.LimitOutput.max_lines = 7",
    )
    assert (found.course_id, found.submitted) == ("c101", "in")
    assert found.student_id_exclude == ("a", "b")
    assert found.ignore == ("*.tmp",)
    assert found.permissions == 0o664
    assert found.db_url.endswith("@host/db")
    assert found.add_missing_cells
    assert not found.create_student
    assert found.exclude_overwriting == {"ps1": ("helper.py",)}
    assert found.regions.hidden == ("VVV", "END HIDDEN TESTS")
    assert found.max_lines == 7
    assert found.notes == ()


@pytest.mark.parametrize(
    ("line", "timeout"),
    [("c.Execute.timeout = 5", 5), ("c.ExecutePreprocessor.timeout = 6", 6),
     ("c.Execute.timeout = None", None), ("c.Execute.timeout = -1", None)],
)  # fmt: skip
def test_the_time_of_a_cell_never_is_without_end(read, line, timeout):
    found = read(line)
    assert found.timeout == timeout
    assert found.cell_seconds == (timeout or UNLIMITED)
    assert bool(found.notes) == (timeout is None)


def test_options_of_older_versions_keep_their_effect(read):
    assert read('c.NbGrader.course_id = "old"').course_id == "old"


def test_a_json_file_is_read_as_well(tmp_path):
    content = {"CourseDirectory": {"course_id": "json"}}
    (tmp_path / "nbgrader_config.json").write_text(json.dumps(content))
    assert config.read(tmp_path).course_id == "json"


def test_jupyters_own_folders_come_first_and_the_course_wins(read, monkeypatch, tmp_path_factory):
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(folder))
    lines = ["c = get_config()", "c.Execute.timeout = 9", 'c.CourseDirectory.course_id = "home"']
    (folder / "nbgrader_config.py").write_text("\n".join([*lines, "c.CourseDirectory.root = '/x'"]))
    found = read('c.CourseDirectory.course_id = "course"')
    assert (found.timeout, found.course_id) == (9, "course")
    assert found.root != "/x"


@pytest.mark.parametrize(
    "line", ["1 / 0", "import nothing_of_this_name", "raise SystemExit(3)",
             "c.Execute.timeout = 'x'",
             "c.OverwriteCells.missing_cell_notification = '{other}'",
             "c.CourseDirectory.directory_structure = '{nowhere}'"]
)  # fmt: skip
def test_a_file_that_fails_is_named(read, line):
    with pytest.raises(CourseError, match="nbgrader_config"):
        read(line)


def test_what_has_no_effect_is_said(read):
    found = read(
        "c.Execute.kernel_name = 'ir'",
        "c.Autograde.autograde_preprocessors = []",
        "c.BaseConverter.post_convert_hook = print",
        "c.DeduplicateIds.enabled = False",
    )
    named = [note.split()[0] for note in found.notes]
    assert named == [
        "Autograde.autograde_preprocessors",
        "BaseConverter.post_convert_hook",
        "Execute.kernel_name",
        "DeduplicateIds.enabled",
    ]


def test_settings_travel_to_other_processes_and_show_a_change(read):
    one = read("c.SomePlugin.rule = lambda x: x", "c.Execute.timeout = 5")
    assert pickle.loads(pickle.dumps(one)) == one
    assert repr(one) == repr(read("c.SomePlugin.rule = lambda x: x", "c.Execute.timeout = 5"))
    assert repr(one) != repr(read("c.SomePlugin.rate = 2", "c.Execute.timeout = 5"))


# ---------------------------------------------------------------- the plugin for late submissions


def test_the_late_plugin_is_nbgraders_by_default(read):
    plugin = config.late_plugin(read("c.LateSubmissionPlugin.penalty_method = 'zero'"))
    assert plugin.late_submission_penalty("s", 7.0, 60) == 7.0


def test_the_late_plugin_may_lie_beside_the_configuration(read, tmp_path):
    (tmp_path / "our_late_rule.py").write_text(
        "from nbgrader.plugins import BasePlugin\n"
        "class Hourly(BasePlugin):\n"
        "    def late_submission_penalty(self, student, score, seconds):\n"
        "        return seconds / 3600\n"
    )
    before = list(sys.path)
    settings = read("c.AssignLatePenalties.plugin_class = 'our_late_rule.Hourly'")
    assert config.late_plugin(settings).late_submission_penalty("s", 9.0, 7200) == 2.0
    assert sys.path == before


def test_a_late_plugin_that_is_not_there_is_named(read):
    with pytest.raises(CourseError, match="plugin_class"):
        config.late_plugin(read("c.AssignLatePenalties.plugin_class = 'nowhere.Rule'"))


# ---------------------------------------------------------------- folders


def test_paths_follow_the_courses_structure(tmp_path):
    settings = config.read(tmp_path)
    assert config.autograded(settings, "ann", "ps1") == settings.root / "autograded/ann/ps1"
    own = replace(settings, directory_structure="{assignment_id}/{nbgrader_step}/{student_id}")
    assert config.path_of(own, "source", ".", "ps1") == settings.root / "ps1/source"


@pytest.mark.parametrize("sign", ["nbgrader_config.py", "nbgrader_config.json", "gradebook.db"])
def test_a_stock_course_is_known_by_its_files(tmp_path, sign):
    assert not config.is_course(tmp_path)
    (tmp_path / sign).touch()
    assert config.is_course(tmp_path)


def test_a_course_of_our_own_is_no_stock_course(tmp_path):
    (tmp_path / "source").mkdir()
    assert config.is_course(tmp_path)
    (tmp_path / "assignments/one").mkdir(parents=True)
    (tmp_path / "assignments/one/assignment.yaml").touch()
    assert not config.is_course(tmp_path)
