"""Bars side by side."""

from __future__ import annotations

import math
from collections.abc import Sequence


def bar_widths(values: Sequence[float | None]) -> list[float]:
    """Return the lengths of bars in percent of the longest, 0 for nothing."""
    finite = [v if v is not None and math.isfinite(v) and v > 0 else 0.0 for v in values]
    longest = max(finite, default=0.0)
    return [100 * (v / longest) if longest else 0.0 for v in finite]
