"""Errors of reading files of events: what is there, its columns, ids, times and encoding."""

from collections.abc import Mapping

PHRASES: Mapping[str, str] = {
    # files
    "no source was given": "没有选择数据来源",
    "name a file, a glob, a folder or an address of events": "请指定文件、文件夹或数据地址",
    "there is no file or folder {source!r}": "没有文件或文件夹“{source}”",
    "there is no folder {folder!r} either": "文件夹“{folder}”也不存在",
    "no file matches {source!r}": "没有与“{source}”匹配的文件",
    "check the pattern, and the folder it starts in": "请检查通配符及其起始文件夹",
    "{what:w} {source!r} holds no data: nothing in it": "{what}“{source}”中没有数据：内容为空",
    "{what:w} {source!r} holds no data: {has} in it": "{what}“{source}”中没有数据：只有 {has}",
    "name one with files that end in {endings}": "请选择含有以 {endings} 结尾的文件的文件夹",
    "{name!r} has an ending that says nothing about its format": "无法从“{name}”的后缀判断格式",
    "the address {name!r} has an ending that says nothing about its format":
        "无法从地址“{name}”的后缀判断格式",
    "known endings are {endings}": "可识别的后缀：{endings}",
    "addresses that begin with {scheme}:// cannot be read": "无法读取以 {scheme}:// 开头的地址",
    "known ones begin with {schemes}, or are files": "可识别的开头：{schemes}，或文件",
    "{name} cannot be opened: {why}": "无法打开 {name}：{why}",
    "check the permissions of the file": "请检查文件的读取权限",
    "{name} is empty": "{name} 是空文件",
    "give a file with rows": "请提供有数据行的文件",
    "give files with rows": "请提供有数据行的文件",
    "{name} is encrypted": "{name} 已加密",
    "give it unencrypted": "请提供未加密的文件",
    "{name} is not a Parquet file, though its name says so: it begins with {head!r}":
        "{name} 后缀为 Parquet，但内容不是：开头为 {head}",
    "write it as Parquet, or give it the ending of what it is":
        "请另存为 Parquet，或改成与内容相符的后缀",
    "{name} is cut short: a Parquet file ends in 'PAR1', this one in {tail!r}":
        "{name} 不完整：Parquet 文件应以 PAR1 结尾，此文件以 {tail} 结尾",
    "copy or write the file again": "请重新复制或导出文件",
    "{name} is not compressed with gzip, though its name says so":
        "{name} 后缀为 gzip，但内容未压缩",
    "take .gz off its name": "请去掉文件名末尾的 .gz",
    "{name} is {what:w}, not {format} text": "{name} 是{what}，不是 {format} 文本",
    "save the sheet as CSV": "请将工作表另存为 CSV",
    "save the table as CSV": "请将表格另存为 CSV",
    "let its name end in {ending}": "请将后缀改为 {ending}",
    "give the table itself": "请提供表格本身",
    "unpack it": "请先解压",
    "write it as Parquet": "请另存为 Parquet",
    "give it as sqlite:///FILE with --query": "请在命令行以 sqlite:///文件 加 --query 读取",
    # encodings
    "{name} cannot be read: compressed data are cut short or damaged":
        "无法读取 {name}：压缩数据不完整或已损坏",
    "{name} cannot be read: {why}": "无法读取 {name}：{why}",
    "copy the file again": "请重新复制文件",
    "{name} is not text: byte {at:n} is zero": "{name} 不是文本：第 {at} 字节为零",
    "export the table as CSV in UTF-8": "请将表格导出为 UTF-8 编码的 CSV",
    "{name} is not UTF-8 (byte {at:n} does not fit) and {why:w}; it looks like {guess}":
        "{name} 不是 UTF-8（第 {at} 字节不符），{why}；看起来像 {guess}",
    "{name} is not UTF-8 (byte {at:n} does not fit) and {why:w}":
        "{name} 不是 UTF-8（第 {at} 字节不符），{why}",
    "byte {at:n} of {name} is not UTF-8, while the text was {why:w}":
        "{name} 的第 {at} 字节不是 UTF-8，而{why}",
    "{name} is not UTF-8": "{name} 不是 UTF-8",
    "convert it: iconv -f {guess} -t UTF-8": "请转换编码：iconv -f {guess} -t UTF-8",
    "copy or export the file again": "请重新复制或导出文件",
    "{name} reads as {label}, but byte {at:n} does not fit":
        "{name} 按 {label} 读取，但第 {at} 字节不符",
    "export the file again, best as UTF-8": "请重新导出文件，最好用 UTF-8",
    "{name} cannot be rewritten as UTF-8: {why}": "无法将 {name} 转为 UTF-8：{why}",
    "make room there, or name another folder in TMPDIR":
        "请腾出空间，或用 TMPDIR 指定其他文件夹",
    "download it and give the file: GB18030 is recognised there":
        "请下载后上传文件：文件可识别 GB18030",
    "{name}, byte {at:n}": "{name}，第 {at} 字节",
    "{name}, line {at:n}": "{name}，第 {at} 行",
    # what a text file holds
    "{name} has no header": "{name} 没有表头",
    'a quote (") is opened and never closed': '引号（"）没有闭合',
    'close it, or write a quote inside a field as ""': '请补上引号；字段内的引号写作 ""',
    '{name} opens a quote (") in its header and never closes it':
        '{name} 的表头中引号（"）没有闭合',
    "close the quote": "请补上引号",
    "{name} has a header and no rows": "{name} 只有表头，没有数据行",
    "{name} has a first line that is no header: {why}": "{name} 的首行不是表头：{why}",
    "give a file whose first line names the columns": "请提供首行为列名的文件",
    "a line holds {what} where an object is expected": "有一行是 {what}，应为一个 JSON 对象",
    "write one object on each line, without brackets around them all":
        "请每行写一个对象，外面不加方括号",
    "a line is not JSON ({why}): {line}": "有一行不是 JSON（{why}）：{line}",
    "a line is not JSON ({why}): ": "有一行不是 JSON（{why}）",
    "write one object on each line": "请每行写一个对象",
    "the data cannot be read: {why}": "无法读取数据：{why}",
    "write the file as UTF-8 (iconv -f … -t UTF-8), or as GB18030":
        "请将文件存为 UTF-8（iconv -f … -t UTF-8）或 GB18030",
    "write the file again: its footer is damaged": "请重新导出文件：文件尾部已损坏",
    "write the file again: it is cut short or damaged": "请重新导出文件：内容不完整或已损坏",
    "write the file again": "请重新导出文件",
    "download the file: its server does not answer range requests":
        "请先下载文件：其服务器不支持分段读取",
    # rows and columns
    "there are no rows of events": "没有行为数据",
    "all {n:n} rows were rejected ({reasons})": "全部 {n} 行均被剔除（{reasons}）",
    "no row puts its user into an audience": "没有任何一行能归入人群",
    "check the columns given as --tags, or make audiences of posts with --text and --terms":
        "请检查标签所选的列，或打开词语开关由帖子形成人群",
    "check the columns given as --user, --tags and --time; --rejects FILE shows the rows":
        "请检查用户、标签与时间所选的列；剔除的行可下载查看",
    "{name} has no column {column!r}, other sources have": "{name} 没有列“{column}”，而其他来源有",
    "give files whose columns agree": "请提供列一致的文件",
    "there is no column {column!r} (asked for with {option:w})": "没有列“{column}”（用于{option}）",
    "name one of these": "请从这些列中选择",
    "columns: {names}": "列：{names}",
    "no column looks like the {part:w}": "没有像{part}的列",
    "several columns could be the {part:w}: {names:q}": "有几列都可能是{part}：{names}",
    "say which with {option:w}": "请指定哪一列是{option}",
    "name it with {option:w}": "请指定哪一列是{option}",
    "name it with {option:w}; {rest:s}": "请指定哪一列是{option}；{rest}",
    "there is no file {file!r}": "没有文件“{file}”",
    "check the path": "请检查路径",
    "{text!r} does not name a tag column and its kind": "“{text}”没有指明标签列及其类型",
    "write COLUMN=KIND, as in --tags product_category=category":
        "请写成“列名=类型”，例如 product_category=category",
    "{kind!r} cannot be a kind: it must be one word": "“{kind}”不能作为类型：必须是一个词",
    "use letters, digits and underscores, as in interest or 兴趣":
        "请用字母、数字和下划线，例如 interest 或 兴趣",
    "the kind {kind!r} is taken: it holds all users": "类型“{kind}”已被占用：它表示全部用户",
    "name the kind otherwise, as in interest, category or brand":
        "请换一个类型名，例如 interest、category 或 brand",
    "no column holds tags, so that there would be no audiences": "没有标签列，就没有任何人群",
    "name it with --tags COLUMN=KIND, as in --tags product_category=category":
        "请指定标签列及其类型，例如 product_category=category",
    "column {column!r} is of type {dtype}, which cannot tell users apart":
        "列“{column}”的类型为 {dtype}，无法区分用户",
    "name another column with --user, or write the ids as integers or text":
        "请选择其他用户列，或将 ID 写为整数或文本",
    "user ids are integers in {one} and text in {two}":
        "用户 ID 在 {one} 中为整数，在 {two} 中为文本",
    "write them alike in all files; nobody would be found in both":
        "请在所有文件中统一写法，否则认不出同一用户",
    "column {column!r}": "列“{column}”",
    "column {column!r} is of type {dtype}, which holds no tags":
        "列“{column}”的类型为 {dtype}，不能作为标签",
    "name a column of text, numbers or truth values, or of lists of them":
        "请选择文本、数字或真假值的列，或其列表",
    "column {column!r} is of type {dtype}, which says no time":
        "列“{column}”的类型为 {dtype}，不能作为时间",
    "name a column of datetimes, dates, ISO text or epoch numbers":
        "请选择日期时间、日期、ISO 文本或时间戳的列",
    "column {column!r} holds {value!r}, which is no time known here":
        "列“{column}”中的“{value}”不是可识别的时间",
    "write times as 2026-05-04 10:11:12, as YYYYMMDD or as seconds since 1970":
        "请将时间写成 2026-05-04 10:11:12、YYYYMMDD 或 1970 年起的秒数",
    "a database needs --query": "读取数据库需要 --query",
    'say which rows are events: --query "SELECT user_id, topic, time FROM posts"':
        '请指明哪些行是行为：--query "SELECT user_id, topic, time FROM posts"',
    "--query asks a database, and no source is one": "--query 用于数据库，而来源中没有数据库",
    "name a database, as in postgresql://user@host/db or sqlite:///file.db":
        "请指定数据库，例如 postgresql://user@host/db 或 sqlite:///file.db",
    # audiences asked of the columns
    "no tag column is of the kind {kind!r}": "没有“{kind}”类的标签列",
    "did you mean {close!r}? ": "是否想找“{close}”？",
    "kinds here: {kinds}": "此处的类型：{kinds}",
    "the audience {key} asks for actions, and no column holds them":
        "人群 {key} 需要动作，但没有动作列",
    "the audience {key} has a window, and no column holds times":
        "人群 {key} 限定了时间，但没有时间列",
    "the audience {key} searches texts, and no column holds them":
        "人群 {key} 需要搜索文本，但没有文本列",
    "the audience {key} searches the field {field!r}, and no tag column is of that kind":
        "人群 {key} 搜索字段“{field}”，但没有该类型的标签列",
    "terms are made of text, and no column holds any": "词语来自文本，但没有文本列",
    "texts are {dtype}, not text": "文本列的类型为 {dtype}，不是文本",
    "name the column that holds the posts": "请指定帖子文本所在的列",
    "name it with --text COLUMN": "请指定文本所在的列",
    "name it with --action COLUMN": "请指定动作所在的列",
    "name it with --time COLUMN": "请指定时间所在的列",
    "there is nothing called {name!r} to include": "没有可引入的“{name}”",
    "there are: {names}": "可用的有：{names}",
    "did you mean {close!r}? there are: {names}": "是否想找“{close}”？可用的有：{names}",
}  # fmt: skip
