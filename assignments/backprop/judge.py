"""Compare what a student's function returns with torch, and look for known mistakes in it."""

from functools import lru_cache

import numpy as np

from assignments.backprop import mistakes, oracle
from autograder.compare import difference, same


def upstream(rng, image, size, padding=0, stride=1):
    """A random gradient for the output of a convolution or pooling with (kh, kw) windows."""
    sides = zip(image.shape, size, strict=True)
    return rng.normal(size=[(n + 2 * padding - k) // stride + 1 for n, k in sides])


def judge(student, task, *inputs, part=None, atol=None, **options):
    """Compare one call with torch; ``options`` are passed on, so defaults stay untouched.

    ``part`` is the position of the one gradient that is looked at, where several are returned;
    ``atol`` is that of ``same``.
    """
    returned = getattr(student, task)(*inputs, **options)
    _compare(returned, task, inputs, options, part, atol)


def judge_kept(student, task, *inputs, part=None):
    """The same for one call without options, which must also leave its inputs as they are."""
    kept = [student.keep(array) for array in inputs]
    _compare(getattr(student, task)(*kept), task, inputs, {}, part, None)
    same([each.fetch() for each in kept], list(inputs))


def _compare(returned, task, inputs, options, part, atol):
    frozen = tuple((each.shape, each.dtype.str, each.tobytes()) for each in inputs)
    right = _right(task, frozen, tuple(options.items()))
    known = getattr(mistakes, task)(right, *inputs, **options)
    if part is not None and isinstance(returned, list | tuple) and len(returned) == len(right):
        returned, right = returned[part], right[part]
        known = ((hint, value[part]) for hint, value in known)
    if difference(returned, right, atol=atol) is not None:
        hits = {hint: value for hint, value in known if difference(returned, value) is None}
        same(returned, right, atol=atol, mistakes=hits)


@lru_cache(maxsize=2000)
def _right(task, frozen, options):
    """What torch answers. All students of a run are asked the same, so it answers once."""
    inputs = [np.frombuffer(data, dtype).reshape(shape) for shape, dtype, data in frozen]
    return getattr(oracle, task)(*inputs, **dict(options))
