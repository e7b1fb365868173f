"""The public names: sorted, importable, documented."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

import extractor

MODULES = sorted(
    module.name for module in pkgutil.walk_packages(extractor.__path__, "extractor.")
)


def test_all_is_sorted_and_without_repeats() -> None:
    """`__all__` reads as an index."""
    assert extractor.__all__ == sorted(set(extractor.__all__))


TRAINING = {"torch", "transformers", "gguf", "tokenizers", "numpy"}
"""What only the extra `tune` brings."""


@pytest.mark.parametrize("name", extractor.__all__)
def test_public_name_can_be_imported_and_says_what_it_is(name: str) -> None:
    """`from extractor import …` gives something with a docstring."""
    value = getattr(extractor, name)

    assert value is not None
    assert isinstance(value, str) or value.__doc__


@pytest.mark.parametrize("name", MODULES)
def test_every_module_can_be_imported_alone_and_has_a_first_line(name: str) -> None:
    """A module says in one line which stage it is."""
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name not in TRAINING or not name.startswith("extractor.tuning."):
            raise
        pytest.skip(f"the extra tune is not installed: {error.name}")

    first, _, rest = (module.__doc__ or "").partition("\n")

    assert first.endswith((".", ":", ";"))
    assert not rest or rest.startswith("\n") or rest.strip()
