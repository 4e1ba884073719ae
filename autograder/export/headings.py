"""Which column of a platform's list is which assignment's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from autograder.export.names import squashed, words_of


def columns(
    names: Iterable[str], headings: Mapping[int, str], chosen: Mapping[str, str]
) -> tuple[dict[str, int], list[str]]:
    """The column of each assignment, by its heading; and a note for each that has none.

    ``headings`` are the titles that platforms show, by column. ``chosen`` are those that a person
    named. Else the title is the assignment's name, or the only one in which its words stand.
    """
    found: dict[str, int] = {}
    notes: list[str] = []
    for name in names:
        wanted = squashed(chosen.get(name, name))
        same = [at for at, title in headings.items() if squashed(title) == wanted]
        held = [at for at, title in headings.items() if _within(words_of(name), words_of(title))]
        fitting = same or ([] if name in chosen else held)
        if len(fitting) == 1:
            found[name] = fitting[0]
        else:
            several = ", ".join(headings[at] for at in fitting)
            why = f"fits several columns ({several})" if fitting else "no column of the roster"
            notes.append(f"{name}: {why}: name it with --column {name}=HEADING")
    doubled = {at for at in found.values() if list(found.values()).count(at) > 1}
    notes += [f"{name}: shares its column" for name, at in found.items() if at in doubled]
    return {name: at for name, at in found.items() if at not in doubled}, notes


def _within(part: list[str], whole: list[str]) -> bool:
    starts = range(len(whole) - len(part) + 1)
    return any(whole[at : at + len(part)] == part for at in starts)
