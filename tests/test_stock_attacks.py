"""Points for wrong answers: what a student's process may say so that a test cell believes it.

Each attack judges by what came back; the honest ones beside them look alike and must not suffer.
"""

from __future__ import annotations

import pytest
from stock_child import Judge, warm

from autograder.model import Outcome

ANSWERS = frozenset({"double"})

# Everything that an object can answer by itself, without knowing what it is asked.
EQUAL = """
import types

class Meta(type):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    __hash__ = None

class Class(metaclass=Meta):
    @staticmethod
    def equals(*args): return True

class Module(types.ModuleType):
    def __eq__(self, other): return True
    def equals(self, *args): return True

def function(*args): return True
function.equals = lambda *args: True

class Tensor:
    def item(self): return 1.0
"""

# The child's end of the bridge is the student's to rewrite.
FORGE = """
import autograder.sandbox.bridge as bridge

class Zero:
    def say(self, *other): return 0.0
    __eq__ = lambda self, other: True
    __sub__ = __rsub__ = __abs__ = __lt__ = say

def described(*description):
    bridge._bridge().codec._lend = lambda value: description

BASE = [("builtins", "object")]
SPECIAL = ["__lt__", "__sub__", "__rsub__", "__abs__", "__call__"]
"""


def forged(sort: str) -> str:
    return FORGE + (
        f"def double(x):\n    described('{sort}', 'm', 'f', BASE, SPECIAL, None)\n    return Zero()"
    )


ATTACKS = {
    "a class equal to everything": (EQUAL + "double = lambda x: Class", "assert double(2) == 4"),
    "a class that judges": (EQUAL + "double = lambda x: Class", "assert double(2).equals(4)"),
    "a module equal to everything": (
        EQUAL + "double = lambda x: Module('numpy')",
        "assert double(2) == 4",
    ),
    "a module that judges": (
        EQUAL + "double = lambda x: Module('mine')",
        "assert double(2).equals(4)",
    ),
    "a function that judges": (EQUAL + "double = lambda x: function", "assert double(2)(4)"),
    "a function's attribute": (
        EQUAL + "double = lambda x: function",
        "assert double(2).equals(4)",
    ),
    "the function itself": (
        "def double(x): return double\ndouble.equals = lambda other: True",
        "assert double(2).equals(4)",
    ),
    "in a list": (EQUAL + "double = lambda x: [Class]", "assert double(2) == [4]"),
    "in a dict": (EQUAL + "double = lambda x: {'a': Class}", "assert double(2) == {'a': 4}"),
    "said to be a function": (forged("function"), "assert double(2) == 4"),
    "a function with a minus": (forged("function"), "assert abs(double(2) - 4) < 1e-6"),
    "said to be a class": (forged("class"), "assert double(2) == 4"),
    "a class with a minus": (forged("class"), "assert abs(double(2) - 4) < 1e-6"),
    "said to be a module": (forged("module"), "assert double(2) == 4"),
    "called Tensor": (EQUAL + "double = lambda x: Tensor()", "0.0 * len([double]) or double(2)"),
    "the end of a loop": (
        "def double(x): raise StopIteration",
        "assert all(map(lambda x: double(x) == 2 * x, [1, 2]))",
    ),
    "a test skipped": (
        "import unittest\ndef double(x): raise unittest.SkipTest('not today')",
        "import unittest\nclass T(unittest.TestCase):\n    def test(self):\n"
        "        self.assertEqual(double(2), 4)\nfound = unittest.TestResult()\n"
        "unittest.defaultTestLoader.loadTestsFromTestCase(T).run(found)\n"
        "assert found.wasSuccessful()",
    ),
    "an assertion kept back": (
        "def double(check, x):\n    try:\n        check(x)\n    except AssertionError: pass",
        "def check(x):\n    assert x == 3\ndouble(check, 2)",
    ),
    "a name read back": (
        "import sys\nimport autograder.sandbox.bridge as bridge\nclass Lying(dict):\n"
        "    def __getitem__(self, name):\n"
        "        return 0 if name == 'double' else dict.__getitem__(self, name)\n"
        "bridge._bridge().names = Lying(sys.modules['__main__'].__dict__, f=lambda: 0)",
        "double = 4\nassert f() == double",
    ),
    "the hash of the right answer": (
        "class K:\n    __hash__ = lambda self: hash(4)\n    __eq__ = lambda self, other: 1\n"
        "double = lambda x: K()",
        "assert double(2) in {4}",
    ),
    "an int that is more": (
        "class I(int):\n    def __eq__(self, other): return True\ndouble = lambda x: I(0)",
        "assert double(2) == 4",
    ),
    "a string that is more": (
        "class S(str):\n    def __eq__(self, other): return True\n    __contains__ = __eq__\n"
        "double = lambda x: S()",
        "assert 'four' in double(2) or double(2) == 'four'",
    ),
    "an array that is more": (
        "import numpy as np\nclass A(np.ndarray):\n    def __eq__(self, other): return True\n"
        "    def all(self): return True\ndouble = lambda x: np.zeros(1).view(A)",
        "assert (double(2) == 4).all()",
    ),
    "an array of such": (
        EQUAL + "import numpy as np\nclass O:\n    __eq__ = lambda self, other: True\n"
        "double = lambda x: np.array([O(), O()], object)",
        "import numpy as np\nassert np.array_equal(double(2), [4, 4])",
    ),
    "a library's exception": (
        "import autograder.sandbox.bridge as bridge\nclass X(Exception): pass\n"
        "bridge._bases = lambda kind: [('autograder.stock.remote', 'ChildLost')]\n"
        "def double(x): raise X",
        "double(2)",
    ),
    "nothing where something was asked": (
        "import autograder.sandbox.bridge as bridge\ndef double(x):\n"
        "    bridge._Bridge._answer = lambda self, kind, value: ('missing', None, [], [])",
        "assert double(2) == 4",
    ),
    "a call of what was not lent": (
        "import autograder.sandbox.bridge as bridge\ndef double(f):\n"
        "    return [bridge._bridge().ask_back(n, (f, '__globals__'), {}) for n in range(9)]",
        "assert not double(getattr)",
    ),
    "no more than an answer": (
        "import numpy as np\ndef double(x): return np.empty((2 ** 40, 0))",
        "assert double(2) == 4",
    ),
    "a list in itself": (
        "def double(x):\n    a = []\n    a.append(a)\n    return a",
        "assert double(2) == double(3)",
    ),
    "keys that ask for keys": (
        "class V:\n    __hash__ = lambda self: 1\n    __eq__ = lambda self, o: {V(): 1, V(): 2}\n"
        "double = lambda x: {V(): 1, V(): 2}",
        "assert double(2) == 4",
    ),
}


@pytest.fixture(scope="module")
def isolation():
    with warm() as isolation:
        yield isolation


@pytest.fixture
def judged(isolation):
    """Judge a test cell where the course's own answers gave no objects."""
    judges = []

    def judge(source, test, allowed=frozenset(), **how):
        judges.append(Judge(isolation, source, ANSWERS))
        judges[-1].remote.allowed = allowed
        return judges[-1](test, **how)

    yield judge
    for one in judges:
        one.child.close()


@pytest.mark.parametrize("name", ATTACKS)
def test_it_earns_nothing(judged, name):
    found = judged(*ATTACKS[name])
    assert found.outcome not in (Outcome.PASSED, Outcome.NOT_GRADED), found
    assert found.credit.points == 0.0


HONEST = {
    "remembers": (
        "import functools\n@functools.lru_cache\ndef double(x):\n    return 2 * x",
        "assert double(2) == 4 and double(3) == 6",
    ),
    "partial": (
        "import functools, operator\ndouble = functools.partial(operator.mul, 2)",
        "assert double(2) == 4",
    ),
    "vectorized": (
        "import numpy as np\ndouble = np.vectorize(lambda x: 2 * x)",
        "import numpy as np\nassert double(np.array([2])).tolist() == [4]",
    ),
    "callable": (
        "class Double:\n    def __call__(self, x): return 2 * x\ndouble = Double()",
        "assert double(2) == 4",
    ),
    "a class": (
        "class double:\n    size = 3\n    @staticmethod\n    def of(x): return 2 * x",
        "assert double.of(2) == 4 and double.size == 3 and isinstance(double(), double)",
    ),
    "its own name again": (
        "def double(x): return 2 * x",
        "old = double\ndouble = lambda x: 5\nassert double(2) == 5\ndouble = old\n"
        "assert double(2) == 4 and double is old",
    ),
}


@pytest.mark.parametrize("name", HONEST)
def test_what_only_looks_alike_is_worth_its_points(judged, name):
    found = judged(*HONEST[name])
    assert (found.outcome, found.credit.points) == (Outcome.PASSED, 1.0), found


COURSE_DOES = {
    "a result is called": ("double = lambda x: lambda y: x * y", "assert double(2)(3) == 6"),
    "a name changes": (
        "def f():\n    global double\n    double += 1",
        "double = 1\nf()\nassert double == 2",
    ),
    "an object is the last value": ("class C: pass\ndouble = lambda: C()", "double()"),
}


@pytest.mark.parametrize("name", COURSE_DOES)
def test_what_the_courses_answers_do_students_may(isolation, judged, name):
    source, test = COURSE_DOES[name]
    course = Judge(isolation, source, ANSWERS)
    assert course(test).outcome is Outcome.PASSED
    course.child.close()
    assert judged(source, test, frozenset(course.remote.used)).credit.points == 1.0
    assert judged(source, test).credit.points == 0.0
