"""Who is in a segment, handed over in the browser: the command line's very file, or why not."""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import polars as pl
import pytest
from community import week
from dashboards import write_store
from streamlit.runtime.scriptrunner_utils.exceptions import RerunException
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData
from streamlit.testing.v1 import AppTest

from overlap.building import BuildOptions, build
from overlap.cli import main
from overlap.dashboard import launch
from overlap.dashboard.data import open_store
from overlap.dashboard.pages.segment import export as panel
from overlap.dashboard.pages.segment import export_job as job
from overlap.dashboard.pages.segment import export_sources as sources
from overlap.dashboard.pages.segment import export_ways as ways
from overlap.dashboard.pages.segment import export_wording as wording
from overlap.dashboard.texts import text
from overlap.model import Policy, TagColumn, Window
from overlap.segments import BelowFloorError, FormatName, Mismatch, held_out

BOTH = "interest:tv & interest:tea"
SCRIPT = """
from overlap.dashboard import data, look, session, stores
from overlap.dashboard.pages.segment.export import export_panel

view = session.current("segment")
look.dress(view.language)
opened = data.open_store(stores.path_of(view.store), None)
export_panel(opened, view, view.asked["expr"])
session.remember(view)
"""
"""The panel alone: no bar, no other part of its page."""


class Case:
    """A store of 300 users, of whom 200 like tv, 150 tea and 50 both, and the panel on it."""

    def __init__(self, folder: Path, monkeypatch: Any) -> None:
        self.folder, self.monkeypatch = folder, monkeypatch
        self.events, self.store = folder / "events.csv", folder / "store"
        self.write()
        self.build()
        self.set(OVERLAP_STORE=self.store)

    def write(self, extra: str = "", prefix: str = "u", columns: str = "user_id,tag,day") -> None:
        rows = [f"{prefix}{i},tv,2026-01-0{5 if i % 2 else 6}" for i in range(200)]
        rows += [f"{prefix}{i},tea,2026-01-06" for i in range(150, 300)]
        self.events.write_text(columns + "\n" + "\n".join(rows) + f"\n{extra}", "utf-8")

    def build(self, events: str | None = None, **options: Any) -> None:
        settings = {"policy": Policy(20, 20), "period": "day", **options}
        build(
            [events or str(self.events)],
            self.store,
            BuildOptions(user="user_id", tags=(TagColumn("tag", "interest"),), time="day",
                         **settings),
        )  # fmt: skip

    def set(self, **variables: object) -> None:
        for name, value in variables.items():
            self.monkeypatch.setenv(name, str(value))

    def run(self, expr: str = BOTH, **query: str) -> AppTest:
        app = AppTest.from_string(SCRIPT, default_timeout=60)
        for name, value in {"expr": expr, "lang": "en", **query}.items():
            app.query_params[name.strip("_")] = value
        app.run()
        assert not app.exception
        return app

    def cli(self, *options: str, expr: str = BOTH, ending: str = "csv") -> dict[str, bytes]:
        """Return the files that the command line writes, by `file` and `holdout`."""
        folder = self.folder / "cli"
        folder.mkdir()
        target = folder / f"out.{ending}"
        argv = ["export", str(self.store), expr, "--events", str(self.events), "--to", str(target)]
        assert command(self.monkeypatch, *argv, *options) == 0
        return {
            "holdout" if "-holdout" in file.name else "file": file.read_bytes()
            for file in folder.iterdir()
        }


@pytest.fixture(autouse=True)
def bare(monkeypatch):
    for name in (
        "OVERLAP_EXPORT", "OVERLAP_EVENTS", "OVERLAP_QUERY", "OVERLAP_IDENTITIES",
        "OVERLAP_ID_COLUMN", "OVERLAP_DISPLAY_FLOOR", "OVERLAP_STORES",
    ):  # fmt: skip
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def case(tmp_path, monkeypatch) -> Case:
    return Case(tmp_path, monkeypatch)


def command(monkeypatch: Any, *argv: object) -> int:
    monkeypatch.setattr("sys.argv", ["overlap", *map(str, argv)])
    try:
        main()
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0


def html(app: AppTest) -> str:
    """All that the panel says: its own HTML, and messages without the signs that guard them."""
    said = [re.sub("(?s)<style>.*?</style>", "", h.proto.body) for h in app.get("html")]
    said += [block.value for block in (*app.error, *app.warning, *app.caption)]
    return "\n".join(said)


def prepare(app: AppTest) -> AppTest:
    app.button(key="segment_export_prepare").click().run()
    assert not app.exception
    return app


def prepared(app: AppTest) -> job.Prepared:
    return app.session_state["export_done"]


def content(app: AppTest) -> bytes:
    """The bytes that the page's own download hands over."""
    return prepared(app).file.read()


def buttons(app: AppTest) -> list[str]:
    return [b.key for b in app.button]


def downloads(app: AppTest) -> list[str]:
    return [b.proto.label for b in app.get("download_button")]


# --- the file is that of the command line ---------------------------------------------------------


def test_one_click_makes_the_very_file_of_the_command_line(case):
    app = case.run()
    assert "Hand over these 50 users" in html(app)
    assert "(events.csv)" in html(app)
    assert not downloads(app)
    app = prepare(app)
    assert content(app) == case.cli()["file"]
    ids = pl.read_csv(content(app))["user_id"].to_list()
    assert sorted(ids) == sorted(f"u{i}" for i in range(150, 200))
    assert "50 rows are ready" in html(app)
    assert downloads(app) == ["Download CSV", "Report"]
    assert "segment_export_prepare" not in buttons(app)


def test_the_held_out_come_as_a_second_file_and_are_in_the_first_no_more(case):
    app = prepare(case.run(holdout="0.5", draw="spring"))
    written = case.cli("--holdout", "0.5", "--salt", "spring")
    assert content(app) == written["file"]
    assert prepared(app).holdout.read() == written["holdout"]
    users = pl.Series([f"u{i}" for i in range(150, 200)])
    held = set(users.filter(pl.Series(held_out(users, 0.5, "spring"))))
    assert set(pl.read_csv(written["holdout"])["user_id"]) == held
    assert downloads(app)[1] == f"Control group ({len(held)})"


def test_a_window_and_an_intensity_are_kept(case):
    query = {"expr": "interest:tv", "from_": "2026-01-06"}
    app = prepare(case.run(**query))
    assert content(app) == case.cli("--from", "2026-01-06", expr="interest:tv")["file"]
    ids = set(pl.read_csv(content(app))["user_id"])
    assert ids == {f"u{i}" for i in range(200) if i % 2 == 0}
    assert "from 6 Jan 2026" in html(app)


def test_parquet_is_offered_too(case):
    app = prepare(case.run(file="ids-parquet"))
    assert downloads(app)[0] == "Download Parquet"
    assert pl.read_parquet(content(app))["user_id"].n_unique() == 50
    assert content(app) == case.cli(ending="parquet")["file"]


def test_the_command_that_is_shown_writes_the_same_file(case, monkeypatch):
    app = prepare(case.run("interest:tv - interest:tea", holdout="0.2", to="2026-01-05"))
    monkeypatch.chdir(case.folder)
    argv = shlex.split(app.code[0].value)
    target = argv[argv.index("--to") + 1]
    assert command(monkeypatch, *argv[1:]) == 0
    assert content(app) == (case.folder / target).read_bytes()
    assert target == wording.files(prepared(app).asked)[0]
    assert re.fullmatch(r"tv_without-tea_to-20260105_ids_[0-9a-f]{8}\.csv", target)


def test_the_report_holds_counts_fingerprints_and_the_question(case):
    app = prepare(case.run(holdout="0.2"))
    said = json.loads(wording.report(prepared(app)))
    assert (said["exact"], said["exported"] + said["holdout"]) == (50, 50)
    assert said["expression"] == prepared(app).asked.expression
    stem = said["target"].removesuffix(".csv")
    assert re.fullmatch("tv_tea_ids_[0-9a-f]{8}", stem)
    assert said["holdout_target"] == f"{stem}-holdout.csv"
    assert re.fullmatch("[0-9a-f]{64}", said["sha256"])
    assert said["sha256"] in html(app)
    assert str(case.folder) not in wording.report(prepared(app))


# --- a file belongs to its question ------------------------------------------------------------


def test_another_choice_hides_the_file_and_the_old_one_shows_it_again(case):
    app = prepare(case.run())
    app.selectbox(key="segment_export_holdout").select(0.2).run()
    assert not downloads(app)
    assert "segment_export_prepare" in buttons(app)
    assert app.query_params["holdout"] == "0.2"
    app.selectbox(key="segment_export_holdout").select(0.0).run()
    assert downloads(app)[0] == "Download CSV"


@pytest.mark.parametrize(
    "change", [{"expr": "interest:tv"}, {"from": "2026-01-06"}], ids=["expression", "window"]
)
def test_another_segment_or_window_hides_the_file(case, change):
    app = prepare(case.run())
    for name, value in change.items():
        app.query_params[name] = value
    app.run()
    assert not downloads(app)


def test_a_store_that_was_built_again_hides_the_file(case):
    app = prepare(case.run())
    case.write("u300,tv,2026-01-06\n")
    case.build(replace_sources=True)
    app.run()
    assert not downloads(app)
    assert pl.read_csv(content(prepare(app))).height == 50


def test_the_language_can_be_switched_and_the_file_stays(case):
    app = prepare(case.run())
    app.query_params["lang"] = "zh"
    app.run()
    assert downloads(app) == ["下载 CSV", "导出报告"]
    assert "文件已生成，共 50 行" in html(app)


def test_nothing_of_a_finished_file_lies_about(case, monkeypatch):
    scratch = case.folder / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(job.tempfile, "tempdir", str(scratch))
    app = prepare(case.run())
    assert list(scratch.iterdir()) == []
    assert pl.read_csv(content(app)).height == 50
    first = prepared(app).file
    app.selectbox(key="segment_export_format").select("ids-parquet").run()
    prepare(app)
    with pytest.raises(ValueError, match="closed"):
        first.read()


def test_a_folder_goes_when_nobody_holds_it(tmp_path, monkeypatch):
    monkeypatch.setattr(job.tempfile, "tempdir", str(tmp_path))
    held = job.Folder()
    folder = held.path
    assert folder.stat().st_mode & 0o077 == 0
    del held
    assert not folder.exists()


def test_what_a_killed_server_left_is_removed_by_the_next_export(tmp_path, monkeypatch):
    monkeypatch.setattr(job.tempfile, "tempdir", str(tmp_path))
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"],
                          capture_output=True, text=True, check=True).stdout.strip()  # fmt: skip
    dead, fresh, alive = (
        tmp_path / f"overlap-export-{name}"
        for name in (f"{gone}-a", f"{gone}-b", f"{os.getpid()}-c")
    )
    for folder in (dead, fresh, alive):
        folder.mkdir()
    for folder in (dead, alive):
        os.utime(folder, (0, 0))
    held = job.Folder()
    assert sorted(tmp_path.iterdir()) == sorted([fresh, alive, held.path])


# --- it is refused -----------------------------------------------------------------------------


def test_a_segment_below_the_floor_is_refused_without_its_count(case):
    case.write("u0,dip,2026-01-06\nu1,dip,2026-01-06\nu2,dip,2026-01-06\n")
    case.build(replace_sources=True)
    app = case.run("interest:dip")
    assert "fewer than 20 users, too few to be handed over" in html(app)
    assert "segment_export_prepare" not in buttons(app)
    assert not re.search(r"\b3\b", html(app))


def test_nobody_is_no_segment(case):
    app = case.run("interest:tv - interest:tv")
    assert "too few" in html(app) or "Nobody is in this segment" in html(app)
    assert "segment_export_prepare" not in buttons(app)


def test_the_servers_own_floor_holds_too(case):
    opened = open_store(case.store, "60")
    asked = question(case, opened, floor=60)
    with pytest.raises(BelowFloorError, match="fewer than 60"):
        job.prepare(opened, asked, lambda _: None)


def test_events_that_are_gone_are_named_with_the_cure(case):
    case.events.rename(case.folder / "elsewhere.csv")
    app = case.run()
    assert "not there any more: events.csv" in html(app)
    assert "--events" in app.code[0].value
    assert str(case.folder) not in html(app)
    case.set(OVERLAP_EVENTS=case.folder / "elsewhere.csv")
    assert pl.read_csv(content(prepare(case.run()))).height == 50


def test_events_that_changed_are_compared_before_the_file_is_given(case):
    case.write("u0,tea,2026-01-07\n")
    app = prepare(case.run())
    assert "not the ones this store was built from" in html(app)
    for said in ("Rows read", "351", "Last event", "2026-01-07", "Users of interest:tea", "151"):
        assert said in html(app)
    assert not downloads(app)
    app.button(key="segment_export_accept").click().run()
    assert downloads(app)[0] == "Download CSV"
    assert pl.read_csv(content(app)).height == 51


def test_events_of_another_kind_fail_with_a_sentence_and_a_number_in_the_log(case, caplog):
    case.write(columns="member,tag,day")
    app = prepare(case.run())
    assert "The file could not be made" in html(app)
    assert "no column" in html(app)
    assert re.search("in the log of the server this is ([0-9a-f]{8})", html(app), re.I)[1] in (
        caplog.text
    )
    case.write()
    assert pl.read_csv(content(prepare(app))).height == 50


def test_ids_of_another_type_fail_with_a_sentence(case):
    case.write(prefix="")
    case.store = case.folder / "numbers"
    case.build()
    case.set(OVERLAP_STORE=case.store)
    case.write()
    app = prepare(case.run())
    assert "user ids are text in these events and integers in the store" in html(app)


def test_an_operator_can_switch_exports_off(case):
    case.set(OVERLAP_EXPORT="off")
    app = case.run()
    assert "Exports are switched off" in html(app)
    assert not buttons(app)


def test_a_store_of_sketches_says_that_it_knows_nobody(case, tmp_path):
    rows = [("interest", "tv", week(0), user, 1) for user in range(200)]
    case.set(OVERLAP_STORE=write_store(tmp_path / "sketched", rows))
    assert "do not tell who is in them" in html(case.run("interest:tv"))


# --- what is read ------------------------------------------------------------------------------


def test_relative_sources_are_found_from_the_server_or_beside_the_store(case, monkeypatch):
    monkeypatch.chdir(case.folder)
    case.store = case.folder / "other"
    case.build("events.csv")
    case.set(OVERLAP_STORE=case.store)
    opened = open_store(case.store, None)
    assert sources.find(opened).paths == ("events.csv",)
    (case.folder / "away").mkdir()
    monkeypatch.chdir(case.folder / "away")
    assert sources.find(opened).paths == (str(case.events),)


def test_the_operators_events_are_for_the_served_store_alone(case, tmp_path):
    case.set(OVERLAP_EVENTS="/elsewhere/a.csv\n/elsewhere/b.csv")
    opened = open_store(case.store, None)
    assert sources.find(opened).paths == ("/elsewhere/a.csv", "/elsewhere/b.csv")
    case.set(OVERLAP_STORE=tmp_path / "another")
    assert sources.find(opened).paths == (str(case.events),)


def test_nothing_a_visitor_sends_names_a_file(case):
    app = case.run(events="/etc/passwd", OVERLAP_EVENTS="/etc/passwd", identities="/etc/passwd")
    assert prepared(prepare(app)).asked.sources.paths == (str(case.events),)


def test_the_server_is_told_what_may_be_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    handover = launch.Handover(("a.csv", "https://host/b.csv"), None, "crm.csv", "id", False)
    env = launch.command(Path("store"), handover=handover)[1]
    assert env["OVERLAP_EVENTS"] == f"{tmp_path / 'a.csv'}\nhttps://host/b.csv"
    assert env["OVERLAP_IDENTITIES"] == str(tmp_path / "crm.csv")
    assert (env["OVERLAP_ID_COLUMN"], env["OVERLAP_EXPORT"]) == ("id", "off")
    assert not {"OVERLAP_EVENTS", "OVERLAP_EXPORT"} & launch.command(Path("store"))[1].keys()


def test_a_column_of_ids_without_its_file_is_refused(case, capsys, monkeypatch):
    assert command(monkeypatch, "serve", case.store, "--id-column", "id", "--no-browser") == 2
    assert "--identities" in capsys.readouterr().err


# --- platforms ---------------------------------------------------------------------------------


def identities(case: Case) -> None:
    rows = [f"u{i},u{i}@example.com,{13800000000 + i}" for i in range(160, 300)]
    file = case.folder / "crm.csv"
    file.write_text("customer,email,phone\n" + "\n".join(rows) + "\n", "utf-8")
    case.set(OVERLAP_IDENTITIES=file, OVERLAP_ID_COLUMN="customer")


def test_platforms_are_explained_where_nothing_could_be_matched(case):
    app = case.run(file="meta")
    assert app.selectbox(key="segment_export_format").options == ["User ids · CSV",
                                                                  "User ids · Parquet"]  # fmt: skip
    assert "“meta”, which is not offered here" in html(app)
    assert html(app).count("not yet") == 4
    assert "--identities" in app.code[0].value


def test_a_file_of_identities_makes_platforms_files(case):
    identities(case)
    app = case.run(file="meta", country="86")
    offered = app.selectbox(key="segment_export_format").options
    assert offered[2:] == ["Meta · email, phone", "Google · email, phone",
                           "Tencent Ads · phone", "Ocean Engine · phone"]  # fmt: skip
    app = prepare(app)
    crm = str(case.folder / "crm.csv")
    written = case.cli("--format", "meta", "--identities", crm, "--id-column", "customer",
                       "--country", "86")  # fmt: skip
    assert content(app) == written["file"]
    assert pl.read_csv(content(app)).columns == ["email", "phone"]
    assert "10 members without a row of identities" in html(app)


def test_numbers_without_their_country_are_counted(case):
    identities(case)
    app = prepare(case.run(file="meta"))
    assert "40 phone numbers without a country code" in html(app)
    app.text_input(key="segment_export_country").input("868686").run()
    assert "“868686” is not a country code" in html(app)
    assert "segment_export_prepare" not in buttons(app)


def test_a_file_of_identities_that_is_gone_leaves_the_ids(case):
    case.set(OVERLAP_IDENTITIES=case.folder / "gone.csv")
    app = case.run()
    assert "cannot be read, so only user ids are offered" in html(app)
    assert pl.read_csv(content(prepare(app))).height == 50


def test_ids_that_are_addresses_are_recognised_as_such(tmp_path, monkeypatch):
    case = Case(tmp_path, monkeypatch)
    rows = "".join(f"u{i}@example.com,tv,2026-01-06\n" for i in range(60))
    case.events.write_text("user_id,tag,day\n" + rows, "utf-8")
    case.build(replace_sources=True)
    opened = open_store(case.store, None)
    found = ways.ways(opened, sources.find(opened), None)
    assert {w.key: w.place for w in found[2:]} == {"meta": "ids", "google": "ids"}


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        ([str(i) for i in range(100)], set()),
        ([f"user{i:04}" for i in range(100)], set()),
        ([str(13800000000 + i) for i in range(100)], {"tencent phone", "oceanengine phone"}),
    ],
    ids=["numbers", "names", "phones"],
)
def test_plain_ids_are_no_platforms_ids(ids, expected):
    assert set(ways._kinds_of(pl.Series(ids))) == expected


def test_every_field_and_platform_has_a_name_in_both_languages():
    for form in ways.FORMATS.values():
        for field in form.fields:
            assert all(text(f"export_field_{field.key}", lang) for lang in ("en", "zh"))
    assert set(ways.FORMATS) == set(FormatName) - {FormatName.IDS}


# --- while it runs ------------------------------------------------------------------------------


def question(case: Case, opened: Any, **changes: Any) -> job.Asked:
    fields = {"expression": BOTH, "window": Window(), "floor": 20, "way": ways.RAW[0], **changes}
    return job.Asked(case.store, opened.stamp, sources=sources.find(opened), **fields)


class Stopped(BaseException):
    """How the framework ends a run whose visitor clicked elsewhere."""


def test_steps_are_told_in_order_and_their_share_only_grows(case):
    opened, told = open_store(case.store, None), []
    job.prepare(opened, question(case, opened), told.append)
    names = list(dict.fromkeys(step.name for step in told))
    assert names == ["opening", "reading", "counting", "writing"]
    shares = [step.share for step in told]
    assert shares == sorted(shares)
    assert [step.rows for step in told if step.name == "reading"][-1] == 350


@pytest.mark.parametrize("at", ["opening", "reading", "counting", "writing"])
def test_a_cancelled_export_leaves_nothing_and_lets_the_next_one_in(case, at, monkeypatch):
    opened = open_store(case.store, None)
    monkeypatch.setattr(job.tempfile, "tempdir", str(case.folder / "scratch"))
    (case.folder / "scratch").mkdir()

    def tell(step: job.Step) -> None:
        if step.name == at:
            raise Stopped

    with pytest.raises(Stopped):
        job.prepare(opened, question(case, opened), tell)
    assert list((case.folder / "scratch").iterdir()) == []
    assert job.prepare(opened, question(case, opened), lambda _: None).report.written == 50


def test_exports_take_turns_and_who_waits_can_leave(case):
    opened = open_store(case.store, None)
    reading, free, told = threading.Event(), threading.Event(), []

    def slow(step: job.Step) -> None:
        if step.name == "reading":
            reading.set()
            assert free.wait(30)

    def leave(step: job.Step) -> None:
        told.append(step.name)
        raise Stopped

    first = threading.Thread(target=job.prepare, args=(opened, question(case, opened), slow))
    first.start()
    assert reading.wait(30)
    with pytest.raises(Stopped):
        job.prepare(opened, question(case, opened), leave)
    free.set()
    first.join()
    assert told == ["waiting"]


def test_cancel_goes_back_to_the_choices(case, monkeypatch):
    seen = []

    def cancelled(opened, asked, tell):
        """What a click on Cancel does: its callback in a new run, which ends this one."""
        tell(job.Step("reading", 3, 0.5))
        seen.append(asked)
        panel._cancel()
        raise RerunException(RerunData())

    monkeypatch.setattr(panel, "prepare", cancelled)
    app = prepare(case.run())
    assert len(seen) == 1
    assert "Cancelled: nothing was written." in html(app)
    assert not downloads(app)
    monkeypatch.setattr(panel, "prepare", job.prepare)
    assert pl.read_csv(content(prepare(app))).height == 50


def test_a_run_that_another_click_ended_goes_on_with_the_file(case, monkeypatch):
    def interrupted(*_):
        monkeypatch.setattr(panel, "prepare", job.prepare)
        raise RerunException(RerunData(urlencode({"expr": BOTH, "lang": "en"})))

    monkeypatch.setattr(panel, "prepare", interrupted)
    assert downloads(prepare(case.run()))[0] == "Download CSV"


def test_a_file_too_large_for_a_browser_comes_with_its_command(case, monkeypatch):
    monkeypatch.setattr(job, "MOST_BYTES", 10)
    monkeypatch.setattr("overlap.dashboard.pages.segment.export_file.MOST_BYTES", 10)
    app = prepare(case.run())
    assert downloads(app) == ["Report"]
    assert "too much to hand to a browser" in html(app)
    assert app.code[0].value.startswith("overlap export store")


def test_what_differs_is_said_in_both_languages():
    said = {
        what: wording.differs(Mismatch(what, "1", "2"), "zh")
        for what in ("rows read", "rows rejected", "first event", "last event", "users of x:y")
    }
    assert said["users of x:y"] == "x:y 的人数"
    assert not any(re.search("rows|event", word) for word in said.values())


def test_the_download_is_read_from_the_file_when_it_is_clicked(case):
    app = prepare(case.run())
    (proto,) = [b.proto for b in app.get("download_button") if b.proto.label == "Download CSV"]
    assert proto.deferred_file_id
    assert io.BytesIO(content(app)).readline() == b"user_id\n"
