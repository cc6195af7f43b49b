"""Errors of expressions: how they are written, and the audiences they name."""

from collections.abc import Mapping

PHRASES: Mapping[str, str] = {
    # how an expression is written
    "cannot read the expression: {what:s}": "表达式无法读取：{what}",
    "it is empty": "内容为空",
    "expected the name after the colon, found the end": "冒号后应为名称，但表达式已结束",
    "expected the name after the colon, found {found!r}": "冒号后应为名称，实际为“{found}”",
    "expected an audience, found the end": "此处应为人群，但表达式已结束",
    "expected an audience, found {found!r}": "此处应为人群，实际为“{found}”",
    "there is no sign {sign!r}": "没有运算符“{sign}”",
    "the name between the quotes is empty": "引号内的名称为空",
    "unknown escape {escape!r}": "无法识别的转义“{escape}”",
    "this quote is never closed": "引号没有闭合",
    "an intensity is written >=": "深度要写成 >=",
    "expected a number of events after >=": ">= 后应为行为次数",
    "this ( is never closed": "左括号“(”没有闭合",
    "this ) closes nothing": "右括号“)”没有对应的左括号",
    "expected &, | or - before {found!r}": "“{found}”之前应有 &、| 或 -",
    "for example: {example}": "例如：{example}",
    "for example {example}, at least 3 events": "例如 {example}，即至少 3 次行为",
    "to leave users out, subtract them: {example}": "要排除用户，请用减号：{example}",
    "put a name with such characters in double quotes: {example}":
        "含有此类字符的名称请加双引号：{example}",
    r'inside quotes write \" for a quote and \\ for a backslash':
        r'引号内用 \" 表示引号，用 \\ 表示反斜杠',
    "add {closing} after the name": "在名称后加上 {closing}",
    "give a whole number from 1 to {most:n}": "请填 1 到 {most} 的整数",
    "add the )": "请补上“)”",
    "write {sign} once": "{sign} 只写一个",
    "a minus needs something to subtract from: {example}": "减号前要有被减的人群：{example}",
    "remove it, or add a (": "请删去，或补上“(”",
    "put &, | or - between two audiences": "两个人群之间要有 &（且）、|（或）或 -（排除）",
    "a name with parentheses in it goes in quotes": "含括号的名称请加引号",
    "write {sign} for {word!r}": "请用 {sign} 代替“{word}”",
    "if it is one name, put it in quotes: {whole}": "如果是一个名称，请加引号：{whole}",
    # the audiences it names
    "the name {name!r} is that of {n:n} audiences": "有 {n} 个人群名为“{name}”",
    "say which: {which:o}": "请指明是哪一个：{which}",
    "there is no kind of audience {kind!r}": "没有人群类型“{kind}”",
    "there is no audience {name!r}": "没有人群“{name}”",
    "no audience has the kind {kind!r}": "没有“{kind}”类的人群",
    "for the audience of that whole name write {which:o}": "若指整个名称的人群，请写 {which}",
    "did you mean the kind {kind!r}?": "是否想找类型“{kind}”？",
    "did you mean {close!r}?": "是否想找“{close}”？",
    "did you mean {close:q}?": "是否想找{close}？",
    "did you mean {which:o}?": "是否想找 {which}？",
    "the kinds here are {kinds}": "此数据中的类型有：{kinds}",
    "the kinds here are: {kinds}": "此数据中的类型有：{kinds}",
    "choose one of these kinds": "请从这些类型中选择",
    "of another kind: {which}": "其他类型中有：{which}",
    "`overlap list STORE` shows every audience": "可在选择框中输入文字搜索全部人群",
    # a tree put together without text
    "{sign} needs at least two operands, got {n:n}": "{sign} 至少需要两个人群，实际为 {n} 个",
    "an audience needs a name, got kind {kind!r} and name {name!r}":
        "人群需要名称：类型“{kind}”，名称“{name}”",
    "an audience needs a name, got kind None and name {name!r}": "人群需要名称：名称“{name}”",
    "write kind:name, for example interest:gaming": "请写成“类型:名称”，例如 interest:gaming",
    "intensity {n} of audience {name!r} is out of range": "人群“{name}”的深度 {n} 超出范围",
    "give a number of events from 1 to {most:n}": "请填 1 到 {most} 的行为次数",
}  # fmt: skip
