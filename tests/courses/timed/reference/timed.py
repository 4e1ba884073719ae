"""Learns colours: a softmax regression on the mean colour of each quarter of an image."""

import numpy as np
import torch
from torch import nn


def train(images, labels, device, seed):
    """A model that tells the classes apart."""
    torch.manual_seed(seed)
    model = nn.Sequential(
        nn.Conv2d(3, 16, 3, padding=1),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(2),
        nn.Flatten(),
        nn.Linear(64, 10),
    )
    inputs = torch.from_numpy(images.copy()).permute(0, 3, 1, 2).float() / 255
    targets = torch.from_numpy(labels)
    optimizer = torch.optim.Adam(model.parameters(), 0.02)
    for _ in range(6):
        for batch in torch.randperm(len(inputs)).split(32):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(inputs[batch]), targets[batch]).backward()
            optimizer.step()
    return model


def predict(model, images):
    """The class of each image."""
    with torch.no_grad():
        inputs = torch.from_numpy(np.array(images)).permute(0, 3, 1, 2).float() / 255
        return model(inputs).argmax(1).numpy()
