"""Sources that are hard on whoever parses or searches them; the last cell is right."""

import json

NASTY = [
    "(" * 100_000,
    "x = " + "-" * 100_000 + "1",
    "x = " + "[" * 5000 + "]" * 5000,
    "x = " + "1 if 1 else " * 20_000 + "1",
    "x = " + "f'{" * 300,
    "\\\n" * 100_000,
    '"' * 100_001 + "\xa0\t" * 50_000,
    "# In[" + " " * 200_000 + "x" + "# coding: " * 1000,
    "é" * 100_000 + "\xa0" * 100_000 + "а" * 100_000,
    "%" * 100_000 + "\n" + "!" * 100_000 + "\n" + "x = ?" * 20_000,
    "\x00\x0c\x1a",
]


def make(folder):
    sources = [*NASTY, "def total(numbers):\n    return sum(numbers)\n"]
    cells = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": one} for one in sources]
    text = json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells})
    (folder / "vault.ipynb").write_text(text)
