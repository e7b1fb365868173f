"""What a target is given: the bytes of a file and what its name ends in."""

from __future__ import annotations

from typing import NamedTuple


class Given(NamedTuple):
    """An input; for targets that take a text, the text of a .txt file."""

    content: bytes
    suffix: str = ".txt"

    @property
    def text(self) -> str:
        """The content as text, halves of surrogate pairs and stray bytes kept."""
        try:
            return self.content.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            return self.content.decode("utf-8", "surrogateescape")

    @classmethod
    def of_text(cls, text: str) -> Given:
        """Return a text as an input."""
        return cls(text.encode("utf-8", "surrogatepass"))
