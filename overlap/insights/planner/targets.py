"""How much of a category a plan is to reach."""

from __future__ import annotations

import math
from dataclasses import dataclass

from overlap.model import Estimate, UsageError

_CURE = "give a number of users, as 5000, or a share of the category, as 60%"


@dataclass(frozen=True, slots=True)
class Target:
    """What a plan is to reach of a category: `value` users, or that share of it (0–1)."""

    value: float
    is_share: bool

    def users(self, category: Estimate) -> float:
        """Return the target in users; raises UsageError where the category has not so many."""
        if self.is_share:
            return self.value * category.value
        if self.value > category.high:
            raise UsageError(
                f"the target of {self.value:,.0f} users is above the category's {category}",
                cure="give fewer users, or a share of the category, as 60%",
            )
        return self.value


def parse_target(target: str | float) -> Target:
    """Return the target of a number of users (5000, "5000") or of a share ("60%").

    Raises UsageError for anything else, for less than one user and for 0% or above 100%.
    """
    text = str(target).strip().replace(",", "")
    is_share = text.endswith(("%", "％"))
    try:
        value = float(text.rstrip("%％ "))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise UsageError(f"{target!r} is not a target", cure=_CURE)
    if is_share and not 0 < value <= 100:
        raise UsageError(f"a target of {text} is not above 0% and up to 100%", cure=_CURE)
    if not is_share and value < 1:
        raise UsageError(f"a target of {target} users is less than one user", cure=_CURE)
    return Target(value / 100 if is_share else value, is_share)
