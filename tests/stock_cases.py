"""All that students do to the notebook of a small course, and where our score is another one."""

from __future__ import annotations

from dataclasses import dataclass, field

from stock_changes import (
    LIST,
    RIGHT,
    SOURCE,
    Change,
    added,
    and_then,
    answers,
    copied,
    deleted,
    moved_up,
    retyped,
    shuffled_kernel,
    to,
    unmarked,
    ways_to_write_it,
)

__all__ = ["CASES", "SOURCE", "Case"]


@dataclass(frozen=True)
class Case:
    """One student."""

    name: str
    change: Change
    differs: dict[str, str] = field(default_factory=dict)  # cell → reason; "*": all of them
    stops: bool = False  # nbgrader gives this submission no scores, or stops the class


GOOD = answers(text="Because it is so.")
LATE_BAD = "def double(x):\n    return 2 * x if x > 0 else 0"
WARNS = (
    "import warnings\ndef double(x):\n    warnings.warn('careful')\n    if x is None:\n"
    "        raise ValueError\n    return 2 * x"
)
CASES = [
    Case("right", GOOD),
    Case("untouched", lambda book: None),
    Case("wrong", answers("def double(x):\n    return x", "answer = [2, 1]", "No.")),
    Case("hidden_wrong", answers(LATE_BAD)),
    Case("partly", answers("def double(x):\n    return 2 * x if x < 3 else None")),
    Case("syntax_error", answers("def double(x)\n    return 2 * x")),
    Case("raises", answers("def double(x):\n    raise KeyError('k')")),
    Case("not_there", answers("pass", "pass")),
    Case("other_exception", answers("def double(x):\n    return x * 2")),
    Case("prints", answers(RIGHT.replace("    return", "    print('x')\n    return"))),
    Case("returns_float", answers(RIGHT.replace("x + x", "2.0 * x"))),
    Case(
        "numpy",
        answers(
            "import numpy as np\ndef double(x):\n    if x is None:\n        raise ValueError\n"
            "    return np.float64(2 * x)"
        ),
    ),
    Case("deleted_test", and_then(GOOD, deleted("t1"))),
    Case("deleted_manual", and_then(GOOD, deleted("m1"))),
    Case("deleted_answer", and_then(GOOD, deleted("double"))),
    Case("unmarked_test", and_then(GOOD, unmarked("t1"))),
    Case("emptied_test", and_then(GOOD, to("t1", source="pass"))),
    Case("edited_points", and_then(GOOD, to("t1", marks_points=100))),
    Case("test_to_markdown", and_then(GOOD, retyped("t1", "markdown"))),
    Case("answer_to_markdown", and_then(GOOD, retyped("double", "markdown"))),
    Case(
        "unknown_id",
        and_then(GOOD, to("double", marks_grade_id="other")),
        {"*": "flags"},
        stops=True,
    ),
    Case("edited_locked", and_then(GOOD, to("limit", source="LIMIT = 0"))),
    Case("test_moved_up", and_then(GOOD, moved_up("t4"))),
    Case("extra_error", and_then(GOOD, added("1 / 0", 1))),
    Case("sys_exit", and_then(GOOD, added("import sys\nsys.exit(0)", 1))),
    Case("magic", and_then(GOOD, added("%time sum(range(10))\n!true", 1))),
    Case("infinite_loop", and_then(answers("while True:\n    pass"), deleted("t2"))),
    Case("loop_in_call", answers(RIGHT.replace("raise ValueError", "while True: pass"))),
    Case("memory", and_then(GOOD, added("bytearray(2**60)", 1))),
    Case("wrong_kernel", and_then(GOOD, shuffled_kernel)),
    Case("relative_file", and_then(GOOD, added("open('note.txt', 'w').write('x')", 1))),
    Case("top_level_await", and_then(GOOD, added("import asyncio\nawait asyncio.sleep(0)", 1))),
    Case("warns", answers(WARNS), {"t1": "stderr", "t2": "stderr", "t3": "stderr"}),
    Case(
        "to_stderr",
        answers("import sys\n" + RIGHT.replace("x + x", "print(x, file=sys.stderr) or x + x")),
        {"t1": "stderr", "t2": "stderr"},
    ),
    Case(
        "always_equal",
        answers(
            "class E:\n    def __eq__(self, other): return True\n"
            "    __radd__ = __eq__\ndef double(x):\n    if x is None: raise ValueError\n"
            "    return E()"
        ),
        {"t1": "object", "t2": "object"},
    ),
    Case(
        "no_asserts",
        and_then(
            answers("def double(x):\n    return 5", LIST),
            added(
                "import ast\nclass Drop(ast.NodeTransformer):\n    def visit_Assert(self, node):\n"
                "        return ast.copy_location(ast.Pass(), node)\n"
                "get_ipython().ast_transformers.append(Drop())",
                1,
            ),
        ),
        {"t1": "forged"},
    ),
    Case(
        "patched_sum",
        and_then(answers("def double(x):\n    return 0", LIST), added("sum = lambda items: 3", 1)),
        {"t2": "forged"},
    ),
    Case("lambda", ways_to_write_it("double = lambda x: f(x)")),
    Case("cached", ways_to_write_it("import functools", "double = functools.cache(f)")),
    Case("partial", ways_to_write_it("import functools", "double = functools.partial(f)")),
    Case("vectorised", ways_to_write_it("import numpy as np", "double = np.vectorize(f)")),
    Case(
        "callable",
        ways_to_write_it("class D:", "    def __call__(self, x): return f(x)", "double = D()"),
    ),
    Case(
        "method",
        ways_to_write_it("class D:", "    def go(self, x): return f(x)", "double = D().go"),
    ),
    Case("in_main", ways_to_write_it("if __name__ == '__main__':", "    double = f")),
    Case("error_below", answers(RIGHT + "\n1 / 0")),
    Case("redefined_below", and_then(GOOD, added("double = None"))),
    Case("endless_recursion", answers("def double(x):\n    return double(x)")),
    Case("exits_in_call", answers("import sys\ndef double(x):\n    sys.exit(0)")),
    Case("interrupts", answers("def double(x):\n    raise KeyboardInterrupt")),
    Case("asks", answers("def double(x):\n    return int(input())")),
    Case("quits", and_then(GOOD, added("quit()", 1))),
    Case("resets", and_then(GOOD, added("%reset -f", 2))),
    Case("inline", and_then(GOOD, added("%matplotlib inline\nfrom math import *", 1))),
    Case("history", and_then(GOOD, added("5", 1), added("assert _ == 5 and In and Out", 2))),
    Case(
        "thread",
        answers(
            f"import threading\n{RIGHT.replace('double', 'f')}\ndef double(x):\n    found = []\n"
            "    if x is None: raise ValueError\n"
            "    t = threading.Thread(target=lambda: found.append(f(x)))\n"
            "    t.start()\n    t.join()\n    return found[0]"
        ),
    ),
    Case("floats_in_list", answers(listed="answer = [True, 2.0]")),
    Case("array_for_list", answers(listed="import numpy as np\nanswer = np.array([1, 2])")),
    Case("own_list", answers(listed="class L(list): pass\nanswer = L([1, 2])")),
    Case("credit_none", answers(credit="None")),
    Case("credit_zero", answers(credit="0")),
    Case("credit_part", answers(credit="0.5 + 0.25")),
    Case("credit_true", answers(credit="True")),
    Case("credit_list", answers(credit="[1, 2]")),
    Case("credit_text", answers(credit="'all of it'")),
    Case("credit_digits", answers(credit="'0'")),
    Case("credit_nan", answers(credit="float('nan')"), {"t5": "partial"}),
    Case("credit_negative", answers(credit="-1"), {"t5": "partial"}),
    Case("credit_false", answers(credit="False"), {"t5": "partial"}),
    Case(
        "credit_numpy",
        answers(credit="__import__('numpy').float64(0.0)"),
        {"t5": "partial"},
    ),
    Case("credit_inf", answers(credit="float('inf')"), {"*": "over_max"}, stops=True),
    Case("credit_above", answers(credit="2.5"), {"*": "over_max"}, stops=True),
    Case("credit_rounded", answers(credit="2.0000001"), {"*": "partial"}, stops=True),
    Case("prints_for_ever", answers("while True:\n    print('x' * 100)")),
    Case(
        "showtraceback",
        and_then(
            answers("def double(x):\n    return 5"),
            added(
                "import IPython.core.interactiveshell as s\n"
                "s.InteractiveShell.showtraceback = lambda *args, **kwargs: None",
                1,
            ),
        ),
    ),
    Case(
        "dead_in_call",
        answers("import os\ndef double(x):\n    os._exit(1)"),
        {"*": "dead_kernel"},
        stops=True,
    ),
    Case(
        "segfault",
        and_then(GOOD, added("import ctypes\nctypes.string_at(0)", 5)),
        {"*": "dead_kernel"},
        stops=True,
    ),
    Case("duplicate_test", and_then(GOOD, copied("t1")), {"*": "duplicate"}, stops=True),
    Case(
        "not_graded_flag", and_then(GOOD, to("t1", marks_grade=False)), {"*": "flags"}, stops=True
    ),
    Case(
        "dead_kernel",
        and_then(GOOD, added("import os\nos._exit(1)", 5)),
        {"*": "dead_kernel"},
        stops=True,
    ),
]
