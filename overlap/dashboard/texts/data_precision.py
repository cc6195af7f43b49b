"""The page data: the smallest overlap that can be trusted."""

from collections.abc import Mapping

TEXTS: dict[str, tuple[str, str]] = {
    "data_precision_exact": (
        "Every number here is exact",
        "此数据中的每个数字都精确",
    ),
    "data_precision_exact_say": (
        "Every user was kept, so an overlap of one user is seen as surely as one of a million.",
        "保留了每一位用户，因此 1 人的重合与百万人的重合同样准确。",
    ),
    "data_precision_answer": (
        "The smallest overlap you can trust here is {users} users",
        "在此数据中，可信的最小重合人数是 {users} 人",
    ),
    "data_precision_say": (
        "From there on the standard error is at most {limit} of the overlap, whichever two "
        "audiences you compare: the worst of them keep {rate} of their users.",
        "达到此人数后，无论比较哪两个人群，标准误都不超过重合人数的 {limit}：其中保留最少的人群"
        "保留 {rate} 的用户。",
    ),
    "data_precision_floor": (
        "The sample would show overlaps from {sample} users on, but nothing below {users} may be "
        "shown.",
        "样本本可分辨 {sample} 人起的重合，但规定不展示不足 {users} 人的内容。",
    ),
    "data_precision_small": (
        "Between audiences of up to {k} users each, every number is exact.",
        "两个人群都不超过 {k} 人时，每个数字都精确。",
    ),
    "data_precision_below": (
        "Smaller overlaps are shown with their interval, and never called openings.",
        "更小的重合会附区间展示，但不会被列为机会人群。",
    ),
    "data_precision_exact_floor": (
        "Nothing about fewer than {floor} users is shown.",
        "不展示不足 {floor} 人的内容。",
    ),
    # the table and the chart
    "data_precision_table": ("By size of the larger audience", "按较大人群的规模"),
    "data_precision_table_sub": (
        "An overlap is counted at the rate of the more sparsely kept audience, which is the larger "
        "one. The intervals are what an overlap of that many users typically gets.",
        "重合人数按两个人群中保留较少者（即较大者）的抽样率计算。"
        "区间为该重合人数通常得到的 95% 区间。",
    ),
    "data_precision_chart": ("How far off an overlap may be", "重合人数的误差有多大"),
    "data_precision_chart_sub": (
        "Relative standard error by size of the overlap; trust begins under the dashed line.",
        "不同重合人数的相对标准误；虚线以下为可信。",
    ),
    "data_precision_chart_alt": (
        "Lines that fall from left to right: the larger the overlap, the smaller its relative "
        "error. The table has the same numbers: trusted from {smallest} to {largest} users.",
        "从左向右下降的曲线：重合人数越多，相对误差越小。表格为相同数据：可信下限在 {smallest} 至 "
        "{largest} 人之间。",
    ),
    # two audiences
    "data_pair": ("Two audiences of yours", "指定两个人群"),
    "data_pair_a": ("Audience A", "人群 A"),
    "data_pair_b": ("Audience B", "人群 B"),
    "data_pair_choose": (
        "Choose two audiences to see the smallest overlap to trust between them.",
        "选择两个人群，查看两者之间可信的最小重合人数。",
    ),
    "data_pair_exact": (
        "Between {a} and {b} every number is exact",
        "「{a}」与「{b}」之间的数字均为精确值",
    ),
    "data_pair_answer": (
        "Between {a} and {b}, trust an overlap of {users} users or more",
        "「{a}」与「{b}」的重合达到 {users} 人即可信",
    ),
    "data_pair_rate": (
        "They are compared on {rate} of the users.",
        "两者在 {rate} 的用户样本上比较。",
    ),
    "data_pair_overlap": ("They share {users} users ({ends}).", "两者重合 {users} 人（{ends}）。"),
    "data_pair_overlap_exact": (
        "They share {users} users (exact).",
        "两者重合 {users} 人（精确）。",
    ),
    "data_pair_trusted": ("That can be trusted.", "此数可信。"),
    "data_pair_untrusted": (
        "That is too few to be sure of: take it as a hint.",
        "人数太少，仅供参考。",
    ),
    "data_pair_hidden": (
        "What they share is not shown: fewer than {floor} users.",
        "两者的重合不予展示：不足 {floor} 人。",
    ),
    "data_pair_never": (
        "They cannot share that many: the smaller has only {most} users. Build the store with a "
        "larger budget to see them.",
        "两者不可能重合这么多：较小的人群只有 {most} 人。请以更大的预算重新构建数据。",
    ),
    "data_pair_bad": ("This pair cannot be compared", "无法比较这两个人群"),
}

FAMILIES: Mapping[str, tuple[str, ...]] = {
    "data_precision_": ("say", "floor", "small", "below", "exact_say", "exact_floor"),
    "data_pair_": ("exact", "answer", "rate", "overlap", "overlap_exact", "trusted", "untrusted",
                   "hidden", "never"),
}  # fmt: skip
