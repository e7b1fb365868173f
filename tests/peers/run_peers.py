"""The product against langextract and a plain instructor loop, on the embedded model.

```
python -m tests.peers.run_peers [--documents FILE…] [--tools NAME…] [--out DIR]
```

One model, the same items for every tool, one after the other; the product's adapter is
on a server of its own. The answers are kept as they come (`answers.jsonl`), so a run
that was stopped goes on where it was.
`--rounds 3` does every third item with all tools before the next third: stopped at any
time, there are items that all have done, spread over the documents.
Every tool pays for its own prompt prefix once a round; the server keeps the others'.
"""

from __future__ import annotations

import argparse
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from extractor.documents.items import split_items
from extractor.documents.loading import load_document
from extractor.model.embedded.server import LocalServer
from extractor.model.embedded.weights import locate_weights
from extractor.model.endpoints import ModelConfig
from extractor.model.source import serve_model
from extractor.runs.session import ModelOptions, find_model, run_config
from tests.peers.answers import Answers
from tests.peers.common import Tool
from tests.peers.product import Product
from tests.peers.table import Part, make_table, markdown

ROOT = Path(__file__).resolve().parents[2]
GOLD = ROOT / "evals" / "gold"
MORE_GOLD = (
    ROOT / "evals" / "development" / "gold",
    ROOT / "evals" / "unseen" / "gold",
)
DOCUMENTS = (
    ROOT.parent / "shared" / "corpus" / "guiyang-2022.txt",
    ROOT / "evals" / "documents" / "minsheng-2023.txt",
)
_TIMEOUT_S = 600.0
PEERS = ("langextract", "plain")
TOOLS = ("langextract", "plain", "sentences", "rules")


def make_tool(name: str, base_url: str, tuned: ModelConfig) -> Tool:
    if name == "langextract":
        from tests.peers.langextract_peer import LangextractPeer

        return LangextractPeer(base_url)
    if name == "plain":
        from tests.peers.plain_peer import PlainPeer

        return PlainPeer(base_url)
    return Product(name, None if name == "rules" else tuned)


def load_parts(paths: Sequence[Path]) -> list[Part]:
    """Return the documents that are there, with the gold of the same name."""
    parts = []
    for path in paths:
        if not path.is_file():
            print(f"{path} is not there, left out", file=sys.stderr)
            continue
        document = load_document(path)
        places = [where / f"{path.stem}.jsonl" for where in (GOLD, *MORE_GOLD)]
        gold = next((place for place in places if place.is_file()), places[0])
        parts.append(Part(path.stem, document, split_items(document), gold))
    return parts


def do_items(
    parts: Sequence[Part],
    tools: Sequence[Tool],
    answers: Answers,
    base_url: str,
    turn: tuple[int, int],
) -> None:
    """Ask every tool about its turn's items that it has no answer to."""
    first, step = turn
    for tool in tools:
        known = answers.read()
        for part in parts:
            for item in part.items[first::step]:
                before = known.get((tool.name, item.id))
                if before and before["version"] == tool.version:
                    continue
                made = tool.extract(item, part.document)
                if made.error and not is_alive(base_url):
                    raise SystemExit(f"the model server is gone: {made.error}")
                answers.add(tool, part.name, part.document, item, made)
                print(
                    f"{time.strftime('%H:%M:%S')} {tool.name} {part.name} "
                    f"{item.position + 1}/{len(part.items)}: {len(made.rows)} records, "
                    f"{made.seconds:.1f} s, {made.prompt_tokens}+"
                    f"{made.completion_tokens} tokens {made.error or ''}",
                    file=sys.stderr,
                    flush=True,
                )


def is_alive(base_url: str) -> bool:
    """Say whether the server answers: a dead one is no tool's failure."""
    try:
        with urllib.request.urlopen(f"{base_url.removesuffix('/v1')}/health"):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


@contextmanager
def serve(base_url: str | None) -> Iterator[tuple[str, ModelConfig]]:
    """Yield the given endpoint, or the embedded model's, as it is and tuned."""
    if base_url:
        yield base_url, ModelConfig("local", base_url, timeout_s=_TIMEOUT_S)
        return
    source = find_model(run_config("local"), ModelOptions())
    with LocalServer(locate_weights()) as server, serve_model(source) as tuned:
        assert tuned is not None
        yield server.base_url, tuned


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.peers.run_peers")
    parser.add_argument("--documents", nargs="+", type=Path, default=DOCUMENTS)
    parser.add_argument("--tools", nargs="+", choices=PEERS, default=PEERS)
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "peers")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--base-url", help="another server than the embedded one")
    parser.add_argument(
        "--table-only", action="store_true", help="ask nothing, score what is there"
    )
    options = parser.parse_args(arguments)
    parts = load_parts(options.documents)
    names = [name for name in TOOLS if name in {*options.tools, "sentences", "rules"}]
    answers = Answers(options.out / "answers.jsonl")
    answers.open()
    if not options.table_only:
        with serve(options.base_url) as (base_url, tuned):
            tools = [make_tool(name, base_url, tuned) for name in names]
            for turn in range(options.rounds):
                step = (turn, options.rounds)
                do_items(parts, tools, answers, base_url, step)
                make_table(parts, names, answers.read(), options.out)
    table = make_table(parts, names, answers.read(), options.out)
    if table is None:
        raise SystemExit("no item has been done by every tool yet")
    print(markdown(table))
    print(f"written to {options.out}/table.md and table.json")


if __name__ == "__main__":
    main()
