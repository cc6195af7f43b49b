"""The page demand: what all of it says, its needs and its trends."""

from collections.abc import Mapping

_SHARED: dict[str, tuple[str, str]] = {
    "demand_tabs": ("What to look at", "查看内容"),
    "demand_tab_needs": ("Emerging needs", "新兴需求"),
    "demand_tab_trends": ("Trends", "趋势"),
    "demand_tab_language": ("Language", "用语"),
    "demand_tab_map": ("Map", "需求地图"),
    "demand_scope": ("Among whom", "范围"),
    "demand_scope_category": ("In {category}", "「{category}」内"),
    "demand_scope_all": ("All categories", "全部品类"),
    # numbers
    "demand_sized": ("{value} ({how})", "{value}（{how}）"),
    "demand_exact": ("exact", "精确"),
    "demand_interval": ("95%: {ends}", "95% 区间 {ends}"),
    "demand_stop": (".", "。"),
    "demand_none": ("none", "无"),
    "demand_kind_category": ("category", "品类"),
    "demand_kind_interest": ("interest", "兴趣"),
    "demand_kind_brand": ("brand", "品牌"),
    "demand_kind_term": ("word", "词语"),
    "demand_units_day": ("days", "天"),
    "demand_units_week": ("weeks", "周"),
    "demand_units_month": ("months", "个月"),
    "demand_period_day": ("{day}", "{day}"),
    "demand_period_week": ("the week of {day}", "{day}当周"),
    "demand_period_month": ("the month from {day}", "{day}起的当月"),
    # whom to look at
    "demand_of": ("Audience or segment", "人群或人群包"),
    "demand_of_help": (
        "Choose an audience, or type any expression such as category:TV & interest:esports and "
        "press Enter; @name is a saved segment. Cleared, it is the category and the opening "
        "selected on the first page.",
        "选择人群，或输入表达式（如 category:电视 & interest:电竞）后按回车；"
        "@名称 表示已保存的人群包。清空则为品类与首页所选的机会人群。",
    ),
    "demand_nobody_asked": ("Choose whom to look at", "请选择要查看的人群"),
    "demand_unknown": ("“{wanted}” cannot be looked up here", "此处无法查询“{wanted}”"),
    "demand_unknown_need": (
        "“{wanted}” is not among the needs here, so the first is shown.",
        "此处没有需求“{wanted}”，已显示第一名。",
    ),
    "demand_unknown_node": (
        "“{wanted}” is not on this map, so the largest audience is selected.",
        "地图上没有“{wanted}”，已选中人数最多的人群。",
    ),
    "demand_unknown_beside": (
        "“{wanted}” cannot be compared with: {why}",
        "无法与“{wanted}”比较：{why}",
    ),
    "demand_own_window": (
        "Counted in the window that the saved segment was kept with.",
        "按所引用的已保存人群包的时间段统计。",
    ),
    "demand_empty": ("Nobody is in {name} in this window", "此时间段内没有用户属于{name}"),
    "demand_empty_cure": (
        "Take a longer window, or leave a part of the expression out.",
        "请选择更长的时间，或去掉表达式的一部分。",
    ),
    "demand_below_floor": (
        "{name} has fewer than {floor} users, so nothing of it is shown",
        "{name}不足 {floor} 人，因此不予显示",
    ),
    "demand_below_floor_cure": (
        "The policy of this store sets that floor. Take a longer window or a wider segment.",
        "该下限由此数据的规定设定。请选择更长的时间或更宽的人群。",
    ),
    "demand_segment": ("Build segment", "生成人群包"),
    "demand_see_trend": ("See its trend", "查看趋势"),
    "demand_see_language": ("See its language", "查看用语"),
    # what is missing
    "demand_no_periods": ("This store has no periods", "此数据没有时间周期"),
    "demand_no_periods_cure": (
        "Needs and trends compare periods with those before. Build the store with the column that "
        "holds the time:",
        "新兴需求与趋势需要比较不同周期。请指定时间列重新构建：",
    ),
    "demand_no_kinds": (
        "This store has neither interests nor words",
        "此数据中既没有兴趣人群，也没有词语",
    ),
    "demand_no_kinds_cure": (
        "Build it with the columns that hold the interests and the posts:",
        "请指定兴趣列与发帖内容列重新构建：",
    ),
    "demand_few_periods": (
        "{there} whole {unit} are too few to tell what is new",
        "只有 {there} 个完整周期（单位：{unit}），不足以判断新兴需求",
    ),
    "demand_few_periods_cure": (
        "A burst is held against its own past. Take a later end, or add data to the store; "
        "{needed} whole periods are the least.",
        "爆发需与自身的过去比较，至少需要 {needed} 个完整周期。"
        "请将结束时间延后，或向数据中追加更多周期。",
    ),
}

_NEEDS: dict[str, tuple[str, str]] = {
    "demand_finding_needs": ("Looking for emerging needs …", "正在寻找新兴需求 …"),
    "demand_needs_not": (
        "Needs cannot be looked for among these people",
        "无法在这些用户中寻找新兴需求",
    ),
    "demand_answer": (
        "{need} is the strongest emerging need in {category}",
        "「{category}」中最强的新兴需求是「{need}」",
    ),
    "demand_answer_all": (
        "{need} is the strongest emerging need on the whole platform",
        "大盘中最强的新兴需求是「{need}」",
    ),
    "demand_answer_elsewhere": (
        "{need} is rising in {category}, but no more than elsewhere",
        "「{need}」正在「{category}」升温，但并不比别处更突出",
    ),
    "demand_answer_over": (
        "Nothing is bursting in {category} now; {need} was the last",
        "「{category}」目前没有爆发的需求，最近一次是「{need}」",
    ),
    "demand_answer_over_all": (
        "Nothing is bursting now; {need} was the last",
        "目前没有爆发的需求，最近一次是「{need}」",
    ),
    "demand_answer_users": (
        "{users} users ({how}) in {period}, where {expected} were to be expected; it began on "
        "{since}.",
        "{period}有 {users} 人（{how}），而预期仅 {expected} 人；始于{since}。",
    ),
    "demand_no_need": ("No emerging need in {category}", "「{category}」中没有新兴需求"),
    "demand_no_need_anywhere": ("No emerging need", "没有新兴需求"),
    "demand_no_need_why": (
        "No word and no interest is clearly above what its own past, the season and everybody's "
        "activity let expect, two periods running.",
        "没有词语或兴趣连续两个周期明显高于其历史、季节与整体活跃度所预期的水平。",
    ),
    "demand_no_need_floor": (
        "Bursts of fewer than {floor} users are not shown.",
        "不足 {floor} 人的爆发不予显示。",
    ),
    "demand_no_need_cure": (
        "Look at all categories, or take a later end of the window.",
        "可查看全部品类，或将结束时间延后。",
    ),
    "demand_only_interests": (
        "This store has no words, so only interests were looked at; build it with --text COLUMN "
        "--terms to have both.",
        "此数据没有词语，因此仅分析了兴趣；构建时加上 --text 列名 --terms 即可同时分析。",
    ),
    "demand_needs_title": ("What is emerging", "正在兴起"),
    "demand_needs_about": (
        "Users by period, each line on its own scale; orange: the burst. Click for the detail.",
        "各周期人数，每行刻度独立；橙色为爆发期。点击查看详情。",
    ),
    "demand_needs_some": (
        "The first {shown} of {all} are drawn.",
        "图中仅绘出前 {shown} 个（共 {all} 个）。",
    ),
    "demand_needs_alt": (
        "List of {n} needs with their users by period and their scores. The first is {first}. The "
        "table below has the same numbers.",
        "{n} 个需求的各周期人数与得分，第一名是「{first}」。下方表格为相同数据。",
    ),
    "demand_needs_table": ("Needs, ranked", "需求排名"),
    "demand_needs_score": (
        "Those still running come first. The score is growth × size × distinctiveness, each from "
        "its cautious end, 0 to 100.",
        "仍在持续的排在前面。得分 = 增长 × 规模 × 独特性，均取谨慎值，0 至 100。",
    ),
    "demand_need": ("Need", "需求"),
    "demand_since": ("Began", "开始"),
    "demand_last_seen": ("Latest", "最近"),
    "demand_running": ("still running", "仍在持续"),
    "demand_over": ("over", "已结束"),
    "demand_since_day": ("since {day}", "{day}起"),
    "demand_why": (
        "In {period} {users} users did it; the past, the season and everybody's activity let "
        "expect {expected}.",
        "{period}有 {users} 人，按历史、季节与整体活跃度推算应有 {expected} 人。",
    ),
    "demand_why_events": (
        " Each did so {events} times on average since it began.",
        "爆发以来人均 {events} 次。",
    ),
    "demand_cell_users": ("Users, last period", "最近周期人数"),
    "demand_cell_burst": ("Since it began", "爆发以来"),
    "demand_cell_growth": ("Against expected", "对比预期"),
    "demand_cell_new": ("new", "新出现"),
    "demand_cell_new_note": ("{expected} expected", "预期仅 {expected} 人"),
    "demand_cell_times": ("×{times}", "{times} 倍"),
    "demand_cell_growth_note": ("at least ×{least}", "至少 {least} 倍"),
    "demand_cell_doubling": ("Doubles every", "翻倍所需"),
    "demand_cell_doubling_note": ("as it rose; 95%: {low}–{high}", "上升期；95% 区间 {low}–{high}"),
    "demand_cell_never": ("never", "不翻倍"),
    "demand_cell_tgi": ("TGI in the category", "品类内 TGI"),
    "demand_cell_tgi_note": ("cautious {least}", "谨慎估计 {least}"),
    "demand_cell_score": ("Score", "得分"),
    "demand_cell_score_note": ("of 100: growth, size, TGI", "满分 100：增长、规模、TGI"),
    "demand_cell_score_note_all": ("of 100: growth, size", "满分 100：增长、规模"),
    "demand_line": ("Users by period", "各周期人数"),
    "demand_line_about": ("Dashed: expected. Tinted: the burst.", "虚线：期望；浅底：爆发期。"),
    "demand_line_hidden": (" Gaps: below the floor.", "空缺处低于展示下限。"),
    "demand_line_alt": (
        "Line of the users of {need} by period, the burst marked.",
        "「{need}」各周期人数折线图，已标出爆发期。",
    ),
    "demand_carriers": ("Who carries it", "主要人群"),
    "demand_words": ("Words that go with it, with users", "相关词及人数"),
    "demand_also": ("Also called, with users", "同一需求的其他名称及人数"),
    "demand_tgi": ("TGI {tgi}", "TGI {tgi}"),
}

_TRENDS: dict[str, tuple[str, str]] = {
    "demand_following": ("Counting the periods …", "正在逐期统计 …"),
    "demand_trend_not": ("This trend cannot be shown", "无法显示此趋势"),
    "demand_beside": ("Compare with", "对比"),
    "demand_beside_help": (
        "Up to three audiences or expressions, drawn beside it in the same measure.",
        "最多三个人群或表达式，以同一指标并列绘出。",
    ),
    "demand_measure": ("What to draw", "指标"),
    "demand_measure_users": ("Active users", "活跃人数"),
    "demand_measure_share": ("Share of active users", "占活跃用户比例"),
    "demand_measure_overlap_users": ("Users in the category", "品类内人数"),
    "demand_measure_share_of_category": ("Share of the category", "占品类比例"),
    "demand_measure_tgi": ("TGI", "TGI"),
    "demand_measure_brand_penetration": ("{brand} penetration", "「{brand}」渗透率"),
    "demand_one_period": (
        "{period} alone shows no trend",
        "仅有{period}，无法看出趋势",
    ),
    "demand_one_period_cure": ("Take a longer window.", "请选择更长的时间。"),
    "demand_latest": (
        "{measure} in {period}: {value} ({how})",
        "{period}：{measure} {value}（{how}）",
    ),
    "demand_latest_expected": (
        ", where {expected} were to be expected (z {z})",
        "，预期 {expected}（z {z}）",
    ),
    "demand_latest_hidden": (
        "In {period} there are too few users to be shown.",
        "{period}人数过少，不予显示。",
    ),
    "demand_trend_hidden": (
        "Periods with fewer than {floor} users are gaps",
        "不足 {floor} 人的周期留空",
    ),
    "demand_trend_title": ("{measure} by period", "各周期{measure}"),
    "demand_draw_band": ("Band: 95% interval.", "色带：95% 区间。"),
    "demand_draw_dashed": (
        "Dashed: expected from its own past, the season and all others.",
        "虚线：按自身历史、季节与整体推算的期望。",
    ),
    "demand_draw_burst": ("Tinted: a burst.", "浅底：爆发。"),
    "demand_draw_hollow": ("Hollow: a period covered in part.", "空心：周期未完整。"),
    "demand_draw_whole": ("Whole periods only.", "仅绘出完整周期。"),
    "demand_trend_alt": (
        "Line of {measure} of {name} over {n} periods. The table below has the same numbers.",
        "{name}在 {n} 个周期的{measure}折线图。下方表格为相同数据。",
    ),
    "demand_followed": (
        "Counted: whoever was active in {name} in the period, out of all who were active.",
        "统计口径：当期活跃用户中属于{name}的用户。",
    ),
    "demand_followed_inside": (
        "Counted: members of {category} (whenever they joined it) active in {name} in the period.",
        "统计口径：{category}的固定成员（不论何时进入）中，当期在{name}活跃的用户。",
    ),
    "demand_growth": ("Growth in {span}", "{span}内增长"),
    "demand_growth_none": ("too little to tell", "数据不足，无法判断"),
    "demand_season": ("Season", "季节周期"),
    "demand_season_note": ("taken out of the growth", "已从增长中去除"),
    "demand_season_none": ("no cycle that repeats", "没有重复的周期"),
    "demand_burst": ("Burst", "爆发"),
    "demand_burst_none": ("within its own past and season", "未超出自身历史与季节"),
    "demand_in_category": ("{brand} in the category", "「{brand}」在品类整体"),
    "demand_in_category_note": ("penetration, to compare", "渗透率，供对比"),
    "demand_trend_table": ("Period by period", "逐期数据"),
    "demand_period": ("Period", "周期"),
}

TEXTS: dict[str, tuple[str, str]] = {
    **_SHARED,
    **_NEEDS,
    **_TRENDS,
}

FAMILIES: Mapping[str, tuple[str, ...]] = {
    "demand_draw_": ("band", "dashed", "burst", "hollow", "whole"),
    "demand_tab_": ("needs", "trends", "language", "map"),
    "demand_kind_": ("category", "interest", "brand", "term"),
    "demand_units_": ("day", "week", "month"),
    "demand_period_": ("day", "week", "month"),
    "demand_cell_": (
        "users", "burst", "growth", "new", "new_note", "times", "growth_note", "doubling",
        "doubling_note", "never", "tgi", "tgi_note", "score", "score_note", "score_note_all",
    ),
    "demand_measure_": (
        "users", "share", "overlap_users", "share_of_category", "tgi", "brand_penetration",
    ),
}  # fmt: skip
