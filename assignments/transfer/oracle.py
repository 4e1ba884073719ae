"""Arrays of a model before and after, and the classes of plain-coloured images; no reference."""

import numpy as np
import torch

from assignments.transfer import materials
from autograder.compare import Mismatch, difference, same
from autograder.model import Text

MEAN, STD = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])


def backbone_of(arrays, head):
    """Those of ``networks.state`` that do not belong to the layer called ``head``."""
    return {name: array for name, array in arrays.items() if not name.startswith(f"{head}.")}


def head_of(arrays, head):
    return {name: array for name, array in arrays.items() if name.startswith(f"{head}.")}


def is_statistic(name):
    return name.endswith(("running_mean", "running_var", "num_batches_tracked"))


def weights_of(arrays, head):
    return {n: array for n, array in backbone_of(arrays, head).items() if not is_statistic(n)}


def statistics_of(arrays, head):
    return {n: array for n, array in backbone_of(arrays, head).items() if is_statistic(n)}


def judge_kept(found, before, hint):
    """Pass if the arrays are those of before, to the last bit; what is not costs ``hint``."""
    __tracebackhide__ = True
    text = difference(found, before, rtol=0, atol=0)
    if text is not None:
        raise Mismatch(found, before, text, hint if found.keys() == before.keys() else None)


def judge_moved(found, before, hint):
    """Pass unless the arrays are those of before."""
    __tracebackhide__ = True
    if difference(found, before, rtol=0, atol=0) is None:
        text = Text("les poids n'ont pas changé", "the weights have not changed")
        raise Mismatch(found, before, text, hint)


def logits(arrays, name, inputs):
    """What a small network gives whose head, the last matrix and vector, has no softmax."""
    head = head_of(arrays, name).values()
    weight = [array for array in head if array.ndim == 2][-1]
    bias = [np.zeros(len(weight)), *(array for array in head if array.ndim == 1)][-1]
    ours = materials.small_network(name, len(weight))
    found = {**backbone_of(arrays, name), f"{name}.weight": weight, f"{name}.bias": bias}
    ours.load_state_dict({key: torch.tensor(array) for key, array in found.items()})
    with torch.no_grad():
        return ours.eval()(torch.from_numpy(inputs)).numpy()


def normalised(images):
    """uint8 (N, H, W, 3) to float (N, 3, H, W)."""
    return ((images / 255 - MEAN) / STD).transpose(0, 3, 1, 2)


# ---------------------------------------------------------------- predict


def nearest(inputs, anchors):
    """The class whose anchor, a normalised colour, is nearest to the mean colour of each input."""
    colours = inputs.mean(axis=(2, 3))
    return ((colours[:, None] - anchors) ** 2).sum(axis=2).argmin(axis=1)


def judge_classes(found, right, mistakes):
    """``same``; a row of scores per image, or one-hot rows, have a hint of their own."""
    __tracebackhide__ = True
    scores = isinstance(found, np.ndarray) and found.ndim == 2 and len(found) == len(right)
    same(found, right, mistakes={**mistakes, **({"scores_for_classes": found} if scores else {})})


def judge_integers(found, right):
    """Pass if the classes are right and integers, not floats that happen to be whole."""
    __tracebackhide__ = True
    judge_classes(found, right, {})
    if found.dtype.kind == "f":
        text = Text("le résultat contient des nombres à virgule", "the result holds floats")
        raise Mismatch(found, right, text, "float_classes")


def wrong_classes(images, anchors):
    """By hint, what known mistakes make of plain-coloured images, all given at once."""
    mean, std = MEAN[:, None, None], STD[:, None, None]
    raw, right = images.transpose(0, 3, 1, 2).astype(float), normalised(images)
    dealt_out = images.reshape(raw.shape) / 255  # the pixels in their order in memory
    across = {"axis": (0, 2, 3), "keepdims": True}
    inputs = {
        "not_normalised": raw / 255,
        "not_scaled": raw,
        "channels_reversed": normalised(images[..., ::-1]),
        "channels_reshaped": (dealt_out - mean) / std,
        "train_mode": (right - right.mean(**across)) / right.std(**across),
    }
    return {hint: nearest(given, anchors) for hint, given in inputs.items()}
