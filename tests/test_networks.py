"""Models that stay in the student's process, and what a test may learn of them."""

import numpy as np
import pytest
import torch
from torch import nn

from autograder import networks
from autograder.compare import Mismatch
from autograder.local import LocalChild
from autograder.model import Cell, Limits, Lost, Outcome, Raised, StudentSource
from autograder.networks import (
    gradients,
    output_shape,
    outputs,
    parameter_count,
    same_network,
    state,
    weights,
)
from autograder.student import Kept, Student, StudentFault
from autograder.verdict import Verdict

LIMITS = Limits(call_seconds=10.0, cell_seconds=10.0, total_seconds=120.0)
IMAGES = np.random.default_rng(0).normal(size=(4, 1, 8, 8)).astype(np.float32)

SEQUENTIAL = """
import torch
from torch import nn
import torch.nn.functional as F

def plain():
    return nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Dropout(0.5), nn.Linear(64, 3))

class Reversed(nn.Module):
    \"\"\"Registered in another order than used, functional where it can be.\"\"\"
    def __init__(self):
        super().__init__()
        self.head = nn.LazyLinear(3)
        self.norm = nn.BatchNorm2d(4)
        self.conv = nn.Conv2d(1, 4, 3, padding=1)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.norm(self.conv(x))), 2)
        return self.head(F.dropout(x.flatten(1), 0.5, self.training))

class NoBias(nn.Module):
    \"\"\"Parameters and buffers that are None stand beside those that exist.\"\"\"
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3, bias=False)
        self.norm = nn.BatchNorm2d(4, track_running_stats=False)

    def forward(self, x):
        return self.norm(self.conv(x)).mean((2, 3))

class Wrong(Reversed):
    def forward(self, x):
        x = F.avg_pool2d(F.relu(self.norm(self.conv(x))), 2)
        return self.head(F.dropout(x.flatten(1), 0.5, self.training))

def small():
    return nn.Linear(2, 2)

def not_ours():
    return 3

def broken():
    class Broken(nn.Linear):
        def forward(self, x):
            raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")
    return Broken(64, 3)

def hangs():
    class Endless(nn.Linear):
        def forward(self, x):
            while True:
                pass
    return Endless(64, 3)

def dies():
    class Deadly(nn.Linear):
        def forward(self, x):
            import os
            os._exit(0)
    return Deadly(64, 3)

def answers_text():
    class Odd(nn.Linear):
        def forward(self, x):
            return "logits"
    return Odd(64, 3)

def double(model):
    return sum(p.numel() for p in model.parameters()) * 2
"""


def reference():
    layers = (nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2))
    return nn.Sequential(*layers, nn.Flatten(), nn.Dropout(0.5), nn.Linear(64, 3))


def averaged():
    network = reference()
    network[3] = nn.AvgPool2d(2)
    return network


@pytest.fixture(scope="module")
def student():
    student = Student(StudentSource((Cell(1, SEQUENTIAL),)), LocalChild, LIMITS)
    yield student
    student.close()


def sentence(student, error, lang="en"):
    """What the student reads about ``error`` in a visible test."""
    from autograder.model import Assignment, Text
    from autograder.verdict import TestInfo

    assignment = Assignment("one", Text("a", "b"), (), None)
    return Verdict(TestInfo("test", "task", 1.0, None, ()), student, assignment, lang).of(error)


def test_a_model_stays_and_is_passed_on(student):
    model = student.plain()
    assert isinstance(model, Kept)
    assert model.type_name == "torch.nn.Module"
    assert student.double(model) == student.double(model=model) == 2 * (40 + 8 + 195)


def test_what_crosses_is_not_kept(student):
    assert student.not_ours() == 3


def test_the_arrays_of_a_model(student):
    model = student.plain()
    assert [array.shape for array in weights(model).values()] == [
        (4, 1, 3, 3), (4,), (4,), (4,), (3, 64), (3,),
    ]  # fmt: skip
    assert parameter_count(model) == 40 + 8 + 195
    assert {"1.running_mean", "1.running_var"} <= set(state(model))
    assert output_shape(model, (2, 1, 8, 8)) == (2, 3)


def test_outputs_are_what_torch_gives_with_these_weights(student):
    model, mine = student.plain(), reference()
    mine.load_state_dict({name: torch.from_numpy(np.array(a)) for name, a in state(model).items()})
    for training in (True, False):
        torch.manual_seed(5)
        with torch.no_grad():
            right = mine.train(training)(torch.from_numpy(IMAGES)).numpy()
        np.testing.assert_allclose(
            outputs(model, IMAGES, training=training, seed=5), right, rtol=1e-4, atol=1e-5
        )


def test_modes_are_put_back(student):
    model = student.plain()
    outputs(model, IMAGES, training=False)

    def modes(model):
        return [module.training for module in model.modules()]

    assert student.inside(modes)(model) == [True] * 8


def test_gradients_are_those_of_the_mean_cross_entropy(student):
    model, mine = student.plain(), reference()
    labels = np.array([0, 2, 1, 1])
    mine.load_state_dict({name: torch.from_numpy(np.array(a)) for name, a in state(model).items()})
    torch.manual_seed(3)
    nn.functional.cross_entropy(mine(torch.from_numpy(IMAGES)), torch.from_numpy(labels)).backward()
    found = gradients(model, IMAGES, labels, seed=3)
    for name, weight in mine.named_parameters():
        np.testing.assert_allclose(found[name], weight.grad.numpy(), rtol=1e-3, atol=1e-5)


def test_layers_without_bias_or_statistics(student):
    norm = nn.BatchNorm2d(4, track_running_stats=False)
    pooled = (nn.AdaptiveAvgPool2d(1), nn.Flatten())
    mine = nn.Sequential(nn.Conv2d(1, 4, 3, bias=False), norm, *pooled)
    same_network(student.NoBias(), mine, IMAGES)


@pytest.mark.parametrize("style", ["plain", "Reversed"])
def test_the_same_network_in_any_style(student, style):
    same_network(getattr(student, style)(), reference(), IMAGES, seed=1)


def test_another_network_is_told_apart_and_its_mistake_named(student):
    with pytest.raises(Mismatch) as caught:
        same_network(student.Wrong(), reference(), IMAGES, mistakes={"averaged": averaged()})
    assert caught.value.hint == "averaged"
    with pytest.raises(Mismatch) as caught:
        same_network(student.small(), reference(), np.zeros((4, 2), np.float32))
    assert "has 6 parameters instead of 243" in caught.value.difference.en


def test_dropout_that_is_missing_shows_in_training_mode(student):
    without = reference()
    without[5] = nn.Identity()
    with pytest.raises(Mismatch) as caught:
        same_network(student.plain(), without, IMAGES)
    assert caught.value.hint is None


def test_statistics_are_never_taken_for_weights(student):
    """A batch norm of as many channels as a bias has entries: shapes alone would do."""
    for seed in range(3):
        same_network(student.Reversed(), reference(), IMAGES, seed=seed)


def test_what_is_no_model(student):
    with pytest.raises(Mismatch) as caught:
        parameter_count(student.not_ours())
    outcome, text, _ = sentence(student, caught.value)
    assert outcome is Outcome.FAILED
    assert text == "`not_ours()` returns 3; expected: a model (the result is an int, not a model)."


def test_a_forward_pass_that_raises_is_the_students(student):
    with pytest.raises(StudentFault) as caught:
        outputs(student.broken(), IMAGES)
    assert isinstance(caught.value.reply, Raised)
    outcome, text, _ = sentence(student, caught.value, "fr")
    assert outcome is Outcome.ERROR
    assert text.startswith("`broken()(un tableau 4×1×8×8)` lève `RuntimeError: mat1 and mat2")


def test_a_forward_pass_that_gives_no_tensor(student):
    with pytest.raises(Mismatch):
        outputs(student.answers_text(), IMAGES)


def test_a_wrong_count_is_shown_as_the_notebook_would_write_it(student):
    from autograder.compare import same

    with pytest.raises(Mismatch) as caught:
        same(parameter_count(student.small()), 7)
    _, text, _ = sentence(student, caught.value)
    assert text == "`parameter_count(small())` returns 6; expected: 7."


def test_a_model_whose_process_has_ended(student):
    model = student.plain()
    with pytest.raises(StudentFault) as caught:
        outputs(student.dies(), IMAGES)
    assert caught.value.reply == Lost(Outcome.CRASHED)
    with pytest.raises(StudentFault) as caught:
        outputs(model, IMAGES)
    assert caught.value.reply.outcome is Outcome.CRASHED
    assert parameter_count(student.plain()) == 243  # in a fresh one


def test_a_forward_pass_without_end():
    limits = Limits(call_seconds=0.5, cell_seconds=10.0, total_seconds=120.0)
    student = Student(StudentSource((Cell(1, SEQUENTIAL),)), LocalChild, limits)
    try:
        with pytest.raises(StudentFault) as caught:
            outputs(student.hangs(), IMAGES)
        assert caught.value.reply.outcome is Outcome.TIMEOUT
    finally:
        student.close()


def test_functions_for_the_child_need_nothing_from_here():
    """Only their text goes there."""
    import inspect

    from autograder.release.solution import free_names

    for name, function in vars(networks).items():
        if name.startswith("_in_child_"):
            assert free_names(inspect.getsource(function)) <= {"Any"}, name
