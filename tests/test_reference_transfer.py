"""The reference of ``transfer``, what students are given, and right solutions in other styles."""

from __future__ import annotations

import ast

import numpy as np
import pytest
import torch
from in_process import ROOT, course_module, failed, grade_styles
from torch import nn

from autograder import data

SLUG = "transfer"
transfer = course_module("reference/transfer.py")
given = course_module("assignments/transfer/imagenet.py")


def bodies(path):
    """Of each function of a module or notebook: its statements, without annotations."""
    module = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    found = {}
    for node in module.body:
        if isinstance(node, ast.FunctionDef):
            plain = [
                ast.Assign([n.target], n.value) if isinstance(n, ast.AnnAssign) else n
                for n in node.body
            ]
            found[node.name] = [ast.unparse(ast.fix_missing_locations(n)) for n in plain]
    return found


def test_the_notebook_gives_what_the_reference_uses():
    notebook = bodies(f"assignments/{SLUG}/notebook.py")
    reference = bodies(f"reference/{SLUG}.py")
    for name in ("head_name", "set_layer", "in_batches", "fit"):
        assert notebook[name] == reference[name]
    assert notebook["backbone"] == bodies(f"assignments/{SLUG}/imagenet.py")["backbone"]


def test_the_backbone_is_a_chain_that_ends_with_its_head():
    model = given.backbone()
    assert transfer.head_name(model) == "head"
    assert model.head.out_features == 1000
    assert sum(weight.numel() for weight in model.parameters()) in (4_652_008, 11_689_512)


def test_both_kinds_of_network_are_frozen_and_get_a_head():
    from efficientnet_lite_pytorch import EfficientNet
    from torchvision.models import resnet18

    for model, width in ((resnet18(), 512), (EfficientNet.from_name("efficientnet-lite0"), 1280)):
        transfer.freeze_backbone(transfer.replace_head(model, 2))
        left = [weight.shape for weight in model.parameters() if weight.requires_grad]
        assert left == [(2, width), (2,)]


def test_a_network_that_is_no_chain_is_fine_tuned_as_a_whole(seed):
    class Plain(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.fc = nn.Conv2d(3, 4, 3), nn.Linear(4, 7)

        def forward(self, x):
            return self.fc(self.conv(x).relu().mean(dim=(2, 3)))

    torch.manual_seed(seed)
    images = np.repeat(np.array([10, 240] * 8, np.uint8), 192).reshape(16, 8, 8, 3)
    model = Plain()
    before = model.conv.weight.detach().clone()
    trained = transfer.train_fine_tuning(model, images, np.arange(16) % 2, "cpu", seed)
    assert not torch.equal(trained.conv.weight, before)
    assert transfer.predict(trained, images).shape == (16,)


@pytest.mark.slow
def test_photographs_are_told_apart(real_data, seed):
    images = data.subset(data.cats_vs_dogs(), 120, 60, seed)
    model = given.backbone()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    trained = transfer.train_feature_extraction(
        model, images.train_images, images.train_labels, "cpu", 0
    )
    after = trained.state_dict()
    assert all(torch.equal(after[n], before[n]) for n in before if not n.startswith("head"))
    assert np.mean(transfer.predict(trained, images.test_images) == images.test_labels) > 0.8


# ---------------------------------------------------------------- right solutions in other styles

LOOPS = """
def freeze_backbone(model):
    for layer in model.modules():
        layer.eval()
    for param in model.parameters():
        param.requires_grad = False
    for param in model.get_submodule(head_name(model)).parameters():
        param.requires_grad = True

def replace_head(model, num_classes):
    parts = head_name(model).split(".")
    parent = model
    for part in parts[:-1]:
        parent = getattr(parent, part)
    old = getattr(parent, parts[-1])
    setattr(parent, parts[-1], nn.Linear(old.in_features, num_classes))
"""
DROPOUT_BEFORE_THE_HEAD = """
def replace_head(model, num_classes):
    name = head_name(model)
    width = model.get_submodule(name).in_features
    set_layer(model, name, nn.Sequential(nn.Dropout(0.3), nn.Linear(width, num_classes)))
"""
TORCHVISION = """
def predict(model, images):
    from torchvision.transforms import v2
    prepare = v2.Compose([
        v2.ToDtype(torch.float32, scale=True),
        v2.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
    ])
    model.eval()
    with torch.inference_mode():
        pixels = [prepare(torch.tensor(image).permute(2, 0, 1)) for image in images]
        found = [model(image[None]).argmax().item() for image in pixels]
    return np.array(found)
"""
EPOCHS_THROUGH_THE_NETWORK = """
def _train(model, images, labels, seed, unfreeze):
    torch.manual_seed(seed)
    freeze_backbone(model)
    replace_head(model, len(np.unique(labels)))
    x = torch.from_numpy((images / 255 - MEAN.numpy()) / STD.numpy()).float().permute(0, 3, 1, 2)
    y = torch.from_numpy(labels)
    for stage in range(2 if unfreeze else 1):
        if stage == 1:
            for layer in list(model)[-8:]:
                layer.requires_grad_(True)
        optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], 0.01)
        for _ in range(3):
            optimizer.zero_grad()
            F.cross_entropy(model(x), y).backward()
            optimizer.step()
    return model

def train_feature_extraction(model, images, labels, device, seed):
    return _train(model, images, labels, seed, False)

def train_fine_tuning(model, images, labels, device, seed):
    return _train(model, images, labels, seed, True)
"""
BY_NAME = """
def train_fine_tuning(model, images, labels, device, seed):
    model = train_feature_extraction(model, images, labels, device, seed)
    for name, weight in model.named_parameters():
        weight.requires_grad = name.startswith(("block15", "block16", "top", "head"))
    optimizer = torch.optim.Adam(model.parameters(), 1e-4)
    x = torch.from_numpy((images / 255 - MEAN.numpy()) / STD.numpy()).float().permute(0, 3, 1, 2)
    F.cross_entropy(model(x), torch.from_numpy(labels)).backward()
    optimizer.step()
    return model
"""
STYLES = {
    "loops": LOOPS,
    "dropout": DROPOUT_BEFORE_THE_HEAD,
    "torchvision": TORCHVISION,
    "epochs": EPOCHS_THROUGH_THE_NETWORK,
    "by name": BY_NAME,
    "both": LOOPS + TORCHVISION,
}


def test_right_solutions_in_other_styles_get_full_marks(seed):
    for name, results in grade_styles(SLUG, STYLES, seed).items():
        assert failed(results) == set(), name
        assert sum(result.points for result in results.values()) == 16, name
