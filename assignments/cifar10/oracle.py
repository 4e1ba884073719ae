"""Images that are told apart by their colour, and what is asked of images and of class numbers."""

import numpy as np

from autograder.compare import same

COLOURS = np.array(
    [
        *[[230, 30, 30], [30, 230, 30], [30, 30, 230], [230, 230, 30], [230, 30, 230]],
        *[[30, 230, 230], [240, 240, 240], [15, 15, 15], [128, 128, 128], [240, 130, 20]],
    ]
)


def colours(rng, number):
    """Noisy images of one colour each, and the number of that colour; every colour in turn."""
    labels = np.arange(number) % len(COLOURS)
    noise = rng.normal(scale=8, size=(number, 32, 32, 3))
    images = COLOURS[labels][:, None, None, :] + noise
    return np.clip(images, 0, 255).astype(np.uint8), labels


def median_colours(images):
    """Median colour of each image (N, 3): what a border or a cut-out square does not change."""
    return np.median(images.reshape(len(images), -1, 3), axis=1)


def judge_images(images, shape):
    """Pass the images on if they are uint8 of ``shape``."""
    same(np.shape(images), shape)
    same(str(getattr(images, "dtype", "")), "uint8")
    return images


def judge_classes(classes, number):
    """Pass the class numbers on, as an array, if they are ``number`` integers from 0 to 9."""
    same(np.shape(classes), (number,))
    classes = np.asarray(classes)
    same(classes.dtype.kind in "iu" and bool(np.all((classes >= 0) & (classes < 10))), True)
    return classes
