"""An archive with names that are one where capitals do not count."""

import zipfile


def make(folder):
    with zipfile.ZipFile(folder / "vault.zip", "w") as archive:
        archive.writestr("vault.py", "def total(numbers):\n    return 0\n")
        archive.writestr("VAULT.py", "def total(numbers):\n    return sum(numbers)\n")
