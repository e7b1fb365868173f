"""LoRA: two small matrices beside every linear layer, which alone are trained.

They are computed with in the type of the base and kept and changed in float32, since a
step is often smaller than what bfloat16 can tell apart.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from extractor.tuning.base_model import LINEAR
from extractor.tuning.schedule import SCALE


class LoraLinear(nn.Module):
    """A linear layer and its two matrices: `x W + scale (x A) B`.

    Args:
        linear: the layer, which stays as it is.
        rank: rows of A, columns of B.
        chance: a `torch.Generator` of the CPU that fills A; B is zero.
    """

    def __init__(self, linear: Any, rank: int, chance: Any) -> None:
        super().__init__()
        self.weight, self.bias = linear.weight, linear.bias
        out_features, in_features = self.weight.shape
        dtype = self.weight.dtype
        first = torch.empty(rank, in_features, dtype=dtype)  # the same on every device
        nn.init.kaiming_uniform_(first, a=math.sqrt(5), generator=chance)
        second = torch.zeros(out_features, rank, dtype=dtype)
        self.lora_a = nn.Parameter(first.to(self.weight.device))
        self.lora_b = nn.Parameter(second.to(self.weight.device))

    def forward(self, x: Any) -> Any:
        """Return what the layer and its adapter make of the input."""
        added = functional.linear(x, self.lora_a) * SCALE
        own = functional.linear(x, self.weight, self.bias)
        return own + functional.linear(added, self.lora_b)


class Adapter:
    """The matrices of a model, by their names in an adapter file.

    Args:
        model: a base model; its linear layers are replaced.
        rank: of the matrices.
        seed: of their first values.
    """

    def __init__(self, model: Any, rank: int, seed: int) -> None:
        chance = torch.Generator().manual_seed(seed)
        self._used: dict[str, Any] = {}
        for number, layer in enumerate(model.model.layers):
            for own, path in LINEAR.items():
                parent, _, name = path.partition(".")
                place = getattr(layer, parent)
                lora = LoraLinear(getattr(place, name), rank, chance)
                setattr(place, name, lora)
                self._used[f"blk.{number}.{own}.weight.lora_a"] = lora.lora_a
                self._used[f"blk.{number}.{own}.weight.lora_b"] = lora.lora_b
        self.exact = [
            used.detach().float().clone().requires_grad_()
            for used in self._used.values()
        ]
        """In float32: what the optimizer changes."""

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names, in the order of `exact`."""
        return tuple(self._used)

    def values(self) -> dict[str, Any]:
        """Return the matrices as they are used, by name, on the CPU."""
        return {name: used.detach().cpu() for name, used in self._used.items()}

    def take_gradients(self, limit: float) -> Any:
        """Move the gradients to `exact`, shortened to a length; return their length."""
        gradients = [used.grad.float() for used in self._used.values()]
        length = torch.nn.utils.get_total_norm(gradients)
        torch._foreach_mul_(gradients, torch.clamp(limit / (length + 1e-6), max=1.0))
        for exact, gradient in zip(self.exact, gradients, strict=True):
            exact.grad = gradient
        for used in self._used.values():
            used.grad = None
        return length

    def use_exact(self) -> None:
        """Let the model compute with what `exact` has become."""
        with torch.no_grad():
            for used, exact in zip(self._used.values(), self.exact, strict=True):
                used.copy_(exact)

    def load(self, exact: Sequence[Any]) -> None:
        """Take over stored float32 values, in the order of `names`."""
        with torch.no_grad():
            for own, stored in zip(self.exact, exact, strict=True):
                own.copy_(stored)
        self.use_exact()
