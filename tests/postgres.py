"""A real PostgreSQL server on loopback, in a temporary folder, for the time of some tests."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

USER = "instructor"
SECONDS = 60


@dataclass(frozen=True)
class Server:
    """Where it listens; ``url`` names one of its databases, as a course's configuration would."""

    port: int
    password: str

    def url(self, name: str) -> str:
        return f"postgresql://{USER}:{self.password}@127.0.0.1:{self.port}/{name}"


def _programs() -> Path:
    """The folder of the newest server that is installed."""
    if importlib.util.find_spec("psycopg") is None:
        pytest.skip("psycopg is not installed: nothing can talk to PostgreSQL")
    found = [Path(path).parent for path in [shutil.which("initdb")] if path]
    versions = Path("/usr/lib/postgresql").glob("[0-9]*/bin/initdb")
    found += sorted((path.parent for path in versions), key=lambda folder: int(folder.parts[-2]))
    if not found:
        pytest.skip("no PostgreSQL server is installed: there is no initdb")
    return found[-1]


def _somebody() -> int | None:
    """Who runs it: an ordinary user, which PostgreSQL demands; None: who runs the tests."""
    if os.getuid() != 0:
        return None
    return pwd.getpwnam("nobody").pw_uid


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextlib.contextmanager
def server() -> Iterator[Server]:
    """Start one, and stop it at the end. Skips the test where there is none."""
    programs, uid = _programs(), _somebody()
    with tempfile.TemporaryDirectory(prefix="autograder-pg-", dir="/tmp") as folder:
        home, password = Path(folder), secrets.token_hex(8)
        (home / "password").write_text(password)
        if uid is not None:
            for path in (home, home / "password"):
                os.chown(path, uid, -1)

        def run(program: str, *arguments: str) -> None:
            line = [programs / program, "-D", home / "data", *arguments]
            done = subprocess.run(
                line, user=uid, cwd=home, timeout=SECONDS,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            )  # fmt: skip
            assert done.returncode == 0, done.stderr.decode()

        made = ("--auth=scram-sha-256", f"--pwfile={home}/password", f"--username={USER}")
        run("initdb", *made, "--encoding=UTF8", "--locale=C", "--no-sync")
        port = _free_port()
        options = f"-c listen_addresses=127.0.0.1 -c port={port} -k {home} -c fsync=off"
        run("pg_ctl", "start", "-w", "-s", "-l", f"{home}/log", "-o", options)
        try:
            yield Server(port, password)
        finally:
            run("pg_ctl", "stop", "-w", "-s", "-m", "immediate")
