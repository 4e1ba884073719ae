"""A notebook that is large by its outputs."""

import json


def make(folder):
    output = {
        "output_type": "display_data",
        "metadata": {},
        "data": {"image/png": "A" * (21 << 20)},
    }
    cell = {"cell_type": "code", "metadata": {}, "outputs": [output], "source": "x = 1"}
    text = json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [cell]})
    (folder / "vault.ipynb").write_text(text)
