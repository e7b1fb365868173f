"""Bucket: so many at once, and so many more as time goes by."""

from __future__ import annotations

from extractor.browse.writing.bucket import Bucket


def test_bucket_fills_up_again() -> None:
    """Half a second gives half of the tokens back, and never more than all."""
    now = [0.0]
    bucket = Bucket(10, 10, lambda: now[0])
    first = sum(bucket.take() for _ in range(20))
    now[0] = 0.5
    second = sum(bucket.take() for _ in range(20))
    now[0] = 100.0

    assert (10, 5, 10) == (first, second, sum(bucket.take() for _ in range(20)))


def test_bucket_says_how_long_to_wait() -> None:
    """A bucket of one token a minute says how many seconds are left of it."""
    now = [0.0]
    bucket = Bucket(1, 1 / 60, lambda: now[0])

    assert bucket.take() and not bucket.take()
    assert 60 == bucket.wait_s
    now[0] = 59.5
    assert not bucket.take()
    assert 1 == bucket.wait_s
