"""Across plans: what several plans promise of the same thing, compared."""
