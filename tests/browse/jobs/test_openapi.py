"""OpenAPI: the document says what the addresses do, every status among it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from datasette.utils.asgi import Forbidden

from extractor.browse.jobs import api
from extractor.browse.jobs.limits import API, MAX_TEXT
from extractor.browse.jobs.schemas import (
    FileRequest,
    JobReport,
    Refusal,
    Schema,
    TextRequest,
)
from extractor.browse.jobs.waiting import jobs_of
from extractor.browse.pages.routes import routes
from extractor.browse.serving import datasette_app
from extractor.browse.writing.bucket import Bucket
from tests.browse.jobs.conftest import NAME, SEND, Program
from tests.browse.review.conftest import close

JOBS = f"/-/api/{NAME}/jobs"
OPENAPI = "/-/api/openapi.json"


@pytest.fixture
def document(program: Program) -> Any:
    """Return the document as it is served."""
    program.token = None
    response = program.ask("GET", OPENAPI)
    program.token = program.desk.token
    assert 200 == response.status_code
    return response.json()


def operations(document: Any) -> Iterator[tuple[str, str, Any]]:
    """Yield (path, method, operation)."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def refs(value: Any) -> Iterator[str]:
    """Yield every reference of a document."""
    if isinstance(value, dict):
        yield from ([value["$ref"]] if "$ref" in value else [])
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from refs(part)


def test_paths_are_the_routes(document: Any) -> None:
    """Each address of the API is described, and no other."""
    ours = [pattern for pattern, _ in routes() if pattern.startswith("/-/api/")]
    matched = [
        [pattern for pattern in ours if re.match(pattern, path)]
        for path in document["paths"]
    ]

    assert all(len(found) == 1 for found in matched)
    assert sorted(ours) == sorted(found[0] for found in matched)
    assert {api.SEND_ROUTE, api.JOB_ROUTE, api.OPENAPI_ROUTE} == set(ours)


def test_document_is_whole(document: Any) -> None:
    """Every reference leads somewhere, every parameter and field is described."""
    assert "3.1.0" == document["openapi"]
    schemas = document["components"]["schemas"]
    assert {ref.rpartition("/")[2] for ref in refs(document)} <= set(schemas)
    for path, _, operation in operations(document):
        named = {one["name"] for one in operation.get("parameters", ())}
        assert set(re.findall(r"{(\w+)}", path)) == named
        assert operation["summary"] and operation["operationId"]
    for model in (TextRequest, FileRequest, JobReport, Refusal):
        assert set(model.model_fields) == set(schemas[model.__name__]["properties"])
        assert False is schemas[model.__name__]["additionalProperties"]
    assert "binary" == schemas["FileRequest"]["properties"]["file"]["format"]


def described(document: Any) -> dict[str, set[int]]:
    """Return the statuses of each operation."""
    return {
        operation["operationId"]: {int(status) for status in operation["responses"]}
        for _, _, operation in operations(document)
    }


def test_every_status_is_given_and_described(
    program: Program, document: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the handlers answer fits the schema that the document names for it."""
    seen: dict[str, set[int]] = {"extract": set(), "job": set(), "openapi": {200}}

    def note(name: str, response: Any) -> None:
        status = response.status_code
        seen[name].add(status)
        model: type[Schema] = JobReport if status < 300 else Refusal
        model.model_validate_json(response.text)

    sent = program.send()
    note("extract", sent)
    job = program.wait(sent)["links"]["job"]
    note("job", program.ask("GET", job))
    note("job", program.ask("GET", f"{JOBS}/x"))
    note("extract", program.send(""))
    note("extract", program.ask("POST", "/-/api/x/extract", json={"text": "x"}))
    note("extract", program.send("x" * (MAX_TEXT + 1)))
    note("extract", program.ask("POST", SEND, content=b"x"))
    note("extract", program.ask("POST", SEND, {"origin": "http://x"}, json={}))
    program.token = "wrong"
    note("extract", program.send())
    note("job", program.ask("GET", job))
    program.token = program.desk.token
    monkeypatch.setattr("extractor.browse.jobs.waiting.MAX_WAITING", 0)
    note("extract", program.send("other"))
    assert jobs_of(program.site)
    program.desk.buckets[API.name] = Bucket(0, 1)
    note("extract", program.send())
    reader = Program(datasette_app(program.path), program.desk)
    note("openapi", reader.ask("GET", OPENAPI))
    close(reader.site)

    async def forbid(*_given: Any) -> None:
        raise Forbidden("no")

    monkeypatch.setattr(program.site, "ensure_permissions", forbid)
    note("job", program.ask("GET", job))

    assert described(document) == seen
