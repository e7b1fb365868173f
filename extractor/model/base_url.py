"""The address and the key of an endpoint: what can be used, checked before any call."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

import httpx2

from extractor.core.errors import ConfigError

_CREDENTIALS = re.compile(r"//[^/?#]*@")
_HIDDEN = re.compile(r"[?#].*", re.DOTALL)
_MAX_SHOWN_CHARS = 200


def check_base_url(base_url: str, source: str = "--base-url") -> None:
    """Refuse what cannot be asked.

    Args:
        base_url: the URL as it was given.
        source: the flag or variable it comes from, for the message.

    Raises:
        ConfigError: it is no URL; the message shows no password.
    """
    reason = _fault(base_url)
    if reason is None:
        return
    shown = shown_url(base_url)[:_MAX_SHOWN_CHARS]
    raise ConfigError(f"{source} {shown!r} is not a URL like https://host/v1: {reason}")


def _fault(base_url: str) -> str | None:
    """Return what is wrong with a URL, None when nothing is."""
    odd = next((c for c in base_url if c.isspace() or not c.isprintable()), None)
    if odd is not None:
        return f"it holds the character {odd!r}"
    try:
        url = urlsplit(base_url)
        port = url.port
        host = url.hostname
        httpx2.URL(base_url).raw_host.decode("ascii").encode("idna")
    except (ValueError, httpx2.InvalidURL) as exc:
        return str(exc)
    if url.scheme not in {"http", "https"}:
        return "it does not start with http:// or https://"
    if not host:
        return "it names no host"
    if port == 0:
        return "port 0 is nobody's"
    return None


def shown_url(base_url: str) -> str:
    """Return a URL, also a broken one, without user, password and query."""
    return _HIDDEN.sub("", _CREDENTIALS.sub("//", base_url))


def check_key(key: str) -> None:
    """Refuse a key that no HTTP header can carry.

    Raises:
        ConfigError: the message names the character, never the key.
    """
    for position, char in enumerate(key, start=1):
        if not "!" <= char <= "~":
            raise ConfigError(
                f"OPENAI_API_KEY holds {char!r} as its character {position}: a key is "
                "letters, digits and marks of ASCII without spaces; set it again"
            )


def url_secrets(base_url: str) -> tuple[str, ...]:
    """Return what of a URL must not be shown or stored: password and query values."""
    url = urlsplit(base_url)
    pairs = [pair.partition("=")[2] for pair in url.query.split("&")]
    raw = [word for word in (url.password, *pairs) if word]
    return tuple(dict.fromkeys([*raw, *map(unquote, raw)]))
