"""CSV as people write it: encodings, delimiters, quotes, rows of a wrong length."""

import csv
import io
import tempfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from overlap.events import count_rows, encodings, parse_tag_option, read_events, reading
from overlap.model import DataError

HEADER = "用户ID,标签,内容\n"
BODY = "1,电竞,你好\n2,电视,“好看”€\n3,游戏,emoji 😀\n"


def write(folder: Path, data: bytes, name: str = "events.csv") -> str:
    path = folder / name
    path.write_bytes(data)
    return str(path)


def texts(source: str) -> list[tuple[object, ...]]:
    events = read_events([source])
    with reading(source):
        rows = events.clean.select("user", pl.col("tag:标签").list.first(), "text").collect()
    return rows.rows()


EXPECTED = [(1, "电竞", "你好"), (2, "电视", "“好看”€"), (3, "游戏", "emoji 😀")]


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", None),
        ("utf-8-sig", "UTF-8 with BOM"),
        ("gb18030", "GB18030"),
        ("utf-16", "UTF-16"),
    ],
)
@pytest.mark.parametrize("in_memory", [True, False])
def test_every_encoding_gives_the_same_text_and_is_reported(
    tmp_path: Path,
    encoding: str,
    said: str | None,
    in_memory: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if not in_memory:
        monkeypatch.setattr(encodings, "IN_MEMORY", 0)
    source = write(tmp_path, (HEADER + BODY).encode(encoding))
    assert texts(source) == EXPECTED
    events = read_events([source])
    assert any(said in note for note in events.notes) if said else len(events.notes) == 3
    rewritten = encoding in ("gb18030", "utf-16") and not in_memory
    assert len(events.scratch) == int(rewritten)
    assert all(path.exists() for path in events.scratch)
    events.close()
    assert not any(path.exists() for path in events.scratch)


def test_a_file_that_turns_chinese_late_is_still_recognised(tmp_path: Path) -> None:
    head = "用户ID,标签,内容\n".encode("gb18030").replace("用户ID".encode("gb18030"), b"uid")
    plain = b"1,gaming,hello\n" * 200_000
    late = "2,电竞,你好\n".encode("gb18030")
    header = b"uid,tag,text\n"
    source = write(tmp_path, header + plain + late)
    events = read_events([source])
    assert "GB18030" in events.notes[0]
    assert events.clean.select("text").collect()["text"][-1] == "你好"
    assert head  # the usual Chinese header is covered above


def test_a_sample_that_ends_inside_a_character_fools_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for chunk in range(1, 12):
        monkeypatch.setattr(encodings, "_CHUNK", chunk)
        monkeypatch.setattr(encodings, "_HEAD", 40 + chunk)
        assert texts(write(tmp_path, (HEADER + BODY).encode())) == EXPECTED
        assert texts(write(tmp_path, (HEADER + BODY).encode("gb18030"))) == EXPECTED


def test_utf8_that_is_damaged_is_not_taken_for_gb18030(tmp_path: Path) -> None:
    whole = (HEADER + BODY).encode()
    source = write(tmp_path, whole + b"4,\xff\xfe,x\n")
    with pytest.raises(DataError, match=f"byte {len(whole) + 2} of"):
        read_events([source])
    cut = write(tmp_path, whole + "4,电竞".encode()[:-1])
    with pytest.raises(DataError, match=f"byte {len(whole) + 5} of"):
        read_events([cut])


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("big5", "1,電視,這個遊戲真的很好玩,我們明天再來討論\n" * 40),
        ("cp1252", "1,Caf\xe9,d\xe9j\xe0 vu\n" * 40),
    ],
)
def test_another_encoding_is_refused_with_the_offset_and_what_it_looks_like(
    tmp_path: Path, encoding: str, text: str
) -> None:
    data = b"uid,tag,text\n" + text.encode(encoding)
    first = next(i for i, byte in enumerate(data) if byte > 127)
    with pytest.raises(DataError) as caught:
        read_events([write(tmp_path, data)])
    assert f"byte {first:,} does not fit" in str(caught.value)
    assert "iconv" in caught.value.cure


def test_a_byte_that_breaks_gb18030_is_named_by_its_offset(tmp_path: Path) -> None:
    data = (HEADER + BODY).encode("gb18030") * 3
    with pytest.raises(DataError, match=f"byte {len(data):,} does not fit"):
        read_events([write(tmp_path, data + b"\xff,1,2\n")])


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_told_from_the_header_outside_quotes(
    tmp_path: Path, delimiter: str
) -> None:
    others = "".join(d for d in ",;\t" if d != delimiter)
    header = delimiter.join(["uid", "tag", f'"a {others * 3} b"'])
    source = write(tmp_path, f"{header}\n{delimiter.join(['1', 'x', 'y'])}\n".encode())
    events = read_events([source])
    assert events.clean.collect()["tag:tag"].to_list() == [["x"]]


def test_the_line_excel_puts_before_the_header_is_obeyed(tmp_path: Path) -> None:
    source = write(tmp_path, b"sep=;\r\nuid;tag\r\n1;a,b\r\n")
    assert read_events([source]).clean.collect()["tag:tag"].to_list() == [["a,b"]]


def test_blank_lines_are_no_rows_wherever_they_stand(tmp_path: Path) -> None:
    source = write(tmp_path, b"\n\r\nuid,tag\n\n1,a\n\r\n2,b\n\n\n")
    counts = count_rows(read_events([source]))
    assert (counts.rows_read, counts.rejected) == (2, {})


def test_words_for_nothing_are_nothing(tmp_path: Path) -> None:
    source = write(tmp_path, b'uid,tag\n\\N,a\nNULL,b\nnull,c\n "" ,d\n5,NULL\n6,""\n7,e\n')
    counts = count_rows(read_events([source]))
    assert counts.rejected == {"missing_user": 3}


def test_rows_of_a_wrong_length_are_rejected_with_their_number(tmp_path: Path) -> None:
    source = write(tmp_path, b"uid,tag,note\n1,a,x\n2,b\n3,c,x,more\n4,d,\n5\n6,e,x,\n")
    events = read_events([source])
    rows = events.rejected.collect()
    assert rows.select("reason", "row", "uid").rows() == [
        ("malformed_row", 2, "2"),
        ("malformed_row", 3, "3"),
        ("malformed_row", 5, "5"),
    ]
    assert events.clean.collect()["user"].to_list() == [1, 4, 6]


def test_a_text_broken_over_lines_without_quotes_makes_no_false_user(tmp_path: Path) -> None:
    # The second half of the text would otherwise pass for a user with a tag.
    source = write(tmp_path, b"uid,text,tag,time\n1,hello\nworld,gaming,2026-05-04\n2,x,tv,\n")
    events = read_events([source])
    assert events.clean.collect()["user"].to_list() == [2]
    assert count_rows(events).rejected == {"malformed_row": 2}


def test_a_quoted_text_may_run_over_lines(tmp_path: Path) -> None:
    source = write(tmp_path, b'uid,text,tag\n1,"one\r\ntwo, ""three""\n",a\n2,b\n3,"x",\n')
    events = read_events([source])
    assert events.clean.select("user", "text").collect().rows() == [
        (1, 'one\r\ntwo, "three"\n'),
        (3, "x"),
    ]
    assert count_rows(events).rejected == {"malformed_row": 1}


def test_a_quote_that_never_closes_is_named_by_its_line(tmp_path: Path) -> None:
    source = write(tmp_path, b'uid,tag\n1,a\n2,"b\n3,c\n4,d\n')
    with pytest.raises(DataError, match="never closed") as caught:
        count_rows(read_events([source]))
    assert f"{source}, line 3" in caught.value.where


def test_columns_of_one_name_and_of_none_are_told_apart(tmp_path: Path) -> None:
    source = write(tmp_path, b" uid ,tag,tag,,\n1,a,b,c,d\n")
    events = read_events([source])
    assert [tag.column for tag in events.roles.tags] == ["tag"]
    tags = [parse_tag_option(c) for c in ("tag (2)", "column_4", "column_5")]
    row = read_events([source], tags=tags).clean.collect()
    assert row.select("tag:tag (2)", "tag:column_4", "tag:column_5").row(0) == (["b"], ["c"], ["d"])


def test_a_json_list_in_a_cell_is_that_list_and_other_brackets_are_text(tmp_path: Path) -> None:
    cells = [
        '["a", "b\\"c", 3, null, ""]',
        "[]",
        "[Live] music",
        "[a,b]",
        '["unclosed',
        '["x" "y"]',
    ]
    buffer = io.StringIO()
    csv.writer(buffer).writerows([["uid", "tag"], *([n, c] for n, c in enumerate(cells))])
    events = read_events([write(tmp_path, buffer.getvalue().encode())])
    assert events.clean.collect()["tag:tag"].to_list() == [
        ["a", 'b"c', "3"],
        None,
        ["[Live] music"],
        ["[a,b]"],
        ['["unclosed'],
        ['["x" "y"]'],
    ]


FIELDS = st.text(
    st.sampled_from(list('ab ,;\t"\n电竞你é😀')).filter(lambda c: c != "\r"), max_size=6
)


def parsed(
    rows: list[list[str]], width: int
) -> tuple[list[tuple[str, list[str] | None]], dict[str, int]]:
    """Return what must come out: kept (user, tag), and rejected counts, by plain Python."""
    kept, reasons = [], {}
    for row in rows:
        user = row[0].strip() if row else ""
        tag = row[1].strip() if len(row) > 1 else ""
        extra = len(row) > width and any(row[width])
        if len(row) < width or extra:
            reason = "malformed_row"
        elif not user:
            reason = "missing_user"
        else:
            kept.append((user, [tag] if tag else None))
            continue
        reasons[reason] = reasons.get(reason, 0) + 1
    return kept, reasons


@given(
    rows=st.lists(st.lists(FIELDS, min_size=1, max_size=5), min_size=1, max_size=12),
    delimiter=st.sampled_from([",", ";", "\t"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]),
    ending=st.sampled_from(["\n", "\r\n"]),
)
@example(rows=[["a", "b", ""], ["a"]], delimiter=",", encoding="utf-8", ending="\n")
def test_any_table_comes_out_as_it_went_in(
    rows: list[list[str]], delimiter: str, encoding: str, ending: str
) -> None:
    rows = [row for row in rows if row != [""]]
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator=ending)
    writer.writerows([["uid", "tag", "三"], ["anchor", "电竞赛事电竞赛事", "x"], *rows])
    kept, reasons = parsed([["anchor", "电竞赛事电竞赛事", "x"], *rows], 3)
    with tempfile.TemporaryDirectory() as folder:
        source = write(Path(folder), buffer.getvalue().encode(encoding))
        events = read_events([source], user="uid", tags=[parse_tag_option("tag")])
        clean = events.clean.select("user", "tag:tag").collect()
        counts = count_rows(events)
        rejected = events.rejected.collect()
    assert [(user, tags) for user, tags in clean.rows()] == kept
    assert counts.rejected == reasons
    assert counts.rows_read == len(rows) + 1
    assert len(rejected) == sum(reasons.values())
