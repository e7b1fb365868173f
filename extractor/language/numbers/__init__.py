"""Numbers of official prose: numerals, measure words, quantities."""
