"""What an ``assignment.yaml`` may say: its keys, their types, a plain sentence for each mistake.

Imported only when a course is loaded: pydantic and PyYAML are not free to import.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import fields
from typing import TYPE_CHECKING, Annotated, Any, Literal

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    FiniteFloat,
    StringConstraints,
    ValidationError,
    create_model,
)
from pydantic_core import ErrorDetails

from autograder.errors import Problem
from autograder.model import Assignment, Limits

_STRICT = ConfigDict(extra="forbid", strict=True)

Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
# Task ids are Python names and, with "-check" behind them, ids of notebook cells (64 characters).
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,49}$")]
Module = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$")]
Points = Annotated[FiniteFloat, Field(gt=0)]


class TextKeys(BaseModel):
    """The same sentence in both languages."""

    model_config = _STRICT
    fr: Sentence
    en: Sentence


class TaskKeys(BaseModel):
    """One graded name."""

    model_config = _STRICT
    title: TextKeys
    points: Points
    depends: list[Name] = []
    mark_scheme: TextKeys | None = None


def _limits_keys() -> type[BaseModel]:
    """The keys of ``model.Limits``, every one optional and above zero."""
    keys: dict[str, Any] = {}
    for limit in fields(Limits):
        kind = int if isinstance(limit.default, int) else FiniteFloat
        keys[limit.name] = (Annotated[kind, Field(gt=0)], limit.default)
    return create_model("LimitsKeys", __config__=_STRICT, **keys)


if TYPE_CHECKING:
    LimitsKeys = BaseModel
else:
    LimitsKeys = _limits_keys()


class ShortKeys(BaseModel):
    """How many images the short track takes."""

    model_config = _STRICT
    train: Annotated[int, Field(gt=0)]
    test: Annotated[int, Field(gt=0)]


class TrainingKeys(BaseModel):
    """How the trainings of an assignment are timed."""

    model_config = _STRICT
    data: Literal["cifar10", "cats_vs_dogs"]
    budget: Points = 5.0
    memory_mib: Annotated[int, Field(gt=0)] = 4096
    gpu_mib: Annotated[int, Field(gt=0)] = 8192
    short: ShortKeys = ShortKeys(train=2000, test=500)


class AssignmentKeys(BaseModel):
    """The whole file."""

    model_config = _STRICT
    title: TextKeys
    tasks: Annotated[dict[Name, TaskKeys], Field(min_length=1)]
    hints: dict[Name, TextKeys] = {}
    preload: list[Module] = list(Assignment.preload)
    preload_on_use: list[Module] = list(Assignment.preload_on_use)
    limits: LimitsKeys = LimitsKeys()
    training: TrainingKeys | None = None
    pretrained: bool = False
    exam: bool = False


def read(data: bytes, file: str) -> tuple[AssignmentKeys | None, list[Problem]]:
    """Check ``data``, the content of ``file``: its keys (None if unusable) and every mistake."""
    loader = _Loader(data, file)
    try:
        content = loader.get_single_data()
    except yaml.YAMLError as error:
        return None, [_syntax_problem(error, file)]
    finally:
        loader.dispose()
    try:
        return AssignmentKeys.model_validate(content), loader.duplicates
    except ValidationError as error:
        found = [_problem(detail, file) for detail in error.errors(include_url=False)]
        return None, loader.duplicates + found


# libyaml where PyYAML was built with it: ten times as fast.
_SafeLoader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_SafeLoader):  # type: ignore[misc, valid-type]
    """Safe YAML that notes keys written twice and leaves dates as text."""

    def __init__(self, data: bytes, file: str) -> None:
        super().__init__(data)
        self.file = file
        self.duplicates: list[Problem] = []

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Build one mapping; a key written twice would silently drop its first value."""
        lines: dict[str, int] = {}
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                self._note_duplicate(key, lines)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        return mapping

    def _note_duplicate(self, key: yaml.ScalarNode, lines: dict[str, int]) -> None:
        line = key.start_mark.line + 1
        if key.value in lines:
            sentence = f"written twice; the first one is on line {lines[key.value]}"
            self.duplicates.append(Problem(self.file, f"line {line}, {key.value}", sentence))
        lines.setdefault(key.value, line)


# PyYAML turns 2024-01-02 into a date and fails with a bare ValueError on 2024-99-99.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _syntax_problem(error: yaml.YAMLError, file: str) -> Problem:
    mark = getattr(error, "problem_mark", None)
    reason = getattr(error, "problem", None) or getattr(error, "reason", None) or "cannot be read"
    place = "the file" if mark is None else f"line {mark.line + 1}, column {mark.column + 1}"
    return Problem(file, place, f"not valid YAML in UTF-8: {reason}")


# pydantic's kind of mistake → what was expected there, in our words
_EXPECTED = {
    "string_type": "text (in quotes where YAML would read it as something else)",
    "string_too_short": "text that is not empty",
    "float_type": "a number",
    "finite_number": "a finite number",
    "int_type": "a whole number",
    "greater_than": "a number above 0",
    "list_type": "a list",
    "dict_type": "keys with values",
    "model_type": "keys with values",
    "too_short": "at least one entry",
    "literal_error": "one of the values in docs/writing-an-assignment.md",
}


def _problem(detail: ErrorDetails, file: str) -> Problem:
    place = [str(part) for part in detail["loc"] if part != "[key]"]
    kind = detail["type"]
    if kind == "extra_forbidden":
        return Problem(file, ".".join(place), _unknown_key(place))
    if kind == "missing":
        return Problem(file, ".".join(place), "required, but missing")
    if kind == "string_pattern_mismatch":
        sentence = f"expected {_pattern_sentence(place)}"
    else:
        sentence = f"expected {_EXPECTED[kind]}" if kind in _EXPECTED else detail["msg"]
    return Problem(
        file, ".".join(place) or "the file", f"{sentence}, found {_shown(detail['input'])}"
    )


def _pattern_sentence(place: list[str]) -> str:
    if place[0].startswith("preload"):
        return "the name of a module, such as scipy.signal"
    return "a Python name of at most 50 characters (letters, digits, _)"


def _unknown_key(place: list[str]) -> str:
    known = list(_keys_at(place[:-1]))
    close = difflib.get_close_matches(place[-1], known, n=1)
    if close:
        return f"no such key; did you mean {close[0]}?"
    return f"no such key; the keys here are {', '.join(known)}"


def _keys_at(place: list[str]) -> Iterator[str]:
    """The keys that may stand at ``place`` (a path from the top of the file)."""
    if place and place[-1] == "limits" and len(place) == 1:
        yield from LimitsKeys.model_fields
    elif place == ["training"]:
        yield from TrainingKeys.model_fields
    elif place == ["training", "short"]:
        yield from ShortKeys.model_fields
    elif len(place) == 2 and place[0] == "tasks":
        yield from TaskKeys.model_fields
    elif place:
        yield from TextKeys.model_fields
    else:
        yield from AssignmentKeys.model_fields


def _shown(value: object) -> str:
    """``value`` as an instructor wrote it, short."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict | list):
        return "keys with values" if isinstance(value, dict) else "a list"
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= 40 else text[:39] + "…"
