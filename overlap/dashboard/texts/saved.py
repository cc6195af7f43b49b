"""The page of saved segments."""

from collections.abc import Mapping

TEXTS: dict[str, tuple[str, str]] = {
    # the answer
    "saved_answer_both": (
        "{grew} of {all} saved segments grew and {fell} fell {since}",
        "{since}，{all} 个已保存人群包中有 {grew} 个增长、{fell} 个下降",
    ),
    "saved_answer_grew": (
        "{grew} of {all} saved segments grew {since}",
        "{since}，{all} 个已保存人群包中有 {grew} 个增长",
    ),
    "saved_answer_fell": (
        "{fell} of {all} saved segments fell {since}",
        "{since}，{all} 个已保存人群包中有 {fell} 个下降",
    ),
    "saved_answer_flat": (
        "No saved segment grew or fell beyond the error {since}",
        "{since}，没有已保存人群包的变化超出误差",
    ),
    "saved_answer_same": (
        "Saved segments have not changed: the data are the same {since}",
        "数据未变，已保存人群包的人数也未变（{since}）",
    ),
    "saved_answer_none": (
        "None of the saved segments can be compared {since}",
        "{since}的人数无法与当前数据对比",
    ),
    "saved_since": ("since they were saved", "与保存时相比"),
    "saved_from": ("compared with {store}", "与 {store} 相比"),
    "saved_most": (
        "{name} moved most: {change}.",
        "变化最大的是「{name}」：{change}。",
    ),
    "saved_some_unknown": (
        "For {n} there is no answer, and its row says why.",
        "有 {n} 个无法判断，原因见所在行。",
    ),
    "saved_exact": (
        "All sizes are exact: every user was counted.",
        "所有人数均为精确值：统计了每一位用户。",
    ),
    "saved_sampled": (
        "Sizes are estimates with 95% intervals; a change within the error counts as flat.",
        "人数为估计值并附 95% 区间；误差之内的变化视为持平。",
    ),
    # the table
    "saved_table": ("Saved segments", "已保存人群包"),
    "saved_col_name": ("Name", "名称"),
    "saved_col_verdict": ("Verdict", "结论"),
    "saved_col_change": ("Change", "变化"),
    "saved_col_expression": ("Expression", "表达式"),
    "saved_col_note": ("Note", "备注"),
    "saved_col_when": ("Saved (UTC)", "保存时间（UTC）"),
    "saved_col_author": ("By", "保存者"),
    "saved_col_snapshot": ("Snapshot then", "保存时版本"),
    "saved_col_before": ("Users when saved", "保存时人数"),
    "saved_col_now": ("Users now", "当前人数"),
    "saved_col_in": ("Users in {store}", "{store} 中的人数"),
    "saved_col_between": ("95% interval", "95% 区间"),
    "saved_col_users": ("Users then", "当时人数"),
    "saved_col_version": ("Version", "版本"),
    "saved_col_action": ("What happened", "操作"),
    "saved_help_verdict": (
        "Grew or fell only where the change is larger than the error of both sizes.",
        "仅当变化超出两次人数的误差时，才判为增长或下降。",
    ),
    "saved_help_change": (
        "Users after / users before − 1.",
        "之后人数 / 之前人数 − 1。",
    ),
    "saved_help_snapshot": (
        "Short name of the data that the size comes from: equal for equal data.",
        "人数所依据数据的短名；数据相同则短名相同。",
    ),
    "saved_verdict_grew": ("Grew", "增长"),
    "saved_verdict_fell": ("Fell", "下降"),
    "saved_verdict_flat": ("Flat", "持平"),
    "saved_verdict_same": ("Same data", "数据相同"),
    "saved_verdict_unknown": ("Not comparable", "无法对比"),
    "saved_verdict_hidden": ("Below the floor", "低于展示下限"),
    # another store
    "saved_against": ("Compare with", "对比"),
    "saved_against_saving": ("The day each was saved", "各自保存时"),
    "saved_against_help": (
        "Sizes in this store beside those of the day of saving, or of another store of the folder.",
        "将当前数据中的人数与保存时、或同一文件夹中另一数据的人数对比。",
    ),
    "saved_no_other": (
        "Sizes are compared with those of the day of saving. A second store at hand could be "
        "compared with as well: see Data.",
        "当前与保存时的人数对比。若有另一份数据（见“数据”页），也可与其对比。",
    ),
    "saved_store_facts": (
        "{store}: {users} users, snapshot {snapshot}",
        "{store}：{users} 用户，版本 {snapshot}",
    ),
    "saved_unknown_store": (
        "There is no store “{wanted}” here any more, so sizes are compared with those of the "
        "saving.",
        "此处没有数据“{wanted}”，已改为与保存时对比。",
    ),
    "saved_bad_store": (
        "{store} cannot be opened, so sizes are compared with those of the saving",
        "无法打开 {store}，已改为与保存时对比",
    ),
    "saved_unlike_same": (
        "Both stores hold the same data: nothing can have changed.",
        "两份数据内容相同，不会有变化。",
    ),
    "saved_unlike_ids": (
        "The two stores hash other user ids, or with another key: the same person cannot be found "
        "in both. Sizes are compared, people are not.",
        "两份数据的用户 ID 类型或密钥不同，无法认出同一个人：只能对比人数，不能追踪用户。",
    ),
    "saved_unlike_periods": (
        "The periods are {theirs} there and {ours} here, so a segment with a window cannot be "
        "compared.",
        "对比数据按{theirs}统计，当前数据按{ours}统计，限定了时间的人群包无法对比。",
    ),
    "saved_period_day": ("days", "天"),
    "saved_period_week": ("weeks", "周"),
    "saved_period_month": ("months", "月"),
    "saved_period_none": ("the whole time", "全部时间"),
    # one segment
    "saved_then": ("Saved {day}", "保存于 {day}"),
    "saved_now": ("Now", "当前"),
    "saved_then_said": ("when saved on {day}", "保存时（{day}）"),
    "saved_now_said": ("now", "当前"),
    "saved_in_store": ("in {store}", "{store} 中"),
    "saved_say_sizes": (
        "{before} users {then}, {now} {today}: ",
        "{then} {before} 人，{today} {now} 人：",
    ),
    "saved_say_grew_error": (
        "grew by {change}, more than the error ({ends}).",
        "增长 {change}，超出误差（{ends}）。",
    ),
    "saved_say_grew_exact": (
        "grew by {change}, exact both times.",
        "增长 {change}，两次均为精确值。",
    ),
    "saved_say_fell_error": (
        "fell by {change}, more than the error ({ends}).",
        "下降 {change}，超出误差（{ends}）。",
    ),
    "saved_say_fell_exact": (
        "fell by {change}, exact both times.",
        "下降 {change}，两次均为精确值。",
    ),
    "saved_say_flat": (
        "flat; the change of {change} is within the error ({ends}).",
        "持平；{change} 的变化在误差之内（{ends}）。",
    ),
    "saved_say_equal": ("no change, exact both times.", "没有变化，两次均为精确值。"),
    "saved_say_new": ("there was nobody before.", "此前无人。"),
    "saved_say_nobody": (
        "nobody before, so there is no percentage of growth.",
        "此前无人，无法计算增长率。",
    ),
    "saved_say_same": (
        "{users} users. The data are those it was saved on, so nothing has changed.",
        "{users} 人。数据与保存时相同，人数没有变化。",
    ),
    "saved_say_hidden": ("Not shown: {why}.", "未显示：{why}。"),
    "saved_say_unknown": ("It cannot be compared: {why}.", "无法对比：{why}。"),
    "saved_before": ("Before", "之前"),
    "saved_after": ("After", "之后"),
    "saved_counted": ("exact", "精确"),
    "saved_window": ("Window", "时间"),
    "saved_all_time": ("All periods", "全部时间"),
    "saved_first": ("start", "最早"),
    "saved_last": ("latest", "最新"),
    "saved_by": ("Saved by", "保存者"),
    "saved_at": ("{day}, version {version}", "{day}，第 {version} 版"),
    "saved_data": ("Snapshot", "数据版本"),
    "saved_same_data": ("as the store has now", "与当前数据相同"),
    "saved_other_data": ("the store is now {now}", "当前数据为 {now}"),
    # what can be done with it
    "saved_open": ("Open in builder", "在人群包页打开"),
    "saved_trend": ("Trend", "查看趋势"),
    "saved_share": ("Share link", "分享链接"),
    "saved_share_help": (
        "Whoever can reach this dashboard sees this segment here:",
        "能访问本看板的人，打开此链接即可看到该人群包：",
    ),
    "saved_edit": ("Rename or note", "改名与备注"),
    "saved_keep": ("Save", "保存"),
    "saved_resize": ("Save today's size", "更新为当前人数"),
    "saved_resize_help": (
        "Takes the size in this store as the new one to compare with; the old one stays in the "
        "history.",
        "以当前数据中的人数作为新的对比起点，原人数保留在历史中。",
    ),
    "saved_remove": ("Remove", "移除"),
    "saved_remove_help": (
        "Takes it out of the list. It can be brought back, history and all.",
        "从列表中移除，之后可连同历史一起恢复。",
    ),
    "saved_history": ("History ({n})", "历史版本（{n}）"),
    "saved_pick_version": (
        "Choose a version in the table to bring it back.",
        "在表中选择一个版本即可恢复。",
    ),
    "saved_is_current": ("This is the current version.", "这是当前版本。"),
    "saved_put_back_button": ("Restore version {version}", "恢复第 {version} 版"),
    "saved_put_back_help": (
        "Saves that content as a new version; none is lost.",
        "将该内容另存为新版本，其他版本均保留。",
    ),
    "saved_action_save": ("saved", "保存"),
    "saved_action_update": ("changed", "修改"),
    "saved_action_rename": ("renamed", "改名"),
    "saved_action_remove": ("removed", "移除"),
    "saved_action_restore": ("brought back", "恢复"),
    "saved_action_aside": ("kept aside", "另存（未生效）"),
    "saved_action_now": (" · current", " · 当前"),
    # what a change came to
    "saved_edited": ("“{name}” is saved.", "已保存“{name}”。"),
    "saved_unchanged": (
        "Nothing was different, so nothing was saved for “{name}”.",
        "“{name}”没有改动，未另存版本。",
    ),
    "saved_resized": (
        "“{name}” is saved with its size today.",
        "已按当前人数保存“{name}”。",
    ),
    "saved_put_back_done": (
        "“{name}” is again as in version {version}.",
        "“{name}”已恢复为第 {version} 版。",
    ),
    "saved_removed": ("“{name}” is removed.", "已移除“{name}”。"),
    "saved_restored": ("“{name}” is back.", "已恢复“{name}”。"),
    "saved_taken_mine": ("“{name}” is as you wrote it.", "“{name}”已采用您的版本。"),
    "saved_moved_on": (
        "{author} changed “{name}” while you looked at it, so it was not removed. Here is how it "
        "is now.",
        "您查看期间，{author} 修改了“{name}”，因此未移除。现显示其最新内容。",
    ),
    "saved_undo": ("Undo", "撤销"),
    "saved_not_done": ("Nothing was changed", "未作更改"),
    "saved_conflict": (
        "{author} changed “{name}” while you were writing. Nothing is lost: theirs is the current "
        "version, yours is kept as version {version}.",
        "您编辑期间，{author} 修改了“{name}”。没有内容丢失：当前为对方的版本，"
        "您的内容已另存为第 {version} 版。",
    ),
    "saved_conflict_removed": (
        "{author} removed “{name}” while you were writing. Nothing is lost: yours is kept as "
        "version {version}.",
        "您编辑期间，{author} 移除了“{name}”。没有内容丢失：您的内容已另存为第 {version} 版。",
    ),
    "saved_theirs": ("{author}'s, version {version}", "{author}，第 {version} 版"),
    "saved_yours": ("Yours, version {version}", "您的内容，第 {version} 版"),
    "saved_take_mine": ("Use mine", "采用我的"),
    "saved_take_theirs": ("Keep theirs", "保留对方的"),
    # removed ones
    "saved_gone": ("Removed segments: {n}", "已移除的人群包：{n} 个"),
    "saved_gone_some": ("The last {shown} are listed.", "仅列出最近移除的 {shown} 个。"),
    "saved_gone_one": ("{name}, removed by {author} on {day}", "{name}，{author} 于 {day} 移除"),
    "saved_restore": ("Bring back", "恢复"),
    "saved_restore_as": ("Bring back as “{name}”", "以“{name}”恢复"),
    # nothing
    "saved_nothing": ("No segment is saved yet", "尚未保存人群包"),
    "saved_nothing_cure": (
        "Build one from audiences, give it a name and save it. It is then kept here with its size, "
        "and every later look says whether it grew.",
        "在人群包页组合人群、命名并保存，即可在此查看，并随时对比人数变化。",
    ),
    "saved_to_builder": ("Build a segment", "创建人群包"),
    "saved_unreadable": (
        "The saved segments cannot be read",
        "无法读取已保存的人群包",
    ),
    "saved_unknown": (
        "No segment “{wanted}” is saved here.",
        "此处没有已保存的人群包“{wanted}”。",
    ),
}

FAMILIES: Mapping[str, tuple[str, ...]] = {
    "saved_answer_": ("both", "grew", "fell", "flat", "same", "none"),
    "saved_verdict_": ("grew", "fell", "flat", "same", "unknown", "hidden"),
    "saved_action_": ("save", "update", "rename", "remove", "restore", "aside"),
    "saved_say_": ("grew_error", "grew_exact", "fell_error", "fell_exact"),
    "saved_period_": ("day", "week", "month", "none"),
    "saved_col_": ("name", "note", "expression"),
}
