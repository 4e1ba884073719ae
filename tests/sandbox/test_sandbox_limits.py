"""Time, processes, files and output stop where the limits say (T06, T11, T12, T14, T25)."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
import tracemalloc
from dataclasses import replace

import pytest
from conftest import LIMITS, run, value_of

from autograder.errors import SandboxUnavailable
from autograder.model import Lost, Outcome, Raised, Returned, Tier

MIB = 2**20


# ---------------------------------------------------------------- time


@pytest.mark.parametrize(
    "source",
    [
        "while True: pass",
        "import time; time.sleep(60)",
        "import os, signal; signal.raise_signal(signal.SIGSTOP)\nimport time; time.sleep(60)",
        "import signal, time\n"
        "for number in (signal.SIGTERM, signal.SIGXCPU): signal.signal(number, signal.SIG_IGN)\n"
        "while True:\n    try:\n        time.sleep(60)\n    except BaseException:\n        pass",
    ],
)
def test_a_cell_without_end_is_ended_at_the_deadline(child, source):
    start = time.monotonic()
    reply = run(child, source, seconds=0.3)
    assert isinstance(reply, Lost)
    assert reply.outcome is Outcome.TIMEOUT
    assert time.monotonic() - start < 0.8 + child.waited
    assert not child.alive


@pytest.fixture
def crowd():
    """Three other programs that want the core on which this process and its children run."""
    before = os.sched_getaffinity(0)
    core = min(before)
    os.sched_setaffinity(0, {core})
    spin = [sys.executable, "-c", "while True: pass"]
    # Each in a session of its own: the kernel may share cores by session.
    others = [subprocess.Popen(spin, start_new_session=True) for _ in range(3)]
    yield {core}
    for other in others:
        other.kill()
        other.wait()
    os.sched_setaffinity(0, before)


WORKS = "import time\nwhile time.process_time() < {seconds}: pass"


def test_a_deadline_is_not_for_waiting_for_a_core(nursery, crowd):
    """Nobody loses points because the machine has too much to do."""
    with contextlib.closing(opened(nursery)) as sandbox:
        child = sandbox.child(LIMITS)
        used = value_of(child, "import time\nreturn time.process_time()")
        start = time.monotonic()
        assert run(child, WORKS.format(seconds=used + 0.5), seconds=0.6) == Returned([])
        assert time.monotonic() - start > 0.6
        assert child.waited > 0.2
        child.close()


def test_a_deadline_is_for_sleeping_and_for_too_much_work_in_any_crowd(nursery, crowd):
    with contextlib.closing(opened(nursery)) as sandbox:
        child = sandbox.child(LIMITS)
        start = time.monotonic()
        late = Lost(Outcome.TIMEOUT, "no answer in time")
        assert run(child, "import time; time.sleep(60)", seconds=0.5) == late
        assert time.monotonic() - start < 5.0 + child.waited
        child = sandbox.child(replace(LIMITS, cell_seconds=0.3))
        threads = (
            "import threading\ndef spin():\n    while True: pass\n"
            "for _ in range(8): threading.Thread(target=spin, daemon=True).start()\nspin()"
        )
        assert run(child, threads, seconds=60.0) == late


def test_who_has_all_cores_waits_for_itself(nursery, crowd):
    """Trainings: their own threads are the crowd, and the machine has nothing else to do."""
    with contextlib.closing(opened(nursery)) as sandbox:
        child = sandbox.child(LIMITS, cores=list(crowd))
        reply = run(child, "while True: pass", seconds=0.5)
        assert reply == Lost(Outcome.TIMEOUT, "no answer in time")
        assert child.waited == 0.0


def opened(nursery):
    try:
        return nursery.sandbox(1)
    except SandboxUnavailable as error:
        pytest.skip(str(error))


def test_cpu_time_is_limited_for_the_whole_submission(open_child):
    child = open_child(replace(LIMITS, cpu_seconds=1))
    reply = run(child, "while True: pass")
    assert isinstance(reply, Lost), reply
    assert reply.outcome is Outcome.TIMEOUT
    assert "CPU" in reply.detail


def test_a_child_that_does_not_read_its_requests_times_out(child):
    run(child, "import os; kept_open = os.dup(3); os.dup2(os.pipe()[0], 3)")
    reply = child.call("f", (b"x" * MIB,), {}, 0.3)
    assert isinstance(reply, Lost)
    assert reply.outcome is Outcome.TIMEOUT


def test_a_lost_child_answers_every_question_with_lost(child):
    run(child, "while True: pass", seconds=0.1)
    assert isinstance(run(child, "1"), Lost)
    assert isinstance(child.call("f", (), {}, 1), Lost)
    child.close()  # twice does no harm


# ---------------------------------------------------------------- processes and threads


def test_forks_stop_at_the_limit(sandbox, child):
    started = value_of(
        child,
        """
import os, time
started = 0
try:
    for _ in range(200):
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
        started += 1
except OSError:
    pass
return started
""",
    )
    assert started == (LIMITS.processes - 1 if sandbox.tier is Tier.S2 else 0)


def test_forks_one_after_the_other_are_not_limited(sandbox, child):
    done = value_of(
        child,
        """
import os
for number in range(1000):
    try:
        pid = os.fork()
    except PermissionError:
        return number
    if pid == 0:
        os._exit(number % 7)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == number % 7
return 1000
""",
    )
    assert done == (1000 if sandbox.tier is Tier.S2 else 0)  # S1 has no second process


def test_threads_stop_at_the_limit(sandbox, child):
    started = value_of(
        child,
        """
import threading
done, started = threading.Event(), 0
try:
    for _ in range(2000):
        threading.Thread(target=done.wait).start()
        started += 1
except RuntimeError:
    pass
done.set()
return started
""",
    )
    if sandbox.tier is Tier.S2:
        assert started == LIMITS.processes - 1
    else:  # other processes of the same user may come and go
        assert 1 <= started < 300


# ---------------------------------------------------------------- files


def test_one_file_is_limited(child):
    reply = run(child, "open('big', 'wb').write(bytes(12 << 20))")
    assert isinstance(reply, Raised)
    assert reply.kind == "OSError"


def test_all_files_together_are_limited(sandbox, child):
    replies = [
        run(child, "for i in range(4): open(f'{i}', 'wb').write(bytes(3 << 20))"),
        run(child, "for i in range(5000): open(f'n{i}', 'wb').close()"),
    ]
    if sandbox.tier is Tier.S2:
        assert all(isinstance(reply, Raised) for reply in replies)
        assert all("No space left" in reply.text for reply in replies)
    else:  # without a file system of its own only single files are limited
        assert replies == [Returned([])] * 2


def test_open_files_are_limited(child):
    opened = value_of(
        child,
        """
import os
files = []
try:
    while True:
        files.append(os.open(os.devnull, os.O_RDONLY))
except OSError:
    return len(files)
""",
    )
    assert opened == LIMITS.open_files - 5


# ---------------------------------------------------------------- output


def test_prints_are_kept_up_to_the_limit_and_counted(open_child):
    child = open_child(replace(LIMITS, output_kib=1))
    run(child, "print('é' * 1000); import sys; print('!', file=sys.stderr)")
    assert len(child.printed) == 512
    assert child.printed_dropped == 2001 + 2 - 1024


def test_prints_of_a_call_are_there_with_its_reply(child):
    run(child, "def f():\n    print('from f', end='')\n    import sys; sys.stderr.write('err')")
    child.call("f", (), {}, 5)
    assert child.printed == "from ferr"


def test_control_characters_and_colours_are_removed(child):
    run(child, r"print('\x1b[31mred\x1b[0m\x1b]0;title\x07 a\rb\tc\x9b\x00')")
    assert child.printed == "red]0;title ab\tc\n"


def test_bytes_that_are_no_text_are_shown_as_such(child):
    run(child, "import os; os.write(1, b'a\\xff\\xfe')\nprint('\\ud800')")
    assert child.printed == "a\ufffd\ufffd\\ud800\n"


def test_an_endless_flood_ends_when_its_time_is_up(open_child):
    child = open_child(replace(LIMITS, cell_seconds=0.5))
    reply = run(child, "import os\nwhile True: os.write(1, bytes(60000))")
    assert isinstance(reply, Lost)
    assert reply.outcome is Outcome.TIMEOUT
    assert len(child.printed) <= 1024 * LIMITS.output_kib
    assert child.printed_dropped > 2**20


def test_a_gigabyte_without_a_line_end_is_counted_and_let_go(child):
    tracemalloc.start()
    try:
        reply = run(child, "import os\nx = b'x' * 65536\nfor _ in range(1 << 14): os.write(1, x)")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    kept = 1024 * LIMITS.output_kib
    assert (reply, len(child.printed)) == (Returned([]), kept)
    assert child.printed_dropped == 1024 * MIB - kept
    assert peak < MIB


def test_closed_output_is_no_hindrance(child):
    assert run(child, "import os; os.close(1); os.close(2)") == Returned([])
    reply = run(child, "print('x')")
    assert isinstance(reply, Raised | Returned)
    assert run(child, "1") == Returned([])


def test_a_call_may_use_so_much_cpu_time_however_long_it_may_take(open_child):
    child = open_child(replace(LIMITS, call_seconds=0.3, cell_seconds=5.0))
    run(child, "def spin():\n    while True: pass\ndef rest():\n    import time; time.sleep(1)")
    assert child.call("rest", (), {}, 30.0) == Returned(None)  # waiting costs nothing
    started = time.monotonic()
    reply = child.call("spin", (), {}, 30.0)
    assert isinstance(reply, Lost)
    assert reply.outcome is Outcome.TIMEOUT
    assert time.monotonic() - started < 15.0
