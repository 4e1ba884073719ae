"""Tests of the assignment ``pooling``. The oracle is torch in float64, never the reference."""

import numpy as np
import pytest
import torch
import torch.nn.functional as functional

from assignments.pooling.oracle import as_tensor, chain, judge, judge_forward, pool, same_number
from autograder.compare import same

GRID = np.array([[1, 3, 2, 4], [5, 6, 7, 8], [3, 2, 1, 0], [1, 2, 3, 4]])
# One window, so that a mistake in the stride costs the tests of the stride only. Its first value is
# neither its largest nor its mean, so that a result written over it shows.
WINDOW = np.array([[3.0, 1.0], [4.0, 8.0]])
PHOTO = np.array(
    [[1, 2, 3, 0, 1], [4, 5, 6, 1, 2], [7, 8, 9, 2, 3], [1, 2, 3, 4, 5], [6, 7, 8, 5, 6]]
)
VERTICAL = np.array([[1, 0, -1], [1, 0, -1], [1, 0, -1]])


def positive(rng, shape, size, stride):
    """A random image whose first value is the largest: a running maximum must not start there.

    The next largest is the last of the second window, so that no smaller window will do.
    """
    image = rng.uniform(1, 9, size=shape)
    image[0, 0], image[size - 1, stride + size - 1] = 10, 9.5
    return image


# ---------------------------------------------------------------- max_pooling


@pytest.mark.points("max_pooling", 1)
def test_max_pooling_course_example(student):
    same(
        student.max_pooling(GRID),
        np.array([[6, 8], [3, 4]]),
        mistakes={
            "stride_at_output_index": np.array([[6, 0], [0, 0]]),
            "stride_missing_in_window": np.array([[6, 7], [6, 7]]),
            "stride_ignored": np.array([[6, 7, 8], [6, 7, 8], [3, 3, 4]]),
        },
    )


@pytest.mark.points("max_pooling", 0.75)
def test_max_pooling_overlapping_windows(student):
    same(
        student.max_pooling(GRID, pool_size=2, stride=1),
        np.array([[6, 7, 8], [6, 7, 8], [3, 3, 4]]),
        mistakes={
            "stride_is_pool_size": np.array([[6, 8], [3, 4]]),
            "size_is_quotient": np.array([[6, 7, 8, 8], [6, 7, 8, 8], [3, 3, 4, 4], [2, 3, 4, 4]]),
        },
    )


@pytest.mark.points("max_pooling", 0.75)
@pytest.mark.hidden(
    fr="Sur des images aléatoires, carrées ou non, `max_pooling` ne donne pas les bonnes valeurs.",
    en="On random images, square or not, `max_pooling` does not give the right values.",
)
@pytest.mark.depends("test_max_pooling_course_example")
def test_max_pooling_random(student, rng):
    judge(student.max_pooling, functional.max_pool2d, positive(rng, (6, 6), 2, 2))
    for shape, size in (((4, 10), 2), ((9, 6), 3), ((4, 12), 4)):
        image = positive(rng, shape, size, size)
        judge(student.max_pooling, functional.max_pool2d, image, pool_size=size, stride=size)


@pytest.mark.points("max_pooling", 0.75)
@pytest.mark.hidden(
    fr="Quand les fenêtres se chevauchent (`stride` < `pool_size`), `max_pooling` se trompe.",
    en="When windows overlap (`stride` < `pool_size`), `max_pooling` is wrong.",
)
@pytest.mark.depends("test_max_pooling_overlapping_windows")
def test_max_pooling_random_overlap(student, rng):
    # The last one leaves the stride at its default, which is 2 whatever the pool size.
    for side, options in (
        (6, {"pool_size": 3, "stride": 1}),
        (8, {"pool_size": 4, "stride": 2}),
        (7, {"pool_size": 3}),
    ):
        image = positive(rng, (side, side), options["pool_size"], options.get("stride", 2))
        judge(student.max_pooling, functional.max_pool2d, image, **options)


@pytest.mark.points("max_pooling", 0.75)
@pytest.mark.hidden(
    fr="Quand les fenêtres ne remplissent pas toute l'image, `max_pooling` se trompe.",
    en="When the windows do not fill the whole image, `max_pooling` is wrong.",
)
@pytest.mark.depends("test_max_pooling_course_example")
def test_max_pooling_sizes_that_do_not_divide(student, rng):
    for shape, size, stride in (((5, 5), 2, 2), ((7, 4), 2, 2), ((8, 8), 3, 3), ((8, 8), 2, 3)):
        image = positive(rng, shape, size, stride)
        judge(student.max_pooling, functional.max_pool2d, image, pool_size=size, stride=stride)


@pytest.mark.points("max_pooling", 0.5)
@pytest.mark.hidden(
    fr="Sur une image dont toutes les valeurs sont négatives, `max_pooling` se trompe.",
    en="On an image whose values are all negative, `max_pooling` is wrong.",
)
@pytest.mark.depends("test_max_pooling_overlapping_windows")
def test_max_pooling_all_negative(student, rng):
    # With a stride of 1, so that a mistake in the stride costs the tests of the stride only.
    # Neither the first value nor any number such as -999 will do to start from.
    for size, scale in ((2, 1), (3, 1000)):
        image = scale * (positive(rng, (5, 5), size, 1) - 11)
        judge(student.max_pooling, functional.max_pool2d, image, pool_size=size, stride=1)


@pytest.mark.points("max_pooling", 0.5)
@pytest.mark.hidden(
    fr="`max_pooling` modifie l'image qu'on lui donne : elle doit renvoyer un nouveau tableau.",
    en="`max_pooling` modifies the image it is given: it must return a new array.",
)
@pytest.mark.depends("test_max_pooling_course_example")
def test_max_pooling_keeps_its_input(student, rng):
    image = WINDOW * rng.integers(1, 9)
    kept = student.keep(image)
    same(student.max_pooling(kept), pool(functional.max_pool2d, image, 2, 2))
    same(kept.fetch(), image)


# ---------------------------------------------------------------- average_pooling


@pytest.mark.points("average_pooling", 0.75)
def test_average_pooling_example(student):
    same(
        student.average_pooling(GRID),
        np.array([[3.75, 5.25], [2.0, 2.0]]),
        mistakes={
            "truncated": np.array([[3, 5], [2, 2]]),
            "sum_for_mean": np.array([[15, 21], [8, 8]]),
            "max_for_mean": np.array([[6, 8], [3, 4]]),
            "stride_at_output_index": np.array([[3.75, 0.0], [0.0, 0.0]]),
            "stride_missing_in_window": np.array([[3.75, 4.5], [4.0, 4.0]]),
        },
    )


@pytest.mark.points("average_pooling", 0.5)
def test_average_pooling_overlapping_windows(student):
    same(
        student.average_pooling(np.array([[0.0, 4.0, 8.0], [4.0, 8.0, 12.0]]), stride=1),
        np.array([[4.0, 8.0]]),
        mistakes={
            "stride_is_pool_size": np.array([[4.0]]),
            "size_is_quotient": np.array([[4.0, 8.0, 10.0], [6.0, 10.0, 12.0]]),
            "sum_for_mean": np.array([[16.0, 32.0]]),
            "max_for_mean": np.array([[8.0, 12.0]]),
        },
    )


@pytest.mark.points("average_pooling", 0.5)
@pytest.mark.hidden(
    fr="Sur des images aléatoires, carrées ou non, `average_pooling` se trompe.",
    en="On random images, square or not, `average_pooling` is wrong.",
)
@pytest.mark.depends("test_average_pooling_example")
def test_average_pooling_random(student, rng):
    judge(student.average_pooling, functional.avg_pool2d, rng.normal(size=(6, 6)))
    judge(student.average_pooling, functional.avg_pool2d, rng.integers(0, 99, size=(4, 6)))
    for shape, size in (((4, 10), 2), ((9, 6), 3)):
        image = rng.normal(size=shape)
        judge(student.average_pooling, functional.avg_pool2d, image, pool_size=size, stride=size)


@pytest.mark.points("average_pooling", 0.5)
@pytest.mark.hidden(
    fr="Quand les fenêtres se chevauchent (`stride` < `pool_size`), `average_pooling` se trompe.",
    en="When windows overlap (`stride` < `pool_size`), `average_pooling` is wrong.",
)
@pytest.mark.depends("test_average_pooling_overlapping_windows")
def test_average_pooling_random_overlap(student, rng):
    for side, options in ((6, {"pool_size": 3, "stride": 1}), (7, {"pool_size": 3})):
        image = rng.normal(size=(side, side))
        judge(student.average_pooling, functional.avg_pool2d, image, **options)


@pytest.mark.points("average_pooling", 0.5)
@pytest.mark.hidden(
    fr="Quand les fenêtres ne remplissent pas toute l'image, `average_pooling` se trompe.",
    en="When the windows do not fill the whole image, `average_pooling` is wrong.",
)
@pytest.mark.depends("test_average_pooling_example")
def test_average_pooling_sizes_that_do_not_divide(student, rng):
    for shape, size, stride in (((5, 5), 2, 2), ((8, 7), 3, 3), ((8, 8), 2, 3)):
        image = rng.normal(size=shape)
        judge(student.average_pooling, functional.avg_pool2d, image, pool_size=size, stride=stride)


@pytest.mark.points("average_pooling", 0.5)
@pytest.mark.hidden(
    fr="`average_pooling` modifie l'image qu'on lui donne : elle doit renvoyer un nouveau tableau.",
    en="`average_pooling` modifies the image it is given: it must return a new array.",
)
@pytest.mark.depends("test_average_pooling_example")
def test_average_pooling_keeps_its_input(student, rng):
    image = WINDOW * rng.integers(1, 9)
    kept = student.keep(image)
    same(student.average_pooling(kept), pool(functional.avg_pool2d, image, 2, 2))
    same(kept.fetch(), image)


# ---------------------------------------------------------------- global_average_pooling


@pytest.mark.points("global_average_pooling", 0.75)
def test_global_average_pooling_example(student):
    same(
        student.global_average_pooling(np.array([[[1, 10], [2, 20]], [[3, 30], [8, 40]]])),
        np.array([3.5, 25.0]),
        mistakes={
            "mean_of_everything": 14.25,
            "channels_first": np.array([8.25, 20.25]),
            "truncated": np.array([3, 25]),
        },
    )


@pytest.mark.points("global_average_pooling", 0.75)
@pytest.mark.hidden(
    fr="Avec d'autres hauteurs, largeurs et nombres de canaux, `global_average_pooling` se trompe.",
    en="With other heights, widths and numbers of channels, `global_average_pooling` is wrong.",
)
@pytest.mark.depends("test_global_average_pooling_example")
def test_global_average_pooling_random(student, rng):
    for shape in ((4, 4, 3), (5, 2, 7), (3, 6, 1), (1, 1, 4)):
        maps = rng.normal(size=shape)
        # The mean of a single map is the mean of everything, too: only its axis can be missing.
        number = "channel_axis_lost" if shape[2] == 1 else "mean_of_everything"
        same(
            student.global_average_pooling(maps),
            as_tensor(maps).mean(dim=(0, 1)).numpy(),
            mistakes={number: maps.mean(), "channels_first": maps.mean(axis=(1, 2))},
        )


@pytest.mark.points("global_average_pooling", 0.5)
@pytest.mark.hidden(
    fr="`global_average_pooling` modifie les cartes qu'on lui donne.",
    en="`global_average_pooling` modifies the maps it is given.",
)
@pytest.mark.depends("test_global_average_pooling_example")
def test_global_average_pooling_keeps_its_input(student, rng):
    # The same along each axis, so that the mean over the wrong ones costs nothing here.
    side = rng.normal(size=3)
    maps = side[:, np.newaxis, np.newaxis] + side[:, np.newaxis] + side
    kept = student.keep(maps)
    same(student.global_average_pooling(kept), as_tensor(maps).mean(dim=(0, 1)).numpy())
    same(kept.fetch(), maps)


# ---------------------------------------------------------------- fully_connected


@pytest.mark.points("fully_connected", 0.5)
def test_fully_connected_example(student):
    same(
        student.fully_connected(
            np.array([[1, 2], [3, 4]]),
            np.array([[1, 0], [0, 1], [1, 0], [0, -1]]),
            np.array([0.5, 10.0]),
        ),
        np.array([4.5, 8.0]),
        mistakes={
            "bias_forgotten": np.array([4, -2]),
            "flattened_by_columns": np.array([3.5, 9.0]),
        },
    )


@pytest.mark.points("fully_connected", 0.25)
def test_fully_connected_inputs_and_outputs(student):
    same(
        student.fully_connected(np.array([1, 2]), np.array([[1, 2], [3, 4]]), np.array([0, 10])),
        np.array([7, 20]),
        mistakes={"weights_transposed": np.array([5, 21]), "bias_forgotten": np.array([7, 10])},
    )


@pytest.mark.points("fully_connected", 0.5)
@pytest.mark.hidden(
    fr="Sur des vecteurs aléatoires, `fully_connected` ne donne pas les bonnes valeurs.",
    en="On random vectors, `fully_connected` does not give the right values.",
)
@pytest.mark.depends("test_fully_connected_example", "test_fully_connected_inputs_and_outputs")
def test_fully_connected_vectors(student, rng):
    # As many neurons as features first: the only case in which W x gives something.
    for features, units in ((4, 4), (5, 3), (7, 1)):
        x, weights = rng.normal(size=features), rng.normal(size=(features, units))
        bias = rng.normal(size=units)
        right = functional.linear(as_tensor(x), as_tensor(weights.T), as_tensor(bias)).numpy()
        mistakes = {"bias_forgotten": right - bias}
        if features == units:
            mistakes["weights_transposed"] = weights @ x + bias
        same(student.fully_connected(x, weights, bias), right, mistakes=mistakes)


@pytest.mark.points("fully_connected", 0.75)
@pytest.mark.hidden(
    fr="Quand `x` est une image ou des cartes 3-D, `fully_connected` se trompe.",
    en="When `x` is an image or 3-D feature maps, `fully_connected` is wrong.",
)
@pytest.mark.depends("test_fully_connected_example")
def test_fully_connected_flattens(student, rng):
    for shape in ((3, 4), (2, 3, 4), (3, 2, 1)):
        x, weights = rng.normal(size=shape), rng.normal(size=(int(np.prod(shape)), 3))
        bias = rng.normal(size=3)
        same(
            student.fully_connected(x, weights, bias),
            functional.linear(
                as_tensor(x).flatten(), as_tensor(weights.T), as_tensor(bias)
            ).numpy(),
            mistakes={
                "flattened_by_columns": lambda x=x, w=weights, b=bias: x.flatten(order="F") @ w + b
            },
        )


@pytest.mark.points("fully_connected", 0.5)
@pytest.mark.hidden(
    fr="Avec des poids 1-D et un biais scalaire (un seul neurone), `fully_connected` se trompe.",
    en="With 1-D weights and a scalar bias (a single neuron), `fully_connected` is wrong.",
)
@pytest.mark.depends("test_fully_connected_example")
def test_fully_connected_one_neuron(student, rng):
    for shape in ((6,), (2, 3), (1, 1)):
        x, weights = rng.normal(size=shape), rng.normal(size=int(np.prod(shape)))
        total = float(as_tensor(x).flatten() @ as_tensor(weights))
        bias = -rng.uniform(1, 2) - max(total, 0)  # what comes out is negative: no ReLU follows
        mistakes = {"bias_forgotten": total}
        same_number(student.fully_connected(x, weights, bias), total + bias, mistakes)


@pytest.mark.points("fully_connected", 0.5)
@pytest.mark.hidden(
    fr="`fully_connected` modifie `x` (ses valeurs ou sa forme), `weights` ou `bias`.",
    en="`fully_connected` modifies `x` (its values or its shape), `weights` or `bias`.",
)
@pytest.mark.depends("test_fully_connected_example")
def test_fully_connected_keeps_its_inputs(student, rng):
    # All values of x are equal, so that the order of flattening costs nothing here.
    x = np.full((2, 3), -rng.uniform(1, 2))
    weights, bias = rng.normal(size=(6, 4)), rng.normal(size=4)
    kept = [student.keep(array) for array in (x, weights, bias)]
    right = functional.linear(as_tensor(x).flatten(), as_tensor(weights.T), as_tensor(bias))
    same(student.fully_connected(*kept), right.numpy())
    same([each.fetch() for each in kept], [x, weights, bias])


# ---------------------------------------------------------------- softmax


@pytest.mark.points("softmax", 0.75)
def test_softmax_example(student):
    same(
        student.softmax(np.array([0.0, np.log(2), np.log(3)])),
        np.array([1 / 6, 2 / 6, 3 / 6]),
        mistakes={"not_normalised": np.array([1.0, 2.0, 3.0])},
    )


@pytest.mark.points("softmax", 0.5)
def test_softmax_large_logits(student):
    same(
        student.softmax(np.array([1000.0, 1000.0])),
        np.array([0.5, 0.5]),
        mistakes={"unstable_softmax": np.array([np.nan, np.nan])},
    )


@pytest.mark.points("softmax", 1)
@pytest.mark.hidden(
    fr="Sur plusieurs axes, `softmax` doit travailler le long du dernier, ligne par ligne.",
    en="With several axes, `softmax` must work along the last one, row by row.",
)
@pytest.mark.depends("test_softmax_example")
def test_softmax_last_axis(student, rng):
    for shape in ((4,), (3, 5), (4, 4), (2, 3, 4)):
        logits = rng.normal(size=shape)
        tensor, exponentials = as_tensor(logits), np.exp(logits)
        mistakes = {
            "softmax_over_everything": exponentials / exponentials.sum(),
            "softmax_first_axis": exponentials / exponentials.sum(axis=0, keepdims=True),
        }
        right = torch.softmax(tensor, dim=-1).numpy()
        same(student.softmax(logits), right, mistakes=mistakes)


@pytest.mark.points("softmax", 0.75)
@pytest.mark.hidden(
    fr="Avec des logits autour de ±1000, `softmax` ne donne plus des probabilités.",
    en="With logits around ±1000, `softmax` no longer gives probabilities.",
)
@pytest.mark.depends("test_softmax_large_logits", "test_softmax_last_axis")
def test_softmax_is_stable(student, rng):
    # Rows far apart: a maximum taken over the whole array lets the lower row underflow to 0 / 0.
    low, high = rng.normal(size=4) - 1000, rng.normal(size=4) + 1000
    for logits in (low, high, np.stack([low, high]), np.array([-1000.0, 0.0, 1000.0])):
        with np.errstate(all="ignore"):
            naive = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
        right = torch.softmax(as_tensor(logits), dim=-1).numpy()
        same(student.softmax(logits), right, mistakes={"unstable_softmax": naive})


@pytest.mark.points("softmax", 0.5)
@pytest.mark.hidden(
    fr="`softmax` modifie le tableau qu'on lui donne : elle doit en renvoyer un nouveau.",
    en="`softmax` modifies the array it is given: it must return a new one.",
)
@pytest.mark.depends("test_softmax_example")
def test_softmax_keeps_its_input(student, rng):
    logits = rng.normal(size=5)
    kept = student.keep(logits)
    same(student.softmax(kept), torch.softmax(as_tensor(logits), dim=-1).numpy())
    same(kept.fetch(), logits)


# ---------------------------------------------------------------- forward


@pytest.mark.points("forward", 0.75)
def test_forward_course_example(student):
    same(
        student.forward(PHOTO, VERTICAL, np.array([[0.5, -1.0]]), np.array([1.0, 2.0])),
        np.array([7.0, -10.0]),
        mistakes={
            "flipped_kernel": np.array([4.0, -4.0]),
            "bias_forgotten": np.array([6.0, -12.0]),
        },
    )


@pytest.mark.points("forward", 0.75)
@pytest.mark.hidden(
    fr="Sur des images aléatoires, `forward` ne donne pas les bonnes valeurs.",
    en="On random images, `forward` does not give the right values.",
)
@pytest.mark.depends("test_forward_course_example")
def test_forward_random(student, rng):
    # All maps are positive here: what becomes of negative ones is the next test's matter.
    # The last two leave an odd feature map, whose last row or column the pooling drops.
    for shape, kernel in (((6, 6), (3, 3)), ((8, 8), (3, 3)), ((6, 9), (3, 2)), ((9, 9), (3, 3))):
        judge_forward(student, rng, rng.uniform(size=shape), rng.uniform(size=kernel))


@pytest.mark.points("forward", 0.75)
@pytest.mark.hidden(
    fr="Quand la convolution donne des valeurs négatives, `forward` se trompe.",
    en="When the convolution yields negative values, `forward` is wrong.",
)
@pytest.mark.depends("test_forward_course_example")
def test_forward_negative_maps(student, rng):
    judge_forward(student, rng, rng.uniform(1, 2, size=(6, 6)), -rng.uniform(1, 2, size=(3, 3)))
    judge_forward(student, rng, rng.normal(size=(8, 8)), rng.normal(size=(3, 3)))


@pytest.mark.points("forward", 0.5)
@pytest.mark.hidden(
    fr="Avec des poids 1-D et un biais scalaire, comme dans le cours, `forward` se trompe.",
    en="With 1-D weights and a scalar bias, as in the course, `forward` is wrong.",
)
@pytest.mark.depends("test_forward_course_example")
def test_forward_one_neuron(student, rng):
    for side in (5, 8):
        image, kernel = rng.uniform(size=(side, side)), rng.uniform(size=(3, 3))
        features = chain(image, kernel)
        weights = rng.normal(size=features.size)
        total = float(features @ weights)
        bias = -rng.uniform(1, 2) - max(total, 0)  # negative: no ReLU follows
        mistakes = {"bias_forgotten": total}
        same_number(student.forward(image, kernel, weights, bias), total + bias, mistakes)


@pytest.mark.points("forward", 0.5)
@pytest.mark.hidden(
    fr="`forward` modifie l'image, le noyau, les poids ou le biais qu'on lui donne.",
    en="`forward` modifies the image, the kernel, the weights or the bias it is given.",
)
@pytest.mark.depends("test_forward_course_example")
def test_forward_keeps_its_inputs(student, rng):
    # An even image and one pooling window: other mistakes in the chain cost the other tests.
    image, kernel = np.full((4, 4), rng.uniform(1, 2)), rng.uniform(size=(3, 3))
    weights, bias = rng.normal(size=(1, 3)), rng.normal(size=3)
    kept = [student.keep(array) for array in (image, kernel, weights, bias)]
    same(student.forward(*kept), chain(image, kernel) @ weights + bias)
    same([each.fetch() for each in kept], [image, kernel, weights, bias])
