"""Tuning: gold in, an adapter of the embedded model out."""
