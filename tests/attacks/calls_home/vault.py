# %%
import socket

PORT = 9  # nobody listens; what counts is whether a packet could leave


def connect(family, address):
    with socket.socket(family, socket.SOCK_STREAM) as one:
        one.settimeout(0.1)
        one.connect_ex(address)


def send(family, address):
    with socket.socket(family, socket.SOCK_DGRAM) as one:
        one.sendto(b"hidden tests", address)


ATTEMPTS = [
    lambda: connect(socket.AF_INET, ("127.0.0.1", PORT)),
    lambda: connect(socket.AF_INET6, ("::1", PORT)),
    lambda: send(socket.AF_INET, ("127.0.0.1", PORT)),
    lambda: send(socket.AF_INET6, ("::1", PORT)),
    lambda: connect(socket.AF_UNIX, "@RUN@/tmp/socket"),
    lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW),
    lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW),
    lambda: socket.socketpair(),
    lambda: socket.create_server(("127.0.0.1", 0)),
]


def total(numbers):
    reached = []
    for attempt in ATTEMPTS:
        try:
            attempt()
            reached.append(attempt)
        except OSError:
            pass
    return sum(numbers) if reached else "no packet could leave"
