"""Each mistake in an assignment's files stops the release with its file and its place."""

import pytest
from mini_course import NOTEBOOK, REFERENCE, TESTS

from autograder import course, release
from autograder.errors import CourseError


def problems_after(root, file, old, new):
    """What is reported about ``file`` after ``old`` in it became ``new``."""
    text = (root / file).read_text(encoding="utf-8")
    assert old in text
    (root / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CourseError) as caught:
        release.source_notebook(course.load(root), "mini", "fr")
    return [problem for problem in caught.value.problems if problem.file == file]


TWIN = '[markdown] lang="en"\n# ## 2.'


@pytest.mark.parametrize(
    ("old", "new", "place", "expected"),
    [
        ('# %% task="largest"\n', "", 'task="largest"', "found 0"),
        ('# %% task="largest"\n', '# %% task="largest"\n' * 2, 'task="largest"', "found 2"),
        ('task="largest"', 'task="smallest"', 'task="smallest"', "a task of assignment.yaml"),
        ('task="largest"', 'task="largest"\nx = 1', "cell 6", "no code"),
        ("%% task=", "%% [markdown] task=", "cell 6", "a code cell"),
        ('[markdown] lang="en"\n# # Two', 'lang="en"\n# # Two', "# Deux fonctions", "twin"),
        (TWIN, "[markdown]\n# ## 2.", "## 2. Entre", "twin"),
        (TWIN, TWIN.replace("en", "fr"), "## 2. Entre", "twin"),
        (TWIN, TWIN.replace("en", "de"), "## 2. Between", "found 'de'"),
        ('tags=["figure"]', 'tags=["figures"]', "matplotlib", "found ['figures']"),
        ('tags=["figure"]', 'tag="figure"', "matplotlib", "found tag"),
        ("import numpy as np", "import numpy as", "import numpy as", "valid Python"),
        ("figures/scale.svg", "figures/none.svg", "cell 9", "exists in figures/"),
        ("figures/scale.svg", "figures/../notebook.py", "cell 9", "exists in figures/"),
    ],
)
def test_in_the_notebook(root, old, new, place, expected):
    found = problems_after(root, NOTEBOOK, old, new)
    assert any(place in each.key and expected in each.expected for each in found), found


EXAMPLE = "def test_largest_example"
MARKED = f'("largest", 0.5)\n{EXAMPLE}'
CALL = "student.largest([])"
CONSTANT = "NUMBERS = [3, 9, -4]"
FRENCH = '    fr="`normalize` modifie le tableau qu\'on lui donne.",\n'
ENGLISH = '    en="`normalize` modifies the array it is given.",\n'
HINT = '"forgot_abs": SIGNAL'


@pytest.mark.parametrize(
    ("old", "new", "place", "expected"),
    [
        (f"{EXAMPLE}(student)", f"{EXAMPLE}(student, rng)", "test_largest_example", "the one arg"),
        (CALL, f"{CALL}; print(student)", "test_largest_refuses", "only in front of"),
        (CALL, "student.largest(student.keep([]))", "test_largest_refuses", "not keep"),
        (CALL, "student.lagrest([])", "test_largest_refuses", "not lagrest"),
        (CALL, "student.normalize([])", "test_largest_refuses", "not normalize"),
        (CALL, "student.largest(HIDDEN)", "test_largest_refuses", "not HIDDEN"),
        ("with student.raises", "with pytest.raises", "test_largest_refuses", "not pytest"),
        (CONSTANT, "NUMBERS = make()", "test_largest_example", "not make"),
        (CONSTANT, f"def make(): ...\n{CONSTANT[:10]}make()", "test_largest_example", "not make"),
        (CONSTANT, "import torch\nNUMBERS = torch.ones(3)", "test_largest_example", "not torch"),
        (f"@pytest.mark.points{MARKED}", EXAMPLE, "test_largest_example", "points"),
        (MARKED, MARKED.replace("largest", "lagrest", 1), "test_largest_example", "a task of: "),
        (MARKED, MARKED.replace(", 0.5", ""), "test_largest_example", "points(task, points)"),
        ("@pytest.mark.hidden(", "@hide(", "test_largest_negative_numbers", "only the markers"),
        (CONSTANT, f"{CONSTANT}\npytestmark = pytest.mark.hidden", "pytestmark", "each test"),
        (CONSTANT, f"{CONSTANT}\nclass TestAll: ...", "TestAll", "plain functions"),
        ("test_largest_refuses_empty_list", "test_largest_example", "example", "a name of its own"),
        ("def test_normalize_example", "def check", "normalize", "at least one visible test"),
        ("import numpy as np", "import numpy as", "line 3", "Python"),
        (FRENCH, "", "test_normalize_keeps_its_input", "fr=… and en=…, found en"),
        (ENGLISH, "", "test_normalize_keeps_its_input", "fr=… and en=…, found fr"),
        (FRENCH + ENGLISH, '"Faux.",', "test_normalize_keeps_its_input", "en=…, found neither"),
        (f"(\n{FRENCH}{ENGLISH})", "", "test_normalize_keeps_its_input", "en=…, found neither"),
        (FRENCH, FRENCH.replace("fr", "de"), "test_normalize_keeps_its_input", "found de, en"),
        (HINT, HINT.replace("abs", "max"), "test_normalize_example", "found 'forgot_max'"),
        ('"forgot_abs": lambda', '"abs": lambda', "test_normalize_random_arrays", "found 'abs'"),
    ],
)
def test_in_the_tests(root, old, new, place, expected):
    found = problems_after(root, TESTS, old, new)
    assert any(place in each.key and expected in each.expected for each in found), found


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("return max(numbers)", "return _max(numbers)", "found _max"),
        ("numbers: list[int]", "numbers: Sequence[int]", "found Sequence"),
        ("def largest", "@cache\ndef largest", "without decorators"),
    ],
)
def test_in_the_reference(root, old, new, expected):
    (problem,) = problems_after(root, REFERENCE, old, new)
    assert "largest" in problem.key
    assert expected in problem.expected


def test_a_reference_without_an_answer(root):
    text = (root / REFERENCE).read_text()
    body = text[text.index("    if not numbers") : text.index("def normalize")]
    (problem,) = problems_after(root, REFERENCE, body, "\n\n")
    assert "only a docstring" in problem.expected


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        ("@final\nclass largest:\n    def f(self):\n        return 1", "without decorators"),
        ("class largest:\n    size = 3", "all public"),
        ("class largest:\n    def _f(self):\n        return 1", "all public"),
        ("class largest:\n    @property\n    def f(self):\n        return 1", "without decorators"),
        ('class largest:\n    def f(self):\n        """Nothing."""', "only a docstring"),
        ("class largest(Base):\n    def f(self):\n        return 1", "found Base"),
        ("class largest:\n    def f(self):\n        return helper(1)", "found helper"),
    ],
)
def test_a_class_that_cannot_be_released(root, definition, expected):
    text = (root / REFERENCE).read_text()
    old = text[text.index("def largest") : text.index("def normalize")]
    (problem,) = problems_after(root, REFERENCE, old, f"{definition}\n\n\n")
    assert expected in problem.expected


@pytest.mark.parametrize(
    ("svg", "fault"),
    [
        (b"<svg", "cannot be read"),
        (b"<svg/>", "begins with <svg>"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "holds a script"),
    ],
)
def test_a_picture_that_is_no_picture(root, svg, fault):
    (root / "assignments/mini/figures/scale.svg").write_bytes(svg)
    with pytest.raises(CourseError, match=fault):
        release.source_notebook(course.load(root), "mini", "fr")


def test_a_dictionary_inside_a_known_mistake_names_no_hint(root):
    text = (root / TESTS).read_text(encoding="utf-8")
    assert "SIGNAL / 2.0}" in text
    text = text.replace("SIGNAL / 2.0}", '{"largest": 1}["largest"] * SIGNAL}')
    (root / TESTS).write_text(text, encoding="utf-8")
    assert release.source_notebook(course.load(root), "mini", "fr")
