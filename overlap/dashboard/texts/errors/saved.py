"""Errors of saved segments and of the workspace that keeps them."""

from collections.abc import Mapping

PHRASES: Mapping[str, str] = {
    # names and texts
    "the name {name!r} has a control character, {sign!a}": "名称“{name}”含有控制字符 {sign}",
    "leave it out": "请删去",
    "{name!r} is no name for a segment": "“{name}”不能作为人群包名称",
    "give at least one visible character": "请至少填写一个可见字符",
    "the name {name!r} has {n:n} characters": "名称“{name}”共 {n} 个字符",
    "give at most {most:n}; there is room for more in the note":
        "最多 {most} 个字符，其余可写在备注中",
    "the note has {n:n} characters": "备注共 {n} 个字符",
    "give at most {most:n}": "最多 {most} 个",
    "{what:w} holds {sign!a}, which is no character of a text":
        "{what}中的 {sign} 不是可保存的字符",
    "leave it out; texts are UTF-8": "请删去；文本须为 UTF-8",
    # what is there
    "there is a saved segment {name!r} already, of {owner}":
        "已有名为“{name}”的人群包，所有者为 {owner}",
    "choose another name than {name!r}; {free!r} is free":
        "请换一个名称（不能用“{name}”），“{free}”可用",
    "there is no saved segment {name!r}": "没有已保存的人群包“{name}”",
    "`overlap segments list STORE` shows every saved segment": "“已保存”页列出全部人群包",
    "{author} removed it on {day} UTC, and `overlap segments remove STORE {id} --undo` brings it "
    "back": "{author} 于 {day}（UTC）移除，可在“已保存”页恢复（编号 {id}）",
    "{name!r} has no version {n:n}": "“{name}”没有第 {n} 版",
    "its versions are 1 to {n:n}": "共有第 1 至 {n} 版",
    # two at once
    "{name!r} was {action:w} by {author} after version {basis:n}, on which yours is based":
        "在您所依据的第 {basis} 版之后，{author} 已{action}“{name}”",
    "nothing is lost, yours is kept as version {yours:n}; look at both, then save again on top of "
    "version {theirs:n} (--change {theirs:n})":
        "没有内容丢失，您的内容已存为第 {yours} 版；请对照两者，再基于第 {theirs} 版保存",
    "theirs, version {n:n} of {author}: {told:w}": "对方的第 {n} 版（{author}）：{told}",
    "yours, version {n:n} of {author}: {told:w}": "您的第 {n} 版（{author}）：{told}",
    "somebody else saved the same thing at this very moment; nothing was saved":
        "恰有他人同时保存了相同内容，本次未保存",
    "try again": "请重试",
    "somebody else is writing to this workspace": "他人正在写入此工作区",
    "nothing was saved": "本次未保存",
    "try again in a moment; if it stays so, look for a program that hangs there":
        "请稍后重试；若一直如此，请检查是否有程序卡住",
    # named in an expression
    "the saved segments have different windows": "所引用的人群包时间范围不同",
    "give --from and --to": "请选择开始与结束时间",
    "expected the name of a saved segment after @": "@ 之后应为已保存人群包的名称",
    'for example @gamers, or @"core TV" where the name has spaces or operators':
        '例如 @gamers；名称含空格或运算符时写作 @"core TV"',
    # the database
    "this workspace is read-only for you": "您对此工作区只有读取权限",
    "this workspace cannot be read, because reading it needs to write beside it":
        "此工作区无法读取，因为读取时需在同一文件夹写入",
    "ask for the right to write there, or save elsewhere: --workspace "
    "sqlite:///segments.sqlite, or the environment variable {setting}":
        "请申请写入权限，或保存到别处：启动前设置环境变量 {setting}，"
        "例如 sqlite:///segments.sqlite",
    "the disk of this workspace is full": "此工作区所在磁盘已满",
    "free some space and try again": "请腾出空间后重试",
    "the database of this workspace says: {said}": "此工作区的数据库报错：{said}",
    "nothing was saved; mend the database and try again": "本次未保存；请修复数据库后重试",
    "mend the database and try again": "请修复数据库后重试",
    "the database of this workspace cannot be reached: {said}": "无法连接此工作区的数据库：{said}",
    "check the address, the password and that the server runs":
        "请检查地址、密码以及服务器是否在运行",
    "the database of this workspace cannot be opened: {said}": "无法打开此工作区的数据库：{said}",
    "check the address": "请检查地址",
    "a row of this workspace cannot be read: {said}": "此工作区中有一行无法读取：{said}",
    "restore the workspace from a copy, or mend the row": "请从备份恢复工作区，或修复该行",
    "this workspace cannot be opened": "无法打开此工作区",
    "check that you may read the file and its folder": "请检查文件及其文件夹的读取权限",
    "this workspace is damaged: its schema number is missing": "此工作区已损坏：缺少版本号",
    "restore it from a copy, or name another workspace": "请从备份恢复，或指定另一工作区",
    "this workspace is damaged: {said}": "此工作区已损坏：{said}",
    "restore {name} from a copy; or rename it, and the next save makes a new one":
        "请从备份恢复 {name}；或将其改名，下次保存时会新建",
    "the workspace is a file, and this is a folder": "工作区应为文件，而这是文件夹",
    "name a file": "请指定文件",
    "there is no folder for this workspace": "此工作区的文件夹不存在",
    "name the folder of a store, whose workspace is its {file}, or make the folder":
        "请指定数据文件夹（其工作区为 {file}），或新建该文件夹",
    "this workspace has schema {found:n}, and this program knows up to {known:n}":
        "此工作区的版本为 {found}，本程序最高支持 {known}",
    "a newer overlap wrote it: update overlap, or name another workspace":
        "它由更新版本的 overlap 写入：请升级 overlap，或指定另一工作区",
    "the address of the workspace cannot be read": "工作区地址无法读取",
    "write postgresql+psycopg://user:password@host:5432/database; in a password write @ as %40, "
    ": as %3A and / as %2F":
        "请写成 postgresql+psycopg://用户:密码@主机:5432/数据库；"
        "密码中的 @ 写作 %40，: 写作 %3A，/ 写作 %2F",
    "a workspace in memory would be lost at the end": "内存中的工作区会在结束时丢失",
    "name a file: {example}": "请指定文件：{example}",
    "the database driver {module!r} is not installed": "未安装数据库驱动“{module}”",
    "pip install {package!r}": "请运行 pip install '{package}'",
    "there is no database {name!r}": "没有名为“{name}”的数据库类型",
    "write postgresql+psycopg://, sqlite:///, or another dialect of SQLAlchemy that is installed":
        "请写 postgresql+psycopg://、sqlite:/// 或其他已安装的 SQLAlchemy 方言",
    "the driver {name!r} is for asynchronous programs": "驱动“{name}”仅用于异步程序",
    "use one that waits for its answer, such as postgresql+psycopg":
        "请改用同步驱动，例如 postgresql+psycopg",
    # a segment in a store that cannot size it
    "in {store}: {problem:s}": "在 {store} 中：{problem}",
    "a window is not the same in periods of a {theirs:w} and of a {ours:w}":
        "按{theirs}与按{ours}统计的时间范围不同，无法对比",
    "this store has no data in the periods {start:w} to {end:w}; it has {first} to {last}":
        "此数据在 {start} 至 {end} 没有内容，其范围为 {first} 至 {last}",
    "this store has no data in the periods {start:w} to {end:w}; it has none at all":
        "此数据在 {start} 至 {end} 没有内容，也没有任何周期",
    "and {n:n} more audiences are gone": "另有 {n} 个人群已不存在",
    "{what:s}: {cure:s}": "{what}（{cure}）",
    "fewer than {n:n} users": "不足 {n} 人",
    "fewer than {n:n} users in it or beside it": "其中或其余不足 {n} 人",
}  # fmt: skip
