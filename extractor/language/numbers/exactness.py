"""Which numbers a database, JSON and a spreadsheet hold exactly."""

from __future__ import annotations

from decimal import Decimal

LARGEST_INTEGER = 2**63 - 1


def is_exact(value: Decimal) -> bool:
    """Say whether SQLite gives a number back as it was: neither rounded nor infinite.

    Integers have 64 bits; any other number is a float, which keeps some 15 digits.
    """
    if not value.is_finite() or abs(value) > LARGEST_INTEGER:
        return False
    return value == value.to_integral_value() or Decimal(repr(float(value))) == value
