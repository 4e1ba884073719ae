"""The filter, instruction by instruction: what it answers to every call, on both tiers."""

from __future__ import annotations

import errno
import itertools
import platform
import struct

import pytest

from autograder.sandbox import calls, seccomp

X86_64, I386 = 0xC000003E, 0x40000003
ALLOW, KILL, TELL = 0x7FFF0000, 0x80000000, 0x7FC00000
PID = 4321


def refusal(code: int) -> int:
    return 0x00050000 | code


def answer(program: bytes, number: int, *args: int, arch: int = X86_64) -> int:
    """Run the program as the kernel does; every jump must stay inside it."""
    words = [word & 0xFFFFFFFFFFFFFFFF for word in (*args, 0, 0, 0, 0, 0, 0)][:6]
    data = struct.pack("=iIQ6Q", number, arch, 0, *words)
    code = list(struct.iter_unpack("=HBBI", program))
    at, loaded = 0, 0
    while True:
        operation, true, false, k = code[at]
        at += 1
        if operation == 0x20:
            (loaded,) = struct.unpack_from("=I", data, k)
        elif operation == 0x54:
            loaded &= k
        elif operation == 0x06:
            return k
        else:
            holds = {0x15: loaded == k, 0x35: loaded >= k, 0x45: bool(loaded & k)}[operation]
            at += true if holds else false


@pytest.fixture(params=[True, False], ids=["S2", "S1"])
def namespaces(request):
    return request.param


@pytest.fixture
def program(namespaces):
    return seccomp.program(namespaces=namespaces, pid=PID)


def test_only_listed_calls_are_allowed(program, namespaces):
    allowed = {number for number in range(1024) if answer(program, number) == ALLOW}
    # with arguments of zero: mmap, fcntl(0, F_DUPFD), prlimit(0, 0, NULL) and, with S2, clone
    checked = {9, 72, 302} | ({56} if namespaces else set())
    listed = set(seccomp._ALLOWED.values())
    if namespaces:
        listed |= set(seccomp._ALLOWED_WITH_NAMESPACES.values())
    assert allowed == listed | checked


def test_what_came_later_and_what_hides_its_arguments_is_absent(program, namespaces):
    later = set(range(440, 600)) - (set() if namespaces else {452})
    for number in (425, 426, 427, 435, 437, *later):
        assert answer(program, number) == refusal(errno.ENOSYS), number


def test_foreign_architectures_are_killed(program):
    for number in range(512):
        assert answer(program, number, arch=I386) == KILL
        assert answer(program, number | 0x40000000) == KILL


def test_dangerous_calls_are_refused(program):
    for number in (41, 46, 47, 53, 59, 62, 101, 109, 112, 155, 160, 161, 165, 272, 308, 321, 322):
        assert answer(program, number) == refusal(errno.EPERM), number


@pytest.mark.parametrize("number", [90, 91, 268, 280, 452])
def test_modes_and_times_change_only_where_the_rest_is_read_only(program, namespaces, number):
    changed = refusal(errno.ENOSYS) if number == 452 else ALLOW
    assert answer(program, number) == (changed if namespaces else refusal(errno.EPERM))


@pytest.mark.parametrize("number", [132, 235, 261, 92, 93, 94, 260, 188, 189, 190])
def test_modes_and_times_change_in_no_other_way(program, number):
    assert answer(program, number) == refusal(errno.EPERM)


def test_shared_memory_only_of_a_file(program):
    for other, high in itertools.product((0, 0x10, 0x4000, 0x20000, 0x40000), (0, 1 << 32)):
        for kind, expected in (
            *((0x01, ALLOW), (0x02, ALLOW), (0x22, ALLOW), (0x20, ALLOW)),
            *((0x21, refusal(errno.EPERM)), (0x23, refusal(errno.EPERM))),
        ):
            assert answer(program, 9, 0, 4096, 3, kind | other | high) == expected, hex(kind)


def test_fork_only_with_a_process_namespace(program, namespaces):
    threads = 0x3D0F00  # what the C library asks for
    expected = ALLOW if namespaces else refusal(errno.EPERM)
    assert answer(program, 56, threads) == ALLOW
    assert answer(program, 56, 0x1200011) == expected  # fork in the C library
    assert answer(program, 57) == expected
    assert answer(program, 58) == expected


@pytest.mark.parametrize("bit", [7, 17, 25, 26, 27, 28, 29, 30])
def test_no_new_namespace_in_any_company(program, bit):
    for flags in (0, 0x3D0F00, 0x1200011, 0x7 << 40):
        assert answer(program, 56, flags | 1 << bit) == refusal(errno.EPERM)


def test_signals_reach_only_itself(program, namespaces):
    assert answer(program, 234, PID, PID, 6) == ALLOW
    expected = ALLOW if namespaces else refusal(errno.EPERM)
    for other in (1, PID + 1, 0, -1):
        assert answer(program, 234, other, other, 9) == expected
    assert answer(program, 62, PID, 9) == refusal(errno.EPERM)


@pytest.mark.parametrize(
    ("number", "index", "allowed", "code"),
    [
        (72, 1, seccomp._FCNTL_COMMANDS, errno.EPERM),
        (16, 1, seccomp._IOCTL_COMMANDS, errno.ENOTTY),
        (157, 0, seccomp._PRCTL_OPTIONS, errno.EPERM),
    ],
)
def test_commands_come_from_a_list_whatever_the_high_half(program, number, index, allowed, code):
    commands = {*allowed, *range(2048), 0x5412, 0x541C, 0x8902}
    for command, high in itertools.product(commands, (0, 1 << 32)):
        args = [0, 0]
        args[index] = command | high
        expected = ALLOW if command in allowed else refusal(code)
        assert answer(program, number, *args) == expected, (number, command)


def test_limits_can_be_read_and_not_set(program):
    assert answer(program, 302, 0, 7, 0, 0x1000) == ALLOW
    for pid, new in ((0, 0x1000), (0, 1 << 32), (1, 0), (PID, 0), (PID, 0x1000)):
        assert answer(program, 302, pid, 7, new, 0) == refusal(errno.EPERM)


ARGUMENTS = ((), (1,), (0, 1, 0x1000), (0x1200011, 6, 3, 0x21), (0x20000, 0x5412, 0, 1 << 32))


def test_what_is_told_is_what_would_be_refused(program):
    """Both filters together answer as the plain one does, once somebody has said no."""
    telling, sealing = seccomp.telling(program), seccomp.sealing()
    for number, args in itertools.product((*range(600), 41 | 0x40000000), ARGUMENTS):
        plain = answer(program, number, *args)
        first, second = answer(telling, number, *args), answer(sealing, number, *args)
        if number in (46, 317):  # sendmsg and seccomp, between the two
            assert (plain, first, second) == (refusal(1), ALLOW, refusal(1))
        else:
            assert first == (TELL if plain == refusal(errno.EPERM) else plain), number
            assert second == (KILL if number >= 0x40000000 else ALLOW), number
    assert answer(telling, 41, arch=I386) == answer(sealing, 41, arch=I386) == KILL


def test_the_numbers_are_those_of_this_machine():
    """A wrong number in the table would allow a call that nobody meant."""
    if platform.machine() != "x86_64":
        pytest.skip("the table is for x86-64")
    table = _kernel_numbers()
    wrong = {name: n for name, n in calls.NUMBERS.items() if table.get(name, n) != n}
    assert not wrong
    assert sum(name in table for name in calls.NUMBERS) > 350


def test_every_call_has_one_name():
    assert len(set(calls.NUMBERS.values())) == len(calls.NUMBERS) > 360
    assert calls.name(41) == "socket"
    assert calls.name(400) == "call 400"


def _kernel_numbers() -> dict[str, int]:
    from pathlib import Path

    for header in ("/usr/include/x86_64-linux-gnu/asm/unistd_64.h", "/usr/include/asm/unistd_64.h"):
        if Path(header).exists():
            lines = (line.split() for line in Path(header).read_text().splitlines())
            defined = (words for words in lines if len(words) == 3 and words[0] == "#define")
            return {
                name.removeprefix("__NR_"): int(number)
                for _, name, number in defined
                if name.startswith("__NR_")
            }
    pytest.skip("the kernel's headers are not installed")
