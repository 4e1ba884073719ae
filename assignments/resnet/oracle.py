"""Networks of ours that get the student's weights: the right ones, and what mistakes build.

Written apart from the reference and held against torchvision by a test. What runs in the student's
process (``student.inside``) imports what it needs by itself.
"""

from functools import cache

import numpy as np
import torch
from torch import nn

from autograder.compare import Mismatch, same
from autograder.model import Raised
from autograder.networks import same_network
from autograder.student import StudentFault

TINY, RESNET18 = (64, 128, 256), (64, 128, 256, 512)  # channels of the stages

# How a block puts together its residual F(x) and what goes around it.
FORMULAS = {
    "right": lambda b, x: (b.residual(x) + b.around(x)).relu(),
    # Right as well. Weights are matched in the order in which a forward pass comes to them.
    "shortcut_first": lambda b, x: (b.around(x) + b.residual(x)).relu(),
    "plain": lambda b, x: b.residual(x).relu(),
    "skips_left": lambda b, x: (b.residual(x) + (x if b.fits else 0)).relu(),
    "addition_forgotten": lambda b, x: b.residual(x).relu(),
    "relu_after_addition_missing": lambda b, x: b.residual(x) + b.around(x),
    "relu_before_addition": lambda b, x: b.residual(x).relu() + b.around(x),
    "relu_twice": lambda b, x: (b.residual(x).relu() + b.around(x)).relu(),
    "relu_on_shortcut": lambda b, x: (b.residual(x) + b.around(x).relu()).relu(),
    "inner_relu_missing": lambda b, x: (b.norm2(b.conv2(b.norm1(b.conv1(x)))) + b.around(x)).relu(),
    "relu_before_batch_norm": lambda b, x: (
        b.norm2(b.conv2(b.norm1(b.conv1(x).relu()))) + b.around(x)
    ).relu(),
}
IDENTITY_MISTAKES = (
    *("addition_forgotten", "relu_after_addition_missing", "relu_before_addition", "relu_twice"),
    *("relu_on_shortcut", "inner_relu_missing", "relu_before_batch_norm", "no_running_statistics"),
)
PROJECTION_MISTAKES = (*IDENTITY_MISTAKES, "stride_in_second_convolution")
NETWORK_MISTAKES = ("softmax_at_end", "stem_max_pool", "global_maximum")


def _conv(in_channels, out_channels, kernel=3, stride=1):
    return nn.Conv2d(in_channels, out_channels, kernel, stride, kernel // 2, bias=False)


class Block(nn.Module):
    """A residual block after one of ``FORMULAS``, or with another mistake in its layers."""

    def __init__(self, in_channels, out_channels, stride=1, formula="right"):
        super().__init__()
        late = formula == "stride_in_second_convolution"
        statistics = {"track_running_stats": formula != "no_running_statistics"}
        self.fits = stride == 1 and in_channels == out_channels
        self.formula = FORMULAS.get(formula, FORMULAS["right"])
        self.conv1 = _conv(in_channels, out_channels, 3, 1 if late else stride)
        self.norm1 = nn.BatchNorm2d(out_channels, **statistics)
        self.conv2 = _conv(out_channels, out_channels, 3, stride if late else 1)
        self.norm2 = nn.BatchNorm2d(out_channels, **statistics)
        self.around = nn.Identity()
        if not self.fits and formula not in ("plain", "skips_left"):
            norm = nn.BatchNorm2d(out_channels, **statistics)
            self.around = nn.Sequential(_conv(in_channels, out_channels, 1, stride), norm)

    def residual(self, x):
        """F(x): convolution, normalisation, ReLU, convolution, normalisation."""
        return self.norm2(self.conv2(self.norm1(self.conv1(x)).relu()))

    def forward(self, x):
        """What the formula makes of ``x``."""
        return self.formula(self, x)


def network(widths, formula="right", oddity=""):
    """Stem, stages of two blocks, global pooling, ten logits, without any values yet.

    ``oddity`` is a mistake outside of the blocks. Drawing eleven million values that the student's
    then replace would cost more than all the rest.
    """
    with torch.device("meta"):
        return _network(widths, formula, oddity).to_empty(device="cpu")


def _network(widths, formula, oddity):
    layers = [_conv(3, widths[0]), nn.BatchNorm2d(widths[0]), nn.ReLU()]
    if oddity == "stem_max_pool":
        layers.append(nn.MaxPool2d(3, 2, 1))
    channels = widths[0]
    for width in widths:
        first = Block(channels, width, 1 if width == widths[0] else 2, formula)
        layers += [first, Block(width, width, 1, formula)]
        channels = width
    pooling = nn.AdaptiveMaxPool2d if oddity == "global_maximum" else nn.AdaptiveAvgPool2d
    layers += [pooling(1), nn.Flatten(), nn.Linear(channels, 10)]
    return nn.Sequential(*layers, *([nn.Softmax(1)] if oddity == "softmax_at_end" else []))


right_network = cache(network)  # the same for every student: it is given their weights each time


def judge_block(student, rng, in_channels, out_channels, stride):
    """Compare ``ResidualBlock(in_channels, out_channels, stride)`` with ours."""
    block = student.ResidualBlock(in_channels, out_channels, stride)
    inputs = rng.normal(size=(3, in_channels, 9, 8)).astype(np.float32)
    sizes = (in_channels, out_channels, stride)
    mistakes = IDENTITY_MISTAKES if Block(*sizes).fits else PROJECTION_MISTAKES
    try:
        _judge(block, rng, inputs, lambda formula: Block(*sizes, formula), mistakes)
    except StudentFault as fault:
        # Sizes that do not fit make the addition fail, which no network of ours could tell from
        # another failure.
        if isinstance(fault.reply, Raised) and stride > 1:
            strides = student.inside(shortcut_strides)(block)
            if strides == [1]:
                same(strides, [stride], mistakes={"shortcut_without_stride": [1]})
        raise


def judge_network(model, rng, widths, formula="right"):
    """Compare a whole network of ten classes with ours."""
    inputs = rng.normal(size=(3, 3, 12, 10)).astype(np.float32)

    def build(name):
        if name == formula:
            return right_network(widths, formula)
        return network(widths, name) if name in FORMULAS else network(widths, formula, name)

    mistakes = NETWORK_MISTAKES + (("skips_left",) if formula == "plain" else ())
    _judge(model, rng, inputs, build, mistakes, formula)


def _judge(model, rng, inputs, build, mistakes, right="right"):
    """Compare with ``build(right)``; the other networks are built when that fails."""
    model.student.inside(shake)(model, int(rng.integers(2**31)))
    try:
        same_network(model, build(right), inputs)
    except Mismatch:
        other = build("shortcut_first" if right == "right" else right)
        same_network(model, other, inputs, mistakes={name: build(name) for name in mistakes})


# ---------------------------------------------------------------- what runs in the child


def shake(model, seed):
    """Give every layer values that no other has: fresh ones cannot tell two layers apart.

    Fresh running statistics (0 and 1) do nothing either. The variances are near those of a
    convolution's outputs, so that what an image says reaches the end in evaluation mode.
    """
    import torch

    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, values in [*model.named_parameters(), *model.named_buffers()]:
            if values.dim() == 1:
                low, high = -0.3, 0.3
                if name.endswith("weight"):
                    low, high = 0.5, 1.5
                elif name.endswith("var"):
                    low, high = 0.1, 0.4
                values.uniform_(low, high, generator=generator)


def shortcut_strides(model):
    """The strides of the 1x1 convolutions."""
    import torch

    layers = (each for each in model.modules() if isinstance(each, torch.nn.Conv2d))
    return [layer.stride[0] for layer in layers if layer.kernel_size == (1, 1)]


def input_after(model, inputs):
    """The input as it is after a forward pass."""
    import torch

    x = torch.from_numpy(inputs)
    with torch.no_grad():
        model(x)
    return x.numpy()
