# %%
class SandboxError(Exception):
    """Named like an error of the grader's own."""

    __module__ = "autograder.errors"


class Mismatch(AssertionError):
    returned = expected = 12
    difference = hint = None


class Endless(ValueError):
    def __str__(self):
        while True:
            pass


class Nasty(BaseException):
    __class__ = property(lambda self: 1 / 0)
    __traceback__ = property(lambda self: 1 / 0)

    def __str__(self):
        raise SystemExit(0)


def total(numbers):
    raise SandboxError("a child could not be confined") if len(numbers) == 3 else Mismatch(12)


def scale(image):
    raise Endless


def shout(text):
    raise Nasty


def word(number):
    try:
        raise MemoryError("x" * 10**7)
    except MemoryError as error:
        raise ExceptionGroup("y" * 10**7, [SandboxError(str(error))] * 50) from error
