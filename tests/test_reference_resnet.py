"""Reference and oracle of ``resnet`` against torchvision; right solutions in other styles."""

from __future__ import annotations

import pytest
import torch
from in_process import course_module, failed, grade_styles
from torch import nn
from torchvision.models.resnet import BasicBlock, ResNet

SLUG = "resnet"
resnet = course_module("reference/resnet.py")
oracle = course_module("assignments/resnet/oracle.py")


# ---------------------------------------------------------------- the reference and the oracle


def torchvisions(stages: int) -> nn.Module:
    """ResNet-18 of torchvision with a 3x3 stem, or its first three stages."""
    network = ResNet(BasicBlock, [2, 2, 2, 2], num_classes=10)
    network.conv1 = nn.Conv2d(3, 64, 3, padding=1, bias=False)
    network.maxpool = nn.Identity()
    if stages == 3:
        network.layer4 = nn.Identity()
        network.fc = nn.Linear(256, 10)
    return network


def with_weights_of(model: nn.Module, theirs: nn.Module) -> nn.Module:
    """``model`` with the values of ``theirs``, which registers its layers in the same order."""
    values = theirs.state_dict().values()
    model.load_state_dict(dict(zip(model.state_dict(), values, strict=True)))
    return model


def agree(model: nn.Module, theirs: nn.Module, seed: int) -> None:
    oracle.shake(theirs, seed)
    with_weights_of(model, theirs)
    images = torch.randn(4, 3, 16, 16, generator=torch.Generator().manual_seed(seed))
    with torch.no_grad():
        for training in (True, False):
            found = model.train(training)(images)
            torch.testing.assert_close(found, theirs.train(training)(images), rtol=1e-4, atol=1e-4)
            assert found.std() > 1e-3  # of the images, or this would show little


def count(model: nn.Module) -> int:
    return sum(weights.numel() for weights in model.parameters())


def test_the_course_s_parameter_counts():
    assert count(resnet.build_tiny_resnet()) == 2_777_674
    assert count(resnet.build_resnet18()) == 11_173_962
    assert count(resnet.build_plain18()) == 11_000_138
    assert count(resnet.build_resnet18(100)) == 11_173_962 + 90 * 513


@pytest.mark.parametrize(
    ("build", "widths"),
    [(resnet.build_tiny_resnet, oracle.TINY), (resnet.build_resnet18, oracle.RESNET18)],
)
def test_residual_networks_agree_with_torchvision(build, widths, seed):
    theirs = torchvisions(len(widths))
    agree(build(), theirs, seed)
    agree(oracle.network(widths), theirs, seed)


def test_plain_networks_agree_with_torchvision_s_without_its_additions(seed, monkeypatch):
    def forward(block, x):
        return block.bn2(block.conv2(block.bn1(block.conv1(x)).relu())).relu()

    monkeypatch.setattr(BasicBlock, "forward", forward)
    theirs = torchvisions(4)
    for stage in (theirs.layer2, theirs.layer3, theirs.layer4):
        stage[0].downsample = None
    agree(resnet.build_plain18(), theirs, seed)
    agree(oracle.network(oracle.RESNET18, "plain"), theirs, seed)


def test_no_mistake_of_the_oracle_computes_what_is_right(seed):
    torch.manual_seed(seed)
    images = torch.randn(4, 3, 16, 16)
    right = oracle.network(oracle.TINY)
    oracle.shake(right, seed)
    with torch.no_grad():
        wanted = right.eval()(images)
        for name in {*oracle.PROJECTION_MISTAKES, *oracle.NETWORK_MISTAKES}:
            formula, oddity = ("right", name) if name in oracle.NETWORK_MISTAKES else (name, "")
            wrong = oracle.network(oracle.TINY, formula, oddity)
            if name == "no_running_statistics":
                wrong.load_state_dict(right.state_dict(), strict=False)
            else:
                with_weights_of(wrong, right)
            assert not torch.allclose(wrong.eval()(images), wanted, rtol=1e-2), name


# ---------------------------------------------------------------- right in other styles

# As torchvision writes it: the shortcut comes from outside, layers of many blocks in one list.
TORCHVISION = """
class ResidualBlock(nn.Module):
    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__()
        self.relu = nn.ReLU(inplace=True)
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(out_channels)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(out_channels)
        self.downsample = None
        if stride != 1 or in_channels != out_channels:
            self.downsample = nn.Sequential(
                nn.Conv2d(in_channels, out_channels, 1, stride=stride, bias=False),
                nn.BatchNorm2d(out_channels),
            )

    def forward(self, x):
        identity = x
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        if self.downsample is not None:
            identity = self.downsample(x)
        out += identity
        return self.relu(out)

class Network(nn.Module):
    def __init__(self, stages, num_classes):
        super().__init__()
        self.in_planes = 64
        self.conv1 = nn.Conv2d(3, 64, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.layers = nn.ModuleList(
            self.stage(64 * 2**n, 1 if n == 0 else 2) for n in range(stages)
        )
        self.fc = nn.Linear(self.in_planes, num_classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            if isinstance(module, ResidualBlock):
                nn.init.zeros_(module.bn2.weight)

    def stage(self, planes, stride):
        first = ResidualBlock(self.in_planes, planes, stride)
        self.in_planes = planes
        return nn.Sequential(first, ResidualBlock(planes, planes))

    def forward(self, x):
        x = torch.relu(self.bn1(self.conv1(x)))
        for layer in self.layers:
            x = layer(x)
        return self.fc(x.mean(dim=(2, 3)))

def build_tiny_resnet(num_classes=10):
    return Network(3, num_classes)

def build_resnet18(num_classes=10):
    return Network(4, num_classes)
"""
# The shortcut is registered and computed first, an identity where nothing is needed.
SHORTCUT_FIRST = """
class ResidualBlock(nn.Module):
    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__()
        if stride == 1 and in_channels == out_channels:
            self.shortcut = nn.Identity()
        else:
            self.shortcut = nn.Sequential(
                nn.Conv2d(in_channels, out_channels, (1, 1), (stride, stride), bias=False),
                nn.BatchNorm2d(out_channels),
            )
        self.residual = nn.Sequential(
            nn.Conv2d(in_channels, out_channels, 3, stride, 1, bias=False),
            nn.BatchNorm2d(out_channels),
            nn.ReLU(inplace=True),
            nn.Conv2d(out_channels, out_channels, 3, 1, 1, bias=False),
            nn.BatchNorm2d(out_channels),
        )

    def forward(self, x):
        return F.relu(self.shortcut(x) + self.residual(x), inplace=True)
"""
# All convolutions are registered before all normalisations, the head before the stem.
OTHER_ORDER = """
class ResidualBlock(nn.Module):
    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__()
        self.projects = stride > 1 or in_channels != out_channels
        self.bn2, self.bn1 = nn.BatchNorm2d(out_channels), nn.BatchNorm2d(out_channels)
        if self.projects:
            self.shortcut_bn = nn.BatchNorm2d(out_channels)
            self.shortcut = nn.Conv2d(in_channels, out_channels, 1, stride, bias=False)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding="same", bias=False)
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, stride, 1, bias=False)

    def forward(self, x):
        out = self.bn2(self.conv2(self.bn1(self.conv1(x)).clamp(min=0)))
        return torch.relu(out + (self.shortcut_bn(self.shortcut(x)) if self.projects else x))

class Backwards(nn.Module):
    def __init__(self, widths, num_classes, block):
        super().__init__()
        self.head = nn.Linear(widths[-1], num_classes)
        pairs = list(zip((64,) + widths, widths))
        blocks = [(block(b, b), block(a, b, 1 if a == b else 2)) for a, b in pairs[::-1]]
        self.blocks = nn.ModuleList(each for pair in blocks for each in pair)
        self.stem = nn.Sequential(
            nn.Conv2d(3, 64, 3, padding=1, bias=False), nn.BatchNorm2d(64), nn.ReLU()
        )

    def forward(self, x):
        x = self.stem(x)
        for each in reversed(self.blocks):
            x = each(x)
        return self.head(torch.flatten(F.adaptive_avg_pool2d(x, (1, 1)), 1))

class PlainBlock(nn.Module):
    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__()
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(out_channels)
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(out_channels)

    def forward(self, x):
        return F.relu(self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x))))))

def build_tiny_resnet(num_classes=10):
    return Backwards((64, 128, 256), num_classes, ResidualBlock)

def build_resnet18(num_classes=10):
    return Backwards((64, 128, 256, 512), num_classes, ResidualBlock)

def build_plain18(num_classes=10):
    return Backwards((64, 128, 256, 512), num_classes, PlainBlock)
"""
# One class for everything; the skip is an option; nn.functional does what it can.
OPTION = """
class ResidualBlock(nn.Module):
    def __init__(self, in_channels, out_channels, stride=1, skip=True):
        super().__init__()
        self.skip = skip
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(out_channels)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(out_channels)
        self.shortcut = nn.ModuleList()
        if skip and (stride != 1 or in_channels != out_channels):
            self.shortcut.append(nn.Conv2d(in_channels, out_channels, 1, stride, bias=False))
            self.shortcut.append(nn.BatchNorm2d(out_channels))

    def forward(self, x):
        around = x
        for layer in self.shortcut:
            around = layer(around)
        out = self.bn2(self.conv2(self.bn1(self.conv1(x)).relu_()))
        if self.skip:
            out = torch.add(out, around)
        return out.relu_()

def _network(widths, num_classes, skip):
    network = nn.Sequential()
    network.add_module("stem", nn.Conv2d(3, 64, 3, 1, 1, bias=False))
    network.add_module("stem_norm", nn.BatchNorm2d(64))
    network.add_module("stem_relu", nn.ReLU())
    before = 64
    for number, width in enumerate(widths):
        for part in range(2):
            stride = 2 if number > 0 and part == 0 else 1
            network.add_module(f"{number}_{part}", ResidualBlock(before, width, stride, skip))
            before = width
    network.add_module("pool", nn.AdaptiveAvgPool2d((1, 1)))
    network.add_module("flat", nn.Flatten())
    network.add_module("logits", nn.LazyLinear(num_classes))
    network(torch.zeros(2, 3, 16, 16))  # gives the lazy layer its size
    return network

def build_tiny_resnet(num_classes=10):
    return _network([64, 128, 256], num_classes, True)

def build_resnet18(num_classes=10):
    return _network([64, 128, 256, 512], num_classes, True)

def build_plain18(num_classes=10):
    return _network([64, 128, 256, 512], num_classes, False)
"""
STYLES = {
    "torchvision": TORCHVISION,
    "shortcut first": SHORTCUT_FIRST,
    "other order": OTHER_ORDER,
    "option": OPTION,
}


def test_right_solutions_in_other_styles_get_full_marks(seed):
    for name, results in grade_styles(SLUG, STYLES, seed).items():
        assert failed(results) == set(), name
        assert sum(result.points for result in results.values()) == 20, name
