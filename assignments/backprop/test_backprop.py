"""Tests of the assignment ``backprop``. The oracle is torch in float64, never the reference.

Nothing is asked about ReLU at exactly 0, where it has no derivative: no x below is 0.
"""

import numpy as np
import pytest

from assignments.backprop.judge import judge, judge_kept, upstream
from autograder.compare import same

IMAGE = np.array([[1, 2, 0], [3, 1, 2], [0, 1, 4]])
KERNEL = np.array([[1, 2], [3, 4]])
UPSTREAM = np.array([[1.0, 2.0], [0.0, -1.0]])
GRID = np.array([[1, 3, 2, 4], [5, 6, 7, 8], [3, 2, 1, 0], [1, 2, 3, 4]])


# ---------------------------------------------------------------- conv2d_backward


@pytest.mark.points("conv2d_backward", 1)
def test_conv2d_backward_example(student):
    grad_image = np.array([[1.0, 4.0, 4.0], [3.0, 9.0, 6.0], [0.0, -3.0, -4.0]])
    grad_kernel = np.array([[4.0, 0.0], [4.0, 1.0]])
    same(
        student.conv2d_backward(UPSTREAM, IMAGE, KERNEL),
        (grad_image, grad_kernel),
        mistakes={
            "order_swapped": (grad_kernel, grad_image),
            "kernel_not_flipped": (
                np.array([[4.0, 11.0, 6.0], [2.0, 1.0, -1.0], [0.0, -2.0, -1.0]]),
                grad_kernel,
            ),
            "grad_kernel_flipped": (grad_image, grad_kernel[::-1, ::-1]),
            "mean_for_sum": (grad_image, grad_kernel / 4),
        },
    )


@pytest.mark.points("conv2d_backward", 0.5)
def test_conv2d_backward_padding_example(student):
    same(
        student.conv2d_backward(
            UPSTREAM,
            np.array([[2, 1], [0, 3]]),
            np.array([[1, 0, 2], [0, 3, 0], [1, 0, -1]]),
            padding=1,
        ),
        (
            np.array([[2.0, 6.0], [2.0, -4.0]]),
            np.array([[-2.0, -1.0, 0.0], [4.0, 1.0, 1.0], [0.0, 6.0, 3.0]]),
        ),
    )


@pytest.mark.points("conv2d_backward", 0.5)
def test_conv2d_backward_stride_example(student):
    same(
        student.conv2d_backward(
            UPSTREAM,
            np.array([[1, 2, 0, 1], [3, 1, 2, 0], [0, 1, 4, 2], [2, 0, 1, 3]]),
            KERNEL,
            stride=2,
        ),
        (
            np.array([[1, 2, 2, 4], [3, 4, 6, 8], [0, 0, -1, -2], [0, 0, -3, -4]]),
            np.array([[-3, 2], [6, -2]]),
        ),
    )


@pytest.mark.points("conv2d_backward", 1)
@pytest.mark.hidden(
    fr="Sans padding, avec un stride de 1, `grad_image` est faux sur des données aléatoires.",
    en="Without padding, with a stride of 1, `grad_image` is wrong on random data.",
)
@pytest.mark.depends("test_conv2d_backward_example")
def test_conv2d_backward_grad_image(student, rng):
    for shape, size in (((5, 5), (3, 3)), ((4, 6), (2, 3)), ((6, 4), (1, 4)), ((3, 3), (3, 3))):
        image, kernel = rng.normal(size=shape), rng.normal(size=size)
        grad_output = upstream(rng, image, size)
        judge(student, "conv2d_backward", grad_output, image, kernel, part=0)


@pytest.mark.points("conv2d_backward", 1)
@pytest.mark.hidden(
    fr="Sans padding, avec un stride de 1, `grad_kernel` est faux sur des données aléatoires.",
    en="Without padding, with a stride of 1, `grad_kernel` is wrong on random data.",
)
@pytest.mark.depends("test_conv2d_backward_example")
def test_conv2d_backward_grad_kernel(student, rng):
    for shape, size in (((5, 5), (3, 3)), ((4, 6), (2, 3)), ((6, 4), (1, 4)), ((3, 3), (3, 3))):
        image, kernel = rng.normal(size=shape), rng.normal(size=size)
        grad_output = upstream(rng, image, size)
        judge(student, "conv2d_backward", grad_output, image, kernel, part=1)


@pytest.mark.points("conv2d_backward", 0.5)
@pytest.mark.hidden(
    fr="Avec du padding, `grad_image` est faux.",
    en="With padding, `grad_image` is wrong.",
)
@pytest.mark.depends("test_conv2d_backward_padding_example", "test_conv2d_backward_grad_image")
def test_conv2d_backward_grad_image_padding(student, rng):
    for shape, size, padding in (((5, 5), (3, 3), 1), ((4, 6), (3, 3), 2), ((5, 4), (2, 3), 1)):
        image, kernel = rng.normal(size=shape), rng.normal(size=size)
        grad_output = upstream(rng, image, size, padding)
        judge(student, "conv2d_backward", grad_output, image, kernel, part=0, padding=padding)


@pytest.mark.points("conv2d_backward", 0.5)
@pytest.mark.hidden(
    fr="Avec du padding, `grad_kernel` est faux.",
    en="With padding, `grad_kernel` is wrong.",
)
@pytest.mark.depends("test_conv2d_backward_padding_example", "test_conv2d_backward_grad_kernel")
def test_conv2d_backward_grad_kernel_padding(student, rng):
    for shape, size, padding in (((5, 5), (3, 3), 1), ((4, 6), (3, 3), 2), ((5, 4), (2, 3), 1)):
        image, kernel = rng.normal(size=shape), rng.normal(size=size)
        grad_output = upstream(rng, image, size, padding)
        judge(student, "conv2d_backward", grad_output, image, kernel, part=1, padding=padding)


@pytest.mark.points("conv2d_backward", 0.75)
@pytest.mark.hidden(
    fr="Avec un stride supérieur à 1, `grad_image` est faux.",
    en="With a stride above 1, `grad_image` is wrong.",
)
@pytest.mark.depends("test_conv2d_backward_stride_example", "test_conv2d_backward_grad_image")
def test_conv2d_backward_grad_image_stride(student, rng):
    for shape, size, stride in (((7, 7), (3, 3), 2), ((6, 9), (3, 3), 3), ((8, 6), (2, 2), 2)):
        image, kernel = rng.normal(size=shape), rng.normal(size=size)
        grad_output = upstream(rng, image, size, stride=stride)
        judge(student, "conv2d_backward", grad_output, image, kernel, part=0, stride=stride)


@pytest.mark.points("conv2d_backward", 0.75)
@pytest.mark.hidden(
    fr="Avec un stride supérieur à 1, `grad_kernel` est faux.",
    en="With a stride above 1, `grad_kernel` is wrong.",
)
@pytest.mark.depends("test_conv2d_backward_stride_example", "test_conv2d_backward_grad_kernel")
def test_conv2d_backward_grad_kernel_stride(student, rng):
    for shape, size, stride in (((7, 7), (3, 3), 2), ((6, 9), (3, 3), 3), ((8, 6), (2, 2), 2)):
        image, kernel = rng.normal(size=shape), rng.normal(size=size)
        grad_output = upstream(rng, image, size, stride=stride)
        judge(student, "conv2d_backward", grad_output, image, kernel, part=1, stride=stride)


@pytest.mark.points("conv2d_backward", 0.5)
@pytest.mark.hidden(
    fr="Quand le noyau ne va pas jusqu'au bord (stride > 1), `conv2d_backward` se trompe.",
    en="When the kernel does not reach the border (stride > 1), `conv2d_backward` is wrong.",
)
@pytest.mark.depends(
    "test_conv2d_backward_grad_image_stride", "test_conv2d_backward_grad_kernel_stride"
)
def test_conv2d_backward_sizes_that_do_not_divide(student, rng):
    for shape, size, stride, padding in (((6, 6), (3, 3), 2, 0), ((8, 6), (3, 3), 2, 1)):
        image, kernel = rng.normal(size=shape), rng.normal(size=size)
        grad_output = upstream(rng, image, size, padding, stride)
        options = {"padding": padding, "stride": stride}
        judge(student, "conv2d_backward", grad_output, image, kernel, **options)


@pytest.mark.points("conv2d_backward", 0.25)
@pytest.mark.hidden(
    fr="Quand l'image et le noyau contiennent des entiers, `conv2d_backward` se trompe.",
    en="When the image and the kernel hold integers, `conv2d_backward` is wrong.",
)
@pytest.mark.depends("test_conv2d_backward_grad_image", "test_conv2d_backward_grad_kernel")
def test_conv2d_backward_integers(student, rng):
    image, kernel = rng.integers(1, 9, size=(4, 5)), rng.permutation([1, 3, 5, 8]).reshape(2, 2)
    grad_output = upstream(rng, image, kernel.shape)
    judge(student, "conv2d_backward", grad_output, image, kernel)


@pytest.mark.points("conv2d_backward", 0.25)
@pytest.mark.hidden(
    fr="`conv2d_backward` modifie `grad_output`, `image` ou `kernel`.",
    en="`conv2d_backward` modifies `grad_output`, `image` or `kernel`.",
)
@pytest.mark.depends("test_conv2d_backward_example")
def test_conv2d_backward_keeps_its_inputs(student, rng):
    # One window, and one of the two arrays is constant: what is wrong with the other one's order
    # costs the other tests, but for a kernel that is turned round in place.
    random, constant = rng.normal(size=(3, 3)), np.full((3, 3), rng.normal())
    for part, image, kernel in ((1, constant, random), (0, random, constant)):
        judge_kept(student, "conv2d_backward", rng.normal(size=(1, 1)), image, kernel, part=part)


# ---------------------------------------------------------------- max_pooling_backward


def windowed(rng, shape, size):
    """A random image of positive values; the largest is the last of the first whole window."""
    image = rng.uniform(1, 9, size=shape)
    image[size - 1, size - 1] = 10
    return image


@pytest.mark.points("max_pooling_backward", 0.75)
def test_max_pooling_backward_example(student):
    same(
        student.max_pooling_backward(np.array([[1.0, 2.0], [3.0, 4.0]]), GRID),
        np.array([[0, 0, 0, 0], [0, 1, 0, 2], [3, 0, 0, 0], [0, 0, 0, 4]]),
        mistakes={
            "spread_to_all": np.array([[1, 1, 2, 2], [1, 1, 2, 2], [3, 3, 4, 4], [3, 3, 4, 4]]),
            "value_for_gradient": np.array(
                [[0, 0, 0, 0], [0, 6, 0, 8], [3, 0, 0, 0], [0, 0, 0, 4]]
            ),
            "upstream_ignored": np.array([[0, 0, 0, 0], [0, 1, 0, 1], [1, 0, 0, 0], [0, 0, 0, 1]]),
        },
    )


@pytest.mark.points("max_pooling_backward", 0.5)
def test_max_pooling_backward_overlapping_windows(student):
    same(
        student.max_pooling_backward(
            np.array([[1.0, 2.0], [4.0, 3.0]]),
            np.array([[1, 2, 1], [3, 9, 4], [5, 6, 2]]),
            pool_size=2,
            stride=1,
        ),
        np.array([[0, 0, 0], [0, 10, 0], [0, 0, 0]]),
        mistakes={
            "overwritten": np.array([[0, 0, 0], [0, 3, 0], [0, 0, 0]]),
            "stride_is_pool_size": np.array([[0, 0, 0], [0, 1, 2], [0, 4, 3]]),
        },
    )


@pytest.mark.points("max_pooling_backward", 0.5)
def test_max_pooling_backward_ties(student):
    same(
        student.max_pooling_backward(
            np.array([[5.0, 6.0]]), np.array([[1, 7, 4, 4], [7, 3, 4, 4]])
        ),
        np.array([[0, 5, 6, 0], [0, 0, 0, 0]]),
        mistakes={
            "ties_all": np.array([[0, 5, 6, 6], [5, 0, 6, 6]]),
            "ties_shared": np.array([[0, 2.5, 1.5, 1.5], [2.5, 0, 1.5, 1.5]]),
            "ties_last": np.array([[0, 0, 0, 0], [5, 0, 0, 6]]),
            "ties_by_columns": np.array([[0, 0, 6, 0], [5, 0, 0, 0]]),
        },
    )


@pytest.mark.points("max_pooling_backward", 0.75)
@pytest.mark.hidden(
    fr="Sur des images aléatoires, carrées ou non, `max_pooling_backward` se trompe.",
    en="On random images, square or not, `max_pooling_backward` is wrong.",
)
@pytest.mark.depends("test_max_pooling_backward_example")
def test_max_pooling_backward_random(student, rng):
    # All values are negative: a running maximum must not start at 0.
    image = windowed(rng, (6, 6), 2) - 11
    judge(student, "max_pooling_backward", upstream(rng, image, (2, 2), stride=2), image)
    for shape, size in (((4, 10), 2), ((9, 6), 3), ((4, 8), 4)):
        image = windowed(rng, shape, size) - 11
        grad_output = upstream(rng, image, (size, size), stride=size)
        options = {"pool_size": size, "stride": size}
        judge(student, "max_pooling_backward", grad_output, image, **options)


@pytest.mark.points("max_pooling_backward", 0.5)
@pytest.mark.hidden(
    fr="Quand les fenêtres se chevauchent, `max_pooling_backward` se trompe.",
    en="When windows overlap, `max_pooling_backward` is wrong.",
)
@pytest.mark.depends(
    "test_max_pooling_backward_overlapping_windows", "test_max_pooling_backward_random"
)
def test_max_pooling_backward_random_overlap(student, rng):
    for side, size, stride in ((6, 2, 1), (6, 3, 1), (8, 4, 2)):
        image = windowed(rng, (side, side), size)
        grad_output = upstream(rng, image, (size, size), stride=stride)
        options = {"pool_size": size, "stride": stride}
        judge(student, "max_pooling_backward", grad_output, image, **options)


@pytest.mark.points("max_pooling_backward", 0.5)
@pytest.mark.hidden(
    fr="Quand des cases d'une fenêtre sont maximales à égalité, `max_pooling_backward` se trompe.",
    en="When entries of a window tie for the largest value, `max_pooling_backward` is wrong.",
)
@pytest.mark.depends("test_max_pooling_backward_ties")
def test_max_pooling_backward_random_ties(student, rng):
    few_values = rng.integers(2, 4, size=(8, 8))
    few_values[2:4, 4:6] = [[2, 3], [3, 2]]  # the first by rows is not the first by columns
    for image in (few_values, np.full((4, 4), rng.normal())):
        grad_output = upstream(rng, image, (2, 2), stride=2)
        judge(student, "max_pooling_backward", grad_output, image.astype(float))


@pytest.mark.points("max_pooling_backward", 0.5)
@pytest.mark.hidden(
    fr="Quand les fenêtres ne remplissent pas toute l'image, `max_pooling_backward` se trompe.",
    en="When the windows do not fill the whole image, `max_pooling_backward` is wrong.",
)
@pytest.mark.depends("test_max_pooling_backward_random")
def test_max_pooling_backward_sizes_that_do_not_divide(student, rng):
    for shape, size, stride in (((5, 5), 2, 2), ((7, 4), 2, 2), ((8, 8), 3, 3), ((8, 8), 2, 3)):
        image = windowed(rng, shape, size)
        grad_output = upstream(rng, image, (size, size), stride=stride)
        options = {"pool_size": size, "stride": stride}
        judge(student, "max_pooling_backward", grad_output, image, **options)


@pytest.mark.points("max_pooling_backward", 0.25)
@pytest.mark.hidden(
    fr="Quand l'image contient des entiers, `max_pooling_backward` se trompe.",
    en="When the image holds integers, `max_pooling_backward` is wrong.",
)
@pytest.mark.depends("test_max_pooling_backward_random")
def test_max_pooling_backward_integers(student, rng):
    image = np.append(rng.permutation(15), 15).reshape(4, 4)  # no ties; the last window has 15
    grad_output = rng.uniform(2.1, 2.9, size=(2, 2))
    judge(student, "max_pooling_backward", grad_output, image)


@pytest.mark.points("max_pooling_backward", 0.25)
@pytest.mark.hidden(
    fr="`max_pooling_backward` modifie `grad_output` ou `image`.",
    en="`max_pooling_backward` modifies `grad_output` or `image`.",
)
@pytest.mark.depends("test_max_pooling_backward_example")
def test_max_pooling_backward_keeps_its_inputs(student, rng):
    image = rng.permutation([[1.5, 0.5], [3.5, 2.5]])  # no row is in order
    judge_kept(student, "max_pooling_backward", rng.normal(size=(1, 1)), image)


# ---------------------------------------------------------------- relu_backward


@pytest.mark.points("relu_backward", 0.5)
def test_relu_backward_example(student):
    same(
        student.relu_backward(np.array([[4.0, -5.0], [6.0, 7.0]]), np.array([[-2, 0.5], [3, -1]])),
        np.array([[0.0, -5.0], [6.0, 0.0]]),
        mistakes={
            "mask_of_gradient": np.array([[4.0, 0.0], [6.0, 7.0]]),
            "upstream_ignored": np.array([[0.0, 1.0], [1.0, 0.0]]),
            "value_for_gradient": np.array([[0.0, -2.5], [18.0, 0.0]]),
        },
    )


@pytest.mark.points("relu_backward", 0.75)
@pytest.mark.hidden(
    fr="Avec d'autres formes ou des valeurs aléatoires, `relu_backward` se trompe.",
    en="With other shapes or random values, `relu_backward` is wrong.",
)
@pytest.mark.depends("test_relu_backward_example")
def test_relu_backward_random(student, rng):
    for shape in ((7,), (3, 5), (4, 3, 2)):
        grad_output, x = rng.normal(size=shape), rng.normal(size=shape)
        grad_output.flat[0], x.flat[0] = -1.0, 1.5  # a negative gradient that passes
        judge(student, "relu_backward", grad_output, x)
    x = np.array([3, -2, -1, 1, 2, -3])  # integers
    judge(student, "relu_backward", rng.uniform(2.1, 2.9, size=6) * [-1, 1, -1, 1, -1, 1], x)


@pytest.mark.points("relu_backward", 0.25)
@pytest.mark.hidden(
    fr="`relu_backward` modifie `grad_output` ou `x` : elle doit renvoyer un nouveau tableau.",
    en="`relu_backward` modifies `grad_output` or `x`: it must return a new array.",
)
@pytest.mark.depends("test_relu_backward_example")
def test_relu_backward_keeps_its_inputs(student, rng):
    x = np.array([-2.0, 1.0, -0.5, 3.0])
    judge_kept(student, "relu_backward", rng.uniform(1, 2, size=4) * [1, -1, -1, 1], x)


# ---------------------------------------------------------------- fully_connected_backward


@pytest.mark.points("fully_connected_backward", 0.75)
def test_fully_connected_backward_example(student):
    grad_weights = np.array([[10.0, 1.0], [20.0, 2.0], [30.0, 3.0], [40.0, 4.0]])
    same(
        student.fully_connected_backward(
            np.array([10.0, 1.0]),
            np.array([[1, 2], [3, 4]]),
            np.array([[1, 0], [0, 1], [2, 0], [0, -1]]),
        ),
        (np.array([[10.0, 1.0], [20.0, -1.0]]), grad_weights, np.array([10.0, 1.0])),
        mistakes={
            "grad_x_flat": (
                np.array([10.0, 1.0, 20.0, -1.0]),
                grad_weights,
                np.array([10.0, 1.0]),
            ),
        },
    )


@pytest.mark.points("fully_connected_backward", 0.5)
@pytest.mark.hidden(
    fr="Quand `x` est un vecteur, `grad_x` est faux.",
    en="When `x` is a vector, `grad_x` is wrong.",
)
@pytest.mark.depends("test_fully_connected_backward_example")
def test_fully_connected_backward_grad_x(student, rng):
    for features, units in ((4, 4), (5, 3), (3, 1)):
        x, weights = rng.normal(size=features), rng.normal(size=(features, units))
        grad_output = rng.normal(size=units)
        judge(student, "fully_connected_backward", grad_output, x, weights, part=0)


@pytest.mark.points("fully_connected_backward", 0.5)
@pytest.mark.hidden(
    fr="Quand `x` est une image ou des cartes 3-D, `grad_x` est faux.",
    en="When `x` is an image or 3-D feature maps, `grad_x` is wrong.",
)
@pytest.mark.depends("test_fully_connected_backward_example")
def test_fully_connected_backward_grad_x_shape(student, rng):
    for shape in ((3, 4), (2, 3, 4)):
        x, weights = rng.normal(size=shape), rng.normal(size=(int(np.prod(shape)), 3))
        judge(student, "fully_connected_backward", rng.normal(size=3), x, weights, part=0)


@pytest.mark.points("fully_connected_backward", 0.75)
@pytest.mark.hidden(
    fr="Sur des données aléatoires, `grad_weights` est faux.",
    en="On random data, `grad_weights` is wrong.",
)
@pytest.mark.depends("test_fully_connected_backward_example")
def test_fully_connected_backward_grad_weights(student, rng):
    for shape, units in (((4,), 4), ((5,), 3), ((2, 3), 2), ((2, 2, 3), 1)):
        x, weights = rng.normal(size=shape), rng.normal(size=(int(np.prod(shape)), units))
        grad_output = rng.normal(size=units)
        judge(student, "fully_connected_backward", grad_output, x, weights, part=1)


@pytest.mark.points("fully_connected_backward", 0.5)
@pytest.mark.hidden(
    fr="Sur des données aléatoires, `grad_bias` est faux.",
    en="On random data, `grad_bias` is wrong.",
)
@pytest.mark.depends("test_fully_connected_backward_example")
def test_fully_connected_backward_grad_bias(student, rng):
    for features, units in ((5, 3), (3, 1)):
        x, weights = rng.normal(size=features), rng.normal(size=(features, units))
        grad_output = rng.normal(size=units)
        judge(student, "fully_connected_backward", grad_output, x, weights, part=2)


@pytest.mark.points("fully_connected_backward", 0.25)
@pytest.mark.hidden(
    fr="`fully_connected_backward` modifie `grad_output`, `x` (valeurs ou forme) ou `weights`.",
    en="`fully_connected_backward` modifies `grad_output`, `x` (values or shape) or `weights`.",
)
@pytest.mark.depends("test_fully_connected_backward_example")
def test_fully_connected_backward_keeps_its_inputs(student, rng):
    # Only the simplest of the three is looked at: mistakes in the others cost the other tests.
    x, weights = rng.normal(size=(2, 3)), rng.normal(size=(6, 4))
    judge_kept(student, "fully_connected_backward", rng.normal(size=4), x, weights, part=2)


# ---------------------------------------------------------------- softmax_cross_entropy


@pytest.mark.points("softmax_cross_entropy", 0.75)
def test_softmax_cross_entropy_example(student):
    same(
        student.softmax_cross_entropy(
            np.log(np.array([[1.0, 2.0, 3.0], [2.0, 1.0, 1.0]])), np.array([2, 1])
        ),
        (1.5 * np.log(2), np.array([[1 / 12, 1 / 6, -1 / 4], [1 / 4, -3 / 8, 1 / 8]])),
        mistakes={
            "batch_summed": (
                3 * np.log(2),
                np.array([[1 / 6, 1 / 3, -1 / 2], [1 / 2, -3 / 4, 1 / 4]]),
            ),
        },
    )


@pytest.mark.points("softmax_cross_entropy", 0.5)
def test_softmax_cross_entropy_large_logits(student):
    same(
        student.softmax_cross_entropy(np.array([[1000.0, 0.0]]), np.array([1])),
        (1000.0, np.array([[1.0, -1.0]])),
        mistakes={
            "unstable_softmax": (np.inf, np.array([[np.nan, -1.0]])),
            "log_of_zero": (np.inf, np.array([[1.0, -1.0]])),
        },
    )


@pytest.mark.points("softmax_cross_entropy", 0.5)
@pytest.mark.hidden(
    fr="Sur des lots aléatoires, la perte de `softmax_cross_entropy` est fausse.",
    en="On random batches, the loss of `softmax_cross_entropy` is wrong.",
)
@pytest.mark.depends("test_softmax_cross_entropy_example")
def test_softmax_cross_entropy_loss(student, rng):
    for samples, classes in ((1, 4), (5, 3), (4, 4), (3, 10)):
        logits, labels = rng.normal(size=(samples, classes)), rng.integers(classes, size=samples)
        judge(student, "softmax_cross_entropy", logits, labels, part=0)


@pytest.mark.points("softmax_cross_entropy", 0.75)
@pytest.mark.hidden(
    fr="Sur des lots aléatoires, le gradient des logits est faux.",
    en="On random batches, the gradient of the logits is wrong.",
)
@pytest.mark.depends("test_softmax_cross_entropy_example")
def test_softmax_cross_entropy_gradient(student, rng):
    for samples, classes in ((1, 4), (5, 3), (4, 4), (3, 10)):
        logits, labels = rng.normal(size=(samples, classes)), rng.integers(classes, size=samples)
        judge(student, "softmax_cross_entropy", logits, labels, part=1)


@pytest.mark.points("softmax_cross_entropy", 0.5)
@pytest.mark.hidden(
    fr="Avec des logits autour de ±1000, `softmax_cross_entropy` se trompe.",
    en="With logits around ±1000, `softmax_cross_entropy` is wrong.",
)
@pytest.mark.depends(
    "test_softmax_cross_entropy_large_logits",
    "test_softmax_cross_entropy_loss",
    "test_softmax_cross_entropy_gradient",
)
def test_softmax_cross_entropy_is_stable(student, rng):
    # Rows far apart: a maximum taken over the whole array lets the lower row underflow to 0 / 0.
    # A float32 has three decimals left at 1000.
    values = rng.permutation([-1.5, -0.5, 0.5, 1.5]) + rng.uniform(-0.3, 0.3, size=4)
    low, high = values - 1000, values[::-1] + 1000
    first = int(values.argmax())  # of `high` it is the other one: neither label fits both rows
    for logits, labels in (
        (low[np.newaxis], [first]),
        (high[np.newaxis], [first]),
        (np.stack([low, high]), [first, 3 - first]),
    ):
        judge(student, "softmax_cross_entropy", logits, np.array(labels), atol=1e-3)
    judge(student, "softmax_cross_entropy", np.array([[-1000.0, 0.0, 1000.0]]), np.array([0]))


@pytest.mark.points("softmax_cross_entropy", 0.25)
@pytest.mark.hidden(
    fr="`softmax_cross_entropy` modifie `logits` ou `labels`.",
    en="`softmax_cross_entropy` modifies `logits` or `labels`.",
)
@pytest.mark.depends("test_softmax_cross_entropy_example")
def test_softmax_cross_entropy_keeps_its_inputs(student, rng):
    # One sample: what goes wrong between samples costs the other tests.
    logits, labels = rng.normal(size=(1, 4)), rng.integers(1, 4, size=1)
    judge_kept(student, "softmax_cross_entropy", logits, labels)
