"""The page data: stores at hand, what is in the open one, and how small it can see."""

from collections.abc import Mapping

TEXTS: dict[str, tuple[str, str]] = {
    "data_tabs": ("Parts of the page on data", "数据页面的各部分"),
    "data_tab_stores": ("Stores", "数据概况"),
    "data_tab_precision": ("Precision", "精度"),
    "data_tab_glossary": ("Glossary", "术语表"),
    "data_tab_upload": ("Upload", "上传"),
    # the answer
    "data_answer_exact": (
        "{name} holds {users} users, and every number in it is exact",
        "「{name}」共有 {users} 位用户，所有数字均为精确值",
    ),
    "data_answer_sampled": (
        "{name} holds about {users} users; its numbers come from a sample",
        "「{name}」约有 {users} 位用户，数字由抽样估计",
    ),
    "data_answer_hidden": (
        "{name} holds fewer users than may be shown",
        "「{name}」的用户数低于展示下限",
    ),
    "data_say_interval": (
        "Between {low} and {high} users (95%).",
        "95% 区间为 {low} 至 {high} 人。",
    ),
    "data_say_sample": (
        "Every audience keeps at least {rate} of its users; one of up to {k} is kept whole.",
        "每个人群至少保留 {rate} 的用户，不超过 {k} 人的人群则全部保留。",
    ),
    "data_say_rows": (
        "{rows} rows were read and none was rejected.",
        "共读取 {rows} 行，无一剔除。",
    ),
    "data_say_rejected": (
        "{rows} rows were read, of which {rejected} ({share}) were rejected.",
        "共读取 {rows} 行，其中剔除 {rejected} 行（{share}）。",
    ),
    "data_say_untagged": (
        "{users} users have no tag; they count among all users.",
        "{users} 位用户没有标签，计入大盘。",
    ),
    "data_say_untagged_few": (
        "Fewer than {floor} users have no tag; they count among all users.",
        "不足 {floor} 位用户没有标签，计入大盘。",
    ),
    "data_say_time": ("They reach from {start} to {end}.", "时间从 {start} 至 {end}。"),
    "data_say_timeless": ("They have no time.", "这些数据没有时间。"),
    "data_say_floor": (
        "Nothing about fewer than {floor} users is shown.",
        "不展示不足 {floor} 人的内容。",
    ),
    "data_to_precision": (
        "See which overlaps you can trust: from {users} users",
        "查看多小的重合可信：{users} 人起",
    ),
    # stores at hand
    "data_at_hand": ("Stores at hand ({n})", "可用数据（{n}）"),
    "data_at_hand_alone": (
        "This is the only store here. Upload a file to make another.",
        "目前只有这一份数据。可上传文件新建。",
    ),
    "data_open": ("Open", "打开"),
    "data_open_help": ("Look at {name} on all pages", "在所有页面查看「{name}」"),
    "data_open_now": ("open", "当前"),
    "data_store_users": ("{users} users", "{users} 位用户"),
    "data_store_exact": ("exact", "精确"),
    "data_store_sampled": ("sample of at least {rate}", "抽样率 ≥ {rate}"),
    "data_store_span": ("{start} – {end}", "{start} – {end}"),
    "data_store_disk": ("{size} on disk", "占用 {size}"),
    "data_store_changed": ("changed {when}", "更新于 {when}"),
    "data_store_snapshot": ("snapshot {snapshot}", "版本 {snapshot}"),
    "data_store_bad": ("Cannot be opened: {problem}", "无法打开：{problem}"),
    "data_store_hidden": ("fewer users than may be shown", "用户数低于展示下限"),
    "data_find_store": ("Open another of the {n} stores", "从全部 {n} 份数据中选择"),
    "data_find_store_hint": ("Type to search", "输入文字搜索"),
    "data_choose": ("Choose another store", "选择其他数据"),
    "data_gone": (
        "There is no store “{wanted}” here any more.",
        "此处已没有数据“{wanted}”。",
    ),
    "data_upload_one": ("Build a store from a file of your own", "用自己的文件新建数据"),
    # audiences
    "data_kinds": ("Audiences by kind", "各类人群"),
    "data_audiences": ("All audiences", "全部人群"),
    "data_audiences_found": ("Audiences with “{wanted}”", "包含“{wanted}”的人群"),
    "data_find": ("Find an audience", "查找人群"),
    "data_find_hint": ("Part of a name", "名称中的文字"),
    "data_kind": ("Kind", "类型"),
    "data_every_kind": ("All kinds", "全部类型"),
    "data_none_found": (
        "No audience here has “{wanted}” in its name. Try fewer letters, or another kind.",
        "没有名称包含“{wanted}”的人群。请减少文字或更换类型。",
    ),
    "data_hidden": (
        "{n} audiences have fewer than {floor} users: they are listed last, without numbers.",
        "有 {n} 个人群不足 {floor} 人：列在最后，不显示数字。",
    ),
    "data_no_audience": ("There is no audience in this store", "此数据中没有人群"),
    # rows read and rejected
    "data_rows": ("Rows read and rejected", "读取与剔除的行"),
    "data_no_rejects": ("All {rows} rows could be used.", "{rows} 行全部可用。"),
    "data_reject": ("{rows} rows ({share})", "{rows} 行（{share}）"),
    "data_why_missing_user": (
        "No user. The cell of the user column was empty.",
        "缺少用户：用户列为空。",
    ),
    "data_why_unparsable_user": (
        "User unreadable. The store counts users by whole numbers, and this was none.",
        "用户无法识别：此数据的用户为整数，而该值不是。",
    ),
    "data_why_missing_time": (
        "No time. The cell of the time column was empty.",
        "缺少时间：时间列为空。",
    ),
    "data_why_unparsable_time": (
        "Time unreadable. The cell is no date of the form that the rest of the column has.",
        "时间无法识别：与该列其他日期的格式不符。",
    ),
    "data_why_no_tags": (
        "No audience. None of the columns that name audiences had a value.",
        "无人群：所有人群列均为空。",
    ),
    "data_why_malformed_row": (
        "Broken row. It has more or fewer cells than the header.",
        "格式错误：单元格数与表头不符。",
    ),
    "data_sources": ("Where it came from", "数据来源"),
    "data_sources_sub": (
        "One row for each build that went into the store.",
        "每次构建一行。",
    ),
    "data_shared": (
        "“{first}” and “{second}” both have events from {start} to {end}: what is in both counts "
        "twice. If they are of different sources, nothing has to be done; otherwise leave that "
        "time out of one of them and build it again with --replace.",
        "“{first}”与“{second}”都含 {start} 至 {end} 的行为：同时出现在两者中的行为会被计两次。"
        "若来源不同，则无需处理；否则请从其中一个去掉这段时间，再以 --replace 重新构建。",
    ),
    # columns
    "data_roles": ("What the columns of the source were taken for", "源数据各列的用途"),
    "data_roles_none": (
        "The store does not say which columns it was built from.",
        "此数据未记录所用的列。",
    ),
    "data_role_user": ("User", "用户"),
    "data_role_time": ("Time", "时间"),
    "data_role_text": ("Text", "文本"),
    "data_role_action": ("Action", "行为类型"),
    "data_role_tag": ("Audiences of the kind “{kind}”", "{kind} 类人群"),
    "data_role_user_about": (
        "Who did it. Everybody is counted once.",
        "行为的主体，每人只计一次。",
    ),
    "data_role_time_about": (
        "When it was done: sorts events into periods.",
        "行为发生的时间，用于划分周期。",
    ),
    "data_role_text_about": (
        "What was written: words become audiences of the kind “term”.",
        "用户发表的文字，其中的词语成为 term 类人群。",
    ),
    "data_role_action_about": (
        "What was done, such as post or view.",
        "行为的种类，如发帖、浏览。",
    ),
    "data_role_tag_about": (
        "Each value is an audience: all users with that value.",
        "每个取值是一个人群：带有该值的全部用户。",
    ),
    "data_role_tag_split": (
        "Cells hold several values, parted by “{separator}”.",
        "单元格可含多个值，以“{separator}”分隔。",
    ),
    "data_notes": ("Notes of the build", "构建备注"),
    # the spec
    "data_spec": ("How this store counts", "此数据的计数方式"),
    "data_spec_floor": ("Floor rate, F", "保底抽样率 F"),
    "data_spec_floor_about": (
        "Share of its users that every audience keeps at least. 100% means that nothing is left "
        "to chance.",
        "每个人群至少保留的用户比例。100% 表示没有任何抽样误差。",
    ),
    "data_spec_budget": ("Budget", "容量预算"),
    "data_spec_budget_value": ("{used} of {budget} memberships", "{budget} 条归属中已用 {used} 条"),
    "data_spec_budget_about": (
        "Memberships (a user in an audience) that the store may keep. More data than that lowers "
        "the floor rate; a larger budget raises it.",
        "最多保留的归属数（某用户属于某人群）。数据超出时保底抽样率下降，提高预算则上升。",
    ),
    "data_spec_k": ("Kept whole up to, k", "全部保留的上限 k"),
    "data_spec_k_value": ("{k} users", "{k} 人"),
    "data_spec_k_less": ("{k} users ({asked} asked for)", "{k} 人（设定为 {asked}）"),
    "data_spec_k_about": (
        "An audience of no more users than this is kept whole, so it is exact.",
        "不超过此人数的人群全部保留，因此精确。",
    ),
    "data_spec_period": ("Period", "周期"),
    "data_spec_period_about": (
        "How finely time is kept. Windows and trends are made of whole periods.",
        "时间的粒度。时间窗口与趋势均由完整周期构成。",
    ),
    "data_period_day": ("day", "天"),
    "data_period_week": ("week", "周"),
    "data_period_month": ("month", "月"),
    "data_period_none": ("none: all time as one", "无：不区分时间"),
    "data_spec_id": ("User ids", "用户标识"),
    "data_id_integer": ("whole numbers", "整数"),
    "data_id_text": ("text", "文本"),
    "data_spec_id_about": (
        "The number 7 and the text “7” are two users. Stores merge only if theirs are of one type.",
        "数字 7 与文本“7”是两个用户。标识类型相同的数据才能合并。",
    ),
    "data_spec_hash": ("Hash", "哈希"),
    "data_spec_hash_value": ("MurmurHash3, seed {seed}", "MurmurHash3，种子 {seed}"),
    "data_spec_hash_about": (
        "Decides which users are kept, the same ones in every audience. Stores and other systems "
        "exchange sketches when it is equal.",
        "决定保留哪些用户，所有人群保留的是同一批人。哈希相同才能与其他数据或系统交换摘要。",
    ),
    "data_spec_key": ("Secret key", "密钥"),
    "data_key_none": ("none", "无"),
    "data_spec_key_about": (
        "With a key, nobody without it can tell from the store who is in it.",
        "设有密钥时，没有密钥的人无法从数据中得知谁在其中。",
    ),
    "data_spec_hll": ("HyperLogLog precision", "HyperLogLog 精度"),
    "data_spec_hll_value": ("p = {p}: 2^{p} registers", "p = {p}：2^{p} 个寄存器"),
    "data_spec_hll_about": (
        "Kept beside the sample of each audience; sharpens sizes, never overlaps.",
        "与每个人群的样本一同保存，使人数更准，不用于重合人数。",
    ),
    "data_spec_display": ("Display floor", "展示下限"),
    "data_spec_export": ("Export floor", "导出下限"),
    "data_users_value": ("{users} users", "{users} 人"),
    "data_floor_off": ("off", "关闭"),
    "data_spec_display_about": (
        "Nothing about fewer users than this is shown, anywhere.",
        "任何页面都不展示不足此人数的内容。",
    ),
    "data_spec_export_about": (
        "A segment of fewer users than this is not written to a file.",
        "不足此人数的人群包不可导出。",
    ),
    "data_spec_parts": ("Parts", "分块"),
    "data_spec_parts_about": (
        "Builds the store was put together from. Adding a week adds a part.",
        "构成此数据的构建次数。每新增一周即新增一块。",
    ),
}

FAMILIES: Mapping[str, tuple[str, ...]] = {
    "data_answer_": ("exact", "sampled", "hidden"),
    "data_say_": ("interval", "sample", "rows", "rejected", "untagged", "untagged_few", "time",
                  "timeless", "floor"),
    "data_store_": ("users", "exact", "sampled", "span", "disk", "changed", "snapshot", "hidden"),
    "data_tab_": ("stores", "precision", "glossary", "upload"),
    "data_why_": ("missing_user", "unparsable_user", "missing_time", "unparsable_time",
                  "no_tags", "malformed_row"),
    "data_role_": ("user", "time", "text", "action", "tag", "user_about", "time_about",
                   "text_about", "action_about", "tag_about"),
    "data_period_": ("day", "week", "month", "none"),
    "data_id_": ("integer", "text"),
    "data_spec_": tuple(
        name + end
        for name in ("floor", "budget", "k", "period", "id", "hash", "key", "hll", "display",
                     "export", "parts")
        for end in ("", "_about")
    ),
}  # fmt: skip
