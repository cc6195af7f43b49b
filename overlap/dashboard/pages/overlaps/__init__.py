"""The page overlaps."""

from overlap.dashboard.pages.overlaps.page import page

__all__ = ["page"]
