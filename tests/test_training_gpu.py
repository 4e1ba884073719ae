"""Where trainings run: the CPU, a GPU that was found, or a sentence about why not.

The file of another device stands for a GPU, so that CUDA cannot start on it, wherever this runs.
"""

import types

import pytest
from test_training import REFERENCE, accuracy_test, graded

from autograder import run
from autograder.errors import TrainingError, UsageError
from autograder.model import Tier
from autograder.sandbox import gpu
from autograder.sandbox.gpu import Gpu
from autograder.training import cuda

pytestmark = pytest.mark.alone

STAND_IN = Gpu("0000:01", "Stand-in 9000", ("/dev/full",))
OTHER = Gpu("0000:02", "Stand-in 3000", ("/dev/full",))


@pytest.fixture
def stand_in(monkeypatch):
    monkeypatch.setattr(gpu, "found", lambda **_: (STAND_IN, OTHER))


def test_a_gpu_that_does_not_work_is_told_and_the_cpu_does_it(tmp_path, stand_in):
    report = graded(tmp_path, {"ann": REFERENCE})
    (note,) = report.notes
    assert note.startswith("trained on the CPU: Stand-in 9000 cannot be used in the sandbox (")
    assert note.endswith("): train with `--device cpu`")
    assert not report.complete
    (score,) = report.scores
    assert score.provenance["device"] == "cpu"
    assert accuracy_test(score).outcome == "passed"


def test_a_gpu_that_was_asked_for_must_work(tmp_path, stand_in):
    with pytest.raises(TrainingError, match="Stand-in 3000 cannot be used in the sandbox"):
        graded(tmp_path, {"ann": REFERENCE}, device="cuda:1")


def test_a_tier_without_a_gpu_takes_the_cpu(stand_in):
    isolation = types.SimpleNamespace(tier=Tier.S1)
    work = types.SimpleNamespace(assignment=types.SimpleNamespace(training=True))
    notes = []
    assert run._gpu("auto", isolation, [work], notes) is None
    assert notes == []


def test_a_gpu_that_was_asked_for_must_be_there(tmp_path, monkeypatch):
    monkeypatch.setattr(gpu, "found", lambda **_: ())
    with pytest.raises(UsageError, match="no device cuda on this machine"):
        graded(tmp_path, {"ann": REFERENCE}, device="cuda")


@pytest.mark.parametrize(
    ("wish", "device"),
    [
        ("auto", STAND_IN),
        ("cpu", None),
        ("cuda", STAND_IN),
        ("cuda:0", STAND_IN),
        ("cuda:1", OTHER),
    ],
)
def test_which_device(stand_in, wish, device):
    assert cuda.chosen(wish) == device


def test_a_device_that_is_not_there(stand_in):
    with pytest.raises(UsageError, match=r"no device cuda:2 .*cuda:1 is Stand-in 3000"):
        cuda.chosen("cuda:2")


def test_the_variable_of_cuda_holds(monkeypatch):
    asked = []
    monkeypatch.setattr(gpu, "found", lambda *, visible: asked.append(visible) or ())
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")
    assert cuda.chosen("auto") is None
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES")
    assert cuda.chosen("auto") is None
    assert asked == ["1", None]
