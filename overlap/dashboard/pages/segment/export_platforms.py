"""What advertising platforms take, and what of it is here."""

from __future__ import annotations

import streamlit as st

from overlap.dashboard import data
from overlap.dashboard.look import block, plain, safe
from overlap.dashboard.pages.segment import export_wording as wording
from overlap.dashboard.pages.segment.export_choices import Offered
from overlap.dashboard.pages.segment.export_ways import Place
from overlap.dashboard.parts import empty
from overlap.dashboard.texts import text
from overlap.segments import FORMATS, FormatName


def show_platforms(opened: data.Opened, offered: Offered, language: str) -> None:
    """Show in a drawer which platforms there are, what they take, and what is missing."""
    if offered.error is not None:
        empty.inline(offered.error, language, text("export_identities_failed", language))
        st.caption(plain(text("logged_as", language, id=offered.number)))
    some = any(way.place is not Place.NONE for way in offered.ways)
    roles = next(r.roles for r in opened.store.provenance.values() if r.roles is not None)
    with st.expander(text("export_platforms", language), icon=":material/campaign:"):
        if some:
            st.caption(plain(text("export_platforms_some", language)))
        else:
            st.caption(plain(text("export_platforms_none", language, column=roles.user)))
            st.code(
                f"overlap serve {opened.path.name} --identities FILE --id-column {roles.user}",
                language="shell",
                wrap_lines=True,
            )
        block(_table(offered, language))


def _table(offered: Offered, language: str) -> str:
    titles = ("export_platform", "export_takes", "export_here")
    head = "".join(f"<th>{safe(text(key, language))}</th>" for key in titles)
    rows = []
    for name, form in FORMATS.items():
        takes = ", ".join(_field(field.key, language) for field in form.fields)
        rows.append(
            f"<tr><td>{safe(text(f'export_platform_{name}', language))}</td><td>{takes}</td>"
            f"<td>{safe(_here(offered, name, language))}</td></tr>"
        )
    return (
        f'<section class="ov-export" lang="{language}"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></section>"
    )


def _field(key: str, language: str) -> str:
    name, code = text(f"export_field_{key}", language), f"<code>{safe(key)}</code>"
    return code if name.casefold() == key else f"{code} {safe(name)}"


def _here(offered: Offered, name: FormatName, language: str) -> str:
    said = [
        text(f"export_here_{way.place}", language, fields=wording.fields(way, language))
        for way in offered.ways
        if way.form is name
    ]
    return text("export_list", language).join(said) or text("export_here_no", language)
