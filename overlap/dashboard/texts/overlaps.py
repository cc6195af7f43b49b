"""The page overlaps."""

from collections.abc import Mapping

TEXTS: dict[str, tuple[str, str]] = {
    # kinds, and the switches
    "overlaps_kind_category": ("Category", "品类"),
    "overlaps_kind_interest": ("Interest", "兴趣"),
    "overlaps_kind_brand": ("Brand", "品牌"),
    "overlaps_kind_term": ("Term", "词语"),
    "overlaps_tab": ("What to lay across each other", "查看方式"),
    "overlaps_tab_pair": ("Matrix and pair", "交叉矩阵与两两对比"),
    "overlaps_tab_sets": ("Up to 12 audiences", "多人群重合（最多 12 个）"),
    "overlaps_rows": ("Rows", "行"),
    "overlaps_columns": ("Columns", "列"),
    "overlaps_most": ("Largest", "最大的"),
    "overlaps_show": ("Number in the cell", "格内数字"),
    "overlaps_show_tgi": ("TGI", "TGI"),
    "overlaps_show_row": ("% of row", "占行 %"),
    "overlaps_show_column": ("% of column", "占列 %"),
    "overlaps_a": ("Audience A", "人群 A"),
    "overlaps_b": ("Audience B", "人群 B"),
    "overlaps_pick_help": (
        "Type part of a name to find an audience. Any expression is taken as well, followed by "
        "Enter: category:TV & interest:gaming>=3.",
        "输入名称的一部分即可搜索；也可输入任意表达式后按回车，如 "
        "category:TV & interest:gaming>=3。",
    ),
    # the answer about a pair
    "overlaps_over": (
        "{of_a} of {a} are in {b}, and {of_b} the other way round: {times} times what chance gives",
        "「{a}」中有 {of_a} 属于「{b}」，反之为 {of_b}：是随机水平的 {times} 倍",
    ),
    "overlaps_under": (
        "{of_a} of {a} are in {b}, and {of_b} the other way round: less than chance gives "
        "(TGI {tgi})",
        "「{a}」中有 {of_a} 属于「{b}」，反之为 {of_b}：低于随机水平（TGI {tgi}）",
    ),
    "overlaps_even": (
        "{of_a} of {a} are in {b}, and {of_b} the other way round: no different from chance",
        "「{a}」中有 {of_a} 属于「{b}」，反之为 {of_b}：与随机水平无显著差异",
    ),
    "overlaps_none": ("Nobody is in both {a} and {b}", "没有用户同属「{a}」和「{b}」"),
    "overlaps_too_few": (
        "{a} and {b}: fewer than {floor} users in both or beside it, so nothing is shown",
        "「{a}」与「{b}」：重合或其余部分不足 {floor} 人，不予显示",
    ),
    "overlaps_too_few_cure": (
        "Choose a larger audience, or a longer window.",
        "请选择更大的人群，或更长的时间。",
    ),
    "overlaps_same": (
        "{a} is on both sides: choose another audience",
        "两侧都是「{a}」，请另选一个人群",
    ),
    "overlaps_choose": ("Choose two audiences to compare", "请选择两个人群进行对比"),
    "overlaps_say_both": (
        "{users} users are in both, where chance would give {expected}: TGI {tgi}.",
        "两者重合 {users} 人，随机期望为 {expected} 人，TGI {tgi}。",
    ),
    "overlaps_say_gap": (
        "{brand} reaches {p} of them but {p0} of {category}: {gap} users are missing, {unreached} "
        "not reached yet.",
        "「{brand}」在其中的渗透率为 {p}，「{category}」整体为 {p0}：缺口 {gap} 人，"
        "尚有 {unreached} 人未触达。",
    ),
    "overlaps_say_no_gap": (
        "{brand} reaches {p} of them and {p0} of {category}; {unreached} are not reached yet.",
        "「{brand}」在其中的渗透率为 {p}，「{category}」整体为 {p0}；尚有 {unreached} 人未触达。",
    ),
    "overlaps_say_unclear": (
        "So small a difference of the two can be chance.",
        "两者的差异可能只是随机波动。",
    ),
    "overlaps_say_brand": (
        "{brand} reaches {p} of them; {unreached} are not reached yet.",
        "「{brand}」在其中的渗透率为 {p}，尚有 {unreached} 人未触达。",
    ),
    "overlaps_brand_hidden": (
        "How many of them {brand} reaches is not shown: fewer than {floor} users in it or beside "
        "it.",
        "「{brand}」在其中的人数未显示：其中或其余不足 {floor} 人。",
    ),
    "overlaps_say_inside": (
        "Everything is counted among the users of {baseline}.",
        "所有数字均在「{baseline}」用户内统计。",
    ),
    # the matrix
    "overlaps_matrix": ("{rows} × {columns}", "{rows} × {columns}"),
    "overlaps_matrix_about": (
        "Click a cell for its pair. Similar audiences stand together.",
        "点击格子查看该组合；相似的人群排在一起。",
    ),
    "overlaps_matrix_alt": (
        "Matrix of {n} audiences ({rows}) by {m} ({columns}), coloured by TGI; all cells are in "
        "the list below.",
        "{n} 个人群（{rows}）与 {m} 个人群（{columns}）的交叉矩阵，颜色表示 TGI；"
        "所有格子见下方列表。",
    ),
    "overlaps_matrix_alt_best": (
        " The largest overlap beyond chance: {a} and {b}, TGI {tgi}.",
        "超额重合最多的是「{a}」与「{b}」，TGI {tgi}。",
    ),
    "overlaps_hidden": (
        "Nothing here reaches the floor of users that may be shown",
        "此处没有达到展示下限的内容",
    ),
    "overlaps_hidden_cure": (
        "Choose other kinds, a longer window or a larger baseline.",
        "请选择其他类型、更长的时间或更大的基准。",
    ),
    "overlaps_cells": ("All cells as a list", "全部格子列表"),
    "overlaps_cells_about": (
        "Most users beyond chance first; choose a row for its pair. Cells below the floor are in "
        "the download, without numbers.",
        "按超额重合人数排序，选择一行查看该组合；低于展示下限的格子仅在下载文件中列出，不含数字。",
    ),
    "overlaps_direction_over": ("more than chance", "高于随机"),
    "overlaps_direction_under": ("less than chance", "低于随机"),
    "overlaps_direction_as_expected": ("not told from chance", "无显著差异"),
    # the pair
    "overlaps_circles": ("True to scale", "按真实比例"),
    "overlaps_circles_alt": (
        "Two circles, {a} and {b}, and what they share, in proportion; all numbers are in the "
        "table below.",
        "「{a}」与「{b}」两个圆及其交集，面积按人数比例；所有数字见下方表格。",
    ),
    "overlaps_parts": ("Who can be reached", "可触达的人群"),
    "overlaps_part_first": ("All of {a}", "「{a}」全部"),
    "overlaps_part_second": ("All of {b}", "「{b}」全部"),
    "overlaps_part_both": ("In both", "同属两者"),
    "overlaps_part_only_first": ("{a}, not in {b}", "属于「{a}」但不属于「{b}」"),
    "overlaps_part_only_second": ("{b}, not in {a}", "属于「{b}」但不属于「{a}」"),
    "overlaps_part_either": ("In either", "属于任一方"),
    "overlaps_part_unreached": ("In both, without {brand}", "同属两者但未用「{brand}」"),
    "overlaps_build": ("Build segment", "生成人群包"),
    "overlaps_build_help": ("Build a segment of: {what}", "生成人群包：{what}"),
    "overlaps_not_shown": ("below the floor, not shown", "低于展示下限，不予显示"),
    "overlaps_fig_both": ("In both", "重合人数"),
    "overlaps_fig_chance": ("By chance", "随机期望"),
    "overlaps_fig_tgi": ("TGI (100 = chance)", "TGI 指数（100 = 随机）"),
    "overlaps_fig_share": ("Of {name}", "占「{name}」"),
    "overlaps_fig_brand": ("{brand} among them", "「{brand}」渗透率"),
    "overlaps_fig_fair": ("Fair-share index", "公平份额指数"),
    "overlaps_fig_gap": ("Gap users", "机会缺口人数"),
    "overlaps_counts": ("Every part of the two", "两个人群的各部分"),
    "overlaps_counts_about": (
        "All, only one, both and either, with the expression of each.",
        "全部、仅属一方、同属两者、属于任一方，附各自的表达式。",
    ),
    # several audiences
    "overlaps_sets": ("Audiences (2 to {most})", "人群（2 至 {most} 个）"),
    "overlaps_inside": ("Only users of {category}", "仅统计「{category}」用户"),
    "overlaps_inside_help": (
        "Counts only users of the bar's category.",
        "仅统计上方所选品类的用户。",
    ),
    "overlaps_sets_choose": ("Choose at least two audiences", "请至少选择两个人群"),
    "overlaps_sets_answer": (
        "These {n} audiences have {reach} users together; in all of them: {all}",
        "这 {n} 个人群合计 {reach} 人，其中同属全部人群：{all}",
    ),
    "overlaps_sets_alone": (
        "The largest region is “{names}” with {users} users.",
        "最大的区域是“{names}”，共 {users} 人。",
    ),
    "overlaps_sets_largest": (
        "The largest region is {names} and no other, with {users} users.",
        "最大的区域恰好同属 {names}，共 {users} 人。",
    ),
    "overlaps_sets_hidden": (
        "Choose larger audiences, or a longer window.",
        "请选择更大的人群，或更长的时间。",
    ),
    "overlaps_upset": ("Who is in which", "人群组合分布"),
    "overlaps_upset_about": (
        "Each bar counts users in exactly the audiences dotted below it. Click one to choose it.",
        "每根柱表示恰好属于下方圆点所示人群的人数；点击即可选择。",
    ),
    "overlaps_upset_alt": (
        "UpSet plot of {n} audiences in {regions} regions; all of them are in the table below.",
        "{n} 个人群、{regions} 个区域的 UpSet 图；全部区域见下方表格。",
    ),
    "overlaps_only": ("Only {name}", "仅「{name}」"),
    "overlaps_exclusive": ("In exactly these", "恰好属于这些"),
    "overlaps_inclusive": ("In all of these, whatever else", "同属这些（不限其他）"),
    "overlaps_build_exclusive": ("Build segment: exactly these", "生成人群包：恰好属于这些"),
    "overlaps_build_inclusive": ("Build segment: all of these", "生成人群包：同属这些"),
    "overlaps_regions": ("Regions", "全部区域"),
    "overlaps_regions_about": (
        "The most users first; choose a row to mark its bar.",
        "按人数排序；选择一行即可在图中标出。",
    ),
    "overlaps_reach": ("What each audience adds", "逐个人群的新增触达"),
    "overlaps_reach_about": (
        "In the order chosen above; each user counts once.",
        "按上方所选顺序；每位用户只计一次。",
    ),
    # nothing to show, and links that had to be changed
    "overlaps_one": (
        "Overlaps need two audiences, and this store has fewer",
        "至少需要两个人群，而此数据不足两个",
    ),
    "overlaps_one_cure": (
        "Build the store with the columns that hold categories, interests or brands.",
        "请指定品类、兴趣或品牌所在的列重新构建数据。",
    ),
    "overlaps_nobody": ("Nobody was active in this window", "此时间段内没有活跃用户"),
    "overlaps_nobody_cure": (
        "Choose an earlier start or a later end.",
        "请将开始提前或结束延后。",
    ),
    "overlaps_no_kind": (
        "There is no kind of audience “{wanted}” here, so {instead} is shown.",
        "此处没有“{wanted}”类人群，已改为 {instead}。",
    ),
    "overlaps_unknown": (
        "“{wanted}” in the link is not in this store, so another audience is shown. {why}",
        "链接中的“{wanted}”不在此数据中，已改为其他人群。{why}",
    ),
    "overlaps_left_out": (
        "“{wanted}” in the link is not in this store and was left out. {why}",
        "链接中的“{wanted}”不在此数据中，已略去。{why}",
    ),
    "overlaps_twice": (
        "“{wanted}” is the same segment as one before it and was left out.",
        "“{wanted}”与前面的人群相同，已略去。",
    ),
    "overlaps_too_many": (
        "The link has {n} audiences; the first {most} are shown.",
        "链接中有 {n} 个人群，仅显示前 {most} 个。",
    ),
    "overlaps_no_region": (
        "“{wanted}” is no region of these audiences, so the largest is chosen.",
        "“{wanted}”不是这些人群的区域，已选择最大的区域。",
    ),
    "overlaps_typo": (
        "“{wanted}” was not understood, so the pair stays as it was. {why}",
        "无法理解“{wanted}”，组合保持不变。{why}",
    ),
    "overlaps_typo_set": (
        "“{wanted}” was not understood and was left out. {why}",
        "无法理解“{wanted}”，已略去。{why}",
    ),
}

FAMILIES: Mapping[str, tuple[str, ...]] = {
    "overlaps_kind_": ("category", "interest", "brand", "term"),
    "overlaps_direction_": ("over", "under", "as_expected"),
    "overlaps_part_": (
        "first", "second", "both", "only_first", "only_second", "either", "unreached",
    ),
    "overlaps_fig_": ("both", "chance", "tgi", "share", "brand", "fair", "gap"),
    "overlaps_": ("rows", "columns", "a", "b", "exclusive", "inclusive"),
    "overlaps_build_": ("exclusive", "inclusive"),
}  # fmt: skip
