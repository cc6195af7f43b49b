"""Errors of what is asked of a store: floors, windows, and the settings of each insight."""

from collections.abc import Mapping

PHRASES: Mapping[str, str] = {
    # floors and empty segments
    "the {what:w} has no user in the data": "{what}在数据中没有用户",
    "the {what:w} has fewer than {n:n} users, so nothing of it may be shown":
        "{what}不足 {n} 人，不能展示",
    "the {what:w} has fewer than {n:n} users": "{what}不足 {n} 人",
    "widen it or the window; `overlap size` shows how many users each part of it has":
        "请放宽条件或时间范围；人群包页可查看每个部分的人数",
    "widen it, or build the store with --display-floor 0 if you may see so few":
        "请放宽条件；若有权查看，可在构建时设 --display-floor 0",
    "the segment has fewer than {n:n} members, the store's export floor":
        "人群包不足 {n} 人，低于导出下限",
    "widen it, or build the store with --export-floor 0 if you may list so few":
        "请放宽条件；若有权导出，可在构建时设 --export-floor 0",
    "--min-users {asked:n} is below this store's floor of {floor:n}":
        "最少人数 {asked} 低于此数据的展示下限 {floor}",
    "build the store with a lower --display-floor, if you may":
        "若有权限，可用更低的 --display-floor 构建",
    "{name} is {value!r}, which is not a number of users": "{name} 的值“{value}”不是人数",
    "set it to a whole number from 0 on, or leave it out": "请设为不小于 0 的整数，或不设置",
    # windows and periods
    "no period of the data lies in this window": "此时间范围内没有数据",
    "there are no data in this window": "此时间范围内没有数据",
    "the window ends before it begins": "时间范围的结束早于开始",
    "the data go from {first} to {last}": "数据范围为 {first} 至 {last}",
    "{start:w} to {end:w}": "{start} 至 {end}",
    "{text!r} names no period": "“{text}”不是周期",
    "{text!r} is not in the calendar": "日历中没有“{text}”",
    "write 2026-05-04, 2026-05 or 2026-W19": "请写成 2026-05-04、2026-05 或 2026-W19",
    "the data have no periods": "数据没有时间周期",
    "leave --from and --to out, or build with --period day, week or month":
        "请不选时间范围，或构建时按天、周或月划分周期",
    "this store has no periods, so there is no trend in it": "此数据没有时间周期，无法查看趋势",
    "build it with --period week (or day, month) and --time COLUMN":
        "请指定时间所在的列，并按周（或天、月）重新构建",
    "periods of a {own:w} do not add up to a {every:w}": "按{own}统计的数据不能合并为{every}",
    "{every!r} is no period": "“{every}”不是周期",
    "choose {units}, or build the store with --period day":
        "请选择 {units}，或按天（day）重新构建",
    # settings
    "a false discovery rate of {fdr:n} is not between 0 and 1": "错误发现率 {fdr} 不在 0 与 1 之间",
    "0.05 lets one in twenty of the discoveries be luck": "0.05 表示发现中约有二十分之一出于偶然",
    "0.05 lets one in twenty of the links be luck": "0.05 表示连线中约有二十分之一出于偶然",
    "ask for 1 or more": "请填 1 或更大的数",
    "there is no language {name!r}": "没有语言“{name}”",
    "choose one of: {names}": "可选：{names}",
    "the threshold must be above 0 and at most 1, not {value:n}":
        "阈值应大于 0 且不超过 1，而不是 {value}",
    "give the least share of the smaller audience, 0.5 for a half":
        "请填较小人群的最低占比，0.5 表示一半",
    # plans
    "a plan of {n:n} steps is not possible": "计划不能有 {n} 步",
    "ask for 1 to {most:n} steps": "请填 1 到 {most} 步",
    "a step cannot have to add {least:n} of the category": "每步至少增加的品类占比不能是 {least}",
    "give a share from 0 to 1, as 0.01 for a hundredth": "请填 0 到 1 的比例，如 0.01 表示百分之一",
    "there is no order {order!r}": "没有排序方式“{order}”",
    "there is no candidate to plan with": "没有可用于规划的候选人群",
    "name a kind, or one or more expressions": "请选择一类人群，或填写一个以上表达式",
    "the candidate {name} is the category itself": "候选人群 {name} 就是品类本身",
    "leave it out: it would reach all of the category in one step":
        "请去掉：它一步即可触达整个品类",
    "{target!r} is not a target": "“{target}”不是目标",
    "a target of {text} is not above 0% and up to 100%": "目标 {text} 应大于 0% 且不超过 100%",
    "a target of {n:n} users is less than one user": "目标 {n} 人不足一人",
    "give a number of users, as 5000, or a share of the category, as 60%":
        "请填人数，如 5000，或品类占比，如 60%",
    "the target of {n:n} users is above the category's {category}":
        "目标 {n} 人超过品类人数 {category}",
    "give fewer users, or a share of the category, as 60%": "请减少人数，或填品类占比，如 60%",
    # regions
    "{n:n} audiences cannot be laid across each other, at most {most:n} can":
        "不能同时交叉 {n} 个人群，最多 {most} 个",
    "the first one too many is {name}": "第一个超出的是 {name}",
    "leave some out, or join some into one with |": "请去掉几个，或用 | 合并几个",
    "there is no audience to count": "没有可统计的人群",
    "name one, as interest:gaming": "请填写一个，如 interest:gaming",
    "one segment is given twice": "同一人群包出现了两次",
    "{one} and {two}": "{one} 与 {two}",
    "leave one of the two out": "请去掉其中一个",
    "a diagram of two circles cannot show {n:n} audiences": "双圆图无法展示 {n} 个人群",
    "choose two, or draw more of them as an UpSet plot": "请选择两个；更多人群请用 UpSet 图",
    # matrices
    "{n:n} audiences cannot stand along a side of a matrix": "矩阵一边不能放 {n} 个人群",
    "kind {kind!r}": "类型“{kind}”",
    "take 1 to {most:n}; `overlap pairs` lists one audience against all of a kind":
        "请取 1 到 {most} 个",
    # words
    "this store has no terms, so nothing is known of what its users say":
        "此数据没有词语，无法了解用户在说什么",
    "audiences of the kind {kind!r}": "类型为“{kind}”的人群",
    "build it with the posts: overlap build ... --text COLUMN --terms":
        "请用帖子文本重新构建：overlap build ... --text 列名 --terms",
    "nobody in this store says {text!r}": "此数据中没有人提到“{text}”",
    "nobody in this store says {text!r}: {missing!r} is none of its terms":
        "此数据中没有人提到“{text}”：没有词语“{missing}”",
    "see `overlap list STORE --kind term` for what is said":
        "可在选择框中搜索 term 类人群，查看有哪些词语",
    "{n:n} {what:w} are no list": "{n} 个{what}不成列表",
    "--category {category} and --rest {rest} both say what to compare with":
        "品类 {category} 与 {rest} 都指定了对比对象",
    "give one of them": "请只填一个",
    "user ids of this store are hashed with a secret key": "此数据的用户 ID 用密钥做了散列",
    "key {key}": "密钥 {key}",
    "give the key, or tell members by their ids": "请提供密钥，或按 ID 识别成员",
    # needs and their map
    "{n:n} needs are none": "{n} 个需求等于没有",
    "this store has neither terms nor interests that could be needs":
        "此数据没有可作为需求的词语或兴趣",
    "build it with --text COLUMN --terms, or name one of these kinds":
        "请用帖子文本重新构建（--text 列名 --terms），或选择这些类型之一",
    "a link from a TGI of {tgi:n} is none": "TGI 从 {tgi} 起不能算关联",
    "give an index of 100 or more": "请填不小于 100 的指数",
    "a map of {n:n} audiences cannot be drawn": "无法绘制 {n} 个人群的地图",
    "ask for 1 to {most:n}": "请填 1 到 {most}",
    "a map of no kind is empty": "没有选择人群类型，地图为空",
    "name a kind, as in --kind interest": "请选择一类人群，如 interest",
    "the map cannot be read: {why}": "无法读取地图：{why}",
    "the file is no needs map: {why}": "此文件不是需求地图：{why}",
    "name a file that `overlap map STORE --json` wrote":
        "请选择由 `overlap map STORE --json` 写出的文件",
}  # fmt: skip
