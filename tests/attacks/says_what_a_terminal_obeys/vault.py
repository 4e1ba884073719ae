# %%
NASTY = "\x1b]0;owned\x07\x1b]52;c;b3duZWQ=\x07\x9b2J\x1b[2K\r\n\b\u202e\u2066\u200b\u2028\x00"

# %%
raise ValueError(f"cell{NASTY}full marks")


# %%
def total(numbers):
    raise RuntimeError(f"total{NASTY}test_total_example passed")


def shout(text):
    return f"{NASTY}{text}"


def word(number):
    print(NASTY)
    return {NASTY: [NASTY.encode(), NASTY]}
