"""Mutants of ``resnet``."""

from mutants import Mutant

SHAPED = {"block_shapes", "block_projection", "block_one_change", "block_keeps_its_input"}
VALUES = {"block_identity", "block_projection", "block_one_change"}
PROJECTED = {"block_projection", "block_one_change"}
COUNTED = {"block_parameters", *VALUES}
SUM = "F.relu(out + self.shortcut(x))"

CALLERS = {"ResidualBlock": {"build_tiny_resnet", "build_resnet18"}}

# Of the block: by name, what is written instead of what, the tests and the hint.
BLOCK: dict[str, tuple[str, str, set[str], str]] = {
    "no addition": (SUM, "F.relu(out)", VALUES, "addition_forgotten"),
    "no relu at the end": (SUM, "out + self.shortcut(x)", VALUES, "relu_after_addition_missing"),
    "relu before the addition": (
        *(SUM, "F.relu(out) + self.shortcut(x)", VALUES),
        "relu_before_addition",
    ),
    "relu before and after": (SUM, "F.relu(F.relu(out) + self.shortcut(x))", VALUES, "relu_twice"),
    "relu on the shortcut": (
        SUM,
        "F.relu(out + F.relu(self.shortcut(x)))",
        VALUES,
        "relu_on_shortcut",
    ),
    "no relu inside": (
        *("F.relu(self.bn1(self.conv1(x)))", "self.bn1(self.conv1(x))", VALUES),
        "inner_relu_missing",
    ),
    "relu, then normalisation": (
        *("F.relu(self.bn1(self.conv1(x)))", "self.bn1(F.relu(self.conv1(x)))", VALUES),
        "relu_before_batch_norm",
    ),
    "one normalisation for both": ("self.bn2(self.conv2", "self.bn1(self.conv2", VALUES, ""),
    "always the batch's statistics": (
        *(
            "nn.BatchNorm2d(out_channels)",
            "nn.BatchNorm2d(out_channels, track_running_stats=False)",
        ),
        *(VALUES, "no_running_statistics"),
    ),
    "leaky": (SUM, "F.leaky_relu(out + self.shortcut(x))", VALUES, ""),
    "convolutions with bias": ("bias=False", "bias=True", COUNTED, "convolution_bias"),
    "shortcut without normalisation": (
        ",\n                nn.BatchNorm2d(out_channels),\n            )",
        ")",
        {"block_parameters", *PROJECTED},
        "shortcut_without_batch_norm",
    ),
    "shortcut with bias": (
        *("1, stride, bias=False", "1, stride"),
        {"block_parameters", *PROJECTED},
        "shortcut_bias",
    ),
    "shortcut always": (
        *("if stride != 1 or in_channels != out_channels:", "if True:"),
        {"block_parameters", "block_identity"},
        "shortcut_always",
    ),
    "shortcut only for channels": (
        *("stride != 1 or in_channels", "in_channels"),
        {"block_parameters", "block_one_change"},
        "shortcut_missing",
    ),
    "shortcut never": (
        *("stride != 1 or in_channels != out_channels", "False"),
        {"block_parameters"} | SHAPED,
        "shortcut_missing",
    ),
    "shortcut without stride": (
        *("out_channels, 1, stride, bias", "out_channels, 1, bias"),
        {"block_shapes", *PROJECTED, "block_keeps_its_input"},
        "shortcut_without_stride",
    ),
    "stride in the second convolution": (
        "out_channels, 3, stride, padding=1, bias=False)\n"
        "        self.bn1 = nn.BatchNorm2d(out_channels)\n"
        "        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding",
        "out_channels, 3, padding=1, bias=False)\n"
        "        self.bn1 = nn.BatchNorm2d(out_channels)\n"
        "        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, stride, padding",
        PROJECTED,
        "stride_in_second_convolution",
    ),
    "without padding": ("3, padding=1", "3, padding=0", {*SHAPED, "block_identity"}, ""),
    "writes into x": (
        *("out = self.bn2(self.conv2(out))", "out = self.bn2(self.conv2(out))\n        x *= 0.5"),
        {*VALUES, "block_keeps_its_input"},
        "",
    ),
    "relu in place on x": (
        *("out = F.relu(self.bn1", "F.relu_(x)\n        out = F.relu(self.bn1"),
        {*VALUES, "block_keeps_its_input"},
        "",
    ),
}


def _of_network(part: str, area: int) -> dict[str, tuple[str, str, set[str], str]]:
    """Mutants of a network whose tests begin with ``part``; ``area``: of its last maps, at 32x32."""
    size = {f"{part}_parameters" if part == "tiny" else f"{part}_size"}
    values, classes = {f"{part}_values"}, {f"{part}_classes"}
    return {
        "num_classes ignored": ("num_classes)]", "10)]", classes, "num_classes_ignored"),
        "softmax": ("num_classes)]", "num_classes), nn.Softmax(1)]", values, "softmax_at_end"),
        "global maximum": ("AdaptiveAvgPool2d", "AdaptiveMaxPool2d", values, "global_maximum"),
        "max pooling after the stem": (
            *(
                "layers += [nn.Adaptive",
                "layers.insert(3, nn.MaxPool2d(3, 2, 1))\n    layers += [nn.Adaptive",
            ),
            *(values, "stem_max_pool"),
        ),
        "flattened maps": (
            *(
                "nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels",
                f"nn.Flatten(), nn.Linear({area} * channels",
            ),
            *(size | values | classes, "global_average_missing"),
        ),
    }


TINY = _of_network("tiny", 64) | {
    "stem 7x7": (
        "3, 64, 3, padding=1",
        "3, 64, 7, 2, padding=3",
        {"tiny_parameters", "tiny_values"},
        "stem_7x7",
    ),
    "no relu in the stem": ("        nn.ReLU(),\n", "", {"tiny_values"}, ""),
    "no stride in a stage": ("(256, 2)", "(256, 1)", {"tiny_values"}, ""),
    "one block a stage": (
        *(", ResidualBlock(width, width)]", "]", {"tiny_parameters", "tiny_values"}, ""),
    ),
    "leaves the shape": ("nn.Flatten(), ", "", {"tiny_shape", "tiny_values", "tiny_classes"}, ""),
}
RESNET18 = _of_network("resnet18", 16) | {
    "stem 7x7": (
        "3, 64, 3, padding=1",
        "3, 64, 7, 2, padding=3",
        {"resnet18_size", "resnet18_values"},
        "stem_7x7",
    ),
    "three stages": (", (512, 2))", ")", {"resnet18_size", "resnet18_values"}, ""),
}
PLAIN18 = _of_network("plain18", 16) | {
    "with skips": (
        *("layers: list[nn.Module] = []", "return build_resnet18(num_classes)\n    layers = []"),
        *({"plain18_size", "plain18_values"}, "skips_left"),
    ),
    "convolutions with bias": (
        "bias=False",
        "bias=True",
        {"plain18_size", "plain18_values"},
        "convolution_bias",
    ),
    "stride in the last of a stage": ("number == 0", "number == 3", {"plain18_values"}, ""),
    "relu, then normalisation": (
        *(
            "nn.BatchNorm2d(width),\n                nn.ReLU(),",
            "nn.ReLU(),\n                nn.BatchNorm2d(width),",
        ),
        *({"plain18_values"}, ""),
    ),
}

MUTANTS: dict[str, Mutant] = {
    f"{task}: {name}": (task, *mutant)
    for task, table in {
        "ResidualBlock": BLOCK,
        "build_tiny_resnet": TINY,
        "build_resnet18": RESNET18,
        "build_plain18": PLAIN18,
    }.items()
    for name, mutant in table.items()
}
