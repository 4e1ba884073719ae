"""Tests of the assignment ``resnet``.

A network is right if ours computes the same with its weights, in training mode and in evaluation
mode with the running statistics of then. How it is written does not matter.
"""

import numpy as np
import pytest

from assignments.resnet.oracle import (
    RESNET18,
    TINY,
    input_after,
    judge_block,
    judge_network,
)
from autograder.compare import same
from autograder.networks import output_shape, parameter_count

# ---------------------------------------------------------------- ResidualBlock


@pytest.mark.points("ResidualBlock", 1.5)
def test_block_parameters(student):
    same(
        parameter_count(student.ResidualBlock(16, 16)),
        4672,
        mistakes={"convolution_bias": 4704, "batch_norm_missing": 4640, "shortcut_always": 4960},
    )
    same(
        parameter_count(student.ResidualBlock(16, 32, 2)),
        14528,
        mistakes={
            "convolution_bias": 14624,
            "shortcut_without_batch_norm": 14464,
            "shortcut_bias": 14560,
            "shortcut_missing": 13952,
        },
    )
    same(
        parameter_count(student.ResidualBlock(8, 8, stride=2)),
        1264,
        mistakes={"shortcut_missing": 1184},
    )


@pytest.mark.points("ResidualBlock", 1)
def test_block_shapes(student):
    same(output_shape(student.ResidualBlock(16, 16), (2, 16, 8, 8)), (2, 16, 8, 8))
    same(output_shape(student.ResidualBlock(16, 32, 2), (2, 16, 8, 8)), (2, 32, 4, 4))
    same(output_shape(student.ResidualBlock(32, 16), (1, 32, 7, 5)), (1, 16, 7, 5))


@pytest.mark.points("ResidualBlock", 2)
@pytest.mark.hidden(
    fr="Quand la forme ne change pas, `ResidualBlock` ne calcule pas ReLU(F(x) + x).",
    en="Where the shape stays the same, `ResidualBlock` does not compute ReLU(F(x) + x).",
)
@pytest.mark.depends("test_block_parameters", "test_block_shapes")
def test_block_identity(student, rng):
    judge_block(student, rng, 6, 6, 1)


@pytest.mark.points("ResidualBlock", 2)
@pytest.mark.hidden(
    fr="Quand la taille et les canaux changent, `ResidualBlock` ne donne pas les bonnes valeurs.",
    en="Where size and channels change, `ResidualBlock` does not give the right values.",
)
@pytest.mark.depends("test_block_parameters", "test_block_shapes")
def test_block_projection(student, rng):
    judge_block(student, rng, 4, 8, 2)


@pytest.mark.points("ResidualBlock", 1.5)
@pytest.mark.hidden(
    fr="Quand seuls les canaux changent, ou seulement la taille, `ResidualBlock` se trompe.",
    en="Where only the channels change, or only the size, `ResidualBlock` is wrong.",
)
@pytest.mark.depends("test_block_parameters", "test_block_shapes", "test_block_projection")
def test_block_one_change(student, rng):
    for in_channels, out_channels, stride in ((4, 7, 1), (7, 4, 1), (6, 6, 2), (5, 5, 3)):
        judge_block(student, rng, in_channels, out_channels, stride)


@pytest.mark.points("ResidualBlock", 1)
@pytest.mark.hidden(
    fr="`ResidualBlock` modifie le tenseur qu'on lui donne.",
    en="`ResidualBlock` modifies the tensor it is given.",
)
@pytest.mark.depends("test_block_shapes")
def test_block_keeps_its_input(student, rng):
    inputs = rng.normal(size=(2, 4, 6, 6)).astype(np.float32)
    for out_channels, stride in ((4, 1), (8, 2)):
        block = student.ResidualBlock(4, out_channels, stride)
        same(student.inside(input_after)(block, inputs), inputs)


# ---------------------------------------------------------------- build_tiny_resnet


@pytest.mark.points("build_tiny_resnet", 1)
def test_tiny_parameters(student):
    same(
        parameter_count(student.build_tiny_resnet()),
        2777674,
        mistakes={
            "convolution_bias": 2779914,
            "stem_7x7": 2785354,
            "global_average_missing": 2938954,
            "shortcut_without_batch_norm": 2776906,
            "shortcut_missing": 2735946,
        },
    )


@pytest.mark.points("build_tiny_resnet", 0.5)
def test_tiny_shape(student):
    same(output_shape(student.build_tiny_resnet(), (2, 3, 32, 32)), (2, 10))


@pytest.mark.points("build_tiny_resnet", 1.5)
@pytest.mark.hidden(
    fr="`build_tiny_resnet` ne donne pas les bons logits : une couche manque ou est mal placée.",
    en="`build_tiny_resnet` does not give the right logits: a layer is missing or out of place.",
)
@pytest.mark.depends("test_tiny_parameters", "test_tiny_shape", "test_block_identity")
def test_tiny_values(student, rng):
    judge_network(student.returned("build_tiny_resnet"), rng, TINY)


@pytest.mark.points("build_tiny_resnet", 1)
@pytest.mark.hidden(
    fr="Avec d'autres classes et des images d'une autre taille, `build_tiny_resnet` se trompe.",
    en="With other classes and images of another size, `build_tiny_resnet` is wrong.",
)
@pytest.mark.depends("test_tiny_shape")
def test_tiny_classes(student):
    same(
        output_shape(student.build_tiny_resnet(num_classes=7), (1, 3, 9, 12)),
        (1, 7),
        mistakes={"num_classes_ignored": (1, 10)},
    )


# ---------------------------------------------------------------- build_resnet18


@pytest.mark.points("build_resnet18", 1)
def test_resnet18_size(student):
    model = student.build_resnet18()
    same(
        parameter_count(model),
        11173962,
        mistakes={
            "convolution_bias": 11178762,
            "stem_7x7": 11181642,
            "global_average_missing": 11250762,
            "shortcut_without_batch_norm": 11172170,
            "shortcut_missing": 11000138,
        },
    )
    same(output_shape(model, (1, 3, 16, 16)), (1, 10))


@pytest.mark.points("build_resnet18", 2)
@pytest.mark.hidden(
    fr="`build_resnet18` ne donne pas les bons logits : une couche manque ou est mal placée.",
    en="`build_resnet18` does not give the right logits: a layer is missing or out of place.",
)
@pytest.mark.depends("test_resnet18_size", "test_block_identity")
def test_resnet18_values(student, rng):
    judge_network(student.returned("build_resnet18"), rng, RESNET18)


@pytest.mark.points("build_resnet18", 1)
@pytest.mark.hidden(
    fr="Avec d'autres classes et des images d'une autre taille, `build_resnet18` se trompe.",
    en="With other classes and images of another size, `build_resnet18` is wrong.",
)
@pytest.mark.depends("test_resnet18_size")
def test_resnet18_classes(student):
    same(
        output_shape(student.build_resnet18(num_classes=7), (1, 3, 9, 12)),
        (1, 7),
        mistakes={"num_classes_ignored": (1, 10)},
    )


# ---------------------------------------------------------------- build_plain18


@pytest.mark.points("build_plain18", 0.75)
def test_plain18_size(student):
    model = student.build_plain18()
    same(
        parameter_count(model),
        11000138,
        mistakes={
            "skips_left": 11173962,
            "convolution_bias": 11004042,
            "stem_7x7": 11007818,
            "global_average_missing": 11076938,
        },
    )
    same(output_shape(model, (1, 3, 16, 16)), (1, 10))


@pytest.mark.points("build_plain18", 1.5)
@pytest.mark.hidden(
    fr="`build_plain18` ne donne pas les bons logits : une couche manque ou est mal placée.",
    en="`build_plain18` does not give the right logits: a layer is missing or out of place.",
)
@pytest.mark.depends("test_plain18_size")
def test_plain18_values(student, rng):
    judge_network(student.returned("build_plain18"), rng, RESNET18, "plain")


@pytest.mark.points("build_plain18", 0.75)
@pytest.mark.hidden(
    fr="Avec d'autres classes et des images d'une autre taille, `build_plain18` se trompe.",
    en="With other classes and images of another size, `build_plain18` is wrong.",
)
@pytest.mark.depends("test_plain18_size")
def test_plain18_classes(student):
    same(
        output_shape(student.build_plain18(num_classes=7), (1, 3, 9, 12)),
        (1, 7),
        mistakes={"num_classes_ignored": (1, 10)},
    )
