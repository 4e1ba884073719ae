"""What is right, by torch in float64, and what known mistakes make of it. Never the reference.

Grad-CAM goes another way here than in the reference: the network is cut at the layer, the maps are
put back in as new leaves, and the gradient is taken of the rest of the network alone.
"""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import torch
import torch.nn.functional as functional

from assignments.visualization.networks import build, draw_state
from autograder.compare import difference, same

ATOL = 1e-4  # float32 work, divided by a maximum that may be small against the terms of its sum


def fitting(returned, variants, atol=None):
    """The variant that was returned, else the first: several are right, or the same mistake."""
    fits = (each for each in variants if difference(returned, each, atol=atol) is None)
    return next(fits, variants[0])


def scaled(values, low, high):
    """``values`` with ``low`` at 0 and ``high`` at 1; NaN where both are one, as in NumPy."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return (values - low) / (np.asarray(high) - low)


# ---------------------------------------------------------------- filters


def judge_filters(returned, weights):
    """Compare with the weights (out, in, k, k) of the first convolution, scaled as a whole."""
    each = {"axis": (1, 2, 3), "keepdims": True}
    planes = {"axis": (2, 3), "keepdims": True}
    right = scaled(weights, weights.min(), weights.max())
    first = weights[:, 0]
    per_filter = (
        scaled(weights, weights.min(**each), weights.max(**each)),
        scaled(weights, weights.min(**planes), weights.max(**planes)),
    )
    one_channel = (first, scaled(first, first.min(), first.max()), right[:, 0])
    magnitude = np.abs(weights)
    mistakes = {
        "not_normalised": weights,
        "channel_axis_lost": right.squeeze(),
        "per_filter": fitting(returned, per_filter),
        "one_channel": fitting(returned, one_channel),
        "channels_last": right.transpose(0, 2, 3, 1),
        "absolute_value": fitting(
            returned,
            (
                scaled(magnitude, magnitude.min(), magnitude.max()),
                magnitude / magnitude.max(),
                magnitude,
            ),
        ),
        "divided_by_maximum": fitting(
            returned, (weights / weights.max(), weights / magnitude.max())
        ),
    }
    same(returned, right, mistakes=mistakes)


# ---------------------------------------------------------------- a network and an image


@dataclass(frozen=True)
class Case:
    """What a student's function is asked: a network with these weights, an image, a layer."""

    kind: str
    model: torch.nn.Module  # in float64, in evaluation mode
    state: dict
    image: np.ndarray
    layer: str
    target: int = 0

    def cut(self, training=False):
        """The layer's maps as a leaf, and the logits computed from them."""
        maps = []

        def swap(_layer, _inputs, output):
            maps.append(output.detach().requires_grad_())
            return maps[0].clone()  # an in-place ReLU must not change the leaf

        hook = self.model.get_submodule(self.layer).register_forward_hook(swap)
        logits = self.model.train(training)(as_batch(self.image))[0]
        self.model.eval()
        hook.remove()
        return maps[0], logits

    def maps(self, **options):
        """The layer's maps (C, h, w)."""
        return self.cut(**options)[0].detach().numpy()[0]

    def coarse(self, score=None, averaged=True, weighted=True, **options):
        """The weighted sum of the maps (h, w): no ReLU, not upsampled, not normalised."""
        maps, logits = self.cut(**options)
        value = logits[self.target] if score is None else score(logits)
        (gradient,) = torch.autograd.grad(value, maps)
        weights = gradient.mean(dim=(2, 3), keepdim=True) if averaged else gradient
        weights = weights if weighted else 1.0
        return (weights * maps).sum(dim=1)[0].detach().numpy()

    def after_relu(self):
        """The same, with the ReLU behind the layer in its place; the layer is in a Sequential."""
        return replace(self, layer=str(int(self.layer) + 1))

    def input_gradient(self):
        """Gradient (3, H, W) of the score with respect to the image."""
        pixels = as_batch(self.image).requires_grad_()
        (gradient,) = torch.autograd.grad(self.model(pixels)[0, self.target], pixels)
        return gradient.numpy()[0]

    def log_probability(self, logits):
        """Gradients of softmax and of its logarithm differ by a positive factor only."""
        return torch.log_softmax(logits, dim=0)[self.target]


def draw(rng, kind, layer, shape):
    """A random case in which every known mistake shows, and float32 is enough.

    The target is not the most probable class, its map has both signs and is not all but zero, and
    no input of a ReLU is so small that rounding decides about its gradient.
    """
    model = build(kind, None).double()
    for _ in range(200):
        image = rng.uniform(size=(3, *shape)).astype(np.float32)
        state = draw_state(model, rng)
        model.load_state_dict({name: torch.tensor(array) for name, array in state.items()})
        logits, smallest = run(model, image)
        case = Case(kind, model, state, image, layer, target=int(np.argsort(logits)[-2]))
        coarse = case.coarse()
        enough = max(0.2 * np.abs(coarse).max(), 20 * ATOL)
        if smallest > 1e-5 and coarse.max() > enough and coarse.min() < -enough:
            return case
    raise RuntimeError(f"no map of both signs at {layer} in 200 networks of the kind {kind}")


def run(model, image):
    """The logits, and the smallest magnitude that comes into a ReLU."""
    smallest = [np.inf]

    def look(_relu, inputs):
        smallest.append(float(inputs[0].abs().min()))

    relus = [each for each in model.modules() if isinstance(each, torch.nn.ReLU)]
    hooks = [each.register_forward_pre_hook(look) for each in relus]
    with torch.no_grad():
        logits = model.eval()(as_batch(image))[0].numpy()
    for hook in hooks:
        hook.remove()
    return logits, min(smallest)


def as_batch(image):
    """A batch of one image, in float64."""
    return torch.from_numpy(image).double()[None]


# ---------------------------------------------------------------- feature maps


def judge_maps(returned, case):
    """Compare with the layer's maps in evaluation mode."""
    right = case.maps()
    low, high = right.min(), right.max()
    mistakes = {
        "batch_axis": right[np.newaxis],
        "training_mode": lambda: case.maps(training=True),
        "maps_normalised": scaled(right, low, high),
        "mean_over_channels": fitting(returned, (right.mean(axis=0), right.sum(axis=0))),
        "channels_last": right.transpose(1, 2, 0),
    }
    if case.kind == "inplace":
        mistakes["changed_in_place"] = lambda: case.after_relu().maps()
    same(returned, right, mistakes=mistakes)


# ---------------------------------------------------------------- Grad-CAM


def upsampled(coarse, shape, mode="bilinear"):
    """A map in the image's size, with the corners aligned or not."""
    tensor = torch.from_numpy(np.array(coarse))[None, None]
    ways = ({},) if mode == "nearest" else ({"align_corners": False}, {"align_corners": True})
    return [
        functional.interpolate(tensor, size=shape, mode=mode, **way)[0, 0].numpy() for way in ways
    ]


def normalised(heat):
    """Divided by the maximum, and with the minimum at 0 as well: the tests take either."""
    return [scaled(heat, 0.0, heat.max()), scaled(heat, heat.min(), heat.max())]


def heat_maps(coarse, shape):
    """The heat maps that count as right, the one that is asked first.

    ReLU and normalisation may come before or after the upsampling, which is bilinear.
    """
    positive = np.maximum(coarse, 0)
    fine = [*upsampled(positive, shape), *(np.maximum(x, 0) for x in upsampled(coarse, shape))]
    after = [each for heat in fine for each in normalised(heat)]
    before = [each for heat in normalised(positive) for each in upsampled(heat, shape)]
    return after + before


def judge_cam(returned, case):
    """Compare with Grad-CAM; every convention that is right will do."""
    shape = case.image.shape[1:]
    rights = heat_maps(case.coarse(), shape)
    fit = partial(fitting, returned, atol=ATOL)

    def instead(**options):
        return lambda: fit(heat_maps(case.coarse(**options), shape))

    mistakes = {
        "input_gradient": lambda: fit(of_the_image(case)),
        "relu_forgotten": lambda: fit(without_relu(case.coarse(), shape)),
        "not_averaged": instead(averaged=False),
        "weights_forgotten": instead(weighted=False),
        "probability_gradient": instead(score=case.log_probability),
        "loss_gradient": instead(score=lambda logits: -case.log_probability(logits)),
        "all_classes": instead(score=torch.sum),
        "wrong_class": instead(score=torch.max),
        "training_mode": instead(training=True),
        "not_normalised": lambda: fit(upsampled(np.maximum(case.coarse(), 0), shape)),
        "not_upsampled": lambda: fit(normalised(np.maximum(case.coarse(), 0))),
        "nearest_neighbour": lambda: fit(nearest(case.coarse(), shape)),
        "batch_axis": lambda: fit([x[axes] for x in rights for axes in (None, (None, None))]),
    }
    if case.kind == "inplace":
        mistakes["changed_in_place"] = lambda: fit(changed_in_place(case, shape))
    same(returned, fit(rights), atol=ATOL, mistakes=mistakes)


def of_the_image(case):
    """What the course's listing takes for Grad-CAM, and other pictures of the same gradient."""
    gradient, image = case.input_gradient(), case.image
    listing = (gradient.mean(axis=(1, 2), keepdims=True) * image).sum(axis=0)
    product = (gradient * image).sum(axis=0)
    magnitude = np.abs(gradient)
    maps = (listing, np.maximum(listing, 0), np.maximum(product, 0), np.abs(product))
    saliency = (magnitude.max(axis=0), magnitude.sum(axis=0))
    return [each for heat in (*maps, *saliency) for each in normalised(heat)]


def without_relu(coarse, shape):
    """Negative values kept, shown as they are, or by their magnitude."""
    fine = upsampled(coarse, shape)
    signed = [each for heat in fine for each in (*normalised(heat), heat / np.abs(heat).max())]
    return signed + [each for heat in fine for each in normalised(np.abs(heat))]


def changed_in_place(case, shape):
    """The maps after an in-place ReLU, with the gradient there or before it."""
    after = case.after_relu()
    before, logits = case.cut()
    (gradient,) = torch.autograd.grad(logits[case.target], before)
    mixed = gradient.mean(dim=(2, 3))[0].numpy()[:, np.newaxis, np.newaxis] * after.maps()
    return heat_maps(after.coarse(), shape) + heat_maps(mixed.sum(axis=0), shape)


def nearest(coarse, shape):
    """Blocks instead of a smooth transition."""
    (heat,) = upsampled(np.maximum(coarse, 0), shape, "nearest")
    return normalised(heat)
