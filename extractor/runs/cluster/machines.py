"""Machines: Ray started here for one run, or a cluster of the user's joined.

What is started here listens on loopback alone, lets in who has its token, says nothing
to anybody and leaves nothing behind.
"""

from __future__ import annotations

import logging
import os
import secrets
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from extractor.core.errors import ConfigError
from extractor.core.text import one_line

_QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_BACKEND_LOG_LEVEL": "fatal",
    "RAY_DATA_DISABLE_PROGRESS_BARS": "1",
}
_LOOPBACK = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0", "RAY_AUTH_MODE": "token"}
"""Ray's own switch for a node that no other machine may join, whatever its name says,
and the one that lets nobody in without a token."""
_STORE_BYTES = 128 << 20
"""Of memory for what goes between workers: names and numbers, no text."""
_LONGEST_TEMP = 40
"""Characters; the path of a socket has some hundred at most, of which Ray needs 60."""


def ray_data() -> Any:
    """Return `ray`, with `ray.data`.

    Raises:
        ConfigError: the extra is not installed.
    """
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    try:
        import ray.data
    except ImportError as error:
        raise ConfigError(
            "--engine ray needs Ray; install it: pip install 'workplan-extract[ray]'"
        ) from error
    return ray


@contextmanager
def machines(address: str | None, workers: int | None) -> Iterator[tuple[Any, int]]:
    """Yield Ray and how many workers there are to be.

    Args:
        address: of a cluster; None starts Ray on this machine for as long as needed.
        workers: as asked for; None takes as many as there are processors.

    Raises:
        ConfigError: Ray is not installed, or cannot be started or reached.
    """
    if address is None:  # nobody else on this machine may join
        os.environ |= _LOOPBACK | {"RAY_AUTH_TOKEN": secrets.token_hex(32)}
    ray = ray_data()
    logging.getLogger("ray").setLevel(logging.ERROR)
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    folder = tempfile.mkdtemp(prefix="ray-") if address is None else None
    own = {
        "address": "local",  # not a cluster that happens to run on this machine
        "num_cpus": workers or os.cpu_count() or 1,
        "include_dashboard": False,
        "object_store_memory": _STORE_BYTES,
        "_node_ip_address": "127.0.0.1",
        "_temp_dir": folder if folder and len(folder) < _LONGEST_TEMP else None,
    }
    handler = signal.getsignal(signal.SIGTERM)
    try:
        with _without_native_words():
            ray.init(
                **({"address": address} if address else own),
                logging_level=logging.ERROR,
                log_to_driver=False,
            )
        count = workers or max(1, int(ray.cluster_resources().get("CPU", 1)))
    except (OSError, RuntimeError, ValueError, AssertionError) as error:
        what = "start Ray"
        if address:
            what = f"reach Ray at {address!r} (does it want a RAY_AUTH_TOKEN?)"
        raise ConfigError(f"cannot {what}: {one_line(str(error))[:300]}") from error
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, handler)  # Ray's own ends the process at once
    try:
        context = ray.data.DataContext.get_current()
        context.enable_progress_bars = False
        yield ray, count
    finally:
        ray.shutdown()
        if folder:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _without_native_words() -> Iterator[None]:
    """Keep from the user what Ray's native code prints of its own settings."""
    sys.stderr.flush()
    try:
        kept = os.dup(2)
    except OSError:  # closed by the caller
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
