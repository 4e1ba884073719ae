"""Tests of the assignment ``convolution``. The oracle is torch in float64, never the reference."""

import numpy as np
import pytest
import torch
import torch.nn.functional as functional

from assignments.convolution.oracle import correlate, judge
from autograder.compare import difference, same

SIGNAL = np.array([1, 2, 4, 8, 16])
IMAGE = np.array(
    [[1, 2, 3, 0, 1], [0, 1, 2, 3, 0], [1, 0, 1, 2, 3], [2, 1, 0, 1, 2], [3, 2, 1, 0, 1]]
)
VERTICAL = np.array([[1, 0, -1], [1, 0, -1], [1, 0, -1]])
CONVOLVED = np.array([[-4, -2, 2], [0, -4, -2], [4, 0, -4]])
REFLECTED = np.array(  # what scipy.ndimage.convolve gives
    [
        [3, 6, -2, -6, -1],
        [1, 4, 2, -2, -1],
        [-1, 0, 4, 2, -1],
        [-3, -4, 0, 4, 3],
        [-3, -6, -4, 2, 3],
    ]
)
# Two channels of a 3x3 image. The filter adds the diagonal of red to twice the green on the right.
RED = np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]])
GREEN = np.array([[1, 0, 2], [0, 3, 0], [4, 0, 1]])
COLOURS = np.stack([RED, GREEN], axis=-1)
ON_RED = np.array([[1, 0], [0, 1]])
ON_GREEN = np.array([[0, 2], [0, 0]])
ONE_FILTER = np.stack([ON_RED, ON_GREEN], axis=-1)[..., np.newaxis]
TWO_FILTERS = np.concatenate([ONE_FILTER, -ONE_FILTER], axis=-1)
FILTERED = np.array([[6, 12], [18, 14]])

GAUSSIAN = np.array([[0, 1, 0], [1, 4, 1], [0, 1, 0]]) / 8
BINOMIAL = np.outer([1, 2, 1], [1, 2, 1]) / 16  # the other usual 3x3 Gaussian: right as well


# ---------------------------------------------------------------- convolve1d


@pytest.mark.points("convolve1d", 0.5)
def test_convolve1d_moving_average(student):
    same(
        student.convolve1d(SIGNAL, np.array([0.5, 0.5])),
        np.array([1.5, 3.0, 6.0, 12.0]),
        mistakes={"truncated": np.array([1, 3, 6, 12]), "off_by_one": np.array([1.5, 3.0, 6.0])},
    )


@pytest.mark.points("convolve1d", 0.5)
def test_convolve1d_differences(student):
    same(
        student.convolve1d(SIGNAL, np.array([-1, 1])),
        np.array([1, 2, 4, 8]),
        mistakes={"flipped_kernel": np.array([-1, -2, -4, -8])},
    )


@pytest.mark.points("convolve1d", 0.5)
def test_convolve1d_gaussian_with_padding(student):
    same(
        student.convolve1d(np.array([4.0, 8.0, 4.0, 12.0]), np.array([0.25, 0.5, 0.25]), padding=2),
        np.array([1.0, 4.0, 6.0, 7.0, 7.0, 3.0]),
        mistakes={
            "padding_ignored": np.array([6.0, 7.0]),
            "padding_before_only": np.array([1.0, 4.0, 6.0, 7.0]),
            "padding_after_only": np.array([6.0, 7.0, 7.0, 3.0]),
            "padding_corner": np.array([6.0, 7.0, 7.0, 3.0, 0.0, 0.0]),
            "off_by_one": np.array([1.0, 4.0, 6.0, 7.0, 7.0]),
        },
    )
    same(
        student.convolve1d(np.array([4.0, 8.0, 4.0, 12.0]), np.array([0.25, 0.5, 0.25]), padding=1),
        np.array([4.0, 6.0, 7.0, 7.0]),
    )


@pytest.mark.points("convolve1d", 0.5)
@pytest.mark.hidden(
    fr="Sur des signaux et des noyaux aléatoires, `convolve1d` ne donne pas les bonnes valeurs.",
    en="On random signals and kernels, `convolve1d` does not give the right values.",
)
@pytest.mark.depends("test_convolve1d_moving_average", "test_convolve1d_differences")
def test_convolve1d_random(student, rng):
    for size in (1, 2, 3, 4):
        judge(student.convolve1d, rng.normal(size=rng.integers(5, 12)), rng.normal(size=size))


@pytest.mark.points("convolve1d", 0.5)
@pytest.mark.hidden(
    fr="Avec d'autres valeurs de `padding`, `convolve1d` ne donne pas les bonnes valeurs.",
    en="With other values of `padding`, `convolve1d` does not give the right values.",
)
@pytest.mark.depends("test_convolve1d_gaussian_with_padding")
def test_convolve1d_padding(student, rng):
    # A padding of 1 comes last: there, zeros on one side look like a last position left out.
    for size, padding in ((3, 2), (5, 2), (3, 3), (2, 1)):
        signal, kernel = rng.normal(size=rng.integers(6, 12)), rng.normal(size=size)
        judge(student.convolve1d, signal, kernel, padding=padding)


@pytest.mark.points("convolve1d", 0.5)
@pytest.mark.hidden(
    fr="Avec `stride` supérieur à 1, `convolve1d` ne donne pas les bonnes valeurs.",
    en="With `stride` above 1, `convolve1d` does not give the right values.",
)
@pytest.mark.depends("test_convolve1d_moving_average", "test_convolve1d_differences")
def test_convolve1d_stride(student, rng):
    for length, size, stride in ((9, 3, 2), (10, 3, 2), (11, 2, 3), (13, 4, 4)):
        judge(student.convolve1d, rng.normal(size=length), rng.normal(size=size), stride=stride)


@pytest.mark.points("convolve1d", 0.5)
@pytest.mark.hidden(
    fr="`convolve1d` modifie le signal ou le noyau qu'on lui donne.",
    en="`convolve1d` modifies the signal or the kernel it is given.",
)
@pytest.mark.depends("test_convolve1d_moving_average")
def test_convolve1d_keeps_its_inputs(student, rng):
    # One of the two is constant, so that a flipped kernel costs nothing here.
    for signal, kernel in (
        (rng.normal(size=7), np.full(3, 0.25)),
        (np.full(7, 0.25), rng.normal(size=3)),
    ):
        kept_signal, kept_kernel = student.keep(signal), student.keep(kernel)
        same(student.convolve1d(kept_signal, kept_kernel), correlate(signal, kernel))
        same(kept_signal.fetch(), signal)
        same(kept_kernel.fetch(), kernel)


# ---------------------------------------------------------------- convolve2d


@pytest.mark.points("convolve2d", 1)
def test_convolve2d_course_example(student):
    same(
        student.convolve2d(IMAGE, VERTICAL),
        CONVOLVED,
        mistakes={
            "flipped_kernel": -CONVOLVED,
            "off_by_one": CONVOLVED[:2, :2],
            "ndimage_convolve": REFLECTED,
        },
    )


@pytest.mark.points("convolve2d", 0.5)
def test_convolve2d_padding_examples(student):
    same(
        student.convolve2d(np.ones((3, 3)), np.ones((3, 3)), padding=2),
        np.outer([1, 2, 3, 2, 1], [1, 2, 3, 2, 1]),
        mistakes={
            "padding_ignored": np.array([[9.0]]),
            "padding_not_zero": np.full((5, 5), 9.0),
            "padding_before_only": np.outer([1, 2, 3], [1, 2, 3]),
            "padding_after_only": np.outer([3, 2, 1], [3, 2, 1]),
            "padding_corner": np.outer([3, 2, 1, 0, 0], [3, 2, 1, 0, 0]),
            "off_by_one": np.outer([1, 2, 3, 2], [1, 2, 3, 2]),
        },
    )
    same(
        student.convolve2d(np.ones((3, 3)), np.ones((3, 3)), padding=1),
        np.array([[4.0, 6.0, 4.0], [6.0, 9.0, 6.0], [4.0, 6.0, 4.0]]),
    )


@pytest.mark.points("convolve2d", 0.5)
@pytest.mark.depends("test_convolve2d_course_example")
def test_convolve2d_stride_2(student):
    same(
        student.convolve2d(IMAGE, VERTICAL, stride=2),
        np.array([[-4, 2], [4, -4]]),
        mistakes={
            "stride_at_output_index": np.array([[-4, 0], [0, 0]]),
            "stride_missing_in_window": CONVOLVED[:2, :2],
            "stride_ignored": CONVOLVED,
        },
    )


@pytest.mark.points("convolve2d", 0.5)
def test_convolve2d_rejects_a_small_image(student):
    student.convolve2d(np.ones((3, 3)), VERTICAL)  # just large enough: nothing is raised
    with student.raises(ValueError):
        student.convolve2d(np.ones((2, 2)), VERTICAL)


@pytest.mark.points("convolve2d", 0.5)
@pytest.mark.hidden(
    fr="Sur des images carrées aléatoires, `convolve2d` ne donne pas les bonnes valeurs.",
    en="On random square images, `convolve2d` does not give the right values.",
)
@pytest.mark.depends("test_convolve2d_course_example")
def test_convolve2d_random(student, rng):
    for size in (1, 2, 3, 4):
        side = rng.integers(5, 9)
        judge(student.convolve2d, rng.normal(size=(side, side)), rng.normal(size=(size, size)))


@pytest.mark.points("convolve2d", 0.5)
@pytest.mark.hidden(
    fr="Quand l'image ou le noyau n'est pas carré, `convolve2d` ne donne pas les bonnes valeurs.",
    en="When the image or the kernel is not square, `convolve2d` does not give the right values.",
)
@pytest.mark.depends("test_convolve2d_course_example")
def test_convolve2d_rectangles(student, rng):
    for shape, kernel in (((5, 8), (3, 3)), ((9, 4), (1, 4)), ((6, 6), (4, 2)), ((6, 7), (2, 3))):
        judge(student.convolve2d, rng.normal(size=shape), rng.normal(size=kernel))


@pytest.mark.points("convolve2d", 0.75)
@pytest.mark.hidden(
    fr="Avec d'autres valeurs de `padding`, `convolve2d` ne donne pas les bonnes valeurs.",
    en="With other values of `padding`, `convolve2d` does not give the right values.",
)
@pytest.mark.depends("test_convolve2d_padding_examples")
def test_convolve2d_padding(student, rng):
    # A padding of 1 comes last: there, zeros on one side look like a last position left out.
    for size, padding in ((3, 2), (5, 2), (3, 3), (2, 1)):
        image, kernel = rng.normal(size=(6, 6)), rng.normal(size=(size, size))
        judge(student.convolve2d, image, kernel, padding=padding)


@pytest.mark.points("convolve2d", 0.75)
@pytest.mark.hidden(
    fr="Avec d'autres valeurs de `stride`, `convolve2d` ne donne pas les bonnes valeurs.",
    en="With other values of `stride`, `convolve2d` does not give the right values.",
)
@pytest.mark.depends("test_convolve2d_stride_2")
def test_convolve2d_stride(student, rng):
    # With 8 and 10 the last window does not end at the border; 4 is a stride above the kernel size.
    for side, size, stride in ((7, 3, 2), (8, 3, 2), (10, 3, 3), (9, 2, 4)):
        image, kernel = rng.normal(size=(side, side)), rng.normal(size=(size, size))
        judge(student.convolve2d, image, kernel, stride=stride)


@pytest.mark.points("convolve2d", 0.5)
@pytest.mark.hidden(
    fr="Avec `padding` et `stride` ensemble, sur une image rectangulaire, le résultat est faux.",
    en="With `padding` and `stride` together, on a rectangular image, the result is wrong.",
)
@pytest.mark.depends(
    "test_convolve2d_rectangles", "test_convolve2d_padding", "test_convolve2d_stride"
)
def test_convolve2d_padding_and_stride(student, rng):
    # The first one tells zeros on one side from a last position left out.
    for shape, size, padding, stride in (((6, 8), 4, 2, 3), ((7, 9), 3, 1, 2), ((8, 5), 3, 2, 4)):
        image, kernel = rng.normal(size=shape), rng.normal(size=(size, size))
        judge(student.convolve2d, image, kernel, padding=padding, stride=stride)


@pytest.mark.points("convolve2d", 0.5)
@pytest.mark.hidden(
    fr="Avec une image d'entiers et un noyau à virgule, `convolve2d` ne donne pas le bon résultat.",
    en="With an integer image and a fractional kernel, `convolve2d` gives a wrong result.",
)
@pytest.mark.depends("test_convolve2d_course_example")
def test_convolve2d_integer_image(student, rng):
    for size in (2, 3, 3):
        judge(student.convolve2d, rng.integers(0, 99, size=(6, 6)), rng.normal(size=(size, size)))


@pytest.mark.points("convolve2d", 0.5)
@pytest.mark.hidden(
    fr="Quand un seul côté de l'image est trop petit, `convolve2d` doit lever `ValueError`.",
    en="When only one side of the image is too small, `convolve2d` must raise `ValueError`.",
)
@pytest.mark.depends("test_convolve2d_rejects_a_small_image")
def test_convolve2d_rejects_one_small_side(student, rng):
    student.convolve2d(np.ones((3, 3)), VERTICAL)  # just large enough: nothing is raised
    for shape, size in (((2, 6), 3), ((6, 2), 3), ((3, 9), 5)):
        with student.raises(ValueError):
            student.convolve2d(rng.normal(size=shape), rng.normal(size=(size, size)))


@pytest.mark.points("convolve2d", 0.5)
@pytest.mark.hidden(
    fr="`convolve2d` modifie l'image ou le noyau qu'on lui donne.",
    en="`convolve2d` modifies the image or the kernel it is given.",
)
@pytest.mark.depends("test_convolve2d_course_example")
def test_convolve2d_keeps_its_inputs(student, rng):
    # One of the two is constant, so that a flipped kernel costs nothing here.
    for image, kernel in (
        (rng.normal(size=(5, 5)), np.full((3, 3), 0.25)),
        (np.full((5, 5), 0.25), rng.normal(size=(3, 3))),
    ):
        kept_image, kept_kernel = student.keep(image), student.keep(kernel)
        same(student.convolve2d(kept_image, kept_kernel), correlate(image, kernel))
        same(kept_image.fetch(), image)
        same(kept_kernel.fetch(), kernel)


# ---------------------------------------------------------------- convolve_multichannel


@pytest.mark.points("convolve_multichannel", 1)
def test_convolve_multichannel_one_filter(student):
    same(
        student.convolve_multichannel(COLOURS, ONE_FILTER),
        FILTERED[..., np.newaxis],
        mistakes={
            "channel_axis_lost": FILTERED,
            "channels_forgotten": np.array([[[6], [8]], [[12], [14]]]),
            "channels_averaged": FILTERED[..., np.newaxis] / 2,
            "flipped_kernel": np.array([[[6], [14]], [[20], [14]]]),
        },
    )


@pytest.mark.points("convolve_multichannel", 0.5)
@pytest.mark.depends("test_convolve_multichannel_one_filter")
def test_convolve_multichannel_bias(student):
    same(
        student.convolve_multichannel(COLOURS, TWO_FILTERS, bias=np.array([100, 0.5])),
        np.stack([FILTERED + 100, 0.5 - FILTERED], axis=-1),
        mistakes={
            "bias_forgotten": np.stack([FILTERED, -FILTERED], axis=-1),
            "bias_per_channel": np.stack([FILTERED + 200, 1 - FILTERED], axis=-1),
        },
    )


@pytest.mark.points("convolve_multichannel", 0.5)
@pytest.mark.hidden(
    fr="Sur une image à un seul canal, avec plusieurs filtres, `convolve_multichannel` se trompe.",
    en="On an image with one channel, and several filters, `convolve_multichannel` is wrong.",
)
@pytest.mark.depends("test_convolve_multichannel_one_filter")
def test_convolve_multichannel_one_channel(student, rng):
    # Not the business of the sum over the channels, which costs the other tests.
    for size, filters in ((3, 5), (2, 3)):
        image, kernels = rng.normal(size=(5, 5, 1)), rng.normal(size=(size, size, 1, filters))
        judge(student.convolve_multichannel, image, kernels)


@pytest.mark.points("convolve_multichannel", 0.5)
@pytest.mark.hidden(
    fr="Avec d'autres nombres de canaux et de filtres, `convolve_multichannel` se trompe.",
    en="With other numbers of channels and filters, `convolve_multichannel` is wrong.",
)
@pytest.mark.depends("test_convolve_multichannel_one_filter")
def test_convolve_multichannel_random(student, rng):
    for size, channels, filters in ((3, 3, 4), (2, 4, 4), (1, 3, 1), (3, 1, 1)):
        image = rng.normal(size=(6, 6, channels))
        kernels = rng.normal(size=(size, size, channels, filters))
        judge(student.convolve_multichannel, image, kernels)


@pytest.mark.points("convolve_multichannel", 0.5)
@pytest.mark.hidden(
    fr="Avec un biais par filtre, `convolve_multichannel` ne donne pas les bonnes valeurs.",
    en="With one bias a filter, `convolve_multichannel` does not give the right values.",
)
@pytest.mark.depends("test_convolve_multichannel_one_filter", "test_convolve_multichannel_bias")
def test_convolve_multichannel_random_bias(student, rng):
    # Biases of 0 and below come first: whether there is a bias is not a question of its values.
    below = -np.arange(4) * rng.uniform(1, 2)
    for channels, bias in ((3, below), (2, rng.normal(size=2)), (1, rng.normal(size=3))):
        image, kernels = (
            rng.normal(size=(5, 5, channels)),
            rng.normal(size=(3, 3, channels, len(bias))),
        )
        unbiased = correlate(image, kernels)
        same(
            student.convolve_multichannel(image, kernels, bias=bias),
            unbiased + bias,
            mistakes={"bias_forgotten": unbiased, "bias_per_channel": unbiased + channels * bias},
        )


@pytest.mark.points("convolve_multichannel", 0.5)
@pytest.mark.hidden(
    fr="Avec `padding`, `convolve_multichannel` ne donne pas les bonnes valeurs.",
    en="With `padding`, `convolve_multichannel` does not give the right values.",
)
@pytest.mark.depends("test_convolve_multichannel_one_filter")
def test_convolve_multichannel_padding(student, rng):
    for size, padding in ((5, 2), (3, 1), (2, 1)):
        image, kernels = rng.normal(size=(6, 6, 3)), rng.normal(size=(size, size, 3, 2))
        judge(student.convolve_multichannel, image, kernels, padding=padding)


@pytest.mark.points("convolve_multichannel", 0.5)
@pytest.mark.hidden(
    fr="Avec `stride` supérieur à 1, `convolve_multichannel` ne donne pas les bonnes valeurs.",
    en="With `stride` above 1, `convolve_multichannel` does not give the right values.",
)
@pytest.mark.depends("test_convolve_multichannel_one_filter")
def test_convolve_multichannel_stride(student, rng):
    for side, size, stride in ((7, 3, 2), (8, 3, 2), (9, 2, 3)):
        image, kernels = rng.normal(size=(side, side, 3)), rng.normal(size=(size, size, 3, 2))
        judge(student.convolve_multichannel, image, kernels, stride=stride)


@pytest.mark.points("convolve_multichannel", 0.5)
@pytest.mark.hidden(
    fr="Sur une image rectangulaire, `convolve_multichannel` ne donne pas les bonnes valeurs.",
    en="On a rectangular image, `convolve_multichannel` does not give the right values.",
)
@pytest.mark.depends("test_convolve_multichannel_padding", "test_convolve_multichannel_stride")
def test_convolve_multichannel_rectangles(student, rng):
    for shape, padding, stride in (((5, 8, 2), 0, 1), ((9, 6, 3), 1, 2), ((4, 7, 2), 2, 3)):
        image, kernels = rng.normal(size=shape), rng.normal(size=(3, 3, shape[2], 4))
        judge(student.convolve_multichannel, image, kernels, padding=padding, stride=stride)


@pytest.mark.points("convolve_multichannel", 0.5)
@pytest.mark.hidden(
    fr="`convolve_multichannel` modifie l'image, les noyaux ou le biais qu'on lui donne.",
    en="`convolve_multichannel` modifies the image, the kernels or the bias it is given.",
)
@pytest.mark.depends("test_convolve_multichannel_one_filter")
def test_convolve_multichannel_keeps_its_inputs(student, rng):
    # What a bias adds is another test's matter; one of image and kernels is constant, as above.
    for image, kernels in (
        (rng.normal(size=(5, 5, 2)), np.full((3, 3, 2, 3), 0.25)),
        (np.full((5, 5, 2), 0.25), rng.normal(size=(3, 3, 2, 3))),
    ):
        bias = rng.uniform(1, 2, size=3)
        kept = [student.keep(array) for array in (image, kernels, bias)]
        same(student.convolve_multichannel(*kept[:2]), correlate(image, kernels))
        # Looked at after each call: a kernel that is turned round twice is as before.
        same([each.fetch() for each in kept], [image, kernels, bias])
        student.convolve_multichannel(*kept[:2], bias=kept[2])
        same([each.fetch() for each in kept], [image, kernels, bias])


# ---------------------------------------------------------------- relu


@pytest.mark.points("relu", 0.75)
def test_relu_example(student):
    same(
        student.relu(np.array([[-2.0, 0.0, 3.5], [0.25, -0.5, -7.0]])),
        np.array([[0.0, 0.0, 3.5], [0.25, 0.0, 0.0]]),
        mistakes={"absolute_value": np.array([[2.0, 0.0, 3.5], [0.25, 0.5, 7.0]])},
    )


@pytest.mark.points("relu", 0.75)
@pytest.mark.hidden(
    fr="`relu` ne donne pas les bonnes valeurs sur un vecteur, une image ou un tableau 3-D ou 4-D.",
    en="`relu` gives wrong values on a vector, an image or a 3-D or 4-D array.",
)
@pytest.mark.depends("test_relu_example")
def test_relu_any_shape(student, rng):
    for shape in ((7,), (4, 6), (3, 4, 2), (2, 3, 2, 4)):
        x = rng.normal(size=shape)
        same(student.relu(x), functional.relu(torch.from_numpy(x)).numpy())
    x = rng.permutation(np.arange(-9, 9)).reshape(3, 6)  # one of them is large
    same(student.relu(x), functional.relu(torch.from_numpy(x)).numpy())


@pytest.mark.points("relu", 0.5)
@pytest.mark.hidden(
    fr="`relu` modifie le tableau qu'on lui donne : elle doit en renvoyer un nouveau.",
    en="`relu` modifies the array it is given: it must return a new one.",
)
@pytest.mark.depends("test_relu_example")
def test_relu_keeps_its_input(student, rng):
    x = rng.normal(size=(4, 5))
    x[0, 0] = -1.0  # at least one value that a ReLU in place would change
    kept = student.keep(x)
    same(student.relu(kept), functional.relu(torch.from_numpy(x)).numpy())
    same(kept.fetch(), x)


# ---------------------------------------------------------------- classic_kernel


@pytest.mark.points("classic_kernel", 0.5)
def test_classic_kernel_edges(student):
    same(student.classic_kernel("vertical"), VERTICAL, mistakes={"swapped_axes": VERTICAL.T})
    same(student.classic_kernel("horizontal"), VERTICAL.T, mistakes={"swapped_axes": VERTICAL})


@pytest.mark.points("classic_kernel", 0.5)
def test_classic_kernel_blur(student):
    same(
        student.classic_kernel("blur"),
        np.full((3, 3), 1 / 9),
        mistakes={"not_normalised": np.ones((3, 3))},
    )


@pytest.mark.points("classic_kernel", 0.5)
def test_classic_kernel_sobel(student):
    sobel_x = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    same(student.classic_kernel("sobel_x"), sobel_x, mistakes={"swapped_axes": sobel_x.T})
    same(student.classic_kernel("sobel_y"), sobel_x.T, mistakes={"swapped_axes": sobel_x})


@pytest.mark.points("classic_kernel", 0.25)
def test_classic_kernel_laplacian(student):
    same(student.classic_kernel("laplacian"), np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]]))


@pytest.mark.points("classic_kernel", 0.25)
@pytest.mark.hidden(
    fr="Le noyau `gaussian` n'a pas les bons coefficients.",
    en="The `gaussian` kernel does not have the right coefficients.",
)
def test_classic_kernel_gaussian(student):
    kernel = student.classic_kernel("gaussian")
    expected = GAUSSIAN if difference(kernel, BINOMIAL) else BINOMIAL
    same(kernel, expected, mistakes={"not_normalised": GAUSSIAN * 8})


@pytest.mark.points("classic_kernel", 0.5)
def test_classic_kernel_unknown_name(student):
    student.classic_kernel("vertical")  # a name of the table: nothing is raised
    with student.raises(ValueError):
        student.classic_kernel("emboss")
