"""Tables, charts and pickers, as all pages use them."""

from collections.abc import Mapping

TEXTS: dict[str, tuple[str, str]] = {
    "csv": ("CSV", "CSV"),
    "csv_help": (
        "All {rows} rows with every measure, ready for Excel.",
        "全部 {rows} 行、所有指标，可直接用 Excel 打开。",
    ),
    "data_csv": ("Data", "数据"),
    "data_csv_help": (
        "The {rows} rows behind this chart as CSV.",
        "下载此图背后的 {rows} 行数据（CSV）。",
    ),
    "copy": ("Copy", "复制"),
    "copied": ("Copied", "已复制"),
    "png": ("Save as PNG", "保存为 PNG"),
    "rows_some": (
        "The first {shown} of {all} rows are shown; the download has all.",
        "仅显示前 {shown} 行（共 {all} 行），下载文件包含全部。",
    ),
    "interval_title": ("{title}, 95% interval", "{title} 95% 区间"),
    "pick_placeholder": ("Type to search", "输入文字搜索"),
    "pick_help": (
        "The {shown} largest of {all} audiences are listed; any other can be typed, as "
        "kind:name, followed by Enter.",
        "列出 {all} 个人群中最大的 {shown} 个；其他人群可直接输入（类型:名称）后按回车。",
    ),
    "pick_kind_category": ("category", "品类"),
    "pick_kind_interest": ("interest", "兴趣"),
    "pick_kind_brand": ("brand", "品牌"),
    "pick_kind_term": ("term", "词"),
    "flag_yes": ("yes", "是"),
    "flag_no": ("no", "否"),
}

FAMILIES: Mapping[str, tuple[str, ...]] = {
    "pick_kind_": ("category", "interest", "brand", "term"),
}
