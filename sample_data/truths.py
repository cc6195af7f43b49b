"""The planted truths, counted exactly in the events that were made, and their TOML."""

from __future__ import annotations

import json
from typing import Any

import catalogue as c
import polars as pl

Truths = dict[str, Any]


def measure(frame: pl.DataFrame) -> Truths:
    """Return every planted truth with the numbers that the events realise."""
    counts = _Counts(frame)
    return {
        "data": _data(frame),
        "hero": _hero(counts),
        "chance": _pair(counts, c.TV, c.FOOD),
        "fluke": _pair(counts, c.TV, c.FLUKE),
        "niche": _niche(counts),
        "burst": _burst(counts),
        "word_need": _word_need(counts),
        "seasonal": [
            _course(counts, c.BULK_BUYING, cycle_weeks=4),
            _course(counts, c.WARDROBE, cycle_weeks=13),
            _course(counts, c.SKIING, peak_weeks=[1, 7]),
        ],
        "decline": _course(counts, c.BLIND_BOXES),
        "flat": _course(counts, c.YOGA),
        "language": _language(counts),
        "openings": _openings(counts),
    }


class _Counts:
    """Distinct users of the events by audience and week."""

    def __init__(self, frame: pl.DataFrame) -> None:
        start = pl.lit(c.START, dtype=pl.Datetime("ms"))
        week = ((pl.col("time") - start).dt.total_days() // 7 + 1).alias("week")
        self.rows = frame.with_columns(week)
        self.universe = frame["user_id"].n_unique()

        def tags(kind: str) -> pl.DataFrame:
            rows = self.rows.explode("interest") if kind == "interest" else self.rows
            named = rows.select("user_id", "week", pl.lit(kind).alias("kind"), name=kind)
            return named.drop_nulls("name").unique()

        self.weekly = pl.concat([tags(kind) for kind in ("category", "interest", "brand")])
        self.members = self.weekly.drop("week").unique()

    def users(self, name: str) -> pl.DataFrame:
        return self.members.filter(pl.col("name") == name).select("user_id")

    def both(self, *names: str) -> int:
        users = self.users(names[0])
        for name in names[1:]:
            users = users.join(self.users(name), on="user_id", how="semi")
        return len(users)

    def by_week(self, *names: str) -> list[int]:
        """Return, for each week, the users seen in every one of the audiences in that week."""
        seen = self.weekly.filter(pl.col("name").is_in(names))
        together = seen.group_by("week", "user_id").agg(pl.col("name").n_unique())
        return _per_week(together.filter(pl.col("name") == len(names)))

    def active_by_week(self) -> list[int]:
        return _per_week(self.rows.select("week", "user_id").unique())

    def word_by_week(self, word: str) -> list[int]:
        said = self.rows.filter(pl.col("text").str.contains(word, literal=True))
        return _per_week(said.select("week", "user_id").unique())

    def table(self, category: str, brand: str) -> pl.DataFrame:
        """Return every interest met with a category and brand, with a rough score, best first."""
        anchor, buyers = self.users(category), self.users(brand)
        interests = self.members.filter(pl.col("kind") == "interest")
        inside = interests.join(anchor, on="user_id", how="semi")
        reached = inside.join(buyers, on="user_id", how="semi")
        p0 = len(buyers.join(anchor, on="user_id", how="semi")) / len(anchor)
        n, tgi, index = pl.col("overlap_users"), pl.col("tgi"), pl.col("fair_share_index")
        table = (
            interests.group_by("name").agg(interest_users=pl.len())
            .join(inside.group_by("name").agg(overlap_users=pl.len()), on="name")
            .join(reached.group_by("name").agg(brand_users=pl.len()), on="name", how="left")
            .with_columns(pl.col("brand_users").fill_null(0))
            .with_columns(
                tgi=n / pl.col("interest_users") * (100 * self.universe / len(anchor)),
                fair_share_index=100 * pl.col("brand_users") / n / p0,
            )
        )  # fmt: skip
        gap = (1 - index / 100).clip(lower_bound=0)
        # Groups too small to speak of are left out, as any floor would do.
        table = table.filter(n >= min(100, self.universe // 600))
        score = n * (tgi / 100).log().clip(lower_bound=0) * gap
        return table.with_columns(rough_score=score).sort("rough_score", "name", descending=True)


def _per_week(seen: pl.DataFrame) -> list[int]:
    found = dict(seen.group_by("week").len().iter_rows())
    return [int(found.get(week, 0)) for week in range(1, c.WEEKS + 1)]


def _data(frame: pl.DataFrame) -> Truths:
    return {
        "seed": c.SEED,
        "rows": len(frame),
        "users": frame["user_id"].n_unique(),
        "weeks": c.WEEKS,
        "first_event": str(frame["time"].min()),
        "last_event": str(frame["time"].max()),
        "rows_with_text": len(frame) - frame["text"].null_count(),
        "categories": frame["category"].drop_nulls().n_unique(),
        "interests": frame["interest"].drop_nulls().explode().n_unique(),
        "brands": frame["brand"].drop_nulls().n_unique(),
    }


def _pair(counts: _Counts, category: str, interest: str) -> Truths:
    a, b, n = counts.both(category), counts.both(interest), counts.both(category, interest)
    expected = a * b / counts.universe
    return {
        "category": category,
        "interest": interest,
        "category_users": a,
        "interest_users": b,
        "overlap_users": n,
        "expected_users": expected,
        "tgi": 100 * n / expected,
    }


def _share(counts: _Counts, brand: str, *segment: str) -> float:
    return counts.both(brand, *segment) / counts.both(*segment)


def _hero(counts: _Counts) -> Truths:
    inside = _share(counts, c.HERO_BRAND, c.TV, c.ESPORTS)
    whole = _share(counts, c.HERO_BRAND, c.TV)
    rival = _share(counts, c.HERO_RIVAL, c.TV, c.ESPORTS) / _share(counts, c.HERO_RIVAL, c.TV)
    pair = _pair(counts, c.TV, c.ESPORTS)
    first, second = counts.table(c.TV, c.HERO_BRAND).head(2).iter_rows(named=True)
    return {
        **pair,
        "brand": c.HERO_BRAND,
        "brand_penetration": inside,
        "category_penetration": whole,
        "fair_share_index": 100 * inside / whole,
        "unreached_users": round(pair["overlap_users"] * (1 - inside)),
        "gap_users": pair["overlap_users"] * max(0.0, whole - inside),
        "rival": c.HERO_RIVAL,
        "rival_fair_share_index": 100 * rival,
        "first_by_rough_score": first["name"],
        "second_by_rough_score": second["name"],
        "rough_score_ratio": first["rough_score"] / max(second["rough_score"], 1e-9),
        "weekly_overlap_users": counts.by_week(c.TV, c.ESPORTS),
    }


def _niche(counts: _Counts) -> Truths:
    inside = _share(counts, c.FOLDABLE_BRAND, c.PHONE, c.FOLDABLE)
    whole = _share(counts, c.FOLDABLE_BRAND, c.PHONE)
    return {
        **_pair(counts, c.PHONE, c.FOLDABLE),
        "share_of_interest": counts.both(c.PHONE, c.FOLDABLE) / counts.both(c.FOLDABLE),
        "brand": c.FOLDABLE_BRAND,
        "brand_penetration": inside,
        "category_penetration": whole,
        "fair_share_index": 100 * inside / whole,
    }


def _burst(counts: _Counts) -> Truths:
    walkers = counts.users(c.CITY_WALK)
    others = counts.members.filter(pl.col("name") != c.CITY_WALK, pl.col("kind") != "brand")
    carriers = (
        others.group_by("kind", "name").len("users")
        .join(
            others.join(walkers, on="user_id", how="semi").group_by("name").len("overlap_users"),
            on="name",
        )
        .filter(pl.col("overlap_users") >= 100)
        .with_columns(
            tgi=pl.col("overlap_users") / pl.col("users") * (100 * counts.universe / len(walkers))
        )
        .sort("tgi", "name", descending=True)
        .head(5)
    )  # fmt: skip
    return {
        **_course(counts, c.CITY_WALK),
        "category": c.SNEAKERS,
        "tgi": _pair(counts, c.SNEAKERS, c.CITY_WALK)["tgi"],
        "first_week": c.BURST_WEEK,
        "word": c.BURST_WORD,
        "hashtags": ["城市漫步", "小众遛弯"],
        "weekly_overlap_users": counts.by_week(c.SNEAKERS, c.CITY_WALK),
        "weekly_word_users": counts.word_by_week(c.BURST_WORD),
        "carriers": carriers.select("kind", "name", "overlap_users", "tgi").to_dicts(),
    }


def _word_need(counts: _Counts) -> Truths:
    said = counts.rows.filter(pl.col("text").str.contains(c.WORD_NEED, literal=True))
    inside = said.filter(pl.col("category") == c.PHONE)
    return {
        "word": c.WORD_NEED,
        "category": c.PHONE,
        "first_week": c.WORD_NEED_WEEK,
        "users": said["user_id"].n_unique(),
        "users_in_category_rows": inside["user_id"].n_unique(),
        "weekly_word_users": counts.word_by_week(c.WORD_NEED),
    }


def _course(counts: _Counts, interest: str, **known: object) -> Truths:
    weekly, active = counts.by_week(interest), counts.active_by_week()
    share = [users / max(everyone, 1) for users, everyone in zip(weekly, active, strict=True)]
    return {
        "interest": interest,
        "interest_users": counts.both(interest),
        **known,
        "last_4_weeks_over_first_4_by_share": sum(share[-4:]) / max(sum(share[:4]), 1e-9),
        "weekly_users": weekly,
    }


def _language(counts: _Counts) -> Truths:
    texts = counts.rows.filter(pl.col("category") == c.TV, pl.col("text").is_not_null())
    players = counts.users(c.ESPORTS)
    segment = texts.join(players, on="user_id", how="semi")
    rest = texts.join(players, on="user_id", how="anti")

    def said(rows: pl.DataFrame, word: str) -> int:
        return rows.filter(pl.col("text").str.contains(word, literal=True))["user_id"].n_unique()

    pairs = [
        {
            "selling_point": spec,
            "word": word,
            "selling_point_segment_users": said(segment, spec),
            "selling_point_rest_users": said(rest, spec),
            "word_segment_users": said(segment, word),
            "word_rest_users": said(rest, word),
        }
        for spec, word in c.SELLING_POINTS
    ]
    return {
        "category": c.TV,
        "interest": c.ESPORTS,
        "hashtag": "电竞电视",
        "segment_users_with_category_text": segment["user_id"].n_unique(),
        "rest_users_with_category_text": rest["user_id"].n_unique(),
        "pairs": pairs,
    }


def _openings(counts: _Counts) -> list[Truths]:
    best = []
    for brand in c.BRANDS:
        table = counts.table(brand.category, brand.name)
        top = table.select("name", "overlap_users", "tgi", "fair_share_index", "rough_score")
        row = top.row(0, named=True)
        if row["rough_score"] > 0:
            best.append(
                {
                    "category": brand.category,
                    "brand": brand.name,
                    "interest": row.pop("name"),
                    **row,
                }
            )
    return best


def to_toml(truths: Truths) -> str:
    """Return the truths as TOML: tables, arrays of tables and plain values."""
    lines = ["# Written by generate.py: what is planted, and the numbers the events realise."]
    for name, value in truths.items():
        for table in value if isinstance(value, list) else [value]:
            lines += ["", f"[[{name}]]" if isinstance(value, list) else f"[{name}]"]
            lines += [f"{key} = {_value(item)}" for key, item in table.items()]
    return "\n".join(lines) + "\n"


def _value(item: object) -> str:
    if isinstance(item, float):
        return f"{item:.4f}"
    if isinstance(item, dict):
        inner = ", ".join(f"{key} = {_value(part)}" for key, part in item.items())
        return f"{{ {inner} }}"
    if isinstance(item, list):
        if item and isinstance(item[0], dict):
            return "[\n" + "".join(f"    {_value(part)},\n" for part in item) + "]"
        return f"[{', '.join(_value(part) for part in item)}]"
    return json.dumps(item, ensure_ascii=False)
