"""An answer of a batch as the ledger keeps it: a line in, the facts of a row out."""

from __future__ import annotations

from typing import Any

import httpx2

from extractor.model.batches.lines import AnswerLine
from extractor.model.endpoints import ModelConfig
from extractor.model.redaction import Redaction, one_line
from extractor.model.responses import Body, read_body


def ledger_facts(line: AnswerLine, endpoint: ModelConfig) -> dict[str, Any]:
    """Return what a line says for the ledger, at the prices of the endpoint.

    Nobody knows how long an answer of a batch took.
    """
    if line.body is None or line.status is None:
        body = Body(error=line.error)
    else:
        body = read_body(httpx2.Response(line.status, text=line.body))
    cost_usd = endpoint.allowance.prices.cost_usd(
        endpoint.name,
        body.prompt_tokens,
        body.cached_tokens,
        body.completion_tokens,
        endpoint.base_url,
    )
    secrets = endpoint.secrets
    return {
        "status": line.status,
        "error": one_line(body.error, secrets) if body.error else None,
        "finish_reason": body.finish_reason,
        "prompt_tokens": body.prompt_tokens,
        "cached_tokens": body.cached_tokens,
        "completion_tokens": body.completion_tokens,
        "latency_s": None,
        "cost_usd": cost_usd,
        "response_body": line.body and Redaction(secrets).body(line.body),
    }
