"""Which audiences to buy to reach the segment, or its category, step by step."""

from __future__ import annotations

from typing import Literal, cast

import polars as pl
import streamlit as st

from overlap import charts
from overlap.dashboard import data, session
from overlap.dashboard.look import block, safe
from overlap.dashboard.pages.segment import editor
from overlap.dashboard.pages.segment.profile import choose_kind
from overlap.dashboard.pages.segment.reading import Reading
from overlap.dashboard.parts import empty, figures, tables
from overlap.dashboard.parts.naming import segment_name
from overlap.dashboard.state import View
from overlap.dashboard.texts import text
from overlap.expressions import Audience, to_text
from overlap.insights import wording
from overlap.insights.planner import CORE_TGI, LIKELY_TGI, STEPS, TIERS, plan
from overlap.insights.planner.planning import Order
from overlap.model import UsageError, Window

_WHOM, _ORDERS = ("segment", "category"), ("affinity", "reach")
_TARGETS = ("25%", "50%", "60%", "75%", "90%")
_MOST_STEPS = 30
_COLUMNS = (
    "step", "audience", "tier", "tgi", "new_users", "new_users_low", "new_users_high",
    "cumulative_users", "cumulative_users_low", "cumulative_users_high", "cumulative_share",
    "reached_users", "efficiency",
)  # fmt: skip


def rows(
    opened: data.Opened, whom: str, using: str, target: str | None, steps: int, order: str,
    window: Window,
) -> pl.DataFrame:  # fmt: skip
    """Return a plan for `data.once`."""
    return plan(
        opened.panel, whom, using, target=target, steps=steps, order=cast(Order, order),
        window=window, policy=opened.policy,
    )  # fmt: skip


def show(opened: data.Opened, view: View, reading: Reading) -> None:
    """Show the controls of a plan, the plan as a staircase and as a table."""
    language = view.language
    with st.container(horizontal=True, vertical_alignment="bottom", key="segment_reach_bar"):
        branches = _WHOM if view.category else _WHOM[:1]
        whom = _choice(view, "whom", branches)
        using = choose_kind(opened, view, "using", text("segment_using", language))
        order = _choice(view, "order", _ORDERS)
        target = _target(view)
        steps = _steps(view)
    goal = reading.counted
    if whom == "category" and view.category:
        goal = to_text(Audience(data.CATEGORY, view.category))
    try:
        frame = data.once(opened, rows, goal, using, target, steps, order, reading.window)
    except UsageError as error:
        empty.failure(text("segment_no_plan", language), error, language)
        return
    if frame.is_empty():
        block(f'<p role="status">{safe(text("segment_no_steps", language))}</p>')
        return
    _plan(opened, view, reading, frame, whom, using)


def _plan(
    opened: data.Opened, view: View, reading: Reading, frame: pl.DataFrame, whom: str, using: str
) -> None:
    language, last = view.language, frame.row(-1, named=True)
    said = text(
        f"segment_plan_{whom}",
        language,
        steps=len(frame),
        users=wording.users(last["cumulative_users"], language, exact=last["exact"]),
        ends=_ends(last, language),
        share=wording.percent(last["cumulative_share"]),
        efficiency=wording.percent(last["efficiency"]),
        category=view.category or "",
    )
    block(f'<p class="ov-said" role="status">{safe(said)}</p>')
    with st.container(horizontal=True, key="segment_plan_use"):
        audiences = frame["audience"].to_list()
        new = last["expression"]
        if whom == "segment":
            new = editor.with_any(opened, reading, audiences)
        st.button(
            text(f"segment_take_{whom}", language), key="segment_take", type="primary",
            icon=":material/group_add:", on_click=editor.write, args=(new,),
            help=text(f"segment_take_{whom}_help", language),
        )  # fmt: skip
        st.button(
            text("segment_take_all", language), key="segment_take_all", on_click=editor.write,
            args=(last["reach_expression"],), help=text("segment_take_all_help", language),
        )  # fmt: skip
    file = f"reach-{whom}-{using}-{segment_name(reading.counted, reading.window)}"
    goal: Literal["category", "segment"] = "category" if whom == "category" else "segment"
    figures.show(
        charts.reach_staircase(frame, language, goal),
        view,
        key="segment_reach",
        title=text("segment_reach", language),
        about=text("segment_reach_about", language),
        alt=said,
        data=frame,
        file=file,
    )
    tables.show(
        tables.Shown(
            frame.with_columns(_tiers(frame["tier"], language)),
            _COLUMNS,
            file,
            table="plan" if goal == "category" else "segment_plan",
            given=frame,
        ),
        view,
        key="segment_reach_table",
        title=text("segment_reach_table", language),
    )


def _tiers(tiers: pl.Series, language: str) -> pl.Series:
    words = {tier: text(f"segment_tier_{tier}", language) for tier in TIERS}
    return tiers.replace(words)


def _ends(row: dict[str, object], language: str) -> str:
    if row["exact"]:
        return text("segment_exact", language)
    low, high = row["cumulative_users_low"], row["cumulative_users_high"]
    return wording.interval(cast(float, low), cast(float, high), language)


def _choice(view: View, name: str, every: tuple[str, ...]) -> str:
    asked = view.asked.get(name, "")
    chosen = asked if asked in every else every[0]
    key = f"segment_{name}"
    st.session_state[key] = chosen

    def changed() -> None:
        picked = st.session_state[key] or every[0]
        session.ask(**{name: None if picked == every[0] else picked})

    st.segmented_control(
        text(key, view.language), every, key=key, on_change=changed, required=True,
        format_func=lambda value: text(f"segment_{name}_{value}", view.language),
        help=text(f"segment_{name}_help", view.language, core=f"{CORE_TGI:.0f}",
                  likely=f"{LIKELY_TGI:.0f}"),
    )  # fmt: skip
    return chosen


def _target(view: View) -> str | None:
    asked = view.asked.get("target")
    st.session_state["segment_target"] = asked or ""
    every = ["", *_TARGETS, *([asked] if asked and asked not in _TARGETS else [])]
    none = text("segment_target_none", view.language)
    st.selectbox(
        text("segment_target", view.language), every, key="segment_target", width=130,
        format_func=lambda value: value or none, accept_new_options=True,
        on_change=lambda: session.ask(target=st.session_state["segment_target"] or None),
        help=text("segment_target_help", view.language),
    )  # fmt: skip
    return asked


def _steps(view: View) -> int:
    asked = view.asked.get("steps", "")
    chosen = int(asked) if asked.isdecimal() and 1 <= int(asked) <= _MOST_STEPS else STEPS
    st.session_state["segment_steps"] = chosen

    def changed() -> None:
        new = st.session_state["segment_steps"]
        session.ask(steps=None if new == STEPS else str(new))

    st.number_input(
        text("segment_steps", view.language), min_value=1, max_value=_MOST_STEPS, step=1,
        key="segment_steps", on_change=changed, width=125,
    )  # fmt: skip
    return chosen
