"""Browse: a database of this product in Datasette, with words and queries of its own.

Read-only and on loopback unless told otherwise.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
import threading
import webbrowser
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from html import escape
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any

from extractor.browse.canned import QUERIES
from extractor.browse.dictionary import RELATIONS, TABLES, VIEWS
from extractor.browse.jobs.waiting import close_jobs, open_jobs
from extractor.browse.meanings.chinese import InEnglish, named
from extractor.browse.questions import questions
from extractor.browse.writing.desk import Desk, open_desk
from extractor.core.errors import ConfigError, UserError
from extractor.store.database import is_immutable, read_database
from extractor.store.schema.m007 import COUNTED

if TYPE_CHECKING:
    from datasette.app import Datasette  # type: ignore[import-untyped]  # no types

SETTINGS: dict[str, int | bool] = {
    "default_page_size": 50,
    # Of a question, the first: five thousand rows take two seconds to lay out.
    "max_returned_rows": 1000,
    "sql_time_limit_ms": 10_000,
    "facet_time_limit_ms": 1_000,
    "default_facet_size": 20,
    # Facets are chosen below; guessing more would query every column of every page.
    "suggest_facets": False,
    # The file may still be written to; `extract export` gives a whole copy.
    "allow_download": False,
    "truncate_cells_html": 400,
    "max_csv_mb": 0,
}

FACETS: dict[str, list[str | dict[str, str]]] = {
    "v_commitments": [*COUNTED, "kind", "method", "status"],
    "v_commitments_reviewed": ["review", "reviewer", *COUNTED, "kind"],
    "v_reviews": ["reviewer", "verdict", "decides", "document_id"],
    "reviews": ["reviewer", "verdict", "document_id"],
    "v_items": ["issuer", "plan_year", "outcome", "records"],
    "v_runs": ["model", "strategy", "status"],
    "v_ungrounded": ["field", "method", "status", "source_path"],
    "v_left_out": ["kind", "reason", "source_path"],
    "v_readings": ["agree", "taken", "kind", "rules_says", "model_says", "source_path"],
    "v_calls": ["run_id", "purpose", "model", "status", "finish_reason"],
    "v_eval_scores": ["task", "arm", "product_version"],
    "v_provenance": ["model", "method", "prompt_name", "target_rule", "deadline_rule"],
    "v_versions": ["is_latest", "plan_year"],
    "documents": ["issuer", "plan_year", "encoding"],
    "items": ["document_id"],
    "runs": ["model", "strategy", "status"],
    "run_items": ["run_id", "outcome"],
    "llm_calls": ["run_id", "purpose", "model", "status", "finish_reason"],
    "batches": ["run_id", "status"],
    "batch_requests": ["batch_id", "purpose", "turn"],
    "failures": ["run_id", "kind"],
    "left_out": ["run_id", "kind", "reason"],
    "readings": ["run_id", "reader", "kind", "is_promise", "is_taken"],
    "read_places": ["run_id", "agree", "taken", "kind"],
    "commitments": ["run_id", "kind", "method", "status", "target_rule"],
    "eval_runs": ["task", "gate_passed", "product_version"],
    "eval_scores": ["eval_run_id", "arm", "metric", "figure"],
}
"""Counts offered beside each table and view."""

SORTED_BY = {
    "documents": "path",
    "v_calls": "started_at",
    "v_latest_documents": "source_path",
    "v_latest_runs": "document_id",
    "v_versions": "source_path",
}
NEWEST_FIRST = {
    "runs": "created_at",
    "v_runs": "created_at",
    "llm_calls": "started_at",
    "batches": "created_at",
    "eval_runs": "finished_at",
    "reviews": "created_at",
    "v_reviews": "created_at",
}

LABELS = {
    "documents": "title",
    "items": "label",
    "runs": "model",
    "llm_calls": "purpose",
    "commitments": "clause",
    "eval_runs": "task",
    "reviews": "verdict",
}
"""Column shown where another row refers to this one."""


def serve(
    db_path: str | Path,
    host: str = "127.0.0.1",
    port: int = 8001,
    *,
    open_browser: bool = False,
    on_ready: Callable[[str], None] | None = None,
    desk: Desk | None = None,
) -> None:
    """Serve the database until Ctrl-C.

    Args:
        db_path: a database that `extract run` made; it may still be written to.
        host: address to listen on; the default is seen by this machine only.
        port: 0 takes a free one.
        open_browser: open the page in a browser.
        on_ready: is told the address as soon as it can be opened.
        desk: lets people review and send plans, from this machine only.

    Raises:
        UserError: there is no such database, or it cannot be written to.
        ConfigError: the extra `serve` is not installed, the address cannot be
            listened on, or it is open to other machines and is to be written from.
    """
    if desk and not _is_loopback(host):
        raise ConfigError(
            f"--write with --host {host} would let other machines write; "
            "leave --host out, it is then 127.0.0.1"
        )
    site = datasette_app(db_path, desk)
    import uvicorn  # comes with Datasette

    from extractor.browse.pages.answering import compile_templates

    # Else whoever opens the first page waits for it.
    asyncio.run(compile_templates(site))

    # A page of a long plan is a hundred thousand objects, of which none is garbage
    # before it is sent; to look for some, through all that is loaded as well, took more
    # than a third of its time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    with _listen(host, port) as listener, _ended_by_sigterm():
        shown = f"[{host}]" if ":" in host else host
        url = f"http://{shown}:{listener.getsockname()[1]}/"
        if on_ready:
            on_ready(url)
        if open_browser:
            webbrowser.open(desk.address(url) if desk else url)
        config = uvicorn.Config(site.app(), log_level="warning", lifespan="on")
        with suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listener])
        close_jobs(site)


def datasette_app(db_path: str | Path, desk: Desk | None = None) -> Datasette:
    """Return Datasette on the database, with plugin, metadata and settings.

    Args:
        db_path: the database.
        desk: lets people review and send plans.

    Raises:
        UserError: there is no such database, or it cannot be written to.
        ConfigError: the extra `serve` is not installed.
    """
    try:
        from datasette.app import Datasette
        from datasette.plugins import pm  # type: ignore[import-untyped]  # no types

        from extractor.browse import plugin as datasette_plugin
        from extractor.browse.counting import CountedDatabase
    except ImportError as error:
        raise ConfigError(
            "browsing needs Datasette; install it: "
            "pip install 'workplan-extract[serve]'"
        ) from error
    path = Path(db_path)
    read_database(path).close()
    if set(str(path)) & set("?#%"):
        raise UserError(
            f"{str(path)!r}: Datasette opens no path with '?', '#' or '%'; rename it"
        )
    if not pm.is_registered(datasette_plugin):
        pm.register(datasette_plugin)
    is_fixed = is_immutable(path)
    if desk and (is_fixed or not os.access(path, os.W_OK)):
        raise UserError(
            f"{str(path)!r} cannot be written to; make it and its folder writable, or "
            "leave --write out"
        )
    site = Datasette([], metadata=metadata(path.stem), settings=SETTINGS)
    site.remove_database("_memory")  # where it is given no file it makes one up
    opened = CountedDatabase(site, str(path), is_mutable=not is_fixed)
    site.add_database(opened, name=path.stem)
    if desk:
        open_desk(site, desk)
        open_jobs(site, desk)
    return site


def metadata(database: str) -> dict[str, Any]:
    """Return Datasette's metadata for a database of that name."""
    return {
        "title": "工作计划中的承诺 Commitments of work plans",
        "description_html": _welcome(database),
        "databases": {
            database: {
                "description": "请从视图 v_commitments 或下面的问题开始。"
                "视图（v_…）显示"
                "每个文件最新版本的最近一次运行，数据表有所有版本的所有运行。 "
                "Start with the view v_commitments or a query below. "
                "Views (v_…) show the latest run of the latest version of each file, "
                "tables every run of every version.",
                "tables": {name: _table_metadata(name) for name in RELATIONS}
                | {"_sqlite_migrations": {"hidden": True}},
                "queries": questions(),
            }
        },
    }


def _table_metadata(name: str) -> dict[str, Any]:
    relation = RELATIONS[name]
    words = named(name, relation)
    entry: dict[str, Any] = {
        "title": str(words.title),
        "description": str(words.description),
        "columns": relation.columns,
        "facets": FACETS.get(name, []),
    }
    if name in SORTED_BY:
        entry["sort"] = SORTED_BY[name]
    if name in NEWEST_FIRST:
        entry["sort_desc"] = NEWEST_FIRST[name]
    if name in LABELS:
        entry["label_column"] = LABELS[name]
    return entry


def _welcome(database: str) -> str:
    """Return the front page's words: where to start, and what else there is."""
    from datasette.utils import tilde_encode  # type: ignore[import-untyped]  # no types

    base = f"/{tilde_encode(database)}"
    start = f'<a href="{base}/v_commitments"><strong>v_commitments</strong></a>'
    paragraphs = (
        "谁承诺了什么、多少、何时前，都是原文原字 "
        f"Who promised what, how much and by when, in the source's own words: {start}.",
        "可以搜索任意长度的中文词，简繁均可，如学位。 "
        "Search takes Chinese words of any length in either script, such as 学位.",
        _links(base, "问题 Questions", QUERIES),
        _links(base, "视图 Views", VIEWS),
        _links(base, "数据表 Tables", TABLES),
    )
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)


def _links(base: str, heading: str, known: Mapping[str, InEnglish]) -> str:
    links = (
        f'<a href="{base}/{name}">{escape(str(named(name, one).title))}</a>'
        for name, one in known.items()
    )
    return f"{heading}: {', '.join(links)}."


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """Let a polite kill end the server as Ctrl-C does, and its jobs in order."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise ConfigError(
            f"cannot listen on {host}:{port} ({error.strerror}); give another --port"
        ) from error
