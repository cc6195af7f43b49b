"""Errors are said in the visitor's language, every one of them, and with the same values."""

from __future__ import annotations

import ast
import gzip
import itertools
import re
import shutil
import sqlite3
import tempfile
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from string import Formatter
from typing import NamedTuple

import community
import pytest
from dashboards import ROOT, page, write_store
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from overlap.building import BuildOptions, build
from overlap.charts import two_sets
from overlap.dashboard.texts.errors import Said, browser, phrase, place, said, shortened
from overlap.dashboard.texts.errors.areas import AREAS
from overlap.events import check_kind, failures, read_events
from overlap.expressions import parse, resolve
from overlap.expressions.place import point
from overlap.insights import wording
from overlap.insights.language import language
from overlap.insights.needs import needs
from overlap.insights.needs_map import needs_map
from overlap.insights.planner import plan
from overlap.insights.profile import profile
from overlap.insights.regions import regions
from overlap.insights.trends import trends
from overlap.model import DataError, OverlapError, Policy, TagColumn, UsageError, Window
from overlap.panel import open_panel
from overlap.segments import ExportOptions, export
from overlap.store import read_store
from overlap.workspace import draft, find, open_workspace, revisit

PACKAGE = ROOT / "overlap"

# --- every place that raises --------------------------------------------------------------------

NOT_FOR_VISITORS = {
    "audiences/definitions.py": "a definitions file is for the command line",
    "audiences/matching.py": "a definitions file is for the command line",
    "audiences/toml.py": "a definitions file is for the command line",
    "cli/": "options of the command line",
    "dashboard/launch.py": "before there is a dashboard",
    "discovery/": "no page asks for a threshold",
    "estimates/": "numbers that our own code gives",
    "events/database/": "the dashboard reads files only",
    "exchange/": "sketches of other systems come by the command line",
    "insights/trends/following.py": "arrays that our own code gives",
    "terms/": "settings and lexicons that our own code gives",
}
UNSAID = {
    # (module, function): why its words cannot be told from the source alone.
    ("expressions/names.py", "_unknown"): "put together of cures, see the triggered ones",
    ("expressions/parser.py", "mistake"): "its callers are looked at instead",
    ("segments/identities.py", "_asked_for"): "another error's words",
    ("events/failures.py", "_explained"): "its cures are looked at by themselves",
    ("segments/sources.py", "_read"): "another error's words",
    ("store/failures.py", "located"): "another error's words",
    ("workspace/references.py", "find"): "another error's words",
    ("workspace/segments.py", "_unknown"): "put together of cures, see the triggered ones",
}


def kinds_of_errors() -> set[str]:
    """Return the names of OverlapError and of every class that comes from it."""
    found = {"OverlapError"}
    trees = [ast.parse(path.read_text("utf-8")) for path in PACKAGE.rglob("*.py")]
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    for _ in classes:
        more = {
            c.name for c in classes for b in c.bases if isinstance(b, ast.Name) and b.id in found
        }
        if more <= found:
            break
        found |= more
    return found


ERRORS = kinds_of_errors()
WITH_WORDS_OF_THEIR_OWN = {"NameTakenError", "ConflictError"}
"""Made from records: their words are where they are defined."""


class Hole(NamedTuple):
    """A value in a message: what it is of, and how it is quoted or written."""

    of: str
    quoted: bool
    number: bool


Message = tuple[object, ...]
"""A message as its literal parts and holes."""


class Module:
    """A module's source, in which messages are followed to where their words are written."""

    def __init__(self, path: Path) -> None:
        self.name = path.relative_to(PACKAGE).as_posix()
        self.tree = ast.parse(path.read_text("utf-8"))
        self.parents: dict[ast.AST, ast.AST] = {}
        for node in ast.walk(self.tree):
            for child in ast.iter_child_nodes(node):
                self.parents[child] = node

    def function(self, node: ast.AST) -> ast.AST:
        while node in self.parents and not isinstance(node, ast.FunctionDef):
            node = self.parents[node]
        return node

    def sites(self) -> Iterator[tuple[ast.Call, str, list[tuple[str, ast.expr]]]]:
        """Yield each call that makes an error, its function, and the parts a visitor reads."""
        for node in ast.walk(self.tree):
            if not isinstance(node, ast.Call):
                continue
            called = node.func
            name = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
            function = getattr(self.function(node), "name", "")
            by_super = name == "__init__" and any(k.arg == "cure" for k in node.keywords)
            if (name in ERRORS - WITH_WORDS_OF_THEIR_OWN) or by_super:
                parts = [("what", node.args[0])] if node.args else []
                parts += [("cure", k.value) for k in node.keywords if k.arg == "cure"]
                yield node, function, parts
            elif name == "mistake" and len(node.args) == 4:
                what = ast.JoinedStr([ast.Constant("cannot read the expression: "),
                                      ast.FormattedValue(node.args[2], -1)])  # fmt: skip
                self.parents[what] = self.parents[node]
                yield node, function, [("what", what), ("cure", node.args[3])]

    def messages(self, node: ast.expr, around: ast.AST) -> list[Message] | None:
        """Return every form a message can take, None where its words are not in the source."""
        match node:
            case ast.Constant(value=str(value)):
                return [(value,)]
            case ast.JoinedStr(values=values):
                parts = [self._part(value, around) for value in values]
                return [sum(each, ()) for each in itertools.product(*parts)]
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                ends = self.messages(left, around), self.messages(right, around) or [_VALUE]
                if ends[0] is None:
                    return None
                return [a + b for a, b in itertools.product(*ends)]
            case ast.IfExp(body=body, orelse=other):
                both = self.messages(body, around), self.messages(other, around)
                return None if None in both else [*both[0], *both[1]]
            case ast.Call(func=ast.Name(id=name)):
                return self._returned(name)
            case ast.Name(id=name):
                return self._assigned(name, around)
        return None

    def _part(self, value: ast.expr, around: ast.AST) -> list[Message]:
        if isinstance(value, ast.Constant):
            return [(value.value,)]
        assert isinstance(value, ast.FormattedValue)
        spec = ast.unparse(value.format_spec) if value.format_spec else ""
        if value.conversion < 0 and not spec:
            known = self.messages(value.value, around)
            if known is not None:
                return known
        return [(Hole(ast.unparse(value.value), value.conversion == ord("r"), bool(spec)),)]

    def _returned(self, name: str) -> list[Message] | None:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef) and node.name == name:
                found = [
                    self.messages(part.value, node)
                    for part in ast.walk(node)
                    if isinstance(part, ast.Return) and part.value is not None
                ]
                if found and None not in found:
                    return [message for each in found if each for message in each]
        return None

    def _assigned(self, name: str, around: ast.AST) -> list[Message] | None:
        for scope in (around, self.tree):
            found = [
                self.messages(node.value, scope)
                for node in ast.walk(scope)
                if isinstance(node, ast.Assign)
                and any(isinstance(t, ast.Name) and t.id == name for t in node.targets)
            ]
            if found:
                return None if None in found else [m for each in found if each for m in each]
        return None


_VALUE: Message = (Hole("", False, False),)
_WRITTEN = {
    "word": lambda i: (f"Zz{i}",) * 2,
    "number": lambda i: (f"{70 + i}",) * 2,
    "quoted": lambda i: (repr(f"Zz{i}"), f"Zz{i}"),
}
"""A value as it may stand in a message, and what of it must be there in Chinese."""


def filled(message: Message) -> Iterator[tuple[str, list[str]]]:
    """Yield a message with values in it, in every way that they may be written."""
    holes = list(dict.fromkeys(part for part in message if isinstance(part, Hole)))
    ways = [
        ("number",) if hole.number else ("quoted",) if hole.quoted else tuple(_WRITTEN)
        for hole in holes
    ]
    for chosen in itertools.islice(itertools.product(*ways), 243):
        values = {
            hole: _WRITTEN[way](i) for i, (hole, way) in enumerate(zip(holes, chosen, strict=True))
        }
        english = "".join(p if isinstance(p, str) else values[p][0] for p in message)
        yield english, [shown for _, shown in values.values()]


def is_said(message: Message) -> bool:
    """Whether a message is there in Chinese, with all of its values."""
    for english, values in filled(message):
        chinese = phrase(english, "zh")
        if chinese != english and all(value in chinese for value in values):
            return True
    return False


def exempt(name: str) -> bool:
    return any(name.startswith(start) for start in NOT_FOR_VISITORS)


MODULES = [
    module
    for path in sorted(PACKAGE.rglob("*.py"))
    if not exempt((module := Module(path)).name) and any(True for _ in module.sites())
]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_what_a_module_raises_is_said_in_chinese(module):
    unsaid = []
    for node, function, parts in module.sites():
        if (module.name, function) in UNSAID:
            continue
        for which, part in parts:
            forms = module.messages(part, module.function(node))
            if forms is None:
                unsaid.append(f"line {node.lineno}, {which}: {ast.unparse(part)} is not told")
                continue
            for form in forms:
                if not is_said(form):
                    text = "".join(p if isinstance(p, str) else "{…}" for p in form)
                    unsaid.append(f"line {node.lineno}, {which}: {text}")
    assert unsaid == []


def test_what_is_left_out_is_there():
    for start in NOT_FOR_VISITORS:
        assert (PACKAGE / start).exists()
    for name, function in UNSAID:
        names = [getattr(n, "name", "") for n in ast.walk(Module(PACKAGE / name).tree)]
        assert function in names


# --- errors that visitors run into ---------------------------------------------------------------

KNOWN = {"interest": ["gaming", "city-walk", "a; b"], "category": ["tv", "gaming"]}
WRITTEN = {
    "nothing": "",
    "an_open_end": "a &",
    "an_operator_first": "& a",
    "an_operator_twice": "a && b",
    "a_minus_first": "- a",
    "nothing_in_parentheses": "a & ()",
    "two_names": "a b",
    "a_word_for_a_sign": "tv and gaming",
    "a_parenthesis_after_a_name": "a (b)",
    "an_open_parenthesis": "(a",
    "a_parenthesis_too_many": "a)",
    "an_unknown_sign": "a!b",
    "a_sign_in_a_name": "a & $b",
    "an_open_quote": '电视 & "tv',
    "an_empty_name": 'a & ""',
    "an_unknown_escape": r'"a\n"',
    "no_name_after_the_colon": "interest:",
    "an_operator_after_the_colon": "interest:&",
    "an_intensity_of_0": "a>=0",
    "an_intensity_without_equals": "a>3",
    "an_unknown_kind": "intrest:gaming",
    "an_unknown_name": "interest:gamin",
    "a_name_of_another_kind": "interest:tv",
    "a_name_of_several": "gaming",
    "a_name_cut_in_pieces": "interest:city-walk",
    "a_name_with_a_semicolon": 'interest:"a; c"',
}


def caught(act: Callable[[], object]) -> OverlapError:
    with pytest.raises(OverlapError) as error:
        act()
    return error.value


def check(error: OverlapError) -> Said:
    """Assert that an error is said in Chinese, with the numbers and names of the English."""
    told = said(error, "zh")
    for english, chinese in ((error.what, told.what), (error.cure, told.cure)):
        if english:
            assert chinese != english
            assert re.search(r"[\u4e00-\u9fff]", chinese)
            plain = re.sub(r"--\S+ \d\S*|\S*\d{4}-\S+|%\w\w", "", shortened(english))
            for number in re.findall(r"\d[\d,.]*\d|\d", plain):
                assert number in chinese
    for quoted in re.findall(r"'[^']*'|\"[^\"]*\"", error.what):
        name = shortened(quoted)
        assert ast.literal_eval(name) in told.what or name in told.what
    for shown in (told, said(error, "en")):
        every = shown.what + shown.where + shown.cure
        assert str(ROOT.parent) not in every
        assert tempfile.gettempdir() + "/" not in every
    return told


@pytest.mark.parametrize("name", WRITTEN)
def test_a_mistake_in_an_expression_is_said_with_its_place(name):
    text = WRITTEN[name]
    error = caught(lambda: resolve(parse(text), KNOWN))
    told = check(error)
    assert told.where == error.where
    at = place(error.where)
    if text:
        # A name that is not known is shown in the expression as it was understood.
        read = error.where.split("\n")[1].strip()
        assert at.before + at.marked + at.after == read
        assert at.marked or not at.after


def test_the_nearest_names_are_named_in_chinese_too():
    told = check(caught(lambda: resolve(parse("tv - interest:gamin"), KNOWN)))
    assert told.what == "没有人群“interest:gamin”"
    assert "是否想找 interest:gaming？" in told.cure
    assert "overlap list" not in told.cure


def mistake(text: str) -> OverlapError | None:
    try:
        resolve(parse(text), KNOWN)
    except OverlapError as error:
        return error
    return None


@given(st.text(alphabet='ab 电视&|-():>="“\\!；; 3', max_size=12))
def test_no_expression_leaves_an_english_sentence(text):
    error = mistake(text)
    if error is not None:
        told = check(error)
        assert not re.search(r"expected|there is no|found|write|did you", told.what + told.cure)
        at = place(error.where)
        assert at is None or at.before + at.marked + at.after in error.where


@given(
    st.text(alphabet="ab 电 视ｗé́🎮\u200d", min_size=1, max_size=90),
    st.integers(0, 90),
    st.integers(1, 20),
)
def test_a_place_is_read_back_as_it_was_drawn(text, start, length):
    start = min(start, len(text) - 1)
    end = min(start + length, len(text))
    at = place(point(text, start, end))
    shown = text.replace("\t", " ")
    marked = shown[start:end]
    if not any(unicodedata.combining(c) or unicodedata.category(c) == "Cf" for c in text):
        assert marked.startswith(at.marked)
        assert at.marked
        assert shown[:start].endswith(at.before.removeprefix("…"))


@pytest.fixture(scope="module")
def panel():
    return community.panel(community.random_rows(3, users=400))


ASKED = {
    "a_profile_of_nobody": lambda p: profile(p, "category:tv - category:tv"),
    "a_profile_below_the_floor": lambda p: profile(p, "interest:knitting", policy=Policy(9_000, 0)),
    "a_profile_of_an_unknown_kind": lambda p: profile(p, "category:tv", "intrest"),
    "a_profile_by_no_rate": lambda p: profile(p, "category:tv", fdr=2.0),
    "fewer_than_the_floor": lambda p: profile(p, "category:tv", policy=Policy(100, 0), min_users=5),
    "a_plan_of_no_steps": lambda p: plan(p, "category:tv", steps=0),
    "a_plan_by_no_order": lambda p: plan(p, "category:tv", order="size"),
    "a_plan_of_steps_too_large": lambda p: plan(p, "category:tv", least=3.0),
    "a_plan_for_words": lambda p: plan(p, "category:tv", target="many"),
    "a_plan_for_too_much": lambda p: plan(p, "category:tv", target="140%"),
    "a_plan_for_less_than_one": lambda p: plan(p, "category:tv", target=0.2),
    "a_plan_for_more_than_all": lambda p: plan(p, "category:tv", target=9_000_000),
    "a_plan_without_candidates": lambda p: plan(p, "category:tv", []),
    "a_plan_with_itself": lambda p: plan(p, "category:tv", ["category:tv"]),
    "too_many_regions": lambda p: regions(p, [f"interest:gaming>={i}" for i in range(1, 15)]),
    "no_regions": lambda p: regions(p, []),
    "a_region_twice": lambda p: regions(p, ["tv", "category:tv"]),
    "a_trend_out_of_the_window": lambda p: trends(p, "tv", window=Window(None, date(1999, 1, 4))),
    "a_trend_by_no_period": lambda p: trends(p, "tv", every="year"),
    "a_trend_by_days_of_weeks": lambda p: trends(p, "tv", every="day"),
    "words_without_terms": lambda p: language(p, "category:tv"),
    "no_words": lambda p: language(p, "category:tv", limit=0),
    "words_by_no_rate": lambda p: language(p, "category:tv", fdr=0.0),
    "no_needs": lambda p: needs(p, limit=0),
    "needs_of_no_kind": lambda p: needs(p, kinds=["term"]),
    "a_map_of_too_many": lambda p: needs_map(p, most=1_000_000),
    "a_map_of_no_kind": lambda p: needs_map(p, kinds=[]),
    "a_map_of_chance": lambda p: needs_map(p, least_tgi=10),
    "a_map_of_nobody": lambda p: needs_map(p, category="category:tv - category:tv"),
    "an_unknown_language": lambda p: wording.language("fr"),
    "three_circles": lambda p: two_sets(regions(p, ["tv", "phone", "gaming"]), "en"),
}  # fmt: skip


@pytest.mark.parametrize("name", ASKED)
def test_what_cannot_be_asked_of_a_store_is_said(panel, name):
    check(caught(lambda: ASKED[name](panel)))


def test_a_store_without_periods_is_said_to_have_none():
    timeless = [(kind, name, date(1970, 1, 1), user, 1)
                for kind, name, _, user, _ in community.random_rows(3, users=200)]  # fmt: skip
    check(caught(lambda: trends(community.panel(timeless, period="none"), "tv")))


# --- saved segments ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    path = tmp_path_factory.mktemp("shop") / "store"
    return write_store(path, community.random_rows(3, users=400))


@pytest.fixture
def kept(shop, tmp_path):
    opened, panel = open_panel(shop)
    with open_workspace(tmp_path / "kept.sqlite") as workspace:
        workspace.save(draft(opened, panel, "category:tv", name="TV"), author="Li")
        yield workspace, opened, panel


SAVED = {
    "a_name_that_is_taken": lambda w, o, p: w.save(draft(o, p, "tv", name="ｔｖ")),
    "a_name_that_is_blank": lambda w, o, p: w.rename("TV", "  "),
    "a_name_that_is_long": lambda w, o, p: w.rename("TV", "x" * 300),
    "a_name_with_a_bell": lambda w, o, p: w.rename("TV", "T\x07V"),
    "a_name_that_is_no_text": lambda w, o, p: w.rename("TV", "T\ud800V"),
    "a_note_that_is_long": lambda w, o, p: draft(o, p, "tv", name="x", note="n" * 200_000),
    "an_unknown_segment": lambda w, o, p: w.get("TVs"),
    "an_unknown_segment_like_none": lambda w, o, p: w.get("qqqq"),
    "an_unknown_version": lambda w, o, p: w.get("TV", 7),
    "no_name_after_the_at": lambda w, o, p: find(w, "category:tv & @"),
    "an_open_quote_after_the_at": lambda w, o, p: find(w, 'category:tv & @"TV'),
    "an_unknown_segment_in_an_expression": lambda w, o, p: find(w, "category:tv & @TVs"),
}  # fmt: skip


@pytest.mark.parametrize("name", SAVED)
def test_what_cannot_be_saved_is_said(kept, name):
    check(caught(lambda: SAVED[name](*kept)))


def test_a_removed_segment_is_said_to_be_removed_by_whom(kept):
    workspace, _, _ = kept
    workspace.remove("TV", author="Wang")
    told = check(caught(lambda: workspace.get("TV")))
    assert "Wang" in told.cure


def test_two_at_once_are_told_of_both_versions(kept):
    workspace, _, _ = kept
    seen = workspace.get("TV")
    workspace.update(replace(seen, note="hers"), author="Wang")
    told = check(caught(lambda: workspace.update(replace(seen, note="mine"), author="Li")))
    assert told.what == "在您所依据的第 1 版之后，Wang 已修改“TV”"
    assert "对方的第 2 版（Wang）：note 'hers'" in told.where
    assert "您的第 3 版（Li）：note 'mine'" in told.where
    workspace.remove("TV", author="Wang")
    told = check(caught(lambda: workspace.update(replace(seen, note="again"))))
    assert "Wang 已移除“TV”" in told.what


def test_segments_of_different_windows_are_said(kept):
    workspace, opened, panel = kept
    window = Window(community.week(2), None)
    workspace.save(draft(opened, panel, "phone", name="late", window=window))
    check(caught(lambda: find(workspace, "@TV & @late")))


def test_a_workspace_that_cannot_be_used_is_said(tmp_path, kept):
    workspace, opened, panel = kept
    new = draft(opened, panel, "phone", name="new")
    damaged = tmp_path / "damaged.sqlite"
    damaged.write_bytes(b"this is no database" * 100)
    check(caught(open_workspace(damaged).segments))
    check(caught(open_workspace(tmp_path / "nowhere" / "x.sqlite").segments))
    (tmp_path / "folder.sqlite").mkdir()
    (tmp_path / "folder.sqlite" / "workspace.sqlite").mkdir()
    check(caught(open_workspace(tmp_path / "folder.sqlite").segments))
    read_only = f"sqlite:///file:{tmp_path / 'kept.sqlite'}?mode=ro&uri=true"
    check(caught(lambda: open_workspace(read_only).save(new)))
    with sqlite3.connect(tmp_path / "kept.sqlite") as other:
        other.execute("BEGIN IMMEDIATE")
        busy = open_workspace(tmp_path / "kept.sqlite", patience=0.01)
        assert "本次未保存" in check(caught(lambda: busy.save(new))).what
    with sqlite3.connect(tmp_path / "kept.sqlite") as newer:
        newer.execute("UPDATE overlap_schema SET number = 99")
    check(caught(workspace.segments))
    check(caught(lambda: open_workspace("postgresql://u:p@h:port/x")))
    check(caught(lambda: open_workspace("sqlite:///:memory:")))
    check(caught(lambda: open_workspace("nosuch://h/x")))


def test_why_a_saved_segment_cannot_be_compared_is_said(kept):
    _, opened, panel = kept
    saved = kept[0].get("TV")
    gone = replace(saved, expression="interest:gamin & brand:acm")
    early = replace(saved, window=Window(None, date(1999, 1, 4)))
    for segment in (gone, early):
        problem = revisit([segment], opened, panel)["problem"][0]
        assert re.search(r"[\u4e00-\u9fff]", phrase(problem, "zh"))
        assert not re.search(r"there is|this store", phrase(problem, "zh"))
    hidden = revisit([saved], opened, panel, floor=9_000)["suppressed"][0]
    assert phrase(hidden, "zh") == "不足 9000 人"


# --- files ---------------------------------------------------------------------------------------

GOOD = "user_id,topic,time\n1,a,2026-05-04\n2,b,2026-05-05\n"
FILES: dict[str, tuple[str, bytes]] = {
    "an_empty_file": ("e.csv", b""),
    "a_header_alone": ("e.csv", b"user_id,topic,time\n"),
    "a_zip_called_csv": ("e.csv", b"PK\x03\x04" + b"x" * 50),
    "an_old_workbook": ("e.csv", b"\xd0\xcf\x11\xe0" + b"x" * 50),
    "a_parquet_called_csv": ("e.csv", b"PAR1" + b"x" * 50),
    "a_csv_called_parquet": ("e.parquet", GOOD.encode()),
    "half_a_parquet": ("e.parquet", b"PAR1" + b"x" * 50),
    "an_encrypted_parquet": ("e.parquet", b"PARE" + b"x" * 50),
    "no_gzip": ("e.csv.gz", GOOD.encode()),
    "half_a_gzip": ("e.csv.gz", gzip.compress(GOOD.encode() * 99)[:60]),
    "an_unknown_ending": ("e.docx", GOOD.encode()),
    "bytes": ("e.csv", b"user_id,topic\n1,a\x00b\n"),
    "latin": ("e.csv", "user_id,topic\n1,caf\xe9 \xfc\xdf\xf1\n".encode("latin-1") * 20),
    "damaged_utf8": ("e.csv", ("user_id,topic\n" + "1,电视电竞\n" * 50).encode() + b"2,\xff\xfe\n"),
    "one_column": ("e.csv", b"user_id\n1\n2\n"),
    "no_user": ("e.csv", b"a,topic\n1,x\n2,y\n"),
    "two_users": ("e.csv", b"user_id,uid,topic\n1,1,x\n2,2,y\n"),
    "times_unknown": ("e.csv", b"user_id,topic,time\n1,a,soon\n2,b,later\n"),
    "nobody_there": ("e.csv", b"user_id,topic\n,a\n,b\n"),
    "an_open_quote_in_the_header": ("e.csv", b'user_id,"topic\n1,a\n2,b\n'),
    "no_json": ("e.ndjson", b'{"user_id": 1, "topic": "a"}\nnot json\n'),
    "a_list_of_json": ("e.ndjson", b'[{"user_id": 1, "topic": "a"}]\n'),
    "no_tags": ("e.csv", b"user_id,time\n1,2026-05-04\n2,2026-05-05\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_cannot_be_read_is_said(tmp_path, name):
    file, content = FILES[name]
    (tmp_path / file).write_bytes(content)
    options = BuildOptions(period="day" if b"time" in content[:30] else "none")
    check(caught(lambda: build([str(tmp_path / file)], tmp_path / "store", options)))


OPTIONS = {
    "an_unknown_user_column": {"user": "usr"},
    "an_unknown_tag_column": {"tags": (TagColumn("topics", "interest"),)},
    "no_rate": {"rate": 3.0},
    "no_k": {"k": 1},
    "no_budget": {"budget": 0},
    "a_negative_floor": {"policy": Policy(-5, 0)},
    "words_without_texts": {"terms": True},
}


@pytest.mark.parametrize("name", OPTIONS)
def test_a_setting_that_cannot_be_is_said(tmp_path, name):
    (tmp_path / "e.csv").write_text(GOOD, "utf-8")
    options = BuildOptions(**OPTIONS[name])
    check(caught(lambda: build([str(tmp_path / "e.csv")], tmp_path / "store", options)))


def test_a_kind_that_cannot_be_is_said():
    for kind in ("the topic", "universe"):
        check(caught(lambda kind=kind: check_kind(kind, "topic")))


def test_sources_that_are_not_there_are_said(tmp_path):
    (tmp_path / "events.csv").write_text(GOOD, "utf-8")
    (tmp_path / "empty").mkdir()
    for source in ("event.csv", "nowhere/e.csv", "*.parquet", "empty", "ftp://h/e.csv"):
        place = source if "://" in source else str(tmp_path / source)
        check(caught(lambda place=place: read_events([place])))
    check(caught(lambda: read_events([])))


def test_files_that_disagree_are_said(tmp_path):
    (tmp_path / "a.csv").write_text(GOOD, "utf-8")
    (tmp_path / "b.csv").write_text("user_id,subject\n1,a\n", "utf-8")
    (tmp_path / "c.csv").write_text("user_id,topic\nanna,a\n", "utf-8")
    both = [str(tmp_path / "a.csv"), str(tmp_path / "b.csv")]
    check(caught(lambda: read_events(both, tags=(TagColumn("topic", "interest"),))))
    mixed = [str(tmp_path / "a.csv"), str(tmp_path / "c.csv")]
    check(caught(lambda: read_events(mixed, tags=(TagColumn("topic", "interest"),)).id_type))


def test_every_cure_of_a_failed_reading_is_said():
    for _, cure in failures._CURES:
        assert re.search(r"[\u4e00-\u9fff]", phrase(cure, "zh"))


# --- stores and exports ---------------------------------------------------------------------------


def test_a_store_that_cannot_be_opened_is_said(tmp_path, shop):
    check(caught(lambda: read_store(tmp_path)))
    check(caught(lambda: read_store(tmp_path / "nowhere")))
    broken = tmp_path / "broken"
    shutil.copytree(shop, broken)
    for file in broken.rglob("users.parquet"):
        file.write_bytes(b"no")
    check(caught(lambda: read_store(broken)))
    for file in broken.rglob("part.json"):
        file.write_text(file.read_text("utf-8").replace('"format":', '"format": 9,"x":'), "utf-8")
    check(caught(lambda: read_store(broken)))


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("built")
    events = folder / "events.csv"
    lines = [f"{user},{'ab'[user % 2]}" for user in range(300)]
    events.write_text("user_id,topic\n" + "\n".join(lines) + "\n1,rare\n", "utf-8")
    options = BuildOptions(user="user_id", tags=(TagColumn("topic", "interest"),))
    build([str(events)], folder / "store", options)
    return folder / "store", str(events)


EXPORTS = {
    "too_few": ("interest:rare", "m.csv", {}),
    "nobody": ("interest:a - interest:a", "m.csv", {}),
    "an_unknown_audience": ("interest:c", "m.csv", {}),
    "no_folder": ("interest:a", "nowhere/m.csv", {}),
    "a_holdout_of_all": ("interest:a", "m.csv", {"holdout": 1.0}),
    "an_unknown_hash": ("interest:a", "m.csv", {"hash": "md5"}),
    "a_field_for_ids_alone": ("interest:a", "m.csv", {"identity": (("email", "mail"),)}),
    "a_platform_without_identities": ("interest:a", "m.csv", {"format": "meta"}),
    "a_platform_without_its_column": (
        "interest:a", "m.csv", {"format": "meta", "identity": (("email", "mail"),)},
    ),
    "an_unknown_field": (
        "interest:a", "m.csv", {"format": "meta", "identity": (("emial", "mail"),)},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_that_is_refused_is_said(tmp_path, built, name):
    store, events = built
    expression, file, fields = EXPORTS[name]
    check(
        caught(
            lambda: export(store, expression, [events], tmp_path / file, ExportOptions(**fields))
        )
    )


def test_an_export_over_a_file_is_said(tmp_path, built):
    store, events = built
    (tmp_path / "m.csv").write_text("precious", "utf-8")
    check(caught(lambda: export(store, "interest:a", [events], tmp_path / "m.csv")))


# --- on a page -----------------------------------------------------------------------------------


def mistaken(text: str, language: str, way: str) -> None:
    from overlap.dashboard.parts import empty
    from overlap.expressions import parse
    from overlap.model import UsageError

    try:
        parse(text)
    except UsageError as error:
        if way == "failure":
            empty.failure("title", error, language, "ab12")
        else:
            empty.inline(error, language, title="title", warning=way == "warning")


def shown(text: str, language: str, way: str) -> AppTest:
    app = AppTest.from_function(mistaken, args=(text, language, way), default_timeout=60).run()
    assert not app.exception
    return app


def test_an_error_on_a_page_marks_the_place_in_the_expression():
    (error,) = shown("a & & b", "zh", "error").error
    lines = error.value.split("  \n")
    assert lines[0] == "**title**"
    assert "表达式无法读取：此处应为人群" in lines[1]
    assert lines[2] == "`a\u00a0&\u00a0`:red-background[`&`]`\u00a0b`"
    assert lines[3] == "& 只写一个"
    (warning,) = shown("a & & b", "en", "warning").warning
    assert "write & once" in warning.value


def test_a_backtick_in_an_expression_stays_one():
    (error,) = shown("a `b` & c", "en", "error").error
    assert ":red-background[`` ` ``]``b`\u00a0&\u00a0c``" in error.value


def test_a_failure_marks_the_place_and_has_its_number():
    html = page(shown("<b> & )", "zh", "failure"))
    assert "<mark>&lt;</mark>b&gt; &amp; )" in html
    assert "服务器日志中的编号为 ab12" in html
    assert "<b>" not in html


def damaged(way: str) -> None:
    from overlap.dashboard.parts import empty
    from overlap.model import DataError

    error = DataError("the file cannot be written: no", where=f"/srv/shop/{way}.csv", cure="wait")
    if way == "failure":
        empty.failure("title", error, "en")
    else:
        empty.inline(error, "en", title="title")


@pytest.mark.parametrize("way", ["failure", "inline"])
def test_where_a_file_lies_is_in_the_log_under_the_number_on_the_page(way, caplog):
    app = AppTest.from_function(damaged, args=(way,), default_timeout=60).run()
    app.run()
    assert not app.exception
    seen = page(app) + "".join(error.value.replace("\\", "") for error in app.error)
    assert f"{way}.csv" in seen
    assert "/srv" not in seen
    (number,) = re.findall(r"In the log of the server this is (\w+)\.", seen)
    told = [record.getMessage() for record in caplog.records if number in record.getMessage()]
    assert len(told) == 1, "it is written once, not at every rerun"
    assert f"/srv/shop/{way}.csv" in told[0]


# --- the templates -------------------------------------------------------------------------------


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


@pytest.mark.parametrize("area", AREAS, ids=["expressions", "insights", "saved", "sources",
                                             "stores", "exports"])  # fmt: skip
def test_a_template_holds_the_same_values_in_both_languages(area):
    for english, chinese in area.items():
        assert fields(english) == fields(chinese), english
        words = "".join(literal for literal, _, _, _ in Formatter().parse(english))
        assert re.search(r"[\u4e00-\u9fff]", chinese) or not re.search(r"\w", words), english


def test_a_template_is_there_once():
    every = [english for area in AREAS for english in area]
    assert len(every) == len(set(every))


def test_what_nobody_has_translated_stays_as_it_is():
    error = DataError("the moon is full", where="above", cure="wait")
    assert said(error, "zh") == Said("the moon is full", "above", "wait")
    assert said(UsageError(""), "zh") == Said("", "", "")


# --- in English ----------------------------------------------------------------------------------


def test_english_words_for_a_browser_replace_templates_and_name_no_option():
    every = {english for area in AREAS for english in area}
    assert set(browser.PHRASES) <= every
    for english, ours in browser.PHRASES.items():
        assert fields(ours) <= fields(english)
        assert not re.search(r"--[a-z]|`|\bSTORE\b|overlap [a-z]+ \.\.\.", ours), ours


@pytest.mark.parametrize(
    ("command_line", "page"),
    [
        (
            "did you mean 'gaming'?; `overlap list STORE` shows every audience",
            "did you mean 'gaming'?; type into any box of audiences to search all of them",
        ),
        (
            "in shop: there is no audience 'tv': did you mean 'a: b'?; "
            "`overlap list STORE` shows every audience",
            "in shop: there is no audience 'tv': did you mean 'a: b'?; "
            "type into any box of audiences to search all of them",
        ),
        ("name it with --user; name it with --time COLUMN",
         "choose which column is the user; choose the column that holds the times"),
        ("the moon is full; wait", "the moon is full; wait"),
    ],
)  # fmt: skip
def test_an_english_cure_for_a_command_line_is_one_for_a_browser(command_line, page):
    assert phrase(command_line, "en") == page


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_option_that_nobody_has_typed_is_no_place(language):
    error = UsageError("this is a folder", where="--to /srv/my shop/out", cure="name a file in it")
    assert said(error, language).where == "out"
    assert said(UsageError("x", where="--identity"), language).where == ""


# --- paths of the server -------------------------------------------------------------------------

PATHS = {
    "/srv/shop/store": "store",
    "this part cannot be read: No such file (os error 2): /srv/my shop/store/users.parquet":
        "this part cannot be read: No such file (os error 2): users.parquet",
    "there is no folder '/srv/my shop/a'": "there is no folder 'a'",
    "did you mean '/srv/a.csv', '/srv/b.csv'?": "did you mean 'a.csv', 'b.csv'?",
    "/srv/a.csv, line 12": "a.csv, line 12",
    "both /srv/x/a and /srv/x/b are there": "both a and b are there",
    "sqlite:////srv/shop/kept.sqlite": "sqlite:///kept.sqlite",
    "file:/srv/shop/kept.sqlite?mode=ro": "file:kept.sqlite?mode=ro",
    "~/shop/store": "store",
    "C:\\data\\shop\\store": "store",
    "at 'C:\\\\data\\\\a.csv'": "at 'a.csv'",
    # what is no path
    "write postgresql+psycopg://user:password@host:5432/database; write / as %2F":
        "write postgresql+psycopg://user:password@host:5432/database; write / as %2F",
    "addresses that begin with s3://bucket/key cannot be read":
        "addresses that begin with s3://bucket/key cannot be read",
    "interest:CS/GO": "interest:CS/GO",
    "1/2 and/or 3 / 4": "1/2 and/or 3 / 4",
}  # fmt: skip


@pytest.mark.parametrize("full", PATHS)
def test_a_file_of_the_server_is_called_by_its_name(full):
    assert shortened(full) == PATHS[full]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_names_of_audiences_are_no_paths(language):
    error = caught(lambda: resolve(parse('"/r/gaming" & tv'), KNOWN))
    told = said(error, language)
    assert "/r/gaming" in told.what
    assert "/r/gaming" in told.where
    assert not told.is_short


def test_where_a_workspace_is_kept_is_not_said_for_a_name_that_is_not_there(kept):
    told = said(caught(lambda: find(kept[0], "category:tv & @TVs")), "en")
    assert told.where.split("\n") == ["", "    category:tv & @TVs", "                  ^^^^"]
    assert not told.is_short
    assert said(caught(lambda: kept[0].get("qqqq")), "zh").where == ""


def test_a_store_that_cannot_be_read_is_said_without_its_folder(tmp_path):
    told = said(caught(lambda: read_store(tmp_path / "shop" / "may")), "en")
    assert told.where == "may"
    assert told.is_short


def test_values_are_taken_as_they_are_whatever_is_in_them():
    for name in ("it's", '"q"', "; did you mean 'x'?", "{0}", "\\n", "电视"):
        told = said(UsageError(f"there is no audience {name!r}"), "zh")
        assert told.what == f"没有人群“{name}”"
