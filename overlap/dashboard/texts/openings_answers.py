"""The first sentences of the openings."""

TEXTS: dict[str, tuple[str, str]] = {
    # the answer
    "answer_gap": (
        "{interest} is the opening for {brand} in {category}",
        "「{brand}」在「{category}」的机会人群是「{interest}」",
    ),
    "answer_no_gap": (
        "{brand} is not behind in any interest that stands out in {category}",
        "在与「{category}」强相关的兴趣中，「{brand}」均未落后",
    ),
    "answer_weak": (
        "{brand} has no clear opening in {category}",
        "「{brand}」在「{category}」没有明显的机会人群",
    ),
    "answer_no_brand": (
        "{interest} is the strongest opening in {category}",
        "「{category}」最强的机会人群是「{interest}」",
    ),
    "answer_nothing": (
        "No interest reliably stands out in {category}",
        "没有兴趣人群与「{category}」的相关性可靠地高于随机",
    ),
    "say_overlap": (
        "{users} users are in both, {times} times the {expected} that chance would give.",
        "两者重合 {users} 人，是随机期望 {expected} 人的 {times} 倍。",
    ),
    "say_gap": (
        "{brand} reaches {p} of them but {p0} of the whole category: {gap} users are missing, "
        "{unreached} not reached yet.",
        "「{brand}」在其中的渗透率为 {p}，品类整体为 {p0}：缺口 {gap} 人，"
        "尚有 {unreached} 人未触达。",
    ),
    "say_weak": (
        "The first row is {interest}, with a score of {score} of 100: {brand} reaches {p} of its "
        "{users} users and {p0} of the whole category. Choose another brand, or none to rank by "
        "size and affinity.",
        "排名第一的是「{interest}」，得分仅 {score}（满分 100）："
        "{users} 人中「{brand}」渗透率为 {p}，品类整体为 {p0}。"
        "可换一个品牌，或不限品牌按人数与相关性排序。",
    ),
    "say_no_gap": (
        "The closest is {interest}: {brand} reaches {p} of its {users} users, and {p0} of the "
        "whole category. Choose another brand, or none to rank by size and affinity.",
        "最接近的是「{interest}」：{users} 人中「{brand}」渗透率为 {p}，品类整体为 {p0}。"
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
        "{scored} of {all} interests stand out beyond chance.",
        "{all} 个兴趣中有 {scored} 个可靠地高于随机。",
    ),
    "say_next": (
        "{scored} of {all} interests stand out beyond chance; next is {next}.",
        "{all} 个兴趣中有 {scored} 个可靠地高于随机；其次是「{next}」。",
    ),
    "say_behind": (
        "It is behind in {behind} of the {scored} interests (out of {all}) that stand out.",
        "{all} 个兴趣中有 {scored} 个可靠地高于随机，其中 {behind} 个渗透不足。",
    ),
    "say_behind_next": (
        "It is behind in {behind} of the {scored} interests (out of {all}) that stand out; "
        "next is {next}.",
        "{all} 个兴趣中有 {scored} 个可靠地高于随机，其中 {behind} 个渗透不足；其次是「{next}」。",
    ),
    "say_exact": (
        "All numbers are exact: every user was counted.",
        "所有数字均为精确值：统计了每一位用户。",
    ),
    "say_sampled": (
        "Numbers are estimates from a sample of at least {rate} of the users, with 95% intervals.",
        "数字由不少于 {rate} 的用户样本估计，并附 95% 置信区间。",
    ),
}
