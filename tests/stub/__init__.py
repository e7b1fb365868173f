"""A stub of a hosted endpoint: it answers nonsense in the right form, and fails on cue.

No score is ever taken from it.
"""
