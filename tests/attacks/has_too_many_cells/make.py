"""A notebook of more cells than are read."""

import json


def make(folder):
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "source": "def total(n): return 1"}
    text = json.dumps(
        {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [cell] * 10_000}
    )
    (folder / "vault.ipynb").write_text(text)
