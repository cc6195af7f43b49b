"""Uploading events in the browser and building a store from them."""

from overlap.dashboard.pages.data.upload.page import upload

__all__ = ["upload"]
