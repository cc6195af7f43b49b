"""The first sentences of the openings."""

TEXTS: dict[str, tuple[str, str]] = {
    "say_overlap": (
        "{users} users are in both, {times} times the {expected} that chance would give.",
        "两者重合 {users} 人，是随机期望 {expected} 人的 {times} 倍。",
    ),
    "say_brand_hidden": (
        "How many of them {brand} reaches is not shown: fewer than {floor} users in it or beside "
        "it.",
        "「{brand}」在其中的人数未显示：其中或其余不足 {floor} 人。",
    ),
    "say_gap": (
        "{brand} reaches {p} of them but {p0} of the whole category: {gap} users ({ends}) are "
        "missing, {unreached} are not reached yet.",
        "「{brand}」在其中的渗透率为 {p}，品类整体为 {p0}：缺口 {gap} 人（{ends}），"
        "尚有 {unreached} 人未触达。",
    ),
    "say_no_gap": (
        "{found} of {all} interests overlap {category} more than chance; in none of them is "
        "{brand} behind by more than chance can explain.",
        "{all} 个兴趣中有 {found} 个与「{category}」的重合显著高于随机；"
        "「{brand}」在其中均没有超出随机波动的渗透不足。",
    ),
    "say_other_brand": (
        "Choose another brand, or none to rank by size and affinity.",
        "可换一个品牌，或不限品牌按人数与相关性排序。",
    ),
    "say_choose_brand": (
        "Choose a brand to see where it is missing.",
        "选择品牌，即可看到它在哪些人群中渗透不足。",
    ),
    "say_nothing": (
        "Try a longer window, another baseline or another category. Below is every interest "
        "with what keeps it out.",
        "可尝试更长的时间、其他对比基准或其他品类。下方列出各兴趣及其未入选的原因。",
    ),
    "say_count": (
        "{found} of {all} interests overlap more than chance.",
        "{all} 个兴趣中有 {found} 个的重合显著高于随机。",
    ),
    "say_behind": (
        "{overlapping} of {all} interests overlap more than chance; the brand trails in {found} "
        "of them.",
        "{all} 个兴趣中有 {overlapping} 个的重合显著高于随机，该品牌在其中 {found} 个渗透偏低。",
    ),
    "say_next": (" Next is {next}.", "其次是「{next}」。"),
    "say_exact": (
        "Counts are exact: every user was counted.",
        "人数为全量统计，无抽样误差。",
    ),
    "say_sampled": (
        "Counts are estimated from a sample of at least {rate} of the users; their 95% intervals "
        "show this sketch error.",
        "人数由不少于 {rate} 的用户样本估计，95% 区间反映由此产生的抽样误差。",
    ),
    "say_noise": (
        "The gap's interval is chance variation.",
        "缺口的区间是随机波动的范围。",
    ),
}
