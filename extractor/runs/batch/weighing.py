"""What a submission would send and cost; nothing is sent or stored."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from extractor.extraction.strategy import Strategy
from extractor.model.batches.lines import batch_path, request_line
from extractor.model.endpoints import ModelConfig
from extractor.runs.batch.filing import Limits
from extractor.runs.batch.planning import Asking
from extractor.runs.config import RunConfig
from extractor.runs.estimate import ANSWER_TOKENS, NOT_SENT, Estimate
from extractor.runs.spool import Work
from extractor.store.batches.stored import StoredOut


class Weighed(NamedTuple):
    """What would be sent."""

    estimates: list[Estimate]
    """Of each document."""
    files: int
    bytes: int
    out: int
    """Requests that are under way already."""


def weigh_batches(
    works: Iterable[Work],
    strategy: Strategy,
    config: RunConfig,
    db: Path,
    limits: Limits,
) -> Weighed:
    """Return what would be sent for documents, that of the database left out."""
    url = config.base_url or ""
    endpoint = ModelConfig(config.model, url, NOT_SENT, mode=config.answer_mode)
    path = batch_path(url)
    estimates: list[Estimate] = []
    seen: set[str] = set()
    files = size = out = in_file = of_file = 0
    with closing(StoredOut(db, url)) as known:
        asking = Asking(strategy, endpoint, known)
        for work in works:
            requests = tokens = 0
            for _, turn in asking.open_turns(work):
                if turn.key in seen or known.is_out(turn.key):
                    out += turn.key not in seen
                    continue
                seen.add(turn.key)
                body = json.dumps(turn.body, ensure_ascii=False)
                line = len(request_line(turn.key, path, body))
                is_full = in_file == limits.requests or of_file + line > limits.bytes
                if is_full or not files:
                    files, in_file, of_file = files + 1, 0, 0
                in_file, of_file, size = in_file + 1, of_file + line, size + line
                requests += 1
                tokens += turn.request.prompt_tokens
            answer_tokens = requests * ANSWER_TOKENS[config.strategy]
            path_shown = work.document.path
            estimates.append(
                Estimate(path_shown, len(work.items), requests, tokens, answer_tokens)
            )
    return Weighed(estimates, files, size, out)
