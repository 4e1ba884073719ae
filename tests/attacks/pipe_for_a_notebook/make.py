"""What is handed in is a pipe: who opens it waits for ever."""

import os


def make(folder):
    os.mkfifo(folder / "vault.ipynb")
