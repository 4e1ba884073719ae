"""What this machine offers, and what to do where a protection is missing. Runs everywhere."""

from __future__ import annotations

import errno
import os
import platform
import sys
from collections.abc import Iterator
from pathlib import Path

from autograder.errors import SandboxUnavailable
from autograder.model import Tier

_ELSEWHERE = (
    "Grade on Linux: a Linux machine, Docker Desktop or WSL 2. "
    "`autograder check NOTEBOOK` works on every system."
)
_APPARMOR = (
    "This system (Ubuntu 23.10 or later) keeps ordinary programs from making user namespaces. "
    "Run the grader as root, or install the AppArmor profile deploy/apparmor for its Python "
    "(deploy/README.md says how), or grade with `--tier S1`."
)
_CONTAINER = (
    "In a container the default seccomp profile refuses new namespaces. Start it as an ordinary "
    "user with ours (`docker run --user 1000 --security-opt seccomp=deploy/seccomp.json`, and "
    "`--security-opt apparmor=unconfined` where AppArmor is on), or grade with `--tier S1`."
)
_KUBERNETES = (
    "In a pod the runtime's default seccomp profile refuses new namespaces. Copy "
    "deploy/seccomp.json below the kubelet's seccomp folder of each node and name it in the pod's "
    "securityContext, as deploy/kubernetes.yaml does, or grade with `--tier S1`."
)
_USER_NAMESPACES = (
    "User namespaces are switched off. Allow them "
    "(`sysctl kernel.unprivileged_userns_clone=1`, `sysctl user.max_user_namespaces=10000`), "
    "run the grader as root, or grade with `--tier S1`."
)
_NAMESPACES = "Run the grader as root, or grade with `--tier S1`."
_NO_LANDLOCK = (
    "Landlock is part of Linux from 5.13 on (tier S1 needs 6.7, network rules): use a newer "
    "kernel, or add `landlock` to the `lsm=` list on the kernel's command line."
)
_UNREADABLE = (
    "As root, tier S1 runs each submission as a user of its own, who cannot read this Python or "
    "its libraries. Install both where everyone may read them (not below /root), run the grader "
    "as an ordinary user, or use tier S2."
)

_POWERLESS_ROOT = (
    "Root without its capabilities (a container with `--cap-drop`) cannot become another user. "
    "Run the grader as an ordinary user (`docker run --user 1000`)."
)
UNWATCHED = (
    "The grader adds up a submission's memory in /proc/PID/task/TID/children and status. "
    "Mount /proc without `hidepid` (`mount -o remount,hidepid=0 /proc`) and use a kernel with "
    "CONFIG_PROC_CHILDREN, run the grader as root, or grade with `--tier S1`."
)
UNHELD = (
    "The memory of a submission's processes is added up twenty times a second instead. For limits "
    "by the kernel start the grader in a control group of its own: "
    "`systemd-run --user --scope -p Delegate=yes autograder grade …`, as root without `--user`."
)
UNEXPECTED = (
    "Nothing was graded. This kernel does not do what it says it does, or the grader is wrong: "
    "please report this with the output of `uname -a`."
)


def require(tier: Tier) -> None:
    """Raise SandboxUnavailable on a system where ``tier`` cannot exist."""
    if tier is Tier.S0:
        raise SandboxUnavailable(["tier S0 isolates nothing"], "Choose S2 or S1.")
    if sys.platform != "linux":
        raise SandboxUnavailable([f"{platform.system()} has no sandbox for code"], _ELSEWHERE)
    from autograder.sandbox import landlock, seccomp

    if not seccomp.supported():
        missing = f"there is no list of system calls for {platform.machine()} yet"
        raise SandboxUnavailable([missing], "Grade on an x86-64 machine.")
    version, needed = landlock.version(), 1 if tier is Tier.S2 else 4
    if version < needed:
        missing = f"Landlock version {needed} is needed, this kernel has {version or 'none'}"
        raise SandboxUnavailable([missing], _NO_LANDLOCK)


def cure(tier: Tier, code: int, system: Path = Path("/")) -> str:
    """What to do where a step of ``tier`` was refused with the error number ``code``.

    ``system`` is the root of the machine that is looked at.
    """
    if tier is not Tier.S2:
        return _UNREADABLE if code == errno.EACCES else _POWERLESS_ROOT
    if _setting(system, "kernel/apparmor_restrict_unprivileged_userns") == "1":
        return _APPARMOR
    if _in_pod(system):
        return _KUBERNETES
    if _in_container(system):
        return _CONTAINER
    closed = _setting(system, "kernel/unprivileged_userns_clone") == "0"
    if closed or _setting(system, "user/max_user_namespaces") == "0":
        return _USER_NAMESPACES
    return _NAMESPACES


def kernel(system: Path = Path("/")) -> Iterator[tuple[str, str]]:
    """What the sandbox is built on, and what there is of it. Linux only."""
    from autograder.sandbox import landlock, seccomp

    yield "Landlock", f"version {landlock.version()} (S2 needs 1, S1 needs 4)"
    known = "system calls are known" if seccomp.supported() else "no list of system calls for it"
    yield "seccomp", known
    most = _setting(system, "user/max_user_namespaces") or "unknown"
    yield "user namespaces", f"at most {most}"
    if _setting(system, "kernel/apparmor_restrict_unprivileged_userns") == "1":
        yield "AppArmor", "keeps ordinary programs from making user namespaces"
    where = "a pod" if _in_pod(system) else "a container" if _in_container(system) else "neither"
    yield "container or pod", where


def _in_pod(system: Path) -> bool:
    if "KUBERNETES_SERVICE_HOST" in os.environ:
        return True
    return "kubepods" in _text(system / "proc/self/cgroup")


def _in_container(system: Path) -> bool:
    return (system / ".dockerenv").exists() or (system / "run/.containerenv").exists()


def _setting(system: Path, name: str) -> str:
    return _text(system / "proc/sys" / name).strip()


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
