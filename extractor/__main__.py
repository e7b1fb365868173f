"""`python -m extractor` and the script `extract`."""

from extractor.interrupts import (
    EXIT_INTERRUPTED,
    ctrl_c_ends_at_once,
    ctrl_c_is_ignored,
)


def main() -> None:
    """Run the command line; Ctrl-C is one line from here to the end."""
    ctrl_c_ends_at_once()
    from extractor.cli import main as program

    try:
        program(prog_name="extract")
    except SystemExit as exited:
        if exited.code == EXIT_INTERRUPTED:
            ctrl_c_is_ignored()
        raise


if __name__ == "__main__":
    main()
