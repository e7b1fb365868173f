"""langextract on the same server: its OpenAI provider, its schema, its alignment."""

from __future__ import annotations

import json
from importlib.metadata import version
from types import SimpleNamespace
from typing import Any

import langextract as lx
import openai
from langextract import prompt_validation, resolver
from langextract.core import exceptions, tokenizer
from langextract.factory import ModelConfig, create_model

from extractor.core.records import Document, Item
from extractor.core.spans import Span
from extractor.extraction.quoting import find_quote
from tests.peers.common import (
    MAX_TOKENS,
    CapReachedError,
    Meter,
    Outcome,
    Row,
    digest,
    examples,
    instructions,
    make_row,
    outcome,
)

MAX_CHAR_BUFFER = 300
"""A few sentences a call: a small model loses its way in more."""

_FORM = (
    "\n- 有数字的记录：extraction 类别写 target，内容是数字的原文；没有数字只有期限的，"
    "类别写 deadline，内容是期限的原文。action、object、actor 和 target 的 deadline "
    "写在 attributes 里，也照抄原文。"
)


class LangextractPeer:
    """One `lx.extract` an item, one pass, no retries."""

    name = "langextract"

    def __init__(self, base_url: str) -> None:
        self._description = instructions() + _FORM
        self._examples = worked_examples()
        self._tokenizer = tokenizer.UnicodeTokenizer()  # the one for Chinese
        self._meter = Meter()
        check_examples()
        client = openai.OpenAI(base_url=base_url, api_key="none", max_retries=0)
        self._model: Any = create_model(
            ModelConfig(
                model_id="local",
                provider="OpenAILanguageModel",
                provider_kwargs={
                    "api_key": "none",
                    "base_url": base_url,
                    "temperature": 0.0,
                    "max_workers": 1,
                    "max_output_tokens": MAX_TOKENS,
                },
            ),
            examples=self._examples,
            use_schema_constraints=True,
        )
        self._model._client = self._metered(client)
        self.version = digest(
            self._description,
            repr(self._examples),
            str(MAX_CHAR_BUFFER),
            version("langextract"),
        )

    def _metered(self, client: openai.OpenAI) -> Any:
        """Return a client that counts, and holds every call to the item's caps."""

        def create(**params: Any) -> Any:
            self._meter.check()
            params["max_tokens"] = self._meter.tokens_left
            try:
                response = client.chat.completions.create(
                    **params, timeout=self._meter.seconds_left
                )
            except openai.APIError:
                self._meter.unanswered += 1
                raise
            self._meter.count(response)
            return response

        return SimpleNamespace(
            chat=SimpleNamespace(completions=SimpleNamespace(create=create))
        )

    def extract(self, item: Item, document: Document) -> Outcome:  # noqa: ARG002
        self._meter = Meter()
        try:
            found: Any = lx.extract(
                item.clean,
                prompt_description=self._description,
                examples=self._examples,
                model=self._model,
                use_schema_constraints=False,  # the model has them already
                max_char_buffer=MAX_CHAR_BUFFER,
                batch_length=1,
                max_workers=1,
                extraction_passes=1,
                tokenizer=self._tokenizer,
                show_progress=False,
                # Checked once by `check_examples`.
                prompt_validation_level=prompt_validation.PromptValidationLevel.OFF,
            )
        except (exceptions.LangExtractError, openai.APIError, CapReachedError) as exc:
            return outcome(self._meter, [], error=_reason(exc))
        extractions = found.extractions or []
        placed = [e for e in extractions if e.char_interval is not None]
        return outcome(
            self._meter,
            [row(extraction, item) for extraction in placed],
            dropped=len(extractions) - len(placed),
            answer=_shown(extractions),
            error=None if extractions or not self._cut() else "output cap reached",
        )

    def _cut(self) -> bool:
        return self._meter.tokens_left <= 0


def worked_examples() -> list[Any]:
    """Return the shared examples as langextract's, numbers as the anchors."""
    return [
        lx.data.ExampleData(
            text=example["text"],
            extractions=[_example(record) for record in example["records"]],
        )
        for example in examples()
    ]


def _example(record: dict[str, Any]) -> Any:
    attributes = {key: record[key] for key in ("action", "object", "actor")}
    if record["target_quote"] is None:
        return lx.data.Extraction(
            extraction_class="deadline",
            extraction_text=record["deadline_quote"],
            attributes=attributes,
        )
    return lx.data.Extraction(
        extraction_class="target",
        extraction_text=record["target_quote"],
        attributes=attributes | {"deadline": record["deadline_quote"]},
    )


def check_examples() -> None:
    """Refuse examples that langextract itself cannot align."""
    report = prompt_validation.validate_prompt_alignment(
        # The check itself fails on an example without extractions.
        examples=[e for e in worked_examples() if e.extractions],
        aligner=resolver.WordAligner(),
        policy=prompt_validation.AlignmentPolicy(),
        tokenizer=tokenizer.UnicodeTokenizer(),
    )
    prompt_validation.handle_alignment_report(
        report, level=prompt_validation.PromptValidationLevel.ERROR
    )


def row(extraction: Any, item: Item) -> Row:
    """Return an aligned extraction as an export row.

    Its place is langextract's; where its text is not printed in the item, the words
    that langextract aligned it with stand in for it.
    """
    interval = extraction.char_interval
    place = Span(interval.start_pos, interval.end_pos)
    words = extraction.extraction_text
    if not find_quote(words, item.clean):
        words = place.slice(item.clean)
    attributes = {
        key: value if isinstance(value, str) else None
        for key, value in (extraction.attributes or {}).items()
    }
    is_target = extraction.extraction_class == "target"
    return make_row(
        item,
        place=place,
        actor=attributes.get("actor"),
        action=attributes.get("action"),
        object_=attributes.get("object"),
        target=words if is_target else None,
        deadline=attributes.get("deadline") if is_target else words,
    )


def _shown(extractions: list[Any]) -> str:
    return json.dumps(
        [
            [
                e.extraction_class,
                e.extraction_text,
                e.attributes,
                getattr(e.alignment_status, "value", None),
            ]
            for e in extractions
        ],
        ensure_ascii=False,
    )


def _reason(exc: Exception) -> str:
    return f"{type(exc).__name__}: {(str(exc).splitlines() or [''])[0][:160]}"
