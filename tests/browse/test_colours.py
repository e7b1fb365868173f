"""Colours of charts: seen on the page, and told apart by colour-blind eyes."""

from __future__ import annotations

import re
from itertools import combinations

import pytest

from tests.conftest import ROOT

CSS = (ROOT / "extractor" / "browse" / "static" / "browse.css").read_text("utf-8")
LIGHT, DARK = CSS.split("@media (prefers-color-scheme: dark)")[:2]
SCHEMES = [pytest.param(LIGHT, id="light"), pytest.param(DARK, id="dark")]
# How linear red, green and blue are seen without one kind of cone (Machado 2009).
SIGHTS = {
    "all": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "no red": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "no green": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
}
MIN_CONTRAST = 3
"""WCAG 1.4.11: what a graphic has against what is beside it."""
MIN_DISTANCE = 20
"""CIE 1976; two is what an eye can just tell."""


def colours(css: str) -> dict[str, tuple[float, ...]]:
    """Return the colours that style sheets name, as linear red, green and blue."""
    named = {}
    for name, digits in re.findall(r"--([\w-]+): #([0-9a-f]{6})\b", css):
        parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
        named[name] = tuple(
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
            for part in parts
        )
    return named


def luminance(colour: tuple[float, ...]) -> float:
    """Return how bright it is."""
    return 0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]


def lab(colour: tuple[float, ...], sight: str) -> tuple[float, float, float]:
    """Return where an eye sees it in CIELAB."""
    seen = [
        max(0.0, sum(f * part for f, part in zip(row, colour, strict=True)))
        for row in SIGHTS[sight]
    ]
    x = 0.4124 * seen[0] + 0.3576 * seen[1] + 0.1805 * seen[2]
    y = luminance((seen[0], seen[1], seen[2]))
    z = 0.0193 * seen[0] + 0.1192 * seen[1] + 0.9505 * seen[2]
    fx, fy, fz = (
        t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116
        for t in (x / 0.9505, y, z / 1.089)
    )
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


@pytest.mark.parametrize("css", SCHEMES)
def test_series_are_seen_on_the_page(css: str) -> None:
    """Each has enough contrast with the page."""
    named = colours(css)
    page = luminance(named["page"])
    pale = {}
    for name, colour in named.items():
        if name.startswith("series-"):
            brighter, darker = sorted((page, luminance(colour)), reverse=True)
            contrast = (brighter + 0.05) / (darker + 0.05)
            if contrast < MIN_CONTRAST:
                pale[name] = round(contrast, 2)

    assert pale == {}


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("css", SCHEMES)
def test_series_are_told_apart(css: str, sight: str) -> None:
    """No two look alike, also without red or green cones."""
    series = {n: c for n, c in colours(css).items() if n.startswith("series-")}
    alike = {}
    for (one, first), (other, second) in combinations(series.items(), 2):
        places = zip(lab(first, sight), lab(second, sight), strict=True)
        distance = sum((a - b) ** 2 for a, b in places) ** 0.5
        if distance < MIN_DISTANCE:
            alike[one, other] = round(distance, 1)

    assert len(series) == 6
    assert alike == {}
