# %%
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

# %%
import keras
from keras import layers


def build_keras_cnn():
    inputs = keras.Input(shape=(28, 28, 1))
    x = inputs
    for filtres in (16, 32):
        x = layers.Conv2D(filtres, 3)(x)
        x = layers.ReLU()(x)
        x = layers.MaxPool2D()(x)
    x = layers.Flatten()(x)
    for n in (64, 32):
        x = layers.Dense(n)(x)
        x = layers.Activation("relu")(x)
    outputs = layers.Softmax()(layers.Dense(10)(x))
    return keras.Model(inputs, outputs, name="feuille_3")

# %%
def build_torch_cnn():
    return nn.Sequential(
        nn.LazyConv2d(32, 3, padding="same"), nn.MaxPool2d(2), nn.ReLU(),
        nn.LazyConv2d(64, 3, padding="same"), nn.MaxPool2d(2), nn.ReLU(),
        nn.Flatten(),
        nn.LazyLinear(128), nn.ReLU(), nn.Dropout(),
        nn.LazyLinear(10),
    )

# %%
def build_lenet5():
    features = nn.Sequential(
        nn.Conv2d(1, 6, 5), nn.AvgPool2d(2), nn.Tanh(),
        nn.Conv2d(6, 16, 5), nn.AvgPool2d(2), nn.Tanh(),
        nn.Conv2d(16, 120, 5), nn.Tanh(),
    )
    classifier = nn.Sequential(nn.Flatten(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10))
    return nn.Sequential(features, classifier)

# %%
def block(filters, depth):
    convs = []
    for _ in range(depth):
        convs += [nn.LazyConv2d(filters, 3, padding=1), nn.ReLU()]
    return convs + [nn.MaxPool2d(2)]


def build_tiny_vgg(num_classes=10):
    model = nn.Sequential(
        *block(64, 2), *block(128, 2), *block(256, 3), nn.Flatten(),
        nn.LazyLinear(512), nn.ReLU(), nn.Dropout(0.5), nn.LazyLinear(num_classes),
    )
    model(torch.zeros(1, 3, 32, 32))
    return model

# %%
def train_one_epoch(model, batches, optimizer, criterion):
    model.train()
    losses = []
    for x, y in batches:
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=False)
        losses.append(loss.detach().cpu().numpy())
    return np.mean(losses)

# %%
@torch.no_grad()
def evaluate(model, batches):
    was = model.training
    model.train(False)
    results = []
    for x, y in batches:
        results.append(model(x).argmax(-1).eq(y))
    model.train(was)
    return torch.cat(results).float().mean().item()
