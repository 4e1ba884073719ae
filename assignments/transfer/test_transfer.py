"""Tests of the assignment ``transfer``: small networks for behaviour, the backbone for accuracy."""

import numpy as np
import pytest

from assignments.transfer import materials, oracle
from assignments.transfer.imagenet import backbone
from autograder.compare import same
from autograder.networks import output_shape, outputs, parameter_count, state

# Three plain-coloured images: black, grey and white.
PLAIN = np.repeat(np.array([0, 128, 255], dtype=np.uint8), 8 * 6 * 3).reshape(3, 8, 6, 3)
# Eight images of two classes: dark and bright.
PHOTOS = np.repeat(np.array([20, 200] * 4, dtype=np.uint8), 32 * 32 * 3).reshape(8, 32, 32, 3)
LABELS = np.array([0, 1] * 4)
HEADS = ("fc", "_fc", "head")


def small_chain():
    """Layers with the names of the grader's backbone, all of them small."""
    from collections import OrderedDict

    import torch
    from torch import nn

    torch.manual_seed(0)
    layers = OrderedDict(stem=nn.Sequential(nn.Conv2d(3, 8, 3, stride=4), nn.BatchNorm2d(8)))
    for name in (*(f"block{number}" for number in range(1, 17)), "top"):
        layers[name] = nn.Sequential(nn.Conv2d(8, 8, 1), nn.BatchNorm2d(8), nn.LeakyReLU())
    layers.update(pool=nn.AdaptiveAvgPool2d(1), flatten=nn.Flatten(), dropout=nn.Dropout(0.2))
    return nn.Sequential(OrderedDict(layers, head=nn.Linear(8, 10)))


def brightness_network():
    """Class 0 for dark images, 1 for medium ones, 2 for bright ones, if they are normalised."""
    import torch
    from torch import nn

    head = nn.Linear(3, 3)
    with torch.no_grad():
        head.weight.copy_(torch.tensor([[-1.0], [0.0], [1.0]]) / 3)
        head.bias.copy_(torch.tensor([0.0, 1.2, 0.0]))
    return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), head)


def noise(rng, *shape):
    return rng.normal(size=shape).astype(np.float32)


def head_size(classes):
    """Numbers in the head of a small network of ``materials``."""
    return 10 * classes


# ---------------------------------------------------------------- freeze_backbone


@pytest.mark.points("freeze_backbone", 1)
def test_freeze_backbone_example(student):
    model = student.inside(small_chain)()
    student.freeze_backbone(model)
    # What is left to train: the 8 x 10 weights of the head and its 10 biases.
    same(parameter_count(model), 90, mistakes={"nothing_frozen": 1826, "head_frozen": 0})


@pytest.mark.points("freeze_backbone", 1)
@pytest.mark.hidden(
    fr="Sur d'autres réseaux, `freeze_backbone` ne laisse pas exactement la tête à entraîner.",
    en="On other networks, `freeze_backbone` does not leave exactly the head to be trained.",
)
@pytest.mark.depends("test_freeze_backbone_example")
def test_freeze_backbone_any_network(student):
    for name in HEADS:
        model = student.inside(materials.small_network)(name)
        total = parameter_count(model)
        student.freeze_backbone(model)
        mistakes = {"nothing_frozen": total, "head_frozen": 0, "every_linear": head_size(5) + 81}
        same(parameter_count(model), head_size(5), mistakes=mistakes)
    model = student.inside(materials.vgg_style)()
    student.inside(materials.without_gradients)(model)
    student.freeze_backbone(model)
    same(parameter_count(model), 28, mistakes={"head_frozen": 0})


@pytest.mark.points("freeze_backbone", 1)
@pytest.mark.hidden(
    fr="Après `freeze_backbone`, un pas d'entraînement doit changer la tête, et rien d'autre.",
    en="After `freeze_backbone`, a step of training must change the head and nothing else.",
)
@pytest.mark.depends("test_freeze_backbone_example")
def test_freeze_backbone_training_step(student, rng):
    for name in HEADS:
        before, after = step_after_freezing(student, rng, name)
        weights = oracle.weights_of(after, name)
        oracle.judge_kept(weights, oracle.weights_of(before, name), None)
        oracle.judge_moved(oracle.head_of(after, name), oracle.head_of(before, name), "head_frozen")


@pytest.mark.points("freeze_backbone", 1)
@pytest.mark.hidden(
    fr="Après `freeze_backbone`, un pas d'entraînement change encore des statistiques du réseau.",
    en="After `freeze_backbone`, a step of training still changes statistics of the network.",
)
@pytest.mark.depends("test_freeze_backbone_example")
def test_freeze_backbone_statistics(student, rng):
    before, after = step_after_freezing(student, rng, "fc")
    statistics = oracle.statistics_of(after, "fc")
    oracle.judge_kept(statistics, oracle.statistics_of(before, "fc"), "batchnorm_drift")


def step_after_freezing(student, rng, name):
    """The state of a network in training mode before it is frozen, and after a step after that."""
    model = student.inside(materials.small_network)(name)
    student.inside(materials.in_training_mode)(model)
    before = state(model)
    student.freeze_backbone(model)
    labels = rng.integers(0, 5, size=6)
    student.inside(materials.training_step)(model, 3 * noise(rng, 6, 3, 9, 9) + 1, labels)
    return before, state(model)


# ---------------------------------------------------------------- replace_head


@pytest.mark.points("replace_head", 1)
def test_replace_head_example(student):
    model = student.inside(small_chain)()
    student.replace_head(model, 2)
    same(output_shape(model, (5, 3, 16, 16)), (5, 2), mistakes={"head_not_replaced": (5, 10)})


@pytest.mark.points("replace_head", 1)
@pytest.mark.hidden(
    fr="Sur d'autres réseaux, la tête que pose `replace_head` n'a pas la bonne taille.",
    en="On other networks, the head that `replace_head` puts in has not the right size.",
)
@pytest.mark.depends("test_replace_head_example")
def test_replace_head_any_network(student):
    for name, classes in zip(HEADS, (2, 3, 7), strict=True):
        model = student.inside(materials.small_network)(name)
        student.replace_head(model, classes)
        judge_head(model, name, (classes, 9))
    model = student.inside(materials.vgg_style)()
    student.replace_head(model, 3)
    judge_head(model, "classifier.1", (3, 6))


def judge_head(model, name, shape):
    """The weights of the layer called ``name`` have this shape and fit into the network."""
    matrices = [a for a in oracle.head_of(state(model), name).values() if a.ndim == 2]
    found = list(matrices[-1].shape) if matrices else []
    hint = "head_not_replaced" if found[1:] == list(shape[1:]) else "wrong_in_features"
    same(found, list(shape), mistakes={hint: found})
    same(output_shape(model, (4, 3, 9, 9)), (4, shape[0]))


@pytest.mark.points("replace_head", 0.5)
@pytest.mark.hidden(
    fr="`replace_head` change d'autres poids que ceux de la tête.",
    en="`replace_head` changes weights other than those of the head.",
)
@pytest.mark.depends("test_replace_head_any_network")
def test_replace_head_keeps_the_backbone(student):
    model = student.inside(materials.small_network)("fc")
    before = state(model)
    student.replace_head(model, 3)
    found = oracle.backbone_of(state(model), "fc")
    oracle.judge_kept(found, oracle.backbone_of(before, "fc"), None)


@pytest.mark.points("replace_head", 0.75)
@pytest.mark.hidden(
    fr="La tête que pose `replace_head` n'est pas neuve, ou ne peut pas être entraînée.",
    en="The head that `replace_head` puts in is not fresh, or cannot be trained.",
)
@pytest.mark.depends("test_replace_head_any_network")
def test_replace_head_is_fresh(student):
    for name in HEADS:
        model = student.inside(materials.small_network)(name)
        before = state(model)
        student.inside(materials.without_gradients)(model)
        student.replace_head(model, 5)  # as many classes as before
        found = oracle.head_of(state(model), name)
        oracle.judge_moved(found, oracle.head_of(before, name), "old_head")
        same(parameter_count(model), head_size(5), mistakes={"head_frozen": 0})


@pytest.mark.points("replace_head", 0.75)
@pytest.mark.hidden(
    fr="Avec la tête que pose `replace_head`, le réseau ne donne pas les logits attendus.",
    en="With the head that `replace_head` puts in, the network does not give the right logits.",
)
@pytest.mark.depends("test_replace_head_any_network")
def test_replace_head_logits(student, rng):
    model = student.inside(materials.small_network)("fc")
    student.replace_head(model, 3)
    judge_head(model, "fc", (3, 9))
    inputs = noise(rng, 6, 3, 9, 9)
    right = oracle.logits(state(model), "fc", inputs)
    exponentials = np.exp(right)
    same(
        outputs(model, inputs),
        right,
        rtol=1e-4,
        mistakes={"softmax_in_head": exponentials / exponentials.sum(axis=1, keepdims=True)},
    )


# ---------------------------------------------------------------- predict


@pytest.mark.points("predict", 1)
def test_predict_example(student):
    model = student.inside(brightness_network)()
    same(
        student.predict(model, PLAIN),
        np.array([0, 1, 2]),
        mistakes={"not_normalised": np.array([1, 1, 1]), "not_scaled": np.array([1, 2, 2])},
    )


@pytest.mark.points("predict", 1)
@pytest.mark.hidden(
    fr="Sur des images de couleurs variées, `predict` se trompe.",
    en="On images of various colours, `predict` is wrong.",
)
@pytest.mark.depends("test_predict_example")
def test_predict_colours(student, rng):
    for _ in range(3):
        images, anchors = coloured(rng, 12)
        model = student.inside(materials.colour_network)(anchors)
        right = oracle.nearest(oracle.normalised(images), anchors)
        mistakes = oracle.wrong_classes(images, anchors)
        oracle.judge_classes(student.predict(model, images), right, mistakes)


@pytest.mark.points("predict", 0.5)
@pytest.mark.hidden(
    fr="Avec d'autres nombres d'images ou d'autres tailles, `predict` se trompe.",
    en="With other numbers of images or other sizes, `predict` is wrong.",
)
@pytest.mark.depends("test_predict_colours")
def test_predict_any_number(student, rng):
    _, anchors = coloured(rng, 12)
    model = student.inside(materials.colour_network)(anchors)
    for count, size in ((1, (8, 8)), (2, (33, 20)), (131, (5, 9))):
        images, _ = coloured(rng, count, size)
        right = oracle.nearest(oracle.normalised(images), anchors)
        oracle.judge_classes(student.predict(model, images), right, {})


@pytest.mark.points("predict", 0.5)
@pytest.mark.hidden(
    fr="Ce que `predict` donne au réseau n'est pas l'image : des axes sont échangés.",
    en="What `predict` gives to the network is not the image: axes are swapped.",
)
@pytest.mark.depends("test_predict_colours")
def test_predict_stripes(student, rng):
    model = student.inside(materials.stripe_network)()
    down = rng.integers(0, 2, size=9)  # in which images the stripes run down
    stripes = np.where(np.arange(32) % 8 < 4, *rng.choice([40, 220], 2, replace=False))
    across = np.broadcast_to(stripes[:, None, None], (32, 32, 3))
    images = np.stack([across.swapaxes(0, 1) if turned else across for turned in down])
    found = student.predict(model, images.astype(np.uint8))
    oracle.judge_classes(found, down, {"axes_swapped": 1 - down})


@pytest.mark.points("predict", 0.5)
@pytest.mark.hidden(
    fr="`predict` doit renvoyer un tableau d'entiers, un numéro de classe par image.",
    en="`predict` must return an array of integers, one class number per image.",
)
@pytest.mark.depends("test_predict_example")
def test_predict_class_numbers(student, rng):
    images, _ = coloured(rng, 6)
    model = student.inside(materials.constant_network)(4, 2)
    oracle.judge_integers(student.predict(model, images), np.full(6, 2))


@pytest.mark.points("predict", 0.5)
@pytest.mark.hidden(
    fr="`predict` modifie le réseau.",
    en="`predict` modifies the network.",
)
@pytest.mark.depends("test_predict_example")
def test_predict_keeps_the_network(student, rng):
    images, _ = coloured(rng, 12)
    model = student.inside(materials.constant_network)(4, 2)
    before = state(model)
    oracle.judge_classes(student.predict(model, images), np.full(12, 2), {})
    oracle.judge_kept(state(model), before, "train_mode")


def coloured(rng, count, size=(8, 6)):
    """Plain-coloured images, and a colour for each of 12 classes, normalised."""
    colours = rng.integers(0, 256, size=(count, 1, 1, 3))
    images = np.broadcast_to(colours, (count, *size, 3)).astype(np.uint8)
    return images, (rng.uniform(size=(12, 3)) - oracle.MEAN) / oracle.STD


# ---------------------------------------------------------------- train_feature_extraction


@pytest.mark.points("train_feature_extraction", 0.5)
def test_train_feature_extraction_example(student):
    trained = student.train_feature_extraction(
        student.inside(small_chain)(), PHOTOS, LABELS, "cpu", 0
    )
    same(output_shape(trained, (5, 3, 32, 32)), (5, 2), mistakes={"head_not_replaced": (5, 10)})


@pytest.mark.points("train_feature_extraction", 1)
@pytest.mark.hidden(
    fr="`train_feature_extraction` change des poids de la base.",
    en="`train_feature_extraction` changes weights of the backbone.",
)
@pytest.mark.depends("test_train_feature_extraction_example")
def test_train_feature_extraction_weights(student, rng):
    before, after = trained_states(student.train_feature_extraction, student, rng)
    weights = oracle.weights_of(after, "head")
    oracle.judge_kept(weights, oracle.weights_of(before, "head"), "nothing_frozen")


@pytest.mark.points("train_feature_extraction", 0.5)
@pytest.mark.hidden(
    fr="`train_feature_extraction` change des statistiques de la base.",
    en="`train_feature_extraction` changes statistics of the backbone.",
)
@pytest.mark.depends("test_train_feature_extraction_example")
def test_train_feature_extraction_statistics(student, rng):
    before, after = trained_states(student.train_feature_extraction, student, rng)
    statistics = oracle.statistics_of(after, "head")
    oracle.judge_kept(statistics, oracle.statistics_of(before, "head"), "batchnorm_drift")


def trained_states(train, student, rng):
    """The state of a small chain of layers before and after it was trained on dark and bright."""
    labels = np.tile([0, 1], 8)
    images = rng.integers(0, 100, size=(16, 32, 32, 3)) + 100 * labels[:, None, None, None]
    model = student.inside(small_chain)()
    before = state(model)
    return before, state(train(model, images.astype(np.uint8), labels, "cpu", 0))


@pytest.mark.points("train_feature_extraction", 2)
@pytest.mark.hidden(
    fr="Sur les chats et les chiens, `train_feature_extraction` ne suffit pas.",
    en="On cats and dogs, `train_feature_extraction` does not do.",
)
@pytest.mark.depends(
    "test_train_feature_extraction_weights", "test_train_feature_extraction_statistics"
)
def test_train_feature_extraction_accuracy(training):
    trained = training.run("train_feature_extraction", first=(backbone,))
    before, after = (oracle.backbone_of(found, "head") for found in (trained.before, trained.after))
    oracle.judge_kept(after, before, None)
    trained.earn(part=0.85, full=0.96, short=(0.75, 0.9))


# ---------------------------------------------------------------- train_fine_tuning


@pytest.mark.points("train_fine_tuning", 0.5)
def test_train_fine_tuning_example(student):
    trained = student.train_fine_tuning(student.inside(small_chain)(), PHOTOS, LABELS, "cpu", 0)
    same(output_shape(trained, (5, 3, 32, 32)), (5, 2), mistakes={"head_not_replaced": (5, 10)})


@pytest.mark.points("train_fine_tuning", 1.5)
@pytest.mark.hidden(
    fr="`train_fine_tuning` ne change aucun poids de la base.",
    en="`train_fine_tuning` changes no weight of the backbone.",
)
@pytest.mark.depends("test_train_fine_tuning_example")
def test_train_fine_tuning_weights(student, rng):
    before, after = trained_states(student.train_fine_tuning, student, rng)
    weights = oracle.weights_of(after, "head")
    oracle.judge_moved(weights, oracle.weights_of(before, "head"), "all_frozen")


@pytest.mark.points("train_fine_tuning", 2)
@pytest.mark.hidden(
    fr="Sur les chats et les chiens, `train_fine_tuning` ne suffit pas.",
    en="On cats and dogs, `train_fine_tuning` does not do.",
)
@pytest.mark.depends("test_train_fine_tuning_weights")
def test_train_fine_tuning_accuracy(training):
    trained = training.run("train_fine_tuning", first=(backbone,))
    weights = oracle.weights_of(trained.after, "head")
    oracle.judge_moved(weights, oracle.weights_of(trained.before, "head"), "all_frozen")
    trained.earn(part=0.85, full=0.96, short=(0.75, 0.9))
