"""Tests of the assignment ``cnn``. The oracle is torch on the trusted side, never the reference."""

from functools import partial

import numpy as np
import pytest
import torch

from assignments.cnn import materials, oracle
from autograder.compare import same
from autograder.networks import output_shape, outputs, parameter_count, state, weights

# The example of the text: two batches of one point for ŷ = w x.
POINTS = np.array([[1.0], [2.0]], dtype=np.float32)
TARGETS = np.array([[2.0], [2.0]], dtype=np.float32)
# The logits of four images, whose classes are 0, 1, 1, 0; the third and the last are got wrong.
LOGITS = np.array([[2.0, 1.0], [0.0, 3.0], [4.0, 1.0], [1.0, 2.0]], dtype=np.float32)
CLASSES = np.array([0, 1, 1, 0])


def images(rng, *shape):
    return rng.normal(size=shape).astype(np.float32)


def built(student, task, shape, factor):
    """A network with weights large enough that every activation shows."""
    model = getattr(student, task)()
    output_shape(model, shape)  # gives lazy layers their weights
    student.inside(materials.stretched)(model, factor)
    return model


def judge_two_networks(student, task, inputs):
    """Two calls give two networks: what happens to one does not touch the other."""
    first, second = getattr(student, task)(), getattr(student, task)()
    before = outputs(second, inputs)
    student.inside(materials.spoilt)(first)
    same(outputs(second, inputs), before, mistakes={"one_model_for_all": outputs(first, inputs)})


# ---------------------------------------------------------------- build_keras_cnn


@pytest.mark.points("build_keras_cnn", 1)
def test_build_keras_cnn_size(student):
    model = student.build_keras_cnn()
    same(output_shape(model, (2, 28, 28, 1)), (2, 10))
    same(parameter_count(model), 58_474, mistakes={"same_padding": 107_626})


@pytest.mark.points("build_keras_cnn", 1.25)
@pytest.mark.hidden(
    fr="Avec les poids de ton réseau Keras, les couches de la feuille n° 3 donnent autre chose.",
    en="With the weights of your Keras network, the layers of sheet no. 3 give something else.",
)
@pytest.mark.depends("test_build_keras_cnn_size")
def test_build_keras_cnn_layers(student, rng):
    oracle.judge_sheet_layers(student.build_keras_cnn(), 3 * images(rng, 4, 28, 28, 1))


@pytest.mark.points("build_keras_cnn", 0.5)
@pytest.mark.hidden(
    fr="Les sorties du réseau Keras ne sont pas des probabilités.",
    en="The outputs of the Keras network are not probabilities.",
)
@pytest.mark.depends("test_build_keras_cnn_size")
def test_build_keras_cnn_probabilities(student, rng):
    oracle.judge_probabilities(student.build_keras_cnn(), 3 * images(rng, 4, 28, 28, 1))


@pytest.mark.points("build_keras_cnn", 0.25)
@pytest.mark.hidden(
    fr="Deux appels de `build_keras_cnn` doivent donner deux réseaux distincts.",
    en="Two calls of `build_keras_cnn` must give two separate networks.",
)
@pytest.mark.depends("test_build_keras_cnn_size")
def test_build_keras_cnn_is_new(student, rng):
    judge_two_networks(student, "build_keras_cnn", images(rng, 2, 28, 28, 1))


# ---------------------------------------------------------------- build_torch_cnn


@pytest.mark.points("build_torch_cnn", 1)
def test_build_torch_cnn_size(student):
    model = student.build_torch_cnn()
    same(output_shape(model, (2, 1, 28, 28)), (2, 10))
    same(parameter_count(model), 421_642, mistakes={"padding_forgotten": 225_034})


@pytest.mark.points("build_torch_cnn", 1)
@pytest.mark.hidden(
    fr="Avec les poids de ton réseau, le listing 1 du chapitre 07 donne d'autres sorties.",
    en="With the weights of your network, listing 1 of chapter 07 gives other outputs.",
)
@pytest.mark.depends("test_build_torch_cnn_size")
def test_build_torch_cnn_layers(student, rng):
    model = built(student, "build_torch_cnn", (1, 1, 28, 28), 2.5)
    oracle.judge_network(
        student.inside(materials.evaluating)(model),
        oracle.simple_cnn,
        images(rng, 3, 1, 28, 28),
        oracle.wrong_layers(oracle.simple_cnn),
    )


@pytest.mark.points("build_torch_cnn", 0.5)
@pytest.mark.hidden(
    fr="`build_torch_cnn` doit renvoyer un réseau qui donne des logits.",
    en="`build_torch_cnn` must return a network that gives logits.",
)
@pytest.mark.depends("test_build_torch_cnn_size")
def test_build_torch_cnn_logits(student, rng):
    oracle.judge_logits(student.build_torch_cnn(), images(rng, 3, 1, 28, 28))


@pytest.mark.points("build_torch_cnn", 0.5)
@pytest.mark.hidden(
    fr="Pendant l'entraînement, le dropout de `build_torch_cnn` n'est pas celui de l'énoncé.",
    en="During training, the dropout of `build_torch_cnn` is not that of the text.",
)
@pytest.mark.depends("test_build_torch_cnn_layers")
def test_build_torch_cnn_dropout(student, rng):
    oracle.judge_network(
        built(student, "build_torch_cnn", (1, 1, 28, 28), 2.5),
        partial(oracle.simple_cnn, drop=torch.nn.Dropout),
        images(rng, 3, 1, 28, 28),
        oracle.wrong_dropout(oracle.simple_cnn),
    )


@pytest.mark.points("build_torch_cnn", 0.25)
@pytest.mark.hidden(
    fr="Deux appels de `build_torch_cnn` doivent donner deux réseaux distincts.",
    en="Two calls of `build_torch_cnn` must give two separate networks.",
)
@pytest.mark.depends("test_build_torch_cnn_size")
def test_build_torch_cnn_is_new(student, rng):
    judge_two_networks(student, "build_torch_cnn", images(rng, 2, 1, 28, 28))


# ---------------------------------------------------------------- build_lenet5


@pytest.mark.points("build_lenet5", 1)
def test_build_lenet5_size(student):
    model = student.build_lenet5()
    same(output_shape(model, (2, 1, 32, 32)), (2, 10))
    same(parameter_count(model), 61_706)


@pytest.mark.points("build_lenet5", 1)
@pytest.mark.hidden(
    fr="Avec les poids de ton réseau, LeNet-5 tel que l'énoncé le décrit donne d'autres sorties.",
    en="With the weights of your network, LeNet-5 as the text describes it gives other outputs.",
)
@pytest.mark.depends("test_build_lenet5_size")
def test_build_lenet5_layers(student, rng):
    model = built(student, "build_lenet5", (1, 1, 32, 32), 4.0)
    linear = all(array.shape != (120, 16, 5, 5) for array in weights(model).values())
    oracle.judge_network(
        student.inside(materials.evaluating)(model),
        partial(oracle.lenet5, linear=linear),
        images(rng, 3, 1, 32, 32),
        oracle.wrong_lenet5(linear),
    )


@pytest.mark.points("build_lenet5", 0.5)
@pytest.mark.hidden(
    fr="`build_lenet5` doit renvoyer un réseau qui donne des logits.",
    en="`build_lenet5` must return a network that gives logits.",
)
@pytest.mark.depends("test_build_lenet5_size")
def test_build_lenet5_logits(student, rng):
    oracle.judge_logits(student.build_lenet5(), images(rng, 3, 1, 32, 32))


@pytest.mark.points("build_lenet5", 0.25)
@pytest.mark.hidden(
    fr="Deux appels de `build_lenet5` doivent donner deux réseaux distincts.",
    en="Two calls of `build_lenet5` must give two separate networks.",
)
@pytest.mark.depends("test_build_lenet5_size")
def test_build_lenet5_is_new(student, rng):
    judge_two_networks(student, "build_lenet5", images(rng, 2, 1, 32, 32))


# ---------------------------------------------------------------- build_tiny_vgg


@pytest.mark.points("build_tiny_vgg", 0.75)
def test_build_tiny_vgg_size(student):
    model = student.build_tiny_vgg()
    same(output_shape(model, (2, 3, 32, 32)), (2, 10))
    same(
        parameter_count(model),
        3_838_282,
        mistakes={
            "two_convolutions_in_block_3": 3_248_202,
            "batch_norm_added": 3_840_586,
            "mean_for_flatten": 1_872_202,
        },
    )


@pytest.mark.points("build_tiny_vgg", 0.5)
@pytest.mark.hidden(
    fr="`build_tiny_vgg` ne tient pas compte de `num_classes` comme il faut.",
    en="`build_tiny_vgg` does not take `num_classes` into account as it should.",
)
@pytest.mark.depends("test_build_tiny_vgg_size")
def test_build_tiny_vgg_num_classes(student, rng):
    classes = int(rng.integers(11, 20))
    found = output_shape(student.build_tiny_vgg(num_classes=classes), (1, 3, 32, 32))
    same(found, (1, classes), mistakes={"num_classes_ignored": (1, 10)})


@pytest.mark.points("build_tiny_vgg", 1)
@pytest.mark.hidden(
    fr="Avec les poids de ton réseau, le petit VGG de l'énoncé donne d'autres sorties.",
    en="With the weights of your network, the small VGG of the text gives other outputs.",
)
@pytest.mark.depends("test_build_tiny_vgg_size")
def test_build_tiny_vgg_layers(student, rng):
    model = built(student, "build_tiny_vgg", (1, 3, 32, 32), 2.5)
    oracle.judge_network(
        student.inside(materials.evaluating)(model),
        oracle.tiny_vgg,
        images(rng, 1, 3, 32, 32),
        oracle.wrong_layers(oracle.tiny_vgg),
    )


@pytest.mark.points("build_tiny_vgg", 0.5)
@pytest.mark.hidden(
    fr="`build_tiny_vgg` doit renvoyer un réseau qui donne des logits.",
    en="`build_tiny_vgg` must return a network that gives logits.",
)
@pytest.mark.depends("test_build_tiny_vgg_size")
def test_build_tiny_vgg_logits(student, rng):
    oracle.judge_logits(student.build_tiny_vgg(), images(rng, 1, 3, 32, 32))


@pytest.mark.points("build_tiny_vgg", 0.5)
@pytest.mark.hidden(
    fr="Pendant l'entraînement, le dropout de `build_tiny_vgg` n'est pas celui de l'énoncé.",
    en="During training, the dropout of `build_tiny_vgg` is not that of the text.",
)
@pytest.mark.depends("test_build_tiny_vgg_layers")
def test_build_tiny_vgg_dropout(student, rng):
    oracle.judge_network(
        built(student, "build_tiny_vgg", (1, 3, 32, 32), 2.5),
        partial(oracle.tiny_vgg, drop=torch.nn.Dropout),
        images(rng, 1, 3, 32, 32),
        oracle.wrong_dropout(oracle.tiny_vgg),
    )


# ---------------------------------------------------------------- train_one_epoch


def line_through_zero():
    """ŷ = w x with w = 0."""
    from torch import nn

    model = nn.Linear(1, 1, bias=False)
    nn.init.zeros_(model.weight)
    return model


def in_batches(inputs, labels, size):
    """A ``DataLoader`` of tensors."""
    from torch import from_numpy
    from torch.utils.data import DataLoader, TensorDataset

    return DataLoader(TensorDataset(from_numpy(inputs), from_numpy(labels)), batch_size=size)


def squared_error():
    """The mean of (ŷ - y)²."""
    from torch import nn

    return nn.MSELoss()


def gradient_descent(model):
    """SGD with a learning rate of 0.1."""
    from torch import optim

    return optim.SGD(model.parameters(), lr=0.1)


def weight_of(model):
    """The only weight, as a number."""
    return model.weight.item()


@pytest.mark.points("train_one_epoch", 0.75)
def test_train_one_epoch_example(student):
    model = student.inside(line_through_zero)()
    batches = student.inside(in_batches)(POINTS, TARGETS, 1)
    optimizer = student.inside(gradient_descent)(model)
    loss = student.train_one_epoch(model, batches, optimizer, student.inside(squared_error)())
    same(loss, 2.72, mistakes={"sum_for_mean": 5.44, "last_batch_only": 1.44})


@pytest.mark.points("train_one_epoch", 0.75)
def test_train_one_epoch_weight(student):
    model = student.inside(line_through_zero)()
    batches = student.inside(in_batches)(POINTS, TARGETS, 1)
    optimizer = student.inside(gradient_descent)(model)
    student.train_one_epoch(model, batches, optimizer, student.inside(squared_error)())
    same(
        student.inside(weight_of)(model),
        0.88,
        mistakes={"zero_grad_forgotten": 1.28, "no_step": 0.0, "first_batch_only": 0.4},
    )


@pytest.mark.points("train_one_epoch", 0.75)
@pytest.mark.hidden(
    fr="Après une époque sur un petit réseau convolutif, les poids ne sont pas les bons.",
    en="After one epoch on a small convolutional network, the weights are not right.",
)
@pytest.mark.depends("test_train_one_epoch_weight")
def test_train_one_epoch_random_weights(student, rng):
    pictures, labels = images(rng, 12, 1, 6, 6), rng.integers(0, 4, 12)
    for kind, optimizer in (("list", ("sgd", 0.1, 0.9)), ("loader", ("adam", 0.05))):
        network = ("small_network", int(rng.integers(1000)))
        batches = (pictures, labels, (4, 4, 4), kind)
        mistakes = {"zero_grad_forgotten": {"zero": False}}
        judge_weights(student, network, optimizer, batches, mistakes)


def judge_weights(student, network, optimizer, batches, mistakes):
    """Compare with the same epoch here, by the book.

    Network and optimizer are given by the name of what makes them and its arguments.
    """

    def right(**mistake):
        model = getattr(materials, network[0])(*network[1:])
        steps = getattr(materials, optimizer[0])(model, *optimizer[1:])
        cross_entropy = materials.criterion("CrossEntropyLoss")
        oracle.epoch(model, materials.batches_of(*batches), steps, cross_entropy, **mistake)
        return oracle.arrays_of(model)

    model = student.inside(getattr(materials, network[0]))(*network[1:])
    steps = student.inside(getattr(materials, optimizer[0]))(model, *optimizer[1:])
    cross_entropy = student.inside(materials.criterion)("CrossEntropyLoss")
    theirs = student.inside(materials.batches_of)(*batches)
    student.train_one_epoch(model, theirs, steps, cross_entropy)
    wrong = {hint: partial(right, **mistake) for hint, mistake in mistakes.items()}
    same(state(model), right(), mistakes=wrong)


@pytest.mark.points("train_one_epoch", 0.5)
@pytest.mark.hidden(
    fr="Quand le dernier lot est plus petit, `train_one_epoch` renvoie une moyenne fausse.",
    en="When the last batch is smaller, `train_one_epoch` returns a wrong mean.",
)
@pytest.mark.depends("test_train_one_epoch_example")
def test_train_one_epoch_mean(student, rng):
    judge_losses(student, rng, (5, 5, 2), "CrossEntropyLoss", "list")


@pytest.mark.points("train_one_epoch", 0.5)
@pytest.mark.hidden(
    fr="Avec un autre coût que l'entropie croisée, `train_one_epoch` se trompe.",
    en="With another loss than cross-entropy, `train_one_epoch` is wrong.",
)
@pytest.mark.depends("test_train_one_epoch_example")
def test_train_one_epoch_criterion(student, rng):
    judge_losses(student, rng, (4,), "MultiMarginLoss", "list")


@pytest.mark.points("train_one_epoch", 0.5)
@pytest.mark.hidden(
    fr="Quand `batches` est un générateur, qui n'a pas de longueur, `train_one_epoch` se trompe.",
    en="When `batches` is a generator, which has no length, `train_one_epoch` is wrong.",
)
@pytest.mark.depends("test_train_one_epoch_example")
def test_train_one_epoch_generator(student, rng):
    judge_losses(student, rng, (3, 3), "CrossEntropyLoss", "generator")


def judge_losses(student, rng, sizes, criterion, kind):
    """Compare the mean of the losses; a learning rate of 0 leaves other mistakes to other tests."""
    total, seed = sum(sizes), int(rng.integers(1000))
    pictures, labels = images(rng, total, 1, 6, 6), rng.integers(0, 4, total)

    def losses(name):
        model = materials.small_network(seed)
        batches = materials.batches_of(pictures, labels, sizes)
        return oracle.epoch(model, batches, materials.sgd(model, 0.0), materials.criterion(name))

    model = student.inside(materials.small_network)(seed)
    returned = student.train_one_epoch(
        model,
        student.inside(materials.batches_of)(pictures, labels, sizes, kind),
        student.inside(materials.sgd)(model, 0.0),
        student.inside(materials.criterion)(criterion),
    )
    right = losses(criterion)
    mistakes = oracle.mean_mistakes(right, sizes)
    if criterion != "CrossEntropyLoss":
        mistakes["own_criterion"] = float(np.mean(losses("CrossEntropyLoss")))
    oracle.same_number(returned, float(np.mean(right)), mistakes)


@pytest.mark.points("train_one_epoch", 0.75)
@pytest.mark.hidden(
    fr="Quand le réseau arrive en mode d'évaluation, `train_one_epoch` l'entraîne mal.",
    en="When the network arrives in evaluation mode, `train_one_epoch` trains it badly.",
)
@pytest.mark.depends("test_train_one_epoch_weight")
def test_train_one_epoch_mode(student, rng):
    # A single batch: gradients that are left over cost the tests of the weights only.
    network = ("two_modes", int(rng.integers(1000)), False)
    batches = (images(rng, 6, 1, 6, 6), rng.integers(0, 4, 6), (6,))
    mistakes = {"train_mode_forgotten": {"training": False}}
    judge_weights(student, network, ("sgd", 0.1), batches, mistakes)


# ---------------------------------------------------------------- evaluate


def gives_its_input():
    """A network whose two logits are its two inputs."""
    from torch import nn

    model = nn.Linear(2, 2, bias=False)
    nn.init.eye_(model.weight)
    return model


@pytest.mark.points("evaluate", 0.75)
def test_evaluate_example(student):
    model = student.inside(gives_its_input)()
    batches = student.inside(in_batches)(LOGITS, CLASSES, 3)
    same(
        student.evaluate(model, batches),
        0.5,
        mistakes={
            "mean_of_batches": 1 / 3,
            "last_batch_only": 0.0,
            "percent": 50.0,
            "count_for_share": 2,
        },
    )


@pytest.mark.points("evaluate", 0.75)
@pytest.mark.hidden(
    fr="Sur des lots aléatoires de tailles inégales, `evaluate` ne donne pas la bonne exactitude.",
    en="On random batches of unequal sizes, `evaluate` does not give the right accuracy.",
)
@pytest.mark.depends("test_evaluate_example")
def test_evaluate_random(student, rng):
    # As many images as classes first: only there does an argmax over the images give something.
    cycle = np.roll(np.eye(4, dtype=np.float32), 1, axis=1)
    for logits, sizes in (
        (cycle, (4,)),
        (images(rng, 16, 3), (7, 7, 2)),
        (images(rng, 9, 10), (8, 1)),
    ):
        judge_accuracy(student, logits, sizes, "list")


@pytest.mark.points("evaluate", 0.25)
@pytest.mark.hidden(
    fr="Quand `batches` est un générateur, `evaluate` se trompe.",
    en="When `batches` is a generator, `evaluate` is wrong.",
)
@pytest.mark.depends("test_evaluate_example")
def test_evaluate_generator(student, rng):
    # A single batch: what is wrong with several costs the other tests only.
    judge_accuracy(student, images(rng, 5, 3), (5,), "generator")


def judge_accuracy(student, logits, sizes, kind):
    """Compare with the share that NumPy counts; the network's outputs are its inputs."""
    labels = oracle.labels_for(logits)
    right, mistakes = oracle.accuracies(logits, labels, sizes)
    model = student.inside(materials.identity)(logits.shape[1])
    batches = student.inside(materials.batches_of)(logits, labels, sizes, kind)
    oracle.same_number(student.evaluate(model, batches), right, mistakes)


@pytest.mark.points("evaluate", 0.5)
@pytest.mark.hidden(
    fr="Quand le réseau arrive en mode d'entraînement, `evaluate` se trompe ou le modifie.",
    en="When the network arrives in training mode, `evaluate` is wrong or changes it.",
)
@pytest.mark.depends("test_evaluate_example")
def test_evaluate_mode(student, rng):
    # In evaluation mode the largest logit is that of class 2, in training mode it never is where
    # it should be.
    inputs, means = images(rng, 9, 4), np.array([50, 50, 0, 50], dtype=np.float32)
    inputs[:, 2] = [-1] * 6 + [5] * 3
    labels = np.array([2] * 6 + [0, 1, 3])

    def right(training):
        logits = oracle.forward(materials.normalised(means, training), inputs)
        return float((logits.argmax(axis=1) == labels).mean())

    model = student.inside(materials.normalised)(means, True)
    before = state(model)
    batches = student.inside(materials.batches_of)(inputs, labels, (9,))
    returned = student.evaluate(model, batches)
    oracle.same_number(returned, right(False), {"eval_forgotten": right(True)})
    same(state(model), before)


@pytest.mark.points("evaluate", 0.5)
@pytest.mark.hidden(
    fr="Après `evaluate`, le réseau n'est plus dans le mode où il était.",
    en="After `evaluate`, the network is no longer in the mode in which it was.",
)
@pytest.mark.depends("test_evaluate_example")
def test_evaluate_restores_the_mode(student, rng):
    inputs, means = images(rng, 6, 3), np.array([50, 0, 50], dtype=np.float32)
    labels = np.array([1, 1, 1, 1, 0, 2])
    for training in (True, False):
        model = student.inside(materials.normalised)(means, training)
        student.evaluate(model, student.inside(materials.batches_of)(inputs, labels, (6,)))
        right, wrong = (
            oracle.forward(materials.normalised(means, mode), inputs)
            for mode in (training, not training)
        )
        found = outputs(model, inputs, training=None)
        same(found, right, mistakes={"mode_not_restored": wrong})


@pytest.mark.points("evaluate", 0.5)
@pytest.mark.hidden(
    fr="`evaluate` doit calculer sans gradients, et seulement pendant l'évaluation.",
    en="`evaluate` must compute without gradients, and only while it evaluates.",
)
@pytest.mark.depends("test_evaluate_example")
def test_evaluate_without_gradients(student, rng):
    logits = images(rng, 6, 3)
    labels = oracle.labels_for(logits)
    right, wrong = (oracle.accuracies(sign * logits, labels, (6,))[0] for sign in (1, -1))
    model = student.inside(materials.grad_watcher)(3)
    batches = student.inside(materials.batches_of)(logits, labels, (6,))
    returned = student.evaluate(model, batches)
    tracked = student.inside(materials.derivative_of_3w)()
    oracle.same_number(returned, right, {"gradients_kept": wrong})
    same(tracked, 3.0, mistakes={"gradients_left_off": 0.0})
