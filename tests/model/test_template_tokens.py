"""Template tokens: nothing in a document begins or ends a message."""

from __future__ import annotations

import pytest

from extractor.core.spans import Span
from extractor.extraction.quoting import find_quote
from extractor.model.prompts import Example, Message, Prompt
from extractor.model.template_tokens import as_words

TOKENS = {
    "<|im_start|>": "< |im_start|>",
    "<|eot_id|>": "< |eot_id|>",
    "<｜User｜>": "< ｜User｜>",
    "</s>": "< /s>",
    "<s>": "< s>",
    "<start_of_turn>": "< start_of_turn>",
    "<tool_call>": "< tool_call>",
    "<<SYS>>": "<< SYS>>",
    "[INST]": "[ INST]",
    "[/INST]": "[ /INST]",
    "[TOOL_CALLS]": "[ TOOL_CALLS]",
}


@pytest.mark.parametrize("token", TOKENS)
def test_token_is_taken_apart(token: str) -> None:
    """A tokenizer finds it no more; said as it was sent it is found in the source."""
    text = f"新建{token}学校"

    sent = as_words(text)

    assert sent == f"新建{TOKENS[token]}学校"
    assert find_quote(sent, text) == Span(0, len(text))


@pytest.mark.parametrize(
    "text",
    [
        "新建学校5所",
        "PM2.5<35微克",
        "1<2",
        "[2025]3号",
        "《方案》<附件>",
        "[A]",
        "a > b",
    ],
)
def test_other_text_stays(text: str) -> None:
    """A plan without tokens is asked about as it is."""
    assert as_words(text) == text


def test_only_the_question_is_changed() -> None:
    """Instructions and examples are the product's own."""
    prompt = Prompt("p", 1, "<s>", (Example("<s>", "<s>"),), "")

    assert prompt.render("<s>") == (
        Message("system", "<s>"),
        Message("user", "<s>"),
        Message("assistant", "<s>"),
        Message("user", "< s>"),
    )
