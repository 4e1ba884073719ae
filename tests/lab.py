"""JupyterLab on a small copy of our course, as ``make lab`` starts it: one server, one class."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
SLUGS = ("questions", "output_size")
_START = 60.0  # seconds until the server must answer
_STOP = 15.0
_COMMAND = "import sys; from autograder.cli import main; sys.exit(main())"


class Lab:
    """A course with its class; and, while it runs, a server."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.course = root / "course"
        self.token = secrets.token_hex(16)
        self.port = 0
        _copy_course(self.course)

    @property
    def url(self) -> str:
        """The server's address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """Nothing of whoever runs the tests: no settings, no home."""
        folders = {
            f"JUPYTER_{name}_DIR": str(self.root / name.lower())
            for name in ("CONFIG", "DATA", "RUNTIME")
        }
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        return os.environ | folders | {"HOME": str(self.root), "PATH": path}

    # ------------------------------------------------------------ the class

    def hand_in(self, student: str, **sources: str) -> None:
        """The released notebook of ``questions``, with other sources in some cells."""
        notebook = json.loads((self.course / "release/fr/questions/questions.ipynb").read_bytes())
        for cell in notebook["cells"]:
            cell["source"] = sources.get(cell["id"], cell["source"])
        self._place(student, "questions").write_text(json.dumps(notebook))

    def hand_in_example(self, student: str, slug: str) -> None:
        """What the made-up student of this name has done."""
        file = ROOT / "examples/submissions" / student / slug / f"{slug}.ipynb"
        shutil.copy(file, self._place(student, slug))

    def _place(self, student: str, slug: str) -> Path:
        path = self.course / "submissions" / student / slug / f"{slug}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def autograder(self, *arguments: str) -> str:
        """Run the command line in the course; what it printed, once it succeeded."""
        run = subprocess.run(
            [sys.executable, "-c", _COMMAND, *arguments],
            cwd=self.course, env=self.environment,
            capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        assert run.returncode == 0, run.stderr
        return run.stdout

    def grade(self) -> None:
        """The two steps of ``make lab`` before the server."""
        self.autograder("grade", "submissions", "--quiet")
        self.autograder("gradebook")

    # ------------------------------------------------------------ the server

    @contextmanager
    def served(self) -> Iterator[None]:
        """JupyterLab on loopback, until the block ends."""
        self.port = _free_port()
        with (self.root / "jupyter.log").open("w") as log:
            server = subprocess.Popen(
                [Path(sys.executable).parent / "jupyter", "lab", *self._options()],
                cwd=self.course, env=self.environment,
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip
            try:
                self._wait(server)
                yield
            finally:
                _end(server)

    def _options(self) -> list[str]:
        root = ["--allow-root"] if os.geteuid() == 0 else []
        return [
            "--no-browser", "--ip=127.0.0.1", f"--port={self.port}", "--ServerApp.port_retries=0",
            f"--IdentityProvider.token={self.token}", *root,
        ]  # fmt: skip

    def _wait(self, server: subprocess.Popen[bytes]) -> None:
        ends = time.monotonic() + _START
        while time.monotonic() < ends and server.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/api", timeout=5):
                    return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.2)
        raise AssertionError((self.root / "jupyter.log").read_text())


def _copy_course(course: Path) -> None:
    for part in ("assignments", "reference", "release/fr", "release/en"):
        (course / part).mkdir(parents=True)
        for slug in (*SLUGS, "networks"):
            for path in (ROOT / part).glob(f"{slug}*"):
                copy = shutil.copytree if path.is_dir() else shutil.copy
                copy(path, course / part / path.name)
    shutil.copy(ROOT / "nbgrader_config.py", course)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _end(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(_STOP)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
