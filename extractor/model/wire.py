"""The wire to an endpoint: connections, and the proxy of the environment."""

from __future__ import annotations

import math
import urllib.request
from collections.abc import Sequence
from itertools import cycle
from urllib.parse import urlsplit

import httpx2

from extractor.core.errors import ConfigError
from extractor.model.limits.pricing import is_loopback
from extractor.model.redaction import one_line

_OF_A_POOL = 8
"""Connections that are looked through for each call."""


def real_transport(base_url: str, concurrency: int) -> httpx2.AsyncBaseTransport:
    """Return the transport to the endpoint, through the environment's proxy if any.

    A client that is given a transport no longer reads the proxy variables itself.
    """
    url = urlsplit(base_url)
    proxy = None
    if not (is_loopback(base_url) or urllib.request.proxy_bypass(url.hostname or "")):
        proxy = urllib.request.getproxies().get(url.scheme)
    limits = httpx2.Limits(
        max_connections=concurrency, max_keepalive_connections=concurrency
    )
    try:
        context = httpx2.create_ssl_context()
        pools = [
            httpx2.AsyncHTTPTransport(verify=context, proxy=proxy, limits=limits)
            for _ in range(math.ceil(concurrency / _OF_A_POOL))
        ]
    except (ValueError, ImportError, httpx2.InvalidURL) as exc:
        raise ConfigError(
            f"the proxy of the environment, {url.scheme}_proxy, cannot be used: "
            f"{one_line(str(exc))}; correct it, or name the host in no_proxy"
        ) from exc
    return pools[0] if len(pools) == 1 else _Pools(pools)


class _Pools(httpx2.AsyncBaseTransport):
    """Several pools of connections by turns.

    A pool looks at each of its connections for every call: with sixty-four of them that
    is a sixth of what a call costs this process.
    """

    def __init__(self, pools: Sequence[httpx2.AsyncBaseTransport]) -> None:
        self._pools = pools
        self._turns = cycle(pools)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send by the pool whose turn it is."""
        return await next(self._turns).handle_async_request(request)

    async def aclose(self) -> None:
        """Close every connection."""
        for pool in self._pools:
            await pool.aclose()
