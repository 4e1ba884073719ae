"""An honest result with one test of each outcome, and the notebook that earned it."""

from __future__ import annotations

import base64
import json

import hostile

from autograder.feedback import cells
from autograder.feedback.contents import Room
from autograder.feedback.page import Titles, page
from autograder.model import Outcome, Score, TaskScore, TestResult, Tier

SENTENCE = "`relu([-1])` renvoie [1] ; attendu : [0]."
HINT = "ReLU ne renvoie pas la valeur absolue : une valeur négative devient 0."
TITLES = Titles("La convolution, de zéro", {"relu": "Fonction d'activation ReLU"})
TABLE = "<table border=1><tr><th></th><th>a</th></tr><tr><th>0</th><td>1</td></tr></table>"


def a_test(name, task, outcome, points=0.0, most=1.0, **more):
    visibility = more.pop("visibility", "visible")
    return TestResult(name, task, visibility, outcome, points, most, **more)


def every_outcome() -> tuple[TestResult, ...]:
    return tuple(
        a_test(f"test_{outcome}", "forward", outcome, message=f"Phrase {outcome}.")
        for outcome in Outcome
        if outcome not in (Outcome.PASSED, Outcome.NOT_GRADED)
    )


def a_score(**more) -> Score:
    relu = (
        a_test("test_relu_example", "relu", Outcome.PASSED, 0.75, 0.75),
        a_test("test_relu_negative", "relu", Outcome.FAILED, 0, 0.75, message=SENTENCE, hint=HINT),
        a_test(
            "test_relu_random", "relu", Outcome.FAILED, most=0.5, visibility="hidden",
            message="D'autres valeurs sont fausses.", hint=HINT,
        ),
    )  # fmt: skip
    tasks = (TaskScore("relu", 0.75, 2.0, relu), TaskScore("forward", 0.0, 7.0, every_outcome()))
    given = {
        "student": "léa_martin", "assignment": "convolution", "status": "graded", "score": 0.75,
        "max_score": 9.0, "tier": Tier.S2, "seconds": 1.2345, "tasks": tasks,
        "notices": ("La cellule de code n° 3 s'arrête sur une erreur : `NameError: x`.",),
        "provenance": {"lang": "fr"},
    }  # fmt: skip
    return Score(**{**given, **more})


def code(source, name="", outputs=(), **flags):
    metadata = hostile.marks(name, **flags) if name else {}
    return {
        "cell_type": "code", "source": source, "metadata": metadata, "outputs": list(outputs),
        "execution_count": None,
    }  # fmt: skip


def stream(text, name="stdout"):
    return {"output_type": "stream", "name": name, "text": text}


def shown(**data):
    data = {key.replace("_", "/"): value for key, value in data.items()}
    return {"output_type": "display_data", "metadata": {}, "data": data}


def plot(width=640, height=480):
    return shown(image_png=base64.b64encode(hostile.png(width, height)).decode())


def a_notebook(*more) -> bytes:
    """Setup, an answer with outputs of each kind, a long answer, prose that is marked by hand."""
    outputs = [
        *(stream("[0, 0, 3]\n"), stream("careful\n", "stderr"), plot()),
        *(shown(text_html=TABLE), stream("line\n" * 90)),
        {
            "output_type": "error",
            "ename": "NameError",
            "evalue": "x",
            "traceback": ["NameError: x"],
        },
    ]
    prose = {"cell_type": "markdown", "source": "Parce que…", "metadata": hostile.marks("why")}
    check = code("assert relu(1) == 1", "relu-check", [stream("seen")], solution=False, grade=True)
    cells = [
        {"cell_type": "markdown", "source": "# Cours", "metadata": {}},
        code("import numpy as np"),
        code("def relu(x):\n    return abs(x)", "relu", outputs),
        check,
        code("y = " + " + ".join(map(str, range(300))) + "\n" * 3 + "z = 1\n" * 90, "forward"),
        *(prose, *more),
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}).encode()


def a_page(score=None, lang="fr", marks=None, **more) -> str:
    read = cells.read(a_notebook(), "convolution", Room(), ran=True, **more)
    return page(score or a_score(), TITLES, [read], lang, marks or {})
