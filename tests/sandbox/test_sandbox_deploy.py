"""``deploy/seccomp.json`` is enough for tier S2, and without its seven calls the cure is named.

The profile is applied as a container runtime does, by libseccomp, to an ordinary user without any
capability.
"""

from __future__ import annotations

import ctypes.util
import json
import os
import subprocess
import sys

import pytest
from users import ORDINARY, ROOT, as_user, interpreter

PROFILE = ROOT / "deploy" / "seccomp.json"
# Of the seven, without `clone`, whose flags only the eye tells apart.
NEEDED = {"mount", "umount2", "pivot_root", "mount_setattr", "unshare", "setns"}

# Reads the profile from standard input, confines itself and runs the rest of its arguments.
CONFINED = """
import ctypes, json, os, sys
library = ctypes.CDLL(sys.argv[1])
library.seccomp_init.restype = ctypes.c_void_p
class Comparison(ctypes.Structure):
    _fields_ = [("index", ctypes.c_uint), ("op", ctypes.c_int),
                ("a", ctypes.c_uint64), ("b", ctypes.c_uint64)]
EQUAL, ALLOW, ERRNO = 4, 0x7FFF0000, 0x00050000
profile = json.load(sys.stdin)
assert profile["defaultAction"] == "SCMP_ACT_ERRNO"
filter = ctypes.c_void_p(library.seccomp_init(ERRNO | profile["defaultErrnoRet"]))
for rule in profile["syscalls"]:
    allowed = rule["action"] == "SCMP_ACT_ALLOW"
    action = ALLOW if allowed else ERRNO | rule["errnoRet"]
    given = rule.get("args", [])
    assert all(one["op"] == "SCMP_CMP_EQ" for one in given)
    compared = (Comparison * len(given))(
        *(Comparison(one["index"], EQUAL, one["value"]) for one in given))
    for name in rule["names"]:
        number = library.seccomp_syscall_resolve_name(name.encode())
        assert number >= 0, name
        failed = library.seccomp_rule_add_array(filter, action, number, len(given), compared)
        assert not failed, (name, failed)
assert library.seccomp_load(filter) == 0
os.execv(sys.argv[2], sys.argv[2:])
"""
DOCTOR = "from autograder.cli import main; import sys; sys.argv[1:] = ['doctor']; main()"


def doctor_under(profile: dict[str, object]) -> subprocess.CompletedProcess[str]:
    library = ctypes.util.find_library("seccomp")
    if library is None:
        pytest.skip("no libseccomp on this machine")
    if os.getuid() == 0:
        python, who = interpreter(ORDINARY), as_user(ORDINARY)
    else:
        python, who = sys.executable, {"capture_output": True, "text": True, "timeout": 300}
    command = [python, "-c", CONFINED, library, python, "-c", DOCTOR]
    return subprocess.run(command, input=json.dumps(profile), **who)


def test_the_profile_is_enough_for_s2():
    done = doctor_under(json.loads(PROFILE.read_text()))
    assert "tier S2   holds" in done.stdout, done.stdout + done.stderr
    assert done.returncode == 0


def test_a_runtime_s_default_refuses_s2_and_s1_works_in_it():
    profile = json.loads(PROFILE.read_text())
    for rule in profile["syscalls"]:
        rule["names"] = [name for name in rule["names"] if name not in NEEDED]
    done = doctor_under(profile)
    assert "tier S2   cannot be used" in done.stdout, done.stdout + done.stderr
    assert "--tier S1" in done.stdout
    assert "tier S1   holds" in done.stdout
    assert done.returncode == 1


def test_the_profile_names_what_the_cure_needs():
    rules = json.loads(PROFILE.read_text())["syscalls"]
    allowed = {
        name
        for rule in rules
        for name in rule["names"]
        if rule["action"] == "SCMP_ACT_ALLOW" and not rule.get("args")
    }
    assert allowed >= NEEDED | {"clone", "landlock_restrict_self", "seccomp"}
    assert not allowed & {"bpf", "kexec_load", "init_module", "keyctl", "ptrace", "clone3"}
