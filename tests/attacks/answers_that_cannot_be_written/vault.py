# %%
def total(numbers):
    return 10**5000


def scale(image):
    return [2**63, -(2**200), 1e400, -(10**4301)]


def shout(text):
    """Slow for patterns that go back, if any reads it: it comes as an error's text."""
    raise ValueError("a" * 60_000 + "!" + " " * 60_000 + "(line 1" * 20_000)


def word(number):
    return " " * 900_000 + "\t\\" * 20_000
