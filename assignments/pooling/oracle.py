"""What is right, by torch in float64, and what known mistakes make of it. Never the reference."""

import numpy as np
import torch
import torch.nn.functional as functional

from autograder.compare import difference, same


def as_tensor(values):
    """The values as a float64 tensor."""
    return torch.from_numpy(np.array(values, dtype=float, order="C"))


def pool(pooling, image, pool_size, stride, **options):
    """``functional.max_pool2d`` or ``functional.avg_pool2d`` on one (h, w) image."""
    return pooling(as_tensor(image)[None], pool_size, stride, **options)[0].numpy()


def judge(function, pooling, image, **options):
    """Compare one call with torch; ``options`` are passed on, so defaults stay untouched."""
    size, stride = options.get("pool_size", 2), options.get("stride", 2)
    every = pool(pooling, image, size, 1)  # before the stride
    right = every[::stride, ::stride]
    partial = {} if pooling is functional.max_pool2d else {"count_include_pad": False}

    def at_output_index():
        values = np.zeros_like(right)
        rows, columns = right.shape
        values[::stride, ::stride] = every[:rows:stride, :columns:stride]
        return values

    def clipped(starts=lambda side: range(0, side // stride * stride, stride)):
        summary = np.max if pooling is functional.max_pool2d else np.mean
        rows, columns = (starts(side) for side in image.shape)
        return np.array(
            [[summary(image[i : i + size, j : j + size]) for j in columns] for i in rows]
        )

    mistakes = {
        "size_is_quotient": clipped,
        "stride_at_output_index": at_output_index,
        "stride_missing_in_window": every[: right.shape[0], : right.shape[1]],
        "stride_ignored": every,
        "stride_is_pool_size": every[::size, ::size],
        "ceil_for_floor": lambda: pool(pooling, image, size, stride, ceil_mode=True, **partial),
        "zero_start": lambda: np.maximum(right, 0),
        "truncated": lambda: np.trunc(right),
        "sum_for_mean": lambda: right * size**2,
    }
    if pooling is functional.avg_pool2d:
        mistakes["max_for_mean"] = lambda: pool(functional.max_pool2d, image, size, stride)
    same(function(image, **options), right, mistakes=mistakes)


def same_number(returned, number, mistakes):
    """One neuron gives one number; an array that holds just this number is right as well."""
    alone = np.array([number])
    same(returned, number if difference(returned, alone) else alone, mistakes=mistakes)


def chain(image, kernel, activate=functional.relu):
    """The features that reach the last layer, by torch."""
    maps = functional.conv2d(as_tensor(image)[None, None], as_tensor(kernel)[None, None])
    return functional.max_pool2d(activate(maps), 2).flatten().numpy()


def judge_forward(student, rng, image, kernel):
    """Compare ``forward`` with torch, with three neurons in the last layer."""
    features = chain(image, kernel)
    weights, bias = rng.normal(size=(features.size, 3)), rng.normal(size=3)
    mistakes = {
        "relu_forgotten": lambda: chain(image, kernel, lambda maps: maps) @ weights + bias,
        "flipped_kernel": lambda: chain(image, kernel[::-1, ::-1]) @ weights + bias,
        "bias_forgotten": features @ weights,
    }
    same(
        student.forward(image, kernel, weights, bias), features @ weights + bias, mistakes=mistakes
    )
