"""Which step of an upload is shown: choosing files, settling columns, building, the result."""

from __future__ import annotations

import streamlit as st

from overlap.dashboard import data, session
from overlap.dashboard.look import block, plain
from overlap.dashboard.pages.data.upload import building, choosing, leftover, result, settling
from overlap.dashboard.state import View
from overlap.dashboard.texts import text
from overlap.dashboard.uploads import drafts, jobs

_STYLE = """<style>
.st-key-upload_columns { display: grid; gap: .6rem;
  grid-template-columns: repeat(auto-fill, minmax(195px, 1fr)); }
.st-key-upload_columns > * { width: auto !important; min-width: 0; }
.st-key-upload_open [data-testid="stPageLink-NavLink"] { border: 1px solid currentColor;
  padding: .4rem .9rem; border-radius: .5rem; }
.st-key-upload_settings > * { flex: 1 1 150px; }
.st-key-upload_settings > .st-key-upload_name { flex: 2 1 220px; }
.ov-upload-column { line-height: 1.35; min-height: 3.6rem; }
.ov-upload-column b { overflow-wrap: anywhere; }
.ov-upload-column small { display: -webkit-box; -webkit-line-clamp: 2; -webkit-box-orient: vertical;
  overflow: hidden; overflow-wrap: anywhere; font-size: .78rem;
  color: color-mix(in srgb, currentColor 68%, transparent); }
.ov-upload-large { display: none; border-left: 3px solid #d9534f; padding-left: .6rem; }
.ov-upload-large p { margin: 0 0 .25rem; }
body:has(.st-key-upload_files [data-testid="stFileChipIconError"]) .ov-upload-large {
  display: block; }
/* Files that arrived are listed below with what was found in them. */
.st-key-upload_files [data-testid="stFileChip"]:not(:has([data-testid="stFileChipIconError"])):not(
  :has([data-testid="stFileChipIconSpinner"])) { display: none; }
.ov-upload-files p { margin: 0; overflow-wrap: anywhere; }
</style>"""


def upload(opened: data.Opened | None, view: View) -> None:
    """Show the upload of files, from choosing them to the store; `opened` is None without one.

    The link carries `upload`, the token of what was uploaded.
    """
    if opened is None:
        # Without a store nobody else puts the view into the address.
        session.remember(view)
    block(_STYLE)
    token = view.asked.get(choosing.PARAMETER)
    draft = drafts.load(token) if token else None
    if draft is None:
        leftover.told(view.language)
        if token:
            st.warning(plain(text("upload_gone", view.language)), icon=":material/link_off:")
        choosing.first(view)
        return
    build = jobs.find(draft.token)
    if build is not None and build.state == "running":
        building.watch(draft.token, view)
        return
    done = drafts.result(draft)
    if done is not None:
        result.show(draft, done, view)
        return
    settling.settle(draft, build, view)
