"""How cassettes are written and matched: readable Chinese, scrubbed both ways.

A cassette is recorded HTTP of a real model, one YAML file a document.
Requests match on method, path and body, never on host or port: the embedded server
takes a free port each time.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

CASSETTES = Path(__file__).resolve().parents[1] / "cassettes"
HOST = "http://model.invalid"
"""Stands in recorded addresses for the loopback port of the day."""

_KEPT_HEADERS = {"content-type"}
_SECRET = re.compile(
    r"(?i)\bsk-[\w-]{8,}|bearer\s+[\w.~+/=-]{6,}|api[-_]?key|set-cookie|openai-organization"
)


class ReadableSerializer:
    """YAML with Chinese as Chinese and bodies as they were sent."""

    @staticmethod
    def serialize(cassette: dict[str, Any]) -> str:
        """Return the cassette's text."""
        return yaml.safe_dump(
            _plain(cassette), allow_unicode=True, sort_keys=False, width=1_000_000
        )

    @staticmethod
    def deserialize(text: str) -> dict[str, Any]:
        """Return the cassette of a text."""
        return yaml.safe_load(text)


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode("utf-8")
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value


def scrub_request(request: Any) -> Any:
    """Keep method, path, body and content type; the port of the day goes."""
    request.uri = HOST + urlsplit(request.uri).path
    request.headers = _kept(request.headers)
    return request


def scrub_response(response: dict[str, Any]) -> dict[str, Any]:
    """Keep status, body and content type."""
    return response | {"headers": _kept(response["headers"])}


def _kept(headers: Any) -> dict[str, Any]:
    return {k: v for k, v in dict(headers).items() if k.lower() in _KEPT_HEADERS}


def recorded_bodies(path: Path) -> list[dict[str, Any]]:
    """Return the request bodies of a cassette, parsed."""
    cassette = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [json.loads(i["request"]["body"]) for i in cassette["interactions"]]


def secrets_in(text: str) -> list[str]:
    """Return what looks like a key or an account in a cassette's text."""
    return _SECRET.findall(text)
