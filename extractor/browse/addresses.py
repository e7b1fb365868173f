"""Addresses of the pages, for whoever links to them."""

from __future__ import annotations

from typing import Any, Literal

from datasette.utils import tilde_encode  # type: ignore[import-untyped]  # no types

Page = Literal[
    "plan", "record", "plans", "extract", "api",
    "indicators", "indicator", "promises", "changes",
]  # fmt: skip

OWN_PAGES: dict[str, Page] = {"commitments": "record", "documents": "plan"}
"""Table: the page that shows one of its rows."""


def address(datasette: Any, page: Page, database: str, id_: str = "") -> str:
    """Return the address of a page of a database.

    Args:
        datasette: the application, which knows below which path it is served.
        page: plan shows a document, record a commitment, plans the whole database,
            extract takes a plan and shows a job; programs ask below api; indicators and
            indicator are what plans promise of one thing, promises two plans of a
            body, changes two runs over a document.
        database: name of the database.
        id_: of the document, the commitment, the job or the indicator.
    """
    route = tilde_encode(datasette.get_database(database).route)
    end = f"/{encoded(id_)}" if id_ else ""
    return str(datasette.urls.path(f"/-/{page}/{route}{end}"))


def encoded(id_: str) -> str:
    """Return an id as a part of an address.

    A long plan has thousands of digests, which are not encoded letter by letter.
    """
    return id_ if id_.isascii() and id_.isalnum() else str(tilde_encode(id_))
