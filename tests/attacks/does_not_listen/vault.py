# %%
import os
import time


def total(numbers):
    """Half a frame, then silence."""
    os.write(4, b"AG\x01\x10")
    time.sleep(60)


def scale(image):
    """From now on requests stay in the pipe."""
    os.dup(3)
    os.dup2(os.pipe()[0], 3)
    return image


def shout(text):
    """A frame that comes a byte at a time and never ends."""
    for byte in b"AG\x01\x10" + bytes(1000):
        os.write(4, bytes([byte]))
        time.sleep(0.02)
