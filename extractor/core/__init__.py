"""Nouns that every stage shares: records, spans, errors, calls, runs; no I/O."""
