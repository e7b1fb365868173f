"""Looking at processes that a test started."""

from __future__ import annotations

import time
from pathlib import Path


def is_alive(pid: int) -> bool:
    """Say whether a process runs (a zombie does not)."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False
    return "\nState:\tZ" not in status


def wait_until_gone(pid: int) -> bool:
    """Wait for a process to end."""
    for _ in range(100):
        if not is_alive(pid):
            return True
        time.sleep(0.05)
    return False
