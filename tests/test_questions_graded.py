"""The assignment ``questions`` from the released notebook to the result, in the real sandbox."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder import validate
from autograder.check import check
from autograder.errors import CourseError
from autograder.model import Outcome

ROOT = Path(__file__).parents[1]
RELEASED = ROOT / "release/fr/questions/questions.ipynb"


@pytest.fixture
def small(tmp_path):
    """A course that holds this assignment only."""
    for part in ("assignments", "reference", "release/fr", "release/en"):
        (tmp_path / part).mkdir(parents=True)
        for path in (ROOT / part).glob("questions*"):
            copy = shutil.copytree if path.is_dir() else shutil.copy
            copy(path, tmp_path / part / path.name)
    return tmp_path


def answered(**texts):
    """The released notebook with other sources in some of its cells."""
    notebook = json.loads(RELEASED.read_bytes())
    for cell in notebook["cells"]:
        cell["source"] = texts.get(cell["id"], cell["source"])
    return json.dumps(notebook)


def test_the_reference_earns_the_machine_s_points_and_the_stub_none(small):
    (line,) = validate.validate(small)
    assert line == "questions: 20 points (14 by hand), 12 tests; reference 6, stub 0"


def test_a_stub_that_would_wait_for_a_person_is_noticed(small):
    file = small / "release/fr/questions/questions.ipynb"
    file.write_text(
        file.read_text().replace("À toi de jouer : écris ta réponse ici.", "Écris ici.")
    )
    with pytest.raises(CourseError, match="stub-fr: 0 points that a person gives, found 14"):
        validate.validate(small)


def test_answers_wait_for_a_person_and_letters_count(small):
    file = small / "submissions/zoe/questions/questions.ipynb"
    file.parent.mkdir(parents=True)
    quiz = 'def quiz_parameters():\n    return "{}"'
    file.write_text(answered(why_pooling="Moins de *valeurs*.", quiz_parameters=quiz.format("d")))
    command = [sys.executable, "-m", "autograder", "grade", "submissions", "--json"]
    run = subprocess.run(command, cwd=small, capture_output=True, text=True, check=True)
    (result,) = json.loads(run.stdout)["results"]
    assert (result["status"], result["score"], result["max_score"]) == ("graded", 1, 20)
    tests = {test["name"]: test for task in result["tasks"] for test in task["tests"]}
    assert tests["why_pooling"]["outcome"] == "manual"
    assert (tests["why_pooling"]["points"], tests["why_pooling"]["max_points"]) == (0, 2)
    assert tests["why_3x3"]["outcome"] == "failed"
    assert tests["test_parameters"]["outcome"] == "passed"


def test_the_digest_notices_a_changed_text(small):
    file = small / "submissions/zoe/questions/questions.ipynb"
    file.parent.mkdir(parents=True)
    command = [sys.executable, "-m", "autograder", "grade", "submissions"]
    said = []
    for text in ("Une réponse.", "Une réponse.", "Une autre réponse."):
        file.write_text(answered(why_pooling=text))
        run = subprocess.run(command, cwd=small, capture_output=True, text=True, check=True)
        said.append("unchanged" in run.stdout)
        assert "without what a person marks" in run.stdout
        assert "graded, manual" in run.stdout
    assert said == [False, True, False]


def test_a_student_s_own_check_tells_form_and_nothing_more(tmp_path):
    file = tmp_path / "questions.ipynb"
    letter = 'def quiz_parameters():\n    return "{}"'
    outcomes = []
    for each in ("a", "d", "e"):
        file.write_text(answered(quiz_parameters=letter.format(each)))
        found = {one.test: one for one in check(file, "fr").findings}
        assert len(found) == 6  # the written part has no check
        outcomes.append(found["test_parameters_is_a_letter"].outcome)
    assert outcomes == [Outcome.PASSED, Outcome.PASSED, Outcome.FAILED]
    sentence = found["test_parameters_is_a_letter"].sentence
    assert "une de ces réponses, et une seule" in sentence
