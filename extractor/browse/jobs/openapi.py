"""OpenAPI: the document that describes the API, made from its schemas."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import models_json_schema

from extractor import __version__
from extractor.browse.jobs.limits import MAX_FILE, MAX_TEXT, MAX_WAITING, PER_MINUTE
from extractor.browse.jobs.schemas import FileRequest, JobReport, Refusal, TextRequest

_REF = "#/components/schemas/{model}"

NO_TOKEN = {401: "The token is missing or wrong."}
NOT_SEEN = {403: "The operator of the site does not let you see this."}
NOT_FOUND = {404: "There is no such database or job, or the server does not write."}
NOT_TAKEN = {
    400: "The request does not fit its schema, or there is nothing in it.",
    403: "Another site asks, or this database cannot be written to.",
    413: f"More than {MAX_TEXT:,} bytes of text or {MAX_FILE:,} of a file.",
    415: "Neither JSON nor a form with a file, or a kind of file that is not read.",
    429: f"More than {PER_MINUTE} requests a minute; Retry-After says when.",
    503: f"{MAX_WAITING} jobs wait already; Retry-After says when to ask again.",
}


def description(url: str) -> dict[str, Any]:
    """Return the OpenAPI document.

    Args:
        url: below which the API is served.
    """
    _, made = models_json_schema(
        [
            (TextRequest, "validation"),
            (FileRequest, "validation"),
            (JobReport, "serialization"),
            (Refusal, "serialization"),
        ],
        ref_template=_REF,
    )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "extract",
            "version": __version__,
            "description": "Send a work plan, get a job; when it is done its records "
            "are in the database and at the address that the job names.",
        },
        "servers": [{"url": url}],
        "security": [{"token": []}],
        "paths": {
            "/-/api/{database}/extract": {"post": _send()},
            "/-/api/{database}/jobs/{id}": {"get": _job()},
            "/-/api/openapi.json": {"get": _openapi()},
        },
        "components": {
            "schemas": made["$defs"],
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _send() -> dict[str, Any]:
    location = {"schema": {"type": "string"}, "description": "The job's address."}
    return {
        "operationId": "extract",
        "summary": "Send a plan",
        "description": "The same plan, to be read in the same way, is the same job: "
        "what was answered before costs nothing again.",
        "parameters": [_parameter("database")],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": _schema("TextRequest"),
                "multipart/form-data": _schema("FileRequest"),
            },
        },
        "responses": {
            "202": _answer("The job.", "JobReport")
            | {"headers": {"Location": location}}
        }
        | _refusals(NOT_TAKEN | NO_TOKEN | NOT_FOUND),
    }


def _job() -> dict[str, Any]:
    return {
        "operationId": "job",
        "summary": "Ask how a job stands",
        "parameters": [_parameter("database"), _parameter("id")],
        "responses": {"200": _answer("The job.", "JobReport")}
        | _refusals(NO_TOKEN | NOT_SEEN | NOT_FOUND),
    }


def _openapi() -> dict[str, Any]:
    return {
        "operationId": "openapi",
        "summary": "Get this document",
        "security": [],
        "responses": {
            "200": {
                "description": "This document.",
                "content": {"application/json": {"schema": {"type": "object"}}},
            }
        }
        | _refusals(NOT_FOUND),
    }


def _parameter(name: str) -> dict[str, Any]:
    schema = {"type": "string"}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _schema(name: str) -> dict[str, Any]:
    return {"schema": {"$ref": _REF.format(model=name)}}


def _answer(words: str, schema: str) -> dict[str, Any]:
    return {"description": words, "content": {"application/json": _schema(schema)}}


def _refusals(words: dict[int, str]) -> dict[str, Any]:
    waits = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}}
    return {
        str(status): _answer(said, "Refusal")
        | ({"headers": waits} if status in {429, 503} else {})
        for status, said in sorted(words.items())
    }
