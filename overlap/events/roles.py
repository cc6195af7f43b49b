"""Which column plays which part: as told, or guessed from the usual English and Chinese names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from overlap.model import UNIVERSE_KIND, EventRoles, PeriodUnit, TagColumn, UsageError, nearest

DEFAULT_KIND = "interest"
"""The kind of a tag column that is named without one and whose name does not tell."""

_USER = (
    "user_id user uid userid user_no account_id account member_id memberid customer_id customerid "
    "household_id visitor_id open_id openid union_id device_id "
    "用户ID 用户 用户编号 用户标识 会员ID 会员 会员编号 客户ID 客户编号 账号 设备ID 博主ID 作者ID"
)
_TIME = (
    "time timestamp datetime date day event_time event_date event_timestamp created_at created "
    "create_time published_at publish_time posted posted_at post_time ts dt occurred_at "
    "时间 日期 时间戳 发布时间 发布日期 创建时间 发表时间 行为时间 事件时间 评论时间"
)
_TEXT = (
    "text content body post message comment review caption description "
    "内容 正文 文本 文案 评论 评论内容 帖子内容 笔记内容 帖子"
)
_ACTION = (
    "action event event_type event_name behavior behaviour action_type 行为 行为类型 动作 事件 操作"
)
_TAGS: Mapping[str, str] = {
    "interest": (
        "tag tags topic topics hashtag hashtags interest interests genre genres label labels "
        "标签 话题 主题 兴趣 兴趣标签 话题标签 圈层"
    ),
    "category": (
        "category categories product_category product_categories "
        "品类 类目 分类 类别 商品类目 产品类别 行业"
    ),
    "brand": "brand brands brand_name 品牌 品牌名 品牌名称",
}
_TIME_ENDINGS = ("time", "timestamp", "date", "datetime", "时间", "日期", "时间戳")


def _fold(name: str) -> str:
    return re.sub(r"[\s_\-.]+", "", unicodedata.normalize("NFKC", name).casefold())


_ORDERS: Mapping[str, Mapping[str, int]] = {
    part: {_fold(name): place for place, name in reversed([*enumerate(names.split())])}
    for part, names in (("user", _USER), ("time", _TIME), ("text", _TEXT), ("action", _ACTION))
}
_KINDS = {_fold(name): kind for kind, names in _TAGS.items() for name in names.split()}


@dataclass(frozen=True, slots=True)
class Asked:
    """The column names the user gave; None or empty is to be guessed."""

    user: str | None = None
    tags: tuple[TagColumn, ...] = ()
    time: str | None = None
    text: str | None = None
    action: str | None = None


@dataclass(frozen=True, slots=True)
class Resolved:
    """Roles, which of them were guessed, and notes that say so."""

    roles: EventRoles
    guessed: frozenset[str]
    notes: tuple[str, ...]


def parse_tag_option(text: str) -> TagColumn:
    """Read `COLUMN=KIND`, as in `product_category=category`, or a bare `COLUMN`.

    A bare column gets the kind its name tells (`category`, `品牌` …), else `interest`. What follows
    the kind parts cells with several tags: `topics=interest|` reads "a|b" as two tags. A kind is
    one word, since it stands before the colon in expressions. Raises UsageError with an example.
    """
    column, equals, right = text.rpartition("=")
    if not equals:
        column, right = text, _KINDS.get(_fold(text), DEFAULT_KIND)
    match = re.fullmatch(r"(\w+)\s*(\W*)", right.strip())
    if not column.strip() or not match:
        raise UsageError(
            f"{text!r} does not name a tag column and its kind",
            where="--tags",
            cure="write COLUMN=KIND, as in --tags product_category=category",
        )
    kind, separator = match.groups()
    check_kind(kind, "--tags")
    return TagColumn(column.strip(), kind, separator or None)


def check_kind(kind: str, where: str) -> None:
    """Raise UsageError unless the kind is a word and not the universe's."""
    if not re.fullmatch(r"\w+", kind):
        raise UsageError(
            f"{kind!r} cannot be a kind: it must be one word",
            where=where,
            cure="use letters, digits and underscores, as in interest or 兴趣",
        )
    if kind == UNIVERSE_KIND:
        raise UsageError(
            f"the kind {kind!r} is taken: it holds all users",
            where=where,
            cure="name the kind otherwise, as in interest, category or brand",
        )


def resolve(columns: Sequence[str], asked: Asked, period: PeriodUnit, *, guess: bool) -> Resolved:
    """Settle every role against the columns there are.

    Raises UsageError where a named column does not exist, where no column or more than one could
    be the user (or the time, if periods are wanted), and where nothing could make audiences.
    """
    for wanted, option in _named(asked):
        if wanted not in columns:
            raise missing_column(wanted, option, columns)
    notes: list[str] = []
    taken = {wanted for wanted, _ in _named(asked)}
    user, time, text, action, tags = asked.user, asked.time, asked.text, asked.action, asked.tags
    guessed: set[str] = set()
    free = [column for column in columns if column not in taken] if guess else []
    if user is None:
        user = _guess("user", free, columns, needed=True)
    if time is None:
        time = _guess("time", free, columns, needed=period != "none")
    if text is None:
        text = _guess("text", free, columns, needed=False)
    if action is None:
        action = _guess("action", free, columns, needed=False)
    if not tags:
        used = {user, time, text, action}
        tags = tuple(
            TagColumn(column, _KINDS[_fold(column)])
            for column in free
            if _fold(column) in _KINDS and column not in used
        )
    assert user is not None  # needed=True
    for part, told, found in (
        ("user", asked.user, user),
        ("time", asked.time, time),
        ("text", asked.text, text),
        ("action", asked.action, action),
    ):
        if told is None and found is not None:
            guessed.add(part)
            notes.append(f"Column {found!r} was taken for the {part}.")
    if not asked.tags and tags:
        guessed.add("tags")
        shown = ", ".join(f"{tag.column!r} ({tag.kind})" for tag in tags)
        notes.append(f"Tags were taken from {shown}.")
    if not tags and text is None and action is None:
        raise UsageError(
            "no column holds tags, so that there would be no audiences",
            where=_listed(columns),
            cure="name it with --tags COLUMN=KIND, as in --tags product_category=category",
        )
    tags = tuple(dict.fromkeys(tags))
    return Resolved(EventRoles(user, tags, time, text, action), frozenset(guessed), tuple(notes))


def guess_parts(columns: Sequence[str]) -> dict[str, tuple[str, str | None]]:
    """Return the part of each column whose name tells it, and the kind where that part is tags.

    Nothing is refused: of several columns that could be the user, the time, the text or the action
    the one with the likeliest name is taken, and the others are left out.
    """
    parts: dict[str, tuple[str, str | None]] = {}
    for part, order in _ORDERS.items():
        free = [column for column in columns if column not in parts]
        found = [column for column in free if _fold(column) in order]
        if found:
            parts[min(found, key=lambda column: order[_fold(column)])] = (part, None)
        elif part == "time":
            dated = [column for column in free if _fold(column).endswith(_TIME_ENDINGS)]
            parts |= dict.fromkeys(dated[:1], (part, None))
    for column in columns:
        if column not in parts and (kind := _KINDS.get(_fold(column))):
            parts[column] = ("tags", kind)
    return parts


def missing_column(wanted: str, option: str, columns: Sequence[str]) -> UsageError:
    """Return the error for a column that does not exist: the columns there are, the nearest."""
    close = nearest(wanted, columns)
    also = f"did you mean {' or '.join(repr(c) for c in close)}?" if close else "name one of these"
    return UsageError(
        f"there is no column {wanted!r} (asked for with {option})",
        where=_listed(columns),
        cure=also,
    )


def _named(asked: Asked) -> list[tuple[str, str]]:
    singles = [
        (asked.user, "--user"),
        (asked.time, "--time"),
        (asked.text, "--text"),
        (asked.action, "--action"),
    ]
    named = [(column, option) for column, option in singles if column is not None]
    return named + [(tag.column, "--tags") for tag in asked.tags]


def _guess(part: str, free: Sequence[str], columns: Sequence[str], *, needed: bool) -> str | None:
    found = [column for column in free if _fold(column) in _ORDERS[part]]
    if not found and part == "time":
        found = [column for column in free if _fold(column).endswith(_TIME_ENDINGS)]
    if len(found) == 1:
        return found[0]
    if not needed:
        return None
    option = f"--{part} COLUMN"
    if found:
        raise UsageError(
            f"several columns could be the {part}: {', '.join(repr(c) for c in found)}",
            where=_listed(columns),
            cure=f"say which with {option}",
        )
    close = nearest(part, columns)
    also = f"; {' or '.join(repr(c) for c in close)} perhaps" if close else ""
    raise UsageError(
        f"no column looks like the {part}",
        where=_listed(columns),
        cure=f"name it with {option}{also}",
    )


def _listed(columns: Sequence[str]) -> str:
    shown = ", ".join(c if len(c) <= 60 else f"{c[:60]}…" for c in columns[:40])
    return f"columns: {shown}{f' and {len(columns) - 40} more' if len(columns) > 40 else ''}"
