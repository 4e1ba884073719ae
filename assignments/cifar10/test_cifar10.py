"""Tests of the assignment ``cifar10``. The timed training, on all the images, comes last."""

import numpy as np
import pytest

from assignments.cifar10.oracle import COLOURS, colours, judge_classes, judge_images, median_colours
from autograder.compare import same
from autograder.networks import output_shape, outputs, state, weights

PHOTOS = np.arange(12 * 32 * 32 * 3, dtype=np.uint32).reshape(12, 32, 32, 3).astype(np.uint8)
CLASSES = np.arange(12) % 10


def generator(seed):
    """The source of chance that ``augment`` is given."""
    import numpy as np

    return np.random.default_rng(seed)


# ---------------------------------------------------------------- build_model


@pytest.mark.points("build_model", 1)
def test_build_model_gives_ten_scores(student):
    same(output_shape(student.build_model(), (4, 3, 32, 32)), (4, 10))


@pytest.mark.points("build_model", 0.5)
@pytest.mark.hidden(
    fr="`build_model` doit accepter un lot d'une taille quelconque, une seule image comprise.",
    en="`build_model` must accept batches of any size, a single image included.",
)
@pytest.mark.depends("test_build_model_gives_ten_scores")
def test_build_model_any_batch(student):
    model = student.build_model()
    for number in (1, 7):
        same(output_shape(model, (number, 3, 32, 32)), (number, 10))


@pytest.mark.points("build_model", 0.5)
@pytest.mark.hidden(
    fr="Deux images différentes doivent donner des scores différents, pas le même score partout.",
    en="Two different images must give different scores, and not the same score everywhere.",
)
@pytest.mark.depends("test_build_model_gives_ten_scores")
def test_build_model_looks_at_the_image(student, rng):
    inputs = rng.normal(size=(2, 3, 32, 32)).astype(np.float32)
    scores = outputs(student.build_model(), inputs)
    same(scores.shape, (2, 10))
    same(bool(np.ptp(scores[0]) > 0 and np.any(scores[0] != scores[1])), True)


# ---------------------------------------------------------------- augment


@pytest.mark.points("augment", 1)
def test_augment_keeps_shape_and_type(student):
    augmented = student.augment(PHOTOS, student.inside(generator)(0))
    same(np.shape(augmented), (12, 32, 32, 3))
    same(str(getattr(augmented, "dtype", "")), "uint8")


@pytest.mark.points("augment", 0.5)
@pytest.mark.hidden(
    fr="`augment` modifie les images qu'on lui donne : elle doit en renvoyer de nouvelles.",
    en="`augment` modifies the images it is given: it must return new ones.",
)
@pytest.mark.depends("test_augment_keeps_shape_and_type")
def test_augment_keeps_its_input(student, rng):
    images = rng.integers(256, size=(16, 32, 32, 3), dtype=np.uint8)
    kept = student.keep(images)
    judge_images(student.augment(kept, student.inside(generator)(1)), images.shape)
    same(kept.fetch(), images)


@pytest.mark.points("augment", 0.75)
@pytest.mark.hidden(
    fr="`augment` ne change rien, ou fait toujours la même chose : l'effet doit dépendre de `rng`.",
    en="`augment` changes nothing, or always does the same: what it does must depend on `rng`.",
)
@pytest.mark.depends("test_augment_keeps_shape_and_type")
def test_augment_is_random(student, rng):
    images = rng.integers(256, size=(32, 32, 32, 3), dtype=np.uint8)
    first, second = (
        judge_images(student.augment(images, student.inside(generator)(seed)), images.shape)
        for seed in (1, 2)
    )
    same(bool(np.any(first != images)), True)
    same(bool(np.any(first != second)), True)


@pytest.mark.points("augment", 0.75)
@pytest.mark.hidden(
    fr="Avec la même graine, `augment` doit rendre les mêmes images : tire tout de `rng`.",
    en="With the same seed, `augment` must give the same images twice: draw everything from `rng`.",
)
@pytest.mark.depends("test_augment_keeps_shape_and_type")
def test_augment_draws_from_rng(student, rng):
    images = rng.integers(256, size=(32, 32, 32, 3), dtype=np.uint8)
    first, second = (student.augment(images, student.inside(generator)(5)) for _ in range(2))
    same(second, judge_images(first, images.shape))


@pytest.mark.points("augment", 0.5)
@pytest.mark.hidden(
    fr="Les images d'un lot reçoivent toutes la même transformation : à chacune la sienne.",
    en="All images of a batch get the same transformation: each must have its own.",
)
@pytest.mark.depends("test_augment_is_random")
def test_augment_each_image_on_its_own(student, rng):
    images = np.repeat(rng.integers(256, size=(1, 32, 32, 3), dtype=np.uint8), 32, axis=0)
    augmented = judge_images(student.augment(images, student.inside(generator)(3)), images.shape)
    same(bool(np.any(augmented != augmented[:1])), True)


@pytest.mark.points("augment", 0.5)
@pytest.mark.hidden(
    fr="Après `augment`, une image n'est plus à sa place ou n'est plus reconnaissable.",
    en="After `augment`, an image is no longer in its place or cannot be recognised.",
)
@pytest.mark.depends("test_augment_keeps_shape_and_type")
def test_augment_keeps_images_in_place(student, rng):
    images, labels = colours(rng, 20)
    augmented = judge_images(student.augment(images, student.inside(generator)(4)), images.shape)
    distances = np.abs(median_colours(augmented)[:, None] - COLOURS).sum(axis=2)
    # A change of brightness or of colour may take one for another.
    same(bool(np.mean(distances.argmin(axis=1) == labels) >= 0.7), True)


# ---------------------------------------------------------------- train and predict


@pytest.mark.points("train", 1)
def test_train_gives_a_network(student):
    model = student.train(PHOTOS, CLASSES, "cpu", 0)
    same(output_shape(model, (2, 3, 32, 32)), (2, 10))


@pytest.mark.points("predict", 1)
def test_predict_one_class_an_image(student):
    model = student.train(PHOTOS, CLASSES, "cpu", 0)
    classes = student.predict(model, PHOTOS)
    same(np.shape(classes), (12,))
    same(set(np.asarray(classes).tolist()) <= set(range(10)), True)


@pytest.mark.points("train", 0.5)
@pytest.mark.hidden(
    fr="`train` modifie les images ou les classes qu'on lui donne.",
    en="`train` modifies the images or the labels it is given.",
)
@pytest.mark.depends("test_train_gives_a_network")
def test_train_keeps_its_inputs(student, rng):
    images, labels = colours(rng, 20)
    kept = [student.keep(images), student.keep(labels)]
    state(student.train(*kept, "cpu", 1))
    same([each.fetch() for each in kept], [images, labels])


@pytest.mark.points("train", 0.5)
@pytest.mark.hidden(
    fr="Deux entraînements avec la même graine (`seed`) doivent donner le même réseau.",
    en="Two trainings with the same `seed` must give the same network.",
)
@pytest.mark.depends("test_train_gives_a_network")
def test_train_follows_its_seed(student, rng):
    images, labels = colours(rng, 20)
    first, second = (
        list(weights(student.train(images, labels, "cpu", 7)).values()) for _ in range(2)
    )
    same(second, first, rtol=1e-3)


@pytest.mark.points("predict", 0.5)
@pytest.mark.hidden(
    fr="Avec une seule image, ou 33, `predict` ne donne pas une classe par image.",
    en="With a single image, or 33, `predict` does not give one class an image.",
)
@pytest.mark.depends("test_predict_one_class_an_image")
def test_predict_any_number_of_images(student, rng):
    model = student.train(PHOTOS, CLASSES, "cpu", 0)
    for number in (1, 2, 33):
        images = rng.integers(256, size=(number, 32, 32, 3), dtype=np.uint8)
        judge_classes(student.predict(model, images), number)


@pytest.mark.points("predict", 1)
@pytest.mark.hidden(
    fr="La classe d'une image dépend des autres du lot : il manque sans doute `model.eval()`.",
    en="An image's class depends on others in the batch: `model.eval()` is probably missing.",
)
@pytest.mark.depends("test_predict_any_number_of_images")
def test_predict_each_image_on_its_own(student, rng):
    images, labels = colours(rng, 40)
    model = student.train(images, labels, "cpu", 0)
    asked = images[np.argsort(labels)][:24]  # six of the ten colours
    together = judge_classes(student.predict(model, asked), 24)
    each = [judge_classes(student.predict(model, asked[at : at + 1]), 1) for at in range(24)]
    # Rounding may turn a tie the other way.
    same(bool(np.mean(together == np.concatenate(each)) >= 0.9), True)


@pytest.mark.points("predict", 0.5)
@pytest.mark.hidden(
    fr="`predict` modifie les images qu'on lui donne.",
    en="`predict` modifies the images it is given.",
)
@pytest.mark.depends("test_predict_one_class_an_image")
def test_predict_keeps_its_images(student, rng):
    images = rng.integers(256, size=(9, 32, 32, 3), dtype=np.uint8)
    model = student.train(PHOTOS, CLASSES, "cpu", 0)
    kept = student.keep(images)
    judge_classes(student.predict(model, kept), 9)
    same(kept.fetch(), images)


@pytest.mark.points("train", 9)
@pytest.mark.hidden(
    fr="Entraîné dans le temps accordé, ton réseau reconnaît trop peu d'images de test.",
    en="Trained within the time allowed, your network recognises too few of the test images.",
)
@pytest.mark.depends("test_train_gives_a_network", "test_predict_one_class_an_image")
def test_train_accuracy(training):
    trained = training.run("train")
    trained.earn(part=0.60, full=0.75, bonus={0.85: 0.05, 0.90: 0.10}, short=(0.15, 0.25))
