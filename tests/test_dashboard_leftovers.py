"""When a store is removed, what was uploaded for it is told and can be removed, nothing else."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest
from dashboards import opener, page

from overlap.dashboard.texts import text
from overlap.dashboard.uploads import arriving, drafts, jobs, leftovers, places

EVENTS = "user_id,category\n" + "".join(f"{i},{'tv' if i % 2 else 'phone'}\n" for i in range(300))


def upload(name: str) -> drafts.Draft:
    return arriving.add(None, name, io.BytesIO(EVENTS.encode()))


def built(name: str = "a.csv") -> drafts.Draft:
    draft = upload(name)
    build = jobs.start(draft)
    assert build.ended.wait(60)
    assert build.state == "done"
    return draft


def shown(element) -> str:
    return element.value.replace("\\", "")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch) -> Path:
    stores = tmp_path / "stores"
    stores.mkdir()
    monkeypatch.setenv("OVERLAP_STORES", str(stores))
    return stores


@pytest.fixture
def run(monkeypatch):
    return opener(monkeypatch)


def test_an_upload_is_left_over_when_its_store_is_gone_and_not_before(folder):
    draft = built()
    assert leftovers.leftovers() == ()
    assert leftovers.remove(draft.token) is None
    shutil.rmtree(folder / "a")
    (left,) = leftovers.leftovers()
    assert (left.token, left.store, left.files) == (draft.token, "a", ("a.csv",))
    files = [file for file in draft.folder.rglob("*") if file.is_file()]
    assert left.bytes == sum(file.stat().st_size for file in files) > len(EVENTS)
    assert leftovers.remove(draft.token) == left
    assert list(places.uploads().iterdir()) == []


def test_files_that_another_store_is_made_of_stay(folder, run):
    draft = built()
    (folder / "a").rename(folder / "renamed")
    assert leftovers.leftovers() == ()
    assert leftovers.remove(draft.token) is None
    assert Path(draft.sources[0]).exists()
    app = run(None, at="data", upload=draft.token)
    assert text("upload_left_stays", "en") in map(shown, app.caption)
    assert "upload_left_remove_0" not in {button.key for button in app.button}


def test_while_a_store_cannot_be_read_nothing_is_left_over(folder):
    draft = built()
    (folder / "a").rename(folder / "renamed")
    for file in (folder / "renamed").rglob("part.json"):
        file.write_text("{", "utf-8")
    assert leftovers.leftovers() == ()
    assert leftovers.remove(draft.token) is None
    assert Path(draft.sources[0]).exists()


def test_a_draft_that_was_never_built_is_no_leftover():
    upload("a.csv")
    assert leftovers.leftovers() == ()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_link_of_an_upload_removes_its_files_when_the_store_is_gone(run, folder, language):
    draft = built()
    app = run(None, at="data", upload=draft.token, lang=language)
    assert "upload_left_remove_0" not in {button.key for button in app.button}
    shutil.rmtree(folder / "a")
    app.run()
    (left,) = leftovers.leftovers()
    values = {"files": "a.csv", "size": f"{left.bytes / 1e3:.0f} KB"}
    assert text("upload_left_what", language, **values) in map(shown, app.markdown)
    app.button(key="upload_left_remove_0").click().run()
    assert not app.exception
    (told,) = app.success
    assert shown(told) == text("upload_left_done", language, **values)
    assert list(places.uploads().iterdir()) == []
    assert "upload" not in app.query_params


def test_the_page_of_stores_lists_what_is_left_and_removes_it(run, folder):
    kept, first, second = built("kept.csv"), built("b.csv"), built("c.csv")
    for name in ("b", "c"):
        shutil.rmtree(folder / name)
    app = run(folder / "kept", at="data")
    assert text("upload_left", "en") in page(app)
    app.button(key="upload_left_remove_0").click().run()
    (told,) = app.success
    assert "b.csv" in shown(told)
    assert not first.folder.exists()
    app.button(key="upload_left_remove_0").click().run()
    assert not second.folder.exists()
    assert text("upload_left", "en") not in page(app)
    assert kept.folder.exists()
