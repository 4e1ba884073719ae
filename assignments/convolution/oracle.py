"""What is right, by torch in float64, and what known mistakes make of it. Never the reference."""

from functools import lru_cache

import numpy as np
import torch
import torch.nn.functional as functional

from autograder.compare import same


def correlate(image, kernel, padding=0, stride=1):
    """Torch on (n,) and (k,), (h, w) and (kh, kw), or (h, w, c_in) and (k, k, c_in, c_out).

    Read-only. All students of a run are asked the same, so torch answers once.
    """
    return _correlate(*_frozen(image), *_frozen(kernel), padding, stride)


def _frozen(array):
    """The shape and the bytes of an array, as float64: what a cache can tell apart."""
    return array.shape, np.asarray(array, dtype=float).tobytes()


@lru_cache(maxsize=2000)
def _correlate(shape, image, kernel_shape, kernel, padding, stride):
    x = torch.frombuffer(bytearray(image), dtype=torch.float64).reshape(shape)
    k = torch.frombuffer(bytearray(kernel), dtype=torch.float64).reshape(kernel_shape)
    if len(shape) == 3:
        x, k = x.permute(2, 0, 1)[None], k.permute(3, 2, 0, 1)
        found = functional.conv2d(x, k, None, stride, padding)[0].permute(1, 2, 0).numpy()
    else:
        convolve = functional.conv1d if len(shape) == 1 else functional.conv2d
        found = convolve(x[None, None], k[None, None], None, stride, padding)[0, 0].numpy()
    found.flags.writeable = False
    return found


def judge(function, image, kernel, **options):
    """Compare one call with torch; ``options`` are passed on, so defaults stay untouched."""
    padding, stride = options.get("padding", 0), options.get("stride", 1)
    axes = (0,) if image.ndim == 1 else (0, 1)
    every = correlate(image, kernel, padding)  # before the stride
    skip = (slice(None, None, stride),) * len(axes)
    right = every[skip]
    same_size = tuple(slice(right.shape[axis]) for axis in axes)

    def padded(before, after):
        borders = [(before, after) if axis in axes else (0, 0) for axis in range(image.ndim)]
        return correlate(np.pad(image, borders), kernel, 0, stride)

    def at_output_index():
        values = np.zeros_like(right)
        values[skip] = every[same_size][skip]
        return values

    mistakes = {}
    if padding:  # in front: with one zero too few, the last position seems to be missing
        mistakes["padding_ignored"] = lambda: padded(0, 0)
        mistakes["padding_before_only"] = lambda: padded(padding, 0)
        mistakes["padding_after_only"] = lambda: padded(0, padding)
        mistakes["padding_corner"] = lambda: padded(0, 2 * padding)
    mistakes |= {
        "flipped_kernel": lambda: correlate(image, np.flip(kernel, axes), padding, stride),
        "off_by_one": right[(slice(-1),) * len(axes)],
        "truncated": lambda: np.trunc(right),
    }
    if stride > 1:
        mistakes["stride_ignored"] = every
        mistakes["stride_missing_in_window"] = every[same_size]
        mistakes["stride_at_output_index"] = at_output_index
    same(function(image, kernel, **options), right, mistakes=mistakes)
