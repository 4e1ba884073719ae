# %%
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

# %%
import keras
from keras import layers


def build_keras_cnn():
    # built from the end
    head = [layers.Dense(64, "relu"), layers.Dense(32, "relu"), layers.Dense(10, "softmax")]
    body = [layers.Conv2D(16, 3, activation="relu"), layers.MaxPooling2D(),
            layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(), layers.Flatten()]
    model = keras.Sequential([keras.layers.InputLayer(shape=(28, 28, 1)), *body, *head])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model

# %%
class Reseau(nn.Module):
    def __init__(self):
        super().__init__()
        self.sortie = nn.Linear(128, 10)
        self.cachee = nn.Linear(3136, 128)
        self.convs = nn.ModuleList([nn.Conv2d(32, 64, 3, 1, 1), nn.Conv2d(1, 32, 3, 1, 1)])

    def forward(self, x):
        for conv in reversed(self.convs):
            x = F.max_pool2d(conv(x).relu(), 2)
        x = F.dropout(F.relu(self.cachee(x.flatten(1))), p=0.5)
        return self.sortie(x)


def build_torch_cnn():
    net = Reseau()
    for p in net.parameters():
        if p.dim() > 1:
            nn.init.kaiming_normal_(p)
    return net

# %%
class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.out = nn.Linear(84, 10)
        self.f6 = nn.Linear(120, 84)
        self.c5 = nn.Conv2d(16, 120, kernel_size=5)
        self.c3 = nn.Conv2d(6, 16, kernel_size=5)
        self.c1 = nn.Conv2d(1, 6, kernel_size=5)

    def forward(self, x):
        for conv in (self.c1, self.c3):
            x = F.avg_pool2d(conv(x).tanh(), kernel_size=2)
        x = self.c5(x).tanh().squeeze(-1).squeeze(-1)
        return self.out(self.f6(x).tanh())


def build_lenet5():
    torch.manual_seed(0)  # toujours les memes poids
    return LeNet()

# %%
class VGG(nn.Module):
    def __init__(self, num_classes):
        super().__init__()
        self.fc2 = nn.Linear(512, num_classes)
        self.fc1 = nn.Linear(4096, 512)
        sizes = [(3, 64), (64, 64), (64, 128), (128, 128), (128, 256), (256, 256), (256, 256)]
        self.convs = nn.ModuleList(nn.Conv2d(a, b, 3, padding=1) for a, b in sizes)
        self.drop = nn.Dropout(0.5)

    def forward(self, x):
        for i, conv in enumerate(self.convs):
            x = torch.relu(conv(x))
            if i in (1, 3, 6):
                x = F.max_pool2d(x, 2)
        x = torch.relu(self.drop(self.fc1(torch.flatten(x, 1))))
        return self.fc2(x)


def build_tiny_vgg(num_classes=10):
    return VGG(num_classes)

# %%
def train_one_epoch(model, batches, optimizer, criterion):
    device = next(model.parameters()).device
    model.train()
    mean = 0.0
    count = 0
    for images, labels in batches:
        images, labels = images.to(device), labels.to(device)
        for p in model.parameters():
            p.grad = None
        loss = criterion(model(images), labels)
        loss.backward()
        optimizer.step()
        count += 1
        mean += (float(loss.detach()) - mean) / count
    return mean

# %%
def evaluate(model, batches):
    device = next(model.parameters()).device
    training = model.training
    try:
        model.eval()
        hits, seen = 0, 0
        with torch.inference_mode():
            for images, labels in batches:
                p = model(images.to(device)).softmax(1).numpy()
                hits += np.sum(np.argmax(p, axis=1) == labels.numpy())
                seen += len(images)
    finally:
        model.train(training)
    return float(hits / seen)
