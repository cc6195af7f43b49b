"""All areas of templates together, and the words that stand in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from overlap.dashboard.texts.errors import (
    exports,
    expressions,
    insights,
    saved,
    sources,
    stores,
)

AREAS: Sequence[Mapping[str, str]] = (
    expressions.PHRASES,
    insights.PHRASES,
    saved.PHRASES,
    sources.PHRASES,
    stores.PHRASES,
    exports.PHRASES,
)

WORDS: Mapping[str, str] = {
    # what is too small
    "segment": "人群包",
    "category": "品类",
    "audience to look into": "所查看的人群",
    "category of the map": "地图的品类",
    "segment, of users who wrote anything,": "人群包中发过内容的用户",
    "rest, of users who wrote anything,": "对比人群中发过内容的用户",
    # windows
    "the beginning": "最早",
    "the end": "最新",
    "the first": "最早",
    "the last": "最新",
    "day": "天",
    "week": "周",
    "month": "月",
    "none": "全部时间",
    # saved segments
    "a name": "名称",
    "a note": "备注",
    "the author": "保存者",
    "the owner": "所有者",
    "the expression": "表达式",
    "the key": "键",
    "the store": "数据",
    "saved": "保存",
    "changed": "修改",
    "renamed": "改名",
    "removed": "移除",
    "restored": "恢复",
    "kept aside": "另存",
    "the same content": "内容相同",
    # files
    "the folder": "文件夹",
    "the pattern": "通配符",
    "a zip archive or an Excel workbook": " zip 压缩包或 Excel 工作簿",
    "an empty zip archive": "空的 zip 压缩包",
    "an old Excel workbook": "旧版 Excel 工作簿",
    "compressed with gzip": " gzip 压缩文件",
    "a Parquet file": " Parquet 文件",
    "a PDF document": " PDF 文档",
    "a 7z archive": " 7z 压缩包",
    "compressed with zstd": " zstd 压缩文件",
    "compressed with bzip2": " bzip2 压缩文件",
    "compressed with xz": " xz 压缩文件",
    "an ORC file": " ORC 文件",
    "an Avro file": " Avro 文件",
    "an Arrow file": " Arrow 文件",
    "a SQLite database": " SQLite 数据库",
    # columns
    "user": "用户",
    "time": "时间",
    "text": "文本",
    "action": "动作",
    "--user": "用户",
    "--time": "时间",
    "--text": "文本",
    "--action": "动作",
    "--tags": "标签",
    # lists
    "words": "词语",
    "selling points": "卖点",
    # specs
    "id type": "ID 类型",
    "hash seed": "散列种子",
    "period": "周期",
    "rate cap": "抽样率上限",
    "HyperLogLog precision": "HyperLogLog 精度",
    "secret key": "密钥",
}
