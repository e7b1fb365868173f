"""Browsing: every page of `extract serve` answers, and shows untrusted text as text."""

from __future__ import annotations

import asyncio
import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from sqlite_utils import Database

from extractor.browse.canned import QUERIES
from extractor.browse.dictionary import RELATIONS, TABLES, VIEWS
from extractor.browse.meanings.chinese import IN_CHINESE, named
from extractor.browse.plugin import mark_quotes
from extractor.browse.serving import (
    FACETS,
    LABELS,
    datasette_app,
    metadata,
    serve,
)
from extractor.core.errors import ConfigError, UserError
from extractor.store.batches.book import BatchStore
from extractor.store.batches.stored import Asked
from extractor.store.database import read_database
from extractor.store.finding.search_text import fts_query
from extractor.store.migrations import MIGRATIONS
from extractor.store.outcomes import Outcome
from extractor.store.reviews import Judgement, ReviewedRecord
from extractor.store.store import Store
from tests.browser.conftest import serving
from tests.store_samples import (
    ADDRESS,
    SCRIPT,
    fill,
    make_commitment,
    make_document,
    make_eval,
    make_items,
    make_run,
)
from tests.store_samples import (
    quote as quote_of,
)

NAME = "plans"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a database with one finished run over a hostile plan; nobody writes it."""
    path = tmp_path_factory.mktemp("browse") / f"{NAME}.db"
    with BatchStore(path) as store:
        run = make_run(base_url="https://api.example/v1")
        items = fill(store, run)
        store.add_eval(make_eval(run.id))
        named = json.dumps({"title": SCRIPT, "path": ADDRESS})
        store.add_sheet(items[0].document_id, "key", named)
        batch_id = store.begin_batch(run, json.dumps([SCRIPT]))
        asked = Asked("key", items[0].id, SCRIPT, 1, json.dumps(SCRIPT))
        store.add_asked(batch_id, [asked], 100, None)
        store.note(batch_id, status=SCRIPT, error=SCRIPT)
        store.add_review(
            Judgement(
                document_id=items[0].document_id,
                item_id=items[0].id,
                verdict="add",
                reviewer=SCRIPT,
                record=ReviewedRecord(
                    clause=quote_of(items[0], items[0].text),
                    action=quote_of(items[0], "增加"),
                    object=quote_of(items[0], "学位"),
                ),
                note=f"{SCRIPT} {ADDRESS}",
            )
        )
    return path


@pytest.fixture(scope="module")
def site(path: Path) -> Iterator[Any]:
    """Open the database in Datasette as `extract serve` does."""
    app = datasette_app(path)
    yield app
    for database in app.databases.values():
        database.close()
    app.executor.shutdown()


def get(site: Any, page: str, **params: str) -> Any:
    """Fetch a page of the database with Datasette's own client."""
    url = f"/{NAME}/{page}" if page else f"/{NAME}"
    if params:
        url += "?" + urlencode(params)
    return asyncio.run(site.client.get(url))


def assert_harmless(html: str) -> None:
    """Fail when the sample's markup or address got into the page as HTML."""
    assert "<script>alert" not in html
    assert "onerror='a()'>" not in html
    assert "<img src=x" not in html
    assert "丙市教育局<b>" not in html
    assert not re.search(
        r"""(href|src|action)=["']?\s*https?://evil""", html, re.IGNORECASE
    )


def found(site: Any, page: str, **params: str) -> list[dict[str, Any]]:
    """Return the rows of a page as JSON objects."""
    response = get(site, f"{page}.json", _shape="array", **params)
    assert 200 == response.status_code, response.text
    rows: list[dict[str, Any]] = response.json()
    return rows


def test_front_page_leads_everywhere(site: Any) -> None:
    """The front page links every table, view and query by name."""
    response = asyncio.run(site.client.get("/"))

    assert 200 == response.status_code
    for name in [*RELATIONS, *QUERIES]:
        assert f'href="/{NAME}/{name}"' in response.text


def test_database_page_lists_queries_and_hides_plumbing(site: Any) -> None:
    """The database page shows the queries' titles and no migration table."""
    html = get(site, "").text

    for name, query in QUERIES.items():
        title = str(named(name, query).title)
        assert title.replace("'", "&#39;") in html
    assert f'href="/{NAME}/_sqlite_migrations"' not in html
    assert f'href="/{NAME}/commitments_fts"' not in html


@pytest.mark.parametrize("name", [*TABLES, *VIEWS])
def test_every_table_and_view_answers(site: Any, name: str) -> None:
    """Each shows its words, its facets in time and no markup of the document."""
    response = get(site, name)

    assert 200 == response.status_code
    assert_harmless(response.text)
    title, description = named(name, RELATIONS[name])
    assert f'<span lang="zh">{title.zh}</span>' in response.text
    assert f"{description.zh} {description.en.split(',')[0]}" in response.text
    facets = get(site, f"{name}.json", _shape="objects").json()
    assert len(FACETS.get(name, [])) == len(facets["facet_results"])
    assert not facets.get("facets_timed_out")
    assert name == "failures" or facets["filtered_table_rows_count"] > 0


@pytest.mark.parametrize(
    ("name", "facet"),
    [
        pytest.param(
            name, facet, id=f"{name}-{facet if isinstance(facet, str) else 'array'}"
        )
        for name, facets in FACETS.items()
        for facet in facets
    ],
)
def test_every_facet_filters(site: Any, name: str, facet: Any) -> None:
    """Following a facet's first value gives the rows it counted."""
    column = facet if isinstance(facet, str) else facet["array"]
    results = get(site, f"{name}.json").json()["facet_results"][column]["results"]
    for result in results:
        value = str(result["value"])
        suffix = "__exact" if isinstance(facet, str) else "__arraycontains"
        choice = {column + suffix: value, "_nofacet": "1"}
        response = get(site, name, **choice)
        assert 200 == response.status_code
        assert_harmless(response.text)
        rows = found(site, name, **choice)
        assert result["count"] == len(rows)


@pytest.mark.parametrize("name", [*TABLES])
def test_every_row_answers(site: Any, path: Path, name: str) -> None:
    """Each row has a page of its own with nothing unescaped."""
    with closing(sqlite3.connect(path)) as conn:
        keys = [
            row[1]
            for row in sorted(
                conn.execute(f"pragma table_info({name})"), key=lambda row: int(row[5])
            )
            if row[5]
        ]
        ids = conn.execute(f"select {', '.join(keys)} from {name}").fetchall()
    assert ids
    for parts in ids:
        response = get(site, f"{name}/{','.join(map(str, parts))}")
        assert 200 == response.status_code
        assert_harmless(response.text)


PARAMS = {
    "search": {"words": "学位"},
    "due_before": {"date": "2031-12-31"},
    "targets_by_indicator": {"indicator": "学位"},
    "by_actor": {"actor": "财政局"},
    "how_good_is_it": {"task": "plans"},
}


@pytest.mark.parametrize("name", QUERIES)
@pytest.mark.parametrize("filled", [True, False], ids=["filled", "empty"])
def test_every_query_answers(site: Any, path: Path, name: str, filled: bool) -> None:
    """Each canned query answers with its fields filled in and left empty."""
    with closing(sqlite3.connect(path)) as conn:
        (commitment_id,) = conn.execute(
            "select id from commitments where call_id is not null"
        ).fetchone()
    params = PARAMS.get(name, {"commitment_id": commitment_id}) if filled else {}

    response = get(site, name, **params)

    assert 200 == response.status_code
    assert "message-error" not in response.text
    assert_harmless(response.text)
    if filled:
        assert found(site, name, **params)


def test_search_query_finds_words_of_any_length(site: Any) -> None:
    """One character, two, five and either script are found, in records and items."""
    for words in ("学", "学位", "學位", "幼儿园学位", "学位 财政局"):
        kinds = {row["found"] for row in found(site, "search", words=words)}
        assert kinds >= {"item"} and (" " in words or "record" in kinds), words
    assert [] == found(site, "search", words="环保")
    assert [] == found(site, "search", words="环保局")
    assert found(site, "search", words='"引号"')


@pytest.mark.parametrize(
    ("view", "words", "count"),
    [
        pytest.param("v_commitments", "位", 1, id="one-character"),
        pytest.param("v_commitments", "学位", 1, id="two-characters"),
        pytest.param("v_commitments", "學位", 1, id="other-script"),
        pytest.param("v_commitments", "公办幼儿园", 1, id="longer"),
        pytest.param("v_commitments", "学校 财政局", 1, id="all-words"),
        pytest.param("v_commitments", "丙市教育局", 4, id="issuer"),
        pytest.param("v_commitments", "环保", 0, id="absent"),
        pytest.param("v_commitments", "%%", 0, id="no-wildcard"),
        pytest.param("v_items", "学位", 1, id="items"),
        pytest.param("v_items", "财政局", 1, id="items-longer"),
        pytest.param("v_items", '"引号" 与\'单', 1, id="quotation-marks"),
        pytest.param("v_items", "OR NOT (", 0, id="operators"),
        pytest.param("v_items", " ", 4, id="blank"),
        pytest.param("items", "公辦幼兒園", 1, id="table-of-items"),
        pytest.param("commitments", "学位", 1, id="table-of-records"),
    ],
)
def test_search_box(site: Any, view: str, words: str, count: int) -> None:
    """The box takes Chinese words of any length, and all of them must occur."""
    response = get(site, view, _search=words)

    assert 200 == response.status_code
    assert 'id="_search"' in response.text
    assert_harmless(response.text)
    assert count == len(found(site, view, _search=words))


def test_search_has_the_best_match_first(site: Any, path: Path) -> None:
    """The query sorts by bm25, records before items; the table leads there."""
    with closing(sqlite3.connect(path)) as conn:
        best = conn.execute(
            "select i.text from items_fts f join items i on i.rowid = f.rowid "
            "where items_fts match ? order by bm25(items_fts)",
            [fts_query("丙市教育局")],
        ).fetchall()
    rows = found(site, "search", words="丙市教育局")
    kinds = [row["found"] for row in rows]

    assert [text for (text,) in best] == [
        row["text"] for row in rows if row["found"] == "item"
    ]
    assert ["record"] * 4 + ["item"] * 4 == kinds
    html = get(site, "v_commitments", _search="学位 1").text
    assert f'href="/{NAME}/search?words={quote("学位 1")}"' in html


@pytest.mark.parametrize(
    ("words", "count"),
    [
        pytest.param("學位", 2, id="read-and-added"),
        pytest.param("扩大供给", 5, id="headings"),
        pytest.param("财政局 学校", 2, id="in-the-clause"),
        pytest.param("环保", 0, id="absent"),
    ],
)
def test_search_finds_what_reviewers_wrote(site: Any, words: str, count: int) -> None:
    """Added records are found by their clause and by what stands around it."""
    rows = found(site, "v_commitments_reviewed", _search=words)

    assert count == len(rows)
    assert {"added", None} >= {row["review"] for row in rows}


def test_search_words_are_escaped(site: Any) -> None:
    """What a reader types comes back as text."""
    response = get(site, "v_commitments", _search=SCRIPT)

    assert_harmless(response.text)
    assert "&lt;script&gt;" in response.text


def test_sorting_and_paging(site: Any) -> None:
    """Every column of the public view sorts, and the second page follows."""
    for column in VIEWS["v_commitments"].columns:
        assert 200 == get(site, "v_commitments", _sort=column).status_code
    first = get(site, "v_commitments.json", _size="2", _sort="start").json()
    second = get(
        site, "v_commitments.json", _size="2", _sort="start", _next=first["next"]
    ).json()
    assert 2 == len(second["rows"])
    assert first["rows"] != second["rows"]


def test_address_in_a_document_is_no_link(site: Any) -> None:
    """Datasette would make a link of it; it stays text, in views and queries."""
    for page, params in (
        ("v_commitments", {}),
        ("commitments", {}),
        ("v_items", {"_search": "evil"}),
        ("by_actor", {}),
        ("", {"sql": f"select '{ADDRESS}' as anything, ' {ADDRESS}' as other"}),
        ("", {"sql": "select '  HTTPS://EVIL.example' as anything"}),
    ):
        html = get(site, page, **params).text
        assert_harmless(html)
        assert "evil.example" in html.lower()


def test_ids_lead_to_their_rows(site: Any) -> None:
    """An id in a view is a link to its page, or to its row where it has none."""
    row = found(site, "v_commitments")[0]
    html = get(site, "v_commitments").text

    assert f'href="/-/record/{NAME}/{row["commitment_id"]}"' in html
    assert f'href="/{NAME}/runs/{row["run_id"]}"' in html


def test_clause_shows_its_quotes(site: Any) -> None:
    """Action, object, target and deadline are marked within the clause."""
    html = get(site, "v_commitments", _search="1.5万").text

    assert (
        '<mark title="deadline">2031年底前</mark><mark title="action">新增</mark>'
        '<mark title="object">公办幼儿园学位</mark><mark title="target">1.5万个</mark>'
    ) in html


def test_spans_say_which_mention_is_marked() -> None:
    """Of two mentions the one of the span is marked, not the first."""
    clause = "学校建学校<b>"
    row = {"start": 10, "object": "学校", "object_start": 13, "object_end": 15}
    unknown = {"object": "学校", "action": "建学", "target_quote": None}

    assert '学校建<mark title="object">学校</mark>&lt;b&gt;' == mark_quotes(clause, row)
    assert (
        '<mark title="object">学校</mark><mark title="action">建学</mark>校&lt;b&gt;'
    ) == mark_quotes(clause, unknown)


def test_call_of_a_record(site: Any) -> None:
    """From a record to the model, the prompt, the request and the answer."""
    records = {row["method"]: row for row in found(site, "v_commitments")}

    (call,) = found(
        site, "call_of_record", commitment_id=records["model"]["commitment_id"]
    )
    (none,) = found(
        site, "call_of_record", commitment_id=records["rules"]["commitment_id"]
    )

    assert ("marked.v1", "ab" * 32) == (call["prompt_name"], call["prompt_sha256"])
    assert '{"messages": []}' == call["request_body"]
    assert (None, "rules") == (none["call_id"], none["model"])


def test_score_leads_to_its_evaluation_and_run(site: Any) -> None:
    """A score shows its interval and n, and what was scored is one click away."""
    (scored, rules) = found(site, "v_eval_scores", _sort="run_id", _nofacet="1")[::-1]
    html = get(site, "v_eval_scores").text

    assert (1 / 3, 0.25, 0.5, 12) == tuple(
        scored[name] for name in ("found_f1", "found_low", "found_high", "hard")
    )
    assert rules["run_id"] is None
    assert f'href="/{NAME}/eval_runs/{scored["eval_run_id"]}"' in html
    assert f'href="/{NAME}/runs/{scored["run_id"]}"' in html


def test_due_before_is_inclusive(site: Any) -> None:
    """The date itself counts; the day before does not."""
    assert 1 == len(found(site, "due_before", date="2031-12-31"))
    assert [] == found(site, "due_before", date="2031-12-30")


def test_unnamed_actor_is_the_issuer(site: Any) -> None:
    """Asking for the issuer finds the records that name nobody."""
    assert 3 == len(found(site, "by_actor", actor="丙市教育局"))
    assert 1 == len(found(site, "by_actor", actor="各区"))


def test_metadata_names_what_exists() -> None:
    """Facets, labels and descriptions are of columns of the schema."""
    tables = metadata(NAME)["databases"][NAME]["tables"]

    assert set(RELATIONS) == set(tables) - {"_sqlite_migrations"}
    for name, facets in FACETS.items():
        for facet in facets:
            column = facet if isinstance(facet, str) else facet["array"]
            assert column in RELATIONS[name].columns, (name, column)
    for name, column in LABELS.items():
        assert column in RELATIONS[name].columns
    for name, entry in tables.items():
        sorted_by = {entry.get("sort"), entry.get("sort_desc")} - {None}
        assert sorted_by <= set(RELATIONS[name].columns if sorted_by else ())


def test_everything_has_a_name_in_both_languages() -> None:
    """No table, view or question is known in one alone, and none is called alike."""
    titles = [title for title, _ in IN_CHINESE.values()]

    assert set(IN_CHINESE) == {*RELATIONS, *QUERIES}
    assert len(set(titles)) == len(titles)


def test_empty_database_browses(tmp_path: Path) -> None:
    """Every page answers before there is a row."""
    path = tmp_path / f"{NAME}.db"
    Store(path).close()
    site = datasette_app(path)
    for name in [*RELATIONS, *QUERIES]:
        assert 200 == get(site, name).status_code
    for database in site.databases.values():
        database.close()


def test_file_name_is_escaped(tmp_path: Path) -> None:
    """A database may be called anything."""
    path = tmp_path / "丙市 <b>&'\".v2.db"
    Store(path).close()
    site = datasette_app(path)

    html = asyncio.run(site.client.get("/")).text
    link = re.search(r'href="([^"]*/v_commitments)"><strong>', html)
    assert link
    assert 200 == asyncio.run(site.client.get(link.group(1))).status_code
    assert "丙市 <b>" not in html
    for database in site.databases.values():
        database.close()


def test_run_in_progress_is_shown(tmp_path: Path) -> None:
    """The pages read while the database is written, log and all."""
    path = tmp_path / f"{NAME}.db"
    with Store(path) as store:
        fill(store, make_run())
        site = datasette_app(path)
        item = make_items(make_document())[0]
        before = len(found(site, "v_commitments"))
        record = make_commitment(make_run().id, item, "增加学位")
        store.add_outcomes(make_run().id, [Outcome(item, [record])])
        assert before - 1 == len(found(site, "v_commitments"))
        for database in site.databases.values():
            database.close()


def test_plugin_leaves_other_databases_alone(path: Path, tmp_path: Path) -> None:
    """In another program's database an address is a link as ever."""
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as conn, conn:
        conn.execute("create table pages (clause text)")
        conn.execute("insert into pages values ('https://fine.example/')")
        conn.execute("create view v_items as select * from pages")
    datasette_app(path)  # registers the plugin, as its entry point does
    from datasette.app import Datasette  # type: ignore[import-untyped]  # no types

    site = Datasette([str(other)])
    for page in ("pages", "v_items"):
        html = asyncio.run(site.client.get(f"/other/{page}?_search=x")).text
        assert 'href="https://fine.example/"' in html
    for database in site.databases.values():
        database.close()


def test_plain_datasette_works(path: Path) -> None:
    """Without metadata the tables, views and full text are there, by the plugin."""
    for page in (
        f"/{NAME}",
        f"/{NAME}/v_commitments",
        f"/{NAME}/v_items",
        f"/{NAME}/items?_search={quote('幼儿园学位')}",
    ):
        done = subprocess.run(
            [sys.executable, "-m", "datasette", str(path), "--get", page],
            capture_output=True,
            text=True,
            check=False,
        )
        assert 0 == done.returncode, done.stderr
        assert "<script>alert" not in done.stdout


def test_served_to_a_browser(path: Path) -> None:
    """`serve` tells its address, answers there and ends on Ctrl-C."""
    script = (
        "import sys\n"
        "from extractor.browse.serving import serve\n"
        "serve(sys.argv[1], port=0, on_ready=lambda url: print(url, flush=True))\n"
    )
    root = str(Path(__file__).parents[3])
    server = subprocess.Popen(
        [sys.executable, "-c", script, str(path)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": root},
    )
    with server:
        try:
            assert server.stdout
            url = server.stdout.readline().strip()
            assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", url)
            with urllib.request.urlopen(f"{url}{NAME}/v_commitments") as page:
                assert 200 == page.status
            css = urllib.request.urlopen(f"{url}-/extract/browse.css")
            with css:
                assert b"col-clause" in css.read()
            server.send_signal(2)
            assert 0 == server.wait(timeout=20)
        finally:
            server.kill()


def test_port_in_use_is_named(path: Path) -> None:
    """A taken port is the operator's to change."""
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(ConfigError, match=r"cannot listen on .*--port"),
    ):
        serve(path, port=taken.getsockname()[1])


def test_missing_extra_is_named(path: Path, monkeypatch: Any) -> None:
    """Without Datasette the message is the command that installs it."""
    monkeypatch.setitem(sys.modules, "datasette.app", None)

    with pytest.raises(ConfigError, match=r"pip install 'workplan-extract\[serve\]'"):
        datasette_app(path)


def test_missing_database_is_named(tmp_path: Path) -> None:
    """There is nothing to browse in a file that is not there."""
    with pytest.raises(UserError, match="there is no database at"):
        serve(tmp_path / "none.db")
    awkward = tmp_path / "what?.db"
    Store(awkward).close()
    with pytest.raises(UserError, match="rename it"):
        datasette_app(awkward)


def test_write_brings_an_older_database_up_to_date(tmp_path: Path) -> None:
    """What was reviewed before an upgrade can be reviewed and exported after it."""
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as conn:
        MIGRATIONS.apply(Database(conn), stop_before="m012_together")
    with pytest.raises(UserError, match="serve FILE --write"):
        read_database(path)

    with serving(path, "--write") as printed:
        assert "Review it" in printed

    read_database(path).close()
