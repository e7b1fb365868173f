"""Batches: many requests in a file, answered within a day and for less."""
