"""The garbage collector pauses and goes on as it was."""

from __future__ import annotations

import gc

import pytest

from extractor.core.garbage import no_collection


def test_collection_goes_on_after_an_error() -> None:
    """A pause never outlasts what it was made for."""

    @no_collection()
    def fail() -> None:
        assert not gc.isenabled()
        raise ValueError("甲")

    with pytest.raises(ValueError, match="甲"):
        fail()
    assert gc.isenabled()


def test_a_collector_that_was_off_stays_off() -> None:
    """Whoever turned it off turns it on."""
    gc.disable()
    try:
        with no_collection():
            pass

        assert not gc.isenabled()
    finally:
        gc.enable()
