"""A student's answer to ``cifar10``: the network and the training loop as the course teaches them.

Two convolutions become three, with batch normalisation, images are mirrored and the learning rate
falls along a cosine: the advice at the end of the chapter. Nothing here is tuned for speed.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset


class CNN(nn.Module):
    """32, 64 and 128 filters, each followed by pooling, then two fully-connected layers."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 32, 3, padding=1)
        self.bn1 = nn.BatchNorm2d(32)
        self.conv2 = nn.Conv2d(32, 64, 3, padding=1)
        self.bn2 = nn.BatchNorm2d(64)
        self.conv3 = nn.Conv2d(64, 128, 3, padding=1)
        self.bn3 = nn.BatchNorm2d(128)
        self.pool = nn.MaxPool2d(2)
        self.relu = nn.ReLU()
        self.fc1 = nn.Linear(128 * 4 * 4, 128)
        self.dropout = nn.Dropout(0.5)
        self.fc2 = nn.Linear(128, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Scores of the ten classes."""
        x = self.pool(self.relu(self.bn1(self.conv1(x))))
        x = self.pool(self.relu(self.bn2(self.conv2(x))))
        x = self.pool(self.relu(self.bn3(self.conv3(x))))
        x = self.relu(self.fc1(x.flatten(1)))
        scores: torch.Tensor = self.fc2(self.dropout(x))
        return scores


def build_model() -> nn.Module:
    """The network."""
    return CNN()


def augment(images: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Mirror half of the images."""
    images = images.copy()
    mirrored = rng.random(len(images)) < 0.5
    images[mirrored] = images[mirrored][:, :, ::-1]
    return images


def to_tensor(images: NDArray[np.uint8]) -> torch.Tensor:
    """Channels first, about -1 to 1."""
    return torch.from_numpy(images.copy()).permute(0, 3, 1, 2).float() / 127.5 - 1


def train(
    images: NDArray[np.uint8], labels: NDArray[np.int64], device: str, seed: int
) -> nn.Module:
    """Adam, ten epochs."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    model = build_model().to(device)
    criterion = nn.CrossEntropyLoss()
    optimizer = optim.Adam(model.parameters(), lr=0.001)
    scheduler = optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=10)
    for _ in range(10):
        dataset = TensorDataset(to_tensor(augment(images, rng)), torch.from_numpy(labels))
        model.train()
        for batch, targets in DataLoader(dataset, batch_size=64, shuffle=True):
            optimizer.zero_grad()
            loss = criterion(model(batch.to(device)), targets.to(device))
            loss.backward()
            optimizer.step()
        scheduler.step()
    return model


def predict(model: nn.Module, images: NDArray[np.uint8]) -> NDArray[np.int64]:
    """The class with the highest score."""
    model.eval()
    with torch.no_grad():
        found = [
            model(to_tensor(images[at : at + 500])).argmax(1) for at in range(0, len(images), 500)
        ]
    classes: NDArray[np.int64] = torch.cat(found).numpy()
    return classes
