"""The pieces of a timed training: questions and marks, the control, the pace of a machine."""

import base64
import json
import multiprocessing
import time
from pathlib import Path

import numpy as np
import pytest

from autograder.data import Images
from autograder.model import Cell, Outcome, StudentSource
from autograder.training import Trained, control, pace, text
from autograder.training.exam import BadPredictions, Exam, Marks, altered
from autograder.training.pace import Pace
from autograder.verdict import Judged

RNG = np.random.default_rng(3)


def images(train=50, test=400, classes=10, side=8):
    def some(count):
        pixels = RNG.integers(0, 256, (count, side, side, 3), np.uint8)
        return pixels, RNG.permutation(np.arange(count) % classes)

    return Images(*some(train), *some(test))


# ---------------------------------------------------------------- questions and marks


def answered(exam, answer):
    """Every batch answered by ``answer(batch)``, as class numbers."""
    return [exam.answer(answer(batch), batch) for batch in exam.batches()]


def test_every_image_and_every_copy_is_asked_about_once(seed):
    data = images()
    exam = Exam(data, np.random.default_rng(seed))
    asked = np.concatenate(list(exam.batches()))
    assert len(asked) == 400 + 400
    published = {image.tobytes() for image in data.test_images}
    assert len(published & {image.tobytes() for image in asked}) == 400


def test_the_order_and_the_class_numbers_are_new_each_time():
    data = images()
    exams = [Exam(data, np.random.default_rng(n)) for n in range(6)]
    assert len({next(iter(exam.batches()))[0].tobytes() for exam in exams}) > 1
    assert len({exam.train_labels.tobytes() for exam in exams}) > 1
    for exam in exams:  # the same renaming for training and for the marks
        pairs = set(zip(data.train_labels, exam.train_labels, strict=True))
        pairs |= set(zip(data.test_labels, exam.test_labels, strict=True))
        assert len(pairs) == 10


def test_marks_of_who_knows_the_published_images_only(seed):
    data = images()
    exam = Exam(data, np.random.default_rng(seed))
    table = dict(zip((i.tobytes() for i in data.test_images), exam.test_labels, strict=True))
    marks = exam.mark(answered(exam, lambda b: np.array([table.get(i.tobytes(), 0) for i in b])))
    assert marks.accuracy == marks.originals == 1.0
    assert marks.gap
    assert marks.copies < marks.counted < marks.copies + 0.2


@pytest.mark.parametrize(
    ("accuracy", "copies", "counted"),
    [(0.77, 0.74, 0.77), (0.77, 0.71, 0.77), (0.77, 0.69, 0.755), (1.0, 0.1, 0.165)],
)
def test_what_counts_is_never_much_more_than_on_copies(accuracy, copies, counted):
    marks = Marks(accuracy, 10_000, accuracy, copies, 10_000)
    assert marks.counted == pytest.approx(counted)
    assert marks.gap == (counted < accuracy)


def test_marks_of_who_knows_nothing(seed):
    exam = Exam(images(), np.random.default_rng(seed))
    marks = exam.mark(answered(exam, lambda batch: np.zeros(len(batch), int)))
    assert marks.accuracy == marks.counted == 0.1
    assert not marks.gap


def test_published_answers_come_back_in_their_own_order(seed):
    data = images()
    exam = Exam(data, np.random.default_rng(seed))
    given = answered(exam, lambda batch: batch[:, 0, 0, 0].astype(int) % 10)
    assert exam.published(given).tolist() == (data.test_images[:, 0, 0, 0] % 10).tolist()


@pytest.mark.parametrize(
    "returned",
    [
        None, 3, np.zeros(4), np.zeros(4, bool), np.zeros(3, int), np.zeros((4, 1), int),
        np.full(4, -1), np.full(4, 10), np.full(4, np.nan), np.array(2), "1234",
        np.full(4, 2**63, np.uint64), [0, 1, 2, 10], [0, 1, 2], [0, 1, 2, True], [0, 1, 2, 3.0], [],
    ],
)  # fmt: skip
def test_what_is_no_prediction(returned):
    exam = Exam(images(), np.random.default_rng(0))
    with pytest.raises(BadPredictions):
        exam.answer(returned, np.zeros((4, 8, 8, 3), np.uint8))


@pytest.mark.parametrize("returned", [[0, 1, 2, 3], (0, 1, 2, 3)])
def test_a_list_of_integers_is_a_prediction(returned):
    exam = Exam(images(), np.random.default_rng(0))
    assert exam.answer(returned, np.zeros((4, 8, 8, 3), np.uint8)).tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("dtype", ["i1", "u1", "i4", "u8", "i8"])
def test_any_integers_are_predictions(dtype):
    exam = Exam(images(), np.random.default_rng(0))
    found = exam.answer(np.arange(4).astype(dtype), np.zeros((4, 8, 8, 3), np.uint8))
    assert found.dtype == np.int64
    assert found.tolist() == [0, 1, 2, 3]


def test_copies_are_all_different_and_almost_the_same(seed):
    data = images(side=32).test_images // 2 + 60
    copies = altered(data, np.random.default_rng(seed))
    assert copies.shape == data.shape
    assert copies.dtype == np.uint8
    assert (copies != data).any(axis=(1, 2, 3)).all()
    assert abs(float(copies.mean()) - float(data.mean())) < 10


# ---------------------------------------------------------------- what a training earns


def trained(accuracy, copies=None, doubt=None, short=False, again=None):
    copies = accuracy if copies is None else copies
    marks = Marks(accuracy, 10_000, accuracy, copies, 10_000)
    return Trained(marks, 61.0, 300.0, short, {}, {}, again, lambda: doubt)


def earned(one, **more):
    with pytest.raises(Judged) as caught:
        one.earn(part=0.60, full=0.75, bonus={0.85: 0.05, 0.9: 0.1}, short=(0.1, 0.3), **more)
    return caught.value


@pytest.mark.parametrize(
    ("accuracy", "share", "outcome"),
    [
        (0.1, 0, "failed"), (0.6, 0, "failed"), (0.675, 0.5, "failed"), (0.75, 1, "passed"),
        (0.849, 1, "passed"), (0.85, 1.05, "passed"), (0.9, 1.1, "passed"), (1.0, 1.1, "passed"),
    ],
)  # fmt: skip
def test_the_ramp(accuracy, share, outcome):
    judged = earned(trained(accuracy))
    assert judged.share == pytest.approx(share)
    assert judged.outcome is Outcome(outcome)


def test_near_the_edge_the_better_of_two_counts():
    better = trained(0.77)
    assert earned(trained(0.748, again=lambda: better)).share == 1
    assert earned(trained(0.748, again=lambda: trained(0.7))).share == pytest.approx(0.148 / 0.15)

    def fails():
        raise Judged(Outcome.TIMEOUT, 0.0, text.crashed("train"))

    assert earned(trained(0.748, again=fails)).share == pytest.approx(0.148 / 0.15)


def test_a_gap_and_knowledge_from_elsewhere_cost_the_points():
    judged = earned(trained(0.95, copies=0.2))
    assert judged.share == 0
    assert "95,0 % contre 20,0 %" in judged.text.fr
    judged = earned(trained(0.95, doubt=text.FROM_NO_LABELS))
    assert trained(0.95, doubt=text.FROM_NO_LABELS).accuracy == 0
    assert judged.share == 0
    assert "labels drawn at random" in judged.text.en


def test_nothing_is_asked_about_who_earns_nothing():
    def asked():
        raise AssertionError("a control takes as long as the training")

    marks = Marks(0.6, 10_000, 0.6, 0.6, 2_000)
    assert earned(Trained(marks, 61.0, 300.0, False, {}, {}, None, asked)).share == 0


def test_the_short_track_has_its_own_thresholds_and_no_bonus():
    assert earned(trained(0.95, short=True)).share == 1
    assert earned(trained(0.2, short=True)).share == pytest.approx(0.5)


def test_a_share_just_below_is_not_rounded_up():
    assert text.percent(0.74999, "fr") == "74,9 %"
    assert text.percent(0.75, "en") == "75.0%"
    assert text.percent(0.583, "en") == "58.3%"


# ---------------------------------------------------------------- the control


def test_how_much_answers_tell():
    labels = np.arange(1000) % 10
    rng = np.random.default_rng(5)
    assert control.separation((labels * 3 + 1) % 10, labels) == pytest.approx(1)
    assert control.separation(np.zeros(1000, int), labels) == pytest.approx(0)
    assert control.separation(rng.integers(0, 10, 1000), labels) < 0.05
    merged = control.separation(labels // 2, labels)  # a vote that sends classes in pairs
    assert merged > control.TELLS_APART
    noisy = np.where(rng.random(1000) < 0.6, labels, rng.integers(0, 10, 1000))
    assert control.separation(noisy, labels) > control.TELLS_APART


def source(*cells):
    return StudentSource(tuple(Cell(n, text) for n, text in enumerate(cells, 1)))


def test_the_bulk_of_a_notebook():
    long = Path(control.__file__).parent.parent
    code = "".join(p.read_text(encoding="utf-8") for p in sorted(long.glob("*.py"))[:20])
    assert len(code) > 40_000  # more than a notebook
    assert control.bulk(source(code)) < len(code) / 3
    weights = np.random.default_rng(0).bytes(21_000)
    for form in (repr(list(weights)), repr(base64.b64encode(weights)), weights.hex()):
        assert control.bulk(source(f"W = {form}")) > 20_000
    assert control.bulk(source("\ud800" * 3, "-" * 10**6 + "1")) < 2_000


def test_labels_that_mean_nothing(seed):
    data = images(train=500)
    made = control.meaningless(data, np.random.default_rng(seed))
    # As many of each as there are: their number must not tell that this is the control.
    assert (np.bincount(made.train_labels) == np.bincount(data.train_labels)).all()
    assert made.train_images is data.train_images
    assert control.separation(made.train_labels, data.train_labels) < 0.5
    assert not control.has_few_classes(data)
    assert control.has_few_classes(images(classes=2))


def test_questions_and_lessons_exchanged():
    data = images(train=50, test=20, classes=2)
    data = data._replace(train_labels=np.sort(data.train_labels))
    other = control.exchanged(data)
    assert other.train_images is data.test_images
    assert len(other.test_images) == len(other.test_labels) == 20
    assert np.bincount(other.test_labels).tolist() == [10, 10]
    known = {one.tobytes() for one in data.train_images}
    assert all(one.tobytes() in known for one in other.test_images)


def test_a_disguise_keeps_all_that_can_be_learnt(seed):
    data = images(train=50, side=8)
    rng = np.random.default_rng(seed)
    for _ in range(20):
        other = control.disguised(data, rng)
        for name in ("train_labels", "test_labels"):
            assert (getattr(data, name) == getattr(other, name)).all()
        for name in ("train_images", "test_images"):
            plain, changed = getattr(data, name), getattr(other, name)
            assert changed.dtype == np.uint8
            assert changed.shape == plain.shape
            # Each colour is another one along a curve that rises or falls everywhere.
            turned = plain[:, ::-1]
            found = [
                [abs(rank_correlation(changed[..., c].ravel(), turned[..., d].ravel())) > 0.98
                 for d in range(3)]
                for c in range(3)
            ]  # fmt: skip
            assert np.sum(found, axis=0).tolist() == np.sum(found, axis=1).tolist() == [1, 1, 1]
            assert not np.eye(3, dtype=bool)[np.array(found)].all()


def test_disguises_differ():
    data = images(train=5, side=8)
    rng = np.random.default_rng(0)
    assert len({control.disguised(data, rng).test_images.tobytes() for _ in range(10)}) == 10


def rank_correlation(a, b):
    ranks = [one.astype(float).argsort().argsort() for one in (a, b)]
    return np.corrcoef(*ranks)[0, 1]


@pytest.mark.parametrize(("share", "told"), [(0.75, False), (0.70, False), (0.68, True)])
def test_what_was_learnt_elsewhere(share, told):
    plain, other = (Marks(one, 10_000, one, one, 2_000) for one in (0.75, share))
    assert control.fits_plain_images_only(plain, other) == told


# ---------------------------------------------------------------- the pace of a machine


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setattr(pace, "cache_folder", lambda: tmp_path)
    return tmp_path


def measure(probes, references, key="key"):
    """``measured`` with these times in turn, and how many of each were taken."""
    probes, references = list(probes), list(references)
    total = len(probes), len(references)
    found = pace.measured(key, lambda: probes.pop(0), lambda: references.pop(0))
    return found, (total[0] - len(probes), total[1] - len(references))


def test_the_pace_is_kept(cache):
    assert measure([1.0, 1.1], [60.0]) == (Pace(60.0, 1.0), (2, 1))
    assert measure([1.15], []) == (Pace(60.0, 1.0), (1, 0))
    assert measure([1.0, 1.0], [7.0], key="other") == (Pace(7.0, 1.0), (2, 1))


def test_another_pace_is_measured_again(cache):
    measure([1.0, 1.0], [60.0])
    assert measure([1.3, 1.3], [80.0]) == (Pace(80.0, 1.3), (2, 1))
    assert measure([0.9, 0.9], [55.0]) == (Pace(55.0, 0.9), (2, 1))


def test_on_an_unsteady_machine_the_slowest_counts_and_nothing_is_kept(cache):
    found, taken = measure([1.0, 2.0, 1.0, 2.0], [60.0, 90.0, 70.0])
    assert found.reference == 90.0
    assert taken == (4, 3)
    assert not (cache / "pace.json").exists()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"key": 3}', '{"key": ["a", "b"]}', "null"])
def test_a_damaged_file_is_made_anew(cache, content):
    (cache / "pace.json").write_text(content)
    assert measure([1.0, 1.0], [60.0])[1] == (2, 1)
    assert json.loads((cache / "pace.json").read_text()) == {"key": [60.0, 1.0]}


def hold(folder, entered, leave):
    pace.cache_folder = lambda: folder
    with pace.alone("cpu"):
        entered.set()
        leave.wait(20)


def test_one_training_at_a_time(cache):
    context = multiprocessing.get_context("fork")
    entered, leave = context.Event(), context.Event()
    other = context.Process(target=hold, args=(cache, entered, leave))
    other.start()
    assert entered.wait(20)
    waited = context.Event()

    def wait_for_it():
        with pace.alone("cpu"):
            waited.set()

    third = context.Process(target=wait_for_it)
    third.start()
    time.sleep(0.3)
    assert not waited.is_set()
    leave.set()
    assert waited.wait(20)
    other.join()
    third.join()
