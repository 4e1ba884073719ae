"""What the children of one sandbox may use beyond what all may; nothing, for most."""

from __future__ import annotations

from dataclasses import dataclass

from autograder.sandbox.gpu import Gpu


@dataclass(frozen=True)
class Grant:
    """A GPU, and networks that were trained elsewhere.

    Args:
        gpu: the device that trainings use; needs tier S2.
        pretrained: packages that bring such networks' weights are there.
        weights: a file of them below ``hub/checkpoints`` of a home of torch; "": none.
    """

    gpu: Gpu | None = None
    pretrained: bool = False
    weights: str = ""


NOTHING = Grant()
