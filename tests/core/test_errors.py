"""The exception tree: documented whole, and what the rest relies on."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from extractor.core import errors
from extractor.core.errors import ExtractorError, LLMError, UserError
from extractor.core.runs import Failure


def tree(root: type[Exception], depth: int = 0) -> Iterator[tuple[int, str]]:
    """Yield depth and name of an exception and all below it."""
    yield depth, root.__name__
    for child in root.__subclasses__():
        if child.__module__ == errors.__name__:
            yield from tree(child, depth + 1)


def test_docstring_draws_the_whole_tree() -> None:
    """Each exception stands in the drawing under its parent, and nothing else does."""
    drawn = re.findall(
        r"^((?:[│ ]   )*)[├└]── (\w+)", errors.__doc__ or "", re.MULTILINE
    )

    found = {(len(indent) // 4 + 1, name) for indent, name in drawn}

    assert found == set(tree(ExtractorError)) - {(0, "ExtractorError")}


@pytest.mark.parametrize("name", sorted(name for _, name in tree(ExtractorError)))
def test_every_error_says_what_it_is(name: str) -> None:
    """Each class has its own docstring."""
    assert getattr(errors, name).__dict__["__doc__"]


@pytest.mark.parametrize("name", sorted(name for _, name in tree(LLMError)))
def test_model_errors_carry_what_the_failure_row_needs(name: str) -> None:
    """Item, model and attempts are there, and the kind is the class in lower case."""
    error = getattr(errors, name)("words", item_id="i", model="m", attempts=3)

    failure = Failure.of(error)

    assert (error.item_id, error.model, error.is_fatal) == ("i", "m", False)
    assert (failure.message, failure.attempts) == ("words", 3)
    assert failure.kind == name.removesuffix("Error").lower()


def test_operators_mistakes_and_model_failures_are_apart() -> None:
    """What is caught as one is never the other."""
    assert not issubclass(UserError, LLMError)
    assert not issubclass(LLMError, UserError)
