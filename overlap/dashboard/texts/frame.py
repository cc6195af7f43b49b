"""The frame of all pages: bar, what is missing or was changed, and the foot."""

from collections.abc import Mapping

TEXTS: dict[str, tuple[str, str]] = {
    # the frame
    "page_openings": ("Openings", "机会人群"),
    "page_overlaps": ("Overlaps", "人群重合"),
    "page_segment": ("Segment builder", "人群包"),
    "page_demand": ("Demand", "需求洞察"),
    "page_saved": ("Saved", "已保存"),
    "page_data": ("Data", "数据"),
    "to_data": ("Build a store from a file", "从文件构建数据"),
    "tour_again": ("Show the tour", "查看导览"),
    "language": ("Language", "语言"),
    "opening_store": ("Opening the store …", "正在打开数据 …"),
    "ranking": ("Ranking the interests …", "正在计算机会人群 …"),
    # the bar
    "bar": ("What to look at", "查看范围"),
    "category": ("Category", "品类"),
    "brand": ("Brand", "品牌"),
    "baseline": ("Compared with", "对比基准"),
    "from": ("From", "开始"),
    "to": ("To", "结束"),
    "no_brand": ("No brand", "不限品牌"),
    "everyone": ("All users", "大盘（全部用户）"),
    "from_start": ("Start", "最早"),
    "to_latest": ("Latest", "最新"),
    "share": ("Share", "分享"),
    "share_help": (
        "Whoever can reach this dashboard sees by this link what you see here:",
        "能访问本看板的人，打开此链接即可看到与您相同的页面：",
    ),
    "category_help": (
        "The market you sell in. Type to search.",
        "您所在的市场。可输入文字搜索。",
    ),
    "brand_help": (
        "Brands with users in the category come first. Without a brand, openings are ranked by "
        "size and affinity alone.",
        "在该品类中有用户的品牌排在前面。不选品牌时，仅按人数与相关性排序。",
    ),
    "no_brand_help": (
        "This store has no audiences of the kind “brand”. Build it with --tags COLUMN=brand.",
        "此数据中没有 brand 类人群。构建时加上 --tags 列名=brand 即可。",
    ),
    "baseline_help": (
        "Whom the TGI compares with. Choose an audience, or type any expression of audiences "
        "and press Enter.",
        "TGI 的对比对象。可选择人群，也可输入任意人群表达式后按回车。",
    ),
    "window_help": (
        "First and last period counted. A user counts when active in between.",
        "统计的首个与末个周期，期间有行为的用户才计入。",
    ),
    # empty states
    "no_store": ("There is no store to show", "没有可显示的数据"),
    "no_store_cure": (
        "Open the sample community, or one of your own stores:",
        "请打开示例社区，或您自己的数据：",
    ),
    "bad_store": ("This store cannot be opened", "无法打开此数据"),
    "bad_floor": (
        "OVERLAP_DISPLAY_FLOOR is “{value}”, which is not a number of users",
        "OVERLAP_DISPLAY_FLOOR 的值“{value}”不是人数",
    ),
    "bad_floor_cure": (
        "Set it to a whole number from 0 on, or leave it out.",
        "请设为不小于 0 的整数，或不设置。",
    ),
    "cure": ("What to do", "如何处理"),
    "where": ("Where", "位置"),
    "no_category": ("This store has no categories", "此数据中没有品类"),
    "no_category_cure": (
        "Openings start from audiences of the kind “category”. The kinds here are: {kinds}. Build "
        "the store with the column that holds your categories:",
        "机会人群从 category 类人群出发。此数据中有：{kinds}。请指定品类所在的列重新构建：",
    ),
    "no_interest": ("This store has no interests", "此数据中没有兴趣人群"),
    "no_interest_cure": (
        "Openings compare a category with audiences of the kind “interest”. The kinds here are: "
        "{kinds}. Build the store with the column that holds interests:",
        "机会人群需要 interest 类人群与品类对比。此数据中有：{kinds}。请指定兴趣所在的列重新构建：",
    ),
    "no_data": (
        "No {category} user was active in this window",
        "此时间段内没有「{category}」的活跃用户",
    ),
    "no_data_cure": (
        "Choose an earlier start or a later end, or take the whole time.",
        "请将开始提前或结束延后，或选择全部时间。",
    ),
    "bad_request": ("That could not be computed", "无法计算"),
    "unexpected": (
        "Something went wrong. The log of the server has it under {id}.",
        "出现错误。服务器日志中的编号为 {id}。",
    ),
    "logged_as": (
        "In the log of the server this is {id}.",
        "服务器日志中的编号为 {id}。",
    ),
    "reset": ("Back to the start", "回到初始视图"),
    "whole_time": ("Take the whole time", "选择全部时间"),
    # a link that had to be changed
    "unknown_store": (
        "There is no store “{wanted}” here any more, so the one that is served is shown.",
        "此处没有数据“{wanted}”，已改为显示默认数据。",
    ),
    "unknown_category": (
        "“{wanted}” is not a category of this store, so {instead} is shown.",
        "此数据中没有品类“{wanted}”，已改为显示「{instead}」。",
    ),
    "unknown_brand": (
        "“{wanted}” is not a brand of this store, so none is chosen.",
        "此数据中没有品牌“{wanted}”，已改为不限品牌。",
    ),
    "unknown_baseline": (
        "“{wanted}” cannot be compared with, so all users are: {why}",
        "无法以“{wanted}”为对比基准，已改为大盘：{why}",
    ),
    "own_baseline": (
        "Compared with itself every TGI is 100, so all users are the baseline.",
        "与自身相比 TGI 恒为 100，已改为以大盘为基准。",
    ),
    "unknown_opening": (
        "“{wanted}” is not among the interests here, so the first is shown.",
        "此处没有兴趣“{wanted}”，已显示第一名。",
    ),
    "unknown_period": (
        "“{wanted}” is not a date like 2026-05-04, so the window is open there.",
        "“{wanted}”不是形如 2026-05-04 的日期，已忽略。",
    ),
    "period_moved": (
        "No period starts on {wanted}, so {instead} is taken.",
        "没有从 {wanted} 开始的周期，已改为 {instead}。",
    ),
    "window_reversed": (
        "The window of the link ended before it began: its ends were exchanged, {start} to {end}.",
        "链接中的起止时间颠倒，已对调为 {start} 至 {end}。",
    ),
    "window_outside": (
        "There are no data from {start} to {end}, so all of them are shown: {first} to {last}.",
        "{start} 至 {end} 没有数据，已改为显示全部时间：{first} 至 {last}。",
    ),
    "window_beyond": (
        "The window of the link reaches beyond the data, which cover {first} to {last}.",
        "链接中的时间超出数据范围，数据只覆盖 {first} 至 {last}。",
    ),
    "window_without_periods": (
        "These data have no periods, so all of them are shown.",
        "此数据没有划分时间周期，已显示全部数据。",
    ),
    "name_in_doubt": (
        "“{name}” is read as {taken}. It may also be {others}: write that for it.",
        "“{name}”按 {taken} 理解，也可能指 {others}；如需后者，请写全称。",
    ),
    "name_in_doubt_or": (" or ", " 或 "),
    "name_in_doubt_users": ("{name} ({users} users)", "{name}（{users} 人）"),
    "unknown_language": (
        "“{wanted}” is not a language of this dashboard.",
        "本页面不支持语言“{wanted}”。",
    ),
    "brand_elsewhere": (
        "{brand} has too few users in {category} to say where it is missing.",
        "「{brand}」在「{category}」的用户太少，无法判断其渗透不足之处。",
    ),
    "did_you_mean": (" Did you mean {nearest}?", "您是否要找「{nearest}」？"),
    # the foot
    "foot": (
        "Store {name} · snapshot {snapshot} · {users} users · "
        "{rows} rows read, {rejected} rejected",
        "数据 {name} · 版本 {snapshot} · {users} 用户 · 读取 {rows} 行，剔除 {rejected} 行",
    ),
    "foot_window": ("{start} to {end}", "{start} 至 {end}"),
    "foot_floor": ("nothing below {floor} users is shown", "不显示不足 {floor} 人的内容"),
    "foot_floor_holds": (
        "this is the store's own floor, which {asked} users cannot lower",
        "这是数据自身的展示下限，不能降为 {asked} 人",
    ),
}

FAMILIES: Mapping[str, tuple[str, ...]] = {
    "page_": ("openings", "overlaps", "segment", "demand", "saved", "data"),
    "no_": ("category", "category_cure", "interest", "interest_cure"),
    "unknown_": ("store", "category", "brand", "baseline", "opening", "period", "language"),
}
