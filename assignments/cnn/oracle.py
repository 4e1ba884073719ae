"""What is right, by torch on the trusted side, and what known mistakes make of it."""

import itertools
from collections.abc import Mapping
from functools import partial

import numpy as np
import torch
import torch.nn.functional as functional
from torch import nn

from autograder.compare import Mismatch, difference, same
from autograder.model import Text
from autograder.networks import outputs, same_network, weights
from autograder.student import Kept

# ---------------------------------------------------------------- the Keras network

KERNELS = [(3, 3, 1, 16), (3, 3, 16, 32), (800, 64), (64, 32), (32, 10)]


def sheet_layers(model):
    """Kernel and bias of each layer of sheet no. 3, as tensors; every bias follows its kernel."""
    arrays = [array.astype(np.float32) for array in weights(model).values()]
    shapes = [array.shape for array in arrays]
    layers = {pair[0]: at for at, pair in enumerate(itertools.pairwise(shapes))}
    if len(shapes) != 10 or any(
        shapes[layers[kernel] + 1] != kernel[-1:] if kernel in layers else True
        for kernel in KERNELS
    ):
        text = Text("n'a pas les bonnes couches", "does not have the right layers")
        raise Mismatch(shapes, KERNELS, text)
    return [
        [torch.from_numpy(array) for array in arrays[layers[kernel] : layers[kernel] + 2]]
        for kernel in KERNELS
    ]


def sheet_logits(layers, images, relus=(True, True, True, True), pool=functional.max_pool2d):
    """What the layers give for ``images`` (n, 28, 28, 1), before softmax."""
    rectified = [functional.relu if wanted else torch.clone for wanted in relus]
    x = torch.from_numpy(images).permute(0, 3, 1, 2)
    for (kernel, bias), activate in zip(layers[:2], rectified[:2], strict=True):
        x = pool(activate(functional.conv2d(x, kernel.permute(3, 2, 0, 1), bias)), 2)
    x = x.permute(0, 2, 3, 1).flatten(1)  # Keras keeps the channels of a place together
    for (kernel, bias), activate in zip(layers[2:4], rectified[2:], strict=True):
        x = activate(x @ kernel + bias)
    return x @ layers[4][0] + layers[4][1]


def one_of(returned, candidates):
    """The first of ``candidates`` that is what was returned; the last one if none is."""
    for candidate in candidates:
        if difference(returned, candidate) is None:
            break
    return candidate


def judge_sheet_layers(model, images):
    """All layers but softmax, which is another test's matter."""
    returned, layers = outputs(model, images), sheet_layers(model)

    def candidates(**mistake):
        logits = sheet_logits(layers, images, **mistake)
        return logits.numpy(), torch.softmax(logits, dim=1).numpy()

    subsets = itertools.product((True, False), repeat=4)
    without = (value for relus in subsets for value in candidates(relus=relus))
    mistakes = {
        "relu_forgotten": lambda: one_of(returned, without),
        "average_for_max": lambda: one_of(returned, candidates(pool=functional.avg_pool2d)),
        "softmax_twice": lambda: torch.from_numpy(candidates()[1]).softmax(dim=1).numpy(),
    }
    same(returned, one_of(returned, candidates()), mistakes=mistakes)


# ---------------------------------------------------------------- the PyTorch networks


class Always(nn.Module):
    """Dropout in both modes."""

    def forward(self, x):
        return functional.dropout(x, 0.5, training=True)


def simple_cnn(relu=nn.ReLU, head=nn.ReLU, pool=nn.MaxPool2d, drop=nn.Identity, early=nn.Identity):
    """Listing 1 of chapter 07, without dropout if not told otherwise."""
    return nn.Sequential(
        *(nn.Conv2d(1, 32, 3, padding=1), relu(), pool(2)),
        *(nn.Conv2d(32, 64, 3, padding=1), relu(), pool(2)),
        *(nn.Flatten(), early(), nn.Linear(3136, 128), head(), drop(), nn.Linear(128, 10)),
    )


def lenet5(tanh=nn.Tanh, pool=nn.AvgPool2d, head=nn.Tanh, linear=False, late=False):
    """LeNet-5; ``linear``: C5 as a linear layer; ``late``: tanh after the pooling."""
    c5 = [nn.Flatten(), nn.Linear(400, 120)] if linear else [nn.Conv2d(16, 120, 5), nn.Flatten()]
    blocks = [
        [layer, *((pool(2), tanh()) if late else (tanh(), pool(2)))]
        for layer in (nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5))
    ]
    return nn.Sequential(
        *itertools.chain(*blocks), *c5, tanh(), nn.Linear(120, 84), head(), nn.Linear(84, 10)
    )


def tiny_vgg(
    relu=nn.ReLU, last=nn.ReLU, head=nn.ReLU, pool=nn.MaxPool2d, drop=nn.Identity, early=nn.Identity
):
    """Listing 3 of chapter 07; ``last`` is the activation of the last convolution of a block."""
    layers = []
    for depths in ((3, 64, 64), (64, 128, 128), (128, 256, 256, 256)):
        for before, after in itertools.pairwise(depths):
            layers += [nn.Conv2d(before, after, 3, padding=1), relu()]
        layers[-1:] = [last(), pool(2)]
    head_layers = (nn.Flatten(), early(), nn.Linear(4096, 512), head(), drop(), nn.Linear(512, 10))
    return nn.Sequential(*layers, *head_layers)


class Built(Mapping):
    """By hint id, a network with a mistake; each is built when it is asked for."""

    def __init__(self, builders):
        self.builders = builders

    def __getitem__(self, hint):
        return self.builders[hint]()

    def __iter__(self):
        return iter(self.builders)

    def __len__(self):
        return len(self.builders)


def wrong_layers(network):
    """By hint id, what builds ``simple_cnn`` or ``tiny_vgg`` with a mistake, without dropout."""
    options = {
        "relu_after_convolutions": {"relu": nn.Identity},
        "relu_in_classifier": {"head": nn.Identity},
        "relu_forgotten": {"relu": nn.Identity, "head": nn.Identity},
        "average_for_max": {"pool": nn.AvgPool2d},
        "dropout_always": {"drop": Always},
    }
    if network is tiny_vgg:
        for hint in ("relu_after_convolutions", "relu_forgotten"):
            options[hint]["last"] = nn.Identity
        options["relu_once_a_block"] = {"relu": nn.Identity}
    return {hint: partial(network, **each) for hint, each in options.items()}


def wrong_dropout(network):
    """By hint id, what builds ``simple_cnn`` or ``tiny_vgg`` with a mistake in its dropout."""
    return {
        "dropout_forgotten": network,
        "dropout_always": partial(network, drop=Always),
        "dropout_misplaced": partial(network, early=nn.Dropout),
    }


def wrong_lenet5(linear):
    """By hint id, what builds LeNet-5 with a mistake."""
    options = {
        "relu_for_tanh": {"tanh": nn.ReLU, "head": nn.ReLU},
        "max_for_average": {"pool": nn.MaxPool2d},
        "relu_and_max": {"tanh": nn.ReLU, "head": nn.ReLU, "pool": nn.MaxPool2d},
        "tanh_after_pooling": {"late": True},
        "tanh_after_f6_forgotten": {"head": nn.Identity},
        "tanh_forgotten": {"tanh": nn.Identity, "head": nn.Identity},
    }
    return {hint: partial(lenet5, linear=linear, **each) for hint, each in options.items()}


def ending(returned):
    """What outputs (n, classes) show of a network's end: id of a hint, and the layer."""
    if returned.ndim == 2 and returned.dtype.kind == "f":
        with np.errstate(all="ignore"):
            if (returned >= 0).all() and np.allclose(returned.sum(axis=1), 1, atol=1e-4):
                return "softmax_at_end", nn.Softmax(dim=1)
            if np.allclose(np.logaddexp.reduce(returned, axis=1), 0, atol=1e-4):
                return "log_softmax_at_end", nn.LogSoftmax(dim=1)
    return None, nn.Identity()


def judge_network(model, build, inputs, wrong):
    """Compare with what ``build`` builds, whatever stands behind the last layer."""
    _, end = ending(outputs(model, inputs))

    def whole(build):
        with torch.device("meta"):  # the weights are the student's: none are drawn
            network = build()
        return nn.Sequential(network, end).to_empty(device="cpu")

    mistakes = Built({hint: partial(whole, other) for hint, other in wrong.items()})
    same_network(model, whole(build), inputs, mistakes=mistakes)


def judge_logits(model, inputs):
    """The outputs are neither probabilities nor their logarithms."""
    returned = outputs(model, inputs)
    hint, _ = ending(returned)
    if hint is not None:
        text = Text("ne contient pas de logits", "does not hold logits")
        raise Mismatch(returned, "logits", text, hint)


def judge_probabilities(model, inputs):
    """Each row of the outputs is positive and adds up to 1."""
    returned = outputs(model, inputs)
    hint, _ = ending(returned)
    if hint != "softmax_at_end":
        text = Text("ne contient pas de probabilités", "does not hold probabilities")
        raise Mismatch(returned, "probabilities", text, "softmax_forgotten")


# ---------------------------------------------------------------- training and evaluation


def epoch(model, batches, optimizer, criterion, *, zero=True, training=True):
    """One epoch by the book, or with a mistake; the losses of the batches."""
    model.train(training)
    losses = []
    for images, labels in batches:
        if zero:
            optimizer.zero_grad()
        loss = criterion(model(images), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def forward(model, inputs):
    """What the network gives for ``inputs`` in the mode it is in, as an array."""
    return model(torch.from_numpy(inputs)).detach().numpy()


def mean_mistakes(losses, sizes):
    """By hint id, what mistakes make of the batches' losses."""
    return {
        "sum_for_mean": sum(losses),
        "last_batch_only": losses[-1],
        "weighted_by_size": float(np.average(losses, weights=sizes)),
        "divided_by_images": sum(losses) / sum(sizes),
    }


def labels_for(logits):
    """Labels (n,) of which the first 60 % are those of the largest logits."""
    labels = logits.argmax(axis=1)
    first_wrong = round(0.6 * len(labels))
    labels[first_wrong:] = (labels[first_wrong:] + 1) % logits.shape[1]
    return labels


def accuracies(logits, labels, sizes):
    """The accuracy, and by hint id what mistakes make of it."""
    right = logits.argmax(axis=1) == labels
    parts = np.split(right, np.cumsum(sizes)[:-1])
    mistakes = {
        "mean_of_batches": float(np.mean([part.mean() for part in parts])),
        "last_batch_only": float(parts[-1].mean()),
        "percent": 100 * float(right.mean()),
        "count_for_share": int(right.sum()),
    }
    if sizes == logits.shape[1:]:
        mistakes["argmax_over_batch"] = float((logits.argmax(axis=0) == labels).mean())
    return float(right.mean()), mistakes


def same_number(returned, right, mistakes):
    """Compare a float; a tensor is a mistake with a hint of its own."""
    found = difference(returned, right)
    if found and isinstance(returned, Kept) and returned.type_name == "torch.Tensor":
        raise Mismatch(returned, right, found, "tensor_returned")
    same(returned, right, mistakes=mistakes)


def arrays_of(model):
    """A network's state as ``networks.state`` gives a student's."""
    return {name: value.numpy() for name, value in model.state_dict().items()}
