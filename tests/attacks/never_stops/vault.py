# %%
import signal
import time

for number in range(1, signal.NSIG):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass


def total(numbers):
    signal.alarm(0)
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass


def scale(image):
    while True:
        try:
            time.sleep(600)
        except BaseException:
            pass


def shout(text):
    signal.raise_signal(signal.SIGSTOP)
    while True:
        time.sleep(600)
