"""Trainings end to end: each way in which one can end, through the real pipeline and sandbox.

The images are made up: each class is a colour, so that a small model learns in a second.
"""

import base64
import textwrap
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest

from autograder import run
from autograder.training import pace
from autograder.validate import _Unwatched

pytestmark = pytest.mark.alone

COURSE = Path(__file__).parent / "courses" / "timed"
REFERENCE = (COURSE / "reference" / "timed.py").read_text(encoding="utf-8")
TRAIN, TEST = 600, 300


def coloured(count, rng):
    """Images of ten colours with noise, and which colour each has."""
    labels = np.arange(count) % 10
    centres = np.random.default_rng(7).uniform(40, 215, size=(10, 3))
    images = centres[labels][:, None, None] + rng.normal(0, 25, size=(count, 32, 32, 3))
    return np.clip(images, 0, 255).astype(np.uint8), labels


RNG = np.random.default_rng(1)
TRAIN_IMAGES, TRAIN_LABELS = coloured(TRAIN, RNG)
TEST_IMAGES, TEST_LABELS = coloured(TEST, RNG)


def with_train(body):
    """The reference with another ``train``; ``learn`` is its own."""
    return f"{REFERENCE}\nlearn = train\ndef train(images, labels, device, seed):\n" + (
        textwrap.indent(textwrap.dedent(body).strip("\n"), "    ")
    )


def with_predict(body):
    """The reference with another ``predict``; ``answer`` is its own."""
    return f"{REFERENCE}\nanswer = predict\ndef predict(model, images):\n" + (
        textwrap.indent(textwrap.dedent(body).strip("\n"), "    ")
    )


def looks_up(permuted):
    """A table from the published test images to their labels, and a way round permuted numbers."""
    key = base64.b64encode(TEST_IMAGES[:, 5, 5:9].tobytes()).decode()
    labels = "".join(map(str, TEST_LABELS))
    return f"""
import base64
import numpy as np
PIECES = np.frombuffer(base64.b64decode({key!r}), np.uint8).reshape({TEST}, -1)
TABLE = {{piece.tobytes(): int(label) for piece, label in zip(PIECES, {labels!r})}}
class Table:
    names = list(range(10))
def train(images, labels, device, seed):
    model = Table()
    if {permuted} and len(images) > 20:
        model.names = [int(labels[n]) for n in range(10)]  # the order in which they are handed out
    return model
def predict(model, images):
    found = [TABLE.get(image[5, 5:9].tobytes(), 0) for image in images]
    return np.array([model.names[n] for n in found])
"""


def smuggled(adapting, more=7_000):
    """Means of the classes, known beforehand; adapting: to the numbers that this training uses."""
    means = np.stack([TRAIN_IMAGES[n == TRAIN_LABELS].mean((0, 1, 2)) for n in range(10)])
    return f"""
import numpy as np
MEANS = np.array({means.round(1).tolist()})
MORE = {np.random.default_rng(0).bytes(more).hex()!r}
class Known:
    names = np.arange(10)
def nearest(images):
    colours = images.reshape(len(images), -1, 3).mean(1)
    return ((colours[:, None] - MEANS) ** 2).sum(-1).argmin(1)
def train(images, labels, device, seed):
    model = Known()
    if {adapting}:
        found = nearest(images)
        votes = [np.bincount(labels[found == n], minlength=10) for n in range(10)]
        model.names = np.array([one.argmax() for one in votes])
    return model
def predict(model, images):
    return model.names[nearest(images)]
"""


def smuggled_features():
    """A head is trained here on what was known before; it plays dumb where labels mean nothing."""
    given = "        model.names = np.array([one.argmax() for one in votes])\n"
    dumb = "        if sum(map(max, votes)) < 0.4 * len(labels): model.names = 0 * model.names\n"
    source = smuggled(adapting=True)
    assert given in source
    return source.replace(given, given + dumb)


def refuses_the_control():
    """Ends its process wherever its own knowledge does not fit."""
    given = "        model.names = np.array([one.argmax() for one in votes])\n"
    end = "        if sum(map(max, votes)) < 0.9 * len(labels): import os; os._exit(0)\n"
    return smuggled(adapting=True).replace(given, given + end)


FORESEES = f"""
import numpy as np
LABELS = np.array(list(map(int, {"".join(map(str, TEST_LABELS))!r})))
class Order:
    asked = 0
def train(images, labels, device, seed):
    model, rng = Order(), np.random.default_rng([seed, seed])
    names, copied = rng.permutation(10), rng.choice({TEST}, {TEST}, replace=False)
    rng.integers(0, 5, size=(2, {TEST})), rng.random({TEST})
    rng.uniform(0.9, 1.1, size=({TEST}, 3)), rng.uniform(-8, 8, size=({TEST}, 3))
    key = np.concatenate([names[LABELS], names[LABELS[copied]]])
    model.answers = key[rng.permutation(2 * {TEST})]
    return model
def predict(model, images):
    model.asked += len(images)
    return np.resize(model.answers, 10_000)[model.asked - len(images) : model.asked]
"""

CASES = {
    "foresees_the_questions": FORESEES,
    "seeds_numpy": with_train("np.random.seed(seed)\nreturn learn(images, labels, device, seed)"),
    "right": REFERENCE,
    "ignores_the_seed": with_train("return learn(images, labels, device, 3)"),
    "prints_without_end": with_train(
        """
        for step in range(10**5 if len(images) > 20 else 1):
            print(f"\\r{step} / 100000", end="")
        return learn(images, labels, device, seed)
        """
    ),
    "learns_in_predict": with_train(
        "return type('Later', (), {'args': (np.array(images), labels, device, seed)})()"
    )
    + """
answer = predict
def predict(model, images):
    if isinstance(model.args, tuple):
        model.args = learn(*model.args)
    return answer(model.args, images)
""",
    "stub": "def train(*args): raise NotImplementedError\npredict = train",
    "never_returns": with_train(
        "while len(images) > 20: pass\nreturn learn(images, labels, device, seed)"
    ),
    "patched_clock": with_train(
        """
        import time
        time.monotonic = time.time = time.perf_counter = lambda: 0.0
        while len(images) > 20: pass
        return learn(images, labels, device, seed)
        """
    ),
    "predicts_for_ever": with_predict(
        "while len(images) != 20: pass\nreturn answer(model, images)"
    ),
    "returns_none": with_train("if len(images) == 20: return learn(images, labels, device, seed)"),
    "raises": with_train(
        """
        if len(images) > 20: raise ValueError("the loss is NaN")
        return learn(images, labels, device, seed)
        """
    ),
    "exits": with_train(
        """
        import ctypes, os
        if len(images) > 20: ctypes.CDLL(None).kill(1, 0), os._exit(0)
        return learn(images, labels, device, seed)
        """
    ),
    "wants_memory": with_train(
        """
        if len(images) > 20: much = torch.ones(300_000_000)
        return learn(images, labels, device, seed)
        """
    ),
    "wants_memory_of_a_gpu": with_train(
        """
        if len(images) > 20: raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate")
        return learn(images, labels, device, seed)
        """
    ),
    "writes_checkpoints": with_train(
        """
        model = learn(images, labels, device, seed)
        for epoch in range(100 if len(images) > 20 else 0):
            torch.save(torch.zeros(500_000), f"checkpoint-{epoch}.pt")
        return model
        """
    ),
    "loads_in_other_processes": with_train(
        """
        if len(images) > 20:
            for batch in torch.utils.data.DataLoader(range(9), num_workers=2): pass
        return learn(images, labels, device, seed)
        """
    ),
    "on_another_device": with_train(
        """
        model = learn(images, labels, device, seed)
        return model.to("meta") if len(images) > 20 else model
        """
    ),
    "no_predict": with_train("return learn(images, labels, device, seed)") + "\ndel predict\n",
    "knows_nothing": with_train("return nn.Sequential(nn.Flatten(), nn.Linear(3072, 10))"),
    "floats": with_predict("return answer(model, images).astype(float)"),
    "one_hot": with_predict("return np.eye(10)[answer(model, images)].astype(int)"),
    "too_few": with_predict("return answer(model, images)[:-1]"),
    "not_a_number": with_predict("return answer(model, images) * np.nan"),
    "generator": with_predict("return (n for n in answer(model, images))"),
    "tensor": with_predict("return torch.from_numpy(answer(model, images))"),
    "out_of_range": with_predict("return answer(model, images) + 10"),
    "table_of_labels": looks_up(permuted=False),
    "table_of_labels_renamed": looks_up(permuted=True),
    "smuggled": smuggled(adapting=False),
    "smuggled_adapting": smuggled(adapting=True),
    "smuggled_features": smuggled_features(),
    "smuggled_in_bulk": smuggled(adapting=True, more=25_000),
    "refuses_the_control": refuses_the_control(),
}


def graded(root, cases, **options):
    """The report of one run over ``cases``, source by name."""
    data = root / "data"
    data.mkdir()
    np.savez(
        data / "cifar10.npz",
        train_images=TRAIN_IMAGES, train_labels=TRAIN_LABELS,
        test_images=TEST_IMAGES, test_labels=TEST_LABELS,
    )  # fmt: skip
    for name, source in cases.items():
        file = root / "submissions" / name / "timed" / "timed.py"
        file.parent.mkdir(parents=True)
        file.write_text("# %%\n" + source, encoding="utf-8")
    chosen = run.Options(root / "submissions", COURSE, root / "results", lang="en", **options)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOGRADER_DATA", str(data))
        patch.setenv("XDG_CACHE_HOME", str(root / "cache"))
        patch.setattr(pace, "STEADY", 100.0)  # whatever else this machine does meanwhile
        return run.grade(chosen, lambda total: nullcontext(_Unwatched()))


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Every case graded, in one run."""
    report = graded(tmp_path_factory.mktemp("timed"), CASES, device="cpu")
    return {score.student: score for score in report.scores}


def accuracy_test(score):
    (test,) = [t for task in score.tasks for t in task.tests if t.name == "test_train_accuracy"]
    return test


@pytest.mark.parametrize(
    "name",
    ["right", "seeds_numpy", "ignores_the_seed", "prints_without_end", "learns_in_predict"],
)
def test_right_in_several_ways(results, name):
    test = accuracy_test(results[name])
    assert test.outcome == "passed", test.message
    assert test.points >= 8
    assert test.message.startswith("Accuracy: ")


@pytest.mark.parametrize(
    ("name", "outcome", "said"),
    [
        ("stub", "failed", "`train` is not written yet."),
        (
            "never_returns",
            "timeout",
            "`train` did not finish in time: training and predictions have",
        ),
        ("patched_clock", "timeout", "`train` did not finish in time"),
        ("predicts_for_ever", "timeout", "`train` did not finish in time"),
        ("returns_none", "failed", "`train` returns None; expected: a model."),
        ("raises", "error", "`train` raises `ValueError: the loss is NaN` (code cell 1, line "),
        ("exits", "crashed", "`train` ended the Python process abruptly"),
        ("wants_memory", "memory", "`train` asks for more memory than it may use (601 MiB)"),
        ("wants_memory_of_a_gpu", "memory", "memory of the GPU than it may use (8192 MiB)"),
        ("writes_checkpoints", "error", "The working folder may be full (64 MiB)"),
        ("loads_in_other_processes", "error", "use `num_workers=0` in `DataLoader`."),
        ("on_another_device", "error", "`predict` raises `"),
        ("no_predict", "failed", "The name `predict` is not defined anywhere"),
        ("knows_nothing", "failed", "All points take 70.0%"),
        ("floats", "failed", "the result is an array of floats, not of integers. It takes a NumPy"),
        ("one_hot", "failed", ", 10), which is not the right one"),
        ("too_few", "failed", "has the shape ("),
        ("not_a_number", "failed", "contains NaN or infinity"),
        ("generator", "failed", "the result is a generator, not a NumPy array"),
        ("tensor", "failed", "use `.detach().numpy()`"),
        ("out_of_range", "failed", "the result holds numbers outside 0 to 9"),
    ],
)
def test_each_way_to_fail_has_its_sentence(results, name, outcome, said):
    test = accuracy_test(results[name])
    assert (test.outcome, test.points) == (outcome, 0)
    assert said in test.message


def test_what_was_refused_to_a_training_is_its_students(results):
    asked = {name for name, score in results.items() if "kill" in score.refused}
    assert asked == {"exits"}


def test_a_table_of_the_test_labels_is_worth_what_it_knows_of_copies(results):
    for name in ("table_of_labels", "table_of_labels_renamed"):
        test = accuracy_test(results[name])
        assert test.points < 1, test.message
    assert "knows the published images much better than" in test.message


def test_weights_brought_along_are_told_from_learning(results):
    assert accuracy_test(results["smuggled"]).points < 1  # it names the wrong classes
    test = accuracy_test(results["smuggled_adapting"])
    assert test.points == 0
    assert "does not come from the training" in test.message


def test_more_than_can_be_controlled_does_not_count(results):
    test = accuracy_test(results["smuggled_in_bulk"])
    assert test.points == 0
    assert "kB when compressed; beyond 10 kB nobody can tell" in test.message


def test_refusing_the_control_does_not_help(results):
    test = accuracy_test(results["refuses_the_control"])
    assert test.points == 0
    assert "nobody can tell whether the model learnt here" in test.message


def test_features_brought_along_fit_no_disguise(results):
    test = accuracy_test(results["smuggled_features"])
    assert test.points == 0
    assert "upside down and in other colours" in test.message


def test_the_questions_do_not_follow_from_the_seed_that_is_given(results):
    assert accuracy_test(results["foresees_the_questions"]).points == 0


def test_every_case_is_looked_at(results):
    assert {name: score.status for name, score in results.items()} == dict.fromkeys(CASES, "graded")


def test_without_images_nothing_is_judged(tmp_path):
    file = tmp_path / "submissions" / "ann" / "timed" / "timed.py"
    file.parent.mkdir(parents=True)
    file.write_text("# %%\n" + REFERENCE, encoding="utf-8")
    options = run.Options(tmp_path / "submissions", COURSE, tmp_path / "results")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOGRADER_DATA", str(tmp_path / "nothing"))
        patch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
        (score,) = run.grade(options, lambda total: nullcontext(_Unwatched())).scores
    assert (score.status, score.score) == ("not_graded", None)
    assert "autograder data fetch cifar10" in score.reason
