"""Tests of the assignment ``output_size``: course examples, then random cases against torch."""

import pytest

from assignments.networks import (
    ALEXNET,
    FLATTEN,
    VGG16,
    conv,
    conv_sides,
    dense,
    draw,
    pool,
    rounding_case,
)
from assignments.output_size.mistakes import (
    SHEET_3_COMMENTS,
    SHEET_3_SAME,
    conv_mistakes,
    field_mistakes,
    padding_mistakes,
    pool_mistakes,
    trace_mistakes,
)
from assignments.output_size.oracle import (
    ALEXNET_SHAPES,
    VGG16_SHAPES,
    field_of,
    pool_sides,
    random_image,
    random_network,
    shapes_of,
    two_sides,
)
from autograder.compare import same

# ---------------------------------------------------------------- networks of the visible tests

SMALL_NETWORK = [
    {"type": "conv", "filters": 4, "kernel": 3, "padding": 1, "stride": 1},
    {"type": "pool", "size": 2, "stride": 2},
    {"type": "flatten"},
    {"type": "dense", "units": 10},
]

SMALL_NETWORK_SHAPES = [(8, 8, 4), (4, 4, 4), (64,), (10,)]

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

LENET5_SHAPES = [
    (28, 28, 6),
    (14, 14, 6),
    (10, 10, 16),
    (5, 5, 16),
    (1, 1, 120),
    (120,),
    (84,),
    (10,),
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

TWO_CONVOLUTIONS = [
    {"type": "conv", "filters": 8, "kernel": 3, "padding": 0, "stride": 1},
    {"type": "conv", "filters": 8, "kernel": 3, "padding": 0, "stride": 1},
]

CONV_POOL_CONV = [
    {"type": "conv", "filters": 8, "kernel": 3, "padding": 0, "stride": 1},
    {"type": "pool", "size": 2, "stride": 2},
    {"type": "conv", "filters": 8, "kernel": 3, "padding": 0, "stride": 1},
]

# ---------------------------------------------------------------- conv_output_size


@pytest.mark.points("conv_output_size", 0.5)
def test_conv_output_size_course_example(student):
    same(
        student.conv_output_size(28, 28, 3),
        (26, 26),
        mistakes={"float_result": (26.0, 26.0), "plus_one_forgotten": (25, 25)},
    )


@pytest.mark.points("conv_output_size", 0.5)
@pytest.mark.depends("test_conv_output_size_course_example")
def test_conv_output_size_course_examples_with_padding(student):
    same(
        student.conv_output_size(32, 32, 5, padding=2),
        (32, 32),
        mistakes={"padding_forgotten": (28, 28), "padding_once": (30, 30)},
    )
    same(student.conv_output_size(28, 28, 3, padding=1), (28, 28))


@pytest.mark.points("conv_output_size", 0.5)
@pytest.mark.depends("test_conv_output_size_course_example")
def test_conv_output_size_alexnet_first_layer(student):
    same(
        student.conv_output_size(227, 227, 11, stride=4),
        (55, 55),
        mistakes={"stride_forgotten": (217, 217), "same_stride_forgotten": (56, 56)},
    )


@pytest.mark.points("conv_output_size", 0.5)
def test_conv_output_size_rejects_a_kernel_that_does_not_fit(student):
    student.conv_output_size(8, 8, 5)
    with student.raises(ValueError):
        student.conv_output_size(2, 2, 5)


@pytest.mark.points("conv_output_size", 0.5)
@pytest.mark.hidden(
    fr="Sur une image rectangulaire, `conv_output_size` ne donne pas les bonnes tailles.",
    en="On a rectangular image, `conv_output_size` does not give the right sizes.",
)
@pytest.mark.depends("test_conv_output_size_course_example")
def test_conv_output_size_rectangles(student, rng):
    for kernel in (4, 5, draw(rng, 1, 7)):
        case = (*two_sides(rng, 8, 40), kernel)
        same(student.conv_output_size(*case), conv_sides(*case), mistakes=conv_mistakes(*case))


@pytest.mark.points("conv_output_size", 0.5)
@pytest.mark.hidden(
    fr="Avec un padding et un stride de 1, `conv_output_size` ne donne pas la bonne taille.",
    en="With a padding and stride 1, `conv_output_size` does not give the right size.",
)
@pytest.mark.depends(
    "test_conv_output_size_course_example", "test_conv_output_size_course_examples_with_padding"
)
def test_conv_output_size_paddings(student, rng):
    # In the first one, no two of the known mistakes give the same size.
    for padding, kernel in ((2, 2), (2, 5), (3, draw(rng, 2, 7)), (4, draw(rng, 2, 7))):
        side = draw(rng, 8, 40)
        case = (side, side, kernel, padding)
        same(student.conv_output_size(*case), conv_sides(*case), mistakes=conv_mistakes(*case))


@pytest.mark.points("conv_output_size", 1)
@pytest.mark.hidden(
    fr="Avec un stride de 2 ou plus et une division qui ne tombe pas juste, "
    "`conv_output_size` ne donne pas la bonne taille.",
    en="With a stride of 2 or more and a division that leaves a remainder, "
    "`conv_output_size` does not give the right size.",
)
@pytest.mark.depends("test_conv_output_size_course_example")
def test_conv_output_size_strides(student, rng):
    # The first kernel is so large that dividing the side alone does not look like rounding up.
    # A remainder of 1 shows a forgotten + 1, a large one shows rounding.
    drawn = [(stride, draw(rng, 1, 6), 1) for stride in (2, 3)]
    for stride, kernel, remainder in ((2, 5, 1), *drawn, (5, draw(rng, 1, 6), draw(rng, 3, 4))):
        side = kernel + draw(rng, 2, 7) * stride + remainder
        case = (side, side, kernel, 0, stride)
        same(student.conv_output_size(*case), conv_sides(*case), mistakes=conv_mistakes(*case))


@pytest.mark.points("conv_output_size", 0.5)
@pytest.mark.hidden(
    fr="Sur un rectangle avec padding et stride à la fois, `conv_output_size` se trompe de taille.",
    en="On a rectangle with both padding and stride, `conv_output_size` gives wrong sizes.",
)
@pytest.mark.depends(
    "test_conv_output_size_course_example",
    "test_conv_output_size_course_examples_with_padding",
    "test_conv_output_size_rectangles",
    "test_conv_output_size_paddings",
    "test_conv_output_size_strides",
)
def test_conv_output_size_everything_together(student, rng):
    # In the first one, no two of the known mistakes give the same sizes. The height of the others
    # leaves a large remainder, which shows rounding, or none, which shows a forgotten + 1.
    cases = [(*two_sides(rng, 8, 50), 4, 4, 2)]
    for kernel, stride, remainder in ((5, 3, 2), (draw(rng, 1, 7), 4, 3), (draw(rng, 1, 7), 4, 0)):
        padding = draw(rng, 2, 3)
        height = kernel - 2 * padding + stride * draw(rng, 3, 9) + remainder
        cases.append((height, height + draw(rng, 5, 9), kernel, padding, stride))
    for case in cases:
        same(student.conv_output_size(*case), conv_sides(*case), mistakes=conv_mistakes(*case))


@pytest.mark.points("conv_output_size", 0.5)
@pytest.mark.hidden(
    fr="`conv_output_size` se trompe quand le noyau tient de justesse (exactement, ou grâce au "
    "padding), ou quand il n'est trop grand que pour un seul des deux côtés.",
    en="`conv_output_size` is wrong when the kernel only just fits (exactly, or thanks to the "
    "padding), or when it is too large for only one of the two sides.",
)
@pytest.mark.depends(
    "test_conv_output_size_course_example",
    "test_conv_output_size_course_examples_with_padding",
    "test_conv_output_size_rejects_a_kernel_that_does_not_fit",
)
def test_conv_output_size_kernel_at_the_limit(student, rng):
    kernel = draw(rng, 4, 9)
    same(student.conv_output_size(kernel, kernel, kernel), (1, 1))
    same(student.conv_output_size(kernel - 2, kernel - 2, kernel, padding=1), (1, 1))
    with student.raises(ValueError):
        student.conv_output_size(kernel + 3, kernel - 1, kernel)
    with student.raises(ValueError):
        student.conv_output_size(kernel - 3, kernel + 3, kernel, padding=1)


@pytest.mark.points("conv_output_size", 0.5)
@pytest.mark.hidden(
    fr="Avec un stride nul ou négatif, `conv_output_size` doit lever `ValueError`.",
    en="With a stride of zero or below, `conv_output_size` must raise `ValueError`.",
)
def test_conv_output_size_rejects_strides_below_one(student, rng):
    side = draw(rng, 10, 20)
    student.conv_output_size(side, side, 3, stride=1)
    for stride in (0, -1, -draw(rng, 2, 4)):
        with student.raises(ValueError):
            student.conv_output_size(side, side, 3, stride=stride)


@pytest.mark.points("conv_output_size", 0.5)
@pytest.mark.hidden(
    fr="Avec un padding négatif, `conv_output_size` doit lever `ValueError`.",
    en="With a negative padding, `conv_output_size` must raise `ValueError`.",
)
def test_conv_output_size_rejects_negative_padding(student, rng):
    side = draw(rng, 20, 30)
    student.conv_output_size(side, side, 3, padding=0)
    for padding in (-1, -draw(rng, 2, 4)):
        with student.raises(ValueError):
            student.conv_output_size(side, side, 3, padding=padding)


# ---------------------------------------------------------------- same_padding


@pytest.mark.points("same_padding", 0.5)
def test_same_padding_examples(student):
    same(student.same_padding(5), 2, mistakes=padding_mistakes(5))
    same(student.same_padding(3), 1)
    same(student.same_padding(1), 0)


@pytest.mark.points("same_padding", 0.5)
def test_same_padding_rejects_even_kernels(student):
    student.same_padding(3)
    with student.raises(ValueError):
        student.same_padding(2)
    with student.raises(ValueError):
        student.same_padding(4)


@pytest.mark.points("same_padding", 0.5)
@pytest.mark.hidden(
    fr="Pour un noyau impair tiré au hasard, `same_padding` ne conserve pas la taille de l'image.",
    en="For a random odd kernel, `same_padding` does not keep the size of the image.",
)
@pytest.mark.depends("test_same_padding_examples")
def test_same_padding_keeps_the_size(student, rng):
    # Of two halves such as 11 / 2 and 13 / 2, `round` takes one up.
    for kernel in (4 * draw(rng, 2, 5) + 3, 4 * draw(rng, 3, 6) + 1):
        sizes = {p: conv_sides(30, 30, kernel, p) for p in range(kernel)}
        keeps = next(p for p, size in sizes.items() if size == (30, 30))
        same(student.same_padding(kernel), keeps, mistakes=padding_mistakes(kernel))


@pytest.mark.points("same_padding", 0.5)
@pytest.mark.hidden(
    fr="Pour un noyau pair tiré au hasard, `same_padding` doit lever `ValueError`.",
    en="For a random even kernel, `same_padding` must raise `ValueError`.",
)
@pytest.mark.depends("test_same_padding_rejects_even_kernels")
def test_same_padding_rejects_larger_even_kernels(student, rng):
    student.same_padding(7)
    for even in (4 * draw(rng, 3, 10), 4 * draw(rng, 3, 10) + 2):
        with student.raises(ValueError):
            student.same_padding(even)


# ---------------------------------------------------------------- pool_output_size


@pytest.mark.points("pool_output_size", 0.5)
def test_pool_output_size_course_examples(student):
    same(
        student.pool_output_size(28, 28, 2, 2),
        (14, 14),
        mistakes={"float_result": (14.0, 14.0), "plus_one_forgotten": (13, 13)},
    )
    same(
        student.pool_output_size(55, 55, 3, 2),
        (27, 27),
        mistakes={"pool_stride_ignored": (18, 18)},
    )


@pytest.mark.points("pool_output_size", 0.5)
def test_pool_output_size_without_stride(student):
    same(student.pool_output_size(28, 28), (14, 14), mistakes={"pool_stride_one": (27, 27)})
    same(
        student.pool_output_size(12, 12, 3),
        (4, 4),
        mistakes={"pool_stride_one": (10, 10), "pool_stride_two": (5, 5)},
    )


@pytest.mark.points("pool_output_size", 0.5)
@pytest.mark.hidden(
    fr="Sur un rectangle, sans stride donné, `pool_output_size` ne donne pas la bonne taille.",
    en="On a rectangle, without a given stride, `pool_output_size` gives a wrong size.",
)
@pytest.mark.depends(
    "test_pool_output_size_course_examples", "test_pool_output_size_without_stride"
)
def test_pool_output_size_default_stride(student, rng):
    for size in (2, 3, 5):
        height = size * draw(rng, 2, 6)
        case = (height, height + size * draw(rng, 1, 4), size)
        same(
            student.pool_output_size(*case), pool_sides(*case, size), mistakes=pool_mistakes(*case)
        )


@pytest.mark.points("pool_output_size", 0.5)
@pytest.mark.hidden(
    fr="Quand il reste des pixels au bord, `pool_output_size` ne donne pas la bonne taille.",
    en="When pixels are left over at the edge, `pool_output_size` gives a wrong size.",
)
@pytest.mark.depends("test_pool_output_size_course_examples")
def test_pool_output_size_leftover_pixels(student, rng):
    # A rest that is one short of another window shows rounding; a rest of 1, a forgotten + 1.
    for size, rest in ((2, 1), (3, 2), (4, 3), (4, 1)):
        side = size * draw(rng, 2, 6) + rest
        case = (side, side, size, size)
        same(student.pool_output_size(*case), pool_sides(*case), mistakes=pool_mistakes(*case))


@pytest.mark.points("pool_output_size", 0.5)
@pytest.mark.hidden(
    fr="Quand les fenêtres se recouvrent, `pool_output_size` ne donne pas la bonne taille.",
    en="When the windows overlap, `pool_output_size` does not give the right size.",
)
@pytest.mark.depends("test_pool_output_size_course_examples")
def test_pool_output_size_overlapping_windows(student, rng):
    # The first window is so large that dividing the side alone does not look like rounding up.
    for size, stride, rest in ((5, 2, 1), (4, 3, 2), (5, 3, 1), (3, 2, 0)):
        height = size + stride * draw(rng, 1, 6) + rest
        case = (height, height + draw(rng, 5, 9), size, stride)
        same(student.pool_output_size(*case), pool_sides(*case), mistakes=pool_mistakes(*case))


@pytest.mark.points("pool_output_size", 0.5)
@pytest.mark.hidden(
    fr="Avec un stride plus grand que la fenêtre, `pool_output_size` se trompe de taille.",
    en="With a stride larger than the window, `pool_output_size` gives a wrong size.",
)
@pytest.mark.depends("test_pool_output_size_course_examples")
def test_pool_output_size_strides_beyond_the_window(student, rng):
    # The first rest is so small that the side divided by the stride is one too few.
    for size, stride, rest in ((2, 5, draw(rng, 1, 2)), (2, 3, 2), (1, 2, 0), (2, 5, 0)):
        height = size + stride * draw(rng, 1, 6) + rest
        case = (height, height + draw(rng, 5, 9), size, stride)
        same(student.pool_output_size(*case), pool_sides(*case), mistakes=pool_mistakes(*case))


# ---------------------------------------------------------------- trace_shapes


@pytest.mark.points("trace_shapes", 0.75)
def test_trace_shapes_small_network(student):
    same(
        student.trace_shapes((8, 8, 1), SMALL_NETWORK),
        SMALL_NETWORK_SHAPES,
        mistakes={
            "input_included": [(8, 8, 1), (8, 8, 4), (4, 4, 4), (64,), (10,)],
            "channels_first": [(4, 8, 8), (4, 4, 4), (64,), (10,)],
            "channels_forgotten": [(8, 8), (4, 4), (64,), (10,)],
            "channels_unchanged": [(8, 8, 1), (4, 4, 1), (16,), (10,)],
            "not_a_tuple": [(8, 8, 4), (4, 4, 4), 64, 10],
            "flatten_without_channels": [(8, 8, 4), (4, 4, 4), (16,), (10,)],
            "padding_forgotten": [(6, 6, 4), (3, 3, 4), (36,), (10,)],
        },
    )


@pytest.mark.points("trace_shapes", 0.5)
@pytest.mark.depends("test_trace_shapes_small_network")
def test_trace_shapes_convolution_and_pooling(student):
    same(student.trace_shapes((8, 8, 1), SMALL_NETWORK[:2]), [(8, 8, 4), (4, 4, 4)])


@pytest.mark.points("trace_shapes", 0.5)
@pytest.mark.depends("test_trace_shapes_small_network")
def test_trace_shapes_flatten_and_dense(student):
    same(student.trace_shapes((4, 4, 4), SMALL_NETWORK[2:]), [(64,), (10,)])


@pytest.mark.points("trace_shapes", 0.5)
@pytest.mark.depends("test_trace_shapes_small_network")
def test_trace_shapes_lenet5(student):
    same(student.trace_shapes((32, 32, 1), LENET5), LENET5_SHAPES)


@pytest.mark.points("trace_shapes", 0.25)
@pytest.mark.depends("test_trace_shapes_small_network")
def test_trace_shapes_sheet_3(student):
    same(
        student.trace_shapes((28, 28, 1), SHEET_3_NETWORK),
        [(26, 26, 16), (13, 13, 16), (11, 11, 32), (5, 5, 32), (800,), (64,), (32,), (10,)],
        mistakes={
            "sheet_comments": SHEET_3_COMMENTS,
            "same_assumed": SHEET_3_SAME,
        },
    )


@pytest.mark.points("trace_shapes", 1)
@pytest.mark.hidden(
    fr="Sur AlexNet (convolution de stride 4, poolings 3×3 de stride 2), "
    "`trace_shapes` ne donne pas les bonnes formes.",
    en="On AlexNet (a convolution of stride 4, 3×3 poolings of stride 2), "
    "`trace_shapes` does not give the right shapes.",
)
@pytest.mark.depends("test_trace_shapes_small_network")
def test_trace_shapes_alexnet(student):
    mistakes = trace_mistakes((227, 227, 3), ALEXNET, ALEXNET_SHAPES)
    same(student.trace_shapes((227, 227, 3), ALEXNET), ALEXNET_SHAPES, mistakes=mistakes)


@pytest.mark.points("trace_shapes", 0.5)
@pytest.mark.hidden(
    fr="Sur VGG-16 (13 convolutions, 5 poolings), `trace_shapes` ne donne pas les bonnes formes.",
    en="On VGG-16 (13 convolutions, 5 poolings), `trace_shapes` does not give the right shapes.",
)
@pytest.mark.depends("test_trace_shapes_small_network")
def test_trace_shapes_vgg16(student):
    same(student.trace_shapes((224, 224, 3), VGG16), VGG16_SHAPES)


@pytest.mark.points("trace_shapes", 0.5)
@pytest.mark.hidden(
    fr="Sur des images rectangulaires et des réseaux tirés au hasard, "
    "`trace_shapes` ne donne pas les bonnes formes.",
    en="On rectangular images and random networks, `trace_shapes` gives wrong shapes.",
)
@pytest.mark.depends("test_trace_shapes_small_network")
def test_trace_shapes_random_networks(student, rng):
    drawn = [(random_image(rng), random_network(rng)) for _ in range(2)]
    for shape, layers in (rounding_case(), *drawn):
        shapes = shapes_of(shape, layers)
        returned = student.trace_shapes(shape, layers)
        same(returned, shapes, mistakes=trace_mistakes(shape, layers, shapes))


@pytest.mark.points("trace_shapes", 1)
@pytest.mark.hidden(
    fr="Quand une convolution du réseau a un stride, `trace_shapes` donne de mauvaises formes.",
    en="When a convolution of the network has a stride, `trace_shapes` gives wrong shapes.",
)
@pytest.mark.depends("test_trace_shapes_small_network", "test_trace_shapes_random_networks")
def test_trace_shapes_strided_networks(student, rng):
    # In the first one both sides leave a remainder of 0, where rounding up is wrong as well.
    fixed = ((18, 14, 3), [conv(4, 4, 2, 2), pool(2, 2), conv(7, 2, 1), FLATTEN, dense(5)])
    drawn = [(random_image(rng), random_network(rng, stride=stride)) for stride in (2, 3)]
    for shape, layers in (fixed, rounding_case(stride=3), *drawn):
        shapes = shapes_of(shape, layers)
        returned = student.trace_shapes(shape, layers)
        same(returned, shapes, mistakes=trace_mistakes(shape, layers, shapes))


@pytest.mark.points("trace_shapes", 0.5)
@pytest.mark.hidden(
    fr="`trace_shapes` modifie la liste `layers` ou ses dictionnaires : "
    "lis-les sans rien changer, ou travaille sur une copie.",
    en="`trace_shapes` changes the list `layers` or its dictionaries: "
    "read them without changing anything, or work on a copy.",
)
@pytest.mark.depends("test_trace_shapes_small_network")
def test_trace_shapes_leaves_its_input_alone(student):
    kept = student.keep(SMALL_NETWORK)
    same(student.trace_shapes((8, 8, 1), kept), SMALL_NETWORK_SHAPES)
    same(kept.fetch(), SMALL_NETWORK)


# ---------------------------------------------------------------- receptive_field


@pytest.mark.points("receptive_field", 0.5)
def test_receptive_field_of_two_3x3_convolutions(student):
    same(student.receptive_field(TWO_CONVOLUTIONS), 5, mistakes={"field_sum_of_kernels": 7})


@pytest.mark.points("receptive_field", 0.5)
def test_receptive_field_with_a_pooling(student):
    same(student.receptive_field(CONV_POOL_CONV), 8, mistakes=field_mistakes(CONV_POOL_CONV))


@pytest.mark.points("receptive_field", 0.5)
@pytest.mark.hidden(
    fr="Pour des convolutions de stride 1 empilées, `receptive_field` donne un mauvais champ.",
    en="For stacked convolutions of stride 1, `receptive_field` gives a wrong field.",
)
@pytest.mark.depends("test_receptive_field_of_two_3x3_convolutions")
def test_receptive_field_of_convolution_stacks(student, rng):
    for depth in (1, 3, 5):
        layers = [conv(4, draw(rng, 2, 7), draw(rng, 0, 2)) for _ in range(depth)]
        returned = student.receptive_field(layers)
        same(returned, field_of(layers), mistakes=field_mistakes(layers))


@pytest.mark.points("receptive_field", 0.5)
@pytest.mark.hidden(
    fr="Quand des convolutions ont un stride, `receptive_field` donne un mauvais champ.",
    en="When convolutions have a stride, `receptive_field` gives a wrong field.",
)
@pytest.mark.depends("test_receptive_field_of_two_3x3_convolutions")
def test_receptive_field_with_strides(student, rng):
    # Different strides in a row, so that their product is no power.
    for strides in ((2, 3, 2), (3, 2, 3), (3, 3, 2)):
        layers = [conv(4, draw(rng, 2, 5), 0, stride) for stride in strides]
        returned = student.receptive_field(layers)
        same(returned, field_of(layers), mistakes=field_mistakes(layers))


@pytest.mark.points("receptive_field", 0.5)
@pytest.mark.hidden(
    fr="Avec des poolings entre les convolutions, `receptive_field` donne un mauvais champ.",
    en="With poolings between the convolutions, `receptive_field` gives a wrong field.",
)
@pytest.mark.depends(
    "test_receptive_field_of_two_3x3_convolutions", "test_receptive_field_with_a_pooling"
)
def test_receptive_field_with_poolings(student, rng):
    for size, stride in ((2, 1), (3, 2), (draw(rng, 2, 3), 3)):
        layers = [
            conv(4, draw(rng, 2, 5)),
            pool(size, stride),
            conv(8, draw(rng, 2, 4)),
            pool(2, 2),
            conv(8, draw(rng, 2, 3)),
        ]
        returned = student.receptive_field(layers)
        same(returned, field_of(layers), mistakes=field_mistakes(layers))


@pytest.mark.points("receptive_field", 0.5)
@pytest.mark.hidden(
    fr="`receptive_field` modifie la liste `layers` ou ses dictionnaires : "
    "lis-les sans rien changer, ou travaille sur une copie.",
    en="`receptive_field` changes the list `layers` or its dictionaries: "
    "read them without changing anything, or work on a copy.",
)
@pytest.mark.depends("test_receptive_field_of_two_3x3_convolutions")
def test_receptive_field_leaves_its_input_alone(student):
    layers = [conv(4, 3), conv(8, 5)]
    kept = student.keep(layers)
    same(student.receptive_field(kept), field_of(layers))
    same(kept.fetch(), layers)
