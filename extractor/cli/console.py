"""The two consoles: what was asked for goes to `out`, everything else to `err`."""

from __future__ import annotations

from rich.console import Console

out = Console(highlight=False, markup=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, markup=False)
