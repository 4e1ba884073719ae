import torch
from torch import nn
import torch.nn.functional as F


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
