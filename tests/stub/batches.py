"""Files and batches of the stub: what was uploaded, what was made, what came of it.

How a batch ends is decided when it is first asked about and has an end:

- `state`: completed, failed, expired, cancelled, or a state on the way;
- `answered`: the share of its requests that were answered, the first ones;
- `errors`, `unfit`, `truncated`, `halved`: how many of the answered, from the first,
  are an error line, do not fit, are cut off with nothing whole, or in the middle;
- `malformed`, `unknown`, `doubled`: lines more, of that kind;
- `hold`: what is begun and never answered: `upload` or `create`, before or after it is
  done (`create-after`), or `content`;
- `cut_content`: bytes after which an answer file breaks off, or is held;
- `refuse_create`: the status of that refusal;
- `no_list`, `no_batches`: what the endpoint does not have.
"""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

from tests.fake_endpoint import completion, sensible, tool_call

_NAME = re.compile(rb'name="(\w+)"(?:; filename="([^"]*)")?')
ON_THE_WAY = {"validating", "in_progress", "finalizing", "cancelling"}


@dataclass
class _Batch:
    id: str
    file_id: str
    metadata: dict[str, str]
    endpoint: str
    created_at: float
    end: dict[str, Any] | None = None


class Batches:
    """The files and batches of an endpoint."""

    def __init__(self) -> None:
        self.behaviour: dict[str, Any] = {}
        self.files: dict[str, tuple[str, bytes]] = {}
        self.made: dict[str, _Batch] = {}
        self.calls: Counter[str] = Counter()
        self.answered: Counter[str] = Counter()
        """How often each request, by its custom id, was answered and billed."""
        self.tokens: Counter[str] = Counter()

    def reply(self, method: str, path: str, body: bytes) -> tuple[int, bytes, str]:
        """Return status, body and the hold that comes after it."""
        if self.behaviour.get("no_batches"):
            return 404, _error("no such page"), ""
        path, _, query = path.partition("?")
        parts = path.removeprefix("/v1/").split("/")
        name = f"{method} {parts[0]}" + (" one" if parts[1:] else "")
        self.calls[name] += 1
        if name == "POST files":
            return 200, _json(self._upload(body)), "upload-after"
        if name == "GET files" and not self.behaviour.get("no_list"):
            return 200, _listed([self._file(one) for one in self.files]), ""
        if name == "GET files one" and parts[1] in self.files:
            return 200, self.files[parts[1]][1], ""
        if name == "POST batches":
            return self._create(json.loads(body))
        if name == "GET batches" and not self.behaviour.get("no_list"):
            # A page has one, so that whoever looks must turn it.
            ids = list(reversed(self.made))
            after = re.search(r"after=([\w-]+)", query)
            ids = ids[ids.index(after[1]) + 1 :] if after else ids
            page = [self._state(self.made[one], asks=False) for one in ids[:1]]
            return 200, _listed(page, has_more=len(ids) > 1), ""
        if name == "GET batches one" and parts[1] in self.made:
            return 200, _json(self._state(self.made[parts[1]])), ""
        return 404, _error(f"{path} is not here"), ""

    def counts(self) -> dict[str, Any]:
        """Return what was served so far."""
        return {
            "files": len([one for one in self.files if one.startswith("file-in")]),
            "batches": len(self.made),
            "calls": dict(self.calls),
            "billed": self.answered.total(),
            "billed_again": sum(n - 1 for n in self.answered.values()),
            "tokens": dict(self.tokens),
            "sizes": [
                (len(content.splitlines()), len(content))
                for name, (_, content) in self.files.items()
                if name.startswith("file-in")
            ],
        }

    def _upload(self, body: bytes) -> dict[str, Any]:
        boundary = body.split(b"\r\n", 1)[0]
        fields = {}
        for part in body.split(boundary)[1:-1]:
            head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
            field, name = _NAME.search(head).groups()
            fields[field.decode()] = (name, content.removesuffix(b"\r\n"))
        assert fields["purpose"][1] == b"batch"
        name, content = fields["file"]
        file_id = f"file-in-{len(self.files)}"
        self.files[file_id] = (name.decode(), content)
        return self._file(file_id)

    def _file(self, file_id: str) -> dict[str, Any]:
        name, content = self.files[file_id]
        return {
            "id": file_id,
            "object": "file",
            "filename": name,
            "bytes": len(content),
            "created_at": int(time.time()),
            "purpose": "batch",
        }

    def _create(self, asked: dict[str, Any]) -> tuple[int, bytes, str]:
        if refused := self.behaviour.get("refuse_create"):
            return refused, _error("not now"), ""
        requests = self._requests(asked["input_file_id"])
        assert {one["url"] for one in requests} == {asked["endpoint"]}
        assert len({one["custom_id"] for one in requests}) == len(requests)
        assert asked["completion_window"] == "24h"
        made = _Batch(
            f"batch-{len(self.made)}",
            asked["input_file_id"],
            asked.get("metadata", {}),
            asked["endpoint"],
            time.time(),
        )
        self.made[made.id] = made
        return 200, _json(self._state(made, asks=False)), "create-after"

    def _requests(self, file_id: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.files[file_id][1].splitlines()]

    def _state(self, batch: _Batch, *, asks: bool = True) -> dict[str, Any]:
        state = self.behaviour.get("state", "completed") if asks else "validating"
        if batch.end is None and state not in ON_THE_WAY:
            batch.end = self._end(batch, state)
        total = len(self._requests(batch.file_id))
        on_the_way = {
            "status": state,
            "request_counts": {"total": total, "completed": 0, "failed": 0},
        }
        return {
            "id": batch.id,
            "object": "batch",
            "endpoint": batch.endpoint,
            "completion_window": "24h",
            "input_file_id": batch.file_id,
            "metadata": batch.metadata,
            "created_at": int(batch.created_at),
            **(batch.end or on_the_way),
        }

    def _end(self, batch: _Batch, state: str) -> dict[str, Any]:
        told = self.behaviour
        requests = self._requests(batch.file_id)
        if state == "failed":
            error = {"code": "invalid", "message": "line 1 is not to our liking"}
            counts = {"total": 0, "completed": 0, "failed": 0}
            errors = {"object": "list", "data": [error]}
            return {"status": state, "request_counts": counts, "errors": errors}
        cut = round(len(requests) * told.get("answered", 1.0))
        bad = told.get("errors", 0)
        good = [
            self._answered(one, n - bad) for n, one in enumerate(requests[bad:cut], bad)
        ]
        failed = [
            _line(one, 500, json.loads(_error("no luck"))) for one in requests[:bad]
        ]
        code = "batch_cancelled" if state == "cancelled" else "batch_expired"
        left = [_left(one["custom_id"], code) for one in requests[cut:]]
        lines = [json.dumps(one, ensure_ascii=False) for one in reversed(good)]
        lines += ['{"custom_id": "x", "resp', "[]", "7"][: told.get("malformed", 0)]
        unknown = _line({"custom_id": "not-ours"}, 200, {})
        lines += [json.dumps(unknown)] * told.get("unknown", 0)
        lines += lines[: told.get("doubled", 0)]
        errors = [json.dumps(one) for one in (*failed, *left)]
        return {
            "status": state,
            "request_counts": {
                "total": len(requests),
                "completed": len(good),
                "failed": len(errors),
            },
            "output_file_id": self._kept(batch, "out", lines),
            "error_file_id": self._kept(batch, "err", errors),
        }

    def _kept(self, batch: _Batch, kind: str, lines: list[str]) -> str | None:
        if not lines:
            return None
        file_id = f"file-{kind}-{batch.id}"
        self.files[file_id] = ("x.jsonl", ("\n".join(lines) + "\n").encode())
        return file_id

    def _answered(self, request: dict[str, Any], place: int) -> dict[str, Any]:
        self.answered[request["custom_id"]] += 1
        self.tokens["prompt_tokens"] += 100
        self.tokens["completion_tokens"] += 7
        kinds = [
            kind
            for kind in ("unfit", "truncated", "halved")
            for _ in range(self.behaviour.get(kind, 0))
        ]
        body = json.loads(sensible(request["body"]).body)
        text = body["choices"][0]["message"]["content"]
        bad = {
            "unfit": tool_call('{"numbers": 3}').body,
            "truncated": completion('{"numbers": [', "length").body,
            "halved": completion(text[: text.find("}") + 3], "length").body,
        }
        if place < len(kinds):
            body = json.loads(bad[kinds[place]])
        return _line(request, 200, body)


def _line(request: dict[str, Any], status: int, body: Any) -> dict[str, Any]:
    response = {"status_code": status, "request_id": "r", "body": body}
    return {
        "id": "batch_req",
        "custom_id": request["custom_id"],
        "response": response,
        "error": None,
    }


def _left(custom_id: str, code: str) -> dict[str, Any]:
    error = {"code": code, "message": "This request could not be executed in time."}
    return {"id": "b", "custom_id": custom_id, "response": None, "error": error}


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


def _error(message: str) -> bytes:
    return _json({"error": {"message": message, "type": "stub", "code": None}})


def _listed(found: list[dict[str, Any]], *, has_more: bool = False) -> bytes:
    return _json({"object": "list", "data": found, "has_more": has_more})
