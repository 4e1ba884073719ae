"""The self-test passes on a complete sandbox and notices a protection that is taken out (T32)."""

from __future__ import annotations

import errno
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.errors import SandboxUnavailable
from autograder.model import Tier
from autograder.sandbox import hierarchy, host
from autograder.sandbox.selftest import available_tier, selftest

ROOT = Path(__file__).parents[2]

# protection: file, the line that gives it, what replaces it, a word of the complaint
TAKEN_OUT = {
    "seccomp": ("confine.py", "refusals.confine(program, told)", "pass", "sockets"),
    "the seal": ("refusals.py", "kernel.install_filter(chosen.sealing)", "pass", "sendmsg"),
    "the answer": ("refusals.py", "-errno.EPERM, 0)", "0, 1)", "sockets"),  # 1: go on
    "Landlock": ("confine.py", "landlock.enforce(", "os.close(", "root folder"),
    "processes": ("limits.py", "limits.processes + others", "10**6", "processes"),
    "memory": ("limits.py", "mapped + limits.memory_mib * MIB", "1 << 50", "memory"),
    "file size": ("limits.py", "limits.disk_mib * MIB", "1 << 50", "size of a file"),
    "descriptors": ("limits.py", "limits.open_files)", "5000)", "open files"),
    "CPU time": ("limits.py", "math.ceil(limits.cpu_seconds)", "10**6", "CPU time"),
    "core dumps": ("limits.py", "_lower(resource.RLIMIT_CORE, 0)", "pass", "core"),
    "environment": ("program.py", "env={**ENVIRONMENT", "env={'LEFT': 'x', **ENVIRONMENT", "LEFT"),
    "close": ("confine.py", "kernel.close_range(len(moved))", "pass", "descriptors"),
    "work size": ("rootfs.py", "size={mib}m", "size=999m", "folder"),
    "user": ("confine.py", "inside=NOBODY", "inside=0", "root"),
    "shared memory": (
        *("seccomp.py", "_when(_MMAP, _no_shared_memory())"),
        *("_when(_MMAP, [(_RETURN, 0, 0, _ALLOW)])", "shared memory that no limit"),
    ),
    "shared zeros": ("rootfs.py", '"/dev/urandom")', '"/dev/urandom", "/dev/zero")', "/dev/zero"),
    "modes": (
        *("seccomp.py", "(_ALLOWED_WITH_NAMESPACES if namespaces else {})"),
        *("_ALLOWED_WITH_NAMESPACES", "modes and times"),
    ),
    "locks": (
        *("seccomp.py", "_when(_FCNTL, _one_of(1, commands, errno.EPERM))"),
        *("_when(_FCNTL, [(_RETURN, 0, 0, _ALLOW)])", "locked"),
    ),
    "commands": (
        *("seccomp.py", "_when(_IOCTL, _ioctl(gpu))"),
        *("_when(_IOCTL, [(_RETURN, 0, 0, _ALLOW)])", "take commands"),
    ),
    "process options": (
        *("seccomp.py", "_when(_PRCTL, _one_of(0, _PRCTL_OPTIONS, errno.EPERM))"),
        *("_when(_PRCTL, [(_RETURN, 0, 0, _ALLOW)])", "opened to others"),
    ),
    "limits of others": (
        *("seccomp.py", "_when(_PRLIMIT, _own_limits_only())"),
        *("_when(_PRLIMIT, [(_RETURN, 0, 0, _ALLOW)])", "prlimit64"),
    ),
    "another architecture": (
        *("seccomp.py", "(_AT_LEAST, 0, 1, _X32_BIT)", "(_AT_LEAST, 1, 1, _X32_BIT)"),
        "another architecture",
    ),
    "capabilities": ("confine.py", "kernel.drop_capabilities()", "pass", "CapEff"),
    "stack": ("limits.py", "_lower(resource.RLIMIT_STACK, STACK)", "pass", "stack"),
    "locked memory": ("limits.py", "_lower(resource.RLIMIT_MEMLOCK, 0)", "pass", "stays in place"),
    "queues": ("limits.py", "_lower(resource.RLIMIT_MSGQUEUE, 0)", "pass", "message queues"),
    "watch": ("watch.py", '"children"', '"absent"', "memory of processes"),
    "group": ("nursery.py", 'os.write(join, b"0")', "pass", "outside its control group"),
    "group's memory": ("cgroups.py", "self._limit_memory(allowed[0])", "pass", "not limit it"),
    "group's processes": (
        *("cgroups.py", 'self._write("pids", "pids.max", allowed[1])'),
        *("pass", "not limit it"),
    ),
    "processes of others": ("confine.py", "| kernel.NEW_PIDS", "", "setns"),
}
ONLY = {
    Tier.S2: {"work size", "user", "processes of others", "watch", "capabilities"},
    Tier.S1: {"modes"},
}

HELD = {"group", "group's memory", "group's processes"}  # where the kernel's groups are to be had

CHECK = """
import sys
sys.path.insert(0, sys.argv[1])
from autograder.errors import SandboxUnavailable
from autograder.model import Tier
from autograder.sandbox.launcher import Nursery
from autograder.sandbox import hierarchy
from autograder.sandbox.selftest import selftest
groups = hierarchy.found()[0] if sys.argv[3:] else None
with Nursery((), tier=Tier(sys.argv[2]), slots=1, groups=groups) as nursery:
    try:
        selftest(nursery.sandbox(0))
    except SandboxUnavailable as error:
        print(error)
if groups:
    groups.close()
"""


def test_a_complete_sandbox_passes(sandbox):
    selftest(sandbox)


@pytest.mark.parametrize("protection", TAKEN_OUT)
def test_a_missing_protection_is_noticed(sandbox, tmp_path, protection):
    if any(protection in ONLY[tier] for tier in ONLY if tier is not sandbox.tier):
        pytest.skip("not part of this tier")
    if protection in HELD and sandbox.held is None:
        pytest.skip(hierarchy.found()[1])
    file, given, instead, complaint = TAKEN_OUT[protection]
    shutil.copytree(ROOT / "autograder", tmp_path / "autograder")
    weakened = tmp_path / "autograder" / "sandbox" / file
    text = weakened.read_text(encoding="utf-8")
    assert given in text
    weakened.write_text(text.replace(given, instead), encoding="utf-8")
    done = subprocess.run(
        # A group would stand behind other protections.
        [sys.executable, "-c", CHECK, str(tmp_path), sandbox.tier, *HELD & {protection}],
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert complaint in done.stdout + done.stderr, done
    assert done.stdout or "Error" in done.stderr


def test_a_tier_that_exists_is_found():
    try:
        assert available_tier(Tier.S1) in (Tier.S2, Tier.S1)
    except SandboxUnavailable as error:
        pytest.skip(str(error))


def test_no_tier_is_no_sandbox():
    with pytest.raises(SandboxUnavailable, match="S0"):
        host.require(Tier.S0)


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_other_systems_can_import_and_are_told_where_to_grade(system):
    """Modules that exist on Linux only must not be needed for an import."""
    source = f"""
import importlib.abc, sys
sys.path.insert(0, {str(ROOT)!r})
class Absent(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name in ("fcntl", "resource", "termios", "pwd", "grp"):
            raise ModuleNotFoundError(name)
import numpy
for name in ("fcntl", "resource", "termios", "pwd", "grp"):
    sys.modules.pop(name, None)
sys.meta_path.insert(0, Absent())
sys.platform = {system!r}
from autograder.errors import SandboxUnavailable
from autograder.model import Tier
from autograder.sandbox.launcher import Nursery
from autograder.sandbox.selftest import selftest
try:
    Nursery((), tier=Tier.S2, slots=1)
except SandboxUnavailable as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True)
    assert "autograder check" in done.stdout, done.stderr


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"proc/sys/kernel/apparmor_restrict_unprivileged_userns": "1\n"}, "AppArmor"),
        ({".dockerenv": ""}, "--security-opt"),
        ({"proc/self/cgroup": "1:memory:/kubepods/besteffort/pod1\n"}, "kubernetes.yaml"),
        ({"proc/sys/user/max_user_namespaces": "0\n"}, "sysctl"),
        ({}, "root"),
    ],
)
def test_the_cure_fits_the_machine(tmp_path, files, words):
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert words in host.cure(Tier.S2, errno.EPERM, system=tmp_path)


def test_the_cure_for_s1_fits_the_error():
    assert "not below /root" in host.cure(Tier.S1, errno.EACCES)
    assert "--user" in host.cure(Tier.S1, errno.EPERM)
