"""Tests of the assignment ``parameter_count``: course figures, then random cases against torch."""

import pytest

from assignments.networks import ALEXNET, VGG16, draw, rounding_case
from assignments.parameter_count.mistakes import (
    conv_mistakes,
    dense_mistakes,
    equivalent_mistakes,
    network_mistakes,
    stacked_mistakes,
)
from assignments.parameter_count.oracle import (
    conv_count,
    dense_count,
    dense_equivalent_count,
    kernels_of_all_sizes,
    network_count,
    padded_kernels,
    random_image,
    random_network,
    stacked_count,
    telling_network,
)
from autograder.compare import same

SMALL_NETWORK = [
    {"type": "conv", "filters": 2, "kernel": 3, "padding": 0, "stride": 1},
    {"type": "pool", "size": 2, "stride": 2},
    {"type": "flatten"},
    {"type": "dense", "units": 3},
]

LENET5 = [
    {"type": "conv", "filters": 6, "kernel": 5, "padding": 0, "stride": 1},
    {"type": "pool", "size": 2, "stride": 2},
    {"type": "conv", "filters": 16, "kernel": 5, "padding": 0, "stride": 1},
    {"type": "pool", "size": 2, "stride": 2},
    {"type": "conv", "filters": 120, "kernel": 5, "padding": 0, "stride": 1},
    {"type": "flatten"},
    {"type": "dense", "units": 84},
    {"type": "dense", "units": 10},
]

SIMPLE_CNN = [
    {"type": "conv", "filters": 32, "kernel": 3, "padding": 1, "stride": 1},
    {"type": "pool", "size": 2, "stride": 2},
    {"type": "conv", "filters": 64, "kernel": 3, "padding": 1, "stride": 1},
    {"type": "pool", "size": 2, "stride": 2},
    {"type": "flatten"},
    {"type": "dense", "units": 10},
]

SHEET_3_NETWORK = [
    {"type": "conv", "filters": 16, "kernel": 3, "padding": 0, "stride": 1},
    {"type": "pool", "size": 2, "stride": 2},
    {"type": "conv", "filters": 32, "kernel": 3, "padding": 0, "stride": 1},
    {"type": "pool", "size": 2, "stride": 2},
    {"type": "flatten"},
    {"type": "dense", "units": 64},
    {"type": "dense", "units": 32},
    {"type": "dense", "units": 10},
]

PERCEPTRON = [
    {"type": "flatten"},
    {"type": "dense", "units": 128},
    {"type": "dense", "units": 10},
]

TWO_CONVOLUTIONS = [
    {"type": "conv", "filters": 16, "kernel": 3, "padding": 0, "stride": 1},
    {"type": "conv", "filters": 32, "kernel": 3, "padding": 0, "stride": 1},
]

# ---------------------------------------------------------------- conv_params


@pytest.mark.points("conv_params", 0.5)
def test_conv_params_one_filter(student):
    same(student.conv_params(5, 6), 151, mistakes=conv_mistakes(5, 6))
    same(student.conv_params(3, 3), 28, mistakes=conv_mistakes(3, 3))


@pytest.mark.points("conv_params", 0.5)
@pytest.mark.depends("test_conv_params_one_filter")
def test_conv_params_several_filters(student):
    same(student.conv_params(5, 6, 16), 2416, mistakes=conv_mistakes(5, 6, 16))
    same(student.conv_params(3, 3, 64), 1792, mistakes=conv_mistakes(3, 3, 64))


@pytest.mark.points("conv_params", 0.25)
@pytest.mark.depends("test_conv_params_one_filter")
def test_conv_params_one_filter_without_bias(student):
    same(student.conv_params(5, 6, bias=False), 150, mistakes=conv_mistakes(5, 6, bias=False))
    same(student.conv_params(3, 3, bias=False), 27, mistakes=conv_mistakes(3, 3, bias=False))


@pytest.mark.points("conv_params", 0.25)
@pytest.mark.depends("test_conv_params_one_filter_without_bias", "test_conv_params_several_filters")
def test_conv_params_several_filters_without_bias(student):
    same(
        student.conv_params(5, 6, 16, bias=False),
        2400,
        mistakes=conv_mistakes(5, 6, 16, bias=False),
    )
    same(
        student.conv_params(3, 3, 64, bias=False),
        1728,
        mistakes=conv_mistakes(3, 3, 64, bias=False),
    )


@pytest.mark.points("conv_params", 0.5)
@pytest.mark.hidden(
    fr="Pour un seul filtre tiré au hasard, avec son biais, `conv_params` ne compte pas juste.",
    en="For a single random filter with its bias, `conv_params` does not count right.",
)
@pytest.mark.depends("test_conv_params_one_filter")
def test_conv_params_random_filter(student, rng):
    for kernel in kernels_of_all_sizes(rng):
        case = (kernel, draw(rng, 8, 30))
        same(student.conv_params(*case), conv_count(*case), mistakes=conv_mistakes(*case))


@pytest.mark.points("conv_params", 1)
@pytest.mark.hidden(
    fr="Sur des couches tirées au hasard, avec biais, `conv_params` ne compte pas juste.",
    en="On random layers with biases, `conv_params` does not count right.",
)
@pytest.mark.depends("test_conv_params_one_filter", "test_conv_params_several_filters")
def test_conv_params_with_bias(student, rng):
    for kernel in kernels_of_all_sizes(rng):
        case = (kernel, draw(rng, 8, 30), draw(rng, 31, 60))
        same(student.conv_params(*case), conv_count(*case), mistakes=conv_mistakes(*case))


@pytest.mark.points("conv_params", 1)
@pytest.mark.hidden(
    fr="Sur des couches tirées au hasard, sans biais, `conv_params` ne compte pas juste.",
    en="On random layers without biases, `conv_params` does not count right.",
)
@pytest.mark.depends(
    "test_conv_params_one_filter_without_bias", "test_conv_params_several_filters_without_bias"
)
def test_conv_params_random_without_bias(student, rng):
    for kernel in kernels_of_all_sizes(rng):
        case = (kernel, draw(rng, 8, 30), draw(rng, 31, 60), False)
        same(student.conv_params(*case), conv_count(*case), mistakes=conv_mistakes(*case))


# ---------------------------------------------------------------- dense_params


@pytest.mark.points("dense_params", 1)
def test_dense_params_course_examples(student):
    same(student.dense_params(784, 128), 100480, mistakes=dense_mistakes(784, 128))
    same(student.dense_params(128, 10), 1290)
    same(student.dense_params(150528, 512), 77070848)


@pytest.mark.points("dense_params", 0.5)
def test_dense_params_without_bias(student):
    same(
        student.dense_params(784, 128, bias=False),
        100352,
        mistakes=dense_mistakes(784, 128, bias=False),
    )


@pytest.mark.points("dense_params", 1)
@pytest.mark.hidden(
    fr="Sur des couches tirées au hasard, avec biais, `dense_params` ne compte pas juste.",
    en="On random layers with biases, `dense_params` does not count right.",
)
@pytest.mark.depends("test_dense_params_course_examples")
def test_dense_params_with_bias(student, rng):
    for _ in range(4):
        case = (draw(rng, 10, 900), draw(rng, 2, 9))
        same(student.dense_params(*case), dense_count(*case), mistakes=dense_mistakes(*case))


@pytest.mark.points("dense_params", 0.5)
@pytest.mark.hidden(
    fr="Sur des couches tirées au hasard, sans biais, `dense_params` ne compte pas juste.",
    en="On random layers without biases, `dense_params` does not count right.",
)
@pytest.mark.depends("test_dense_params_course_examples", "test_dense_params_without_bias")
def test_dense_params_random_without_bias(student, rng):
    for _ in range(3):
        case = (draw(rng, 2, 900), draw(rng, 2, 300), False)
        same(student.dense_params(*case), dense_count(*case), mistakes=dense_mistakes(*case))


# ---------------------------------------------------------------- dense_equivalent_params


@pytest.mark.points("dense_equivalent_params", 0.5)
def test_dense_equivalent_params_course_example(student):
    same(
        student.dense_equivalent_params(28, 28, 3, 3, padding=1),
        1844752,
        mistakes=equivalent_mistakes(28, 28, 3, 3, padding=1),
    )


@pytest.mark.points("dense_equivalent_params", 0.5)
@pytest.mark.depends("test_dense_equivalent_params_course_example")
def test_dense_equivalent_params_without_bias(student):
    same(
        student.dense_equivalent_params(28, 28, 3, 3, padding=1, bias=False),
        1843968,
        mistakes=equivalent_mistakes(28, 28, 3, 3, padding=1, bias=False),
    )


@pytest.mark.points("dense_equivalent_params", 0.5)
@pytest.mark.depends("test_dense_equivalent_params_course_example")
def test_dense_equivalent_params_without_padding(student):
    same(
        student.dense_equivalent_params(5, 5, 1, 3),
        234,
        mistakes=equivalent_mistakes(5, 5, 1, 3),
    )


@pytest.mark.points("dense_equivalent_params", 1)
@pytest.mark.hidden(
    fr="Sur un rectangle, avec un stride de 1, `dense_equivalent_params` ne compte pas juste.",
    en="On a rectangle, with stride 1, `dense_equivalent_params` does not count right.",
)
@pytest.mark.depends("test_dense_equivalent_params_course_example")
def test_dense_equivalent_params_rectangles(student, rng):
    for padding, kernel in padded_kernels(rng):
        case = (*random_image(rng), kernel, padding)
        returned = student.dense_equivalent_params(*case)
        same(returned, dense_equivalent_count(*case), mistakes=equivalent_mistakes(*case))


@pytest.mark.points("dense_equivalent_params", 1)
@pytest.mark.hidden(
    fr="Avec un stride de 2 ou plus, `dense_equivalent_params` ne compte pas juste.",
    en="With a stride of 2 or more, `dense_equivalent_params` does not count right.",
)
@pytest.mark.depends(
    "test_dense_equivalent_params_course_example", "test_dense_equivalent_params_rectangles"
)
def test_dense_equivalent_params_strides(student, rng):
    # A large remainder shows rounding, a small one or none a forgotten + 1.
    drawn = [(stride, draw(rng, 2, 6), rest) for stride, rest in ((3, 2), (4, 1), (4, 0))]
    for stride, kernel, remainder in ((2, 5, 1), *drawn):
        side = kernel + stride * draw(rng, 3, 6) + remainder
        case = (side, side, 2 * draw(rng, 1, 2), kernel, 0, stride)
        returned = student.dense_equivalent_params(*case)
        same(returned, dense_equivalent_count(*case), mistakes=equivalent_mistakes(*case))


@pytest.mark.points("dense_equivalent_params", 0.5)
@pytest.mark.hidden(
    fr="Sans biais, sur des cas tirés au hasard, `dense_equivalent_params` ne compte pas juste.",
    en="Without biases, on random cases, `dense_equivalent_params` does not count right.",
)
@pytest.mark.depends(
    "test_dense_equivalent_params_course_example",
    "test_dense_equivalent_params_without_bias",
    "test_dense_equivalent_params_rectangles",
)
def test_dense_equivalent_params_random_without_bias(student, rng):
    for padding, kernel in padded_kernels(rng):
        case = (*random_image(rng), kernel, padding, 1, False)
        returned = student.dense_equivalent_params(*case)
        same(returned, dense_equivalent_count(*case), mistakes=equivalent_mistakes(*case))


# ---------------------------------------------------------------- network_params


@pytest.mark.points("network_params", 0.5)
def test_network_params_small_network(student):
    same(
        student.network_params((6, 6, 1), SMALL_NETWORK),
        47,
        mistakes=network_mistakes((6, 6, 1), SMALL_NETWORK),
    )


@pytest.mark.points("network_params", 0.5)
@pytest.mark.depends("test_network_params_small_network")
def test_network_params_dense_layers_only(student):
    same(
        student.network_params((28, 28, 1), PERCEPTRON),
        101770,
        mistakes={"dense_bias_forgotten": 101632},
    )


@pytest.mark.points("network_params", 0.5)
@pytest.mark.depends("test_network_params_small_network")
def test_network_params_convolutions_only(student):
    same(
        student.network_params((28, 28, 1), TWO_CONVOLUTIONS),
        4800,
        mistakes={"channels_of_input_kept": 480, "conv_bias_forgotten": 4752},
    )


@pytest.mark.points("network_params", 0.5)
@pytest.mark.depends("test_network_params_small_network")
def test_network_params_lenet5(student):
    same(
        student.network_params((32, 32, 1), LENET5),
        61706,
        mistakes=network_mistakes((32, 32, 1), LENET5),
    )


@pytest.mark.points("network_params", 0.25)
@pytest.mark.depends("test_network_params_small_network")
def test_network_params_simple_cnn(student):
    same(
        student.network_params((28, 28, 1), SIMPLE_CNN),
        50186,
        mistakes=network_mistakes((28, 28, 1), SIMPLE_CNN),
    )


@pytest.mark.points("network_params", 0.25)
@pytest.mark.depends("test_network_params_small_network")
def test_network_params_sheet_3(student):
    same(
        student.network_params((28, 28, 1), SHEET_3_NETWORK),
        58474,
        mistakes={
            "sheet_comments": 81002,
            "output_is_input": 107626,
            "channels_of_input_kept": 54154,
        },
    )


@pytest.mark.points("network_params", 0.5)
@pytest.mark.hidden(
    fr="Sur AlexNet, `network_params` ne donne pas le bon nombre de paramètres.",
    en="On AlexNet, `network_params` does not give the right number of parameters.",
)
@pytest.mark.depends("test_network_params_small_network", "test_network_params_lenet5")
def test_network_params_alexnet(student):
    mistakes = network_mistakes((227, 227, 3), ALEXNET)
    del mistakes["padding_forgotten"], mistakes["pool_stride_ignored"]  # here, both give the same
    same(student.network_params((227, 227, 3), ALEXNET), 62378344, mistakes=mistakes)


@pytest.mark.points("network_params", 0.5)
@pytest.mark.hidden(
    fr="Sur VGG-16, `network_params` ne donne pas le bon nombre de paramètres.",
    en="On VGG-16, `network_params` does not give the right number of parameters.",
)
@pytest.mark.depends("test_network_params_small_network", "test_network_params_lenet5")
def test_network_params_vgg16(student):
    mistakes = network_mistakes((224, 224, 3), VGG16)
    same(student.network_params((224, 224, 3), VGG16), 138357544, mistakes=mistakes)


@pytest.mark.points("network_params", 1)
@pytest.mark.hidden(
    fr="Sur des réseaux tirés au hasard et des images rectangulaires, `network_params` se trompe.",
    en="On random networks and rectangular images, `network_params` does not count right.",
)
@pytest.mark.depends("test_network_params_small_network", "test_network_params_lenet5")
def test_network_params_random_networks(student, rng):
    drawn = [(random_image(rng), layers) for layers in (telling_network(), random_network(rng))]
    for shape, layers in (*drawn, rounding_case()):
        returned = student.network_params(shape, layers)
        same(returned, network_count(shape, layers), mistakes=network_mistakes(shape, layers))


@pytest.mark.points("network_params", 1)
@pytest.mark.hidden(
    fr="Quand une convolution du réseau a un stride, `network_params` ne compte pas juste.",
    en="When a convolution of the network has a stride, `network_params` does not count right.",
)
@pytest.mark.depends("test_network_params_small_network", "test_network_params_random_networks")
def test_network_params_strided_networks(student, rng):
    networks = [telling_network(stride=2), *(random_network(rng, stride=n) for n in (2, 3))]
    drawn = [(random_image(rng), layers) for layers in networks]
    for shape, layers in (*drawn, rounding_case(stride=3)):
        returned = student.network_params(shape, layers)
        same(returned, network_count(shape, layers), mistakes=network_mistakes(shape, layers))


@pytest.mark.points("network_params", 0.5)
@pytest.mark.hidden(
    fr="`network_params` modifie la liste `layers` ou ses dictionnaires : "
    "lis-les sans rien changer, ou travaille sur une copie.",
    en="`network_params` changes the list `layers` or its dictionaries: "
    "read them without changing anything, or work on a copy.",
)
@pytest.mark.depends("test_network_params_small_network")
def test_network_params_leaves_its_input_alone(student):
    kept = student.keep(SMALL_NETWORK)
    same(student.network_params((6, 6, 1), kept), 47)
    same(kept.fetch(), SMALL_NETWORK)


# ---------------------------------------------------------------- stacked_3x3_params


@pytest.mark.points("stacked_3x3_params", 1)
def test_stacked_3x3_params_two_layers(student):
    same(student.stacked_3x3_params(1, 2), 18, mistakes=stacked_mistakes(1, 2))
    same(student.stacked_3x3_params(64, 2), 73728, mistakes=stacked_mistakes(64, 2))


@pytest.mark.points("stacked_3x3_params", 0.5)
@pytest.mark.depends("test_stacked_3x3_params_two_layers")
def test_stacked_3x3_params_with_bias(student):
    same(
        student.stacked_3x3_params(64, 2, bias=True),
        73856,
        mistakes=stacked_mistakes(64, 2, bias=True),
    )


@pytest.mark.points("stacked_3x3_params", 1)
@pytest.mark.hidden(
    fr="Pour une profondeur quelconque, sans biais, `stacked_3x3_params` ne compte pas juste.",
    en="For any depth, without biases, `stacked_3x3_params` does not count right.",
)
@pytest.mark.depends("test_stacked_3x3_params_two_layers")
def test_stacked_3x3_params_depths(student, rng):
    for depth in (1, 3, draw(rng, 4, 9)):
        case = (draw(rng, 10, 60), depth)
        returned = student.stacked_3x3_params(*case)
        same(returned, stacked_count(*case), mistakes=stacked_mistakes(*case))


@pytest.mark.points("stacked_3x3_params", 0.5)
@pytest.mark.hidden(
    fr="Pour une profondeur quelconque, avec biais, `stacked_3x3_params` ne compte pas juste.",
    en="For any depth, with biases, `stacked_3x3_params` does not count right.",
)
@pytest.mark.depends("test_stacked_3x3_params_two_layers", "test_stacked_3x3_params_with_bias")
def test_stacked_3x3_params_random_with_bias(student, rng):
    for depth in (3, draw(rng, 4, 9)):
        case = (draw(rng, 10, 60), depth, True)
        returned = student.stacked_3x3_params(*case)
        same(returned, stacked_count(*case), mistakes=stacked_mistakes(*case))
