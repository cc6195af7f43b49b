"""Errors of exporting the members of a segment."""

from collections.abc import Mapping

PHRASES: Mapping[str, str] = {
    # how many
    "the segment has fewer than {floor:n} members, the least this store exports":
        "人群包不足 {floor} 人，低于此数据的导出下限",
    "the segment has fewer than {floor:n} members, the least this store shows":
        "人群包不足 {floor} 人，低于此数据的展示下限",
    "nobody is in this segment: there is nothing to write": "人群包中没有人，无内容可导出",
    "widen the segment": "请放宽人群包的条件",
    "a build with --export-floor 0 lets analysts export any":
        "分析人员可在构建时设 --export-floor 0，导出任意人数",
    "--holdout is the share of members to hold out, from 0 to below 1, not {rate:n}":
        "对照比例应不小于 0 且小于 1，而不是 {rate}",
    "try --holdout 0.1 to hold out every tenth member": "例如 0.1 表示每十人留出一人作对照",
    "--holdout-to has nothing to write": "没有留出对照，无内容可写",
    "say how many with --holdout 0.1": "请填对照比例，例如 0.1",
    # the events
    "these are not the events that the store was built from: {what}":
        "这些行为数据不是构建时所用的：{what}",
    "give the events it was built from, or build it again; without --strict the export goes on "
    "and says so": "请提供构建时所用的文件，或重新构建",
    "the audience {key} of this store cannot be made of these events":
        "无法由这些行为数据得出人群 {key}",
    "give the events that it was built from": "请提供构建时所用的文件",
    "give the events that the store was built from": "请提供构建时所用的文件",
    "this store was made of sketches, which do not tell who is in them":
        "此数据由摘要构成，无法得知成员",
    "build a store from events with: overlap build SOURCE --store DIR": "请用行为文件构建数据",
    "the parts of this store were built with different columns or definitions, and rows of a "
    "database do not tell which part they belong to":
        "此数据的各部分所用的列或定义不同，数据库中的行无法判断属于哪一部分",
    "give the files that it was built from": "请提供构建时所用的文件",
    "{name} is none of the sources that this store was built from, and its parts were built with "
    "different columns or definitions":
        "{name} 不是构建时所用的文件，而各部分所用的列或定义不同",
    "give the files by the names they had when the store was built":
        "请使用构建时的文件名",
    "user ids are text in these events and integers in the store":
        "行为文件中的用户 ID 为文本，而数据中为整数",
    "there is no column {column!r}, which this store was built from":
        "没有列“{column}”，而此数据由它构建",
    "give events with the columns that `overlap info STORE` lists as roles":
        "请提供含有“数据”页所列各列的文件",
    # formats and identities
    "{name} takes no field {key!r}": "{name} 不接受字段“{key}”",
    "fields: {fields}": "可用字段：{fields}",
    "did you mean {close}? fields: {fields}": "是否想用 {close}？可用字段：{fields}",
    "{name} compares ids hashed with {hash} only, not {other}":
        "{name} 只接受以 {hash} 散列的 ID，不接受 {other}",
    "leave --hash out": "请不选散列方式",
    "leave {option} out, or choose a platform with --format: {formats}":
        "请不填 {option}，或选择平台格式：{formats}",
    "the format ids holds the user ids alone": "ids 格式只含用户 ID",
    "a file for {name} has one kind of id, and {n:n} were asked for: {keys}":
        "{name} 的文件只能有一种 ID，而选了 {n} 种：{keys}",
    "export each into a file of its own": "请分别导出",
    "{name} finds nobody by {keys} alone": "{name} 无法仅凭 {keys} 找到用户",
    "add {which}": "请补充 {which}",
    "{name} needs to know where the identities are": "{name} 需要知道身份信息所在的列",
    "name columns of the events, as in --identity {key}=COLUMN, or a file of its own with "
    "--identities FILE": "请指定对应的列，例如 {key}=列名，或另提供身份文件",
    "{source} has no column {user!r} of user ids": "{source} 没有用户 ID 列“{user}”",
    "name it with --id-column COLUMN; {close!r} perhaps": "请指定用户 ID 列，或许是“{close}”",
    "name it with --id-column COLUMN": "请指定用户 ID 列",
    "no column of {source} is named as a field of {name}": "{source} 中没有与 {name} 字段同名的列",
    "say which is which, as in --identity {key}=COLUMN; fields: {fields}":
        "请指明对应关系，例如 {key}=列名；可用字段：{fields}",
    "--id-column names a column of --identities": "用户 ID 列属于身份文件",
    "name that file, or leave it out": "请提供身份文件，或不填",
    "{country!r} is no calling code": "“{country}”不是国家或地区代码",
    "give digits, as in --country 86 for China or --country 1 for North America":
        "请填数字，例如中国 86、北美 1",
    "none of the {n:n} members has an identity that {name} takes":
        "{n} 位成员都没有 {name} 可用的身份信息",
    "check which columns --identity names; --country gives phone numbers their code":
        "请检查身份信息所选的列；手机号可指定国家或地区代码",
    "none of the {n:n} members is in {where}": "{n} 位成员都不在 {where} 中",
    "check that its column of ids (--id-column) holds the ids of the events":
        "请检查其 ID 列与行为文件中的 ID 是否一致",
    # the file that is written
    "{name} takes no Parquet files": "{name} 不接受 Parquet 文件",
    "let the name end in .csv or .txt": "请将后缀改为 .csv 或 .txt",
    "let the name end in .csv": "请将后缀改为 .csv",
    "this is a folder": "这是文件夹",
    "name a file in it": "请指定其中的文件",
    "there is no folder {folder!r}": "没有文件夹“{folder}”",
    "make it, or name a file in one that exists": "请新建，或选择已有的文件夹",
    "this file is {what} too": "此文件同时用作 {what}",
    "give every file a name of its own": "请为每个文件取不同的名称",
    "this file would lie among the sources, and be read as one of them next time":
        "此文件会与来源混在一起，下次会被当作来源读取",
    "name a file outside of the folder of events": "请选择行为文件夹以外的位置",
    "this file is there already": "文件已存在",
    "give another name, or --force to write over it": "请换一个名称，或选择覆盖",
    "the file cannot be written: {why}": "无法写入文件：{why}",
    "nothing was left half written; free some space and try again":
        "没有留下不完整的文件；请腾出空间后重试",
    "nothing was left half written; check the folder's permissions":
        "没有留下不完整的文件；请检查文件夹权限",
    "the disk for scratch files is full": "临时文件所在磁盘已满",
    "scratch files cannot be written: {why}": "无法写入临时文件：{why}",
    "free some space, or set TMPDIR to a folder on a larger disk":
        "请腾出空间，或用 TMPDIR 指定更大磁盘上的文件夹",
}  # fmt: skip
