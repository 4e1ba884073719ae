"""A student's network as tests see it: what can be learnt of a model that stays in the child.

A model never crosses; its weights, its outputs for inputs of ours and its gradients do, as arrays.
An architecture is proved by behaviour: our own network with the student's weights must give the
same outputs. What ``inside`` holds runs in the student's process (``Student.inside``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from autograder.compare import Mismatch, difference
from autograder.compare.shown import wrong_type
from autograder.messages import Call
from autograder.model import Text
from autograder.networks import inside
from autograder.student import Kept
from autograder.wire import Opaque

if TYPE_CHECKING:
    from torch import Tensor, nn

RTOL = ATOL = 1e-4  # float32 through a deep network; atol is relative to the largest output

_ORDERS: WeakKeyDictionary[nn.Module, list[str]] = WeakKeyDictionary()  # of networks of ours

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
    return _arrays(kept.student.inside(inside.state, Call("state", (kept,)))(kept))


def parameter_count(model: object) -> int:
    """How many trainable numbers there are, counted from the arrays that came over."""
    return sum(array.size for array in _weights(_model(model), "parameter_count").values())


def output_shape(model: object, shape: Sequence[int]) -> tuple[int, ...]:
    """Shape of the output for zeros of ``shape``, in evaluation mode."""
    kept = _model(model)
    call = Call("output_shape", (kept, tuple(shape)))
    inputs = np.zeros(tuple(shape), np.float32)
    found = kept.student.inside(inside.outputs, call)(kept, inputs, False, 0)
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
    call = kept.student.inside(inside.outputs, Call(_name(kept), (inputs,)))
    return _array(call(kept, inputs, training, seed))


def gradients(
    model: object, inputs: Array, labels: Array, *, training: bool = True, seed: int = 0
) -> Arrays:
    """Gradients of the mean cross-entropy of a torch model's outputs, by weight.

    A weight that the loss does not depend on has none. The model's own ``grad`` is left alone.
    """
    kept = _model(model, _TORCH)
    call = kept.student.inside(inside.gradients, Call(_name(kept), (inputs,)))
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
        if model.student.inside(inside.is_lazy, Call(_name(model)))(model) is True:
            outputs(model, inputs)  # its layers have no weights before
        self.arrays = state(model)
        trained = _texts(model.student.inside(inside.trainable, Call(_name(model)))(model))
        self.count = sum(self.arrays[name].size for name in trained if name in self.arrays)
        train = model.student.inside(inside.in_order, Call(_name(model), (inputs,)))
        order, found = _pair(train(model, inputs, seed))
        self.order = [name for name in _texts(order) if name in self.arrays]
        self.training = _array(found)
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
        registered = list(self.arrays)
        used = [*self.order, *(name for name in registered if name not in self.order)]
        alike = sorted(used, key=_kind) == sorted(registered, key=_kind)  # match the same arrays
        for order in [used] if alike else [used, registered]:
            found = self._with_weights(reference, order)
            if found is None:
                return None
            first = first or found
        return first

    def _with_weights(self, reference: nn.Module, order: list[str]) -> Mismatch | None:
        import torch

        matched = _matched(reference, self.inputs, self.arrays, order)
        if matched is None:
            text = Text("n'a pas les bonnes couches", "does not have the right layers")
            return Mismatch(_shapes(self.arrays), _shapes(_numpy(reference.state_dict())), text)
        for name, own in reference.state_dict().items():
            np.copyto(own.numpy(), matched[name], casting="unsafe")
        for training, came in ((True, self.training), (False, self.evaluation)):
            torch.manual_seed(self.seed)
            with torch.no_grad():
                right = reference.train(training)(torch.from_numpy(self.inputs)).numpy()
            found = difference(came, right, RTOL, ATOL * max(1.0, float(np.abs(right).max())))
            if found is not None:
                return Mismatch(came, right, found)
        return None


def _matched(
    reference: nn.Module, inputs: Array, arrays: Arrays, order: list[str]
) -> Arrays | None:
    """The student's arrays by the reference's names; None if their shapes do not fit."""
    was = reference.state_dict()
    if reference not in _ORDERS:  # it is the same for every student, and takes a forward pass
        _ORDERS[reference] = inside.in_order(reference, inputs, 0)[0]
    wanted = _ORDERS[reference]
    left = [*order, *(name for name in arrays if name not in order)]
    found: Arrays = {}
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
        found[name] = arrays[mine]
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
    return _arrays(model.student.inside(inside.weights, Call(shown, (model,)))(model))


def _array(came: object) -> Array:
    if not isinstance(came, np.ndarray):
        raise Mismatch(came, Opaque("torch.Tensor"), wrong_type(came, Opaque("torch.Tensor")))
    return came


def _arrays(came: object) -> Arrays:
    """Arrays by name, whoever wrote them. Raises Mismatch."""
    if not isinstance(came, dict):
        raise Mismatch(came, {}, wrong_type(came, {}))
    return {name: _array(array) for name, array in came.items()}


def _pair(came: object) -> tuple[object, object]:
    """Two values. Raises Mismatch."""
    if not isinstance(came, tuple) or len(came) != 2:
        raise Mismatch(came, (), wrong_type(came, ()))
    return came


def _texts(came: object) -> Iterator[str]:
    return (
        (entry for entry in came if isinstance(entry, str)) if isinstance(came, list) else iter(())
    )


def _numpy(tensors: Mapping[str, Tensor]) -> Arrays:
    return {name: tensor.numpy() for name, tensor in tensors.items()}


def _shapes(arrays: Arrays) -> list[tuple[int, ...]]:
    return sorted(array.shape for name, array in arrays.items() if not _kind(name))
