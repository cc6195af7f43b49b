"""What the pages say when there is nothing to show, and what to do then."""

from __future__ import annotations

import logging
import re
import secrets
from functools import lru_cache

import streamlit as st

from overlap.dashboard import session
from overlap.dashboard.data import BRAND, CATEGORY, INTEREST
from overlap.dashboard.look import block, plain, safe
from overlap.dashboard.texts import text
from overlap.dashboard.texts.errors import place, said
from overlap.model import OverlapError

_LOG = logging.getLogger(__name__)

_BUILD = "overlap build events.parquet --store STORE --user user_id"
_PLACE = """.ov-place code { white-space: pre-wrap; overflow-wrap: anywhere; }
.ov-place mark { background: color-mix(in srgb, #e66100 30%, transparent); color: inherit;
  border-bottom: 2px solid #e66100; }
[data-testid="stAlert"] code { font-size: .9em; padding: .1rem 0; color: inherit; }
[data-testid="stAlert"] .stMarkdownColoredBackground { padding: 0;
  background: color-mix(in srgb, currentColor 20%, transparent) !important;
  border-bottom: 2px solid currentColor; border-radius: 0; }"""


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


def bad_floor(value: str, language: str) -> None:
    """Say that the display floor of the environment is no number."""
    message(text("bad_floor", language, value=value), text("bad_floor_cure", language))


def failure(title: str, error: OverlapError, language: str, number: str = "") -> None:
    """Show an error under a title, and the number it has in the server's log.

    One that says less on the page than it does in full is written to the log where it has none.
    """
    told = said(error, language)
    if told.is_short and not number:
        number = _logged(str(error))
    colon = "：" if language == "zh" else ": "
    at = place(told.where)
    parts = [f"<h1>{safe(title)}</h1><p>{safe(told.what)}</p>"]
    if at is not None:
        block(f"<style>{_PLACE}</style>")
        parts.append(
            f'<p class="ov-place"><code>{safe(at.before)}<mark>{safe(at.marked or " ")}</mark>'
            f"{safe(at.after)}</code></p>"
        )
    lines = [
        (text("where", language), told.where if at is None else at.rest),
        (text("cure", language), told.cure),
    ]
    parts += [f"<p>{safe(label + colon + words)}</p>" for label, words in lines if words]
    if number:
        parts.append(f"<p>{safe(text('logged_as', language, id=number))}</p>")
    block(f'<section class="ov-empty">{"".join(parts)}</section>')


def inline(
    error: OverlapError, language: str, title: str = "", *, warning: bool = False
) -> None:  # fmt: skip
    """Show an error beside what it is about: what, the place in the expression, and the cure.

    `title` stands before it, as a sentence that says what was not done. As a warning it is yellow,
    for what the page could do without.
    """
    told = said(error, language)
    at = place(told.where)
    lines = [f"**{plain(title)}**", plain(told.what)] if title else [f"**{plain(told.what)}**"]
    if at is not None:
        block(f"<style>{_PLACE}</style>")
        lines.append(
            f"{_code(at.before)}:red-background[{_code(at.marked or ' ')}]{_code(at.after)}"
        )
    where = told.where if at is None else at.rest
    if where:
        colon = "：" if language == "zh" else ": "
        lines.append(plain(text("where", language) + colon + where))
    if told.cure:
        lines.append(plain(told.cure))
    if told.is_short:
        lines.append(plain(text("logged_as", language, id=_logged(str(error)))))
    show = st.warning if warning else st.error
    show("  \n".join(line.replace("\n", "  \n") for line in lines))


@lru_cache(maxsize=1000)
def _logged(error: str) -> str:
    """Write an error to the log in full, once and not whenever it is shown, and return its number.

    The page calls files by their names alone; where they are is for who runs the server.
    """
    number = secrets.token_hex(4)
    _LOG.warning("error %s: %s", number, error)
    return number


def _code(shown: str) -> str:
    """Return text as Markdown's code, which keeps spaces and may hold backticks."""
    if not shown:
        return ""
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", shown)), default=0))
    spaced = shown.replace(" ", "\u00a0")
    gap = " " if "`" in (spaced[0], spaced[-1]) else ""
    return f"{fence}{gap}{spaced}{gap}{fence}"


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
