"""French typography of what students read: a space on the inner side of « », and before : ; ? !"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
FILES = [
    *ROOT.glob("assignments/*/assignment.yaml"),
    *ROOT.glob("assignments/*/test_*.py"),
    *ROOT.glob("autograder/**/*.py"),
]
CODE = re.compile(r"`[^`]*`|https?://\S+")
FAULT = re.compile(r"[^\s:][:;?!»](?=\s|$)|«(?!\s)|\.\.\.")


def french(file: Path) -> Iterator[str]:
    """The texts under a key or argument ``fr``, and the first of each ``Text(…)``."""
    text = file.read_text(encoding="utf-8")
    return _of_yaml(yaml.safe_load(text)) if file.suffix == ".yaml" else _of_python(text)


def _of_yaml(node: object) -> Iterator[str]:
    for key, value in node.items() if isinstance(node, dict) else ():
        if key == "fr":
            yield value
        yield from _of_yaml(value)


def _of_python(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            pair = getattr(node.func, "id", "") == "Text" and len(node.args) == 2  # rich has one
            first = node.args[:1] if pair else []
            for value in [*first, *(each.value for each in node.keywords if each.arg == "fr")]:
                yield _text(value)


def _text(node: ast.expr) -> str:
    """A string, ``x`` where a value goes into it."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return "".join(part.value if isinstance(part, ast.Constant) else "x" for part in parts)


def faults(text: str) -> list[str]:
    return FAULT.findall(CODE.sub("x", text))


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_spaces_of_french_sentences(file):
    assert {text: found for text in french(file) if (found := faults(text))} == {}


def test_it_reads_the_texts():
    counts = {file.name: len(list(french(file))) for file in FILES}
    assert counts["messages.py"] > 10
    assert counts["test_pooling.py"] > 10
    assert all(counts[file.name] > 5 for file in FILES if file.suffix == ".yaml")


@pytest.mark.parametrize("text", ["Faux: non", "Faux ; vrai?", "«Faux »", "« Faux»", "Ah..."])
def test_faults_are_found(text):
    assert faults(text)


def test_code_and_places_are_no_sentences():
    assert not faults("« x » : `a: b?` ; 12:30, https://x.org/?a: fin !")
