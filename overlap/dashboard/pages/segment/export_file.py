"""The file that is there: its downloads, what is in it, and how it compares with the store."""

from __future__ import annotations

import streamlit as st

from overlap.dashboard import session
from overlap.dashboard.look import block, plain, safe
from overlap.dashboard.pages.segment import export_wording as wording
from overlap.dashboard.pages.segment.export_job import MOST_BYTES, Held, Prepared
from overlap.dashboard.pages.segment.export_ways import Place, Way
from overlap.dashboard.texts import text
from overlap.insights.wording import users

STYLE = """<style>
.ov-export .ov-sub { max-width: 60rem; margin-top: .15rem; }
.ov-export .done { display: flex; gap: .4rem; align-items: baseline; }
.ov-export .ov-figures { display: grid; gap: .5rem 1rem; margin: 0; padding: 0;
  grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); }
.ov-export .print { font-size: .78rem; margin: .6rem 0 0; overflow-wrap: anywhere;
  color: color-mix(in srgb, currentColor 68%, transparent); }
.ov-export .print code { font-size: .75rem; background: none; color: inherit; padding: 0; }
.ov-export table { border-collapse: collapse; font-size: .85rem; width: 100%; }
.ov-export th { text-align: left; font-weight: 600; font-size: .76rem;
  color: color-mix(in srgb, currentColor 68%, transparent); }
.ov-export th, .ov-export td { padding: .25rem .8rem .25rem 0; vertical-align: top;
  border: 0; border-bottom: 1px solid color-mix(in srgb, currentColor 15%, transparent); }
.ov-export td.n { font-variant-numeric: tabular-nums; }
.ov-export code { font-size: .8rem; }
</style>"""
_ACCEPTED = "export_accepted"
_MIME = {"csv": "text/csv", "txt": "text/plain", "parquet": "application/vnd.apache.parquet"}
_MEGABYTE = 1 << 20


def show_file(prepared: Prepared, language: str) -> None:
    """Show the downloads of a file and its report, differences to the store first."""
    if prepared.report.mismatches and st.session_state.get(_ACCEPTED) != prepared.digests:
        _differences(prepared, language)
        st.button(
            text("export_changed_accept", language),
            key="segment_export_accept",
            on_click=_accept,
            args=(prepared.digests,),
        )
        return
    with st.container(border=True, key="export_result", gap="small"):
        report = prepared.report
        ready = text("export_ready", language, rows=f"{report.written:,}")
        block(
            f'<section class="ov-export" lang="{language}" aria-live="polite">'
            f'<h2 class="ov-h2 done">{safe(ready)}</h2></section>'
        )
        _downloads(prepared, language)
        if report.mismatches:
            _differences(prepared, language)
        block(_facts(prepared, language))
    with st.expander(text("export_command", language)):
        st.code(wording.command(prepared.asked), language="shell", wrap_lines=True)


def _accept(digests: tuple[str, ...]) -> None:
    st.session_state[_ACCEPTED] = digests
    session.change()


# --- downloads ----------------------------------------------------------------------------------


def _downloads(prepared: Prepared, language: str) -> None:
    report = prepared.report
    named, held, about = wording.files(prepared.asked)
    if prepared.too_large:
        size, most = (f"{n / _MEGABYTE:,.0f}" for n in (prepared.bytes, MOST_BYTES))
        st.warning(text("export_too_large", language, size=size, most=most))
    with st.container(horizontal=True, key="export_downloads"):
        if not prepared.too_large:
            ending = prepared.asked.way.ending
            shown = ending.upper() if ending != "parquet" else "Parquet"
            _download(prepared, prepared.file, named, text("export_download", language,
                      ending=shown), key="segment_export_download", first=True)  # fmt: skip
            if prepared.holdout is not None:
                label = text(
                    "export_download_holdout", language, rows=f"{report.holdout_written:,}"
                )
                _download(prepared, prepared.holdout, held, label,
                          key="segment_export_download_holdout",
                          help=text("export_download_holdout_help", language))  # fmt: skip
        st.download_button(
            text("export_report", language),
            data=lambda: wording.report(prepared),
            file_name=about,
            mime="application/json",
            icon=":material/receipt_long:",
            on_click="ignore",
            help=text("export_report_help", language),
            key="segment_export_report",
            type="tertiary",
        )


def _download(
    prepared: Prepared, file: Held, name: str, label: str, *, key: str, first: bool = False,
    help: str | None = None,
) -> None:  # fmt: skip
    st.download_button(
        label,
        data=file.read,
        file_name=name,
        mime=_MIME[prepared.asked.way.ending],
        icon=":material/download:",
        on_click="ignore",
        help=help,
        key=key,
        type="primary" if first else "secondary",
    )


# --- the report ---------------------------------------------------------------------------------


def _facts(prepared: Prepared, language: str) -> str:
    report, asked = prepared.report, prepared.asked

    def say(key: str, **values: object) -> str:
        return text(key, language, **values)

    size = report.estimate
    members = (
        say("export_members_exact")
        if size.exact and round(size.value) == report.exact
        else say(
            "export_members_inside",
            users=users(size.value, language),
            low=users(size.low, language),
            high=users(size.high, language),
        )
    )
    figures = [
        (say("export_rows"), f"{report.written:,}", _rows_note(asked.way, prepared, language)),
        (say("export_members"), f"{report.exact:,}", members),
    ]
    if report.holdout_target is not None:
        rows = say("export_held_rows", rows=f"{report.holdout_written:,}")
        figures.append((say("export_held"), f"{report.holdout:,}", rows))
    rejected = say("export_read_note", rejected=f"{report.rows_rejected:,}")
    figures += [
        (say("export_read"), f"{report.rows_read:,}", rejected),
        (say("export_window"), wording.window(asked.window, language),
         say("export_snapshot", snapshot=report.snapshot)),
    ]  # fmt: skip
    cells = "".join(
        f"<div><dt>{safe(name)}</dt><dd><b>{safe(value)}</b><small>{safe(note)}</small></dd></div>"
        for name, value, note in figures
    )
    left_out = wording.dropped(prepared, language)
    colon = "：" if language == "zh" else ": "
    prints = [
        (say("export_expression"), report.expression),
        (say("export_fingerprint"), prepared.digests[0]),
    ]
    lines = "".join(
        f'<p class="print">{safe(name)}{colon}<code>{safe(value)}</code></p>'
        for name, value in prints
    )
    return (
        f'<section class="ov-export" lang="{language}"><dl class="ov-figures">{cells}</dl>'
        + (f'<p class="print">{safe(left_out)}</p>' if left_out else "")
        + f"{lines}</section>"
    )


def _rows_note(way: Way, prepared: Prepared, language: str) -> str:
    if way.place is not Place.NONE:
        platform = text(f"export_platform_{way.form}", language)
        return text("export_rows_hashed", language, platform=platform)
    return text("export_rows_header", language, column=prepared.column)


def _differences(prepared: Prepared, language: str) -> None:
    st.warning(
        f"**{plain(text('export_changed', language))}**  \n"
        + plain(text("export_changed_cure", language)),
        icon=":material/difference:",
    )
    titles = ("export_changed_what", "export_changed_store", "export_changed_events")
    head = "".join(f"<th>{safe(text(key, language))}</th>" for key in titles)
    rows = "".join(
        f"<tr><td>{safe(wording.differs(each, language))}</td>"
        f'<td class="n">{safe(each.store)}</td><td class="n">{safe(each.events)}</td></tr>'
        for each in prepared.report.mismatches
    )
    block(
        f'<section class="ov-export" lang="{language}"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></section>"
    )
