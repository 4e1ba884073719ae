"""The new root holds what it should, wherever that lies."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

BUILD = """
import os, sys
from autograder.sandbox import kernel, libraries, rootfs
kernel.unshare(kernel.NEW_MOUNTS)
rootfs.build([*libraries.interpreter(), sys.argv[1], *rootfs.SYSTEM], "/notebook")
print(os.listdir(sys.argv[1]), os.path.exists("/root/.bashrc"))
"""


@pytest.mark.skipif(os.getuid() != 0, reason="mounting without a user namespace takes root")
def test_a_library_below_tmp_is_there(tmp_path):
    """The root is built on /tmp: names below it are covered before they are mounted."""
    library = tmp_path / "site-packages"
    library.mkdir()
    (library / "module.py").write_text("")
    command = [sys.executable, "-c", BUILD, str(library)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == "['module.py'] False\n", done.stderr
