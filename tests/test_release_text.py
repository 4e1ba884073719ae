"""Solution and check cells, word by word: what is taken from the reference and from the tests."""

import ast
import json

from mini_course import REFERENCE, TESTS
from released import by_id, source

from autograder import course, release


def solution(root, reference):
    """The solution cell of a course whose reference of ``largest`` is replaced."""
    text = (root / REFERENCE).read_text()
    start = text.index("def largest")
    end = text.index("def normalize")
    (root / REFERENCE).write_text(text[:start] + reference + "\n\n\n" + text[end:])
    notebook = json.loads(release.source_notebook(course.load(root), "mini", "en"))
    return source(by_id(notebook)["largest"])


class TestSolutionCell:
    def test_every_kind_of_parameter(self, root):
        first = "def largest(a, /, numbers: list, *rest: int, k: int = 3, m=None, **more):"
        assert solution(root, f"{first}\n    return a").split("\n")[0] == first

    def test_keyword_only_without_rest(self, root):
        reference = "def largest(numbers=(), *, k=3):\n    return k"
        assert solution(root, reference).startswith("def largest(numbers=(), *, k=3):\n")

    def test_a_long_signature_is_wrapped(self, root):
        names = [f"parameter_{n}" for n in range(8)]
        reference = f"def largest({', '.join(names)}):\n    return 1"
        lines = solution(root, reference).split("\n")
        assert lines[:10] == ["def largest(", *(f"    {name}," for name in names), "):"]

    def test_aliases_of_types_are_spelled_out(self, root):
        reference = (
            "Grid = NDArray[np.float64]\n\n\n"
            "def largest(numbers: Grid | None, *rest: list[Grid]) -> tuple[Grid, ...]:\n"
            "    return numbers"
        )
        assert solution(root, reference).split("\n")[:4] == [
            "def largest(",
            "    numbers: np.ndarray | None,",
            "    *rest: list[np.ndarray],",
            ") -> tuple[np.ndarray, ...]:",
        ]

    def test_the_answer_keeps_its_comments_and_nested_code(self, root):
        reference = (
            'def largest(numbers):\n    """Long\n\n    docstring.\n    """\n\n'
            "    # first comment\n    def inner(x):\n        return x\n\n    return inner(1)"
        )
        assert solution(root, reference).endswith(
            '    """The largest number of a list."""\n    ### BEGIN SOLUTION\n'
            "    # first comment\n    def inner(x):\n        return x\n\n    return inner(1)\n"
            "    ### END SOLUTION"
        )


CLASS = '''class largest(dict, metaclass=type):
    """What students do not see."""

    def __init__(self, numbers: NDArray[np.float64], *rest: int) -> None:
        """As above."""
        super().__init__()

        # the first comment
        self.numbers = numbers
        self.best = max(numbers)

    def forward(self) -> int:
        return self.best
'''


class TestSolutionCellOfAClass:
    def test_each_method_has_an_answer_of_its_own(self, root):
        assert solution(root, CLASS) == (
            "class largest(dict, metaclass=type):\n"
            '    """The largest number of a list."""\n\n'
            "    def __init__(self, numbers: np.ndarray, *rest: int) -> None:\n"
            "        super().__init__()\n"
            "        ### BEGIN SOLUTION\n"
            "        # the first comment\n"
            "        self.numbers = numbers\n"
            "        self.best = max(numbers)\n"
            "        ### END SOLUTION\n\n"
            "    def forward(self) -> int:\n"
            "        ### BEGIN SOLUTION\n"
            "        return self.best\n"
            "        ### END SOLUTION"
        )

    def test_a_class_without_a_base(self, root):
        cell = solution(root, "class largest:\n    def area(self):\n        return 1")
        assert cell.startswith("class largest:\n")
        assert "super" not in cell

    def test_the_stub_raises_in_each_method(self, root):
        solution(root, CLASS)
        (file,) = release.build(course.load(root), root / "release", langs=["en"])
        stub = source(by_id(json.loads(file.read_bytes()))["largest"])
        assert stub == (
            "class largest(dict, metaclass=type):\n"
            '    """The largest number of a list."""\n\n'
            "    def __init__(self, numbers: np.ndarray, *rest: int) -> None:\n"
            "        super().__init__()\n"
            "        # Your turn: write your answer here\n"
            "        raise NotImplementedError()\n\n"
            "    def forward(self) -> int:\n"
            "        # Your turn: write your answer here\n"
            "        raise NotImplementedError()"
        )


class TestCheckCell:
    def check(self, root, visible):
        """The check cell of a course whose visible test of ``largest`` is replaced."""
        text = (root / TESTS).read_text(encoding="utf-8")
        old = "    same(student.largest(NUMBERS), 9)\n"
        (root / TESTS).write_text(text.replace(old, visible), encoding="utf-8")
        notebook = json.loads(release.source_notebook(course.load(root), "mini", "en"))
        check = source(by_id(notebook)["largest-check"])
        ast.parse(check)
        return check

    def test_text_with_accents_before_a_call(self, root):
        check = self.check(root, '    same(("é", student.largest([1])), ("é", 1))  # été\n')
        assert '    same(("é", largest([1])), ("é", 1))\n\n' in check

    def test_mistakes_behind_parentheses_and_comments(self, root):
        check = self.check(
            root,
            "    same(\n        student.largest([1]),  # one, two\n        (1 + 0),  # b, c\n"
            "        # d, e\n        mistakes={'forgot_abs': 2},  # f, g\n"
            "        rtol=0.1,\n    )\n",
        )
        assert (
            "    same(\n        largest([1]),\n        (1 + 0),\n        rtol=0.1,\n    )\n"
            in check
        )

    def test_a_string_that_looks_like_a_comment_or_a_call(self, root):
        check = self.check(root, "    same('# student.largest', '# student.largest')\n")
        assert "    same('# student.largest', '# student.largest')\n" in check

    def test_constants_made_of_constants_come_in_order(self, root):
        text = (root / TESTS).read_text(encoding="utf-8")
        constants = (
            "import math\n\nB = 2  # secret\nA = [\n    # why\n    B,\n    math.pi,\n]\n"
            "A[0] = 5\nUNUSED = 7\n\n\n@pytest"
        )
        (root / TESTS).write_text(text.replace("@pytest", constants, 1), encoding="utf-8")
        check = self.check(root, "    same(student.largest(A), A[0])\n")
        assert "import math\nB = 2\nA = [\n    B,\n    math.pi,\n]\nA[0] = 5\n\n\n" in check
        assert "UNUSED" not in check
        assert "secret" not in check
