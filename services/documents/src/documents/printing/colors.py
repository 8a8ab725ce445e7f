"""The organisation's colour, made fit for paper."""

import re

HOUSE = "#24506b"
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_READABLE = 4.5
"""Contrast with white paper that WCAG 2.2 (1.4.3) asks of text."""


def accent(color: str | None) -> str:
    return color.lower() if color and _HEX.fullmatch(color) else HOUSE


def readable(color: str) -> str:
    """The colour itself where it can be read on white, else a darker shade of it."""
    channels = [int(color[at : at + 2], 16) for at in (1, 3, 5)]
    while _contrast_with_white(channels) < _READABLE:
        channels = [channel * 9 // 10 for channel in channels]
    return "#" + "".join(f"{channel:02x}" for channel in channels)


def _contrast_with_white(channels: list[int]) -> float:
    red, green, blue = (_linear(channel / 255) for channel in channels)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
