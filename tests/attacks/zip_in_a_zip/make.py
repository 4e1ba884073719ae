"""An archive in an archive in an archive."""

import io
import zipfile


def make(folder):
    data, name = b"def total(numbers):\n    return sum(numbers)\n", "vault.py"
    for _ in range(3):
        inside = io.BytesIO()
        with zipfile.ZipFile(inside, "w") as archive:
            archive.writestr(name, data)
        data, name = inside.getvalue(), "vault.zip"
    (folder / "vault.zip").write_bytes(data)
