"""Residual networks: answers to the assignment ``resnet``.

Images are (batch, channels, height, width). No convolution has a bias: the batch normalisation that
follows it would take it away again. Layouts follow He et al. (2015) with the course's 3x3 stem.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F


class ResidualBlock(nn.Module):
    """Two convolutions and a shortcut around both; each side becomes ⌈side / stride⌉."""

    def __init__(self, in_channels: int, out_channels: int, stride: int = 1) -> None:
        """Layers for (n, in_channels, h, w); the first convolution and the shortcut stride."""
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(out_channels)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(out_channels)
        self.shortcut = nn.Sequential()  # the identity, where x can be added as it is
        if stride != 1 or in_channels != out_channels:
            self.shortcut = nn.Sequential(
                nn.Conv2d(in_channels, out_channels, 1, stride, bias=False),
                nn.BatchNorm2d(out_channels),
            )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Equation (14) of the course, and ReLU: (n, in_channels, h, w) to (n, out_channels, …)."""
        out = F.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        return F.relu(out + self.shortcut(x))


def build_tiny_resnet(num_classes: int = 10) -> nn.Module:
    """A 3x3 stem, three stages of two blocks, one linear layer: (n, 3, h, w) to logits."""
    layers: list[nn.Module] = [
        nn.Conv2d(3, 64, 3, padding=1, bias=False),
        nn.BatchNorm2d(64),
        nn.ReLU(),
    ]
    channels = 64
    for width, stride in ((64, 1), (128, 2), (256, 2)):
        layers += [ResidualBlock(channels, width, stride), ResidualBlock(width, width)]
        channels = width
    layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, num_classes)]
    return nn.Sequential(*layers)


def build_resnet18(num_classes: int = 10) -> nn.Module:
    """ResNet-18 for small images: a 3x3 stem without pooling, four stages of two blocks."""
    layers: list[nn.Module] = [
        nn.Conv2d(3, 64, 3, padding=1, bias=False),
        nn.BatchNorm2d(64),
        nn.ReLU(),
    ]
    channels = 64
    for width, stride in ((64, 1), (128, 2), (256, 2), (512, 2)):
        layers += [ResidualBlock(channels, width, stride), ResidualBlock(width, width)]
        channels = width
    layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, num_classes)]
    return nn.Sequential(*layers)


def build_plain18(num_classes: int = 10) -> nn.Module:
    """The seventeen 3x3 convolutions of ResNet-18, with nothing added to their outputs."""
    layers: list[nn.Module] = []
    channels = 3
    for width, count in ((64, 5), (128, 4), (256, 4), (512, 4)):
        for number in range(count):
            stride = 2 if number == 0 and width > 64 else 1
            layers += [
                nn.Conv2d(channels, width, 3, stride, padding=1, bias=False),
                nn.BatchNorm2d(width),
                nn.ReLU(),
            ]
            channels = width
    layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, num_classes)]
    return nn.Sequential(*layers)
