"""The pages by name, their addresses, and links between them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import streamlit as st

from overlap.dashboard.state import HOME, View, to_query
from overlap.dashboard.texts import text

PAGES = (HOME, "overlaps", "segment", "demand", "saved", "data")
ICONS = {
    HOME: ":material/target:",
    "overlaps": ":material/join_inner:",
    "segment": ":material/group_add:",
    "demand": ":material/trending_up:",
    "saved": ":material/bookmark:",
    "data": ":material/database:",
}


def pages(language: str, run: Callable[[str], None]) -> list[st.Page]:
    """Return the pages for the menu; `run` shows the one of a name."""
    return [_page(name, language, partial(run, name)) for name in PAGES]


def name_of(page: st.Page) -> str:
    """Return the name of a page of the menu."""
    return page.url_path or HOME


def link(
    label: str, page: str, view: View, *, help: str | None = None, icon: str = "",
    disabled: bool = False, **changes: str | None,
) -> None:  # fmt: skip
    """Show a link to a page that keeps what all pages share.

    `changes` are fields of the view, or parameters of the page itself; None leaves one out.
    """
    st.page_link(
        _page(page, view.language),
        label=label,
        icon=icon or ICONS[page],
        help=help or "",
        disabled=disabled,
        query_params=query(page, view, **changes),
    )


def query(page: str, view: View, **changes: str | None) -> dict[str, str]:
    """Return the parameters of a link to a page, `changes` as `link` takes them."""
    fields: dict[str, Any] = {
        name: value for name, value in changes.items() if name in View.__dataclass_fields__
    }
    asked = {name: value for name, value in changes.items() if name not in fields and value}
    kept = {
        name: value
        for name, value in (view.asked.items() if page == view.page else ())
        if name not in changes
    }
    return to_query(replace(view, page=page, asked={**kept, **asked}, **fields))


def address(page: str, view: View, **changes: str | None) -> str:
    """Return the whole address of a page, to be given to somebody else."""
    # What the framework says is where the visitor is, with that page's own path behind it.
    here = urlsplit(st.context.url or "")
    path = f"{base_path()}/{'' if page == HOME else page}"
    asked = urlencode(query(page, view, **changes))
    return urlunsplit((here.scheme, here.netloc, path, asked, ""))


def base_path() -> str:
    """Return the path that the server answers below, empty where it has a host to itself."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}" if base else ""


def _page(name: str, language: str, run: Callable[[], None] = lambda: None) -> st.Page:
    return st.Page(
        run,
        title=text(f"page_{name}", language),
        icon=ICONS[name],
        url_path=name,
        default=name == HOME,
    )
