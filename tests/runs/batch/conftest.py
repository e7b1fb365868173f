"""A stub with batches, and the commands at it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from click.testing import CliRunner

from tests.batch_samples import Batching
from tests.stub.process import stub_process


@pytest.fixture
def batching(cli_runner: CliRunner) -> Iterator[Batching]:
    """Run a stub, in an empty directory."""
    with stub_process() as stub:
        yield Batching(cli_runner, stub)
