"""What may be named as a source, and what is said about one that cannot be read."""

import gzip
import http.server
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from overlap.events import Events, check_rows, count_rows, read_events, reading
from overlap.model import DataError, OverlapError, UsageError

ROWS = {"user_id": [1, 2, 3], "tag": ["gaming", "电竞", "tv"]}
CSV = "user_id,tag\n1,gaming\n2,电竞\n3,tv\n"
NDJSON = '{"user_id":1,"tag":"gaming"}\n{"user_id":2,"tag":"电竞"}\n{"user_id":3,"tag":"tv"}\n'


def pairs(events: Events) -> list[tuple[object, tuple[str, ...]]]:
    with reading(*events.sources):
        frame = events.clean.collect(engine="streaming")
    tags = [name for name in frame.columns if name.startswith("tag:")]
    return sorted((row[0], tuple(row[1])) for row in frame.select("user", *tags).iter_rows())


def refused(kind: type[OverlapError], *sources: Path | str, **options: object) -> str:
    with pytest.raises(kind) as caught:
        count_rows(read_events([str(s) for s in sources], **options))  # type: ignore[arg-type]
    assert caught.value.cure, "every message names a cure"
    return str(caught.value)


EXPECTED = [(1, ("gaming",)), (2, ("电竞",)), (3, ("tv",))]


def write(folder: Path, name: str, data: bytes | str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("events.csv", CSV.encode()),
        ("events.CSV", CSV.encode()),
        ("events.tsv", CSV.replace(",", "\t").encode()),
        ("events.csv.gz", gzip.compress(CSV.encode(), mtime=0)),
        ("events.ndjson", NDJSON.encode()),
        ("events.jsonl", NDJSON.encode()),
        ("events.ndjson.gz", gzip.compress(NDJSON.encode(), mtime=0)),
        ("events.ndjson", b"\xef\xbb\xbf" + NDJSON.encode()),
        ("events.ndjson", NDJSON.replace("\n", "\r\n").encode()),
        ("odd [1]*?.csv", CSV.encode()),
        ("odd [1]*?.ndjson", NDJSON.encode()),
    ],
)
def test_a_text_file_of_every_kind_gives_the_same_events(
    tmp_path: Path, name: str, data: bytes
) -> None:
    assert pairs(read_events([str(write(tmp_path, name, data))])) == EXPECTED


@pytest.mark.parametrize("name", ["events.parquet", "odd [1]*?.parquet"])
def test_a_parquet_file_gives_the_same_events(tmp_path: Path, name: str) -> None:
    pl.DataFrame(ROWS).write_parquet(tmp_path / name)
    assert pairs(read_events([str(tmp_path / name)])) == EXPECTED


def test_a_folder_is_read_with_all_formats_below_it_each_file_once(tmp_path: Path) -> None:
    pl.DataFrame(ROWS).write_parquet(tmp_path / "b.parquet")
    write(tmp_path, "a.csv", "tag,user_id\nmusic,7\n")
    write(tmp_path, "deep/er/c.jsonl", '{"user_id":9,"tag":"film"}\n')
    write(tmp_path, "_SUCCESS.csv", "not,wanted\n1,2\n")
    write(tmp_path, ".hidden/d.csv", "not,wanted\n1,2\n")
    write(tmp_path, "notes.md", "not wanted")
    write(tmp_path, "e.csv", b"")
    events = read_events([str(tmp_path), str(tmp_path / "b.parquet")])
    assert pairs(events) == [*EXPECTED, (7, ("music",)), (9, ("film",))]
    assert events.sources == tuple(
        str(tmp_path / name) for name in ("a.csv", "b.parquet", "deep/er/c.jsonl")
    )
    assert f"{tmp_path / 'e.csv'} is empty and was left out." in events.notes
    assert f"1 files of other endings in {tmp_path} were left out." in events.notes


def test_a_glob_is_expanded_and_may_descend(tmp_path: Path) -> None:
    write(tmp_path, "2026/01/a.csv", "user_id,tag\n1,a\n")
    write(tmp_path, "2026/02/b.csv", "user_id,tag\n2,b\n")
    write(tmp_path, "2027/01/c.csv", "user_id,tag\n3,c\n")
    events = read_events([str(tmp_path / "2026" / "**" / "*.csv")])
    assert pairs(events) == [(1, ("a",)), (2, ("b",))]


def test_a_file_address_is_a_local_file(tmp_path: Path) -> None:
    path = write(tmp_path, "my events.csv", CSV)
    assert pairs(read_events([path.as_uri()])) == EXPECTED


class Ranged(http.server.SimpleHTTPRequestHandler):
    """Serves byte ranges, as every file store on the web does."""

    files: Path

    def do_HEAD(self) -> None:
        self.answer(body=False)

    def do_GET(self) -> None:
        self.answer(body=True)

    def answer(self, *, body: bool) -> None:
        path = self.files / self.path.partition("?")[0].lstrip("/")
        if not path.is_file():
            self.send_error(404)
            return
        data = path.read_bytes()
        span = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
        first, last = (span[1], span[2]) if span else ("0", "")
        start = int(first) if first else max(0, len(data) - int(last))
        end = min(int(last), len(data) - 1) if first and last else len(data) - 1
        self.send_response(206 if span else 200)
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(end - start + 1))
        if span:
            self.send_header("Content-Range", f"bytes {start}-{end}/{len(data)}")
        self.end_headers()
        if body:
            self.wfile.write(data[start : end + 1])

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def web(tmp_path: Path) -> Iterator[str]:
    handler = type("Handler", (Ranged,), {"files": tmp_path})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("name", ["events.parquet", "events.csv", "events.ndjson"])
def test_an_address_is_scanned_and_its_query_kept_out_of_names(
    tmp_path: Path, web: str, name: str
) -> None:
    pl.DataFrame(ROWS).write_parquet(tmp_path / "events.parquet")
    write(tmp_path, "events.csv", "\ufeff" + CSV.replace(",", ";"))
    write(tmp_path, "events.ndjson", NDJSON)
    events = read_events([f"{web}/{name}?signature=secret"])
    assert pairs(events) == EXPECTED
    assert events.sources == (f"{web}/{name}",)


def test_an_address_that_does_not_exist_is_named_without_its_query(web: str) -> None:
    message = refused(DataError, f"{web}/nowhere.parquet?signature=secret")
    assert f"{web}/nowhere.parquet" in message


@pytest.mark.parametrize("source", ["ftp://host/a.csv", "gopher://host/db.csv"])
def test_an_address_of_an_unknown_kind_names_the_known_ones(source: str) -> None:
    assert "https://" in refused(UsageError, source)


def test_no_source_at_all_is_refused() -> None:
    refused(UsageError)


def test_a_missing_file_names_the_nearest(tmp_path: Path) -> None:
    write(tmp_path, "events.csv", CSV)
    assert repr(str(tmp_path / "events.csv")) in refused(UsageError, tmp_path / "event.csv")
    assert "no folder" in refused(UsageError, tmp_path / "nowhere" / "event.csv")


def test_a_pattern_that_matches_nothing_is_refused(tmp_path: Path) -> None:
    assert "*.csv" in refused(UsageError, tmp_path / "*.csv")


def test_an_unknown_ending_names_the_known_ones(tmp_path: Path) -> None:
    assert ".parquet" in refused(UsageError, write(tmp_path, "events.docx", CSV))


def test_a_folder_without_data_says_what_it_holds(tmp_path: Path) -> None:
    assert "nothing in it" in refused(DataError, tmp_path)
    write(tmp_path, "readme.md", "hello")
    assert "1 files of other endings" in refused(DataError, tmp_path)
    write(tmp_path, "a.csv", "")
    assert "1 empty files" in refused(DataError, tmp_path)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("empty.csv", b"", "is empty"),
        ("empty.parquet", b"", "is empty"),
        ("header.csv", b"user_id,tag\n", "a header and no rows"),
        ("header.csv", b"user_id,tag", "a header and no rows"),
        ("blank.csv", b"\n\n\n", "has no header"),
        ("endless.csv", b"x" * 200_000, "a header and no rows"),
        ("book.csv", b"PK\x03\x04" + bytes(range(256)), "a zip archive or an Excel workbook"),
        ("book.ndjson", b"PK\x03\x04" + bytes(range(256)), "a zip archive or an Excel workbook"),
        ("binary.csv", b"user_id,tag\n1,\x00\x01\n", "is not text: byte 14 is zero"),
        ("packed.csv", gzip.compress(CSV.encode(), mtime=0), "compressed with gzip"),
        ("plain.csv.gz", CSV.encode(), "is not compressed with gzip"),
        ("cut.csv.gz", gzip.compress(CSV.encode() * 9, mtime=0)[:-12], "cut short or damaged"),
        ("text.parquet", CSV.encode() * 9, "is not a Parquet file"),
        ("table.csv", b"PAR1" + CSV.encode() + b"PAR1", "a Parquet file"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_named(
    tmp_path: Path, name: str, data: bytes, said: str
) -> None:
    path = write(tmp_path, name, data)
    message = refused(DataError, path)
    assert said in message
    assert str(path) in message


def test_a_parquet_file_cut_short_or_damaged_is_named(tmp_path: Path) -> None:
    whole = tmp_path / "whole.parquet"
    pl.DataFrame({"user_id": range(9999), "tag": ["a"] * 9999}).write_parquet(whole)
    data = whole.read_bytes()
    cut = write(tmp_path, "cut.parquet", data[: len(data) // 2])
    assert "cut short" in refused(DataError, cut)
    footer = write(tmp_path, "footer.parquet", data[:-300] + bytes(292) + data[-8:])
    assert str(footer) in refused(DataError, footer)
    pages = write(
        tmp_path, "pages.parquet", data[:8] + bytes(len(data) // 2) + data[8 + len(data) // 2 :]
    )
    assert str(pages) in refused(DataError, pages)


def test_a_file_without_permission_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, "events.csv", CSV)

    def deny(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", deny)
    assert "Permission denied" in refused(DataError, path)


def test_a_broken_ndjson_line_is_named_by_its_number(tmp_path: Path) -> None:
    broken = write(tmp_path, "broken.ndjson", NDJSON * 50 + '{"user_id": 4, "tag"\n' + NDJSON)
    assert f"{broken}, line 151" in refused(DataError, broken)
    array = write(tmp_path, "array.ndjson", '[{"user_id":1,"tag":"a"}]\n')
    assert "an object is expected" in refused(DataError, array)


def test_a_file_without_rows_gives_no_rows_and_check_rows_says_so(tmp_path: Path) -> None:
    pl.DataFrame(ROWS).clear().write_parquet(tmp_path / "none.parquet")
    events = read_events([str(tmp_path / "none.parquet")])
    counts = count_rows(events)
    assert counts == (0, {}, None, None)
    with pytest.raises(DataError, match="no rows of events"):
        check_rows(counts, events)


def test_rows_all_rejected_are_an_error_that_counts_the_reasons(tmp_path: Path) -> None:
    path = write(tmp_path, "bad.csv", "user_id,tag\n,gaming\n,\n,tea\n")
    events = read_events([str(path)])
    with pytest.raises(DataError, match=r"all 3 rows were rejected \(missing_user 3\)"):
        check_rows(count_rows(events), events)


def test_reading_leaves_a_full_disk_and_our_own_errors_alone() -> None:
    with pytest.raises(OSError, match="No space left"), reading("a.csv"):
        raise OSError(28, "No space left on device")
    with pytest.raises(UsageError, match="mine"), reading("a.csv"):
        raise UsageError("mine")
