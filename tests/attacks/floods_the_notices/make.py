"""A notebook in which every cell fails, each with as much to say as may be shown."""

import json


def make(folder):
    sources = [f"raise ValueError('{number} ' + 'é\u200b' * 1000)" for number in range(2000)]
    cells = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": one} for one in sources]
    text = json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells})
    (folder / "vault.ipynb").write_text(text)
