"""The chart, the card and the tables."""

from collections.abc import Mapping

TEXTS: dict[str, tuple[str, str]] = {
    # the chart
    "chart": ("Where the openings are", "机会在哪里"),
    "chart_sub_brand": (
        "Area: users not reached yet. Blue: openings, by score. Grey: none, see the legend. Click "
        "a bubble to see why.",
        "面积：未触达人数；蓝色：机会人群，按得分；灰色：不是机会，原因见图例。点击气泡查看原因。",
    ),
    "chart_sub": (
        "Area: users in both. Blue: openings, by score. Grey: none, see the legend. Click a bubble "
        "to see why.",
        "面积：重合人数；蓝色：机会人群，按得分；灰色：不是机会，原因见图例。点击气泡查看原因。",
    ),
    "chart_some": (
        "The first {shown} of {all} interests are drawn.",
        "图中仅绘出前 {shown} 个（共 {all} 个）。",
    ),
    "chart_brand_hidden": (
        "{n} more are in the list: how many of them {brand} reaches may not be shown.",
        "另有 {n} 个兴趣见列表：「{brand}」在其中的人数或其余人数过少，不予显示。",
    ),
    "chart_alt": (
        "Bubble chart of {n} interests by TGI and {y}. The first is {first}. The table below has "
        "the same numbers.",
        "{n} 个兴趣的气泡图，横轴为 TGI，纵轴为{y}。排名第一的是「{first}」。下方表格为相同数据。",
    ),
    "alt_fair": ("fair-share index", "公平份额指数"),
    "alt_share": ("share of the category", "占品类比例"),
    # the card
    "card_grade": ("Overlap: {grade}", "重合证据：{grade}"),
    "card_gap_grade": ("Gap: {grade}", "缺口证据：{grade}"),
    "card_grade_help": (
        "How much data is behind the overlap, and behind the gap.",
        "分别表示重合与缺口的数据依据是否充分。",
    ),
    "verdict_opening": ("Opening", "机会人群"),
    "verdict_overlap only": ("Overlap only", "仅重合"),
    "verdict_by chance": ("By chance", "随机水平"),
    "verdict_insufficient": ("Insufficient", "数据不足"),
    "verdict_suppressed": ("Suppressed", "已隐藏"),
    "verdict_help_opening": (
        "The overlap is more than chance, and so is the brand's gap where a brand is chosen.",
        "重合显著高于随机；若选择了品牌，其缺口也超出随机波动。",
    ),
    "verdict_help_overlap only": (
        "The overlap is more than chance, but no gap of the brand is.",
        "重合显著高于随机，但品牌的缺口未超出随机波动。",
    ),
    "verdict_help_by chance": (
        "The overlap is not reliably more than chance gives.",
        "重合未显著高于随机水平。",
    ),
    "verdict_help_insufficient": (
        "Too few users, or too uncertain an estimate, to say anything.",
        "人数太少或估计误差过大，无法判断。",
    ),
    "verdict_help_suppressed": ("Below the display floor.", "低于展示下限。"),
    "openings_show": ("Rows to show", "显示范围"),
    "openings_show_openings": ("Openings ({n})", "机会人群（{n}）"),
    "openings_show_behind": ("Brand behind ({n})", "品牌渗透偏低（{n}）"),
    "openings_show_growing": ("Growing ({n})", "增长中（{n}）"),
    "openings_show_all": ("All ({n})", "全部（{n}）"),
    "openings_show_none": ("No rows of this kind.", "没有此类人群。"),
    "bar_both": ("In both", "重合人数"),
    "bar_expected": ("By chance", "随机期望"),
    "bar_brand": ("{brand} here", "「{brand}」在此人群"),
    "bar_category": ("{brand} in the category", "「{brand}」在品类整体"),
    "size": ("Users in both", "重合人数"),
    "tgi": ("TGI", "TGI 指数"),
    "fair_share": ("Fair-share index", "公平份额指数"),
    "gap": ("Missing users", "机会缺口"),
    "unreached": ("Not reached yet", "未触达"),
    "share_of_category": ("Of the category", "占品类"),
    "share_of_interest": ("Of the interest", "占兴趣"),
    "excess": ("Beyond chance", "超额重合"),
    "excess_note": ("more than the {expected} by chance", "比随机期望 {expected} 人多"),
    "exact": ("exact", "精确"),
    "interval": ("95%: {ends}", "95% 区间 {ends}"),
    "rate_note": ("sample of {rate}", "样本 {rate}"),
    "cautious": ("cautious {index}", "谨慎估计 {index}"),
    "fair_note": ("95%: {ends}; 100 = as in the category", "95% 区间 {ends}；100 = 与品类持平"),
    "gap_note": ("95%: {ends}, to match the category", "95% 区间 {ends}，达到品类平均所需"),
    "gap_unknown_note": ("no gap beyond chance", "缺口未超出随机波动"),
    "unreached_note": ("without {brand}", "未用「{brand}」"),
    "growth_none_note": ("needs two whole periods", "至少需两个完整周期"),
    "score_note": ("of 100: size, affinity, gap, trend", "满分 100：人数、相关、缺口、趋势"),
    "score_note_no_brand": ("of 100: size, affinity, trend", "满分 100：人数、相关、趋势"),
    "openings_rank": (
        "Rank {rank} of {all}, could be {ends}",
        "第 {rank} 名（可能 {ends}），共 {all} 个",
    ),
    "openings_rank_sure": ("Rank {rank} of {all}, clear", "第 {rank} 名，共 {all} 个，名次明确"),
    "openings_rank_sure_help": (
        "No other row could as well have this rank.",
        "其他人群不太可能占据这一名次。",
    ),
    "openings_score": ("Score {score}", "得分 {score}"),
    "openings_stop": ("; ", "；"),
    "openings_trend": ("Trend", "趋势"),
    "openings_trend_help": (
        "Users of the category who are active in the interest, period by period, against the "
        "category's own activity.",
        "品类用户中各周期在该兴趣有行为的人数，与品类自身的活跃变化相比。",
    ),
    "openings_trend_moves": (
        "{change} ({low} to {high}) against the category in {span}",
        "{span}内相对品类变化 {change}（{low} 至 {high}）",
    ),
    "openings_trend_flat": (
        "flat against the category in {span} ({low} to {high})",
        "{span}内与品类持平（{low} 至 {high}）",
    ),
    "openings_trend_unknown": (
        "too few users per period to show",
        "各周期人数太少，不予显示",
    ),
    "openings_trend_burst": ("a burst since {day}", "{day}起爆发"),
    "openings_spark_alt": ("Line of the trend: {said}.", "趋势线：{said}。"),
    "openings_to_trends": ("Trends", "趋势详情"),
    "openings_to_trends_help": (
        "Opens Demand: this trend with its intervals, season and bursts.",
        "打开需求洞察：查看该趋势的区间、季节性与爆发。",
    ),
    "openings_words": ("Own words", "特征词"),
    "openings_words_help": (
        "Words that the users in both say more than the other users of the category.",
        "重合人群比品类其他用户更常说的词。",
    ),
    "openings_words_none": (
        "no words in this store: build it with --text COLUMN",
        "此数据中没有词语：构建时加上 --text 列名",
    ),
    "openings_words_few": (
        "too few users of one side wrote anything",
        "其中一方发言的用户太少",
    ),
    "openings_words_alike": (
        "no word sets them apart beyond luck",
        "没有超出偶然波动的用语差异",
    ),
    "openings_word": (
        "Said by {share} of them and {others} of the other {category} users who wrote; odds at "
        "equal activity and period {odds} times as high ({ends})",
        "发言者中 {share} 说过，「{category}」其他发言者为 {others}；"
        "相同发言量与时期下的优势比 {odds}（{ends}）",
    ),
    "openings_word_least": (
        "Said by {share} of them and {others} of the other {category} users who wrote; odds at "
        "equal activity and period at least {odds} times as high ({ends})",
        "发言者中 {share} 说过，「{category}」其他发言者为 {others}；"
        "相同发言量与时期下的优势比不低于 {odds}（{ends}）",
    ),
    "openings_word_hidden": ("too few to show", "人数过少（不予显示）"),
    "openings_to_words": ("Language", "用语详情"),
    "openings_to_words_help": (
        "Opens Demand: all of their words, with examples.",
        "打开需求洞察：查看全部特征词与例句。",
    ),
    "openings_carriers": ("Also in", "同时关注"),
    "openings_carriers_help": (
        "Other interests that the users in both are in more than their category is; the number "
        "is the TGI against the category.",
        "重合人群比品类整体更关注的其他兴趣；数字为相对品类的 TGI。",
    ),
    "openings_carriers_none": (
        "no other interest more than all {category} users",
        "没有比「{category}」整体更突出的其他兴趣",
    ),
    "openings_carrier": (
        "{users} of them, {share}: TGI {tgi} against all {category} users",
        "其中 {users} 人，占 {share}：相对「{category}」全部用户的 TGI 为 {tgi}",
    ),
    "openings_whom": (
        "the users of {category} who are in {interest}",
        "「{category}」中关注「{interest}」的用户",
    ),
    "openings_whom_brand": (
        "the people to win, users of {category} who are in {interest} and do not use {brand}",
        "待争取人群，即「{category}」中关注「{interest}」且未用「{brand}」的用户",
    ),
    "openings_build": ("Build segment", "生成人群包"),
    "openings_build_help": (
        "Opens the segment builder with {people}. There it can be narrowed, saved and exported.",
        "以{people}打开人群包，可继续筛选、保存与导出。",
    ),
    "openings_reach": ("Plan reach", "规划触达"),
    "openings_reach_help": (
        "Shows step by step which audiences reach {people}.",
        "逐步展示哪些人群可触达{people}。",
    ),
    "openings_overlap": ("Show overlap", "查看重合"),
    "openings_overlap_help": (
        "Lays {category} and {interest} over each other, true to scale.",
        "按真实比例展示「{category}」与「{interest}」的重合。",
    ),
    "openings_one": ("Download", "下载"),
    "openings_one_help": (
        "This opening with every measure, as CSV.",
        "下载此机会人群的全部指标（CSV）。",
    ),
    "openings_copy": ("Copy", "复制"),
    "openings_copy_reason": ("The reason in a sentence", "一句话理由"),
    "openings_ranked_by": (" {by}", "（{by}）"),
    "openings_by": ("Ranked by", "排序依据"),
    "openings_col_rank_by_score": ("Rank by score", "得分名次"),
    "openings_help_excess": (
        "Users in both beyond those that chance would give.",
        "超出随机期望的重合人数。",
    ),
    "expression": ("Expression for the command line", "命令行表达式"),
    "grade_strong": ("strong", "强"),
    "grade_good": ("good", "较强"),
    "grade_fair": ("fair", "一般"),
    "grade_insufficient evidence": ("insufficient", "不足"),
    # the tables
    "table": ("Interests, ranked by", "兴趣排名"),
    "table_alt": ("Interests with their verdicts", "兴趣及结论表"),
    "hidden": (
        "Not shown, below the floor ({n})",
        "低于展示下限，未显示（{n}）",
    ),
    "hidden_note": (
        "The policy of this store shows nothing that tells of fewer than {floor} users: {names}.",
        "按照此数据的规定，会透露不足 {floor} 人的内容不予显示：{names}。",
    ),
    "and_more": ("{names} and {n} more", "{names} 等另外 {n} 个"),
    "all_hidden": (
        "Everything here is below the floor of {floor} users, so nothing is shown.",
        "所有结果均低于 {floor} 人的展示下限，因此不予显示。",
    ),
    "all_hidden_cure": (
        "Take a longer window or a larger category. An analyst may build the store with "
        "--display-floor 0.",
        "请选择更长的时间或更大的品类。分析人员可用 --display-floor 0 构建数据。",
    ),
    "col_interest": ("Interest", "兴趣"),
    "col_size": ("In both", "重合人数"),
    "col_interval": ("95% interval", "95% 区间"),
    "col_expected": ("By chance", "随机期望"),
    "col_tgi": ("TGI", "TGI"),
    "col_tgi_interval": ("TGI interval", "TGI 区间"),
    "col_fair": ("Fair share", "公平份额"),
    "col_brand": ("Brand reach", "品牌渗透率"),
    "col_gap": ("Missing", "缺口人数"),
    "col_unreached": ("Not reached", "未触达"),
    "col_growth": ("Growth", "增长"),
    "col_growth_span": ("Growth, {span}", "增长（{span}）"),
    "col_score": ("Score", "得分"),
    "col_rank": ("Rank", "名次"),
    "col_rank_interval": ("Rank interval", "排名区间"),
    "col_grade": ("Overlap evidence", "重合证据"),
    "col_share": ("Of category", "占品类"),
    "col_verdict": ("Verdict", "结论"),
    "col_gap_interval": ("Missing, 95%", "缺口 95% 区间"),
    "col_gap_grade": ("Gap evidence", "缺口证据"),
    "col_why": ("Why it is no opening", "不是机会人群的原因"),
    "why_no_gap": ("No gap beyond chance", "缺口未超出随机波动"),
    "why_ahead": ("The brand is ahead here", "品牌在此领先"),
    "why_too_few": ("Too few users to be sure", "人数太少，无法确定"),
    "why_by_chance": ("Not reliably above chance", "不能可靠地高于随机"),
    "why_too_noisy": ("Estimate too uncertain", "估计误差过大"),
    "help_size": ("Users in the category and in the interest.", "同属品类与兴趣的用户数。"),
    "help_expected": (
        "Users there would be if the two had nothing to do with each other.",
        "若两者互不相关，应有的重合人数。",
    ),
    "help_tgi": (
        "100 × users in both / users by chance. 100 is what chance predicts.",
        "100 × 重合人数 / 随机期望。100 表示与随机期望一致。",
    ),
    "help_fair": (
        "100 × the brand's share of these users / its share of the whole category. Below 100 the "
        "brand is missing.",
        "100 × 品牌在此人群的渗透率 / 在品类整体的渗透率。低于 100 表示渗透不足。",
    ),
    "help_gap": (
        "Users the brand would gain by doing here as well as in its category. Empty where the "
        "difference can be chance.",
        "若达到品类平均渗透率，品牌可增加的用户数；差异可能出于随机时为空。",
    ),
    "help_unreached": (
        "Users in both who do not use the brand.",
        "重合人群中尚未使用该品牌的人数。",
    ),
    "help_growth": (
        "Change from the first to the last whole period of the window, smoothed, out of season and "
        "beyond the category's own change. Flat where the 95% interval holds 0.",
        "所选时段内首个至最近完整周期的变化，经平滑、去除季节影响，并扣除品类自身变化。"
        "95% 区间包含 0 时视为持平。",
    ),
    "help_score": (
        "Size × affinity × headroom of the brand, all from cautious ends, with a tenth for trend.",
        "人数 × 相关性 × 品牌空间，均取谨慎值，并计入趋势。",
    ),
    "help_rank_interval": (
        "Ranks it could as well have: rows this close cannot be told apart with confidence.",
        "可能的名次范围：得分相近的行无法可靠区分先后。",
    ),
}

FAMILIES: Mapping[str, tuple[str, ...]] = {
    "openings_words_": ("none", "few", "alike"),
    "openings_": ("trend_help", "words_help", "carriers_help"),
    "grade_": ("strong", "good", "fair", "insufficient evidence"),
    "why_": ("too_few", "by_chance", "too_noisy", "no_gap", "ahead"),
    "verdict_": ("opening", "overlap only", "by chance", "insufficient", "suppressed"),
    "verdict_help_": ("opening", "overlap only", "by chance", "insufficient", "suppressed"),
    "openings_show_": ("openings", "behind", "growing", "all"),
}
