"""Redaction: text in, the same text without keys and passwords out.

A secret is removed where it stands as a whole word. What could be a word of the text
itself, such as the keys `1` or `none` that servers at home get, is no secret: to look
for it would change the answers that are stored.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

_SCRUBBED = "[secret]"
_MAX_ERROR_CHARS = 300
_KEY_SHAPED = re.compile(r"\b(?:sk|pk|key)-[\w*.-]{6,}|(?i:bearer)\s+[\w.~+/=-]{6,}")
_SHORTEST = 8
_SURE = 20
_BEFORE = r"(?:(?<![A-Za-z0-9])|(?<=\\[bfnrt])|(?<=\\u[0-9A-Fa-f]{4}))"
"""No letter or digit, unless it belongs to an escape of JSON inside JSON."""
_AFTER = r"(?![A-Za-z0-9])"


class Redaction:
    """Blots secrets out of what is stored, shown and handed on.

    Args:
        secrets: keys and passwords; those that could be plain words are left alone.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        forms = {form for s in secrets if is_telling(s) for form in _forms(s)}
        longest_first = sorted(forms, key=lambda form: (-len(form), form))
        either = "|".join(map(re.escape, longest_first))
        self._pattern = re.compile(f"{_BEFORE}(?:{either}){_AFTER}") if forms else None

    def text(self, text: str) -> str:
        """Return the text without the secrets."""
        return self._pattern.sub(_SCRUBBED, text) if self._pattern else text

    def body(self, body: str) -> str:
        """Return a body without the secrets: the same characters where it has none.

        Of JSON only the strings are touched, so that it stays JSON.
        """
        if self._pattern is None:
            return body
        try:
            value = json.loads(body)
        except (ValueError, RecursionError):
            return self.text(body)
        clean = self._clean(value)
        return body if clean == value else json.dumps(clean)

    def _clean(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self._clean(one) for one in value]
        if isinstance(value, dict):
            return {self.text(key): self._clean(one) for key, one in value.items()}
        return value


def is_telling(secret: str) -> bool:
    """Say whether the string can only be a secret, wherever it stands.

    Keys of providers have 20 characters and more. A shorter one has to mix letters and
    digits, or it may be a number (`12345678`) or a word (`assistant`) of any answer.
    """
    if len(secret) >= _SURE:
        return True
    return (
        len(secret) >= _SHORTEST
        and any(map(str.isalpha, secret))
        and any(map(str.isdigit, secret))
    )


def one_line(text: str, secrets: Iterable[str] = ()) -> str:
    """Return the text on one line, shortened, with secrets blotted out."""
    text = _KEY_SHAPED.sub(_SCRUBBED, Redaction(secrets).text(text))
    text = " ".join(text.split())
    if len(text) > _MAX_ERROR_CHARS:
        text = f"{text[:_MAX_ERROR_CHARS]}…"
    return text


def _forms(secret: str) -> tuple[str, ...]:
    """Return the secret as it is and as JSON may escape it."""
    return secret, json.dumps(secret)[1:-1], secret.replace("/", "\\/")
