"""The page saved."""

from overlap.dashboard.pages.saved.page import page

__all__ = ["page"]
