"""Networks of the course in Keras and PyTorch, training and evaluation: answers to ``cnn``.

Images are (batch, height, width, channels) in Keras and (batch, channels, height, width) in
PyTorch. The PyTorch networks give logits, as ``nn.CrossEntropyLoss`` expects; the Keras network
ends with softmax, as exercise sheet no. 3 has it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import torch
from torch import nn

if TYPE_CHECKING:
    import keras


def build_keras_cnn() -> keras.Model:
    """Sheet no. 3: (n, 28, 28, 1) to the probabilities of 10 classes, (n, 10)."""
    from keras import Input, Sequential, layers

    model: keras.Model = Sequential(
        [
            Input((28, 28, 1)),
            layers.Conv2D(16, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(64, activation="relu"),
            layers.Dense(32, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    return model


def build_torch_cnn() -> nn.Module:
    """Chapter 07, listing 1: (n, 1, 28, 28) to logits (n, 10)."""
    return nn.Sequential(
        *(nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(64 * 7 * 7, 128), nn.ReLU(), nn.Dropout(0.5)),
        nn.Linear(128, 10),
    )


def build_lenet5() -> nn.Module:
    """Chapter 07, section 5.1: (n, 1, 32, 32) to logits (n, 10)."""
    return nn.Sequential(
        *(nn.Conv2d(1, 6, 5), nn.Tanh(), nn.AvgPool2d(2)),
        *(nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2)),
        *(nn.Conv2d(16, 120, 5), nn.Tanh(), nn.Flatten()),
        *(nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10)),
    )


def build_tiny_vgg(num_classes: int = 10) -> nn.Module:
    """Chapter 07, listing 3: (n, 3, 32, 32) to logits (n, num_classes)."""
    layers: list[nn.Module] = []
    channels = 3
    for width, convolutions in ((64, 2), (128, 2), (256, 3)):
        for _ in range(convolutions):
            layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU()]
            channels = width
        layers.append(nn.MaxPool2d(2))
    layers += [nn.Flatten(), nn.Linear(256 * 4 * 4, 512), nn.ReLU(), nn.Dropout(0.5)]
    return nn.Sequential(*layers, nn.Linear(512, num_classes))


def train_one_epoch(
    model: nn.Module,
    batches: Iterable[tuple[torch.Tensor, torch.Tensor]],
    optimizer: torch.optim.Optimizer,
    criterion: nn.Module,
) -> float:
    """One step of ``optimizer`` per batch, in training mode; the mean of the batches' losses."""
    model.train(mode=True)
    losses: list[float] = []
    for images, labels in batches:
        optimizer.zero_grad()
        loss = criterion(model(images), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return sum(losses) / len(losses)


def evaluate(model: nn.Module, batches: Iterable[tuple[torch.Tensor, torch.Tensor]]) -> float:
    """Share of all images whose largest output is their label's; the model's mode is restored."""
    was_training = model.training
    model.train(mode=False)
    right = total = 0
    with torch.inference_mode():
        for images, labels in batches:
            right += int((model(images).argmax(dim=1) == labels).sum())
            total += len(labels)
    model.train(mode=was_training)
    return right / total
