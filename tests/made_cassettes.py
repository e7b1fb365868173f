"""Cassettes that no model was recorded for: works in, a YAML file of replies out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from extractor.extraction.strategy import read_item
from extractor.model.embedded.adapter import adapter_name
from extractor.model.endpoints import ModelConfig
from extractor.model.requests import Answer, Reply, Request, unanswered
from extractor.model.turns import first_turn
from extractor.runs.config import RunConfig
from extractor.runs.session import make_strategy
from extractor.runs.spool import Work
from tests.cassette_io import HOST, ReadableSerializer
from tests.fake_endpoint import sensible


def write_cassette(path: Path, works: Sequence[Work], config: RunConfig) -> None:
    """Write what an endpoint that answers sensibly would be recorded with."""
    strategy = make_strategy(config)
    adapter = adapter_name(config.adapter) if config.adapter else ""
    endpoint = ModelConfig(config.model, "http://127.0.0.1:9/v1", adapter=adapter)
    interactions = []
    for work in works:
        document = work.document
        for item in work.items:
            view = read_item(item, document.plan_year, document.issuer)
            answers: dict[Request, Answer] = {}
            while new := unanswered(strategy.requests(view, answers), answers):
                for request in new:
                    turn = first_turn(request, endpoint)
                    reply = sensible(turn.body).body
                    interactions.append(_interaction(turn.body, reply))
                    made = turn.read(Reply("", reply))
                    assert isinstance(made, Answer)
                    answers[request] = made
    cassette = {"interactions": interactions, "version": 1}
    path.write_text(ReadableSerializer.serialize(cassette), encoding="utf-8")


def _interaction(body: dict[str, Any], reply: str) -> dict[str, Any]:
    return {
        "request": {
            "method": "POST",
            "uri": f"{HOST}/v1/chat/completions",
            "body": json.dumps(body, ensure_ascii=False, separators=(",", ":")),
            "headers": {"content-type": ["application/json"]},
        },
        "response": {
            "status": {"code": 200, "message": "OK"},
            "headers": {"content-type": ["application/json"]},
            "body": {"string": reply},
        },
    }
