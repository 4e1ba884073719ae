# %%
import os

os.write(1, b"\xff\xfe\x00\xc3(\n")


def total(numbers):
    raise ValueError("before \ud83d\x00 after")


def shout(text):
    return f"{text}\udcff".upper()


def word(number):
    return ["\x00", b"\xff\x00", "e\u0301\ufeff\ufffe"]
