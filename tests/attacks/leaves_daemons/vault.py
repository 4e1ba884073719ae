# %%
import os
import signal
import time


def daemon():
    """Twice forked, in a session of its own, deaf: it writes wherever a result might come to be."""
    if os.fork() == 0:
        if os.fork() == 0:
            for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
                signal.signal(number, signal.SIG_IGN)
            try:
                os.setsid()
            except OSError:
                pass
            end = time.monotonic() + 60
            while time.monotonic() < end:
                for path in ("@RUN@/results/vault/leaves_daemons.json", "@RUN@/pwned", "pwned"):
                    try:
                        with open(path, "w") as file:
                            file.write('{"score": 12}')
                    except OSError:
                        pass
                time.sleep(0.01)
        os._exit(0)


def total(numbers):
    daemon()
    return "a daemon is left"


def scale(image):
    daemon()
    os._exit(0)
