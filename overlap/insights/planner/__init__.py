"""Which audiences reach a category's users, in which order: core, then likely, then broad."""

from overlap.insights.planner.planning import PLAN_TABLE, STEPS, plan
from overlap.insights.planner.pools import CORE_TGI, LIKELY_TGI, TIERS
from overlap.insights.planner.targets import Target, parse_target

__all__ = [
    "CORE_TGI",
    "LIKELY_TGI",
    "PLAN_TABLE",
    "STEPS",
    "TIERS",
    "Target",
    "parse_target",
    "plan",
]
