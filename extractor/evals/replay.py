"""Recorded replies in, predictions out: a model's answers scored without the model.

A cassette is recorded HTTP (`cassettes/`), one YAML file a document.
A request is answered when method, path and body are those of a recorded one; host and
port do not count, and a body that is not there is refused: it would be another
question's answer.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import yaml

from extractor.core.errors import ConfigError
from extractor.core.text import one_line
from extractor.evals.predictions import Arm, Predictions, predictions_of_runs
from extractor.extraction.strategy import Strategy
from extractor.model.client import ModelConfig, OpenAIClient
from extractor.runs.pipeline import RunConfig, Work, run, run_record
from extractor.runs.session import ModelOptions, make_strategy
from extractor.store.ledger import SqliteLedger
from extractor.store.store import Store

_NOBODY = "http://127.0.0.1:9/v1"
"""Stands for the embedded server: its requests have grammars, those to others none."""
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SHOWN_CHARS = 60

Key = tuple[str, str, str]
"""Method, path and canonical body."""


@dataclass(slots=True)
class Cassette:
    """The recorded requests and replies of one document."""

    path: Path
    replies: dict[Key, list[tuple[int, str]]] = field(default_factory=dict)
    """Status and body of each attempt, in the order of recording."""

    @property
    def models(self) -> set[str]:
        """Return the names that the replies give their model."""
        return {str(reply["model"]) for reply in self._answers() if reply.get("model")}

    @property
    def days(self) -> set[str]:
        """Return the days (UTC) on which the replies were made."""
        return {
            datetime.fromtimestamp(reply["created"], UTC).date().isoformat()
            for reply in self._answers()
            if isinstance(reply.get("created"), int)
        }

    def _answers(self) -> list[dict[str, Any]]:
        bodies = [body for replies in self.replies.values() for _, body in replies]
        return [answer for body in bodies if isinstance(answer := _json(body), dict)]


def load_cassette(path: Path) -> Cassette:
    """Load a cassette.

    Raises:
        ConfigError: it cannot be read or is none.
    """
    cassette = Cassette(path)
    try:
        recorded = yaml.load(path.read_bytes(), Loader=_Loader)  # noqa: S506 (safe)
        for interaction in recorded["interactions"]:
            request, response = interaction["request"], interaction["response"]
            address = httpx2.URL(request["uri"])
            key = _key(request["method"], address.path, request["body"])
            reply = (response["status"]["code"], response["body"]["string"])
            cassette.replies.setdefault(key, []).append(reply)
    except OSError as error:
        raise ConfigError(
            f"cassette {str(path)!r} cannot be read ({error.strerror}); record it, or "
            "check --cassette"
        ) from error
    except (yaml.YAMLError, LookupError, TypeError, ValueError) as error:
        raise ConfigError(f"{str(path)!r} is no cassette; record it again") from error
    return cassette


class ReplayTransport(httpx2.AsyncBaseTransport):
    """Answers from a cassette; the last reply to a request is given again."""

    def __init__(self, cassette: Cassette) -> None:
        self._cassette = cassette
        self._played: dict[Key, int] = {}

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Return the recorded reply.

        Raises:
            ConfigError: the request is not recorded, so the cassette is stale.
        """
        body = (await request.aread()).decode("utf-8", errors="replace")
        key = _key(request.method, request.url.path, body)
        replies = self._cassette.replies.get(key)
        if not replies:
            raise ConfigError(self._stale(request, body))
        turn = self._played.get(key, 0)
        self._played[key] = turn + 1
        status, reply = replies[min(turn, len(replies) - 1)]
        headers = {"content-type": "application/json"}
        return httpx2.Response(
            status, headers=headers, content=reply.encode(), request=request
        )

    def _stale(self, request: httpx2.Request, body: str) -> str:
        asked = _json(body)
        messages = asked.get("messages") if isinstance(asked, dict) else None
        question = one_line(str(messages[-1].get("content")) if messages else body)
        if len(question) > _SHOWN_CHARS:
            question = f"{question[:_SHOWN_CHARS]}…"
        return (
            f"cassette {str(self._cassette.path)!r} is stale: no reply is recorded for "
            f"{request.method} {request.url.path} {question!r}; the prompt or the "
            "question has changed: record it again"
        )


def replay_arm(
    name: str,
    folder: Path,
    documents: Mapping[str, Work],
    config: RunConfig,
    options: ModelOptions,
) -> Arm:
    """Return an arm that replays the documents' cassettes; no model, no network.

    It says which model gave the replies and when.
    Its ledger is left out: latencies would be those of this machine today.

    Args:
        name: the arm's name.
        folder: one cassette a document, named like the document's file.
        documents: the documents, by name.
        config: the run that was recorded.
        options: where the prompts are.

    Raises:
        ConfigError: a cassette is missing or is none.
    """
    cassettes = {
        key: load_cassette(folder / f"{Path(work.document.path).stem}.yaml")
        for key, work in documents.items()
    }

    def predict(asked: Mapping[str, Work]) -> Predictions:
        made = {
            key: _replay(cassettes[key], key, work, config, options)
            for key, work in asked.items()
        }
        return Predictions(
            claims={key: one.claims[key] for key, one in made.items()},
            items={key: (one.items or {})[key] for key, one in made.items()},
        )

    models = sorted({model for one in cassettes.values() for model in one.models})
    days = sorted({day for one in cassettes.values() for day in one.days})
    when = " to ".join(dict.fromkeys([days[0], days[-1]])) if days else "unknown"
    return Arm(
        name,
        predict,
        f"{config.strategy} strategy, replies of {', '.join(models) or 'no model'} "
        f"recorded {when}, replayed",
    )


def _replay(
    cassette: Cassette,
    name: str,
    work: Work,
    config: RunConfig,
    options: ModelOptions,
) -> Predictions:
    """Run one document in a database of its own, as it was recorded."""
    works = [work]
    with tempfile.TemporaryDirectory(prefix="extract-eval-") as folder:
        db = Path(folder) / "replay.db"
        with Store(db) as store:
            record = run_record(works, config, make_strategy(config, None, options))
            store.start_run(record)
            ledger = SqliteLedger(store, record.id)
            opened = _opened(config, ledger, cassette, options)
            run(works, config, opened, store, record)
        return predictions_of_runs(db, {name: work})


@asynccontextmanager
async def _opened(
    config: RunConfig, ledger: SqliteLedger, cassette: Cassette, options: ModelOptions
) -> AsyncIterator[Strategy]:
    endpoint = ModelConfig(config.model, _NOBODY, max_attempts=1)
    transport = ReplayTransport(cassette)
    async with OpenAIClient(endpoint, ledger, transport=transport) as client:
        yield make_strategy(config, client, options)


def _key(method: str, path: str, body: str) -> Key:
    parsed = _json(body)
    if parsed is not None:
        body = json.dumps(parsed, sort_keys=True, ensure_ascii=False)
    return method.upper(), path, body


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
