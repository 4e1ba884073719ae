"""airbench94, written anew from its paper, to be measured beside our own reference.

Keller Jordan, "94% on CIFAR-10 in 3.29 Seconds on a Single GPU", 2024 (arXiv:2404.00498). The paper
trains 9.9 epochs in half precision on a GPU; here the number of epochs is a parameter, the
learning-rate schedule is compressed with it, and the CPU computes in float32.
"""

from __future__ import annotations

import copy
import math

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

WIDTHS = (64, 256, 256)
BATCH = 1024
LEARNING_RATE = 11.5  # decoupled from momentum and per 1024 examples, as the paper states it
MOMENTUM = 0.85
WEIGHT_DECAY = 0.0153
BIAS_FACTOR = 64  # biases of the norms learn this many times faster
LABEL_SMOOTHING = 0.2
WHITENING_BIAS_EPOCHS = 3
START, PEAK, END = 0.2, 0.23, 0.07  # of the triangle: first rate, when the peak is, last rate
LOOKAHEAD_STEPS, LOOKAHEAD_DECAY = 5, 0.95
MEAN, STD = (0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)  # of CIFAR-10's channels


def train(
    images: np.ndarray, labels: np.ndarray, device: str, seed: int, epochs: float = 9.9
) -> nn.Module:
    """Train on uint8 images (N, 32, 32, 3) and their class numbers."""
    torch.manual_seed(seed)
    inputs, targets = normalised(images, device), torch.as_tensor(labels, device=device)
    model = network(inputs[:5000]).to(device).to(memory_format=torch.channels_last).train()
    optimiser = _optimiser(model)
    whitening_bias = model.get_parameter("0.bias")
    smoothed, per_epoch = copy.deepcopy(model.state_dict()), len(inputs) // BATCH
    steps = math.ceil(epochs * per_epoch)
    mirrored = torch.randint(2, (len(inputs),), device=device)
    step = 0
    for epoch in range(math.ceil(epochs)):
        order = torch.randperm(len(inputs), device=device)
        for place in range(min(per_epoch, steps - step)):
            batch = order[place * BATCH : (place + 1) * BATCH]
            for group in optimiser.param_groups:
                group["lr"] = group["peak"] * _triangle(step / steps)
            whitening_bias.requires_grad_(epoch < WHITENING_BIAS_EPOCHS)
            mirror = (mirrored[batch] + epoch) % 2 == 1  # alternating: chance decides only at first
            scores = model(translated(flipped(inputs[batch], mirror)))
            loss = F.cross_entropy(
                scores, targets[batch], label_smoothing=LABEL_SMOOTHING, reduction="sum"
            )
            optimiser.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            step += 1
            if step % LOOKAHEAD_STEPS == 0:
                decay = LOOKAHEAD_DECAY**LOOKAHEAD_STEPS * (step / steps) ** 3
                _look_ahead(model, smoothed, decay)
    _look_ahead(model, smoothed, 1.0)
    return model


@torch.no_grad()
def predict(model: nn.Module, images: np.ndarray, device: str) -> np.ndarray:
    """Class numbers; each image is seen six times: mirrored or not, moved by one pixel or not."""
    model.eval()
    found = []
    inputs = normalised(images, device)
    for start in range(0, len(inputs), 1000):
        part = inputs[start : start + 1000]
        moved = F.pad(part, (1,) * 4, mode="reflect")
        scores = torch.zeros(len(part), 10, device=device)
        for view, share in (
            (part, 0.5),
            (moved[:, :, :32, :32], 0.25),
            (moved[:, :, 2:, 2:], 0.25),
        ):
            scores += share * (model(view) + model(view.flip(3)))
        found.append(scores.argmax(1))
    return torch.cat(found).cpu().numpy()


def network(images: Tensor) -> nn.Sequential:
    """A whitening layer made from ``images``, three blocks, a linear head; 1.97 million weights."""
    layers: list[nn.Module] = [_whitening(images), nn.GELU()]
    channels = 24
    for width in WIDTHS:
        layers += [_convolution(channels, width), nn.MaxPool2d(2), _norm(width), nn.GELU()]
        layers += [_convolution(width, width), _norm(width), nn.GELU()]
        channels = width
    head = nn.Linear(channels, 10, bias=False)
    return nn.Sequential(*layers, nn.MaxPool2d(3), nn.Flatten(), head, _Scale(1 / 9))


class _Scale(nn.Module):
    """Smaller scores, and with them smaller gradients: not the same as smaller weights before."""

    def __init__(self, factor: float) -> None:
        super().__init__()
        self.factor = factor

    def forward(self, scores: Tensor) -> Tensor:
        return scores * self.factor


def normalised(images: np.ndarray, device: str) -> Tensor:
    """(N, 32, 32, 3) bytes to (N, 3, 32, 32) floats of mean 0 and standard deviation 1."""
    pixels = torch.tensor(images, device=device).permute(0, 3, 1, 2).float() / 255
    mean, std = (torch.tensor(x, device=device).view(1, 3, 1, 1) for x in (MEAN, STD))
    return ((pixels - mean) / std).contiguous(memory_format=torch.channels_last)


def flipped(images: Tensor, mirror: Tensor) -> Tensor:
    """The images, those where ``mirror`` (N,) is true with left and right exchanged."""
    return torch.where(mirror.view(-1, 1, 1, 1), images.flip(3), images)


def translated(images: Tensor, by: int = 2) -> Tensor:
    """Each image moved by up to ``by`` pixels; the border is filled by reflection."""
    padded = F.pad(images, (by,) * 4, mode="reflect")
    moved = torch.empty_like(images)
    places = torch.randint(2 * by + 1, (2, len(images)), device=images.device)
    for row in range(2 * by + 1):
        for column in range(2 * by + 1):
            here = (places[0] == row) & (places[1] == column)
            moved[here] = padded[here, :, row : row + 32, column : column + 32]
    return moved


def _whitening(images: Tensor) -> nn.Conv2d:
    """Fixed 2 x 2 filters, both signs of each: the patches' principal axes, at equal variance."""
    patches = images.unfold(2, 2, 1).unfold(3, 2, 1).permute(0, 2, 3, 1, 4, 5).reshape(-1, 12)
    variances, axes = torch.linalg.eigh(patches.T @ patches / len(patches))
    filters = (axes / torch.sqrt(variances + 5e-4)).T.reshape(12, 3, 2, 2).flip(0)
    layer = nn.Conv2d(3, 24, 2)
    layer.weight = nn.Parameter(torch.cat([filters, -filters]), requires_grad=False)
    layer.bias = nn.Parameter(torch.zeros(24))
    return layer


def _convolution(channels: int, width: int) -> nn.Conv2d:
    """A 3 x 3 convolution whose first filters pass their input on (partial identity)."""
    layer = nn.Conv2d(channels, width, 3, padding="same", bias=False)
    nn.init.dirac_(layer.weight.data[:channels])
    return layer


def _norm(width: int) -> nn.BatchNorm2d:
    """Batch norm without a learnt scale; its running statistics forget quickly."""
    layer = nn.BatchNorm2d(width, eps=1e-12, momentum=0.4)
    layer.weight.requires_grad_(False)
    return layer


def _optimiser(model: nn.Module) -> torch.optim.SGD:
    """Nesterov SGD, with the paper's decoupled rate turned into one for the sum of the losses."""
    rate = LEARNING_RATE / (1024 * (1 + 1 / (1 - MOMENTUM)))
    decay = WEIGHT_DECAY * BATCH / (1024 * (1 + 1 / (1 - MOMENTUM)))
    norms = [layer for layer in model.modules() if isinstance(layer, nn.BatchNorm2d)]
    biases = [layer.bias for layer in norms]
    chosen = set(map(id, biases))
    others = [p for p in model.parameters() if p.requires_grad and id(p) not in chosen]
    groups = [
        {"params": biases, "lr": rate * BIAS_FACTOR, "weight_decay": decay / (rate * BIAS_FACTOR)},
        {"params": others, "lr": rate, "weight_decay": decay / rate},
    ]
    optimiser = torch.optim.SGD(groups, lr=rate, momentum=MOMENTUM, nesterov=True)
    for group in optimiser.param_groups:
        group["peak"] = group["lr"]
    return optimiser


def _triangle(progress: float) -> float:
    """The learning rate's share of its peak at ``progress`` between 0 and 1."""
    if progress < PEAK:
        return START + (1 - START) * progress / PEAK
    return 1 + (END - 1) * (progress - PEAK) / (1 - PEAK)


@torch.no_grad()
def _look_ahead(model: nn.Module, smoothed: dict[str, Tensor], decay: float) -> None:
    """Pull the smoothed weights towards the model's, then put them into the model."""
    for name, value in model.state_dict().items():
        if value.is_floating_point():
            smoothed[name].lerp_(value, 1 - decay)
            value.copy_(smoothed[name])
