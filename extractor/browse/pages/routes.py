"""Routes: the addresses of the pages and of the files that come with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from datasette.utils.asgi import asgi_static  # type: ignore[import-untyped]  # no types

from extractor.browse.across import changes, indicator, indicators, promises
from extractor.browse.jobs import api, page
from extractor.browse.pages import document, listed, record, start
from extractor.browse.review import answers
from extractor.browse.writing import entering

_HERE = Path(__file__).parents[1]
TEMPLATES = _HERE / "templates"
_STATIC = _HERE / "static"

STYLE = "/-/extract/browse.css"
"""Address of the style sheet for Datasette's own pages."""
SCRIPT = "/-/extract/pages.js"
"""Address of the script of all pages, which all work without it."""


_ASSET = r"/-/extract/(?P<path>(?:vendor/)?[a-z]+(?:\.[a-z]+)+)$"
"""No name of a database has a dot in an address."""


def routes() -> list[tuple[str, Any]]:
    """Return (pattern of the address, what answers it)."""
    return [
        (_ASSET, asgi_static(_STATIC)),
        (start.INDEX_ROUTE, start.answer_index),
        (start.ROUTE, start.answer),
        (document.ROUTE, document.answer),
        (record.ROUTE, record.answer),
        (indicators.ROUTE, indicators.answer),
        (indicator.ROUTE, indicator.answer),
        (promises.ROUTE, promises.answer),
        (changes.ROUTE, changes.answer),
        (entering.ROUTE, entering.answer_enter),
        (answers.NAME_ROUTE, answers.answer_name),
        (answers.UNDO_ROUTE, answers.answer_undo),
        (answers.READING_ROUTE, answers.answer_reading),
        (answers.MARKS_ROUTE, answers.answer_marks),
        (answers.ROUTE, answers.answer_review),
        (page.ROUTE, page.answer),
        (page.JOB_ROUTE, page.answer_job),
        (api.OPENAPI_ROUTE, api.answer_openapi),
        (api.SEND_ROUTE, api.answer_send),
        (api.JOB_ROUTE, api.answer_job),
    ]


def add_templates(env: Any) -> None:
    """Let Datasette find the pages' templates, in front of its own of the same name.

    Those that its operator brings still come first.
    """
    env.globals["listed"] = listed
    for loader in env.loader.loaders:
        paths = getattr(loader, "searchpath", [])
        if paths and str(TEMPLATES) not in paths:
            paths.insert(len(paths) - 1, str(TEMPLATES))
