"""Training: encoded samples and an adapter in, a trained adapter and its scores out."""

from __future__ import annotations

import ctypes
import math
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional

from extractor.core.errors import ConfigError
from extractor.core.interrupts import ctrl_c_calls
from extractor.tuning.adapter_file import Measured
from extractor.tuning.base_model import Base
from extractor.tuning.checkpoints import (
    Checkpoint,
    Standing,
    save_checkpoint,
)
from extractor.tuning.encoding import Encoded
from extractor.tuning.lora import Adapter
from extractor.tuning.schedule import (
    Reporter,
    Settings,
    StepDone,
    batches,
    batches_by_length,
    rate_at,
)

SAVE_EVERY_S = 60.0
"""Seconds of work that a kill may cost, and the step that was under way."""
_LONGEST_GRADIENT = 1.0
_BETAS = (0.9, 0.98)
_KEPT = 0.9
"""Share of the running loss that a step leaves."""
_NOT_LEARNT = -100
"""Label of a token of the question, and of padding."""


class Trainer:
    """Trains the adapter of a base model, and measures it.

    Args:
        base: the base model; it gets the adapter's layers.
        settings: how to train.
        reporter: who is told of every step.
    """

    def __init__(self, base: Base, settings: Settings, reporter: Reporter) -> None:
        self._base = base
        self._settings = settings
        self._reporter = reporter
        self._standing = Standing()
        self.adapter = Adapter(base.model, settings.rank, settings.seed)
        self._optimizer = torch.optim.AdamW(
            self.adapter.exact,
            lr=settings.rate,
            betas=_BETAS,
            weight_decay=0.0,
            fused=base.device == "cuda",
        )

    def go_on_from(self, checkpoint: Checkpoint) -> None:
        """Take over matrices, moments and steps."""
        self._standing = checkpoint.standing
        self.adapter.load(checkpoint.exact)
        self._optimizer.load_state_dict(checkpoint.optimizer)
        self._reporter.say(f"going on after step {checkpoint.standing.step}")

    def train(self, samples: Sequence[Encoded], checkpoint: Path, run: str) -> Standing:
        """Train to the end.

        Args:
            samples: what is learnt from.
            checkpoint: file of the state, written every minute and on Ctrl-C.
            run: what the checkpoint is of.

        Raises:
            ConfigError: the loss is no number.
            KeyboardInterrupt: stopped; the checkpoint has every step that was done.
        """
        steps = batches([one.length for one in samples], self._settings)
        standing = self._standing
        clock = _Clock("training", len(steps), standing)
        self._base.model.train()
        with _stop_is_asked() as is_asked:
            for step in range(standing.step, len(steps)):
                batch = [samples[place] for place in steps[step]]
                rate = rate_at(step, len(steps), self._settings)
                standing = clock.after(self._step(batch, rate, step + 1))
                self._reporter.step(clock.done)
                is_last = step + 1 == len(steps)
                if is_last or is_asked() or clock.is_save_due():
                    self._save(checkpoint, run, standing)
                if is_asked():
                    raise KeyboardInterrupt
        return standing

    def measure(self, samples: Sequence[Encoded]) -> Measured:
        """Return how the model answers questions, with the adapter as it is."""
        model = self._base.model
        model.eval()
        loss, right, tokens, tokens_right = 0.0, 0, 0, 0
        steps = batches_by_length([one.length for one in samples], self._settings.batch)
        clock = _Clock("measuring", len(steps), Standing())
        for step in steps:
            with torch.no_grad():
                logits, labels, rows = self._answered([samples[at] for at in step])
                summed = functional.cross_entropy(logits, labels, reduction="sum")
                is_right = logits.argmax(dim=-1) == labels
            loss += summed.item()
            tokens += len(labels)
            tokens_right += int(is_right.sum())
            right += len(step) - len(rows[~is_right].unique())
            clock.after(loss / tokens)
            self._reporter.step(clock.done)
            _give_memory_back()
        return Measured(
            answers=len(samples),
            right=right,
            tokens=tokens,
            tokens_right=tokens_right,
            loss=loss / tokens,
        )

    def _step(self, batch: Sequence[Encoded], rate: float, number: int) -> float:
        """Learn from a batch; return its loss before."""
        logits, labels, _ = self._answered(batch)
        loss = functional.cross_entropy(logits, labels)
        loss.backward()
        length = self.adapter.take_gradients(_LONGEST_GRADIENT)
        value = float(loss.detach())
        if not (math.isfinite(value) and math.isfinite(float(length))):
            raise ConfigError(
                f"the loss of step {number} is no number: try a lower --rate, with "
                "another --out"
            )
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        self._optimizer.step()
        self.adapter.use_exact()
        _give_memory_back()
        return value

    def _answered(self, batch: Sequence[Encoded]) -> tuple[Any, Any, Any]:
        """Return for each token of the answers its logits, itself and its sample.

        Padding stands on the right, where no token looks, so that it needs no mask.
        """
        shape = (len(batch), max(one.length for one in batch))
        ids = torch.full(shape, self._base.padding)
        labels = torch.full(shape, _NOT_LEARNT)
        for row, one in enumerate(batch):
            ids[row, : one.length] = torch.tensor(one.prompt + one.answer)
            labels[row, len(one.prompt) : one.length] = torch.tensor(one.answer)
        ids, labels = ids.to(self._base.device), labels[:, 1:].to(self._base.device)
        model = self._base.model
        hidden = model.model(input_ids=ids, use_cache=False).last_hidden_state[:, :-1]
        is_learnt = labels != _NOT_LEARNT
        logits = model.lm_head(hidden[is_learnt]).float()
        return logits, labels[is_learnt], is_learnt.nonzero()[:, 0]

    def _save(self, path: Path, run: str, standing: Standing) -> None:
        exact = [values.detach() for values in self.adapter.exact]
        moments = self._optimizer.state_dict()
        save_checkpoint(path, Checkpoint(run, standing, exact, moments))


class _Clock:
    """Steps, their time and their running loss.

    Args:
        stage: what is done.
        steps: how many there are.
        standing: those of earlier sittings.
    """

    def __init__(self, stage: str, steps: int, standing: Standing) -> None:
        self._stage = stage
        self._steps = steps
        self._before = self._now = standing
        self._began_at = self._saved_at = time.monotonic()

    def after(self, loss: float) -> Standing:
        """Count a step; return where things stand."""
        last = self._now.loss
        running = loss if last is None else _KEPT * last + (1 - _KEPT) * loss
        seconds = self._before.seconds + time.monotonic() - self._began_at
        self._now = Standing(self._now.step + 1, seconds, running)
        return self._now

    @property
    def done(self) -> StepDone:
        """Return what to tell of the last step."""
        now, before = self._now, self._before
        step_s = (now.seconds - before.seconds) / (now.step - before.step)
        return StepDone(self._stage, now.step, self._steps, now.loss or 0.0, step_s)

    def is_save_due(self) -> bool:
        """Say, once a minute, that it is time to save."""
        is_due = time.monotonic() - self._saved_at >= SAVE_EVERY_S
        if is_due:
            self._saved_at = time.monotonic()
        return is_due


@contextmanager
def _stop_is_asked() -> Iterator[Callable[[], bool]]:
    """Yield what says whether Ctrl-C was pressed; pressed again it does not wait."""
    asked: list[bool] = []

    def ask() -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(True)

    with ctrl_c_calls(ask):
        yield lambda: bool(asked)


def _give_memory_back() -> None:
    """Let glibc return what a step used: batches of all lengths leave it in pieces."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL("libc.so.6").malloc_trim(0)
