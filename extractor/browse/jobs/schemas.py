"""Schemas: what the API is sent and what it answers, as its OpenAPI document says."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from extractor.browse.jobs.limits import MAX_FILE, MAX_TEXT
from extractor.documents.metadata import FIRST_PLAN_YEAR, LAST_PLAN_YEAR

State = Literal["waiting", "running", "done", "failed", "stopped"]

_Name = Annotated[str | None, Field(max_length=200)]
_Year = Annotated[int | None, Field(ge=FIRST_PLAN_YEAR, le=LAST_PLAN_YEAR)]


class Schema(BaseModel):
    """Base of all: frozen, closed, each field with a string as its description."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True
    )


class Request(Schema):
    """How a plan is to be read."""

    model: str | None = None
    """One of those that the server was started with; the first of them by default."""
    title: _Name = None
    """Title, instead of the one found by rule."""
    issuer: _Name = None
    """Issuing body, instead of the one found by rule."""
    plan_year: _Year = None
    """Year of the plan; every date without a year depends on it."""


class TextRequest(Request):
    """A plan as a text."""

    text: str = Field(min_length=1, description=f"At most {MAX_TEXT:,} bytes of UTF-8.")


class FileRequest(Request):
    """A plan as a file."""

    file: bytes = Field(
        description=f"Of any kind that `extract run` reads, at most {MAX_FILE:,} bytes."
    )


class Counts(Schema):
    """How far a job is."""

    items: int | None
    """Points of the plan; null until it is split."""
    done: int
    """Of these, how many are done, those of an earlier job among them."""
    with_records: int
    without_records: int
    failed: int
    """Items that failed; the same plan sent again tries them again."""
    records: int
    hard: int
    """Records with a number or a date."""


class ItemFailure(Schema):
    """Why an item has no answer."""

    item_id: str
    label: str
    """As printed."""
    kind: str
    message: str


class Links(Schema):
    """Where to go from here, as addresses of this site."""

    job: str
    page: str
    """The same for people."""
    document: str | None
    """The page of the document, as soon as there is one."""
    records: str | None
    """Its records as JSON, once all are there."""


class JobReport(Schema):
    """A job as it stands."""

    ok: Literal[True] = True
    id: str
    """The same plan, to be read in the same way, has the same one."""
    state: State
    """`stopped`: the server was; send it again, and it goes on."""
    ahead: int
    """Jobs that come before it."""
    name: str
    """Of the file that was sent; empty for a text."""
    title: str | None
    model: str
    counts: Counts
    calls: int
    """Requests to the model, those of an earlier job among them."""
    cost_usd: float | None
    """What they cost; null where no price is known."""
    failures: tuple[ItemFailure, ...]
    """The first 50."""
    error: str | None
    """Why the job failed."""
    notice: str | None
    """What to doubt of one that did not."""
    document_id: str | None
    links: Links


class Refusal(Schema):
    """Why nothing was done."""

    ok: Literal[False]
    status: int
    zh: str
    """In Chinese; empty where the reason is one of a file."""
    error: str
    """In English."""
