"""The loop that one would write oneself: instructor over openai, nothing stored.

python -m tests.bench_batch.bare FOLDER BASE_URL CONCURRENCY

It asks the same questions as the product. It prints the calls a second.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import instructor
import openai

from extractor.extraction.strategy import view_of
from extractor.model.requests import Request
from extractor.runs.session import make_strategy, run_config
from extractor.runs.works import load_works
from tests.bench_batch.commands import MODEL


def questions(folder: Path) -> list[Request]:
    """Return what the product asks first about each item."""
    config = replace(run_config(MODEL), base_url="http://127.0.0.1:9/v1")
    strategy = make_strategy(config)
    return [
        request
        for work in load_works([folder], config).works
        for item in work.items
        for request in strategy.requests(view_of(item, work.document))
    ]


async def ask_all(asked: Sequence[Request], base_url: str, concurrency: int) -> float:
    """Ask everything and return the seconds it took."""
    client = instructor.from_openai(
        openai.AsyncOpenAI(api_key="sk-stub", base_url=base_url, max_retries=0),
        mode=instructor.Mode.JSON_SCHEMA,
    )
    gate = asyncio.Semaphore(concurrency)

    async def ask(request: Request) -> None:
        async with gate:
            await client.chat.completions.create(
                model=MODEL,
                messages=[message._asdict() for message in request.messages],
                response_model=request.response_model,
                max_tokens=request.max_tokens,
                temperature=0,
                max_retries=1,
            )

    began = time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        for request in asked:
            tasks.create_task(ask(request))
    return time.perf_counter() - began


def main(folder: Path, base_url: str, concurrency: int) -> None:
    """Print how many calls a second the loop makes."""
    asked = questions(folder)
    took_s = asyncio.run(ask_all(asked, base_url, concurrency))
    print(len(asked), len(asked) / took_s)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
