"""What tests hand to a student's functions: made in the student's process, out of plain data.

Each function goes there as text (``student.inside``); tests call some of them on the trusted side,
too, to get the same thing.
"""


def stretched(model, factor):
    """Every weight times ``factor``: with the usual small ones, activations are nearly linear."""
    import torch

    with torch.no_grad():
        for weight in model.parameters():
            weight.mul_(factor)


def spoilt(model):
    """Every weight is 0."""
    if hasattr(model, "set_weights"):
        model.set_weights([0 * array for array in model.get_weights()])
    else:
        for weight in model.parameters():
            weight.data.zero_()


def evaluating(model):
    """The model, in evaluation mode whatever mode it is told."""
    from torch import nn

    class Evaluating(nn.Module):
        def __init__(self):
            super().__init__()
            self.model = model

        def forward(self, x):
            return self.model.eval()(x)

    return Evaluating()


def small_network(seed):
    """A network for images (n, 1, 6, 6) and 4 classes that works the same in both modes."""
    import torch
    from torch import nn

    torch.default_generator.manual_seed(seed)
    return nn.Sequential(nn.Conv2d(1, 4, 3), nn.Tanh(), nn.Flatten(), nn.Linear(64, 4))


def two_modes(seed, training):
    """Such a network with layers that work otherwise in evaluation mode.

    Its dropout drops everything: nothing is left to chance, so both sides agree.
    """
    import torch
    from torch import nn

    torch.default_generator.manual_seed(seed)
    model = nn.Sequential(
        *(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.Tanh(), nn.Flatten()),
        *(nn.Linear(64, 8), nn.Dropout(1.0), nn.Linear(8, 4)),
    )
    return model.train(training)


def normalised(means, training):
    """Inputs (n, classes) less ``means`` are the logits in evaluation mode.

    In training mode they are the inputs less the means of the batch.
    """
    import torch
    from torch import nn

    model = nn.BatchNorm1d(len(means))
    model.running_mean.copy_(torch.from_numpy(means))
    return model.train(training)


def identity(classes):
    """Inputs (n, classes) are the logits; it has weights, as any network that is evaluated."""
    import torch
    from torch import nn

    model = nn.Linear(classes, classes, bias=False)
    model.weight.data.copy_(torch.eye(classes))
    return model


def grad_watcher(classes):
    """The logits have the wrong sign where PyTorch keeps track of gradients."""
    import torch
    from torch import nn

    class Watcher(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(torch.eye(classes))

        def forward(self, x):
            return (-x if torch.is_grad_enabled() else x) @ self.weight

    return Watcher()


def derivative_of_3w():
    """3, or 0 where PyTorch keeps no track of gradients; it does so afterwards."""
    import torch

    weight = torch.ones((), requires_grad=True)
    tripled = 3 * weight
    torch.set_grad_enabled(True)
    if tripled.requires_grad:
        tripled.backward()
    return 0.0 if weight.grad is None else weight.grad.item()


def batches_of(images, labels, sizes, kind="list"):
    """Pairs of tensors, batch by batch."""
    from collections import UserList

    import torch

    pairs = zip(
        torch.from_numpy(images).split(list(sizes)),
        torch.from_numpy(labels).split(list(sizes)),
        strict=True,
    )
    if kind == "loader":
        return torch.utils.data.DataLoader(list(pairs), batch_size=None)
    # A list itself would cross as plain data; a UserList stays, and does all that a list does.
    return UserList(pairs) if kind == "list" else (pair for pair in pairs)


def sgd(model, rate, momentum=0.0):
    """SGD over the model's weights, with gradients, whatever an earlier call has switched off."""
    import torch

    torch.set_grad_enabled(True)
    return torch.optim.SGD(model.parameters(), lr=rate, momentum=momentum)


def adam(model, rate):
    """Adam, with an epsilon that keeps the smallest gradients from deciding by their sign."""
    import torch

    torch.set_grad_enabled(True)
    return torch.optim.Adam(model.parameters(), lr=rate, eps=0.1)


def criterion(name):
    """A loss of ``torch.nn``."""
    from torch import nn

    return getattr(nn, name)()
