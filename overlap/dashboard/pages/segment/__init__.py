"""The page segment."""

from overlap.dashboard.pages.segment.page import page

__all__ = ["page"]
