"""Which modules the warm process of an nbgrader course has imported before any student's cell."""

from __future__ import annotations

import importlib.util

from autograder.isolation import Preload
from autograder.stock.given import code_cells, imported
from autograder.stock.model import StockAssignment

ALWAYS: Preload = ("numpy", "autograder.sandbox.bridge", "autograder.sandbox.shell")
# Slow to import, and able to live on after a fork: by the first part of their name.
_HEAVY = {
    "torch": "torch",
    "matplotlib": "matplotlib.pyplot",
    "scipy": "scipy",
    "pandas": "pandas",
    "sklearn": "sklearn",
    "keras": "keras",
}


def preload_for(assignment: StockAssignment) -> Preload:
    """What the assignment's own notebooks import, as far as it is installed and worth it."""
    used = {
        module.partition(".")[0]
        for notebook in assignment.notebooks.values()
        for cell in code_cells(notebook)
        for module in imported(cell.source).values()
    }
    more = (module for top, module in _HEAVY.items() if top in used and _is_there(top))
    return (*ALWAYS, *more)


def _is_there(module: str) -> bool:
    return importlib.util.find_spec(module) is not None
