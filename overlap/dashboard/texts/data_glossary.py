"""The page data: the terms of the glossary, their names and what they mean."""

from collections.abc import Mapping

TEXTS: dict[str, tuple[str, str]] = {
    "data_glossary": (
        "{n} terms and columns, with their formulas",
        "{n} 个术语与列的含义及公式",
    ),
    "data_glossary_one": ("{name} ({other})", "{name}（{other}）"),
    "data_glossary_say": (
        "The words of the pages, of the files you download and of the commands, in both languages.",
        "页面、下载文件与命令所用的词语，中英文对照。",
    ),
    "data_glossary_found": (
        "“{wanted}” is in {n} of {all} entries.",
        "{all} 条中有 {n} 条包含“{wanted}”。",
    ),
    "data_glossary_none": (
        "Nothing in the glossary has “{wanted}”",
        "术语表中没有“{wanted}”",
    ),
    "data_glossary_none_cure": (
        "Try fewer letters, or the word in the other language.",
        "请减少文字，或换用另一种语言。",
    ),
    "data_glossary_find": ("Find a term", "查找术语"),
    "data_glossary_hint": (
        "A word, a column or a formula: TGI, gap_users …",
        "词语、列名或公式：TGI、gap_users……",
    ),
    "data_glossary_terms": ("Terms ({n})", "术语（{n}）"),
    "data_glossary_columns": ("Columns of tables and files ({n})", "表格与文件的列（{n}）"),
    "data_glossary_table": ("in the table {table}", "仅限 {table} 表"),
    # the terms, each with its meaning
    "data_term_event": ("event", "行为"),
    "data_term_event_about": (
        "One row of input: a user did something with something at a time.",
        "一行输入数据：某用户在某时间对某对象做了某事。",
    ),
    "data_term_universe": ("universe", "大盘"),
    "data_term_universe_about": (
        "All users seen in the data, N.",
        "数据中出现的全部用户 N。",
    ),
    "data_term_baseline": ("baseline", "对比基准"),
    "data_term_baseline_about": (
        "The audience that an index compares with: the universe unless another is chosen.",
        "指数所对比的人群，未指定时为大盘。",
    ),
    "data_term_audience": ("audience", "人群"),
    "data_term_audience_about": (
        "A named set of users. Its kind is category, interest, brand, term (a word or hashtag "
        "they used) or one of your own.",
        "一组有名称的用户，类型可为品类、兴趣、品牌、词语（用户使用的词或话题）或自定义。",
    ),
    "data_term_membership": ("membership", "归属"),
    "data_term_membership_about": (
        "A user belongs to an audience, with so many events in a period.",
        "某用户属于某人群，并在某周期内有若干行为。",
    ),
    "data_term_sketch": ("sketch", "摘要"),
    "data_term_sketch_about": (
        "What is kept of an audience: the users whose hash is below its threshold T, the same "
        "people in every audience. Enough to estimate from, small enough to keep.",
        "为人群保留的内容：哈希值低于阈值 T 的用户，各人群保留的是同一批人。足以估计，又便于保存。",
    ),
    "data_term_rate": ("sampling rate", "抽样率"),
    "data_term_rate_about": (
        "Share of its users that an audience keeps, T. Of several audiences the smallest rate "
        "counts. At 1 everything is exact.",
        "人群保留的用户比例 T；多个人群取最小值。T = 1 时完全精确。",
    ),
    "data_term_floor_rate": ("floor rate", "保底抽样率"),
    "data_term_floor_rate_about": (
        "Share of its users that every audience of the store keeps at least, F; the largest for "
        "which the store stays within its budget.",
        "每个人群至少保留的用户比例 F，为预算允许的最大值。",
    ),
    "data_term_overlap": ("overlap", "重合人数"),
    "data_term_overlap_about": (
        "Users who are in both audiences, n. Estimated from s kept users at the rate T.",
        "同属两个人群的用户数 n，由抽样率 T 下保留的 s 位用户估计。",
    ),
    "data_term_share": ("share of A", "占比"),
    "data_term_share_about": (
        "Overlap as a share of one audience, always with the direction in words: 23% of TV "
        "browsers are gamers.",
        "重合人数占某一人群的比例，须说明方向：电视人群中有 23% 是游戏玩家。",
    ),
    "data_term_expected": ("expected overlap", "期望重合"),
    "data_term_expected_about": (
        "Overlap there would be if the two had nothing to do with each other, in a baseline of N "
        "users.",
        "若两个人群互不相关，在 N 人的基准中应有的重合人数。",
    ),
    "data_term_tgi": ("affinity index, TGI", "TGI 指数"),
    "data_term_tgi_about": (
        "Overlap against what chance would give. 100 is chance, 150 is half above it. "
        "Over-representation is affinity; “lift” is kept for treated against control.",
        "重合人数与随机期望之比。100 为随机水平，150 表示高出一半。",
    ),
    "data_term_excess": ("excess users", "超额重合"),
    "data_term_excess_about": ("Overlap beyond chance.", "超出随机期望的重合人数。"),
    "data_term_jaccard": ("Jaccard similarity", "Jaccard 相似度"),
    "data_term_jaccard_about": (
        "Overlap as a share of the users in either audience.",
        "重合人数占两个人群合并人数的比例。",
    ),
    "data_term_penetration": ("brand penetration", "人群渗透率"),
    "data_term_penetration_about": (
        "Users of the brand in a segment as a share of the segment, p; p₀ in the whole category.",
        "人群中该品牌用户的比例 p；在整个品类中为 p₀。",
    ),
    "data_term_fair_share": ("fair-share index", "公平份额指数"),
    "data_term_fair_share_about": (
        "Brand penetration in a segment against that in the whole category. Below 100 the brand "
        "is missing there.",
        "品牌在人群中的渗透率与在整个品类中之比。低于 100 表示品牌在此渗透不足。",
    ),
    "data_term_gap": ("gap users", "机会缺口人数"),
    "data_term_gap_about": (
        "Users the brand would gain by doing in the segment as well as in its category.",
        "若品牌在该人群达到品类平均渗透率，可增加的用户数。",
    ),
    "data_term_opening": ("opening", "机会人群"),
    "data_term_opening_about": (
        "A category and an interest worth going after: the overlap is large enough to show, "
        "reliably above chance, and off by no more than 20%.",
        "值得争取的品类 × 兴趣：重合人数可展示、可靠地高于随机、误差不超过 20%。",
    ),
    "data_term_score": ("opening score", "机会得分"),
    "data_term_score_about": (
        "Size S, affinity A, headroom H of the brand (left out without one) and trend M, all from "
        "cautious ends.",
        "人数 S、相关性 A、品牌空间 H（未选品牌时不计）与趋势 M，均取谨慎值。",
    ),
    "data_term_segment": ("segment", "人群包"),
    "data_term_segment_about": (
        "A boolean expression of audiences, which can be sized, saved and exported.",
        "人群的布尔表达式，可估算人数、保存与导出。",
    ),
    "data_term_intensity": ("intensity", "深度"),
    "data_term_intensity_about": (
        "At least m events of the audience in the window, as in interest:gaming>=3.",
        "时间窗口内至少有 m 次行为，如 interest:gaming>=3。",
    ),
    "data_term_brief": ("brief", "战役简报"),
    "data_term_brief_about": (
        "A segment with expectation and control frozen before launch, and scored after.",
        "投放前固定预期与对照、投放后评估的人群包。",
    ),
    "data_term_interval": ("95% interval", "95% 区间"),
    "data_term_interval_about": (
        "From low to high: in 95 of 100 samples such an interval holds the true number. Sketch "
        "error comes from keeping only a part of the users; an exact count has none. Chance "
        "variation is how differently people of the same kind could have behaved; the intervals of "
        "a brand's penetration, fair share and gap cover it even where every user was counted.",
        "由下限至上限：100 次抽样中约有 95 次包含真实值。抽样误差源于只保留部分用户，"
        "精确计数没有这种误差；随机波动指同类人群的行为本可能略有不同，"
        "品牌渗透率、公平份额与缺口的区间都计入它，即使全部用户都已计数。",
    ),
    "data_term_error": ("relative standard error", "相对标准误"),
    "data_term_error_about": (
        "How far off an overlap of n users typically is, as a share of it, at the rate T.",
        "抽样率为 T 时，n 人的重合通常偏离的比例。",
    ),
    "data_term_smallest": ("smallest overlap to trust", "可信的最小重合"),
    "data_term_smallest_about": (
        "The smallest overlap whose relative standard error is at most 20%, and not below the "
        "display floor.",
        "相对标准误不超过 20%、且不低于展示下限的最小重合人数。",
    ),
    "data_term_display_floor": ("display floor", "展示下限"),
    "data_term_display_floor_about": (
        "Nothing about fewer users than this is shown, so that nobody is singled out; nor are most "
        "numbers from which so few would follow by subtraction.",
        "不展示不足此人数的内容，多数可由减法推出此类人数的数字也不展示，以免识别到个人。",
    ),
    "data_term_snapshot": ("snapshot", "版本"),
    "data_term_snapshot_about": (
        "Short name of a store's content: equal for equal content.",
        "数据内容的简短标识，内容相同则相同。",
    ),
}

TERMS = (
    "event", "universe", "baseline", "audience", "membership", "segment", "intensity", "overlap",
    "share", "expected", "tgi", "excess", "jaccard", "penetration", "fair_share", "gap", "opening",
    "score", "brief", "sketch", "rate", "floor_rate", "interval", "error", "smallest",
    "display_floor", "snapshot",
)  # fmt: skip

FAMILIES: Mapping[str, tuple[str, ...]] = {
    "data_glossary_": ("terms", "columns"),
    "data_term_": tuple(term + end for term in TERMS for end in ("", "_about")),
}
