"""Messages between the grader and its warm processes: JSON and descriptors, one packet each.

Both ends are ours. Student code never holds one of these sockets.
"""

from __future__ import annotations

import array
import json
import socket
from typing import Any

Message = dict[str, Any]

READY = b"R"  # what a child says first once it is confined; anything else is a complaint
MAX_REPLY = 64 * 2**20  # bytes: eight million floats, far more than any task asks for

_MAX_FDS = 8
_MAX_BYTES = 65_536


class Closed(Exception):
    """The other end is gone, or ours is closed."""


def send(end: socket.socket, message: Message, fds: tuple[int, ...] = ()) -> None:
    """Send one message with descriptors. Raises Closed."""
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
    try:
        end.sendmsg([json.dumps(message).encode()], rights)
    except OSError as error:
        raise Closed from error


def receive(end: socket.socket) -> tuple[Message, list[int]]:
    """The next message and its descriptors. Raises Closed, TimeoutError."""
    space = socket.CMSG_SPACE(_MAX_FDS * array.array("i").itemsize)
    try:
        data, rights, _, _ = end.recvmsg(_MAX_BYTES, space, socket.MSG_CMSG_CLOEXEC)
    except TimeoutError:
        raise
    except OSError as error:
        raise Closed from error
    if not data:
        raise Closed
    fds = array.array("i")
    for _, _, part in rights:
        fds.frombytes(part)
    message: Message = json.loads(data)
    return message, list(fds)
