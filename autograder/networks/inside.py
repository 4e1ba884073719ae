"""What runs in the student's process to learn of a model there, torch or Keras.

Only the text of each function goes there (see ``Student.inside``), so each imports what it needs.
Methods are torch's own: a model's class may have others of the same name.
"""

from __future__ import annotations

from typing import Any


def weights(model: Any) -> Any:
    """Trainable weights by name."""
    from torch.nn import Module

    if any(cls.__module__.startswith("keras.") for cls in type(model).__mro__):
        return {v.path: v.value.detach().cpu().numpy() for v in model.trainable_weights}
    return {
        name: weight.detach().cpu().numpy()
        for name, weight in Module.named_parameters(model)
        if weight.requires_grad
    }


def trainable(model: Any) -> Any:
    """Names of the trainable weights."""
    from torch.nn import Module

    return [name for name, weight in Module.named_parameters(model) if weight.requires_grad]


def is_lazy(model: Any) -> Any:
    """Whether a layer waits for its first input to know its sizes."""
    import torch
    from torch.nn import Module

    return any(map(torch.nn.parameter.is_lazy, Module.parameters(model)))


def state(model: Any) -> Any:
    """Weights and buffers by name."""
    from torch.nn import Module

    if any(cls.__module__.startswith("keras.") for cls in type(model).__mro__):
        return {v.path: v.value.detach().cpu().numpy() for v in model.weights}
    found = {**dict(Module.named_parameters(model)), **dict(Module.named_buffers(model))}
    return {name: value.detach().cpu().numpy() for name, value in found.items()}


def outputs(model: Any, inputs: Any, training: Any, seed: Any) -> Any:
    """What the model gives for ``inputs``; every mode is put back."""
    import torch

    torch.default_generator.manual_seed(seed)  # `torch.manual_seed` takes several ms
    if any(cls.__module__.startswith("keras.") for cls in type(model).__mro__):
        with torch.no_grad():
            found = model(inputs, training=bool(training))
    else:
        modes = [(module, module.training) for module in model.modules()]
        if training is not None:
            model.train(training)
        try:
            with torch.no_grad():
                found = model(torch.from_numpy(inputs))
        finally:
            for module, mode in modes:
                module.training = mode
    return found.detach().cpu().numpy() if isinstance(found, torch.Tensor) else found


def gradients(model: Any, inputs: Any, labels: Any, training: Any, seed: Any) -> Any:
    """Gradients of the mean cross-entropy, by weight."""
    import torch
    from torch.nn import Module

    torch.default_generator.manual_seed(seed)  # `torch.manual_seed` takes several ms
    modes = [(module, module.training) for module in model.modules()]
    model.train(training)
    try:
        with torch.enable_grad():
            logits = model(torch.from_numpy(inputs))
            loss = torch.nn.functional.cross_entropy(logits, torch.from_numpy(labels))
            named = [(n, w) for n, w in Module.named_parameters(model) if w.requires_grad]
            found = torch.autograd.grad(loss, [w for _, w in named], allow_unused=True)
    finally:
        for module, mode in modes:
            module.training = mode
    pairs = zip(named, found, strict=True)
    return {name: value.cpu().numpy() for (name, _), value in pairs if value is not None}


def in_order(model: Any, inputs: Any, seed: Any) -> Any:
    """Names of the state in the order in which a forward pass comes to the modules that hold it.

    The pass is one in training mode; what it gives comes second.
    """
    import torch

    names: list[str] = []

    def note(prefix: str) -> Any:
        def hook(module: Any, arguments: Any) -> None:
            held = {**module._parameters, **module._buffers}  # None where a layer has no bias
            own = [name for name, value in held.items() if value is not None]
            names.extend(prefix + name for name in own if prefix + name not in names)

        return hook

    torch.default_generator.manual_seed(seed)  # `torch.manual_seed` takes several ms
    modes = [(module, module.training) for module in model.modules()]
    hooks = [
        module.register_forward_pre_hook(note(f"{name}." if name else ""))
        for name, module in model.named_modules()
    ]
    model.train()
    try:
        with torch.no_grad():
            found = model(torch.from_numpy(inputs))
    finally:
        for hook in hooks:
            hook.remove()
        for module, mode in modes:
            module.training = mode
    return names, found.detach().cpu().numpy() if isinstance(found, torch.Tensor) else found
