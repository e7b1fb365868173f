"""Recorded replies in, predictions out: a model's answers scored without the model.

A cassette is recorded HTTP (`cassettes/`), one YAML file a document.
A request is answered when method, path and body are those of a recorded one; host and
port do not count, and a body that is not there is refused: it would be another
question's answer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from extractor.core.errors import ConfigError
from extractor.core.records import Draft
from extractor.core.text import one_line
from extractor.evals.predictions import Arm, predict_live
from extractor.extraction.rules.targets import ItemReader
from extractor.model.embedded.adapter import adapter_name
from extractor.model.endpoints import ModelConfig
from extractor.model.requests import Answer, Request, request_key, unanswered
from extractor.model.turns import settled
from extractor.runs.config import RunConfig
from extractor.runs.session import ModelOptions, make_strategy
from extractor.runs.spool import Work

_NOBODY = "http://127.0.0.1:9/v1"
"""Stands for the embedded server: it is asked for JSON otherwise than others are."""
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SHOWN_CHARS = 60


@dataclass(slots=True)
class Cassette:
    """The recorded requests and replies of one document."""

    path: Path
    replies: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    """Status and body of each attempt by its request's key, in order."""

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

    def answered(self, request_key: str) -> tuple[str, str] | None:
        """Return the last reply that is one; attempts that failed were repeated."""
        replies = self.replies.get(request_key, ())
        usable = [body for status, body in replies if status == 200]
        return ("", usable[-1]) if usable else None

    def answer(self, request: Request, endpoint: ModelConfig) -> Answer:
        """Return the recorded answer.

        Raises:
            ConfigError: the request is not recorded, so the cassette is stale.
        """
        found = settled(request, endpoint, self)
        if isinstance(found, Answer):
            return found
        question = one_line(request.messages[-1].content)
        if len(question) > _SHOWN_CHARS:
            question = f"{question[:_SHOWN_CHARS]}…"
        raise ConfigError(
            f"cassette {str(self.path)!r} is stale: no reply is recorded for "
            f"{question!r}; the prompt or the question has changed: record it again"
        )

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
            address = urlsplit(request["uri"])
            sent = request["body"].encode()
            key = request_key(request["method"], address.path, sent)
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
    strategy = make_strategy(config, options.prompts)
    adapter = adapter_name(config.adapter) if config.adapter else ""
    endpoint = ModelConfig(config.model, _NOBODY, adapter=adapter)

    def replayed(key: str, view: ItemReader) -> list[Draft]:
        answers: dict[Request, Answer] = {}
        while new := unanswered(strategy.requests(view, answers), answers):
            answers |= {one: cassettes[key].answer(one, endpoint) for one in new}
        return strategy.drafts(view, answers).drafts

    models = sorted({model for one in cassettes.values() for model in one.models})
    days = sorted({day for one in cassettes.values() for day in one.days})
    when = " to ".join(dict.fromkeys([days[0], days[-1]])) if days else "unknown"
    return Arm(
        name,
        partial(predict_live, drafts=replayed),
        f"{config.strategy} strategy, replies of {', '.join(models) or 'no model'} "
        f"recorded {when}, replayed",
    )


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
