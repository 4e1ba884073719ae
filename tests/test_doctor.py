"""``autograder doctor``: every protection by name, what is missing, and the cure."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from autograder import cli, doctor
from autograder.doctor import Tried
from autograder.errors import SandboxUnavailable
from autograder.model import Tier
from autograder.sandbox import hierarchy, host, probes
from autograder.sandbox.selftest import HELD, WATCHED

ROOT = Path(__file__).resolve().parents[1]
PROTECTIONS = {
    *(probes.READING, probes.CHANGING, probes.SHARED, probes.PROGRAMS, probes.NETWORK),
    *(probes.CALLS, probes.RIGHTS, probes.LIMITED),
}


def test_a_tier_that_is_there_names_every_protection():
    tried = doctor.attempt(Tier.S2)
    if tried.missing:
        pytest.skip(" ".join(tried.missing))
    groups, _ = hierarchy.found()
    assert set(tried.found) == PROTECTIONS | {probes.WORLD, WATCHED} | ({HELD} if groups else set())
    if groups:
        groups.close()
    assert 0 < tried.seconds < 5


@pytest.mark.parametrize("user", ["ours", "one without groups"])
def test_the_control_groups_are_named_or_why_there_are_none(monkeypatch, user):
    if user != "ours":
        monkeypatch.setattr(hierarchy, "found", lambda: (None, "nobody gave any"))
    groups, why = hierarchy.found()
    lines, _ = doctor.examined()
    found = [line.strip() for line in lines if "control groups:" in line or host.UNHELD in line]
    if groups:
        groups.close()
        assert found == [f"control groups: version {groups.version}"]
    else:
        assert found == [f"control groups: {why}", host.UNHELD]


def test_the_self_test_s_time_does_not_hide_what_is_missing(monkeypatch):
    tiers = {
        Tier.S2: Tried(Tier.S2, {"no network": ["sockets can be made"], "limits": []},
                       ("sockets can be made",), "Report this.", 0.02),
        Tier.S1: Tried(Tier.S1, {}, ("Landlock version 4 is needed",), "Use a newer kernel."),
    }  # fmt: skip
    monkeypatch.setattr(doctor, "attempt", tiers.__getitem__)
    done = CliRunner().invoke(cli.cli, ["doctor"])
    assert done.exit_code == 1
    assert "tier S2   cannot be used" in done.output
    for line in ("✗ no network", "✓ limits", "✗ sockets can be made", "Report this."):
        assert f"  {line}" in done.output
    assert "✗ Landlock version 4 is needed" in done.output
    assert "Use a newer kernel." in done.output


@pytest.mark.parametrize(
    ("open_", "words"),
    [({WATCHED: ["unread"]}, "hidepid"), ({WATCHED: ["unread"], "x": ["open"]}, "report")],
)
def test_the_cure_is_that_of_what_is_missing(monkeypatch, open_, words):
    monkeypatch.setattr(doctor, "examine", lambda sandbox: {"x": [], **open_})
    tried = doctor.attempt(Tier.S2)
    assert len(tried.missing) == len(open_), tried
    assert words in tried.cure


def test_what_cannot_be_tried_is_missing_with_its_cure(monkeypatch):
    def refuse(*_arguments, **_keywords):
        raise SandboxUnavailable(["no namespaces"], "Ask for some.")

    monkeypatch.setattr(doctor, "trial", refuse)
    assert doctor.attempt(Tier.S2) == Tried(Tier.S2, {}, ("no namespaces",), "Ask for some.")


def test_other_systems_are_told_where_to_grade():
    source = (
        "import sys, os; sys.platform = 'darwin'\n"
        "del os.sched_getaffinity, os.sysconf\n"
        "from autograder.doctor import examined\n"
        "lines, well = examined()\nprint('\\n'.join(lines), well)"
    )
    done = subprocess.run([sys.executable, "-c", source], cwd=ROOT, capture_output=True, text=True)
    assert "autograder check" in done.stdout, done.stderr
    assert done.stdout.rstrip().endswith("False")
