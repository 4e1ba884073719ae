"""Learns colours: a softmax regression on the mean colour of each quarter of an image."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn


def train(
    images: NDArray[np.uint8], labels: NDArray[np.int64], device: str, seed: int
) -> nn.Module:
    """A model that tells the classes apart."""
    torch.manual_seed(seed)
    model = nn.Sequential(nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(12, 10))
    inputs = torch.from_numpy(images.copy()).permute(0, 3, 1, 2).float() / 255
    targets = torch.from_numpy(labels)
    pooled = model[:2](inputs)
    optimizer = torch.optim.Adam(model.parameters(), 0.1)
    for _ in range(100):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model[2](pooled), targets).backward()
        optimizer.step()
    return model


def predict(model: nn.Module, images: NDArray[np.uint8]) -> NDArray[np.int64]:
    """The class of each image."""
    with torch.no_grad():
        inputs = torch.from_numpy(np.array(images)).permute(0, 3, 1, 2).float() / 255
        return model(inputs).argmax(1).numpy()
