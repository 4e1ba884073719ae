"""How tests of the release step look into notebooks."""

import json


def source(cell):
    """A cell's text."""
    return "".join(cell["source"])


def text_of(data):
    """The text of all cells of a notebook given as bytes."""
    return "\n".join(source(cell) for cell in json.loads(data)["cells"])


def code_of(data):
    """The code cells of a notebook given as bytes."""
    return [cell for cell in json.loads(data)["cells"] if cell["cell_type"] == "code"]


def by_id(notebook):
    """A parsed notebook's cells by their ids."""
    return {cell["id"]: cell for cell in notebook["cells"]}


def is_figure(cell):
    """Whether a cell only draws."""
    return "figure" in cell["metadata"].get("tags", [])


def is_check(cell):
    """Whether a cell is a task's check cell."""
    return cell["metadata"].get("nbgrader", {}).get("grade", False)


def run_cells(cells):
    """Execute a notebook's code as its kernel would; ids of check cells → what they raised."""
    namespace = {"__name__": "__main__"}
    outcomes = {}
    for cell in cells:
        if not is_figure(cell):
            outcome = None
            try:
                exec(compile(source(cell), cell["id"], "exec"), namespace)
            except Exception as error:  # noqa: BLE001 - whatever a cell raises is its outcome
                outcome = error
            if is_check(cell):
                outcomes[cell["id"]] = outcome
            else:
                assert outcome is None, cell["id"]
    return outcomes
