# %%
COLLIDING = {k * (2**61 - 1): k for k in range(900)}
MANY = {f"key{k}": k for k in range(50_000)}


def total(numbers):
    return COLLIDING


def scale(image):
    return MANY


def shout(text):
    return {text: {1: 2}, "\ud800": 3}


def word(number):
    return {float("nan"): number, (): number}
