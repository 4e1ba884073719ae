"""The same tests again as an ordinary user, and as root where root may use tier S1."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from users import ORDINARY, as_user, home_of, interpreter

FOLDER = Path(__file__).parent
EVERYTHING = (
    *("refusals", "limits", "memory", "state", "endings", "lifetime", "selftest"),
    *("gpu", "weights", "outside", "siblings", "honest", "refused", "cgroups", "watchdog"),
)

AGAIN = {
    # taking a protection out costs a second each and does not depend on the user: S1's own will do
    "an ordinary user": (
        ORDINARY,
        EVERYTHING,
        "not missing_protection or (S1 and (seccomp or Landlock or processes or modes))",
    ),
    "root in S1": (
        0,
        tuple(name for name in EVERYTHING if name not in ("selftest", "gpu", "weights")),
        "S1",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("who", AGAIN)
def test_the_suite_again_as(who):
    if os.getuid() != 0:
        pytest.skip("only root can become somebody else")
    uid, names, chosen = AGAIN[who]
    python = interpreter(ORDINARY)  # for root, too: its slots are ordinary users
    with home_of(uid) as home:
        done = subprocess.run(
            [
                *(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", chosen),
                *(f"--basetemp={home}/pytest", "-W", "error"),
                *(str(FOLDER / f"test_sandbox_{name}.py") for name in names),
            ],
            **as_user(uid, home),
        )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
    assert " passed" in done.stdout
    assert "cannot read this Python" not in done.stdout, "a tier was left out"
