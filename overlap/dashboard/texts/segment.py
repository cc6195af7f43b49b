"""The segment builder, but for its export."""

from collections.abc import Mapping

TEXTS: dict[str, tuple[str, str]] = {
    # the answer
    "segment_answer": ("{users} are {who}", "{users}{who}"),
    "segment_users_exact": ("{users} users (exact)", "{users} 人（精确）"),
    "segment_users": ("{users} users ({ends})", "{users} 人（{ends}）"),
    "segment_exact": ("exact", "精确"),
    "segment_who_one": ("in {name}", "属于{name}"),
    "segment_who_all": ("in {names}", "同时属于{names}"),
    "segment_who_or": ("in {names}", "属于{names}"),
    "segment_who_not": ("not in {names}", "不属于{names}"),
    "segment_who_everybody": ("anywhere in the data", "属于大盘"),
    "segment_who_any": ("in this segment", "属于此人群包"),
    "segment_who_comma": (", ", "，且"),
    "segment_comma": (", ", "、"),
    "segment_slash": (" / ", " / "),
    "segment_and": (" and ", "和"),
    "segment_or": (" or ", "或"),
    "segment_nor": (" or ", "或"),
    "segment_quoted": ("{name}", "「{name}」"),
    "segment_deep": (" (at least {n} events)", "（至少 {n} 次行为）"),
    "segment_below_floor": (
        "Fewer than {floor} users are {who}: too few to be shown",
        "不足 {floor} 人{who}，低于展示下限，不予显示",
    ),
    "segment_contradiction": (
        "Nobody can be in this segment: it contradicts itself",
        "此人群包自相矛盾，不可能有人符合",
    ),
    "segment_nobody": ("Nobody seen in the data is {who}", "数据中没有人{who}"),
    "segment_chance": (
        "That is {times} times the {expected} that chance would give.",
        "是随机期望 {expected} 人的 {times} 倍。",
    ),
    "segment_shares": (
        "They are {all} of all users and {part} of {category} users.",
        "占大盘的 {all}，占「{category}」用户的 {part}。",
    ),
    "segment_share": ("They are {all} of all users.", "占大盘的 {all}。"),
    "segment_brand": (
        "{brand} reaches {p} of them, and {p0} of all {category} users.",
        "「{brand}」在其中的渗透率为 {p}，在「{category}」整体为 {p0}。",
    ),
    "segment_sampled": (
        "Estimated from {rate} of the users, with 95% intervals.",
        "由 {rate} 的用户样本估计，括号内为 95% 置信区间。",
    ),
    "segment_own_window": (
        "Counted in the window that the saved segment was kept with.",
        "按所引用的已保存人群包的时间段统计。",
    ),
    # the editor
    "segment_include": ("In all of these", "同时属于"),
    "segment_include_help": (
        "Users must be in every one. Type to search; an expression or @name of a saved segment "
        "can be typed too.",
        "用户须同时属于所选的每个人群。可输入文字搜索，也可输入表达式，"
        "或用 @名称 引用已保存的人群包。",
    ),
    "segment_any": ("And in any of these", "且属于以下任一"),
    "segment_any_more": ("And in any of these too", "且还属于以下任一"),
    "segment_any_help": ("Users must be in at least one.", "用户须至少属于其中一个人群。"),
    "segment_exclude": ("But in none of these", "排除"),
    "segment_exclude_help": (
        "Users in any of these are left out.",
        "属于其中任一人群的用户会被排除。",
    ),
    "segment_more_any": ("Another any-of list", "再加一组“任一”"),
    "segment_more_any_help": (
        "One more list of which users must be in at least one.",
        "再加一组条件：用户须至少属于其中一个人群。",
    ),
    "segment_depth": ("Depth", "深度"),
    "segment_depth_some": ("Depth: {n} set", "深度：已设 {n} 项"),
    "segment_depth_help": (
        "At least so many events in the window: 1 is everybody, more is the core.",
        "时间段内的行为次数下限：1 为全部用户，越大越核心。",
    ),
    "segment_clear": ("Clear", "清空"),
    "segment_text": ("The same as an expression", "对应的表达式"),
    "segment_text_help": (
        "& both, | either, - without, parentheses group; kind:name, quotes around names with "
        "spaces, >=3 for at least 3 events, @name for a saved segment. Ctrl+Enter applies it.",
        "& 同时属于，| 任一，- 排除，括号分组；写作 类型:名称，含空格的名称加引号，"
        ">=3 表示至少 3 次行为，@名称 引用已保存的人群包。按 Ctrl+Enter 应用。",
    ),
    "segment_text_placeholder": (
        'category:"…" & (interest:"…" | interest:"…") - brand:"…"',
        'category:"…" & (interest:"…" | interest:"…") - brand:"…"',
    ),
    "segment_richer": (
        "This expression is richer than the lists can show, so it is edited as text. Rows of the "
        "profile can still be added or left out.",
        "此表达式比列表所能表示的更复杂，请直接编辑文本。仍可在画像中添加或排除人群。",
    ),
    "segment_unread": (
        "The lists come back when the text can be read again.",
        "文本可以识别后，列表会恢复显示。",
    ),
    # mistakes
    "segment_wrong": ("This cannot be counted: {why}", "无法统计：{why}"),
    "segment_wrong_operand": ("An audience is missing here", "此处缺少一个人群"),
    "segment_wrong_operator": (
        "A sign is missing before {at}: &, | or -, or quotes around a name with spaces",
        "“{at}”之前缺少 &、| 或 -；如果是含空格的名称，请加引号",
    ),
    "segment_wrong_open": ("This parenthesis is never closed", "此括号没有闭合"),
    "segment_wrong_close": ("This parenthesis closes nothing", "此右括号没有对应的左括号"),
    "segment_wrong_quote": ("This quote is not complete", "此处的引号不完整"),
    "segment_wrong_depth": (
        "A depth is written >=3, a whole number from 1 on",
        "深度写作 >=3，须为不小于 1 的整数",
    ),
    "segment_wrong_audience": (
        "There is no audience {name} in this store",
        "此数据中没有人群“{name}”",
    ),
    "segment_wrong_kind": (
        "There is no kind of audience {name} in this store",
        "此数据中没有“{name}”类人群",
    ),
    "segment_wrong_twice": (
        "Several audiences are called {name}: say which",
        "有多个人群都叫“{name}”，请指明是哪一个",
    ),
    "segment_wrong_saved": (
        "There is no saved segment {name}",
        "没有名为“{name}”的已保存人群包",
    ),
    "segment_wrong_windows": (
        "The saved segments named here have different windows: choose one in the bar",
        "所引用的人群包时间段不同，请在上方选择时间",
    ),
    "segment_meant": ("Did you mean", "您是否要找"),
    "segment_back": ("Back to the last one", "回到上一个"),
    "segment_still": ("Still shown: {expression}", "仍显示：{expression}"),
    # nobody, or too few
    "segment_loosen": ("Loosen it:", "放宽条件："),
    "segment_looser": ("without {part}: {users}", "去掉{part}：{users}"),
    "segment_looser_none": ("let in {part}: {users}", "不再排除{part}：{users}"),
    "segment_nothing_hidden": (
        "Nothing of so few users may be shown. Widen the segment or the window.",
        "人数过少，不能显示任何内容。请放宽人群条件或时间段。",
    ),
    "segment_nothing_empty": (
        "There is nobody to describe. Take out the part that leaves nobody, or widen the window.",
        "没有可描述的用户。请去掉导致无人符合的条件，或放宽时间段。",
    ),
    "segment_parts": ("What it is made of", "各条件的人数"),
    "segment_role_all": ("{name}", "{name}"),
    "segment_role_any": ("any of {names}", "任一：{names}"),
    "segment_role_none": ("not {name}", "排除 {name}"),
    "segment_hidden": ("too few to show", "人数过少"),
    # the beginning
    "segment_begin": ("Who do you want to reach?", "您想触达哪些人？"),
    "segment_begin_how": (
        "Take one of these segments, which start from what you looked at, or choose audiences in "
        "the lists. The size follows every change.",
        "可从下面根据您当前视图给出的人群包开始，也可在列表中选择人群。人数随每次更改即时更新。",
    ),
    "segment_start_with": ("Start with one of these", "从这里开始"),
    "segment_take_idea": ("Take it", "选用"),
    "segment_idea_share": (", {all} of all users", "，占大盘 {all}"),
    "segment_idea_opening": ("The opening", "机会人群"),
    "segment_idea_unreached": (
        "The opening, not reached by {brand} yet",
        "机会人群中「{brand}」尚未触达的用户",
    ),
    "segment_idea_core": ("Its core: at least {n} events", "核心用户：至少 {n} 次行为"),
    "segment_idea_outside": (
        "The interest outside {category}",
        "有此兴趣、但尚未进入「{category}」的用户",
    ),
    "segment_idea_category_unreached": (
        "{category} users whom {brand} does not reach",
        "「{category}」中「{brand}」尚未触达的用户",
    ),
    "segment_idea_category": ("The whole category", "整个品类"),
    "segment_idea_largest": ("One of the largest audiences", "规模最大的人群之一"),
    # the tabs
    "segment_tabs": ("What to see of the segment", "查看人群包的内容"),
    "segment_tab_profile": ("Profile", "画像"),
    "segment_tab_reach": ("Reach plan", "触达方案"),
    "segment_tab_export": ("Export", "导出"),
    # profile
    "segment_kind": ("Compare by", "对比人群类型"),
    "segment_kind_category": ("Categories", "品类"),
    "segment_kind_interest": ("Interests", "兴趣"),
    "segment_kind_brand": ("Brands", "品牌"),
    "segment_kind_term": ("Words", "词语"),
    "segment_profile": (
        "{over} stand out and {under} fall short beyond luck",
        "{over} 个显著偏高，{under} 个显著偏低",
    ),
    "segment_profile_about": (
        "TGI of every audience in the segment, compared with {baseline}. Click one to add it or "
        "leave it out.",
        "各人群在人群包中的 TGI，对比基准：{baseline}。点击可添加或排除。",
    ),
    "segment_profile_alt": (
        "Dots around TGI 100: {over} audiences above and {under} below. The first is {first}.",
        "以 TGI 100 为中线的点图：{over} 个偏高，{under} 个偏低，首位是 {first}。",
    ),
    "segment_profile_none": (
        "There is no other audience of this kind to compare with.",
        "没有其他同类人群可供对比。",
    ),
    "segment_profile_table": ("All of them", "全部人群"),
    "segment_profile_hidden": (
        "{n} audiences have fewer than {floor} users in the segment or beside it, so their numbers "
        "are not shown.",
        "{n} 个人群与人群包的重合或其余部分不足 {floor} 人，不显示数字。",
    ),
    "segment_pick": (
        "Click a dot or a row to narrow the segment by it.",
        "点击图中的点或表中的行，可据此收窄人群包。",
    ),
    "segment_add": ("Only those in {name}", "仅保留{name}"),
    "segment_leave_out": ("Without {name}", "排除{name}"),
    "segment_to_overlaps": ("See the overlap", "查看重合"),
    # reach
    "segment_whom": ("Whom to reach", "触达对象"),
    "segment_whom_segment": ("This segment", "此人群包"),
    "segment_whom_category": ("The category", "整个品类"),
    "segment_whom_help": (
        "The users the plan wants to reach.",
        "方案要触达的用户。",
    ),
    "segment_order": ("Order", "排序方式"),
    "segment_order_affinity": ("Core first", "核心优先"),
    "segment_order_reach": ("Reach first", "覆盖优先"),
    "segment_order_help": (
        "Core first spends least on others: audiences in tiers by cautious TGI, core from {core}, "
        "likely from {likely}, then broad; within a tier whoever adds most, not by TGI. Reach "
        "first takes whoever adds most of all.",
        "核心优先最节省预算：按谨慎 TGI 分层，核心（{core} 起）、潜力（{likely} 起）、泛人群；"
        "层内按新增人数而非 TGI 排序。覆盖优先则每步选新增最多的人群。",
    ),
    "segment_using": ("With", "使用"),
    "segment_target": ("Up to", "目标"),
    "segment_target_none": ("No target", "不设目标"),
    "segment_target_help": (
        "Stop when this share is reached, as 60%, or this many users, as 5000.",
        "达到此占比（如 60%）或人数（如 5000）即停止。",
    ),
    "segment_steps": ("Steps at most", "最多步数"),
    "segment_reach": ("Reach, step by step", "逐步触达"),
    "segment_reach_about": (
        "Each bar begins where the one before ended: only users who are new count.",
        "每一条从上一条的末端开始，仅计新增用户。",
    ),
    "segment_tier_core": ("core", "核心"),
    "segment_tier_likely": ("likely", "潜力"),
    "segment_tier_broad": ("broad", "泛人群"),
    "segment_reach_table": ("The plan in numbers", "方案明细"),
    "segment_plan_segment": (
        "{steps} audiences reach {users} users of the segment ({ends}), {share} of it; "
        "{efficiency} of everybody they reach is in it.",
        "{steps} 个人群可触达人群包中的 {users} 人（{ends}），占 {share}；"
        "所触达的全部用户中有 {efficiency} 属于该人群包。",
    ),
    "segment_plan_category": (
        "{steps} audiences reach {users} users of {category} ({ends}), {share} of it; {efficiency} "
        "of everybody they reach is in it.",
        "{steps} 个人群可触达「{category}」的 {users} 人（{ends}），占 {share}；"
        "所触达的全部用户中有 {efficiency} 属于该品类。",
    ),
    "segment_take_segment": ("Keep those in any of them", "仅保留其中任一人群的用户"),
    "segment_take_segment_help": (
        "Adds the plan's audiences to the segment as an any-of list.",
        "将方案中的人群作为一组“任一”条件加入人群包。",
    ),
    "segment_take_category": ("Take who is reached", "选用被触达的用户"),
    "segment_take_category_help": (
        "Makes the segment the users of the category in any of the plan's audiences.",
        "将人群包改为该品类中属于方案任一人群的用户。",
    ),
    "segment_take_all": ("Take everybody they reach", "选用触达的全部用户"),
    "segment_take_all_help": (
        "Makes the segment everybody in any of the plan's audiences.",
        "将人群包改为属于方案任一人群的全部用户。",
    ),
    "segment_no_plan": ("No plan can be made", "无法生成方案"),
    "segment_no_steps": (
        "No audience of this kind adds enough users to make a step. Try another kind.",
        "此类人群中没有能新增足够用户的。请换一类人群。",
    ),
    # saving and sharing
    "segment_save": ("Save", "保存"),
    "segment_save_changes": ("Save changes", "保存更改"),
    "segment_save_it": ("Save", "保存"),
    "segment_save_over": ("Save over {name}", "覆盖保存「{name}」"),
    "segment_save_new": ("Save as a new one", "另存为新人群包"),
    "segment_save_free": ("Save as {name}", "另存为「{name}」"),
    "segment_name": ("Name", "名称"),
    "segment_name_placeholder": ("Core TV gamers", "例如：电视核心玩家"),
    "segment_note": ("Note", "备注"),
    "segment_editing": (
        "This is “{name}”, version {version}, saved by {author}.",
        "当前为「{name}」第 {version} 版，由 {author} 保存。",
    ),
    "segment_editing_changed": (
        "Changed from “{name}”, version {version} by {author}. Not saved yet.",
        "已在「{name}」第 {version} 版（{author}）基础上修改，尚未保存。",
    ),
    "segment_saved": ("Saved as {name}.", "已保存为「{name}」。"),
    "segment_updated": ("Saved: {name}, version {version}.", "已保存：「{name}」第 {version} 版。"),
    "segment_no_name": ("Give the segment a name to save it.", "请先填写名称再保存。"),
    "segment_name_taken": (
        "{author} has a segment called {name} already. Nothing was saved; choose another name.",
        "{author} 已有名为「{name}」的人群包。尚未保存，请换一个名称。",
    ),
    "segment_conflict": (
        "{author} saved {name} meanwhile (version {version}: {theirs}). Yours is kept as version "
        "{yours}, nothing is lost. Save again to put yours on top of theirs.",
        "{author} 在此期间保存了「{name}」（第 {version} 版：{theirs}）。您的修改已另存为第 "
        "{yours} 版，没有丢失。再次保存即可以您的版本为准。",
    ),
    "segment_not_saved": ("Not saved", "未能保存"),
    "segment_saved_gone": (
        "There is no saved segment {name} any more.",
        "已没有名为“{name}”的保存人群包。",
    ),
    "segment_to_saved": ("Open in Saved", "在“已保存”中查看"),
}

FAMILIES: Mapping[str, tuple[str, ...]] = {
    "segment_": ("and", "or", "nor", "whom", "order", "whom_help", "order_help"),
    "segment_idea_": (
        "opening", "unreached", "core", "outside", "category_unreached", "category", "largest",
    ),
    "segment_kind_": ("category", "interest", "brand", "term"),
    "segment_order_": ("affinity", "reach"),
    "segment_plan_": ("segment", "category"),
    "segment_tab_": ("profile", "reach", "export"),
    "segment_take_": ("segment", "segment_help", "category", "category_help"),
    "segment_tier_": ("core", "likely", "broad"),
    "segment_whom_": ("segment", "category"),
    "segment_wrong_": (
        "operand", "operator", "open", "close", "quote", "depth", "audience", "kind", "twice",
        "saved", "windows",
    ),
}  # fmt: skip
