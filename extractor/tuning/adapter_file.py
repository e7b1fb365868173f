"""Adapter files: trained matrices in, a GGUF that the server loads and its card out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from extractor.core.errors import ConfigError
from extractor.core.records import Record
from extractor.tuning.schedule import SCALE, Settings
from extractor.tuning.splits import Data, TunedDocument, held_out_task

ADAPTER, CARD, CHECKPOINT, SAMPLES, HELD_OUT = (
    "adapter.gguf",
    "adapter.json",
    "checkpoint.pt",
    "samples.jsonl",
    "held-out.toml",
)
"""What lies in the directory of a tuning."""


class Measured(Record):
    """How the tuned model answers questions it has not learnt from."""

    answers: int
    right: int
    """Answers that it would give word for word, the likeliest token each time."""
    tokens: int
    tokens_right: int
    """Tokens that are the likeliest after the right ones before them."""
    loss: float
    """Mean negative log-likelihood of a token, in nats."""


class Card(Record):
    """What an adapter is and what it was made from."""

    product: str
    """Version that trained it."""
    created_at: str
    """ISO 8601, UTC."""
    run: str
    """Digest of data, base and settings."""
    base: str
    """File name of the model it belongs to."""
    base_sha256: str
    adapter_sha256: str
    adapter_bytes: int
    settings: Settings
    documents: tuple[TunedDocument, ...]
    train_samples: int
    held_out_samples: int
    left_out: dict[str, int]
    """Questions without a sample, by reason."""
    steps: int
    seconds: float
    """Of training, all sittings."""
    device: str
    precision: str
    """Type that was computed in."""
    loss: float
    """Of the last steps, per token of an answer."""
    held_out: Measured | None
    """None where nothing was held out."""
    note: str = ""
    """What else is to know of how it was made."""


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file in hex.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def run_digest(data: Data, settings: Settings, base_sha256: str) -> str:
    """Return what a tuning is told by: other data, settings or base is another."""
    told = {
        "settings": settings.model_dump(),
        "base": base_sha256,
        "train": data.train,
        "held_out": data.held_out,
    }
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def finished_card(out: Path, run: str) -> Card | None:
    """Return the card of a finished tuning in a directory, None before the end.

    Raises:
        ConfigError: what lies there is of other data, settings or base, or broken.
    """
    path = out / CARD
    if not path.exists():
        return None
    try:
        card = Card.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise ConfigError(
            f"{str(path)!r} is no card of an adapter; give another --out"
        ) from error
    if card.run != run:
        raise ConfigError(
            f"{str(out)!r} has an adapter of other data, settings or base; give "
            "another --out"
        )
    adapter = out / ADAPTER
    if not adapter.exists() or file_digest(adapter) != card.adapter_sha256:
        raise ConfigError(
            f"{str(adapter)!r} is not the adapter of the card beside it; delete the "
            f"card to train anew"
        )
    return card


def write_data(out: Path, data: Data) -> None:
    """Write what is learnt from and measured on, and a task of the latter."""
    with (out / SAMPLES).open("w", encoding="utf-8") as file:
        for held_out, samples in ((False, data.train), (True, data.held_out)):
            for sample in samples:
                row = sample._asdict() | {"held_out": held_out}
                file.write(f"{json.dumps(row, ensure_ascii=False)}\n")
    if data.held_out:
        (out / HELD_OUT).write_text(held_out_task(data), encoding="utf-8")


def write_card(path: Path, card: Card) -> None:
    """Write a card as JSON."""
    temporary = path.with_name(f"{path.name}.tmp")
    temporary.write_text(f"{card.model_dump_json(indent=2)}\n", encoding="utf-8")
    temporary.replace(path)


def write_adapter(path: Path, matrices: Mapping[str, Any], rank: int) -> None:
    """Write the matrices as the server of the embedded model loads them, in float16.

    Args:
        path: the file.
        matrices: tensors of torch, by their names in GGUF.
        rank: of the matrices.
    """
    import gguf
    import numpy as np
    import torch

    temporary = path.with_name(f"{path.name}.tmp")
    writer = gguf.GGUFWriter(temporary, "qwen2")
    writer.add_string("general.type", "adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", SCALE * rank)
    for name in sorted(matrices):
        values = matrices[name].to(torch.float16).numpy()
        writer.add_tensor(name, np.ascontiguousarray(values))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    temporary.replace(path)
