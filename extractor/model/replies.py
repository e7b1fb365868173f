"""What a model wrote: its text in, the answer in it out.

Models put an answer into a code fence, talk before and after it, and think aloud first.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple, TypeGuard

from pydantic_core import from_json

_TAG = "think(?:ing)?|thought|reasoning"
_THOUGHTS_END = re.compile(rf"</(?:{_TAG})>", re.IGNORECASE)
_THOUGHTS_START = re.compile(rf"\s*<(?:{_TAG})>", re.IGNORECASE)
_FENCE = re.compile(
    r"^[ \t]*```[^\n`]*\n(.*?)(?:^[ \t]*```[ \t]*$|\Z)", re.DOTALL | re.MULTILINE
)
_FENCE_MARK = re.compile(r"^[ \t]*```[\w-]*[ \t]*$", re.MULTILINE)
_MAX_TRIES = 500
"""Brackets that are looked at; an answer has one, prose before it a few."""


def without_thoughts(text: str) -> str:
    """Return the answer behind the thinking.

    The opening tag may be in the prompt, so that only the closing one is written; one
    that is never closed is just dropped.
    """
    if not text.lstrip().startswith(("{", "[", "```")):
        for end in list(_THOUGHTS_END.finditer(text))[-1:]:
            return text[end.end() :]
    return (
        _THOUGHTS_START.sub("", text, count=1) if _THOUGHTS_START.match(text) else text
    )


def plain_lines(text: str) -> str:
    """Return an answer in lines, without thoughts and fences."""
    return _FENCE_MARK.sub("", without_thoughts(text)).strip()


def json_texts(text: str) -> list[str]:
    """Return the JSON that the text holds: all of it, fenced parts, or objects in it.

    Never a bare list from the middle: it is as likely to be part of a broken object.
    """
    text = without_thoughts(text).strip()
    if _is_json(text):
        return [text]
    fenced = [part.strip() for part in _FENCE.findall(text)]
    return [part for part in fenced if _is_json(part)] or list(_objects(text))


def whole_json(text: str) -> str | None:
    """Return the JSON of a reply that was cut off behind it, None when within it."""
    text = _FENCE_MARK.sub("", without_thoughts(text)).strip()
    return text if _is_json(text) else None


class CutList(NamedTuple):
    """What a reply that was cut off holds of its list."""

    whole: list[Any]
    """The elements that came whole."""
    is_broken: bool
    """Another one had begun."""


def cut_list(text: str, key: str) -> CutList:
    """Return the whole elements of the list under `key` in JSON that was cut off."""
    for cut, value in _begun(text, "{["):
        elements = value.get(key) if isinstance(value, dict) else value
        if _lists_objects(elements):
            if _ends_with_a_whole_one(cut):
                return CutList(elements, is_broken=False)
            return CutList(elements[:-1], is_broken=True)
    return CutList([], is_broken=True)


def cut_lists(text: str) -> dict[str, CutList]:
    """Return the lists of a JSON object that was cut off, by their keys, in order.

    All but the last one came whole.
    """
    for cut, lists in _begun(text, "{"):
        if not lists or not all(map(_lists_objects, lists.values())):
            continue
        found = {key: CutList(one, is_broken=False) for key, one in lists.items()}
        last = next(reversed(found))
        if not _ends_with_a_whole_one(cut):
            found[last] = CutList(lists[last][:-1], is_broken=True)
        return found
    return {}


def _begun(text: str, brackets: str) -> Iterator[tuple[str, Any]]:
    """Yield the text from each of these brackets on, and the JSON that begins there."""
    text = without_thoughts(text)
    starts = (at for at, char in enumerate(text) if char in brackets)
    for _, start in zip(range(_MAX_TRIES), starts, strict=False):
        cut = text[start:]
        try:
            yield cut, from_json(cut, allow_partial=True)
        except ValueError:
            continue


def _lists_objects(value: Any) -> TypeGuard[list[Any]]:
    """Say whether this is a list of objects; the [1] of a footnote is none."""
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


def _ends_with_a_whole_one(cut: str) -> bool:
    """Say whether the cut is between two elements, or the list was closed."""
    cut = cut.rstrip().removesuffix(",")
    return any(_is_json(cut + end) for end in ("", "}", "]", "]}"))


def _objects(text: str) -> Iterator[str]:
    """Yield the outermost JSON objects of a text."""
    decoder = json.JSONDecoder()
    stop = 0
    starts = (found.start() for found in re.finditer(r"\{", text))
    for _, start in zip(range(_MAX_TRIES), starts, strict=False):
        if start < stop:
            continue
        try:
            _, stop = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            continue
        yield text[start:stop]


def _is_json(text: str) -> bool:
    """Say whether a text is a JSON object or list and nothing else."""
    if not text.startswith(("{", "[")):
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
