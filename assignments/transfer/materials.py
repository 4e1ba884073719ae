"""Small networks and steps that run in the student's process; on the trusted side, too.

Each function imports what it needs by itself: only its text goes there.
"""


def small_network(name, classes=5, seed=0):
    """Two convolutions with batch normalisation and a head called ``name``."""
    import torch
    from torch import nn

    class Small(nn.Module):
        def __init__(self):
            super().__init__()
            self.features = nn.Sequential(
                *[nn.Conv2d(3, 6, 3, padding=1), nn.BatchNorm2d(6), nn.ReLU()],
                *[nn.Conv2d(6, 8, 3, stride=2), nn.BatchNorm2d(8), nn.ReLU()],
            )
            self.squeeze = nn.Linear(8, 9)  # fully connected, but not the last layer
            setattr(self, name, nn.Linear(9, classes))

        def forward(self, x):
            return getattr(self, name)(self.squeeze(self.features(x).mean(dim=(2, 3))).relu())

    torch.manual_seed(seed)
    return Small()


def vgg_style(seed=0):
    """A network whose head lies inside another layer: its name is ``classifier.1``."""
    from collections import OrderedDict

    import torch
    from torch import nn

    torch.manual_seed(seed)
    features = nn.Sequential(nn.Conv2d(3, 6, 3, padding=1), nn.BatchNorm2d(6), nn.ReLU())
    classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(6, 4))
    layers = [("features", features), ("pool", nn.AdaptiveAvgPool2d(1)), ("flat", nn.Flatten())]
    return nn.Sequential(OrderedDict([*layers, ("classifier", classifier)]))


def in_training_mode(model):
    model.train()


def without_gradients(model):
    model.requires_grad_(False)


def training_step(model, images, labels):
    """One step of gradient descent, in the mode that the model is in."""
    import torch

    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    logits = model(torch.from_numpy(images))
    torch.nn.functional.cross_entropy(logits, torch.from_numpy(labels)).backward()
    optimizer.step()
    optimizer.zero_grad()


def colour_network(anchors):
    """Gives the class whose anchor, a normalised colour, is nearest to an image's mean colour.

    Its batch normalisation changes nothing in evaluation mode; it comes in training mode.
    """
    import torch
    from torch import nn

    head = nn.Linear(3, len(anchors))
    with torch.no_grad():
        head.weight.copy_(torch.from_numpy(2 * anchors))
        head.bias.copy_(torch.from_numpy(-(anchors**2).sum(axis=1)))
    norm = nn.BatchNorm2d(3, eps=0.0)
    return nn.Sequential(norm, nn.AdaptiveAvgPool2d(1), nn.Flatten(), head).train()


def constant_network(classes, chosen):
    """Gives the same class for each image; its batch normalisation is in training mode."""
    import torch
    from torch import nn

    head = nn.Linear(3, classes)
    with torch.no_grad():
        head.weight.zero_()
        head.bias.copy_(torch.eye(classes)[chosen])
    return nn.Sequential(nn.BatchNorm2d(3), nn.AdaptiveAvgPool2d(1), nn.Flatten(), head).train()


def stripe_network():
    """Gives 0 for stripes that run across, 1 for stripes that run down."""
    import torch
    from torch import nn

    down, right = nn.Conv2d(3, 2, (2, 1), bias=False), nn.Conv2d(3, 2, (1, 2), bias=False)
    with torch.no_grad():
        down.weight.copy_(torch.tensor([[[[1.0], [-1.0]]] * 3, [[[-1.0], [1.0]]] * 3]))
        right.weight.copy_(torch.tensor([[[[1.0, -1.0]]] * 3, [[[-1.0, 1.0]]] * 3]))

    class Stripes(nn.Module):
        def __init__(self):
            super().__init__()
            self.down, self.right, self.head = down, right, nn.Linear(2, 2, bias=False)
            with torch.no_grad():
                self.head.weight.copy_(torch.eye(2))

        def forward(self, x):
            edges = [conv(x).relu().mean(dim=(1, 2, 3)) for conv in (self.down, self.right)]
            return self.head(torch.stack(edges, dim=1))

    return Stripes()
