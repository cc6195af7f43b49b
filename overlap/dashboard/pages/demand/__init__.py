"""The page demand: emerging needs, trends, the language of a segment, and the needs map."""

from overlap.dashboard.pages.demand.page import page

__all__ = ["page"]
