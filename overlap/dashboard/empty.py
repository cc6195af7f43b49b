"""What the pages say when there is nothing to show, and what to do then."""

from __future__ import annotations

import streamlit as st

from overlap.dashboard import session
from overlap.dashboard.data import BRAND, CATEGORY, INTEREST
from overlap.dashboard.look import block, safe
from overlap.dashboard.texts import text
from overlap.model import OverlapError

_BUILD = "overlap build events.parquet --store STORE --user user_id"


def message(title: str, *paragraphs: str, commands: str = "") -> None:
    """Show a title, what to do, and the commands that do it."""
    body = "".join(f"<p>{safe(paragraph)}</p>" for paragraph in paragraphs if paragraph)
    block(f'<section class="ov-empty"><h1>{safe(title)}</h1>{body}</section>')
    if commands:
        st.code(commands, language="shell", wrap_lines=True)


def no_store(language: str) -> None:
    """Say how to open a store."""
    message(
        text("no_store", language),
        text("no_store_cure", language),
        commands=f"overlap demo\n{_BUILD} --tags category={CATEGORY} --tags interest={INTEREST}"
        f" --tags brand={BRAND}\noverlap serve STORE",
    )


def bad_store(error: OverlapError, language: str) -> None:
    """Say why a store cannot be opened, and the cure."""
    failure(text("bad_store", language), error, language)


def bad_floor(value: str, language: str) -> None:
    """Say that the display floor of the environment is no number."""
    message(text("bad_floor", language, value=value), text("bad_floor_cure", language))


def failure(title: str, error: OverlapError, language: str) -> None:
    """Show an error's own words under a title in the visitor's language."""
    colon = "：" if language == "zh" else ": "
    message(
        title,
        error.what,
        f"{text('where', language)}{colon}{error.where}" if error.where else "",
        f"{text('cure', language)}{colon}{error.cure}" if error.cure else "",
    )


def no_kind(kind: str, kinds: list[str], language: str) -> None:
    """Say that a kind of audience is not in the store, and how it would be."""
    message(
        text(f"no_{kind}", language),
        text(f"no_{kind}_cure", language, kinds=", ".join(kinds)),
        commands=f"{_BUILD} --tags COLUMN={kind}",
    )


def no_data(category: str, language: str) -> None:
    """Say that nobody of a category was active in the window."""
    message(
        text("no_data", language, category=category), text("no_data_cure", language)
    )  # fmt: skip
    st.button(text("whole_time", language), on_click=session.change,
              kwargs={"start": None, "end": None})  # fmt: skip


def all_hidden(floor: int, language: str) -> None:
    """Say that everything is below the floor."""
    message(text("all_hidden", language, floor=f"{floor:,}"), text("all_hidden_cure", language))
