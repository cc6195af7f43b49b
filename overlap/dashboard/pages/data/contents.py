"""What is in the open store: its users, audiences, rows, columns and settings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl
import streamlit as st

from overlap.dashboard import data, session
from overlap.dashboard.look import plain
from overlap.dashboard.pages.data import sections
from overlap.dashboard.parts import tables
from overlap.dashboard.state import View
from overlap.dashboard.texts import day, text
from overlap.dashboard.texts.errors import shortened
from overlap.insights import contents as insight
from overlap.insights import wording
from overlap.insights.precision import Precision, store_precision
from overlap.model import EventRoles
from overlap.reports import column_of
from overlap.store import SharedTime

_SETTINGS = pl.Schema({"setting": pl.String, "value": pl.String, "meaning": pl.String})
_ALL = ""
_MOST_SHARED = 3
"""More times that parts share are not said: one part for each day would fill the page."""


def answer(opened: data.Opened, view: View) -> None:
    """Say in sentences what is in the store, and how small an overlap it shows."""
    facts, language = opened.facts, view.language
    users, name = facts["users_estimate"], opened.path.name
    hidden = users.value < opened.policy.display_floor
    key = "hidden" if hidden else "exact" if opened.is_exact else "sampled"
    many = wording.users(users.value, language, exact=users.exact)
    headline = text(f"data_answer_{key}", language, name=name, users=many)
    sections.answer(headline, _sentences(opened, view, hidden), view)
    for shared in facts["shared_times"][:_MOST_SHARED]:
        st.warning(plain(_shared(shared, language)), icon=":material/event_repeat:")
    least = data.once(opened, _precision)
    st.button(
        text("data_to_precision", language, users=wording.users(least.anywhere, language)),
        key="data_to_precision",
        icon=":material/straighten:",
        type="tertiary",
        on_click=session.ask,
        kwargs={"tab": "precision"},
    )


def _shared(shared: SharedTime, language: str) -> str:
    first, second = (
        text("segment_comma", language).join(shortened(source) for source in sources[:3])
        for sources in shared.sources
    )
    start, end = (f"{moment:%Y-%m-%d %H:%M}" for moment in (shared.start, shared.end))
    return text("data_shared", language, first=first or shared.parts[0],
                second=second or shared.parts[1], start=start, end=end)  # fmt: skip


def _sentences(opened: data.Opened, view: View, hidden: bool) -> Iterator[str]:
    facts, language = opened.facts, view.language

    def tell(key: str, **values: str) -> str:
        return text(f"data_say_{key}", language, **values)

    users, floor = facts["users_estimate"], opened.policy.display_floor
    if not opened.is_exact:
        if not hidden:
            low, high = (wording.users(end, language) for end in (users.low, users.high))
            yield tell("interval", low=low, high=high)
        rate = wording.rate(facts["floor_rate"])
        yield tell("sample", rate=rate, k=wording.users(opened.panel.k, language))
    rows, rejected = facts["rows_read"], facts["rows_rejected"]
    if rejected:
        share = wording.percent(insight.share_rejected(opened.store.provenance))
        yield tell("rejected", rows=f"{rows:,}", rejected=f"{rejected:,}", share=share)
    else:
        yield tell("rows", rows=f"{rows:,}")
    untagged = facts["untagged_estimate"]
    if untagged is None or 0 < untagged.value < floor:
        yield tell("untagged_few", floor=f"{max(floor, opened.store.policy.display_floor):,}")
    elif untagged.value:
        yield tell("untagged", users=wording.users(untagged.value, language))
    if facts["first_event"] and facts["last_event"]:
        start, end = (day(facts[name], language) for name in ("first_event", "last_event"))
        yield tell("time", start=start, end=end)
    else:
        yield tell("timeless")
    if floor:
        yield tell("floor", floor=f"{floor:,}")


def _precision(opened: data.Opened) -> Precision:
    return store_precision(opened.panel, opened.policy)


def contents(opened: data.Opened, view: View) -> None:
    """Show the audiences, what was read and rejected, the columns and the settings."""
    _kinds(opened, view)
    _audiences(opened, view)
    _rows(opened, view)
    _roles(opened, view)
    _settings(opened, view)


# --- audiences ----------------------------------------------------------------------------------


def _kinds(opened: data.Opened, view: View) -> None:
    frame = data.once(opened, _by_kind)
    if frame.is_empty():
        st.caption(text("data_no_audience", view.language))
        return
    tables.show(
        tables.Shown(frame, frame.columns, "kinds", "kinds"), view, key="data_kinds",
        title=text("data_kinds", view.language),
    )  # fmt: skip


def _by_kind(opened: data.Opened) -> pl.DataFrame:
    return insight.kinds(opened.panel, opened.policy)


def _every(opened: data.Opened) -> pl.DataFrame:
    return insight.audiences(opened.panel, opened.policy)


def _found(opened: data.Opened, wanted: str, kind: str | None) -> pl.DataFrame:
    return insight.matching(data.once(opened, _every), wanted, kind)


def _audiences(opened: data.Opened, view: View) -> None:
    language, kinds = view.language, data.once(opened, _by_kind)
    if kinds.is_empty():
        return
    wanted, kind = view.asked.get("find", ""), view.asked.get("kind")
    kind = kind if kind in kinds["kind"] else None
    _filters(wanted, kind, kinds["kind"].to_list(), language)
    frame = data.once(opened, _found, wanted, kind)
    if frame.is_empty():
        st.info(plain(text("data_none_found", language, wanted=wanted)))
        return
    ends = ("low", "high", "exact") if opened.is_exact else ()
    columns = [name for name in frame.columns if name not in ends]
    title = "data_audiences_found" if wanted else "data_audiences"
    hidden, floor = frame["users"].null_count(), opened.policy.display_floor
    tables.show(
        tables.Shown(frame, columns, "audiences", "list"), view, key="data_audiences",
        title=text(title, language, wanted=wanted),
        about=text("data_hidden", language, n=f"{hidden:,}", floor=f"{floor:,}") if hidden else "",
        tallest=10,
    )  # fmt: skip


def _filters(wanted: str, kind: str | None, kinds: list[str], language: str) -> None:
    find, which = "data_find", "data_kind"
    st.session_state[find], st.session_state[which] = wanted, kind or _ALL
    with st.container(horizontal=True, key="data_filters", gap="small"):
        st.text_input(
            text("data_find", language), key=find, type="search", live=True,
            placeholder=text("data_find_hint", language), width=320,
            on_change=lambda: session.ask(find=st.session_state[find].strip()),
        )  # fmt: skip
        st.selectbox(
            text("data_kind", language), [_ALL, *kinds], key=which, width=220,
            format_func=lambda name: name or text("data_every_kind", language),
            on_change=lambda: session.ask(kind=st.session_state[which]),
        )  # fmt: skip


# --- what was read --------------------------------------------------------------------------------


def _rows(opened: data.Opened, view: View) -> None:
    language = view.language
    frame = data.once(opened, _rejects)
    rows = opened.facts["rows_read"]
    sections.head(text("data_rows", language), view, key="data_rows", frame=frame, file="rejects")
    if frame.is_empty():
        st.caption(text("data_no_rejects", language, rows=f"{rows:,}"))
    else:
        sections.facts(_reason(row, language) for row in frame.iter_rows(named=True))
    came = data.once(opened, _sources)
    shown = [name for name in came.columns if came[name].dtype != pl.Int64 or came[name].sum()]
    tables.show(
        tables.Shown(came, shown, "sources", "sources", config=_times(language)), view,
        key="data_sources",
        title=text("data_sources", language), about=text("data_sources_sub", language), tallest=6,
    )  # fmt: skip


def _times(language: str) -> dict[str, Any]:
    """Return how the columns of times are written."""
    return {
        name: st.column_config.DatetimeColumn(
            column_of(name, pl.Datetime("us"), "sources").title_in(language),
            format="YYYY-MM-DD HH:mm",
            timezone="UTC",
        )
        for name in ("first_event", "last_event")
    }


def _rejects(opened: data.Opened) -> pl.DataFrame:
    return insight.rejects(opened.store.provenance)


def _sources(opened: data.Opened) -> pl.DataFrame:
    # Who looks need not be who runs the server: which file it was is enough.
    name = pl.col("sources").map_elements(shortened, return_dtype=pl.String)
    return insight.sources(opened.store.provenance).with_columns(name)


def _reason(row: dict[str, Any], language: str) -> tuple[str, str, str]:
    """Return a reason of rejection in words: what was wrong, how many rows, what it means."""
    share = wording.percent(row["share_of_rows"])
    said = text("data_reject", language, rows=f"{row['rows']:,}", share=share)
    mark = "：" if language == "zh" else ". "
    name, _, about = text(f"data_why_{row['reason']}", language).partition(mark)
    return name, said, about


# --- the columns and the settings -----------------------------------------------------------------


def _roles(opened: data.Opened, view: View) -> None:
    language = view.language
    records = list(opened.store.provenance.values())
    roles = next((record.roles for record in records if record.roles), None)
    sections.head(text("data_roles", language), view, key="data_roles")
    if roles is None:
        st.caption(text("data_roles_none", language))
    else:
        sections.facts(_columns(roles, language))
    notes = list(dict.fromkeys(note for record in records for note in record.notes))
    if notes:
        with st.expander(text("data_notes", language)):
            for note in notes:
                st.markdown(plain(note))


def _columns(roles: EventRoles, language: str) -> Iterator[tuple[str, str, str]]:
    for role in ("user", "time", "text", "action"):
        column = getattr(roles, role)
        if column is not None:
            about = text(f"data_role_{role}_about", language)
            yield text(f"data_role_{role}", language), column, about
    for tag in roles.tags:
        about = text("data_role_tag_about", language)
        if tag.separator:
            space = "" if language == "zh" else " "
            about += space + text("data_role_tag_split", language, separator=tag.separator)
        yield text("data_role_tag", language, kind=tag.kind), tag.column, about


def _settings(opened: data.Opened, view: View) -> None:
    language = view.language
    rows = [
        (text(f"data_spec_{name}", language), value, text(f"data_spec_{name}_about", language))
        for name, value in _values(opened, language)
    ]
    frame = pl.DataFrame(rows, schema=_SETTINGS, orient="row")
    sections.head(
        text("data_spec", language), view, key="data_spec", frame=frame, file="settings"
    )  # fmt: skip
    sections.facts(rows)


def _values(opened: data.Opened, language: str) -> Iterator[tuple[str, str]]:
    spec, policy, panel = opened.panel.spec, opened.policy, opened.panel

    def users(count: int) -> str:
        if not count:
            return text("data_floor_off", language)
        return text("data_users_value", language, users=f"{count:,}")

    rate = opened.facts["floor_rate"]
    yield "floor", wording.rate(rate)
    yield "budget", text("data_spec_budget_value", language,
                         used=f"{panel.memberships:,}", budget=f"{spec.budget:,}")  # fmt: skip
    if panel.k < spec.k:
        yield "k", text("data_spec_k_less", language, k=f"{panel.k:,}", asked=f"{spec.k:,}")
    else:
        yield "k", text("data_spec_k_value", language, k=f"{panel.k:,}")
    yield "period", text(f"data_period_{spec.period}", language)
    yield "id", text(f"data_id_{spec.id_type}", language)
    yield "hash", text("data_spec_hash_value", language, seed=spec.seed)
    yield "key", spec.key_id or text("data_key_none", language)
    yield "hll", text("data_spec_hll_value", language, p=spec.hll_p)
    yield "display", users(policy.display_floor)
    yield "export", users(policy.export_floor)
    yield "parts", f"{opened.facts['parts']:,}"
