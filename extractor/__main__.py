"""`python -m extractor` is `extract`."""

from extractor.cli import main

if __name__ == "__main__":
    main(prog_name="extract")
