# %%
import os
import sys

print("flooded-" * 20_000)  # one line, beyond what is kept


def total(numbers):
    while True:
        os.write(1, b"\xff\x00\x1b]0;flooded\x07" * 5000)


def scale(image):
    while True:
        print("flooded", file=sys.stderr)


def shout(text):
    sys.stdout.write("flooded" * 200_000)
    os.close(1)
    os.close(2)
    return text.upper()
