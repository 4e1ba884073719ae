"""Mistakes in ``assignment.yaml``: all are reported at once, each with its key."""

import json
import sys
import textwrap
import types

import pytest
from mini_course import GOOD, YAML, problems_of

from autograder import course


def problems_with(root, text):
    (root / YAML).write_text(textwrap.dedent(text), encoding="utf-8")
    found = problems_of(root)
    assert {file for file, _ in found} == {YAML}
    return {key: expected for (_, key), expected in found.items()}


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
            (
                GOOD.replace("2}", "2, pionts: 3}"),
                "tasks.largest.pionts",
                "did you mean points?",
            ),
            (GOOD.replace("2}", ".nan}"), "tasks.largest.points", "a finite number"),
            (
                GOOD.replace("2}", "true}"),
                "tasks.largest.points",
                "expected a number, found true",
            ),
            (GOOD.replace('"Un"', "no"), "title.fr", "in quotes"),
            (
                GOOD.replace('"Un"', "2024-99-99") + "x: 1",
                "x",
                "the keys here are title, tasks",
            ),
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
