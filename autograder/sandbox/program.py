"""The warm process as a program: its environment, how it is started, and its last words."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading

from autograder.sandbox import libraries

_ENTRY = (
    "import sys; sys.path.append(sys.argv[1]); from autograder.sandbox.nursery import main; main()"
)
ENVIRONMENT = {
    "HOME": "",  # and TMPDIR: a folder of its own
    "TMPDIR": "",
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "LOGNAME": "student",  # or torch's optimizers look for a name where there are no users
    "KERAS_BACKEND": "torch",
    "TORCH_HOME": "",  # where pretrained weights lie, if there are any
    "MPLBACKEND": "Agg",
    # No GPU: keras and others look for one when they are imported. Its zygote names the one that a
    # training may use, and torch then counts without CUDA, which does not survive a fork.
    "CUDA_VISIBLE_DEVICES": "",
    "PYTORCH_NVML_BASED_CUDA_CHECK": "1",
    "HDF5_USE_FILE_LOCKING": "FALSE",  # children may not lock files
    # One thread each: a thread would not survive the fork, and slots share the cores.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    # Threads that a child starts itself sleep while they wait for one another: spinning on a busy
    # machine takes several times the CPU time of the work, and that time is limited.
    "OMP_WAIT_POLICY": "PASSIVE",
    # Each arena reserves 64 MiB of address space, which the memory limit counts.
    "MALLOC_ARENA_MAX": "2",
    # Huge pages for the heap: a fork copies one entry for 2 MiB instead of 512.
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
}


def execute(ends: list[socket.socket], home: str) -> subprocess.Popen[bytes]:
    """Start the warm process; it gets its sockets and nothing else of ours."""
    fds = [end.fileno() for end in ends]
    # The kernel would end it together with the *thread* that starts it.
    main = threading.current_thread() is threading.main_thread()
    return subprocess.Popen(
        [
            *(sys.executable, "-I", "-S", "-X", "utf8", "-c", _ENTRY),
            *(libraries.package_root(), str(os.getpid() if main else 0)),
            ",".join(map(str, fds)),
        ],
        env={**ENVIRONMENT, "HOME": home, "TMPDIR": home},
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        pass_fds=fds,
        start_new_session=True,  # Ctrl-C is for the grader, which then closes us
    )


def last_words(process: subprocess.Popen[bytes]) -> str:
    """What it wrote to standard error, as far as it fits."""
    if process.stderr is None or process.stderr.closed:
        return ""
    os.set_blocking(process.stderr.fileno(), False)
    text = process.stderr.read() or b""
    return text.decode(errors="replace")[-2000:]
