"""Exceptions of the product, one tree.

```
ExtractorError
├── UserError              the operator's mistake: fix it and run again
│   ├── ConfigError        a flag, a setting, a missing extra
│   ├── DocumentError      a source file that cannot be read or has no items
│   └── PromptError        a prompt file that is missing or malformed
├── LLMError               one model call failed for good; .item_id .model .attempts
│   ├── TransportError     no answer: connection, timeout, HTTP status
│   ├── IncompleteOutputError   the answer was cut off (finish reason "length")
│   └── InvalidOutputError      the answer does not fit the response model
├── BudgetError            the run may cost no more; what was done stays
├── WaitingError           an answer is still to come; the item is not done yet
└── StoreError             the database cannot be opened, written or migrated
```

`UserError` is raised before any token is spent.
An `LLMError` that other calls escape is part of an answer, and becomes a row of
`failures`.
Doubtful data is no exception: it is a status on the record.
"""

from __future__ import annotations

from typing import Any


class ExtractorError(Exception):
    """Root of the tree."""


class UserError(ExtractorError):
    """The operator can fix it; the message names the thing and the way out."""


class ConfigError(UserError):
    """A flag, a setting or the environment is wrong."""


class DocumentError(UserError):
    """A source file cannot be used."""


class PromptError(UserError):
    """A prompt file is missing or malformed."""


class LLMError(ExtractorError):
    """A model call failed after every retry its failure class allows.

    Attributes:
        item_id: the item the call was made for, if any.
        model: the model's name as sent.
        attempts: HTTP attempts made.
        is_fatal: no other call can succeed either (wrong key, endpoint down), so
            the run stops instead of failing every item one by one.
    """

    def __init__(
        self,
        message: str,
        *,
        item_id: str | None = None,
        model: str | None = None,
        attempts: int = 0,
        is_fatal: bool = False,
    ) -> None:
        super().__init__(message)
        self.item_id = item_id
        self.model = model
        self.attempts = attempts
        self.is_fatal = is_fatal


class TransportError(LLMError):
    """No usable HTTP answer: connection, timeout or status code."""


class IncompleteOutputError(LLMError):
    """The answer was cut off at the token limit; `text` is what there is of it."""

    def __init__(self, message: str, *, text: str = "", **facts: Any) -> None:
        super().__init__(message, **facts)
        self.text = text


class InvalidOutputError(LLMError):
    """The answer does not fit the response model, also after re-asking."""


class BudgetError(ExtractorError):
    """No call may be sent any more: the next could cost more than was allowed."""


class WaitingError(ExtractorError):
    """An item cannot be read yet: an answer that was asked for is still to come."""


class StoreError(ExtractorError):
    """The database cannot be opened, written or migrated."""
