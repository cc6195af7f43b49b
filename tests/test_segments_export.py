"""A segment leaves as files that agree with an exact count, or not at all."""

from __future__ import annotations

import errno
import gzip
import hashlib
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from overlap.building import BuildOptions, build
from overlap.cli.serving import sample_events, sample_store
from overlap.cli.several import repeated
from overlap.model import DataError, Policy, TagColumn, UsageError
from overlap.panel import open_panel
from overlap.segments import ExportOptions, ExportReport, FormatName, export, held_out, writing

HERO = 'category:"电视 TV" & interest:"电竞 Esports"'
SHARED = Path(__file__).parents[2] / "shared" / "data"


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class Case:
    """A store of 300 users, of whom 200 like tv and 150 tea, with mail and telephone numbers."""

    def __init__(self, folder: Path, **options: Any) -> None:
        self.folder = folder
        self.events = folder / "events.csv"
        self.store = folder / "store"
        rows = [f"u{i},tv,u{i}@example.com,{13800000000 + i}" for i in range(200)]
        rows += [f"u{i},tea,,{13800000000 + i}" for i in range(150, 300)]
        self.events.write_text("user_id,tag,mail,tel\n" + "\n".join(rows) + "\n", "utf-8")
        tags = (TagColumn("tag", "interest"),)
        build([str(self.events)], self.store, BuildOptions(user="user_id", tags=tags, **options))
        self.target = folder / "out.csv"

    def export(
        self, expression: str = "interest:tv", *, target: Path | None = None, **options: Any
    ) -> ExportReport:
        return export(
            self.store, expression, [str(self.events)], target or self.target,
            ExportOptions(**options),
        )  # fmt: skip

    def crm(self, rows: str, name: str = "crm.csv") -> str:
        file = self.folder / name
        file.write_text(rows, "utf-8")
        return str(file)

    @property
    def left(self) -> set[str]:
        """What lies in the folder beside the case's own."""
        return {p.name for p in self.folder.iterdir()} - {"events.csv", "store", "crm.csv"}


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(tmp_path)


# --- ids --------------------------------------------------------------------------------------


def test_ids_are_the_raw_ids_under_the_name_of_their_column(case: Case) -> None:
    report = case.export("interest:tv - interest:tea")
    written = pl.read_csv(case.target)
    assert written.columns == ["user_id"]
    assert sorted(written["user_id"]) == sorted(f"u{i}" for i in range(150))
    assert (report.members, report.exact, report.written, report.holdout) == (150, 150, 150, 0)
    assert (report.estimate.value, report.inside_interval) == (150, True)
    assert (report.rows_read, report.rows_rejected) == (350, 0)
    assert report.mismatches == ()
    assert report.snapshot == open_panel(case.store)[0].snapshot


@pytest.mark.parametrize("name", ["ids.parquet", "ids.csv.gz"])
def test_ids_come_as_parquet_or_compressed_by_the_name(case: Case, name: str) -> None:
    case.export(target=case.folder / name)
    content = (case.folder / name).read_bytes()
    if name.endswith(".gz"):
        frame = pl.read_csv(io.BytesIO(gzip.decompress(content)))
    else:
        frame = pl.read_parquet(io.BytesIO(content))
    assert set(frame["user_id"]) == {f"u{i}" for i in range(200)}


def test_an_upload_file_is_not_escaped_for_spreadsheets(tmp_path: Path) -> None:
    events = tmp_path / "events.csv"
    ids = ['=1+1"', "@home", "-5,x", "+86"]
    pl.DataFrame({"user": ids, "tag": "tv"}).write_csv(events)
    options = BuildOptions(user="user", tags=(TagColumn("tag", "interest"),), policy=Policy(0, 0))
    build([str(events)], tmp_path / "store", options)
    export(tmp_path / "store", "tv", [str(events)], tmp_path / "out.csv")
    assert sorted(pl.read_csv(tmp_path / "out.csv")["user"]) == sorted(ids)
    assert not (tmp_path / "out.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_a_second_export_is_the_same_to_the_byte(case: Case) -> None:
    case.export(holdout=0.2)
    first = case.target.read_bytes(), (case.folder / "out-holdout.csv").read_bytes()
    lines = case.events.read_text("utf-8").splitlines()
    case.events.write_text("\n".join([lines[0], *reversed(lines[1:])]) + "\n", "utf-8")
    case.export(holdout=0.2, force=True)
    assert (case.target.read_bytes(), (case.folder / "out-holdout.csv").read_bytes()) == first


def test_a_compressed_export_says_nothing_of_when_and_under_which_name_it_was_written(
    case: Case,
) -> None:
    written = []
    for name in ("one.csv.gz", "other.csv.gz"):
        case.export(target=case.folder / name)
        written.append((case.folder / name).read_bytes())
    head = written[0][:10]
    assert head[:3] == b"\x1f\x8b\x08"
    assert head[3] == 0, "the flags: no name, no comment, nothing extra"
    assert head[4:8] == bytes(4), "the time of writing"
    assert written[0] == written[1]


def test_the_holdout_is_in_a_file_of_its_own_and_nobody_is_in_both(case: Case) -> None:
    report = case.export(holdout=0.25)
    assert report.holdout_target == case.folder / "out-holdout.csv"
    sent, held = (pl.read_csv(p)["user_id"] for p in (case.target, report.holdout_target))
    assert set(sent) | set(held) == {f"u{i}" for i in range(200)}
    assert not set(sent) & set(held)
    assert set(held) == set(pl.Series(sorted(set(sent) | set(held))).filter(
        pl.Series(held_out(pl.Series(sorted(set(sent) | set(held))), 0.25, "overlap holdout"))
    ))  # fmt: skip
    assert (report.exported, report.holdout) == (len(sent), len(held))
    assert report.exported + report.holdout == report.members


def test_the_holdout_goes_where_it_is_told(case: Case) -> None:
    other = case.folder / "control.csv"
    report = case.export(holdout=0.5, holdout_to=other, salt="spring")
    assert report.holdout_target == other
    assert len(pl.read_csv(other)) == report.holdout > 0


# --- identities -------------------------------------------------------------------------------


def test_identities_come_from_columns_of_the_events(case: Case) -> None:
    report = case.export(
        format=FormatName.META, identity=(("email", "mail"), ("phone", "tel")), country="86"
    )
    rows = pl.read_csv(case.target, schema_overrides={"email": pl.String, "phone": pl.String})
    assert rows.columns == ["email", "phone"]
    with_mail = {(sha256(f"u{i}@example.com"), sha256(f"86{13800000000 + i}")) for i in range(200)}
    # Those who like tea too have rows without a mail as well.
    without = {(None, sha256(f"86{13800000000 + i}")) for i in range(150, 200)}
    assert set(rows.rows()) == with_mail | without
    assert (report.members, report.written, report.dropped) == (200, 250, {})


def test_identities_come_from_a_file_with_several_rows_a_user(case: Case) -> None:
    rows = "id,Email,fn,ln,Country,zip\n"
    rows += "u1,one@example.com,Ann,Lee,us,94016\nu1,two@example.com,Ann,Lee,us,94016\n"
    rows += "u2,one@example.com,Ann,Lee,us,94016\nu2,,Bob,,,\nu3,bad,,,,\nu299,x@example.com,,,,\n"
    report = case.export(format=FormatName.GOOGLE, identities=case.crm(rows), id_column="id")
    written = pl.read_csv(case.target)
    assert written.columns == ["Email", "First Name", "Last Name", "Country", "Zip"]
    ann = (sha256("ann"), sha256("lee"), "US", 94016)
    assert set(written.rows()) == {(sha256(f"{n}@example.com"), *ann) for n in ("one", "two")}
    assert report.dropped == {
        "no_identity": 197, "no_usable_identity": 1, "invalid_email": 1, "repeated_row": 1,
    }  # fmt: skip


def test_lists_of_identities_become_rows(case: Case) -> None:
    file = case.folder / "crm.parquet"
    pl.DataFrame(
        {"user_id": ["u1", "u2"], "mails": [["a@x.com", "b@x.com"], []], "first": ["Ann", "Bob"],
         "last": ["Lee", "Ray"]}
    ).write_parquet(file)  # fmt: skip
    case.export(
        format=FormatName.META,
        identities=str(file),
        identity=(("email", "mails"), ("fn", "first"), ("ln", "last")),
    )
    names = {"ann": sha256("ann"), "lee": sha256("lee")}
    assert set(pl.read_csv(case.target).rows()) == {
        (sha256("a@x.com"), names["ann"], names["lee"]),
        (sha256("b@x.com"), names["ann"], names["lee"]),
        (None, sha256("bob"), sha256("ray")),
    }


def test_the_user_ids_themselves_can_be_the_identities(tmp_path: Path) -> None:
    events = tmp_path / "events.parquet"
    pl.DataFrame({"user": [13800000000 + i for i in range(120)], "tag": "tv"}).write_parquet(events)
    build([str(events)], tmp_path / "store", BuildOptions(tags=(TagColumn("tag", "interest"),)))
    report = export(
        tmp_path / "store", "tv", [str(events)], tmp_path / "out.txt",
        ExportOptions(format=FormatName.OCEANENGINE, identity=(("phone", "user"),)),
    )  # fmt: skip
    lines = (tmp_path / "out.txt").read_text().splitlines()
    assert set(lines) == {sha256(str(13800000000 + i)) for i in range(120)}
    assert report.written == len(lines) == 120


def test_a_file_of_one_kind_of_id_has_one_a_line_and_no_header(case: Case) -> None:
    case.export(format=FormatName.TENCENT, identity=(("phone", "tel"),))
    lines = case.target.read_text().splitlines()
    assert set(lines) == {hashlib.md5(str(13800000000 + i).encode()).hexdigest()
                          for i in range(200)}  # fmt: skip
    case.export(format=FormatName.TENCENT, identity=(("phone", "tel"),), hash="sha256", force=True)
    assert set(case.target.read_text().splitlines()) == {
        sha256(str(13800000000 + i)) for i in range(200)
    }


def test_nobody_who_shares_an_identity_with_the_holdout_is_in_the_file(case: Case) -> None:
    rows = "user_id,email\n" + "".join(f"u{i},family{i // 2}@example.com\n" for i in range(200))
    report = case.export(format=FormatName.META, identities=case.crm(rows), holdout=0.3)
    assert report.holdout_target is not None
    sent, held = (set(pl.read_csv(p)["email"]) for p in (case.target, report.holdout_target))
    assert not sent & held
    assert sent | held == {sha256(f"family{i}@example.com") for i in range(100)}
    assert report.dropped["shared_with_holdout"] > 0
    assert report.exported + report.holdout == 200


def test_rejected_identities_are_written_with_reasons_and_harmless_to_spreadsheets(
    case: Case,
) -> None:
    rejects = case.folder / "rejects.csv"
    rows = "user_id,email,phone\nu1,=cmd(),+1\nu2,two@example.com,\nu250,bad,\n"
    report = case.export(format=FormatName.META, identities=case.crm(rows), rejects=rejects)
    assert rejects.read_bytes().startswith(b"\xef\xbb\xbf")
    assert set(pl.read_csv(rejects).rows()) == {
        ("u1", "email", "'=cmd()", "invalid_email"),
        ("u1", "phone", "'+1", "invalid_phone"),
    }
    assert report.dropped == {
        "no_identity": 198, "no_usable_identity": 1, "invalid_email": 1, "invalid_phone": 1,
    }  # fmt: skip


def test_ids_of_an_identity_file_may_be_written_otherwise(tmp_path: Path) -> None:
    events = tmp_path / "events.csv"
    events.write_text("user,tag\n" + "".join(f"{i},tv\n" for i in range(150)), "utf-8")
    build([str(events)], tmp_path / "store", BuildOptions(tags=(TagColumn("tag", "interest"),)))
    crm = tmp_path / "crm.csv"
    crm.write_text("user,email\n7,a@x.com\n007,b@x.com\nn/a,c@x.com\n", "utf-8")
    report = export(
        tmp_path / "store", "tv", [str(events)], tmp_path / "out.csv",
        ExportOptions(format=FormatName.META, identities=str(crm)),
    )  # fmt: skip
    assert (tmp_path / "out.csv").read_text().splitlines() == ["email", sha256("a@x.com")]
    assert report.dropped == {"no_identity": 149}


def test_hashed_identities_are_passed_on_and_counted(case: Case) -> None:
    rows = f"user_id,email\nu1,{sha256('a@x.com').upper()}\nu2,b@x.com\n"
    report = case.export(format=FormatName.META, identities=case.crm(rows))
    assert set(pl.read_csv(case.target)["email"]) == {sha256("a@x.com"), sha256("b@x.com")}
    assert report.already_hashed == 1


# --- the store and the events -----------------------------------------------------------------


def test_events_that_are_not_those_of_the_store_are_named_with_both_counts(case: Case) -> None:
    with case.events.open("a") as file:
        file.write("u900,tv,,\n")
    said: list[str] = []
    report = export(
        case.store, "interest:tv & interest:tea | interest:tv", [str(case.events)], case.target,
        warn=said.append,
    )  # fmt: skip
    assert report.exact == 201
    assert (report.estimate.value, report.inside_interval) == (200, False)
    found = {m.what: (m.store, m.events) for m in report.mismatches}
    assert found["rows read"] == ("350", "351")
    assert found["users of interest:tv"] == ("200", "201")
    assert any("351 in these events" in line for line in said)
    with pytest.raises(DataError, match="350 in the store, 351 in these events"):
        case.export(strict=True, force=True)


def test_a_sampled_store_notices_one_user_taken_for_another(tmp_path: Path) -> None:
    events = tmp_path / "events.parquet"
    users = list(range(6000))
    pl.DataFrame({"user": users, "tag": "tv"}).write_parquet(events)
    options = BuildOptions(tags=(TagColumn("tag", "interest"),), budget=1000, k=16)
    build([str(events)], tmp_path / "store", options)
    _, panel = open_panel(tmp_path / "store")
    sample = panel.sample("tv")
    assert sample.rate < 1

    def differing() -> list[str]:
        report = export(
            tmp_path / "store", "tv", [str(events)], tmp_path / "out.csv",
            ExportOptions(force=True),
        )  # fmt: skip
        return [m.what for m in report.mismatches]

    assert differing() == []
    # As many users as before, but 600 others: about a tenth of the sample is gone.
    pl.DataFrame({"user": users[600:] + [u + 10**6 for u in users[:600]], "tag": "tv"}
                 ).write_parquet(events)  # fmt: skip
    assert differing() == ["users of interest:tv in the sample of the store"]


def test_a_keyed_store_gives_raw_ids(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_bytes(b"k" * 32)
    case = Case(tmp_path, key_file=key)
    report = case.export()
    assert set(pl.read_csv(case.target)["user_id"]) == {f"u{i}" for i in range(200)}
    assert report.mismatches == ()


# --- what is refused --------------------------------------------------------------------------


def test_a_segment_below_the_export_floor_is_refused_without_its_count(case: Case) -> None:
    with pytest.raises(DataError, match="fewer than 100 members") as caught:
        case.export("interest:tv & interest:tea")
    assert "50" not in str(caught.value)
    assert case.left == set()


def test_without_a_floor_any_segment_leaves_except_nobody(tmp_path: Path) -> None:
    case = Case(tmp_path, policy=Policy(0, 0))
    assert case.export("interest:tv & interest:tea").members == 50
    with pytest.raises(DataError, match="nobody is in this segment"):
        case.export("interest:tv - universe:all", force=True)


def test_a_target_that_exists_is_refused_unless_told(case: Case) -> None:
    case.target.write_text("mine")
    with pytest.raises(UsageError, match="there already"):
        case.export()
    assert case.target.read_text() == "mine"
    case.export(force=True)
    assert case.target.read_text().startswith("user_id\n")


def test_a_holdout_file_that_exists_is_refused_too(case: Case) -> None:
    (case.folder / "out-holdout.csv").write_text("mine")
    with pytest.raises(UsageError, match="there already"):
        case.export(holdout=0.1)
    assert not case.target.exists()


def test_a_source_is_never_written_over(case: Case) -> None:
    before = case.events.read_bytes()
    with pytest.raises(UsageError, match="is a source too"):
        case.export(target=case.events, force=True)
    with pytest.raises(UsageError, match="is --to too"):
        case.export(holdout=0.1, holdout_to=case.target)
    assert case.events.read_bytes() == before


def test_a_file_is_not_put_among_the_sources(case: Case) -> None:
    folder = case.folder / "weeks"
    folder.mkdir()
    source = case.events.rename(folder / "events.csv")
    for target, sources in ((folder / "out.csv", [str(folder)]), (source, [f"{folder}/*.csv"])):
        with pytest.raises(UsageError, match=r"among the sources|is a source too"):
            export(case.store, "tv", sources, target, ExportOptions(force=True))
    assert [p.name for p in folder.iterdir()] == ["events.csv"]


def test_two_columns_may_hold_one_field(case: Case) -> None:
    rows = "user_id,work,home\nu1,a@x.com,b@x.com\nu2,,c@x.com\n"
    case.export(
        format=FormatName.META,
        identities=case.crm(rows),
        identity=(("email", "work"), ("email", "home")),
    )
    assert set(pl.read_csv(case.target)["email"]) == {sha256(f"{n}@x.com") for n in "abc"}


def test_an_identity_file_without_matches_is_refused(case: Case) -> None:
    with pytest.raises(DataError, match="none of the 200 members is in") as caught:
        case.export(format=FormatName.META, identities=case.crm("user_id,email\nx1,a@x.com\n"))
    assert "--id-column" in caught.value.cure
    assert case.left == set()


def test_identities_of_which_none_is_of_use_are_refused_with_reasons(case: Case) -> None:
    rows = "user_id,phone\nu1,13800000000\n"
    with pytest.raises(DataError, match="has an identity that meta takes") as caught:
        case.export(format=FormatName.META, identities=case.crm(rows))
    assert "phone_without_country 1" in caught.value.where
    assert case.left == set()


REFUSED: Mapping[str, tuple[dict[str, Any], str]] = {
    "rate": ({"holdout": 1.0}, "share of members to hold out"),
    "idle holdout file": ({"holdout_to": Path("x.csv")}, "nothing to write"),
    "identity for ids": ({"identity": (("email", "mail"),)}, "holds the user ids alone"),
    "no identity": ({"format": FormatName.META}, "needs to know where the identities are"),
    "unknown field": (
        {"format": FormatName.META, "identity": (("e-mail", "mail"),)}, "no field 'e-mail'"),
    "unknown column": (
        {"format": FormatName.META, "identity": (("email", "mial"),)}, "no column 'mial'"),
    "too little": (
        {"format": FormatName.META, "identity": (("zip", "tel"),)}, "finds nobody by zip alone"),
    "two kinds": (
        {"format": FormatName.TENCENT, "identity": (("phone", "tel"), ("imei", "tel"))},
        "one kind of id"),
    "other hash": (
        {"format": FormatName.GOOGLE, "identity": (("email", "mail"),), "hash": "md5"},
        "sha256 only"),
    "country": (
        {"format": FormatName.META, "identity": (("phone", "tel"),), "country": "CN"},
        "no calling code"),
    "id column": (
        {"format": FormatName.META, "identity": (("phone", "tel"),), "id_column": "x"},
        "column of --identities"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_asked_is_refused_and_nothing_is_left(case: Case, name: str) -> None:
    options, message = REFUSED[name]
    with pytest.raises(UsageError, match=message):
        case.export(**options)
    assert case.left == set()


def test_an_identity_file_without_the_column_of_ids_says_which_it_has(case: Case) -> None:
    with pytest.raises(UsageError, match="has no column 'user_id' of user ids") as caught:
        case.export(format=FormatName.META, identities=case.crm("userid,email\nu1,a@x.com\n"))
    assert "'userid' perhaps" in caught.value.cure
    with pytest.raises(UsageError, match="is named as a field of meta"):
        case.export(format=FormatName.META, identities=case.crm("user_id,mail\nu1,a@x.com\n"))


def test_platforms_get_no_parquet(case: Case) -> None:
    with pytest.raises(UsageError, match="takes no Parquet"):
        case.export(
            format=FormatName.META, identity=(("email", "mail"),), target=case.folder / "o.parquet"
        )


# --- interruptions ----------------------------------------------------------------------------


def test_an_interruption_leaves_nothing(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    case.target.write_text("mine")
    real = writing.holdout.held_out

    def interrupted(*given: Any) -> Any:
        assert any(p.name.startswith(".out.csv.") for p in case.folder.iterdir())
        raise KeyboardInterrupt

    monkeypatch.setattr(writing.holdout, "held_out", interrupted)
    with pytest.raises(KeyboardInterrupt):
        case.export(force=True, holdout=0.1)
    assert case.left == {"out.csv"}
    assert case.target.read_text() == "mine"
    assert real is not interrupted


@pytest.mark.parametrize(
    ("code", "message"), [(errno.ENOSPC, "disk is full"), (errno.EACCES, "cannot be written")]
)
def test_a_disk_that_fails_is_told_and_nothing_is_left(
    case: Case, monkeypatch: pytest.MonkeyPatch, code: int, message: str
) -> None:
    def failing(handle: int) -> None:
        raise OSError(code, "no")

    monkeypatch.setattr("os.fsync", failing)
    with pytest.raises(DataError, match=message):
        case.export(holdout=0.1)
    assert case.left == set()


# --- the command ------------------------------------------------------------------------------

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample_store(tmp_path_factory.mktemp("sample") / "store")


def sample_sets() -> tuple[set[int], set[int]]:
    events = pl.scan_parquet(sample_events())
    tv = events.filter(pl.col("category") == "电视 TV").select("user_id").unique()
    esports = (
        events.explode("interest").filter(pl.col("interest") == "电竞 Esports").select("user_id")
    )
    return set(tv.collect()["user_id"]), set(esports.unique().collect()["user_id"])


def test_the_planted_opening_leaves_with_a_holdout(run: Run, sample: Path, tmp_path: Path) -> None:
    tv, esports = sample_sets()
    code, out, err = run(
        "export", sample, HERO, "--events", sample_events(), "--to", tmp_path / "hero.csv",
        "--holdout", 0.1, "--json",
    )  # fmt: skip
    assert (code, err) == (0, "")
    report = json.loads(out)
    sent, held = (
        set(pl.read_csv(tmp_path / name)["user_id"]) for name in ("hero.csv", "hero-holdout.csv")
    )
    assert sent | held == tv & esports
    assert report["members"] == report["exact"] == len(tv & esports) == 4104
    assert report["estimate"]["value"] == 4104
    assert report["inside_interval"] is True
    assert (report["exported"], report["holdout"]) == (len(sent), len(held))
    assert list(report)[:4] == ["segment", "expression", "snapshot", "format"]


def test_a_window_ends_with_until(run: Run, sample: Path, tmp_path: Path) -> None:
    code, out, _ = run(
        "export", sample, HERO, "--events", sample_events(), "--to", tmp_path / "w.csv",
        "--from", "2026-W02", "--until", "2026-W09", "--json",
    )  # fmt: skip
    assert code == 0
    events = pl.read_parquet(sample_events()).filter(
        pl.col("time").is_between(pl.datetime(2026, 1, 5), pl.datetime(2026, 3, 1, 23, 59, 59, 999))
    )
    tv = events.filter(pl.col("category") == "电视 TV")["user_id"]
    esports = events.explode("interest").filter(pl.col("interest") == "电竞 Esports")["user_id"]
    assert set(pl.read_csv(tmp_path / "w.csv")["user_id"]) == set(tv) & set(esports)
    assert json.loads(out)["inside_interval"] is True


def test_people_read_the_report_and_warnings_go_to_stderr(run: Run, case: Case) -> None:
    with case.events.open("a") as file:
        file.write("u900,tv,,\n")
    code, out, err = run(
        "export", case.store, "interest:tv", "--events", case.events, "--to", case.target
    )
    assert code == 0
    assert "201 members, outside the interval" in out
    assert "200 (exact)" in out
    assert "overlap: warning: the events are not those of the store: rows read" in err
    code, out, err = run(
        "export", case.store, "tv", "--events", case.events, "--to", case.target, "--force",
        "--strict",
    )  # fmt: skip
    assert (code, out) == (1, "")
    assert "cure:" in err


def test_a_mapping_without_a_column_is_explained(run: Run, case: Case) -> None:
    code, out, err = run(
        "export", case.store, "tv", "--events", case.events, "--to", case.target,
        "--format", "meta", "--identity", "email",
    )  # fmt: skip
    assert (code, out) == (2, "")
    assert "email=mail" in err


def test_several_sources_may_follow_one_option(run: Run, case: Case) -> None:
    second = case.folder / "more.csv"
    second.write_text("user_id,tag,mail,tel\nu999,tv,,\n", "utf-8")
    code, _, err = run(
        "export", case.store, "tv", "--events", case.events, second, "--to", case.target,
        "--format", "meta", "--identity", "email=mail", "phone=tel", "--country", 86,
    )  # fmt: skip
    assert code == 0, err
    assert pl.read_csv(case.target).columns == ["email", "phone"]
    assert repeated(["--events", "a", "S", "E", "--to", "t"]) == [
        "--events", "a", "S", "E", "--to", "t",
    ]  # fmt: skip
    assert repeated(["S", "E", "--events=a", "b", "--json", "--to", "t"]) == [
        "S", "E", "--events=a", "--events", "b", "--json", "--to", "t",
    ]  # fmt: skip


# --- real data --------------------------------------------------------------------------------


@pytest.mark.skipif(not SHARED.is_dir(), reason=f"there are no real data in {SHARED}")
def test_a_segment_of_the_shopping_data_equals_exact_polars(tmp_path: Path) -> None:
    source = SHARED / "retail_transactions.parquet"
    tags = (TagColumn("department", "category"), TagColumn("brand", "brand"))
    options = BuildOptions(
        user="household_id", tags=tags, time="transaction_timestamp", period="month"
    )
    build([str(source)], tmp_path / "store", options)
    target = tmp_path / "out.parquet"
    report = export(
        tmp_path / "store", "category:PRODUCE>=3 & brand:Private - category:DELI", [str(source)],
        target,
    )  # fmt: skip
    frame = pl.read_parquet(source)
    often = frame.filter(pl.col("department") == "PRODUCE")["household_id"].value_counts()
    wanted = set(often.filter(pl.col("count") >= 3)["household_id"])
    wanted &= set(frame.filter(pl.col("brand") == "Private")["household_id"])
    wanted -= set(frame.filter(pl.col("department") == "DELI")["household_id"])
    found = pl.read_parquet(target)["household_id"].cast(frame["household_id"].dtype)
    assert set(found) == wanted
    assert report.exact == report.estimate.value == len(wanted) > 100
    assert report.mismatches == ()


@pytest.mark.skipif(not SHARED.is_dir(), reason=f"there are no real data in {SHARED}")
def test_a_segment_of_the_game_reviews_equals_exact_polars(tmp_path: Path) -> None:
    source = SHARED / "game_reviews.parquet"
    tags = (TagColumn("genres", "interest"), TagColumn("game", "game"))
    build([str(source)], tmp_path / "store", BuildOptions(user="user_id", tags=tags, budget=40_000))
    report = export(
        tmp_path / "store", "interest:Strategy - interest:Action", [str(source)],
        tmp_path / "out.csv", replace(ExportOptions(), holdout=0.2),
    )  # fmt: skip
    frame = pl.read_parquet(source).explode("genres")
    users = {
        genre: set(frame.filter(pl.col("genres") == genre)["user_id"].drop_nulls())
        for genre in ("Strategy", "Action")
    }
    sent, held = (
        set(pl.read_csv(tmp_path / name)["user_id"]) for name in ("out.csv", "out-holdout.csv")
    )
    assert sent | held == users["Strategy"] - users["Action"]
    assert not report.estimate.exact
    assert report.mismatches == ()
