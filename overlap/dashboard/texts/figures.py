"""The chart, the card and the tables."""

TEXTS: dict[str, tuple[str, str]] = {
    # the chart
    "chart": ("Where the openings are", "机会在哪里"),
    "chart_sub_brand": (
        "Area: users not reached yet. Grey: not enough evidence. Orange: selected. "
        "Click a bubble to see why.",
        "面积：未触达人数；灰色：证据不足；橙色：当前所选。点击气泡查看原因。",
    ),
    "chart_sub": (
        "Area: users in both. Grey: not enough evidence. Orange: selected. "
        "Click a bubble to see why.",
        "面积：重合人数；灰色：证据不足；橙色：当前所选。点击气泡查看原因。",
    ),
    "chart_some": (
        "The first {shown} of {all} interests are drawn.",
        "图中仅绘出前 {shown} 个（共 {all} 个）。",
    ),
    "chart_alt": (
        "Bubble chart of {n} interests by TGI and {y}. The first is {first}. The table below has "
        "the same numbers.",
        "{n} 个兴趣的气泡图，横轴为 TGI，纵轴为{y}。排名第一的是「{first}」。下方表格为相同数据。",
    ),
    "alt_fair": ("fair-share index", "公平份额指数"),
    "alt_share": ("share of the category", "占品类比例"),
    # the card
    "card": ("Selected opening", "所选人群"),
    "card_rank": ("Rank {rank} of {all}", "第 {rank} 名，共 {all} 个"),
    "card_grade": ("Evidence: {grade}", "证据：{grade}"),
    "card_not_ranked": ("Not ranked", "未排名"),
    "bar_both": ("In both", "重合人数"),
    "bar_expected": ("By chance", "随机期望"),
    "bar_brand": ("{brand} here", "「{brand}」在此人群"),
    "bar_category": ("{brand} in the category", "「{brand}」在品类整体"),
    "size": ("Users in both", "重合人数"),
    "tgi": ("TGI", "TGI 指数"),
    "fair_share": ("Fair-share index", "公平份额指数"),
    "gap": ("Missing users", "机会缺口"),
    "unreached": ("Not reached yet", "未触达"),
    "growth": ("Growth", "增长"),
    "rank": ("Rank interval", "排名区间"),
    "share_of_category": ("Of the category", "占品类"),
    "share_of_interest": ("Of the interest", "占兴趣"),
    "excess": ("Beyond chance", "超额重合"),
    "excess_note": ("more than the {expected} by chance", "比随机期望 {expected} 人多"),
    "exact": ("exact", "精确"),
    "interval": ("95%: {ends}", "95% 区间 {ends}"),
    "rate_note": ("sample of {rate}", "样本 {rate}"),
    "cautious": ("at least {index}, cautiously", "谨慎估计 ≥ {index}"),
    "fair_note": ("100 = as in the category", "100 = 与品类持平"),
    "gap_note": ("to be as strong as in the category", "达到品类平均所需"),
    "unreached_note": ("without {brand}", "未用「{brand}」"),
    "growth_note": ("against the category", "相对品类"),
    "growth_flat": ("flat", "持平"),
    "growth_flat_note": ("within the error", "在误差之内"),
    "growth_none": ("–", "–"),
    "growth_none_note": ("needs two whole periods", "至少需两个完整周期"),
    "rank_note": ("ranks it could as well have", "可能的名次范围"),
    "score": ("Score", "得分"),
    "score_note": ("of 100: size, affinity, gap, trend", "满分 100：人数、相关、缺口、趋势"),
    "score_note_no_brand": ("of 100: size, affinity, trend", "满分 100：人数、相关、趋势"),
    "expression": ("Expression for the command line", "命令行表达式"),
    "grade_strong": ("strong", "强"),
    "grade_good": ("good", "较强"),
    "grade_fair": ("fair", "一般"),
    "grade_insufficient evidence": ("insufficient", "不足"),
    # the tables
    "table": ("Openings, ranked", "机会人群排名"),
    "table_alt": ("Ranked openings", "机会人群排名表"),
    "table_some": (
        "The first {shown} of {all} rows are shown; the download has all.",
        "仅显示前 {shown} 行（共 {all} 行），下载文件包含全部。",
    ),
    "download": ("Download CSV", "下载 CSV"),
    "download_help": (
        "All {rows} rows with every measure, ready for Excel.",
        "全部 {rows} 行、所有指标，可直接用 Excel 打开。",
    ),
    "rest": (
        "Not enough evidence ({n})",
        "证据不足（{n}）",
    ),
    "rest_note": (
        "These interests are not ranked: each row says why. Large is not enough when chance "
        "would give as many.",
        "以下兴趣不参与排名，原因见各行。若随机也会有这么多人，人数多并不说明问题。",
    ),
    "hidden": (
        "Not shown, below the floor ({n})",
        "低于展示下限，未显示（{n}）",
    ),
    "hidden_note": (
        "The policy of this store shows nothing about fewer than {floor} users: {names}.",
        "按照此数据的规定，不足 {floor} 人的内容不予显示：{names}。",
    ),
    "and_more": ("{names} and {n} more", "{names} 等另外 {n} 个"),
    "all_hidden": (
        "Everything here is below the floor of {floor} users, so nothing is shown.",
        "所有结果均低于 {floor} 人的展示下限，因此不予显示。",
    ),
    "all_hidden_cure": (
        "Take a longer window or a larger category. An analyst may serve the store with "
        "--display-floor 0.",
        "请选择更长的时间或更大的品类。分析人员可用 --display-floor 0 打开。",
    ),
    "col_interest": ("Interest", "兴趣"),
    "col_size": ("In both", "重合人数"),
    "col_interval": ("95% interval", "95% 区间"),
    "col_expected": ("By chance", "随机期望"),
    "col_tgi": ("TGI", "TGI"),
    "col_tgi_interval": ("TGI interval", "TGI 区间"),
    "col_cautious": ("Cautious TGI", "谨慎 TGI"),
    "col_fair": ("Fair share", "公平份额"),
    "col_brand": ("Brand reach", "品牌渗透率"),
    "col_gap": ("Missing", "缺口人数"),
    "col_unreached": ("Not reached", "未触达"),
    "col_growth": ("Growth", "增长"),
    "col_score": ("Score", "得分"),
    "col_rank": ("Rank", "名次"),
    "col_rank_interval": ("Rank interval", "排名区间"),
    "col_grade": ("Evidence", "证据"),
    "col_share": ("Of category", "占品类"),
    "col_why": ("Why it is not ranked", "未排名的原因"),
    "why_too_few": ("Too few users to be sure", "人数太少，无法确定"),
    "why_by_chance": ("Not reliably above chance", "不能可靠地高于随机"),
    "why_too_noisy": ("Estimate too uncertain", "估计误差过大"),
    "help_size": ("Users in the category and in the interest.", "同属品类与兴趣的用户数。"),
    "help_expected": (
        "Users there would be if the two had nothing to do with each other.",
        "若两者互不相关，应有的重合人数。",
    ),
    "help_tgi": (
        "100 × users in both / users by chance. 100 means nothing special; 80 to 120 is about "
        "chance.",
        "100 × 重合人数 / 随机期望。100 表示无特别关联，80–120 接近随机。",
    ),
    "help_fair": (
        "100 × the brand's share of these users / its share of the whole category. Below 100 the "
        "brand is missing.",
        "100 × 品牌在此人群的渗透率 / 在品类整体的渗透率。低于 100 表示渗透不足。",
    ),
    "help_gap": (
        "Users the brand would gain by doing here as well as in its category.",
        "若达到品类平均渗透率，品牌可增加的用户数。",
    ),
    "help_unreached": (
        "Users in both who do not use the brand.",
        "重合人群中尚未使用该品牌的人数。",
    ),
    "help_growth": (
        "Latest periods against those before, beyond the category's own change. Empty where it is "
        "flat, or where there are too few periods.",
        "最近周期对比之前周期，扣除品类自身变化。持平或周期不足时为空。",
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
