"""No way out by a path, a file system, a program or a network (T01-T07, T09, T10, T19)."""

from __future__ import annotations

import contextlib
import os
import socket
from pathlib import Path

import pytest
from conftest import LIMITS, run, value_of
from test_sandbox_refusals import TRY_ALL

import autograder
from autograder.model import Lost, Outcome, Raised, Returned, Tier

ROOT = Path(__file__).resolve().parents[2]


def answers_of(child, expressions):
    """What each of ``expressions`` gives: the name of an errno, or what was not refused."""
    ran = run(child, TRY_ALL)
    assert isinstance(ran, Returned), ran
    reply = child.call("attempts", (list(expressions),), {}, 10)
    assert isinstance(reply, Returned), reply
    return dict(zip(expressions, reply.value, strict=True))


def differences(answers, allowed):
    """The answers that are not among the words allowed for them."""
    return {
        expression: answer
        for expression, answer in answers.items()
        if answer != allowed[expression] and answer not in allowed[expression].split()
    }


def test_the_graders_own_files_cannot_be_read(child):
    """T01. Without installation the grader itself is a part of the course's folder."""
    files = [Path.home() / ".bashrc", Path(__file__), ROOT / "pyproject.toml"]
    files += [*(ROOT / "reference").rglob("*.py"), *(ROOT / "assignments").rglob("*.yaml")]
    if "packages" not in autograder.__file__:
        files.append(Path(autograder.__file__).parent / "sandbox" / "zygote.py")
    assert len(files) > 10
    answers = answers_of(child, [f"open({str(file)!r})" for file in files])
    assert set(answers.values()) <= {"ENOENT", "EACCES"}, answers


def test_the_folder_for_temporary_files_is_its_own(sandbox, child):
    """T02. In S1 the machine's own is there, and closed."""
    run(child, "open('own', 'w').close()")
    answer = answers_of(child, ["os.listdir('/tmp')"])["os.listdir('/tmp')"]
    shared = "EACCES" if sandbox.tier is Tier.S1 else "not refused: ['own']"
    assert answer in (shared, "ENOENT", "EACCES")


def test_the_folder_of_another_child_is_closed(sandbox, open_child):
    """T03. In S1 who knows its random name learns that it is there, and nothing of its content."""
    one, two = open_child(), open_child()
    run(one, "open('hers', 'w').write('x')")
    folder = value_of(one, "import os; return os.getcwd()")
    opened, size = f"open({folder + '/hers'!r})", f"os.stat({folder + '/hers'!r}).st_size"
    listed, written = f"os.listdir({folder!r})", f"open({folder + '/his'!r}, 'w').close()"
    answers = answers_of(two, [opened, size, listed, written])
    if sandbox.tier is Tier.S2:  # by that name it finds its own
        expected = ["ENOENT", "ENOENT", "not refused: []", "not refused: None"]
    else:
        expected = ["EACCES", "not refused: 1", "EACCES", "EACCES"]
    assert list(answers.values()) == expected
    assert value_of(one, "import os; return os.listdir('.')") == ["hers"]


def test_no_trick_with_a_path_leads_out(sandbox, child):
    """T04, with what follows it: a folder of odd names is removed, and the next child is served."""
    own = """
import os
open(b"\\xff\\xfe", "w").close()  # a name that is no text
os.symlink("/etc", "away")
os.symlink(".", "back")
"""
    assert run(child, own) == Returned([])
    link = "ELOOP" if sandbox.tier is Tier.S2 else "EACCES"
    top = "os.open('/', os.O_PATH)"
    allowed = {
        "open('/etc/pass' + chr(0) + 'wd')": "ValueError('embedded null byte')",  # by Python itself
        "open(b'/' + b'\\xff\\xfe' * 100)": "ENOENT EACCES",
        "open('/' + 'a/' * 4000)": "ENAMETOOLONG",
        "open('a' * 5000, 'w')": "ENAMETOOLONG",
        "call(2, ctypes.cast(b'/etc/passwd', ctypes.c_void_p).value, 0, 0)": "ENOENT EACCES",
        "open('away/passwd')": link,
        "open('away/new', 'w')": link,
        "open('/proc/self/root/etc/passwd')": "ENOENT EACCES",
        "open('/proc/self/cwd/../etc/passwd')": "ENOENT EACCES",
        f"os.open('etc/passwd', 0, dir_fd={top})": "ENOENT EACCES",
        f"os.listdir({top})": "EBADF",
        f"os.open('new', os.O_CREAT | os.O_WRONLY, dir_fd={top})": "EROFS EACCES",
        "(os.chdir('/'), open('etc/passwd'))": "ENOENT EACCES",
        "os.fchdir(0)": "EPERM",
        "call(437, -100, 0, 0, 24)": "ENOSYS",
    }
    assert not differences(answers_of(child, allowed), allowed)
    child.close()
    following = sandbox.child(LIMITS)
    with contextlib.closing(following):
        assert value_of(following, "import os; return os.listdir('.')") == []


def test_nothing_that_it_can_read_can_be_changed(nursery, child):
    """T05: each folder and file that is there, in each way that changes one."""
    readable = [os.path.realpath(path) for path in nursery._request(0)["readable"]]
    folders = [path for path in dict.fromkeys(readable) if os.path.isdir(path)]  # noqa: PTH112
    files = ["/etc/ld.so.cache", os.__file__]
    attempts = [
        *(f"open({folder + '/.new'!r}, 'x')" for folder in folders),
        *(f"os.mkdir({folder + '/.new'!r})" for folder in folders),
        *(f"os.symlink('x', {folder + '/.new'!r})" for folder in folders),
        *(f"os.rmdir({folder!r})" for folder in folders),
        *(f"open({file!r}, 'r+')" for file in files),
        *(f"os.truncate({file!r}, 0)" for file in files),
        *(f"os.rename({file!r}, {file + '.x'!r})" for file in files),
        *(f"os.rename({file!r}, 'taken')" for file in files),
        *("call(165, 0, 0, 0, 0x1020, 0)", "call(442, -100, 0, 0, 0, 0)"),  # mounted again
    ]
    refusals = {"EROFS", "EACCES", "EPERM", "EXDEV", "ENOSYS", "EBUSY"}
    answers = answers_of(child, attempts)
    assert set(answers.values()) <= refusals, answers


def test_a_set_user_bit_is_worth_nothing(sandbox, child):
    """T07. The bit itself can be had when a file is made; where it lies it gives nobody a right."""
    made = "os.close(os.open('program', os.O_CREAT | os.O_WRONLY, 0o4755))"
    changed, run_it = "os.chmod('program', 0o4755)", "os.execv('program', ['program'])"
    answers = answers_of(child, [made, changed, run_it])
    assert answers[made] == "not refused: None"
    assert answers[run_it] == "EPERM"
    mounted = value_of(child, "s = os.statvfs('.').f_flag\nreturn [s & os.ST_NOSUID, s & 8]")
    if sandbox.tier is Tier.S2:  # in memory, in a mount that ignores the bit
        assert answers[changed] == "not refused: None"
        assert mounted == [os.ST_NOSUID, os.ST_NOEXEC]
    else:  # on disk, in a folder that its user alone may enter
        assert answers[changed] == "EPERM"
        folder = Path(value_of(child, "return os.getcwd()"))
        assert folder.stat().st_mode & 0o777 == 0o700
        assert (os.getuid() == 0) == (folder.stat().st_uid >= 100_000)


def test_nothing_of_the_machines_network_can_be_reached(open_child):
    """T09: names, HTTP, and sockets without a file, of the machine and of a sibling."""
    name = f"autograder-test-{os.getpid()}"
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as local:
        local.bind(f"\0{name}")
        local.listen()
        port = tcp.getsockname()[1]
        attempts = [
            f"socket.create_connection(('127.0.0.1', {port}), 1)",
            f"__import__('urllib.request').request.urlopen('http://127.0.0.1:{port}/', timeout=1)",
            f"socket.socket(socket.AF_UNIX).connect(chr(0) + {name!r})",
            f"socket.socket(socket.AF_UNIX).bind(chr(0) + {name + '-sibling'!r})",
            "socket.fromfd(3, socket.AF_INET, socket.SOCK_STREAM).connect(('127.0.0.1', 9))",
            "socket.fromfd(1, socket.AF_UNIX, socket.SOCK_STREAM).bind(chr(0) + 'x')",
            "socket.getaddrinfo('localhost', 80)",
            "call(44, 3, 0, 0, 0, 0, 0)",
            "call(50, 3, 1)",
            "call(288, 3, 0, 0, 0)",
        ]
        for child in (open_child(), open_child()):
            answers = {e: a.partition("(")[0] for e, a in answers_of(child, attempts).items()}
            assert set(answers.values()) <= {"EPERM", "URLError", "gaierror"}, answers
        for listening in (tcp, local):
            listening.setblocking(False)
            with pytest.raises(BlockingIOError):
                listening.accept()


def test_no_program_runs_by_any_door(sandbox, child):
    """T10. In S1 not even the process is there in which one would run."""
    allowed = {
        "os.execve('/bin/sh', ['sh'], {})": "EPERM",
        "call(322, -100, 0, 0, 0, 0)": "EPERM",
        "os.posix_spawn('/bin/true', ['true'], {})": "EPERM",
        "os.popen('true').read()": "EPERM",
        "subprocess.run('true', shell=True)": "EPERM",
        "os.system('echo > ran')": f"{127 << 8}",
        "os.listdir('.')": "[]",
    }
    answers = answers_of(child, allowed)
    answers = {e: a.removeprefix("not refused: ") for e, a in answers.items()}
    assert not differences(answers, allowed)
    spawned = """
import multiprocessing
process = multiprocessing.get_context("spawn").Process(target=open, args=("ran", "w"))
process.start()
process.join(5)
assert process.exitcode == 255
"""
    reply = run(child, spawned)
    if sandbox.tier is Tier.S2:
        assert reply == Returned([])
    else:
        assert isinstance(reply, Raised)
        assert reply.kind == "PermissionError"
    assert value_of(child, "return os.listdir('.')") == []


def test_system_calls_of_i386_kill(child):
    """T19, by the instruction itself; a kernel that has none of these calls ends it as well."""
    code = """
import ctypes, mmap
kinds = mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC
code = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, kinds)
code.write(bytes([0xB8, 20, 0, 0, 0, 0xCD, 0x80, 0xC3]))  # getpid
ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))()
"""
    reply = run(child, code)
    assert reply in [Lost(Outcome.CRASHED, f"signal {name}") for name in ("SIGSYS", "SIGSEGV")]
