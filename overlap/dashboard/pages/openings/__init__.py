"""The first page: openings of a category, and of a brand in it."""

from overlap.dashboard.pages.openings.page import page

__all__ = ["page"]
