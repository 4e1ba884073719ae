"""What ``autograder check`` shows a student."""

from __future__ import annotations

from collections import Counter

from rich.console import Console
from rich.text import Text

from autograder.model import Checked, Language, Outcome
from autograder.terminal.screen import console, one_line


def show_findings(checked: Checked, lang: Language, screen: Console | None = None) -> None:
    """Print each visible test with its sentence, by task; no score."""
    screen = screen or console()
    repeated = Counter(
        (one.task, one.outcome is Outcome.PASSED, one.sentence or one.test)
        for one in checked.findings
    )
    task = ""
    for (of, passed, sentence), times in repeated.items():
        if task != of:
            screen.print(Text(one_line(task := of), style="bold"))
        mark = Text("  ✓ " if passed else "  ✗ ", style="green" if passed else "red")
        count = f" ({times} tests)" if times > 1 else ""
        screen.print(mark + Text(one_line(sentence) + count), soft_wrap=True)
    for notice in checked.notices:
        screen.print(Text(f"! {one_line(notice)}", style="yellow"), soft_wrap=True)
    right = sum(one.outcome is Outcome.PASSED for one in checked.findings)
    screen.print(Text(_checked(right, len(checked.findings), lang)))


def _checked(right: int, total: int, lang: Language) -> str:
    """How many visible tests pass; French counts none in the singular, English in the plural."""
    if lang == "fr":
        verb = "tests visibles sur {} passent" if right > 1 else "test visible sur {} passe"
        return f"{right} {verb.format(total)}. Ce n'est pas une note : d'autres tests compteront."
    tests, verb = "test" if total == 1 else "tests", "passes" if right == 1 else "pass"
    return f"{right} of {total} visible {tests} {verb}. This is no score: other tests will count."
