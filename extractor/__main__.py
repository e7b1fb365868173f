"""`python -m extractor` and the script `extract`."""

try:
    from extractor.core.interrupts import (
        EXIT_INTERRUPTED,
        ctrl_c_ends_at_once,
        ctrl_c_is_ignored,
    )

    ctrl_c_ends_at_once()
except KeyboardInterrupt:  # before anything of ours could hear it
    import os

    os.write(2, b"Stopped.\n")
    os._exit(130)


def main() -> None:
    """Run the command line; Ctrl-C is one line from here to the end."""
    from extractor.cli.main import main as program

    try:
        program(prog_name="extract")
    except SystemExit as exited:
        if exited.code == EXIT_INTERRUPTED:
            ctrl_c_is_ignored()
        raise


if __name__ == "__main__":
    main()
