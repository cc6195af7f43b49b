"""What the page on data shows: stores, their precision, the glossary, and the upload."""

from __future__ import annotations

from overlap.dashboard import data
from overlap.dashboard.look import block
from overlap.dashboard.pages.data import contents, glossary, precision, sections
from overlap.dashboard.pages.data.stores import at_hand
from overlap.dashboard.pages.data.upload import leftover, upload
from overlap.dashboard.parts import tabs
from overlap.dashboard.state import View
from overlap.dashboard.texts import text

_TABS = ("stores", "precision", "glossary", "upload")


def page(opened: data.Opened, view: View) -> None:
    """Show the part of the page that is asked for; stores come first."""
    language = view.language
    block(sections.STYLE)
    names = {name: text(f"data_tab_{name}", language) for name in _TABS}
    match tabs.choose(view, names, text("data_tabs", language)):
        case "precision":
            precision.precision(opened, view)
        case "glossary":
            glossary.glossary(view)
        case "upload":
            upload(opened, view)
        case _:
            contents.answer(opened, view)
            at_hand(view, opened.path)
            leftover.every(view)
            contents.contents(opened, view)


def without_store(view: View) -> None:
    """Show the stores that can be opened instead, and how to make one."""
    block(sections.STYLE)
    at_hand(view, None)
    sections.head(text("data_upload_one", view.language), view, key="data_upload_one")
    upload(None, view)
