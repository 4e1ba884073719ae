import torch
from torch import nn
import torch.nn.functional as F


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
