"""Events → memberships, against plain Python counting."""

import tempfile
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overlap.audiences import Definitions, memberships, parse_definitions
from overlap.events import Events, parse_tag_option, read_events
from overlap.model import NO_PERIOD, UNIVERSE, UsageError, memberships_schema

Membership = dict[tuple[str, str, date, object], int]

EVENTS = pl.DataFrame(
    [
        ("u1", ["gaming", "tv"], "TV", "buy", datetime(2026, 1, 5)),
        ("u1", ["gaming"], "TV", "view", datetime(2026, 2, 5)),
        ("u1", ["music"], "LCD TV", "buy", datetime(2026, 3, 5)),
        ("u2", ["gaming"], None, "buy", datetime(2026, 1, 20)),
        ("u2", [], "OLED TV", "buy", datetime(2026, 1, 21)),
        ("u3", ["film"], "TV", None, None),
    ],
    schema={
        "uid": pl.String,
        "topics": pl.List(pl.String),
        "category": pl.String,
        "action": pl.String,
        "time": pl.Datetime("us"),
    },
    orient="row",
)


def opened(folder: Path, frame: pl.DataFrame = EVENTS, **options: object) -> Events:
    path = folder / "events.parquet"
    frame.write_parquet(path)
    return read_events([str(path)], **options)  # type: ignore[arg-type]


def counted(events: Events, toml: str = "") -> Membership:
    frame = memberships(events, parse_definitions(toml)).collect(engine="streaming")
    assert frame.schema == memberships_schema(events.id_type)
    result = {tuple(row[:4]): row[4] for row in frame.iter_rows()}
    assert len(result) == len(frame), "one row per kind, name, period and user"
    return result  # type: ignore[return-value]


def of(found: Membership, kind: str, name: str) -> dict[object, int]:
    """Return user → events of one audience over all periods."""
    users: Counter[object] = Counter()
    for (k, n, _, user), events in found.items():
        if (k, n) == (kind, name):
            users[user] += events
    return dict(users)


def names(found: Membership, kind: str) -> set[str]:
    return {name for k, name, _, _ in found if k == kind}


def test_every_distinct_value_is_an_audience_of_its_kind(tmp_path: Path) -> None:
    found = counted(opened(tmp_path))
    assert names(found, "interest") == {"gaming", "tv", "music", "film"}
    assert names(found, "category") == {"TV", "LCD TV", "OLED TV"}
    assert of(found, "interest", "gaming") == {"u1": 2, "u2": 1}
    assert of(found, "category", "TV") == {"u1": 2, "u3": 1}


def test_the_universe_is_everybody_with_all_their_rows(tmp_path: Path) -> None:
    found = counted(opened(tmp_path))
    assert of(found, UNIVERSE.kind, UNIVERSE.name) == {"u1": 3, "u2": 2, "u3": 1}


def test_memberships_come_by_period(tmp_path: Path) -> None:
    found = counted(opened(tmp_path, period="month"))
    gaming = {key[2:]: n for key, n in found.items() if key[:2] == ("interest", "gaming")}
    assert gaming == {
        (date(2026, 1, 1), "u1"): 1,
        (date(2026, 2, 1), "u1"): 1,
        (date(2026, 1, 1), "u2"): 1,
    }
    assert {key[2] for key in counted(opened(tmp_path))} == {NO_PERIOD}


def test_a_row_counts_once_for_an_audience_two_columns_name(tmp_path: Path) -> None:
    frame = pl.DataFrame({"uid": [1, 1, 2], "a": ["x", "x", None], "b": [["x", "y"], [], ["x"]]})
    tags = [parse_tag_option("a=interest"), parse_tag_option("b=interest")]
    found = counted(opened(tmp_path, frame, tags=tags))
    assert of(found, "interest", "x") == {1: 2, 2: 1}
    assert of(found, "interest", "y") == {1: 1}


def test_one_column_may_feed_two_kinds(tmp_path: Path) -> None:
    tags = [parse_tag_option("category=category"), parse_tag_option("category=brand")]
    found = counted(opened(tmp_path, tags=tags))
    assert names(found, "brand") == names(found, "category")


def test_values_are_renamed_and_grouped_and_a_row_with_both_counts_once(tmp_path: Path) -> None:
    found = counted(
        opened(tmp_path),
        """
        [rename.category]
        "LCD TV" = "television"
        " OLED TV " = "television"
        [rename.interest]
        "tv" = "gaming"
        """,
    )
    assert names(found, "category") == {"TV", "television"}
    assert of(found, "category", "television") == {"u1": 1, "u2": 1}
    assert of(found, "interest", "gaming") == {"u1": 2, "u2": 1}


@pytest.mark.parametrize(
    ("toml", "kept"),
    [
        ("kinds.interest = false", set()),
        ("kinds.interest = true", {"gaming", "tv", "music", "film"}),
        ('kinds.interest = { drop = ["film", "nothing"] }', {"gaming", "tv", "music"}),
        ('kinds.interest = { keep = ["film"] }', {"film"}),
        ('kinds.interest = { keep = "cinema" }\nrename.interest.film = "cinema"', {"cinema"}),
        (
            'kinds.interest = { drop = "cinema" }\nrename.interest.film = "cinema"',
            {"gaming", "tv", "music"},
        ),
    ],
)
def test_default_audiences_of_a_kind_can_be_left_out(
    tmp_path: Path, toml: str, kept: set[str]
) -> None:
    assert names(counted(opened(tmp_path), toml), "interest") == kept


def audience(body: str) -> str:
    return f'[[audience]]\nkind = "interest"\nname = "mine"\n{body}\n'


@pytest.mark.parametrize(
    ("body", "members"),
    [
        ('tags = { interest = ["gaming"] }', {"u1": 2, "u2": 1}),
        ('tags = { interest = ["music", "film"] }', {"u1": 1, "u3": 1}),
        ('tags = { interest = "music", category = ["OLED TV"] }', {"u1": 1, "u2": 1}),
        ('actions = ["buy"]', {"u1": 2, "u2": 2}),
        ('actions = "buy"\ntags = { interest = "gaming" }', {"u1": 1, "u2": 1}),
        ("min_events = 2", {"u1": 3, "u2": 2}),
        ('tags = { interest = "gaming" }\nmin_events = 2', {"u1": 2}),
        ('window = { from = "2026-01-20" }', {"u1": 2, "u2": 2}),
        ("window = { from = 2026-01-20, to = 2026-02-05 }", {"u1": 1, "u2": 2}),
        ('window = { to = "2026-01-20" }', {"u1": 1, "u2": 1}),
        ("window = { last_days = 1 }", {"u1": 1}),
        ("window = { last_days = 28 }", {"u1": 1}),
        ("window = { last_days = 29 }", {"u1": 2}),
        ('window = { from = "2026-01-06" }\nmin_events = 2', {"u1": 2, "u2": 2}),
        ('tags = { interest = "nobody has it" }', {}),
    ],
)
def test_a_definition_holds_the_users_whose_events_fit(
    tmp_path: Path, body: str, members: dict[str, int]
) -> None:
    assert of(counted(opened(tmp_path), audience(body)), "interest", "mine") == members


def test_minimum_events_are_counted_over_the_window_yet_kept_by_period(tmp_path: Path) -> None:
    found = counted(opened(tmp_path, period="month"), audience("min_events = 3"))
    mine = {key[2:]: n for key, n in found.items() if key[1] == "mine"}
    assert mine == {(date(2026, month, 1), "u1"): 1 for month in (1, 2, 3)}


def test_a_definition_takes_the_place_of_a_default_of_its_name(tmp_path: Path) -> None:
    toml = audience('tags = { interest = ["tv", "film"] }').replace("mine", "gaming")
    assert of(counted(opened(tmp_path), toml), "interest", "gaming") == {"u1": 1, "u3": 1}


def test_a_definition_may_name_values_before_or_after_renaming(tmp_path: Path) -> None:
    renames = '[rename.category]\n"LCD TV" = "television"\n"OLED TV" = "television"\n'
    before = audience('tags = { category = ["LCD TV"] }')
    after = audience('tags = { category = ["television"] }')
    events = opened(tmp_path)
    assert of(counted(events, before + renames), "interest", "mine") == {"u1": 1}
    assert of(counted(events, after + renames), "interest", "mine") == {"u1": 1, "u2": 1}


def test_a_definition_may_be_of_a_kind_of_its_own(tmp_path: Path) -> None:
    toml = audience("min_events = 2").replace("interest", "core")
    assert names(counted(opened(tmp_path), toml), "core") == {"mine"}


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        (audience('tags = { interests = ["gaming"] }'), "did you mean 'interest'"),
        ("kinds.brand = false", "no tag column is of the kind 'brand'"),
        ('rename.style.a = "b"', "no tag column is of the kind 'style'"),
    ],
)
def test_a_kind_that_no_column_has_is_refused(tmp_path: Path, toml: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        memberships(opened(tmp_path), parse_definitions(toml, "mine.toml"))
    assert said in str(caught.value)
    assert "mine.toml" in caught.value.where


def test_actions_and_windows_need_their_columns(tmp_path: Path) -> None:
    events = opened(tmp_path, EVENTS.select("uid", "topics"))
    with pytest.raises(UsageError, match="--action COLUMN"):
        memberships(events, parse_definitions(audience('actions = ["buy"]')))
    with pytest.raises(UsageError, match="--time COLUMN"):
        memberships(events, parse_definitions(audience("window = { last_days = 7 }")))


ROWS = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.lists(st.sampled_from("abc"), max_size=3),
        st.sampled_from(["a", "b", "d", None]),
        st.sampled_from(["buy", "view", None]),
        st.integers(0, 90),
    ),
    min_size=1,
    max_size=40,
)


@given(
    rows=ROWS,
    wanted=st.lists(st.sampled_from("abcd"), min_size=1, max_size=2, unique=True),
    action=st.sampled_from(["buy", None]),
    least=st.integers(1, 4),
    first=st.integers(0, 60),
    length=st.integers(0, 60),
)
def test_memberships_equal_a_count_in_plain_python(
    rows: list[tuple[int, list[str], str | None, str | None, int]],
    wanted: list[str],
    action: str | None,
    least: int,
    first: int,
    length: int,
) -> None:
    origin = datetime(2026, 1, 1)
    start, end = (origin + timedelta(days=d) for d in (first, first + length))
    frame = pl.DataFrame(
        [(u, t, b, a, origin + timedelta(days=d)) for u, t, b, a, d in rows],
        schema={"uid": pl.Int64, "tags": pl.List(pl.String), "tag": pl.String}
        | {"action": pl.String, "time": pl.Datetime("us")},
        orient="row",
    )
    toml = audience(
        f"tags = {{ interest = {wanted} }}\nmin_events = {least}\n"
        + (f'actions = ["{action}"]\n' if action else "")
        + f"window = {{ from = {start.date()}, to = {end.date()} }}"
    )
    expected: Counter[tuple[str, str, date, int]] = Counter()
    mine: Counter[tuple[date, int]] = Counter()
    for user, tags, tag, did, day in rows:
        named = {*tags, *([tag] if tag else [])}
        when = origin + timedelta(days=day)
        month = when.date().replace(day=1)
        expected[UNIVERSE.kind, UNIVERSE.name, month, user] += 1
        for name in named:
            expected["interest", name, month, user] += 1
        if named & set(wanted) and start <= when <= end and (not action or did == action):
            mine[month, user] += 1
    totals: Counter[int] = Counter()
    for (_, user), n in mine.items():
        totals[user] += n
    for (month, user), n in mine.items():
        if totals[user] >= least:
            expected["interest", "mine", month, user] += n
    with tempfile.TemporaryDirectory() as folder:
        assert counted(opened(Path(folder), frame, period="month"), toml) == dict(expected)


def test_no_definitions_are_the_defaults(tmp_path: Path) -> None:
    events = opened(tmp_path)
    plain = memberships(events).collect().sort(pl.all())
    assert plain.equals(memberships(events, Definitions()).collect().sort(pl.all()))
