"""Notebooks handed in as Python scripts: where their cells begin, and in which encoding."""

import re

import nbformat
import pytest
from notebooks import refusal, sources

from autograder.notebook import answer_ids, refusals


@pytest.mark.parametrize(
    ("script", "cells"),
    [
        ("x = 1\n", ["x = 1\n"]),
        ("# %%\na\n# %% [markdown]\n# prose\n# %%\nb", ["a\n", "b"]),
        ("#%% titre\na\n#%%\nb\n# %%%% sous-titre\nc", ["a\n", "b\n", "c"]),
        (
            "#!/usr/bin/env python\n# coding: utf-8\n\n# In[1]:\n\n\na\n\n\n# In[ ]:\nb",
            ["\n\na\n\n\n", "b"],
        ),
        ("# +\na\n# -\n\n# prose\n\n# + tags=['x']\nb", ["a\n", "\n# prose\n\n", "b"]),
        ("# <codecell>\na\n# <markdowncell>\n# t\n# <codecell>\nb", ["a\n", "b"]),
        ("a\n# %%\nb", ["a\n", "b"]),
        ("# ---\n# jupyter:\n# ---\n# %%\nb", ["b"]),
        (
            "def f():\n    a\n# %% au milieu\n    return 2\n# %%\nb",
            ["def f():\n    a\n# %% au milieu\n    return 2\n", "b"],
        ),
        ("# %%\n# %%time\na", ["# %%time\na"]),
        ("x = 1\r\n# %%\r\ny\r\n", ["x = 1\n", "y\n"]),
        ("", []),
        ("# %%\n\n# %%\n", []),
    ],
)
def test_a_script_is_cut_into_cells(script, cells):
    assert sources(script.encode(), "convolution.py") == cells


def test_a_script_exported_by_jupytext_has_the_cells_of_its_notebook():
    import jupytext

    new = nbformat.v4
    cells = [
        new.new_code_cell("a = 1"),
        new.new_markdown_cell("# T"),
        new.new_code_cell("def f():\n\n    return 1"),
    ]
    cells[2].metadata["nbgrader"] = {"grade_id": "pad", "solution": True}
    for form in ("py:percent", "py:light"):
        script = jupytext.writes(new.new_notebook(cells=cells), fmt=form).encode()
        code_only = [re.sub("(?m)^#.*", "", text).strip() for text in sources(script, "a.py")]
        assert code_only == ["a = 1", "def f():\n\n    return 1"]
        assert answer_ids(script, "a.py") == {"pad"}


@pytest.mark.parametrize(
    "cookie",
    ["# -*- coding: latin-1 -*-", "# coding: iso-8859-15", "# vim: set fileencoding=cp1252 :"],
)
def test_a_declared_encoding_is_followed(cookie):
    encoding = "latin-1"
    assert sources(f"{cookie}\ns = 'é'".encode(encoding), "a.py") == [f"{cookie}\ns = 'é'"]


def test_undeclared_or_exotic_encodings_are_refused():
    assert refusal("s = 'é'".encode("latin-1"), "a.py") == refusals.NOT_TEXT
    assert refusal(b"# coding: rot13\nk", "a.py") == refusals.ODD_ENCODING
    assert refusal(b"# coding: utf-8\n'\xe9'", "a.py") == refusals.NOT_TEXT
    assert sources("# coding: latin-1\n'é'".encode("utf-8-sig"), "a.py") == [
        "# coding: latin-1\n'é'"
    ]
