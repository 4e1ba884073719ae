"""The release step on the smallest course: what a student notebook holds, and how it is made."""

import base64
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from mini_course import MINI
from released import by_id, source

from autograder import course, release
from autograder.errors import CourseError, ReleaseError, UsageError
from autograder.model import LANGUAGES

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def mini(tmp_path_factory):
    """The mini course's released notebooks, by language."""
    out = tmp_path_factory.mktemp("release")
    release.build(course.load(MINI), out)
    return {lang: json.loads((out / lang / "mini/mini.ipynb").read_bytes()) for lang in LANGUAGES}


class TestMiniNotebook:
    def test_cells_in_order_of_one_language(self, mini):
        ids = [cell["id"] for cell in mini["fr"]["cells"]]
        assert ids == [
            *("cell-01", "check-tools", "cell-02", "cell-03", "largest", "largest-check"),
            *("cell-05", "cell-06", "normalize", "normalize-check", "cell-08"),
        ]
        assert ids == [cell["id"] for cell in mini["en"]["cells"]]
        assert source(by_id(mini["fr"])["cell-01"]).startswith("# Deux fonctions")
        assert source(by_id(mini["en"])["cell-01"]).startswith("# Two functions")

    def test_it_is_a_valid_notebook_for_any_jupyter(self, mini):
        for notebook in mini.values():
            nbformat.validate(nbformat.from_dict(notebook))
            assert notebook["metadata"]["kernelspec"] == {
                "display_name": "Python 3",
                "language": "python",
                "name": "python3",
            }

    def test_the_stub_keeps_signature_and_title(self, mini):
        assert source(by_id(mini["fr"])["normalize"]) == (
            "def normalize(values: np.ndarray) -> np.ndarray:\n"
            '    """Ramène un tableau entre -1 et 1."""\n'
            "    # À toi de jouer : écris ta réponse ici\n"
            "    raise NotImplementedError()"
        )
        assert source(by_id(mini["en"])["largest"]) == (
            "def largest(numbers: list[int]) -> int:\n"
            '    """The largest number of a list."""\n'
            "    # Your turn: write your answer here\n"
            "    raise NotImplementedError()"
        )

    def test_a_check_cell_is_its_visible_tests(self, mini):
        assert source(by_id(mini["en"])["largest-check"]) == (
            "# Check of `largest`: run this cell. It stops at the first mistake.\n"
            "NUMBERS = [3, 9, -4]\n\n\n"
            "def test_largest_example():\n"
            "    same(largest(NUMBERS), 9)\n\n\n"
            "def test_largest_refuses_empty_list():\n"
            "    with raises(ValueError):\n"
            "        largest([])\n\n\n"
            "test_largest_example()\n"
            "test_largest_refuses_empty_list()\n"
            "print('largest: these examples are right. Other tests will count for your score.')"
        )

    def test_mistakes_and_comments_stay_with_the_grader(self, mini):
        check = source(by_id(mini["fr"])["normalize-check"])
        assert "    same(\n        normalize(SIGNAL),\n        HALVED,\n    )\n" in check
        assert check.startswith("# Vérification de `normalize`")
        assert check.count("#") == 1

    def test_metadata_that_nbgrader_reads(self, mini):
        cells = by_id(mini["fr"])
        grading = {id: cells[id]["metadata"].get("nbgrader", {}) for id in cells}
        for id, points in {"largest": 2, "normalize": 3}.items():
            assert grading[id].items() >= {
                ("grade", False),
                ("solution", True),
                ("locked", False),
                ("grade_id", id),
                ("schema_version", 3),
            }
            assert grading[f"{id}-check"].items() >= {
                ("grade", True),
                ("solution", False),
                ("locked", True),
                ("points", points),
                ("grade_id", f"{id}-check"),
            }
        assert grading["check-tools"]["locked"]
        assert grading["cell-08"] == {}
        assert cells["cell-08"]["metadata"]["tags"] == ["figure"]

    def test_pictures_travel_in_the_notebook(self, mini):
        picture = source(by_id(mini["fr"])["cell-06"])
        found = re.fullmatch(
            r'<img alt="-1, 0, 1" src="data:image/svg\+xml;base64,([^"]+)">', picture
        )
        file = MINI / "assignments/mini/figures/scale.svg"
        assert base64.b64decode(found[1]) == file.read_bytes()

    def test_nothing_of_the_hidden_tests(self, mini):
        for notebook in mini.values():
            text = json.dumps(notebook, ensure_ascii=False)
            for secret in ("SECRET", "(1, 5, 17)", "negative_numbers", "rng", "keep", "forgot_abs"):
                assert secret not in text

    def test_boilerplate_is_the_tools_the_checks_and_the_figure(self, root):
        loaded = course.load(root)
        release.build(loaded, root / "release")
        assert len(course.boilerplate(loaded, "mini")) == 2 * 3 + 1  # one figure for both


class TestBuild:
    def test_the_same_bytes_wherever_it_is_made(self, root, tmp_path):
        first = release.build(course.load(MINI), tmp_path / "first")
        program = (
            "import sys; from pathlib import Path; from autograder import course, release\n"
            "release.build(course.load(Path(sys.argv[1])), Path(sys.argv[2]))"
        )
        environment = os.environ | {
            "PYTHONPATH": str(ROOT),
            "PYTHONHASHSEED": "7",
            "HOME": str(tmp_path),
            "TMPDIR": str(root),
            "TZ": "Asia/Tokyo",
            "LC_ALL": "C",
        }
        arguments = [sys.executable, "-c", program, str(root), str(tmp_path / "second")]
        subprocess.run(arguments, check=True, cwd=tmp_path, env=environment, timeout=120)
        for file in first:
            again = tmp_path / "second" / file.relative_to(tmp_path / "first")
            assert again.read_bytes() == file.read_bytes()
            assert file.read_bytes().endswith(b"}\n")
            assert str(tmp_path).encode() not in file.read_bytes()

    def test_chosen_assignments_and_languages(self, tmp_path):
        made = release.build(course.load(MINI), tmp_path, ["mini"], ["en"])
        assert made == [tmp_path / "en/mini/mini.ipynb"]
        assert list(tmp_path.rglob("*.ipynb")) == made

    def test_an_unknown_assignment(self, tmp_path):
        with pytest.raises(UsageError, match="no assignment maxi; there are mini"):
            release.build(course.load(MINI), tmp_path, ["maxi"])

    def test_nothing_is_written_when_one_assignment_is_wrong(self, root, tmp_path):
        shutil.copytree(root / "assignments/mini", root / "assignments/zeta")
        (root / "assignments/zeta/test_mini.py").rename(root / "assignments/zeta/test_zeta.py")
        (root / "reference/mini.py").replace(root / "reference/zeta.py")
        shutil.copy(root / "reference/zeta.py", root / "reference/mini.py")
        notebook = root / "assignments/zeta/notebook.py"
        notebook.write_text(notebook.read_text(encoding="utf-8").replace('task="largest"', ""))
        with pytest.raises(CourseError, match=r"assignments/zeta/notebook\.py"):
            release.build(course.load(root), tmp_path / "out")
        assert not (tmp_path / "out").exists()

    def test_a_folder_that_cannot_be_written(self, tmp_path):
        (tmp_path / "release").write_text("a file, not a folder")
        with pytest.raises(ReleaseError, match="cannot be written"):
            release.build(course.load(MINI), tmp_path / "release")

    def test_what_nbgrader_says_is_passed_on(self, root):
        reference = root / "reference/mini.py"
        text = reference.read_text().replace(
            "    return max", "    ### BEGIN SOLUTION\n    return max"
        )
        reference.write_text(text)
        with pytest.raises(ReleaseError, match=r"mini \(fr\): nbgrader refuses.*nested begin"):
            release.build(course.load(root), root / "release")

    def test_released_notebook_reads_what_was_made(self, root):
        loaded = course.load(root)
        with pytest.raises(ReleaseError, match="run `autograder release`"):
            release.released_notebook(loaded, "mini", "fr")
        (made,) = release.build(loaded, root / "release", langs=["fr"])
        assert release.released_notebook(loaded, "mini", "fr") == made.read_bytes()
