"""What a batch run costs, and what it survives: `make bench-batch` prints the bars.

Every answer is a stub's (`tests/stub`): no figure here says how well anything reads.
"""
