"""The page data."""

from overlap.dashboard.pages.data.page import page, without_store

__all__ = ["page", "without_store"]
