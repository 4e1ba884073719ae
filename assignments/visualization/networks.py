"""Networks that the grader builds: here in float64, and in the student's process in float32."""

import numpy as np


def build(kind, state, training=False):
    """A network of this kind with these weights; ``state`` None leaves torch's own."""
    from collections import OrderedDict

    import torch
    import torch.nn.functional as functional
    from torch import nn

    def convolution(channels, filters, **options):
        return nn.Conv2d(channels, filters, 3, padding=1, **options)

    def classifier(filters):
        # Four means a map: with one, the gradient of a last layer would be the same all over a map.
        return nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(4 * filters, 4)

    def plain(inplace=False):
        first, second = convolution(3, 5), convolution(5, 6)
        relus = nn.ReLU(inplace), nn.ReLU(inplace)
        return nn.Sequential(first, relus[0], second, relus[1], *classifier(6))

    def nested():
        features = nn.Sequential(
            convolution(3, 4), nn.Tanh(), nn.AvgPool2d(2), convolution(4, 6), nn.ReLU()
        )
        parts = {"features": features, "classifier": nn.Sequential(*classifier(6))}
        return nn.Sequential(OrderedDict(parts))

    class Normalised(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm = nn.BatchNorm2d(3)
            self.conv1 = nn.Conv2d(3, 4, 5, padding=2, bias=False)
            self.bn1 = nn.BatchNorm2d(4)
            self.conv2 = convolution(4, 6, stride=2)
            self.bn2 = nn.BatchNorm2d(6)
            self.head = nn.Sequential(*classifier(6))

        def forward(self, x):
            x = functional.elu(self.bn1(self.conv1(self.norm(x))))
            return self.head(functional.elu(self.bn2(self.conv2(x))))

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1, self.conv2 = convolution(5, 5), convolution(5, 5)
            self.dropout = nn.Dropout(0.5)

        def forward(self, x):
            return x + self.conv2(self.dropout(functional.elu(self.conv1(x))))

    class Residual(nn.Module):
        def __init__(self):
            super().__init__()
            # Registered before the block, used after it; its weights are not a convolution's.
            self.score = nn.Linear(20, 4)
            self.stem = nn.Conv2d(3, 5, 1)
            self.block = Block()

        def forward(self, x):
            x = torch.tanh(self.block(self.stem(x)))
            return self.score(functional.adaptive_avg_pool2d(x, 2).flatten(1))

    kinds = {
        "plain": plain,
        "inplace": lambda: plain(inplace=True),
        "nested": nested,
        "normalised": Normalised,
        "residual": Residual,
    }
    model = kinds[kind]()
    if state is not None:
        model.load_state_dict({name: torch.tensor(array) for name, array in state.items()})
    return model.train(training)


def draw_state(model, rng):
    """Random weights and running statistics for a network, float32."""
    state = {}
    for name, tensor in model.state_dict().items():
        shape = tuple(tensor.shape)
        if shape == ():
            state[name] = np.array(0)  # batches that were seen
        elif name.endswith("running_var"):
            state[name] = rng.uniform(0.5, 2, size=shape).astype(np.float32)
        else:
            scale = np.sqrt(2 / np.prod(shape[1:])) if len(shape) > 1 else 0.5
            state[name] = rng.normal(scale=scale, size=shape).astype(np.float32)
    return state


# ---------------------------------------------------------------- run in the student's process


def hook_count(model):
    """How many hooks the model's modules bear."""
    kinds = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
    return sum(len(getattr(module, kind)) for module in model.modules() for kind in kinds)


def in_training(model):
    """Whether each module is in training mode, by name."""
    return {name: module.training for name, module in model.named_modules()}


def gradients(model):
    """The gradients that lie in the parameters, by name; zeros where there are none."""
    import numpy as np

    return {
        name: np.zeros(tuple(each.shape)) if each.grad is None else each.grad.numpy()
        for name, each in model.named_parameters()
    }
