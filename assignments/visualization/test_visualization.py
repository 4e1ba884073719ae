"""Tests of the assignment ``visualization``. The oracle is torch in float64, never the reference.

The networks are made in the student's process by functions of ours, with weights from here.
"""

import numpy as np
import pytest

from assignments.visualization.networks import (
    build,
    draw_state,
    gradients,
    hook_count,
    in_training,
)
from assignments.visualization.oracle import (
    ATOL,
    draw,
    fitting,
    judge_cam,
    judge_filters,
    judge_maps,
    normalised,
)
from autograder import networks
from autograder.compare import same

# Three channels of 2 x 3 pixels.
PHOTO = np.array(
    [
        [[4, 0, 1], [2, 0, 0]],
        [[0, 2, 0], [0, 1, 3]],
        [[1, 6, 4], [3, 4, 0]],
    ],
    dtype=np.float32,
)
# One 1 x 1 filter a row: its weight for each channel, and its bias.
FILTERS = [[1, -1, 0], [0, 0, 1]]
BIASES = [0, -2]
# The score of each class: a weight for the mean of each map.
CLASSES = [[4, -3], [0, 3]]
# What `conv` and `relu` give for PHOTO.
MAPS = np.array([[[4, -2, 1], [2, -1, -3]], [[-1, 4, 2], [1, 2, -2]]])
ACTIVATED = np.array([[[4, 0, 1], [2, 0, 0]], [[0, 4, 2], [1, 2, 0]]])


def network(filters, biases, classes, stride):
    """1 x 1 convolution, ReLU, the mean of each map, a score for each class."""
    from collections import OrderedDict

    import torch
    from torch import nn

    conv = nn.Conv2d(3, len(filters), 1, stride=stride)
    scores = nn.Linear(len(filters), len(classes), bias=False)
    conv.weight.data[:, :, 0, 0] = torch.tensor(filters)
    conv.bias.data[:] = torch.tensor(biases)
    scores.weight.data[:] = torch.tensor(classes)
    mean = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
    layers = {"conv": conv, "relu": nn.ReLU(), "mean": mean, "scores": scores}
    return nn.Sequential(OrderedDict(layers)).eval()


def judge(student, case, training=False):
    """Grad-CAM of one case in the student's process."""
    model = student.inside(build)(case.kind, case.state, training)
    judge_cam(student.grad_cam(model, case.image, case.target, case.layer), case)


# ---------------------------------------------------------------- conv1_filters


@pytest.mark.points("conv1_filters", 1.25)
def test_conv1_filters_example(student):
    model = student.inside(network)(FILTERS, BIASES, CLASSES, 1)
    same(
        student.conv1_filters(model),
        np.array([[1, 0, 0.5], [0.5, 0.5, 1]])[:, :, np.newaxis, np.newaxis],
        mistakes={
            "per_filter": np.array([[1, 0, 0.5], [0, 0, 1]])[:, :, np.newaxis, np.newaxis],
            "channel_axis_lost": np.array([[1, 0, 0.5], [0.5, 0.5, 1]]),
        },
    )


@pytest.mark.points("conv1_filters", 1.25)
@pytest.mark.hidden(
    fr="Sur d'autres réseaux, `conv1_filters` ne donne pas les filtres de la première convolution.",
    en="On other networks, `conv1_filters` does not give the filters of the first convolution.",
)
@pytest.mark.depends("test_conv1_filters_example")
def test_conv1_filters_random(student, rng):
    names = {
        "plain": "0.weight",
        "nested": "features.0.weight",
        "normalised": "conv1.weight",
        "residual": "stem.weight",
    }
    for kind, name in names.items():
        state = draw_state(build(kind, None), rng)
        model = student.inside(build)(kind, state)
        judge_filters(student.conv1_filters(model), state[name])


@pytest.mark.points("conv1_filters", 0.75)
@pytest.mark.hidden(
    fr="Quand tous les poids de la première convolution sont égaux, `conv1_filters` se trompe.",
    en="When all weights of the first convolution are equal, `conv1_filters` is wrong.",
)
@pytest.mark.depends("test_conv1_filters_example")
def test_conv1_filters_constant(student, rng):
    state = draw_state(build("plain", None), rng)
    shape = state["0.weight"].shape
    for value in (rng.uniform(0.1, 1), 0, -rng.uniform(0.1, 1)):
        state["0.weight"] = np.full(shape, value, dtype=np.float32)
        model = student.inside(build)("plain", state)
        nan = np.full(shape, np.nan)
        same(student.conv1_filters(model), np.zeros(shape), mistakes={"zero_by_zero": nan})


@pytest.mark.points("conv1_filters", 0.75)
@pytest.mark.hidden(
    fr="`conv1_filters` modifie les poids du modèle : normalise une copie.",
    en="`conv1_filters` modifies the model's weights: normalise a copy.",
)
@pytest.mark.depends("test_conv1_filters_example")
def test_conv1_filters_keeps_the_weights(student, rng):
    state = draw_state(build("nested", None), rng)
    model = student.inside(build)("nested", state)
    judge_filters(student.conv1_filters(model), state["features.0.weight"])
    same(networks.state(model), state)


# ---------------------------------------------------------------- feature_maps


@pytest.mark.points("feature_maps", 1.25)
def test_feature_maps_example(student):
    model = student.inside(network)(FILTERS, BIASES, CLASSES, 1)
    same(
        student.feature_maps(model, PHOTO, "conv"),
        MAPS,
        mistakes={
            "batch_axis": MAPS[np.newaxis],
            "next_layer": ACTIVATED,
            "channels_last": MAPS.transpose(1, 2, 0),
        },
    )
    same(
        student.feature_maps(model, PHOTO, "relu"),
        ACTIVATED,
        mistakes={"layer_name_ignored": MAPS},
    )


@pytest.mark.points("feature_maps", 1.5)
@pytest.mark.hidden(
    fr="Sur d'autres réseaux, images ou couches, `feature_maps` ne donne pas les bonnes cartes.",
    en="On other networks, images or layers, `feature_maps` does not give the right maps.",
)
@pytest.mark.depends("test_feature_maps_example")
def test_feature_maps_random(student, rng):
    cases = (
        ("plain", "2", (5, 5)),
        ("nested", "features.3", (6, 9)),
        ("nested", "features", (8, 7)),
        ("normalised", "conv2", (7, 6)),
        ("residual", "block.conv1", (4, 6)),
    )
    for kind, layer, shape in cases:
        case = draw(rng, kind, layer, shape)
        model = student.inside(build)(kind, case.state)
        judge_maps(student.feature_maps(model, case.image, layer), case)


@pytest.mark.points("feature_maps", 0.5)
@pytest.mark.hidden(
    fr="Quand une ReLU `inplace=True` suit la couche, `feature_maps` se trompe.",
    en="When a ReLU with `inplace=True` follows the layer, `feature_maps` is wrong.",
)
@pytest.mark.depends("test_feature_maps_example")
def test_feature_maps_in_place(student, rng):
    for layer in ("0", "2"):
        case = draw(rng, "inplace", layer, (6, 5))
        model = student.inside(build)("inplace", case.state)
        judge_maps(student.feature_maps(model, case.image, layer), case)


@pytest.mark.points("feature_maps", 0.75)
@pytest.mark.hidden(
    fr="Quand le modèle arrive en mode entraînement, `feature_maps` se trompe.",
    en="When the model comes in training mode, `feature_maps` is wrong.",
)
@pytest.mark.depends("test_feature_maps_random")
def test_feature_maps_training_mode(student, rng):
    for kind, layer in (("normalised", "bn2"), ("residual", "block")):
        case = draw(rng, kind, layer, (8, 6))
        model = student.inside(build)(kind, case.state, True)
        judge_maps(student.feature_maps(model, case.image, layer), case)


@pytest.mark.points("feature_maps", 0.75)
@pytest.mark.hidden(
    fr="Après `feature_maps`, un hook reste dans le modèle.",
    en="After `feature_maps`, a hook is left in the model.",
)
@pytest.mark.depends("test_feature_maps_random")
def test_feature_maps_removes_its_hook(student, rng):
    case = draw(rng, "plain", "2", (6, 6))
    model = student.inside(build)("plain", case.state)
    for _ in range(2):
        judge_maps(student.feature_maps(model, case.image, "2"), case)
        same(student.inside(hook_count)(model), 0)


@pytest.mark.points("feature_maps", 0.5)
@pytest.mark.hidden(
    fr="`feature_maps` ne remet pas le modèle dans le mode où il était.",
    en="`feature_maps` does not put the model back into the mode it was in.",
)
@pytest.mark.depends("test_feature_maps_training_mode")
def test_feature_maps_restores_the_mode(student, rng):
    case = draw(rng, "plain", "2", (6, 6))
    for training in (True, False):
        model = student.inside(build)("plain", case.state, training)
        before = student.inside(in_training)(model)
        judge_maps(student.feature_maps(model, case.image, "2"), case)
        same(student.inside(in_training)(model), before)


@pytest.mark.points("feature_maps", 0.75)
@pytest.mark.hidden(
    fr="`feature_maps` modifie l'image, les poids ou les statistiques du modèle.",
    en="`feature_maps` modifies the image, or the model's weights or statistics.",
)
@pytest.mark.depends("test_feature_maps_random")
def test_feature_maps_keeps_its_inputs(student, rng):
    case = draw(rng, "normalised", "conv1", (6, 6))
    model = student.inside(build)("normalised", case.state)
    image = student.keep(case.image)
    judge_maps(student.feature_maps(model, image, "conv1"), case)
    same(networks.state(model), case.state)
    same(image.fetch(), case.image)


# ---------------------------------------------------------------- grad_cam


@pytest.mark.points("grad_cam", 1)
def test_grad_cam_example(student):
    model = student.inside(network)(FILTERS, BIASES, CLASSES, 1)
    same(
        student.grad_cam(model, PHOTO, 0, "conv"),
        np.array([[1, 0, 0], [0.2, 0, 0]]),
        mistakes={
            "input_gradient": np.array([[1, 0, 0], [0, 0, 0]]),
            "relu_forgotten": np.array([[1, -1.2, -0.2], [0.2, -0.6, -0.2]]),
            "not_normalised": np.array([[5, 0, 0], [1, 0, 0]]) / 3,
        },
    )
    same(
        student.grad_cam(model, PHOTO, 1, "conv"),
        np.array([[0, 1, 0.5], [0.25, 0.5, 0]]),
        mistakes={"wrong_class": np.array([[1, 0, 0], [0.2, 0, 0]])},
    )


@pytest.mark.points("grad_cam", 1)
def test_grad_cam_has_the_image_s_size(student):
    model = student.inside(network)(FILTERS, BIASES, CLASSES, (2, 1))
    # Every row of each channel is the same, so how the new rows are computed makes no difference.
    rows = np.repeat(PHOTO[:, :1], 4, axis=1)
    same(
        student.grad_cam(model, rows, 1, "conv"),
        np.array([[0, 1, 0.5], [0, 1, 0.5], [0, 1, 0.5], [0, 1, 0.5]]),
        mistakes={"not_upsampled": np.array([[0, 1, 0.5], [0, 1, 0.5]])},
    )


@pytest.mark.points("grad_cam", 1.75)
@pytest.mark.hidden(
    fr="Avec d'autres réseaux et des cartes de la taille de l'image, `grad_cam` se trompe.",
    en="With other networks and maps as large as the image, `grad_cam` is wrong.",
)
@pytest.mark.depends("test_grad_cam_example")
def test_grad_cam_random(student, rng):
    cases = (("plain", "2", (6, 6)), ("plain", "2", (5, 8)), ("residual", "block.conv2", (6, 5)))
    for kind, layer, shape in cases:
        judge(student, draw(rng, kind, layer, shape))


@pytest.mark.points("grad_cam", 1.25)
@pytest.mark.hidden(
    fr="Quand les cartes sont plus petites que l'image, `grad_cam` se trompe.",
    en="When the maps are smaller than the image, `grad_cam` is wrong.",
)
@pytest.mark.depends("test_grad_cam_has_the_image_s_size", "test_grad_cam_random")
def test_grad_cam_upsampled(student, rng):
    cases = (
        ("nested", "features.3", (8, 8)),
        ("nested", "features.4", (6, 11)),
        ("normalised", "conv2", (9, 6)),
    )
    for kind, layer, shape in cases:
        judge(student, draw(rng, kind, layer, shape))


@pytest.mark.points("grad_cam", 1)
@pytest.mark.hidden(
    fr="Quand la couche n'est pas la dernière convolution, `grad_cam` se trompe.",
    en="When the layer is not the last convolution, `grad_cam` is wrong.",
)
@pytest.mark.depends("test_grad_cam_random")
def test_grad_cam_inner_layers(student, rng):
    cases = (
        ("plain", "0", (5, 6)),
        ("nested", "features.0", (6, 6)),
        ("normalised", "bn1", (6, 7)),
        ("residual", "block.conv1", (5, 5)),
    )
    for kind, layer, shape in cases:
        judge(student, draw(rng, kind, layer, shape))


@pytest.mark.points("grad_cam", 1)
@pytest.mark.hidden(
    fr="Quand aucune région ne parle pour la classe, `grad_cam` ne renvoie pas que des zéros.",
    en="When no region speaks for the class, `grad_cam` does not return zeros only.",
)
@pytest.mark.depends("test_grad_cam_example")
def test_grad_cam_nothing_positive(student, rng):
    for shape in ((6, 6), (7, 5)):
        filters, image = rng.uniform(0.1, 1, size=(2, 3)), rng.uniform(size=(3, *shape))
        biases = -filters.sum(axis=1) / 2
        model = student.inside(network)(filters.tolist(), biases.tolist(), [[1, 1], [-1, -1]], 1)
        nan = np.full(shape, np.nan)
        returned = student.grad_cam(model, image.astype(np.float32), 1, "relu")
        same(returned, np.zeros(shape), mistakes={"zero_by_zero": nan})
        # The other class, so that a function that always gives zeros earns nothing.
        maps = np.tensordot(filters, image, axes=1) + biases[:, np.newaxis, np.newaxis]
        returned = student.grad_cam(model, image.astype(np.float32), 0, "relu")
        right = fitting(returned, normalised(np.maximum(maps, 0).sum(axis=0)), atol=ATOL)
        same(returned, right, atol=ATOL)


@pytest.mark.points("grad_cam", 0.5)
@pytest.mark.hidden(
    fr="Quand une ReLU `inplace=True` suit la couche, `grad_cam` se trompe.",
    en="When a ReLU with `inplace=True` follows the layer, `grad_cam` is wrong.",
)
@pytest.mark.depends("test_grad_cam_random")
def test_grad_cam_in_place(student, rng):
    for layer in ("0", "2"):
        judge(student, draw(rng, "inplace", layer, (5, 6)))


@pytest.mark.points("grad_cam", 0.75)
@pytest.mark.hidden(
    fr="Quand le modèle arrive en mode entraînement, `grad_cam` se trompe.",
    en="When the model comes in training mode, `grad_cam` is wrong.",
)
@pytest.mark.depends("test_grad_cam_random")
def test_grad_cam_training_mode(student, rng):
    for kind, layer in (("normalised", "bn1"), ("residual", "stem")):
        judge(student, draw(rng, kind, layer, (6, 6)), True)


@pytest.mark.points("grad_cam", 0.5)
@pytest.mark.hidden(
    fr="Après `grad_cam`, un hook reste dans le modèle.",
    en="After `grad_cam`, a hook is left in the model.",
)
@pytest.mark.depends("test_grad_cam_random")
def test_grad_cam_removes_its_hooks(student, rng):
    case = draw(rng, "plain", "2", (6, 6))
    model = student.inside(build)("plain", case.state)
    for _ in range(2):
        judge_cam(student.grad_cam(model, case.image, case.target, "2"), case)
        same(student.inside(hook_count)(model), 0)


@pytest.mark.points("grad_cam", 0.5)
@pytest.mark.hidden(
    fr="`grad_cam` ne remet pas le modèle dans le mode où il était.",
    en="`grad_cam` does not put the model back into the mode it was in.",
)
@pytest.mark.depends("test_grad_cam_training_mode")
def test_grad_cam_restores_the_mode(student, rng):
    case = draw(rng, "plain", "2", (6, 6))
    for training in (True, False):
        model = student.inside(build)("plain", case.state, training)
        before = student.inside(in_training)(model)
        judge_cam(student.grad_cam(model, case.image, case.target, "2"), case)
        same(student.inside(in_training)(model), before)


@pytest.mark.points("grad_cam", 0.75)
@pytest.mark.hidden(
    fr="`grad_cam` modifie l'image ou les poids, ou laisse des gradients dans le modèle.",
    en="`grad_cam` modifies the image or the weights, or leaves gradients in the model.",
)
@pytest.mark.depends("test_grad_cam_random")
def test_grad_cam_keeps_its_inputs(student, rng):
    case = draw(rng, "plain", "2", (6, 6))
    model = student.inside(build)("plain", case.state)
    image = student.keep(case.image)
    judge_cam(student.grad_cam(model, image, case.target, "2"), case)
    same(student.inside(gradients)(model), {k: np.zeros(v.shape) for k, v in case.state.items()})
    same(networks.state(model), case.state)
    same(image.fetch(), case.image)
