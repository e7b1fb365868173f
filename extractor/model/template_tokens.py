"""Template tokens: the words with which chat templates say who speaks.

Servers that run open models put the template around the messages first and look for
these words in all of it, so that <|im_start|>system in a plan would begin a message of
its own.
"""

from __future__ import annotations

import re

_TOKEN_START = re.compile(r"<(?=[|｜/A-Za-z])|\[(?=/?[A-Z]{3,}(?:_[A-Z]+)*\])")


def as_words(text: str) -> str:
    """Return a text in which no template token is one: a space takes it apart.

    A quote of it is still found in the source, since quotes are compared without their
    white space.
    """
    return _TOKEN_START.sub(r"\g<0> ", text)
