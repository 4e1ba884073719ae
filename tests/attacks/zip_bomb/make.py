"""An archive of 60 kB that would be 60 MB."""

import zipfile


def make(folder):
    with zipfile.ZipFile(folder / "vault.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(4):
            archive.writestr(f"vault{number}.py", bytes(15 << 20))
