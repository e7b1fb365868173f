"""Blocks: the same documents, the same files, however many workers there are."""

from __future__ import annotations

import hashlib
import random

from extractor.runs.cluster.blocks import Block, Known, blocks_of, files_beside
from extractor.runs.cluster.sources import Source
from extractor.runs.storage import Storage


def known(number: int, characters: int = 10) -> Known:
    """Return a document."""
    sha256 = hashlib.sha256(str(number).encode()).hexdigest()
    return Known(Source(f"{number}.txt", f"/{number}.txt"), number, sha256, characters)


def test_blocks_depend_on_the_documents_alone() -> None:
    """Order does not matter, a prefix is not parted over folders, none is lost."""
    documents = [known(number) for number in range(2000)]
    blocks = blocks_of("run", documents)
    random.Random(7).shuffle(documents)

    assert blocks_of("run", documents) == blocks
    assert sorted(one.position for b in blocks for one in b.documents) == list(
        range(2000)
    )
    assert all({one.id[:2] for one in b.documents} == {b.folder[-2:]} for b in blocks)
    assert len({block.file("items") for block in blocks}) == len(blocks)


def test_blocks_are_bounded() -> None:
    """Neither too many documents nor too much text is read together."""
    alike = [known(number, 15_000_000) for number in range(1000)]
    some = max(blocks_of("run", alike), key=lambda block: len(block.documents))

    assert len(some.documents) == 1


def test_block_goes_through_json() -> None:
    """What a worker is told is what was meant."""
    (block, *_) = blocks_of("run", [known(1), known(2)])

    assert Block.of(block.row()) == block


def test_files_of_the_same_documents_are_found(tmp_path: object) -> None:
    """Another run's answers are looked for where a block's documents may be."""
    storage = Storage(str(tmp_path))
    documents = [known(number) for number in range(600)]
    for block in blocks_of("before", documents[:300]):
        storage.write(block.file("llm_calls"), b"x")

    for block in blocks_of("after", documents):
        found = files_beside(storage, block, "llm_calls")
        shared = {
            before.file("llm_calls")
            for before in blocks_of("before", documents[:300])
            if {*before.documents} & {*block.documents}
        }
        assert shared <= set(found)
