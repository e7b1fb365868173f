"""The batches of an endpoint: files up, batches made and looked for, answers down.

The second sender beside `client`, for what is not answered at once. It repeats no call
that makes something: whoever asked looks first whether it was made.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, Final, NamedTuple, NoReturn

import httpx2
import openai

from extractor.core.errors import TransportError
from extractor.model.batches.lines import batch_path, split_lines
from extractor.model.client import explain, sdk_options
from extractor.model.endpoints import ModelConfig
from extractor.model.limits.pricing import is_loopback
from extractor.model.redaction import Redaction, one_line
from extractor.model.responses import error_message, json_object

ENDED = frozenset({"completed", "failed", "expired", "cancelled"})
"""States that no batch leaves; what it has answered can be fetched then."""
_OURS = "extract_batch"
"""Metadata of a batch: our own id of it."""
_WINDOW: Final = "24h"
"""The only one there is."""
_READ_TRIES = 2
"""Looking does no harm, so the SDK may look again."""
_PAGE = 100
_MOST_PAGES = 200
_DAY_S = 86_400
"""By how much the clocks of two machines may differ."""
_MOST_BYTES = 4_000_000_000
"""Of a file of answers: 80 KB each of 50,000."""
_ID = re.compile(r"[\w.:=+-]{1,200}", re.ASCII)
_NOT_HERE = frozenset({404, 405, 501})


class RefusedError(TransportError):
    """The endpoint refused for sure: what was to be made is not there."""

    def __init__(self, message: str, status: int, model: str) -> None:
        super().__init__(message, is_fatal=True, model=model)
        self.status = status


class RemoteBatch(NamedTuple):
    """A batch as the endpoint has it."""

    id: str
    status: str
    """The endpoint's own word."""
    completed: int
    failed: int
    output_file_id: str | None
    error_file_id: str | None
    reason: str | None
    """Why it failed as a whole, in one line."""

    @property
    def is_ended(self) -> bool:
        """Say whether nothing more will come of it."""
        return self.status in ENDED


class BatchEndpoint:
    """Files and batches of an OpenAI-compatible endpoint; close it after use."""

    def __init__(self, config: ModelConfig) -> None:
        self.config = config
        self._makes = openai.OpenAI(
            **sdk_options(config),
            http_client=httpx2.Client(
                timeout=config.timeout_s, trust_env=not is_loopback(config.base_url)
            ),
        )
        self._looks = self._makes.with_options(max_retries=_READ_TRIES)
        self._redaction = Redaction(config.secrets)

    def close(self) -> None:
        """Close the connections."""
        self._makes.close()

    def upload(self, name: str, file: BinaryIO) -> str:
        """Send a file of requests and return its id.

        Raises:
            TransportError: it may not have arrived.
        """
        with self._translated(makes=True):
            reply = self._makes.files.with_raw_response.create(
                file=(name, file, "application/jsonl"), purpose="batch"
            )
        return self._id(json_object(reply.text).get("id"))

    def find_file(self, name: str, size: int, since_s: float) -> str | None:
        """Return the id of a file of this name and size, None where none is seen.

        Args:
            name: as given to `upload`.
            size: its bytes.
            since_s: when it was sent at the earliest, in seconds since 1970.
        """
        try:
            for one in self._listed(self._looks.files, since_s, purpose="batch"):
                if one.get("filename") == name and one.get("bytes") == size:
                    return self._id(one.get("id"))
        except TransportError:  # a second copy of a file costs nothing
            return None
        return None

    def create(self, file_id: str, own_id: str) -> RemoteBatch:
        """Make a batch of a file that was sent.

        Raises:
            RefusedError: it was refused.
            TransportError: nobody knows whether it was made.
        """
        with self._translated(makes=True):
            reply = self._makes.batches.with_raw_response.create(
                input_file_id=file_id,
                endpoint=batch_path(self.config.base_url),  # type: ignore[arg-type]  # others count versions too
                completion_window=_WINDOW,
                metadata={_OURS: own_id},
            )
        return self._batch(json_object(reply.text))

    def find(self, file_id: str, own_id: str, since_s: float) -> RemoteBatch | None:
        """Return the batch that was made of a file, None where none was.

        Args:
            file_id: the file of its requests.
            own_id: our id of it.
            since_s: when it was made at the earliest, in seconds since 1970.

        Raises:
            TransportError: the endpoint does not tell.
        """
        for one in self._listed(self._looks.batches, since_s):
            metadata = one.get("metadata")
            ours = metadata.get(_OURS) if isinstance(metadata, dict) else None
            if ours == own_id or one.get("input_file_id") == file_id:
                return self._batch(one)
        return None

    def retrieve(self, batch_id: str) -> RemoteBatch:
        """Return how a batch stands.

        Raises:
            TransportError: the endpoint does not tell.
        """
        with self._translated():
            reply = self._looks.batches.with_raw_response.retrieve(batch_id)
        return self._batch(json_object(reply.text))

    def lines(self, file_id: str) -> Iterator[bytes | None]:
        """Yield the lines of a file as they come; None for one too long to keep.

        Raises:
            TransportError: it cannot be fetched whole.
        """
        with (
            self._translated(),
            self._looks.files.with_streaming_response.content(file_id) as reply,
        ):
            yield from split_lines(self._bounded(file_id, reply.iter_bytes))

    def _bounded(
        self, file_id: str, pieces: Callable[[], Iterator[bytes]]
    ) -> Iterator[bytes]:
        size = 0
        for chunk in pieces():  # of no set size: what came before a break is kept
            size += len(chunk)
            if size > _MOST_BYTES:
                self._fail(f"{file_id} is larger than {_MOST_BYTES:,} bytes")
            yield chunk

    def _listed(
        self, kind: Any, since_s: float, **options: str
    ) -> Iterator[dict[str, Any]]:
        """Yield what an endpoint lists, newest first, back to a day before a moment."""
        after: dict[str, str] = {}
        for _ in range(_MOST_PAGES):
            with self._translated():
                reply = kind.with_raw_response.list(limit=_PAGE, **options, **after)
            page = json_object(reply.text)
            listed = page.get("data")
            found = [one for one in listed or () if isinstance(one, dict)]
            yield from found
            times = [one.get("created_at") for one in found]
            known = [at for at in times if isinstance(at, (int, float))]
            is_past = bool(known) and max(known) < since_s - _DAY_S
            last = found[-1].get("id") if found else None
            if not page.get("has_more") or is_past or not isinstance(last, str):
                return
            after = {"after": last}

    def _batch(self, body: dict[str, Any]) -> RemoteBatch:
        counts = body.get("request_counts")
        counts = counts if isinstance(counts, dict) else {}
        output, error = body.get("output_file_id"), body.get("error_file_id")
        return RemoteBatch(
            self._id(body.get("id")),
            one_line(str(body.get("status")), self.config.secrets),
            _count(counts.get("completed")),
            _count(counts.get("failed")),
            self._id(output) if output else None,
            self._id(error) if error else None,
            self._reason(body),
        )

    def _reason(self, body: dict[str, Any]) -> str | None:
        errors = body.get("errors")
        listed = errors.get("data") if isinstance(errors, dict) else None
        said = [
            str(one.get("message") or one.get("code"))
            for one in (listed if isinstance(listed, list) else ())
            if isinstance(one, dict)
        ]
        if not said:
            return None
        more = f" (and {len(said) - 1} more)" if said[1:] else ""
        return one_line(said[0], self.config.secrets) + more

    def _id(self, value: object) -> str:
        """Return an id that may be stored, shown and asked for again."""
        if not isinstance(value, str) or not _ID.fullmatch(value):
            self._fail(f"{self.config.endpoint} sent something else than a batch")
        return self._redaction.text(value)

    @contextmanager
    def _translated(self, *, makes: bool = False) -> Iterator[None]:
        """Raise what goes wrong as one of our own; the SDK's exceptions end here."""
        try:
            yield
        except openai.APIStatusError as exc:
            raise self._refusal(exc, makes=makes) from exc
        except openai.APIError as exc:
            self._fail(explain(exc, self.config)[0], exc)
        except (openai.OpenAIError, httpx2.HTTPError) as exc:
            said = one_line(str(exc), self.config.secrets) or type(exc).__name__
            self._fail(f"{self.config.endpoint} broke off: {said}", exc)

    def _refusal(self, exc: openai.APIStatusError, *, makes: bool) -> TransportError:
        status = exc.status_code
        message, _ = explain(exc, self.config)
        if status in _NOT_HERE:
            said = one_line(error_message(exc.response), self.config.secrets)
            message = f"{self.config.endpoint} answered {status}: {said}"
            if makes:
                message += "; where it has no batches, `extract run` asks it one by one"
        if status >= 500 or status in {408, 409}:
            return TransportError(message, is_fatal=True, model=self.config.name)
        return RefusedError(message, status, self.config.name)

    def _fail(self, message: str, cause: Exception | None = None) -> NoReturn:
        raise TransportError(message, is_fatal=True, model=self.config.name) from cause


def _count(value: object) -> int:
    return value if isinstance(value, int) and 0 <= value < 1 << 53 else 0
