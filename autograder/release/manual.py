"""A task that a person marks → its two cells: what is asked, and the place for the answer.

The first cell is locked. Its mark scheme is cut out for the students by nbgrader's converter, and
stands there again once their notebook is graded: right above the answer, in the form grader.
"""

from __future__ import annotations

import ast

from autograder.model import Language, Task, Text

BEGIN, END = "=== BEGIN MARK SCHEME ===", "=== END MARK SCHEME ==="
ASKED = "-asked"  # what the grade id of the first cell ends with, after the task's id

_ASKED = Text(
    "**À rédiger : {title}** (sur {points:g}, noté par une personne)",
    "**To be written: {title}** (out of {points:g}, marked by a person)",
)
_SCHEME = Text(
    "**Barème**\n\n{scheme}\n\n**Une réponse possible**\n\n{answer}",
    "**Mark scheme**\n\n{scheme}\n\n**A possible answer**\n\n{answer}",
)


def asked(task: Task, answer: str, lang: Language) -> str:
    """The source of the locked cell, with the mark scheme and a right answer in it."""
    assert task.mark_scheme is not None  # the caller looked
    heading = _ASKED.to(lang).format(title=task.title.to(lang), points=task.points)
    scheme = _SCHEME.to(lang).format(scheme=task.mark_scheme.to(lang), answer=answer)
    return "\n\n".join([heading, BEGIN, scheme, END])


def answers(reference: str, lang: Language) -> dict[str, str]:
    """The written answers of a reference module, by task: ``task = {"fr": "…", "en": "…"}``."""
    found: dict[str, str] = {}
    for node in ast.parse(reference).body:
        match node:
            case ast.Assign([ast.Name(name)], ast.Dict() as texts):
                found[name] = str(ast.literal_eval(texts)[lang]).strip()
    return found
