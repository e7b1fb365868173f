"""Encoding: a sample in, the tokens of its question and of its answer out.

The question is framed as the server's chat template frames it at run time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from extractor.extraction.sentences.questions import SYSTEM
from extractor.model.template_tokens import as_words
from extractor.tuning.samples import Sample

_PROMPT = (
    "<|im_start|>system\n{system}<|im_end|>\n"
    "<|im_start|>user\n{question}<|im_end|>\n"
    "<|im_start|>assistant\n"
)
_END = "<|im_end|>"


class Encoded(NamedTuple):
    """A sample in token ids."""

    prompt: tuple[int, ...]
    answer: tuple[int, ...]
    """With the token that ends a turn."""

    @property
    def length(self) -> int:
        """Return the tokens of both."""
        return len(self.prompt) + len(self.answer)


def prompt_of(question: str) -> str:
    """Return a question as the model gets it."""
    return _PROMPT.format(system=SYSTEM, question=as_words(question))


def encode(samples: Sequence[Sample], tokenizer: Any) -> list[Encoded]:
    """Return the tokens of samples; the tokenizer is that of the base model."""
    return [
        Encoded(
            tuple(tokenizer.encode(prompt_of(sample.question)).ids),
            tuple(tokenizer.encode(as_words(sample.answer) + _END).ids),
        )
        for sample in samples
    ]
