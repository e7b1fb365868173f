"""Datasette plugin: Chinese search, links between rows, and untrusted text as text.

Loaded by `extract serve` and, as an entry point, by any Datasette of the environment;
it leaves other programs' databases alone.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Collection, Generator, Mapping
from typing import Any

from datasette.filters import FilterArguments  # type: ignore[import-untyped]  # no types
from markupsafe import Markup, escape
from pluggy import HookimplMarker

from extractor.browse.addresses import OWN_PAGES, Page, address
from extractor.browse.count_sql import MOST_COUNTED, OFTEN
from extractor.browse.jobs import limits
from extractor.browse.ours import is_ours, our_databases
from extractor.browse.pages.errors import answer_error
from extractor.browse.pages.routes import SCRIPT, STYLE, add_templates, routes
from extractor.browse.pages.tables import Table, shown_value
from extractor.browse.questions import questions
from extractor.browse.review.answers import PLACE as REVIEWING
from extractor.browse.spreadsheets import for_spreadsheets
from extractor.browse.writing.desk import may_write
from extractor.browse.writing.places import Place
from extractor.browse.writing.wall import CSRF_CHECKED, App, walled
from extractor.core.fields import QUOTES
from extractor.store.finding.search_text import fts_query

# Datasette's own marker is the same one, without types.
hookimpl = HookimplMarker("datasette")

SEARCHED = {
    "v_commitments": {"commitment_id": "commitments"},
    "v_commitments_reviewed": {"commitment_id": "commitments", "review_id": "reviews"},
    "v_items": {"item_id": "items"},
    "commitments": {"id": "commitments"},
    "items": {"id": "items"},
}
"""Table or view with a search box: its id columns, the tables whose index is asked."""

LINKS = {
    "run_id": "runs",
    "item_id": "items",
    "call_id": "llm_calls",
    "eval_run_id": "eval_runs",
    "review_id": "reviews",
}
"""Column of a view or query: the table that has the row."""

PAGES: dict[str, Page] = {"commitment_id": "record", "document_id": "plan"}
"""Column of a view or query: the page that shows it."""

PLACES: tuple[Place, ...] = (REVIEWING, limits.PAGE, limits.API)
"""Below which addresses something is written."""

MARKED = {field.name: tuple(field.columns()) for field in QUOTES[1:]}
"""Quotes shown within their clause, all but who acts: columns of text, start, end."""

_ID = re.compile(r"[0-9a-f]{16}")
_URL = re.compile(r"\s*https?://", re.IGNORECASE)

Render = Callable[[], Awaitable[Markup | None]]


@hookimpl
def prepare_connection(conn: Any) -> None:
    """Give SQL `search_query(words)`: what a reader types as a query of full text."""
    conn.create_function(
        "search_query", 1, lambda words: fts_query(str(words or "")), deterministic=True
    )


@hookimpl
def render_cell(
    row: Mapping[str, Any],
    value: Any,
    column: str,
    table: str | None,
    database: str,
    datasette: Any,
) -> Render | None:
    """Show a clause with its quotes marked, an id as a link, an address as text."""
    if not isinstance(value, str):
        return None
    is_view = table is None or table.startswith("v_")
    if column == "clause":
        shown = mark_quotes(value, row)
    elif _ID.fullmatch(value) and (page := _page_of(column, table, is_view=is_view)):
        shown = _link(address(datasette, page, database, value), value)
    elif is_view and column in LINKS and _ID.fullmatch(value):
        shown = _link(datasette.urls.row(database, LINKS[column], value), value)
    elif _URL.match(value):
        # Datasette makes a link of it; an address in a document is never followed.
        shown = escape(value)
    elif (worded := shown_value(column, value)) is not None and is_view:
        shown = worded
    else:
        return None

    async def render() -> Markup | None:
        return shown if await is_ours(datasette, database) else None

    return render


def _link(href: str, words: str) -> Markup:
    return Markup('<a href="{}">{}</a>').format(href, words)


def _page_of(column: str, table: str | None, *, is_view: bool) -> Page | None:
    """Return the page that an id leads to, None for none."""
    if is_view:
        return PAGES.get(column)
    return OWN_PAGES.get(table or "") if column == "id" else None


@hookimpl(trylast=True)
def filters_from_request(
    request: Any, database: str, table: str, datasette: Any
) -> Callable[[], Awaitable[Any]] | None:
    """Answer the search box; Datasette knows none for views, nor how words are kept."""
    if table not in SEARCHED:
        return None

    async def search() -> Any:
        if not await is_ours(datasette, database):
            return None
        words = (request.args.get("_search") or "").strip()
        often = await _found_often(datasette.get_database(database), table, words)
        clauses, params = search_clauses(table, words, often)
        return FilterArguments(
            clauses,
            params=params,
            human_descriptions=[f'search matches "{words}"'] if words else [],
            extra_context={
                "supports_search": True,
                "search": words,
                "uncounted_from": MOST_COUNTED if often else None,
            },
        )

    return search


async def _found_often(db: Any, table: str, words: str) -> list[str]:
    """Return the tables of whose index very many rows have the words."""
    often = []
    for indexed in SEARCHED[table].values() if words else ():
        found = await db.execute(
            f"select count(*) from (select 1 from {indexed}_fts "
            f"where {indexed}_fts match :searched limit {MOST_COUNTED + 1})",
            {"searched": fts_query(words)},
        )
        often += [indexed] if found.rows[0][0] > MOST_COUNTED else []
    return often


def search_clauses(
    table: str, words: str, often: Collection[str] = ()
) -> tuple[list[str], dict[str, str]]:
    """Return the SQL condition that all words occur in a row, none without words.

    The order stays the table's: Datasette sorts by a column alone, and lets a plugin
    add conditions only. The query `search` has the best match first.

    Args:
        table: the table or view.
        words: what is looked for.
        often: tables whose index has them very often. Then the rows are gone through in
            their order until a page is full, which is soon, and each is looked up;
            else the few that have them are looked up and put in order.
    """
    if not words:
        return [], {}
    found = " or ".join(
        f"exists {OFTEN} (select 1 from {indexed} k where k.id = {table}.{column} "
        f"and k.rowid in ({_matching(indexed)}))"
        if indexed in often
        else f"{column} in (select id from {indexed} where rowid in "
        f"({_matching(indexed)}))"
        for column, indexed in SEARCHED[table].items()
    )
    return [f"({found})"], {"searched": fts_query(words)}


def _matching(indexed: str) -> str:
    return f"select rowid from {indexed}_fts where {indexed}_fts match :searched"


def mark_quotes(clause: str, row: Mapping[str, Any]) -> Markup:
    """Return the clause as HTML, with the quotes of its row marked.

    Where the row has spans they say which mention is meant; else it is the first.
    """
    html, done = Markup(), 0
    for start, end, field in sorted(_places(clause, row)):
        if start >= done:
            html += escape(clause[done:start])
            html += Markup('<mark title="{}">{}</mark>').format(
                field, clause[start:end]
            )
            done = end
    return html + escape(clause[done:])


def _places(clause: str, row: Mapping[str, Any]) -> list[tuple[int, int, str]]:
    """Return (start, end, field) of the quotes inside the clause."""
    present = set(row.keys())
    places = []
    for field, (text, start_column, end_column) in MARKED.items():
        quote = row[text] if text in present else None
        if not isinstance(quote, str) or not quote:
            continue
        if {"start", start_column, end_column} <= present:
            start = row[start_column] - row["start"]
            end = row[end_column] - row["start"]
        else:
            start = clause.find(quote)
            end = start + len(quote)
        if 0 <= start < end <= len(clause):
            places.append((start, end, field))
    return places


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """Add the pages people read."""
    return routes()


@hookimpl
def asgi_wrapper(datasette: Any) -> Callable[[App], App]:
    """Put the wall in front of what writes, and make CSV safe for spreadsheets."""
    return lambda app: walled(for_spreadsheets(app), datasette, PLACES)


@hookimpl
def skip_csrf(scope: Mapping[str, Any]) -> bool:
    """Leave a form alone that the wall has checked itself."""
    return scope.get(CSRF_CHECKED) is True


@hookimpl
def prepare_jinja2_environment(env: Any) -> None:
    """Add the templates of the pages."""
    add_templates(env)


@hookimpl
def extra_css_urls(database: str | None, datasette: Any) -> Any:
    """Style the pages of our databases."""

    async def urls() -> list[str]:
        return [STYLE] if database and await is_ours(datasette, database) else []

    return urls


@hookimpl
def canned_queries(database: str, datasette: Any) -> Any:
    """Offer the questions without metadata, too."""

    async def made() -> dict[str, Any]:
        return questions() if await is_ours(datasette, database) else {}

    return made


@hookimpl
def menu_links(datasette: Any, request: Any) -> Any:
    """Lead from every page to what our databases promise, and where to send plans."""

    async def made() -> list[dict[str, str]]:
        ours = await our_databases(datasette)
        return [
            {"href": address(datasette, "plans", name), "label": f"概览 plans: {name}"}
            for name in ours
        ] + [
            {"href": address(datasette, "extract", name), "label": f"提取 read: {name}"}
            for name in ours
            if request and may_write(datasette, request, name)
        ]

    return made


@hookimpl
def extra_js_urls(database: str | None, datasette: Any) -> Any:
    """Close the menus of our databases' pages, and light up records."""

    async def urls() -> list[str]:
        return [SCRIPT] if database and await is_ours(datasette, database) else []

    return urls


@hookimpl
def extra_template_vars(database: str | None, datasette: Any) -> Any:
    """Give the templates of tables their words, in our databases only."""

    async def made() -> dict[str, Any]:
        if database and await is_ours(datasette, database):
            return {"extract": Table(datasette, database)}
        return {}

    return made


@hookimpl(hookwrapper=True)
def handle_exception(
    datasette: Any, request: Any, exception: Exception
) -> Generator[None, Any, None]:
    """Answer an error with a plain page; Datasette's own prints every local variable.

    Where no database is ours, its own answers as ever.
    """
    outcome = yield
    others = outcome.get_result()

    async def plain_page() -> Any:
        if await our_databases(datasette):
            return await answer_error(datasette, request, exception)
        for other in others:
            response = await other() if callable(other) else await other
            if response is not None:
                return response
        return None

    outcome.force_result([plain_page])
