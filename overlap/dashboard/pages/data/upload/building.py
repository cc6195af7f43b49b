"""The step of building: how far it is, what precision to expect, and a way out."""

from __future__ import annotations

import re

import streamlit as st

from overlap.dashboard.look import block, safe
from overlap.dashboard.state import View
from overlap.dashboard.texts import text
from overlap.dashboard.uploads import jobs
from overlap.insights import wording

_STEPS = (
    (r"reading columns", "columns"),
    (r"writing rejected rows", "rejects"),
    (r"learning the words", "words"),
    (r"sketching audiences, ([\d,]+)", "sketching"),
    (r"reading posts, ([\d,]+)", "posts"),
    (r"writing the store", "writing"),
)
_EVERY_SECONDS = 0.7


def watch(token: str, view: View) -> None:
    """Show a build until it is over, then the page anew."""
    build = jobs.find(token)
    name = build.draft.name if build else ""
    language = view.language
    block(
        f'<section class="ov-answer" lang="{language}">'
        f"<h1>{safe(text('upload_building', language, name=name))}</h1>"
        f"<p>{safe(text('upload_building_about', language))}</p></section>"
    )
    _progress(token, language)


@st.fragment(run_every=_EVERY_SECONDS)
def _progress(token: str, language: str) -> None:
    build = jobs.find(token)
    if build is None or build.state != "running":
        st.rerun()
    said, share = _step(build, language)
    seconds = text("upload_seconds", language, seconds=f"{build.seconds:.0f}")
    with st.container(key="upload_progress", border=True):
        st.progress(share, text=f"{said} · {seconds}")
        expected = _expected(build, language)
        if expected:
            st.caption(expected)
        st.button(
            text("upload_cancel", language),
            key="upload_cancel",
            icon=":material/cancel:",
            on_click=jobs.cancel,
            args=(token,),
        )


def _step(build: jobs.Build, language: str) -> tuple[str, float]:
    """Return the step under way in words, and how much of the build lies behind it."""
    total = (build.expect or {}).get("rows") or 0
    for place, (pattern, name) in enumerate(_STEPS):
        match = re.match(pattern, build.step)
        if match is None:
            continue
        if not match.groups():
            return text(f"upload_step_{name}", language), _WEIGHTS[place]
        done = int(match[1].replace(",", ""))
        within = min(1.0, done / total) if total else 0.5
        share = _WEIGHTS[place] + within * (_WEIGHTS[place + 1] - _WEIGHTS[place])
        return text(f"upload_step_{name}", language, rows=match[1]), share
    return text("upload_step_start", language), 0.0


_WEIGHTS = (0.02, 0.08, 0.12, 0.4, 0.6, 0.95)
"""About how much of a build lies before each of its steps."""


def _expected(build: jobs.Build, language: str) -> str:
    if build.expect is None:
        return ""
    rows = f"{build.expect['rows']:,}"
    if build.expect["floor_rate"] >= 1:
        return text("upload_expect_exact", language, rows=rows)
    return text(
        "upload_expect_sampled",
        language,
        rows=rows,
        rate=wording.rate(build.expect["floor_rate"]),
        users=wording.users(build.expect["smallest_overlap"], language),
    )
