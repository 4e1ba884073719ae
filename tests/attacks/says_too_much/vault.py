# %%
raise ValueError("one more line\n" * 1_000_000)


# %%
def total(numbers):
    raise ValueError("one more line\n" * 1_000_000)


def scale(image):
    return [["wide" * 50] * 15] * 15


def shout(text):
    return "é" * 400_000


def word(number):
    return {f"{'k' * 1000}{n}": "v" * 1000 for n in range(100)}
