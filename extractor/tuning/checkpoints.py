"""Checkpoints: where training stands, on disk, to go on from after any stop."""

from __future__ import annotations

import os
import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch

from extractor.core.errors import ConfigError

_NO_CHECKPOINT = (
    AttributeError,
    EOFError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
    pickle.PickleError,
)
"""What reading a file as one may come to."""


class Standing(NamedTuple):
    """How far training is."""

    step: int = 0
    """Steps done."""
    seconds: float = 0.0
    """What they took, in all sittings."""
    loss: float | None = None
    """Running mean, per token of an answer."""


class Checkpoint(NamedTuple):
    """All that training goes on from; the rest follows from samples and settings."""

    run: str
    """What it is a checkpoint of: digest of data, base and settings."""
    standing: Standing
    exact: Sequence[Any]
    """The adapter in float32."""
    optimizer: dict[str, Any]
    """Its moments."""


def save_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint; a kill leaves the one before or this one, whole.

    Raises:
        OSError: it cannot be written.
    """
    temporary = path.with_name(f"{path.name}.tmp")
    with temporary.open("wb") as file:
        # Plain tuples are loaded without trusting the file; named ones are not.
        run, standing, *tensors = checkpoint
        torch.save((run, tuple(standing), *tensors), file)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def load_checkpoint(path: Path, run: str) -> Checkpoint | None:
    """Return the checkpoint of a run, None where there is none.

    Args:
        path: the file.
        run: the digest it must be of.

    Raises:
        ConfigError: it is no checkpoint, or one of other data or settings.
    """
    if not path.exists():
        return None
    try:
        stored = torch.load(path, map_location="cpu", weights_only=True)
        of, standing, exact, optimizer = stored
        checkpoint = Checkpoint(of, Standing(*standing), exact, optimizer)
    except _NO_CHECKPOINT as error:
        raise ConfigError(
            f"{str(path)!r} is no checkpoint; delete it to begin anew"
        ) from error
    if checkpoint.run != run:
        raise ConfigError(
            f"{str(path.parent)!r} has a checkpoint of other data, settings or base: "
            "give another --out, or delete it to begin anew"
        )
    return checkpoint
