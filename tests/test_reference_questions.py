"""The right letters of ``questions`` against torch, and the figures of its texts."""

from __future__ import annotations

import re

import pytest
import torch
import yaml
from in_process import ROOT, course_module, failed, grade, reference, shown_hints
from torch import nn

from autograder import course

SLUG = "questions"
answers = course_module("reference/questions.py")
oracle = course_module("assignments/questions/oracle.py")
TASKS = course.load(ROOT).assignments[SLUG].tasks
MANUAL = [task.id for task in TASKS if task.manual]
NOTEBOOK = (ROOT / "assignments/questions/notebook.py").read_text(encoding="utf-8")


def option(number: int, letter: str) -> str:
    """What the notebook offers under this letter."""
    choice = NOTEBOOK.split(f"# ### Choice {number}\n")[1].split("# %% task=")[0]
    return re.search(rf"# - \*\*{letter}\*\*: (.*)", choice)[1].replace(",", "")


def count(model: nn.Module) -> int:
    return sum(weights.numel() for weights in model.parameters() if weights.requires_grad)


# ---------------------------------------------------------------- the letters


def test_output_size():
    network = nn.Sequential(nn.Conv2d(1, 1, 3), nn.MaxPool2d(2))
    height, width = network(torch.zeros(1, 1, 28, 28)).shape[2:]
    assert option(1, answers.quiz_output_size()) == f"{height}×{width}"


def test_parameters():
    assert option(2, answers.quiz_parameters()) == str(count(nn.Conv2d(3, 64, 3)))


def test_max_gradient():
    window = torch.tensor([[[1.0, 3.0], [5.0, 2.0]]], requires_grad=True)
    (4 * nn.functional.max_pool2d(window, 2)).sum().backward()
    rows = r" \\ ".join(" & ".join(f"{n:g}" for n in row) for row in window.grad[0].tolist())
    letter = answers.quiz_max_gradient()
    assert rf"\textbf{{{letter}}}\; \begin{{bmatrix}} {rows} \end{{bmatrix}}" in NOTEBOOK


def test_receptive_field():
    network = nn.Sequential(nn.Conv2d(1, 1, 3, stride=2), nn.Conv2d(1, 1, 3))
    nn.init.ones_(network[0].weight)
    nn.init.ones_(network[1].weight)
    image = torch.zeros(1, 1, 31, 31, requires_grad=True)
    network(image)[0, 0, 3, 3].backward()
    seen = (image.grad[0, 0] != 0).any(dim=0).nonzero()
    side = int(seen.max() - seen.min()) + 1
    assert option(4, answers.quiz_receptive_field()) == f"{side}×{side}"


def test_skip_gradient():
    x = torch.tensor(0.0, requires_grad=True)
    (3.0 * (x**2 + 5.0 + x)).backward()  # F(x) = x² + 5: its derivative is zero here, F is not
    meant = {"$g$": 3.0, "0": 0.0, "$g / 2$": 1.5, r"$g \cdot F(x)$": 15.0}
    assert meant[option(5, answers.quiz_skip_gradient())] == x.grad.item()
    assert len({*meant.values()}) == 4


def test_frozen_weights():
    torchvision = pytest.importorskip("torchvision", reason="the backbone comes from torchvision")
    network = torchvision.models.resnet18(weights=None)
    network.requires_grad_(False)
    network.fc = nn.Linear(512, 2)
    assert option(6, answers.quiz_frozen_weights()) == str(count(network))
    network.requires_grad_(True)
    assert option(6, oracle.CHOICES["quiz_frozen_weights"][1]["frozen_everything"]) == str(
        count(network)
    )


# ---------------------------------------------------------------- what wrong letters earn


def test_every_letter_is_right_or_explained(seed):
    right = reference(SLUG)
    for task, (letter, mistakes) in oracle.CHOICES.items():
        assert {letter, *mistakes.values()} == set("abcd")
        assert getattr(answers, task)() == letter
    sources = {
        hint: f'{right}\ndef {task}():\n    return "{letter}"\n'
        for task, (_, mistakes) in oracle.CHOICES.items()
        for hint, letter in mistakes.items()
    }
    texts = {id: text.en for id, text in course.load(ROOT).assignments[SLUG].hints.items()}
    assert sources.keys() == texts.keys()
    for hint, results in grade(SLUG, sources, seed).items():
        task = next(task for task, (_, known) in oracle.CHOICES.items() if hint in known)
        assert failed(results) == {f"test_{task.removeprefix('quiz_')}"}
        assert shown_hints(results, task) == {texts[hint]}


def test_no_letter_is_right_more_often_than_twice():
    letters = [letter for letter, _ in oracle.CHOICES.values()]
    assert max(map(letters.count, letters)) <= 2


def test_a_visible_test_earns_nothing(seed):
    (results,) = grade(SLUG, {"reference": reference(SLUG)}, seed).values()
    assert failed(results) == set()
    assert {result.max_points for result in results.values() if result.visibility == "visible"} == {
        0
    }
    assert sum(result.points for result in results.values()) == 6


# ---------------------------------------------------------------- the written part


def test_points():
    assert sum(task.points for task in TASKS) == 20
    assert len(MANUAL) == 7
    assert {task.points for task in TASKS if task.manual} == {2}


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("name", MANUAL)
def test_a_mark_scheme_shares_out_all_points(name, lang):
    scheme = next(task for task in TASKS if task.id == name).mark_scheme.to(lang)
    points = [float(n.replace(",", ".")) for n in re.findall(r"(?m)^- (\d[.,]?\d*) point", scheme)]
    most = 3 * points[0] + points[1] if name == "why_pooling" else sum(points)
    assert most == 2  # of the uses of pooling, up to three count


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("name", MANUAL)
def test_the_two_languages_have_the_same_figures(name, lang):
    def figures(text: str) -> list[str]:
        return sorted(re.findall(r"\d+", re.sub(r"(?<=\d)[, \u00a0](?=\d{3})", "", text)))

    texts = getattr(answers, name)
    assert figures(texts["fr"]) == figures(texts["en"])
    assert len(texts[lang]) > 200


def test_figures_of_the_texts():
    dense = nn.Linear(28 * 28 * 3, 28 * 28)
    assert "1,843,968 weights" in answers.why_fewer_parameters["en"].replace("\n", " ")
    assert (dense.weight.numel(), count(dense)) == (1_843_968, 1_844_752)
    assert count(nn.Conv2d(3, 1, 3)) == 28
    sizes = nn.Sequential(*[nn.Conv2d(1, 1, 5) for _ in range(3)])(torch.zeros(1, 1, 32, 32)).shape
    assert sizes[2:] == (20, 20)
    assert 28 * 28 * 32 * 4 == 100_352
    assert 14 * 14 * 32 * 4 == 25_088
    schemes = yaml.safe_load((ROOT / "assignments/questions/assignment.yaml").read_bytes())["tasks"]
    assert "1,844,752" in schemes["why_fewer_parameters"]["mark_scheme"]["en"]
    assert "100,352" in schemes["why_pooling"]["mark_scheme"]["en"]
