"""Tuning end to end: a tiny model by chance, a few steps, stopped and gone on."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import pytest

pytest.importorskip("torch", reason="the extra tune is not installed")

from extractor.core.errors import ConfigError
from extractor.core.interrupts import interrupt
from extractor.tuning import training
from extractor.tuning.adapter_file import Card, file_digest
from extractor.tuning.base_model import load_base
from extractor.tuning.schedule import Settings, StepDone
from extractor.tuning.splits import Fold, load_data
from extractor.tuning.tune import tune
from tests.tiny_base import HIDDEN, LAYERS, write_tiny_base
from tests.tuned_plans import write_plans

SETTINGS = Settings(epochs=2, batch=2, rank=4, rate=1e-2)
STEPS = 6
"""Of two epochs of two plans with three samples each, two a step."""


@dataclass
class Told:
    """Keeps what it is told; does something after a step of training."""

    at: int = 0
    then: object = None
    said: list[str] = field(default_factory=list)
    steps: list[StepDone] = field(default_factory=list)

    def say(self, text: str) -> None:
        """Keep a sentence."""
        self.said.append(text)

    def step(self, done: StepDone) -> None:
        """Keep a step."""
        self.steps.append(done)
        if callable(self.then) and (done.stage, done.step) == ("training", self.at):
            self.then()


class KilledError(Exception):
    """Stands for the end of the process."""


def killed() -> None:
    """End as a kill would, with nothing tidied up."""
    raise KilledError


@pytest.fixture
def base(tmp_path):
    """Write the tiny model."""
    return write_tiny_base(tmp_path / "tiny.gguf")


@pytest.fixture
def data(tmp_path):
    """Write three plans, one of them held out."""
    return load_data(
        [write_plans(tmp_path / "plans", "small", ("a", "b", "c"))], [], Fold(1, 3)
    )


def test_adapter_and_card(base, data, tmp_path) -> None:
    """What lies there says what it is, what it was made from and how good it is."""
    told = Told()

    card = tune(data, SETTINGS, base, tmp_path / "out", told)

    out = tmp_path / "out"
    assert sorted(path.name for path in out.iterdir()) == [
        "adapter.gguf",
        "adapter.json",
        "held-out.toml",
        "samples.jsonl",
    ]
    assert Card.model_validate_json((out / "adapter.json").read_bytes()) == card
    assert card.adapter_sha256 == file_digest(out / "adapter.gguf")
    assert card.base_sha256 == file_digest(base)
    assert (card.steps, card.train_samples, card.held_out_samples) == (STEPS, 6, 3)
    assert [one.name for one in card.documents if one.held_out] == ["b"]
    assert card.held_out is not None and card.held_out.answers == 3
    assert card.held_out.tokens > card.held_out.tokens_right > 0
    rows = (out / "samples.jsonl").read_text(encoding="utf-8").splitlines()
    assert sum(not json.loads(row)["held_out"] for row in rows) == 6
    assert [done.step for done in told.steps if done.stage == "training"] == [
        *range(1, STEPS + 1)
    ]


def test_adapter_is_what_the_server_loads(base, data, tmp_path) -> None:
    """Two matrices a layer under the names of the base, with alpha twice the rank."""
    import gguf

    tune(data, SETTINGS, base, tmp_path / "out", Told())

    reader = gguf.GGUFReader(tmp_path / "out" / "adapter.gguf")
    shapes = {tensor.name: tensor.data.shape for tensor in reader.tensors}
    assert reader.fields["adapter.lora.alpha"].contents() == 8.0
    assert reader.fields["adapter.type"].contents() == "lora"
    assert reader.fields["general.architecture"].contents() == "qwen2"
    assert len(shapes) == 2 * 7 * LAYERS
    assert shapes["blk.0.attn_q.weight.lora_a"] == (4, HIDDEN)
    assert shapes["blk.1.ffn_up.weight.lora_b"] == (48, 4)
    assert any(
        tensor.data.any() for tensor in reader.tensors if "lora_b" in tensor.name
    )


def test_training_lowers_the_loss(base, data, tmp_path) -> None:
    """What is learnt is learnt."""
    told = Told()

    tune(data, SETTINGS.model_copy(update={"epochs": 20}), base, tmp_path, told)

    losses = [done.loss for done in told.steps if done.stage == "training"]
    assert losses[-1] < 0.8 * losses[0]


@pytest.mark.parametrize(
    ("then", "seconds", "again"),
    [
        pytest.param(interrupt, 60.0, [4, 5, 6], id="ctrl-c"),
        pytest.param(killed, 0.0, [3, 4, 5, 6], id="kill"),
        pytest.param(killed, 60.0, [1, 2, 3, 4, 5, 6], id="early-kill"),
    ],
)
def test_stopped_training_goes_on(
    base, data, monkeypatch, then, seconds, again
) -> None:
    """The adapter is that of training that was never stopped, to the last bit."""
    monkeypatch.setattr(training, "SAVE_EVERY_S", seconds)
    tmp_path = base.parent
    whole = tune(data, SETTINGS, base, tmp_path / "whole", Told())
    with pytest.raises((KeyboardInterrupt, KilledError)):
        tune(data, SETTINGS, base, tmp_path / "out", Told(3, then))
    told = Told()

    card = tune(data, SETTINGS, base, tmp_path / "out", told)

    assert [one.step for one in told.steps if one.stage == "training"] == again
    assert card.adapter_sha256 == whole.adapter_sha256
    assert card.loss == whole.loss
    assert card.held_out == whole.held_out


def test_finished_training_is_not_done_again(base, data, tmp_path) -> None:
    """The same command says so and gives the same card."""
    card = tune(data, SETTINGS, base, tmp_path / "out", Told())
    told = Told()

    again = tune(data, SETTINGS, base, tmp_path / "out", told)

    assert again == card
    assert told.steps == []
    assert "nothing was trained" in told.said[-1]


def test_checkpoint_of_other_settings_is_not_gone_on_from(base, data, tmp_path) -> None:
    """The way out is in the message."""
    with pytest.raises(KeyboardInterrupt):
        tune(data, SETTINGS, base, tmp_path / "out", Told(1, interrupt))
    other = SETTINGS.model_copy(update={"seed": 2})

    with pytest.raises(ConfigError, match="another --out"):
        tune(data, other, base, tmp_path / "out", Told())


def test_broken_checkpoint_is_told(base, data, tmp_path) -> None:
    """A file of that name that is none, in one line."""
    (tmp_path / "checkpoint.pt").write_bytes(b"rubbish")

    with pytest.raises(ConfigError, match="no checkpoint; delete it"):
        tune(data, SETTINGS, base, tmp_path, Told())


def test_held_out_may_be_nobody(base, data, tmp_path) -> None:
    """Then nothing is measured and there is no task of it."""
    card = tune(data._replace(held_out=()), SETTINGS, base, tmp_path / "out", Told())

    assert card.held_out is None
    assert not (tmp_path / "out" / "held-out.toml").exists()


def test_loss_that_is_no_number_ends_in_one_line(base, data, tmp_path) -> None:
    """A rate that breaks the model is the operator's."""
    wild = SETTINGS.model_copy(update={"rate": 1e30})

    with pytest.raises(ConfigError, match="lower --rate"):
        tune(data, wild, base, tmp_path / "out", Told())


def test_file_that_is_no_model_is_told(tmp_path) -> None:
    """Before anything is trained."""
    path = tmp_path / "notes.gguf"
    path.write_bytes(b"not a model at all, only words" * 9)

    with pytest.raises(ConfigError, match="is not a GGUF file"):
        load_base(path)


def test_other_architecture_is_told(tmp_path) -> None:
    """Only the layers of one are known."""
    with pytest.raises(ConfigError, match="'llama' model"):
        load_base(write_tiny_base(tmp_path / "other.gguf", "llama"))


def test_tokens_are_those_of_the_file(base) -> None:
    """Special tokens are one, letters are bytes or what the file joins."""
    tokenizer = load_base(base).tokenizer

    assert tokenizer.encode("<|im_start|>ab").ids == [258, 256]
    assert len(tokenizer.encode("新增").ids) == 6
    assert tokenizer.decode(tokenizer.encode("新增1.5万个").ids) == "新增1.5万个"
