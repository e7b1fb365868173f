"""Tuning, from data to adapter: the stages of `extract tune` in their order."""

from __future__ import annotations

import importlib.util
from datetime import UTC, datetime
from pathlib import Path

from extractor import __version__
from extractor.core.errors import ConfigError
from extractor.tuning.adapter_file import (
    ADAPTER,
    CARD,
    CHECKPOINT,
    Card,
    file_digest,
    finished_card,
    run_digest,
    write_adapter,
    write_card,
    write_data,
)
from extractor.tuning.schedule import Reporter, Settings
from extractor.tuning.splits import Data

INSTALL_COMMAND = "pip install 'workplan-extract[tune]'"
_NEEDED = ("torch", "transformers", "gguf", "tokenizers", "numpy")


def require_extra() -> None:
    """Check that what training needs is installed; nothing is imported.

    Raises:
        ConfigError: something is not.
    """
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise ConfigError(
            f"extract tune needs the extra ({missing[0]} is missing): {INSTALL_COMMAND}"
        )


def tune(
    data: Data, settings: Settings, base: Path, out: Path, reporter: Reporter
) -> Card:
    """Train an adapter, or go on with one, and measure it on what was held out.

    Args:
        data: what is learnt from and measured on.
        settings: how to train.
        base: GGUF file of the model that the adapter is for.
        out: directory of the results; made when missing.
        reporter: who is told what is going on.

    Returns:
        The card of the adapter, which lies in the directory beside it.

    Raises:
        ConfigError: the extra is missing, the base cannot be used, or the directory
            has results of other data, settings or base.
        KeyboardInterrupt: stopped; the same call goes on.
    """
    require_extra()
    base_sha256 = file_digest(base)
    run = run_digest(data, settings, base_sha256)
    if card := finished_card(out, run):
        reporter.say(f"{str(out / ADAPTER)!r} is finished; nothing was trained")
        return card
    reporter.say("loading the base model")
    # torch and transformers take seconds to import.
    from extractor.tuning.base_model import load_base
    from extractor.tuning.checkpoints import load_checkpoint
    from extractor.tuning.encoding import encode
    from extractor.tuning.training import Trainer

    stored = load_checkpoint(out / CHECKPOINT, run)
    out.mkdir(parents=True, exist_ok=True)
    write_data(out, data)
    model = load_base(base)
    trainer = Trainer(model, settings, reporter)
    if stored:
        trainer.go_on_from(stored)
    trained = trainer.train(encode(data.train, model.tokenizer), out / CHECKPOINT, run)
    write_adapter(out / ADAPTER, trainer.adapter.values(), settings.rank)
    held_out = encode(data.held_out, model.tokenizer)
    card = Card(
        product=__version__,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        run=run,
        base=base.name,
        base_sha256=base_sha256,
        adapter_sha256=file_digest(out / ADAPTER),
        adapter_bytes=(out / ADAPTER).stat().st_size,
        settings=settings,
        documents=data.documents,
        train_samples=len(data.train),
        held_out_samples=len(data.held_out),
        left_out=data.left_out,
        steps=trained.step,
        seconds=round(trained.seconds, 1),
        device=model.device,
        precision=model.precision,
        loss=trained.loss or 0.0,
        held_out=trainer.measure(held_out) if held_out else None,
    )
    write_card(out / CARD, card)
    (out / CHECKPOINT).unlink()
    return card
