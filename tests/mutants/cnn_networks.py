"""Mutants of ``cnn``: the four networks."""

from mutants import parts_of

KERAS_ALL = parts_of("build_keras_cnn", "size layers probabilities is_new")
TORCH_ALL = parts_of("build_torch_cnn", "size layers logits dropout is_new")
LENET_ALL = parts_of("build_lenet5", "size layers logits is_new")
VGG_ALL = parts_of("build_tiny_vgg", "size num_classes layers logits dropout")
TORCH_LAYERS = parts_of("build_torch_cnn", "layers dropout")
VGG_LAYERS = parts_of("build_tiny_vgg", "layers dropout")
ALWAYS = 'type("D", (nn.Module,), {"forward": lambda self, x: nn.functional.dropout(x, 0.5)})()'


def cached(task):
    """One network for all calls."""
    tests, hint = parts_of(task, "is_new"), "one_model_for_all"
    return (task, f"def {task}", f"import functools\n\n\n@functools.cache\ndef {task}", tests, hint)


KERAS = {
    "keras: same padding": (
        *("build_keras_cnn", '3, activation="relu"', '3, padding="same", activation="relu"'),
        parts_of("build_keras_cnn", "size layers"),
        "same_padding",
    ),
    "keras: no softmax": (
        *("build_keras_cnn", '10, activation="softmax"', "10"),
        parts_of("build_keras_cnn", "probabilities"),
        "softmax_forgotten",
    ),
    "keras: sigmoid at the end": (
        *("build_keras_cnn", '"softmax"', '"sigmoid"'),
        parts_of("build_keras_cnn", "layers probabilities"),
        "softmax_forgotten",
    ),
    "keras: softmax twice": (
        *("build_keras_cnn", '"softmax"),', '"softmax"), layers.Softmax(),'),
        parts_of("build_keras_cnn", "layers"),
        "softmax_twice",
    ),
    "keras: a convolution without relu": (
        *("build_keras_cnn", '32, 3, activation="relu"', "32, 3"),
        parts_of("build_keras_cnn", "layers"),
        "relu_forgotten",
    ),
    "keras: a dense layer without relu": (
        *("build_keras_cnn", '64, activation="relu"', "64"),
        parts_of("build_keras_cnn", "layers"),
        "relu_forgotten",
    ),
    "keras: sigmoid for relu": (
        *("build_keras_cnn", '"relu"', '"sigmoid"'),
        parts_of("build_keras_cnn", "layers"),
        "",
    ),
    "keras: average pooling": (
        *("build_keras_cnn", "MaxPooling2D", "AveragePooling2D"),
        parts_of("build_keras_cnn", "layers"),
        "average_for_max",
    ),
    "keras: no return": ("build_keras_cnn", "return model", "model.summary", KERAS_ALL, ""),
    "keras: cached": cached("build_keras_cnn"),
}
TORCH = {
    "cnn: no padding": (
        *("build_torch_cnn", "def build_torch_cnn() -> nn.Module:"),
        "def build_torch_cnn() -> nn.Module:\n"
        "    return nn.Sequential(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2),\n"
        "        nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),\n"
        "        nn.Linear(1600, 128), nn.ReLU(), nn.Dropout(0.5), nn.Linear(128, 10))\n",
        parts_of("build_torch_cnn", "size layers dropout"),
        "padding_forgotten",
    ),
    "cnn: sizes that do not fit": ("build_torch_cnn", "64 * 7 * 7", "64 * 6 * 6", TORCH_ALL, ""),
    "cnn: no relu after convolutions": (
        *("build_torch_cnn", "padding=1), nn.ReLU()", "padding=1)", TORCH_LAYERS),
        "relu_after_convolutions",
    ),
    "cnn: no relu in the classifier": (
        *("build_torch_cnn", "128), nn.ReLU()", "128)", TORCH_LAYERS, "relu_in_classifier"),
    ),
    "cnn: no relu": ("build_torch_cnn", "nn.ReLU(), ", "", TORCH_LAYERS, "relu_forgotten"),
    "cnn: one relu missing": (
        *("build_torch_cnn", "64, 3, padding=1), nn.ReLU()", "64, 3, padding=1)", TORCH_LAYERS),
        "",
    ),
    "cnn: average pooling": (
        *("build_torch_cnn", "MaxPool2d", "AvgPool2d", TORCH_LAYERS, "average_for_max"),
    ),
    "cnn: softmax": (
        *("build_torch_cnn", "(128, 10)", "(128, 10), nn.Softmax(dim=1)"),
        parts_of("build_torch_cnn", "logits"),
        "softmax_at_end",
    ),
    "cnn: log softmax": (
        *("build_torch_cnn", "(128, 10)", "(128, 10), nn.LogSoftmax(dim=1)"),
        parts_of("build_torch_cnn", "logits"),
        "log_softmax_at_end",
    ),
    "cnn: no dropout": (
        *("build_torch_cnn", ", nn.Dropout(0.5)", ""),
        parts_of("build_torch_cnn", "dropout"),
        "dropout_forgotten",
    ),
    "cnn: other dropout": (
        *("build_torch_cnn", "0.5", "0.25"),
        parts_of("build_torch_cnn", "dropout"),
        "",
    ),
    "cnn: dropout in both modes": (
        *("build_torch_cnn", "nn.Dropout(0.5)", ALWAYS, TORCH_LAYERS, "dropout_always"),
    ),
    "cnn: dropout too early": (
        "build_torch_cnn",
        "nn.Linear(64 * 7 * 7, 128), nn.ReLU(), nn.Dropout(0.5)",
        "nn.Dropout(0.5), nn.Linear(64 * 7 * 7, 128), nn.ReLU()",
        parts_of("build_torch_cnn", "dropout"),
        "dropout_misplaced",
    ),
    "cnn: cached": cached("build_torch_cnn"),
}
LENET = {
    "lenet: relu": (
        *("build_lenet5", "nn.Tanh()", "nn.ReLU()", {"build_lenet5_layers"}, "relu_for_tanh"),
    ),
    "lenet: max pooling": (
        *("build_lenet5", "AvgPool2d", "MaxPool2d", {"build_lenet5_layers"}, "max_for_average"),
    ),
    "lenet: relu and max pooling": (
        *("build_lenet5", "return nn.Sequential("),
        "from types import SimpleNamespace\n"
        "    changed = {'Tanh': torch.nn.ReLU, 'AvgPool2d': torch.nn.MaxPool2d}\n"
        "    nn = SimpleNamespace(**{**vars(torch.nn), **changed})\n"
        "    return nn.Sequential(",
        {"build_lenet5_layers"},
        "relu_and_max",
    ),
    "lenet: tanh after pooling": (
        *("build_lenet5", "nn.Tanh(), nn.AvgPool2d(2)", "nn.AvgPool2d(2), nn.Tanh()"),
        {"build_lenet5_layers"},
        "tanh_after_pooling",
    ),
    "lenet: no tanh after F6": (
        *("build_lenet5", "84), nn.Tanh()", "84)", {"build_lenet5_layers"}),
        "tanh_after_f6_forgotten",
    ),
    "lenet: no tanh": (
        *("build_lenet5", "nn.Tanh(), ", "", {"build_lenet5_layers"}, "tanh_forgotten"),
    ),
    "lenet: softmax": (
        *("build_lenet5", "(84, 10)", "(84, 10), nn.Softmax(dim=1)", {"build_lenet5_logits"}),
        "softmax_at_end",
    ),
    "lenet: for 28x28": ("build_lenet5", "(1, 6, 5)", "(1, 6, 5, padding=2)", LENET_ALL, ""),
    "lenet: no bias": (
        *("build_lenet5", "(16, 120, 5)", "(16, 120, 5, bias=False)"),
        parts_of("build_lenet5", "size layers"),
        "",
    ),
    "lenet: cached": cached("build_lenet5"),
}
VGG = {
    "vgg: two convolutions in block 3": (
        *("build_tiny_vgg", "(256, 3)", "(256, 2)", VGG_LAYERS | {"build_tiny_vgg_size"}),
        "two_convolutions_in_block_3",
    ),
    "vgg: batch norm": (
        *("build_tiny_vgg", "padding=1), ", "padding=1), nn.BatchNorm2d(width), "),
        VGG_LAYERS | {"build_tiny_vgg_size"},
        "batch_norm_added",
    ),
    "vgg: means of the maps": (
        *("build_tiny_vgg", "nn.Flatten(), nn.Linear(256 * 4 * 4"),
        "nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(256",
        VGG_LAYERS | {"build_tiny_vgg_size"},
        "mean_for_flatten",
    ),
    "vgg: always 10 classes": (
        *("build_tiny_vgg", "(512, num_classes)", "(512, 10)", {"build_tiny_vgg_num_classes"}),
        "num_classes_ignored",
    ),
    "vgg: no relu after convolutions": (
        *("build_tiny_vgg", ", nn.ReLU()]", "]", VGG_LAYERS, "relu_after_convolutions"),
    ),
    "vgg: no relu in the classifier": (
        *("build_tiny_vgg", "512), nn.ReLU()", "512)", VGG_LAYERS, "relu_in_classifier"),
    ),
    "vgg: one relu a block": (
        *("build_tiny_vgg", "layers.append(nn.MaxPool2d(2))"),
        "layers = [each for each in layers if not isinstance(each, nn.ReLU)]\n"
        "        layers += [nn.Threshold(0, 0), nn.MaxPool2d(2)]",
        VGG_LAYERS,
        "relu_once_a_block",
    ),
    "vgg: average pooling": (
        *("build_tiny_vgg", "MaxPool2d", "AvgPool2d", VGG_LAYERS, "average_for_max"),
    ),
    "vgg: softmax": (
        *("build_tiny_vgg", "num_classes))", "num_classes), nn.Softmax(dim=1))"),
        {"build_tiny_vgg_logits"},
        "softmax_at_end",
    ),
    "vgg: no dropout": (
        *("build_tiny_vgg", ", nn.Dropout(0.5)", "", {"build_tiny_vgg_dropout"}),
        "dropout_forgotten",
    ),
    "vgg: not flattened": ("build_tiny_vgg", "nn.Flatten(), ", "", VGG_ALL, ""),
}
MUTANTS = KERAS | TORCH | LENET | VGG
