"""Text as it may be shown: it comes from untrusted files and endpoints."""

from __future__ import annotations

import unicodedata

_SPACES = str.maketrans({"\t": " ", "\r": None, "\u2028": " ", "\u2029": " "})


def plain(text: str) -> str:
    """Return text that does nothing but show itself: it comes from an untrusted file.

    Control characters and halves of surrogate pairs become �; characters that have no
    picture (soft hyphens, marks that turn the direction of writing) go.
    """
    shown = []
    for char in text.translate(_SPACES):
        category = "Ll" if char == "\n" else unicodedata.category(char)
        if category != "Cf":
            shown.append("\ufffd" if category in {"Cc", "Cn", "Cs"} else char)
    return "".join(shown)


def one_line(text: str) -> str:
    """Return the text on one line, fit for a terminal."""
    return plain(" ".join(text.split()))
