"""A student's network as tests see it: what can be learnt of a model that stays in the child.

A model never crosses; its weights, its outputs for inputs of ours and its gradients do, as arrays.
An architecture is proved by behaviour: our own network with the student's weights must give the
same outputs. Functions called ``_in_child_…`` run in the student's process (``Student.inside``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from autograder.compare import Mismatch, difference
from autograder.compare.shown import wrong_type
from autograder.messages import Call
from autograder.model import Text
from autograder.student import Kept
from autograder.wire import Opaque

if TYPE_CHECKING:
    from torch import Tensor, nn

RTOL = ATOL = 1e-4  # float32 through a deep network; atol is relative to the largest output

Array = NDArray[Any]
Arrays = dict[str, Array]

_TORCH, _KERAS = "torch.nn.Module", "keras.Model"


def weights(model: object) -> Arrays:
    """The trainable weights by name, in the order in which the model registers them.

    Raises:
        Mismatch: ``model`` is no model.
        StudentFault: the weights could not be read.
    """
    return _weights(_model(model), "weights")


def state(model: object) -> Arrays:
    """Weights and buffers (running statistics) by name. Raises as ``weights`` does."""
    kept = _model(model)
    return _arrays(kept.student.inside(_in_child_state, Call("state", (kept,)))(kept))


def parameter_count(model: object) -> int:
    """How many trainable numbers there are, counted from the arrays that came over."""
    return sum(array.size for array in _weights(_model(model), "parameter_count").values())


def output_shape(model: object, shape: Sequence[int]) -> tuple[int, ...]:
    """Shape of the output for zeros of ``shape``, in evaluation mode."""
    kept = _model(model)
    call = Call("output_shape", (kept, tuple(shape)))
    inputs = np.zeros(tuple(shape), np.float32)
    found = kept.student.inside(_in_child_outputs, call)(kept, inputs, False, 0)
    return _array(found).shape


def outputs(model: object, inputs: Array, *, training: bool | None = False, seed: int = 0) -> Array:
    """What the model gives for ``inputs``, without gradients; every mode is put back afterwards.

    Args:
        model: a Kept model.
        inputs: its one argument.
        training: the mode it is put into; None leaves it in the mode that it is in.
        seed: of torch, so that dropout can be repeated on the trusted side.
    """
    kept = _model(model)
    call = kept.student.inside(_in_child_outputs, Call(_name(kept), (inputs,)))
    return _array(call(kept, inputs, training, seed))


def gradients(
    model: object, inputs: Array, labels: Array, *, training: bool = True, seed: int = 0
) -> Arrays:
    """Gradients of the mean cross-entropy of a torch model's outputs, by weight.

    A weight that the loss does not depend on has none. The model's own ``grad`` is left alone.
    """
    kept = _model(model, _TORCH)
    call = kept.student.inside(_in_child_gradients, Call(_name(kept), (inputs,)))
    return _arrays(call(kept, inputs, labels, training, seed))


def same_network(
    model: object,
    reference: nn.Module,
    inputs: Array,
    *,
    seed: int = 0,
    mistakes: Mapping[str, nn.Module] | None = None,
) -> None:
    """Pass if ``model`` computes what ``reference`` does with the model's weights.

    The weights are matched by shape, in the order in which a forward pass comes to them, or else in
    the order in which they are registered: names and styles are the student's own. Outputs are
    compared in training mode and then, with the running statistics that this left, in evaluation
    mode.

    Args:
        model: a Kept torch model.
        reference: ours; its weights are overwritten.
        inputs: float32, several at a time where there is batch normalisation.
        seed: of the dropout on both sides.
        mistakes: by hint id, the network that a known mistake builds.

    Raises:
        Mismatch: it computes something else.
    """
    __tracebackhide__ = True
    seen = _Seen(_model(model, _TORCH), inputs, seed)
    found = seen.differs_from(reference)
    if found is not None:
        hints = (id for id, other in (mistakes or {}).items() if seen.differs_from(other) is None)
        found.hint = next(hints, None)
        raise found


class _Seen:
    """What came over from a model: its arrays, the order of its layers, outputs in both modes."""

    def __init__(self, model: Kept, inputs: Array, seed: int) -> None:
        self.inputs, self.seed = inputs, seed
        order = model.student.inside(_in_child_order, Call(_name(model), (inputs,)))(model, inputs)
        self.arrays = state(model)
        trained = _texts(model.student.inside(_in_child_trainable, Call(_name(model)))(model))
        self.count = sum(self.arrays[name].size for name in trained if name in self.arrays)
        self.order = [name for name in _texts(order) if name in self.arrays]
        self.training = outputs(model, inputs, training=True, seed=seed)
        self.evaluation = outputs(model, inputs, training=False, seed=seed)

    def differs_from(self, reference: nn.Module) -> Mismatch | None:
        """How the model differs from ``reference`` with its weights; None if it does not."""
        wanted = sum(weight.numel() for weight in reference.parameters() if weight.requires_grad)
        if self.count != wanted:
            clause = Text(
                f"a {self.count} paramètres au lieu de {wanted}",
                f"has {self.count} parameters instead of {wanted}",
            )
            return Mismatch(self.count, wanted, clause)
        first = None
        for order in (self.order, list(self.arrays)):
            found = self._with_weights(reference, order)
            if found is None:
                return None
            first = first or found
        return first

    def _with_weights(self, reference: nn.Module, order: list[str]) -> Mismatch | None:
        import torch

        matched = _matched(reference, torch.from_numpy(self.inputs), self.arrays, order)
        if matched is None:
            text = Text("n'a pas les bonnes couches", "does not have the right layers")
            return Mismatch(_shapes(self.arrays), _shapes(_numpy(reference.state_dict())), text)
        reference.load_state_dict(matched)
        for training, came in ((True, self.training), (False, self.evaluation)):
            torch.manual_seed(self.seed)
            with torch.no_grad():
                right = reference.train(training)(torch.from_numpy(self.inputs)).numpy()
            found = difference(came, right, RTOL, ATOL * max(1.0, float(np.abs(right).max())))
            if found is not None:
                return Mismatch(came, right, found)
        return None


def _matched(
    reference: nn.Module, inputs: Tensor, arrays: Arrays, order: list[str]
) -> dict[str, Tensor] | None:
    """The reference's state out of the student's arrays; None if their shapes do not fit."""
    import torch

    was = reference.state_dict()
    wanted = _in_child_order(reference, inputs.numpy())
    left = [*order, *(name for name in arrays if name not in order)]
    found: dict[str, Tensor] = {}
    for name in [*wanted, *(name for name in was if name not in wanted)]:
        kind = _kind(name)
        fitting = (
            mine
            for mine in left
            if arrays[mine].shape == tuple(was[name].shape) and _kind(mine) == kind
        )
        mine = next(fitting, None)
        if mine is None:
            return None
        left.remove(mine)
        found[name] = torch.from_numpy(np.array(arrays[mine])).to(was[name].dtype)
    return found


def _kind(name: str) -> str:
    """What tells statistics from weights: a mean is never taken for a bias of the same shape."""
    last = name.rpartition(".")[2]
    return last if last in ("running_mean", "running_var", "num_batches_tracked") else ""


def _model(returned: object, kind: str = "") -> Kept:
    """``returned`` if it is a model. Raises Mismatch."""
    if isinstance(returned, Kept) and returned.type_name in ((kind,) if kind else (_TORCH, _KERAS)):
        return returned
    expected = Opaque(kind or "model")
    text = wrong_type(returned, expected)
    raise Mismatch(returned, expected, Text(f"le résultat {text.fr}", f"the result {text.en}"))


def _name(model: Kept) -> str:
    return model.call.to("en").strip("`") if model.call else "model"


def _weights(model: Kept, shown: str) -> Arrays:
    return _arrays(model.student.inside(_in_child_weights, Call(shown, (model,)))(model))


def _array(came: object) -> Array:
    if not isinstance(came, np.ndarray):
        raise Mismatch(came, Opaque("torch.Tensor"), wrong_type(came, Opaque("torch.Tensor")))
    return came


def _arrays(came: object) -> Arrays:
    """Arrays by name, whoever wrote them. Raises Mismatch."""
    if not isinstance(came, dict):
        raise Mismatch(came, {}, wrong_type(came, {}))
    return {name: _array(array) for name, array in came.items()}


def _texts(came: object) -> Iterator[str]:
    return (
        (entry for entry in came if isinstance(entry, str)) if isinstance(came, list) else iter(())
    )


def _numpy(tensors: Mapping[str, Tensor]) -> Arrays:
    return {name: tensor.numpy() for name, tensor in tensors.items()}


def _shapes(arrays: Arrays) -> list[tuple[int, ...]]:
    return sorted(array.shape for name, array in arrays.items() if not _kind(name))


# ---------------------------------------------------------------- what runs in the child


def _in_child_weights(model: Any) -> Any:
    if any(cls.__module__.startswith("keras.") for cls in type(model).__mro__):
        return {v.path: v.value.detach().cpu().numpy() for v in model.trainable_weights}
    return {
        name: weight.detach().cpu().numpy()
        for name, weight in model.named_parameters()
        if weight.requires_grad
    }


def _in_child_trainable(model: Any) -> Any:
    return [name for name, weight in model.named_parameters() if weight.requires_grad]


def _in_child_state(model: Any) -> Any:
    if any(cls.__module__.startswith("keras.") for cls in type(model).__mro__):
        return {v.path: v.value.detach().cpu().numpy() for v in model.weights}
    found = {**dict(model.named_parameters()), **dict(model.named_buffers())}
    return {name: value.detach().cpu().numpy() for name, value in found.items()}


def _in_child_outputs(model: Any, inputs: Any, training: Any, seed: Any) -> Any:
    import torch

    torch.manual_seed(seed)
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


def _in_child_gradients(model: Any, inputs: Any, labels: Any, training: Any, seed: Any) -> Any:
    import torch

    torch.manual_seed(seed)
    modes = [(module, module.training) for module in model.modules()]
    model.train(training)
    try:
        with torch.enable_grad():
            logits = model(torch.from_numpy(inputs))
            loss = torch.nn.functional.cross_entropy(logits, torch.from_numpy(labels))
            named = [(n, w) for n, w in model.named_parameters() if w.requires_grad]
            found = torch.autograd.grad(loss, [w for _, w in named], allow_unused=True)
    finally:
        for module, mode in modes:
            module.training = mode
    pairs = zip(named, found, strict=True)
    return {name: value.cpu().numpy() for (name, _), value in pairs if value is not None}


def _in_child_order(model: Any, inputs: Any) -> Any:
    """Names of the state in the order in which a forward pass comes to the modules that hold it."""
    import torch

    names: list[str] = []

    def note(prefix: str) -> Any:
        def hook(module: Any, arguments: Any) -> None:
            held = {**module._parameters, **module._buffers}  # None where a layer has no bias
            own = [name for name, value in held.items() if value is not None]
            names.extend(prefix + name for name in own if prefix + name not in names)

        return hook

    modes = [(module, module.training) for module in model.modules()]
    hooks = [
        module.register_forward_pre_hook(note(f"{name}." if name else ""))
        for name, module in model.named_modules()
    ]
    model.eval()
    try:
        with torch.no_grad():
            model(torch.from_numpy(inputs))
    finally:
        for hook in hooks:
            hook.remove()
        for module, mode in modes:
            module.training = mode
    return names
