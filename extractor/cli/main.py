"""The command line: parses, calls, prints, exits; nothing else."""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path
from typing import Any

import click

from extractor import __version__
from extractor.browse.serving import serve
from extractor.browse.writing.desk import Desk
from extractor.cli import display
from extractor.cli.batch import batch_group
from extractor.cli.check import check_command
from extractor.cli.cluster import load_command
from extractor.cli.display import err, out
from extractor.cli.edge import (
    EXIT_ERROR,
    EXIT_FAILURES,
    complain,
    fails_in_one_line,
    speak_utf8,
)
from extractor.cli.evaluate import eval_command
from extractor.cli.export import export_command
from extractor.cli.model import model_group
from extractor.cli.options import (
    base_url_option,
    encoding_option,
    issuer_option,
    max_mb_option,
    paths_argument,
    plan_year_option,
    title_option,
)
from extractor.cli.run import run_command
from extractor.cli.tune import tune_command
from extractor.core.errors import DocumentError
from extractor.documents.cleaning.copied import copied
from extractor.documents.items import split
from extractor.documents.loading import load_document
from extractor.documents.paths import expand_paths
from extractor.documents.rest import values_by_reason
from extractor.runs import session
from extractor.runs.works import no_items
from extractor.store.store import Store


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="extract")
@click.option("-v", "--verbose", count=True, help="Log more; twice for everything.")
def main(verbose: int) -> None:
    """Turn work plans of Chinese public bodies into a table of commitments."""
    speak_utf8(sys.stdout)
    if not out.is_terminal:
        out.width = display.PLAIN_WIDTH
    level = {0: logging.WARNING, 1: logging.INFO}.get(verbose, logging.DEBUG)
    logging.basicConfig(
        level=level,
        handlers=[display.LogHandler(err)],
        format="%(levelname)s %(message)s",
    )
    if err.is_terminal and not verbose:  # somebody is there to be told
        logging.getLogger("extractor").setLevel(logging.INFO)
    for noisy in ("httpx2", "httpcore2", "openai", "asyncio", "opencc"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


main.add_command(run_command)
main.add_command(batch_group)
main.add_command(eval_command)
main.add_command(check_command)
main.add_command(export_command)
main.add_command(tune_command)
main.add_command(load_command)
main.add_command(model_group)


@main.command("items")
@paths_argument
@click.option("--json", "as_json", is_flag=True, help="JSON Lines instead of colour.")
@click.option("--cuts", is_flag=True, help="List what was cut, with the reason.")
@click.option(
    "--rest", is_flag=True, help="List the lines that are in no item, with the reason."
)
@encoding_option
@title_option
@issuer_option
@plan_year_option
@max_mb_option
@fails_in_one_line
def items_command(paths: tuple[Path, ...], **flags: Any) -> None:
    """Show how files split into items; no model is used.

    Files are .txt, .html, .docx, .pdf with text, .md, .xlsx and .csv; folders and .zip
    archives give theirs.
    """
    as_json, with_cuts = flags.pop("as_json"), flags.pop("cuts")
    with_rest = flags.pop("rest")
    flags["max_bytes"] = flags.pop("max_mb") * 1_000_000
    files, refused = expand_paths(paths, flags["max_bytes"])
    for exc in refused:
        complain(str(exc))
    is_any_good = False
    announce = display.plain_files(err)
    for number, path in enumerate(files, start=1):
        announce(path, number, len(files))
        try:
            document = load_document(path, **flags)
        except DocumentError as exc:
            refused.append(exc)
            complain(str(exc))
            continue
        items, rest = split(document)
        display.copies(err, document.path, copied(document.cuts))
        if as_json:
            for item in items:
                row = display.item_row(document, item)
                click.echo(json.dumps(row, ensure_ascii=False))
            for line in rest if with_rest else ():
                row = display.rest_row(document, line)
                click.echo(json.dumps(row, ensure_ascii=False))
        else:
            left = rest if with_rest else ()
            display.items(out, document, items, left, with_cuts=with_cuts)
            if not with_rest:
                display.rest(out, [values_by_reason(document.clean, rest)])
        if items:
            is_any_good = True
        else:
            refused.append(no_items(path))
            complain(str(refused[-1]))
    if refused:
        sys.exit(EXIT_FAILURES if is_any_good else EXIT_ERROR)


@main.command("serve")
@click.argument("db", type=click.Path(path_type=Path, readable=False))
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to bind.")
@click.option("--port", default=8001, show_default=True, help="0 takes a free one.")
@click.option("--open", "open_browser", is_flag=True, help="Open a browser.")
@click.option(
    "--write",
    is_flag=True,
    help="Let who opens the address that is printed review records and send plans to "
    "be read; on this machine only.",
)
@click.option(
    "--model",
    "models",
    multiple=True,
    metavar="NAME",
    help="With --write: a model that may read the plans that are sent, as `extract run "
    "--model` names it; give it once for each.  [default: rules]",
)
@base_url_option
@click.option(
    "--reviewer", metavar="NAME", help="Name of who reviews, unless they say another."
)
@fails_in_one_line
def serve_command(db: Path, host: str, port: int, **flags: Any) -> None:
    """Browse a database in Datasette, read-only, on this machine."""
    desk = _desk(db, flags) if flags["write"] else None
    if not desk and (flags["models"] or flags["base_url"]):
        raise click.UsageError("--model and --base-url go with --write")

    def announce(url: str) -> None:
        click.echo(f"Serving {db} at {url} (Ctrl-C stops it)")
        if desk:
            click.echo(f"Review it, or send a plan, at {desk.address(url)}")

    serve(
        db,
        host,
        port,
        open_browser=flags["open_browser"],
        on_ready=announce,
        desk=desk,
    )


def _desk(db: Path, flags: dict[str, Any]) -> Desk:
    """Return a desk; models that cannot be used are refused before anything is served.

    Whether the embedded one can be is seen when it is first used: it is not small.
    """
    models = tuple(dict.fromkeys(flags["models"])) or (session.RULES,)
    base_url = flags["base_url"]
    if db.is_file():
        Store(db).close()  # one of an earlier version is brought up to date
    hosted = [m for m in models if m not in {session.RULES, session.LOCAL}]
    if base_url and not hosted:
        raise click.UsageError("--base-url goes with a --model of that endpoint")
    for name in hosted:
        config = session.run_config(name, base_url=base_url)
        session.find_model(config, session.ModelOptions())
    return Desk(db, flags["reviewer"], models=models, base_url=base_url)
