"""An archive whose members have paths that lead out of its folder."""

import zipfile

RIGHT = "def total(numbers):\n    return sum(numbers)\n"


def make(folder):
    with zipfile.ZipFile(folder / "vault.zip", "w") as archive:
        archive.writestr("vault.py", RIGHT)
        archive.writestr("../../../pwned-by-a-zip.py", RIGHT)
        archive.writestr("@RUN@/pwned-by-a-zip.py", RIGHT)
