"""Files are uploaded, looked at, settled and built, whatever they are; nothing stays half-done."""

from __future__ import annotations

import gzip
import io
import os
import time
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from community import random_rows
from dashboards import opener, page, write_store

from overlap.dashboard.texts import text
from overlap.dashboard.texts.errors import said
from overlap.dashboard.uploads import arriving, checking, drafts, jobs, places
from overlap.events import first_rows, lay_out, read_events
from overlap.model import DataError, EventRoles, OverlapError, TagColumn, UsageError
from overlap.panel import open_panel
from overlap.store import read_store

HEADER = "用户ID,时间,品类,兴趣\n"
REST = "".join(
    f"u{i % 150},2026-05-{i % 28 + 1:02},{('手机', '电视', '电视')[i % 3]},"
    f"{('足球', '电竞|足球')[i % 2]}\n"
    for i in range(400)
)
CHINESE = HEADER + REST
BAD = "u1,昨天,电视,足球\n,2026-05-04,冰箱,露营\nu2,2026-05-04\n"
GOOD = "user_id,category\n" + "".join(f"{i},{'tv' if i % 2 else 'phone'}\n" for i in range(300))


def upload(name: str, content: bytes | str, token: str | None = None) -> drafts.Draft:
    data = content.encode() if isinstance(content, str) else content
    return arriving.add(token, name, io.BytesIO(data))


def wait(token: str) -> jobs.Build:
    build = jobs.find(token)
    assert build is not None
    assert build.ended.wait(60)
    return build


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch) -> Path:
    stores = tmp_path / "stores"
    stores.mkdir()
    monkeypatch.setenv("OVERLAP_STORES", str(stores))
    return stores


@pytest.fixture
def run(monkeypatch):
    return opener(monkeypatch)


# --- looking at files ---------------------------------------------------------------------------


def test_a_gb18030_file_is_told_with_its_columns_and_their_parts():
    draft = upload("评论.csv", (CHINESE + BAD).encode("gb18030"))
    layout = draft.files[0].layout
    assert (layout.encoding, layout.delimiter, layout.whole) == ("GB18030", ",", True)
    assert dict(draft.parts) == {
        "用户ID": "user", "时间": "time", "品类": "tags:category", "兴趣": "tags:interest",
    }  # fmt: skip
    assert dict(draft.separators) == {"兴趣": "|"}
    assert (draft.name, draft.period) == ("评论", "week")
    assert checking.problems(draft) == []
    assert drafts.load(draft.token) == draft


def test_the_first_rows_say_what_becomes_of_each_and_keep_their_chinese():
    rows = checking.preview(upload("评论.csv", (HEADER + BAD + REST).encode("gb18030")))
    assert rows["reason"].to_list()[:4] == [
        "unparsable_time", "missing_user", "malformed_row", None,
    ]  # fmt: skip
    assert rows["品类"].to_list()[:2] == ["电视", "冰箱"]
    assert len(rows) == 403


@pytest.mark.parametrize("ending", ["csv", "tsv", "ndjson", "parquet", "csv.gz"])
def test_the_preview_rejects_what_a_reading_of_the_whole_file_rejects(tmp_path, ending):
    frame = pl.DataFrame(
        {"user_id": ["a", None, "c", None], "tag": ["x", "y", None, "z"], "n": ["1", "2", "3", "4"]}
    )
    file = tmp_path / f"rows.{ending}"
    if ending == "parquet":
        frame.write_parquet(file)
    elif ending == "ndjson":
        frame.write_ndjson(file)
    else:
        written = frame.write_csv(separator="\t" if ending == "tsv" else ",").encode()
        file.write_bytes(gzip.compress(written) if ending.endswith("gz") else written)
    layout = lay_out(file, tmp_path / "head")
    roles = EventRoles("user_id", (TagColumn("tag", "interest"),))
    head = first_rows(tmp_path / f"head.{layout.format}", roles, "none")
    whole = read_events([str(file)], roles).rejected.collect()
    found = head.drop_nulls("reason").select("reason", "row", "user_id", "tag", "n")
    assert found.equals(whole.select("reason", "row", "user_id", "tag", "n"))
    assert found["reason"].to_list() == ["missing_user", "missing_user"]
    assert head["n"].to_list() == ["1", "2", "3", "4"]


def test_of_several_likely_users_the_likeliest_is_taken_and_the_other_left_out():
    draft = upload("a.csv", "device_id,user_id,tag\n1,2,x\n")
    assert dict(draft.parts) == {"user_id": "user", "tag": "tags:interest"}


def test_columns_of_the_same_name_are_kept_apart():
    draft = upload("a.csv", "user_id,tag,tag\n1,x,y\n2,z,w\n")
    assert [column.name for column in draft.columns] == ["user_id", "tag", "tag (2)"]
    assert checking.preview(draft)["tag (2)"].to_list() == ["y", "w"]


def zipped() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("a.csv", GOOD)
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("renamed.csv", zipped(), "is a zip archive"),
        ("empty.csv", b"", "is empty"),
        ("header.csv", b"user_id,category\n", "has a header and no rows"),
        ("junk.csv", bytes(range(256)) * 20, "is not text"),
        ("table.xlsx", zipped(), "ending that says nothing"),
        ("cut.parquet", b"PAR1" + bytes(100), "is cut short"),
        ("quote.csv", b'user_id,tag\n1,x\n2,"y\n3,z\n', "opened and never closed"),
        ("lines.ndjson", b'{"user": 1}\nnot json\n', "not JSON"),
    ],
    ids=["zip", "empty", "header", "junk", "ending", "cut", "quote", "ndjson"],
)
def test_a_file_of_no_use_is_named_and_not_kept(folder, name, content, said):
    with pytest.raises(OverlapError) as caught:
        upload(name, content)
    assert said in caught.value.what
    assert caught.value.cure
    told = drafts.readable(caught.value)
    assert name in str(told)
    assert str(folder) not in str(told)
    assert ".head" not in str(told)
    assert list(places.uploads().iterdir()) == []


def test_the_line_of_an_open_quote_is_said():
    with pytest.raises(DataError) as caught:
        upload("quote.csv", 'user_id,tag\n1,x\n2,"y\n3,z\n')
    assert drafts.readable(caught.value).where == "quote.csv, line 3"


def test_a_folder_that_cannot_be_written_is_said(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("OVERLAP_STORES", str(tmp_path / "file"))
    with pytest.raises(DataError, match="nothing can be kept here") as caught:
        upload("a.csv", GOOD)
    assert "OVERLAP_STORES" in caught.value.cure


# --- settling -----------------------------------------------------------------------------------


def keys(draft: drafts.Draft) -> list[str]:
    return [problem.key for problem in checking.problems(draft)]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"parts": {"tag": "tags:interest"}}, ["no_user"]),
        ({"parts": {"user_id": "user", "other": "user", "tag": "tags:x"}}, ["two_user"]),
        ({"parts": {"user_id": "user"}}, ["no_tags"]),
        ({"parts": {"user_id": "user", "other": "text"}, "terms": False}, ["no_terms"]),
        ({"parts": {"user_id": "user", "other": "text"}, "terms": True}, []),
        ({"period": "day"}, ["no_time"]),
        ({"parts": {"user_id": "user", "tag": "tags:two words"}}, ["bad_kind"]),
        ({"parts": {"user_id": "user", "tag": "tags:universe"}}, ["bad_kind"]),
        ({"name": "../evil"}, ["name_signs"]),
        ({"name": "a/b"}, ["name_signs"]),
        ({"name": "con"}, ["name_signs"]),
        ({"name": " "}, ["name_empty"]),
        ({"name": "长" * 50}, ["name_long"]),
        ({"name": "TAKEN"}, ["name_taken"]),
        ({"name": "city walk 2.0"}, []),
    ],
)
def test_what_keeps_a_draft_from_being_built_is_said_at_once(folder, changes, expected):
    (folder / "taken").mkdir()
    draft = upload("a.csv", "user_id,tag,other\n1,x,hello\n")
    assert keys(replace(draft, **changes)) == expected


def test_a_file_of_one_column_is_told_apart_from_one_without_users():
    assert keys(upload("a.csv", "name\nanna\n")) == ["one_column"]


def test_files_together_must_share_the_columns_that_are_used():
    draft = upload("a.csv", "user_id,tag\n1,x\n")
    both = upload("a.csv", "user_id,tag\n2,y\n", draft.token)
    assert [file.name for file in both.files] == ["a.csv", "a (2).csv"]
    assert keys(both) == []
    assert checking.preview(both)["user_id"].to_list() == ["1", "2"]
    third = upload("c.csv", "user_id,other\n3,z\n", draft.token)
    assert keys(third) == ["lacks"]
    rest = drafts.without(third, "c.csv")
    assert rest is not None
    assert keys(rest) == []
    assert sorted(f.name for f in rest.folder.iterdir() if f.name[0] != ".") == [
        "a (2).csv", "a.csv",
    ]  # fmt: skip


def test_a_time_that_nobody_knows_is_named_with_its_file():
    draft = upload("a.csv", "user_id,tag,time\n1,x,the first\n2,y,the second\n")
    doubt = checking.doubts(draft)
    assert doubt is not None
    told = drafts.readable(doubt, draft)
    assert "'the first'" in told.what
    assert told.where == "a.csv"


@pytest.mark.parametrize("token", ["..", "../..", "a/b-0123456789ab", "gone-0123456789ab", ""])
def test_a_token_leads_nowhere_but_to_a_draft(token):
    assert drafts.load(token) is None


def test_drafts_of_yesterday_go_away_and_sources_of_stores_stay():
    old, built, new = (upload(f"{name}.csv", GOOD) for name in ("old", "built", "new"))
    drafts.keep_result(built, {"store": "built"})
    yesterday = time.time() - 25 * 3600
    for draft in (old, built):
        os.utime(draft.folder / ".draft.json", (yesterday, yesterday))
    drafts.clean_up()
    assert drafts.load(old.token) is None
    assert drafts.load(built.token) == built
    assert drafts.load(new.token) == new


# --- building -----------------------------------------------------------------------------------


def test_a_build_counts_exactly_and_its_store_remembers_where_the_files_are(folder):
    draft = upload("评论.csv", (CHINESE + BAD).encode("gb18030"))
    build = jobs.start(draft)
    assert jobs.start(draft) is build
    assert wait(draft.token).state == "done"
    store, panel = open_panel(folder / "评论")
    rows = pl.read_csv(io.StringIO(CHINESE))
    expected = rows.filter(pl.col("兴趣").str.contains("电竞"))["用户ID"].n_unique()
    assert panel.size('interest:"电竞"').value == expected
    (record,) = store.provenance.values()
    assert record.sources == draft.sources
    assert Path(record.sources[0]).read_bytes().decode("gb18030") == CHINESE + BAD
    result = drafts.result(draft)
    assert result is not None
    assert result["provenance"]["rows_read"] == 403
    assert result["provenance"]["rejected"] == {
        "malformed_row": 1, "missing_user": 1, "unparsable_time": 1,
    }  # fmt: skip
    rejected = pl.read_parquet(draft.rejected).sort("row")
    assert rejected["row"].to_list() == [401, 402, 403]
    assert rejected["品类"].to_list() == ["电视", "冰箱", None]
    assert sorted(f.name for f in folder.iterdir()) == [".uploads", "评论"]


def test_a_cancelled_build_leaves_the_file_and_the_choices_and_nothing_else(folder):
    draft = upload("a.csv", GOOD)
    before = sorted(f.name for f in draft.folder.iterdir())
    build = jobs.start(draft)
    jobs.cancel(draft.token)
    assert wait(draft.token).state == "cancelled"
    assert build.process.poll() is not None
    assert sorted(f.name for f in draft.folder.iterdir()) == before
    assert [f.name for f in folder.iterdir()] == [".uploads"]
    assert drafts.load(draft.token) == draft


def test_where_every_row_is_rejected_the_rows_are_there_to_see(folder):
    draft = upload("a.csv", "user_id,tag\n" + ",x\n" * 50)
    jobs.start(draft)
    build = wait(draft.token)
    assert build.state == "failed"
    assert build.error is not None
    assert build.error.what == "all 50 rows were rejected (missing_user 50)"
    english, chinese = (said(build.error, language).cure for language in ("en", "zh"))
    assert english == (
        "check the columns chosen as user, tags and time; the rejected rows can be downloaded"
    )
    assert chinese == "请检查用户、标签与时间所选的列；剔除的行可下载查看"
    assert len(pl.read_parquet(draft.rejected)) == 50
    assert [f.name for f in folder.iterdir()] == [".uploads"]


def test_a_name_that_is_taken_meanwhile_is_not_overwritten(folder):
    draft = upload("a.csv", GOOD)
    jobs.start(draft)
    (folder / "a").mkdir()
    (folder / "a" / "mine").write_text("here")
    build = wait(draft.token)
    assert build.state == "failed"
    assert build.error is not None
    assert "cannot be put in its place" in build.error.what
    assert (folder / "a" / "mine").read_text() == "here"


def test_what_is_not_settled_is_not_built():
    with pytest.raises(UsageError, match="no_user"):
        jobs.start(upload("a.csv", "who,tag\n1,x\n"))


# --- the page -----------------------------------------------------------------------------------


def put(app: Any, *files: tuple[str, bytes]) -> Any:
    app.file_uploader(key="upload_files").set_value([(n, c, "text/csv") for n, c in files])
    return app.run()


def titles(app: Any) -> list[str]:
    return [part.split("</h1>")[0] for part in page(app).split("<h1>")[1:]]


def test_without_any_store_the_page_takes_a_file_and_the_link_restores_it(run):
    app = put(run(None, at="data"), ("a.csv", GOOD.encode()))
    assert "a is ready to be built" in titles(app)
    assert "All 300 rows can be used." in page(app)
    token = app.query_params["upload"]
    app.selectbox(key="upload_part_1").set_value("tags:brand").run()
    again = run(None, at="data", upload=token)
    assert again.selectbox(key="upload_part_1").value == "tags:brand"
    assert not again.button(key="upload_build").disabled


def test_changing_the_language_keeps_the_upload(run, tmp_path):
    store = write_store(tmp_path / "stores" / "served", random_rows(3))
    app = put(run(store, at="data", tab="upload"), ("评论.csv", (CHINESE + BAD).encode("gb18030")))
    assert "评论.csv: 1" in page(app)
    assert "GB18030, commas between fields" in page(app)
    app.text_input(key="upload_name").set_value("五月").run()
    app.segmented_control(key="bar_language").set_value("zh").run()
    assert "「五月」可以构建" in titles(app)
    assert app.text_input(key="upload_name").value == "五月"
    assert "GB18030，字段以逗号分隔" in page(app)


def test_two_users_and_none_are_said_and_block_the_build(run):
    app = put(run(None, at="data"), ("a.csv", b"user_id,tag,other\n1,x,y\n"))
    app.selectbox(key="upload_part_2").set_value("user").run()
    assert text("upload_problem_two_user", "en", columns="user_id, other") in page(app)
    assert app.button(key="upload_build").disabled
    app.selectbox(key="upload_part_2").set_value("").run()
    app.selectbox(key="upload_part_0").set_value("").run()
    assert text("upload_problem_no_user", "en") in page(app)


def test_a_file_of_no_use_is_said_beside_those_that_are(run):
    app = put(run(None, at="data"), ("a.csv", GOOD.encode()), ("b.csv", zipped()))
    assert "a is ready to be built" in titles(app)
    assert "b.csv cannot be used" in titles(app)
    assert "is a zip archive" in page(app)
    app.run()
    assert len(list(places.uploads().iterdir())) == 1


def test_a_link_to_an_upload_that_is_gone_says_so(run):
    app = run(None, at="data", upload="gone-0123456789ab")
    assert any("not here any more" in warning.value for warning in app.warning)
    assert text("upload_start", "en") in titles(app)


def test_the_words_switch_is_there_with_text_alone(run):
    app = put(run(None, at="data"), ("a.csv", b"user_id,text\n1,hello\n2,you\n"))
    assert app.toggle(key="upload_terms").value is True
    app.toggle(key="upload_terms").set_value(False).run()
    assert text("upload_problem_no_terms", "en", column="text") in page(app)


def test_a_build_is_found_by_its_link_and_its_rejected_rows_are_shown(run, folder):
    content = (CHINESE + BAD).encode("gb18030")
    app = put(run(None, at="data"), ("评论.csv", content))
    token = app.query_params["upload"]
    app.button(key="upload_build").click().run()
    first = jobs.find(token)
    again = run(None, at="data", upload=token)
    assert jobs.find(token) is first
    assert wait(token).state == "done"
    again.run()
    assert titles(again)[-1] == "403 rows read, 3 rejected"
    shown = again.dataframe[0].value
    assert list(shown["cell_row"]) == [401, 402, 403]
    assert list(shown["cell_2"])[:2] == ["电视", "冰箱"]
    assert read_store(folder / "评论").provenance


def test_a_cancelled_build_says_so_and_can_be_begun_again(run):
    app = put(run(None, at="data"), ("a.csv", GOOD.encode()))
    token = app.query_params["upload"]
    jobs.start(drafts.load(token))
    jobs.cancel(token)
    app.run()
    assert [info.value for info in app.info] == [text("upload_cancelled", "en").replace(".", "\\.")]
    assert not app.button(key="upload_build").disabled


def test_starting_over_removes_the_draft(run):
    app = put(run(None, at="data"), ("a.csv", GOOD.encode()))
    app.button(key="upload_over").click().run()
    assert text("upload_start", "en") in titles(app)
    assert "upload" not in app.query_params
    assert list(places.uploads().iterdir()) == []
