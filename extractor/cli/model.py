"""The commands `extract model`: where the embedded model is, and a server of it."""

from __future__ import annotations

import shutil
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from extractor.cli import display
from extractor.cli.display import out
from extractor.cli.edge import fails_in_one_line, sigterm_is_ctrl_c
from extractor.cli.options import adapter_option, model_path_option
from extractor.core.errors import ConfigError
from extractor.model.embedded.adapter import adapter_info
from extractor.model.embedded.shared import is_up
from extractor.model.embedded.weights import locate_weights, weights_info
from extractor.model.source import serve_model
from extractor.runs import session

_LOOK_S = 2.0


@click.group("model")
def model_group() -> None:
    """The embedded model."""


@model_group.command("info")
@fails_in_one_line
def model_info_command() -> None:
    """Say which weights and adapter are used, where they are and if they are ready."""
    display.weights(out, weights_info(), adapter_info())


@model_group.command("fetch")
@fails_in_one_line
def model_fetch_command() -> None:
    """Put the weights in place and check their digest."""
    progress = display.weights_progress()
    click.echo(locate_weights(on_progress=progress))


@model_group.command("serve")
@model_path_option
@adapter_option
@click.option(
    "--program",
    metavar="FILE",
    help="A `llama-server` of llama.cpp to serve it with, as one built for this "
    "machine's processor or graphics card.",
)
@fails_in_one_line
def model_serve_command(**flags: Any) -> None:
    """Serve the embedded model to several runs at once, until Ctrl-C.

    On this machine only. Its address is printed; give it to each run as
    `extract run --server ADDRESS`.
    """
    program = _program(flags["program"])
    files = session.OwnFiles(flags["model_path"], flags["adapter"])
    config = session.run_config(session.LOCAL, files=files)
    options = session.ModelOptions(
        model_path=flags["model_path"], on_progress=display.weights_progress()
    )
    found = replace(session.find_model(config, options), program=program)
    with sigterm_is_ctrl_c(), suppress(KeyboardInterrupt), serve_model(found) as made:
        address = made.base_url if made else ""
        click.echo(f"Serving until Ctrl-C: extract run --server {address} PATHS")
        while is_up(address):
            time.sleep(_LOOK_S)
        raise ConfigError("the model's server ended by itself; start it again")


def _program(name: str | None) -> Path | None:
    """Return the program's path, looked up like a command."""
    if name is None:
        return None
    path = shutil.which(name)
    if path is None:
        raise ConfigError(
            f"--program {name!r} cannot be run; give the path of llama.cpp's "
            "llama-server"
        )
    return Path(path)
