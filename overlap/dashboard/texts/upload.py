"""Uploading events and building a store from them."""

from collections.abc import Mapping

TEXTS: dict[str, tuple[str, str]] = {
    # choosing files
    "upload_start": ("Build a store from your own events", "用您自己的行为数据构建"),
    "upload_start_about": (
        "One row is one user doing something: a user column and at least one column of tags "
        "(category, interest, brand …) or text. Columns are recognised by their usual English and "
        "Chinese names, and you confirm them before anything is built.",
        "每行是一位用户的一次行为：需要用户列，以及至少一列标签（品类、兴趣、品牌等）或文本。"
        "常见的中英文列名会自动识别，由您确认后才开始构建。",
    ),
    "upload_files": ("Files of events", "行为数据文件"),
    "upload_more_files": ("Add files with the same columns", "添加列相同的文件"),
    "upload_formats": (
        "CSV or TSV (UTF-8 or GB18030), NDJSON, Parquet; text may be gzipped. Up to {limit} MB a "
        "file. Files are kept on the dashboard's own machine and go nowhere else.",
        "支持 CSV、TSV（UTF-8 或 GB18030）、NDJSON、Parquet，文本可用 gzip 压缩。"
        "单个文件不超过 {limit} MB。文件只保存在本看板所在的机器上，不会发往别处。",
    ),
    "upload_limit": ("Up to {limit} MB each", "每个文件不超过 {limit} MB"),
    "upload_button": ("Choose files", "选择文件"),
    "upload_too_large": (
        "The file marked in red was not uploaded: it is larger than {limit} MB, or the connection "
        "broke. Save it as Parquet, which is smaller, or split it and upload the parts together. "
        "Larger files can be built on the server with the command line:",
        "标红的文件未能上传：超过 {limit} MB，或连接中断。可另存为体积更小的 Parquet，"
        "或拆分后一起上传。更大的文件可在服务器上用命令行构建：",
    ),
    "upload_example": ("A file could look like this", "文件示例"),
    "upload_failed": ("{file} cannot be used", "无法使用 {file}"),
    "upload_gone": (
        "The upload of this link is not here any more. Upload the file again.",
        "此链接中的上传文件已不存在，请重新上传。",
    ),
    "upload_layout": ("{encoding}, {between} between fields", "{encoding}，字段以{between}分隔"),
    "upload_file": (
        "{name}: {size}, {layout}, {columns} columns",
        "{name}：{size}，{layout}，{columns} 列",
    ),
    "upload_sign_comma": ("commas", "逗号"),
    "upload_sign_semicolon": ("semicolons", "分号"),
    "upload_sign_tab": ("tabs", "制表符"),
    "upload_sign_other": ("“{sign}”", "“{sign}”"),
    "upload_remove": ("Remove {name}", "移除 {name}"),
    "upload_over": ("Start over", "重新开始"),
    # columns
    "upload_ready": ("{name} is ready to be built", "「{name}」可以构建"),
    "upload_not_ready": ("One thing to settle before {name} is built", "构建「{name}」前还需确认"),
    "upload_first_all": (
        "All of the first {rows} rows can be used.",
        "前 {rows} 行均可使用。",
    ),
    "upload_first_some": (
        "{used} of the first {rows} rows can be used; {rejected} would be rejected ({reasons}).",
        "前 {rows} 行中 {used} 行可用，{rejected} 行将被剔除（{reasons}）。",
    ),
    "upload_every_all": ("All {rows} rows can be used.", "全部 {rows} 行均可使用。"),
    "upload_every_some": (
        "{used} of {rows} rows can be used; {rejected} would be rejected ({reasons}).",
        "{rows} 行中 {used} 行可用，{rejected} 行将被剔除（{reasons}）。",
    ),
    "upload_columns": ("What each column is", "确认各列的含义"),
    "upload_columns_about": (
        "Tags are columns whose values name audiences. Choose their kind, or type one of your own "
        "and press Enter.",
        "标签列的取值即人群名称。可选择人群类型，也可输入自定义类型后按回车。",
    ),
    "upload_part": ("{column} is", "{column} 是"),
    "upload_part_none": ("Not used", "不使用"),
    "upload_part_user": ("User", "用户"),
    "upload_part_time": ("Time", "时间"),
    "upload_part_text": ("Post text", "帖子文本"),
    "upload_part_action": ("Action", "行为类型"),
    "upload_part_tags": ("Tags: {kind}", "标签：{kind}"),
    "upload_kind_category": ("category", "品类"),
    "upload_kind_interest": ("interest", "兴趣"),
    "upload_kind_brand": ("brand", "品牌"),
    "upload_separator": ("Several tags in {column}", "{column} 的多个标签"),
    "upload_one_tag": ("One tag in a cell", "每格一个标签"),
    "upload_parted": ("Parted by {sign}", "以 {sign} 分隔"),
    "upload_no_values": ("no values", "无取值"),
    "upload_another": ("Another column", "其他列"),
    "upload_another_about": ("{n} more columns are not used", "另有 {n} 列未使用"),
    # settings
    "upload_settings": ("How it is kept", "构建设置"),
    "upload_name": ("Name of the store", "数据名称"),
    "upload_period": ("Follow over time by", "时间周期"),
    "upload_period_none": ("No time", "不分周期"),
    "upload_period_day": ("Day", "日"),
    "upload_period_week": ("Week", "周"),
    "upload_period_month": ("Month", "月"),
    "upload_period_help": (
        "Windows and trends are made of these periods. A row without a time is rejected where "
        "there are periods.",
        "时间段与趋势由周期组成。分周期时，没有时间的行会被剔除。",
    ),
    "upload_display": ("Show from", "显示门槛"),
    "upload_export": ("Export from", "导出门槛"),
    "upload_floor_help": (
        "Audiences with fewer users are neither shown nor exported. 0 switches the floor off.",
        "人数低于门槛的人群不显示、不导出。0 表示不设门槛。",
    ),
    "upload_terms": ("Words of the posts become audiences", "将帖子中的词语作为人群"),
    "upload_terms_help": (
        "Needed for demand and language. Takes longer to build.",
        "需求洞察与语言分析需要此项，构建时间更长。",
    ),
    "upload_build": ("Build the store", "开始构建"),
    "upload_preview": ("First rows", "前几行"),
    "upload_preview_about": (
        "As they were read, with what becomes of each.",
        "读取结果，以及每一行是否可用。",
    ),
    "upload_row": ("Row", "行"),
    "upload_row_help": ("Counted below the header, from 1.", "从表头下一行起，自 1 编号。"),
    "upload_fate": ("Becomes", "处理"),
    "upload_source": ("File", "文件"),
    "upload_used": ("used", "可用"),
    # what is to be mended
    "upload_problem_one_column": (
        "{file} has one column only, “{column}”. A user column and a column of tags or text are "
        "needed. Perhaps its fields are parted by a sign other than comma, semicolon or tab: save "
        "it as CSV again.",
        "{file} 只有一列“{column}”，而至少需要用户列和标签列（或文本列）。"
        "字段可能不是以逗号、分号或制表符分隔，请重新另存为 CSV。",
    ),
    "upload_problem_no_user": (
        "No column is the user. Choose the column that says who did it.",
        "尚未指定用户列。请选择标识用户的列。",
    ),
    "upload_problem_two_user": (
        "Several columns are the user: {columns}. Keep one of them.",
        "有多列被设为用户：{columns}。请只保留一列。",
    ),
    "upload_problem_two_time": (
        "Several columns are the time: {columns}. Keep one of them.",
        "有多列被设为时间：{columns}。请只保留一列。",
    ),
    "upload_problem_two_text": (
        "Several columns are the post text: {columns}. Keep one of them.",
        "有多列被设为帖子文本：{columns}。请只保留一列。",
    ),
    "upload_problem_two_action": (
        "Several columns are the action: {columns}. Keep one of them.",
        "有多列被设为行为类型：{columns}。请只保留一列。",
    ),
    "upload_problem_no_tags": (
        "No column holds tags or text, so there would be no audiences. Choose one with categories, "
        "interests, brands or posts.",
        "没有标签列或文本列，无法形成人群。请选择含品类、兴趣、品牌或帖子的列。",
    ),
    "upload_problem_no_terms": (
        "Without tags, audiences can only come from the words in “{column}”: switch words on, or "
        "choose a column of tags.",
        "没有标签列时，人群只能来自“{column}”中的词语：请打开词语开关，或选择标签列。",
    ),
    "upload_problem_no_time": (
        "Periods need a column of times. Choose one, or follow no time.",
        "分周期需要时间列。请选择时间列，或改为不分周期。",
    ),
    "upload_problem_bad_kind": (
        "“{kind}” cannot be the kind of “{column}”. Use one word of letters, digits and "
        "underscores, other than “universe”.",
        "“{kind}”不能作为“{column}”的类型。请用字母、汉字、数字或下划线组成的一个词，"
        "且不能是 universe。",
    ),
    "upload_problem_lacks": (
        "{file} has no column {columns}, which other files have. Remove it, or add the column.",
        "{file} 缺少其他文件中的列 {columns}。请移除该文件，或补上该列。",
    ),
    "upload_problem_name_empty": ("Give the store a name.", "请填写数据名称。"),
    "upload_problem_name_signs": (
        "“{name}” cannot be the name of a store. Use letters, digits, spaces, dots, - and _.",
        "“{name}”不能作为数据名称。请用字母、汉字、数字、空格、点、- 和 _。",
    ),
    "upload_problem_name_long": (
        "The name of the store is too long. Take a shorter one.",
        "数据名称过长，请缩短。",
    ),
    "upload_problem_name_taken": (
        "There is a store “{name}” here already. Choose another name.",
        "已有名为“{name}”的数据，请换一个名称。",
    ),
    "upload_unreadable": (
        "The rows cannot be read like this",
        "无法按此设置读取",
    ),
    # building
    "upload_building": ("Building {name} …", "正在构建「{name}」…"),
    "upload_building_about": (
        "You can leave this page and come back: the build goes on.",
        "可以离开此页再回来，构建会继续。",
    ),
    "upload_expect_exact": (
        "{rows} rows: everybody will be kept, so every number will be exact.",
        "{rows} 行：将保留全部用户，所有数字均为精确值。",
    ),
    "upload_expect_sampled": (
        "{rows} rows: about {rate} of the users will be kept, so the smallest overlap you can "
        "trust will be about {users} users.",
        "{rows} 行：约保留 {rate} 的用户，可信的最小重合约为 {users} 人。",
    ),
    "upload_cancel": ("Cancel", "取消"),
    "upload_cancelled": (
        "The build was cancelled, and nothing of it was kept. The file and your choices are still "
        "here.",
        "构建已取消，未留下任何内容。文件和设置仍在。",
    ),
    "upload_build_failed": ("{name} could not be built", "「{name}」构建失败"),
    "upload_step_start": ("Starting", "启动中"),
    "upload_step_columns": ("Reading columns", "读取列"),
    "upload_step_rejects": ("Setting rejected rows aside", "分离无法使用的行"),
    "upload_step_words": ("Learning the words of the posts", "学习帖子用词"),
    "upload_step_sketching": ("Counting audiences, {rows} rows", "统计人群，{rows} 行"),
    "upload_step_posts": ("Reading posts, {rows}", "读取帖子，{rows} 条"),
    "upload_step_writing": ("Writing the store", "写入数据"),
    "upload_seconds": ("{seconds} s", "{seconds} 秒"),
    # after it
    "upload_done": ("{rows} rows read, {rejected} rejected", "读取 {rows} 行，剔除 {rejected} 行"),
    "upload_done_exact": (
        "{name} holds {audiences} audiences; everybody was kept, so every number is exact.",
        "「{name}」含 {audiences} 个人群；保留了全部用户，所有数字均为精确值。",
    ),
    "upload_done_sampled": (
        "{name} holds {audiences} audiences, of at least {rate} of their users; numbers come with "
        "95% intervals.",
        "「{name}」含 {audiences} 个人群，至少保留 {rate} 的用户；数字附 95% 置信区间。",
    ),
    "upload_kept": (
        "The uploaded files are kept with the store, so that members can be exported exactly.",
        "上传的文件与数据一并保留，以便精确导出人群成员。",
    ),
    "upload_open": ("Open {name}", "打开「{name}」"),
    "upload_next": ("Upload another file", "上传其他文件"),
    "upload_rejected": ("Rejected rows", "被剔除的行"),
    "upload_rejected_about": ("{reasons}.", "{reasons}。"),
    "upload_reason_count": ("{reason} {rows}", "{reason} {rows} 行"),
    "upload_none_rejected": ("Every row was used.", "所有行均已使用。"),
    "upload_changed": (
        "The store {name} is not here any more. Upload the file again to build it anew.",
        "数据「{name}」已不存在。如需重建，请重新上传文件。",
    ),
    "upload_left": ("Uploaded files without a store", "已无对应数据的上传文件"),
    "upload_left_about": (
        "Their stores were removed, and no store here is made of them.",
        "对应的数据已删除，此处也没有其他数据由它们构成。",
    ),
    "upload_left_one": (
        "{files}: uploaded for {store}, {size} on disk",
        "{files}：为「{store}」上传，占用 {size}",
    ),
    "upload_left_remove": ("Remove the uploaded files", "删除上传的文件"),
    "upload_left_what": (
        "This removes for good: {files}, with the preview, the choices made for the columns and "
        "the list of rejected rows, {size} in all. Should the store have been moved elsewhere, "
        "its members can no longer be exported.",
        "将永久删除：{files}，以及预览、列的设置和被剔除的行，共 {size}。"
        "如果该数据只是移到了别处，今后将无法再导出其人群成员。",
    ),
    "upload_left_confirm": ("Remove for good", "永久删除"),
    "upload_left_done": (
        "Removed: {files}, with the preview, the choices and the list of rejected rows ({size}).",
        "已删除：{files}，以及预览、设置和被剔除的行（{size}）。",
    ),
    "upload_left_stays": (
        "The uploaded files stay: another store here is made of them, or one here cannot be read.",
        "上传的文件予以保留：此处有其他数据由它们构成，或有数据无法读取。",
    ),
    "upload_csv_help": (
        "All {rows} rejected rows with reason, file and row, ready for Excel.",
        "全部 {rows} 行被剔除的数据（含原因、文件、行号），可直接用 Excel 打开。",
    ),
    "upload_reason": ("Why", "原因"),
    "upload_reason_missing_user": ("no user", "缺少用户"),
    "upload_reason_missing_time": ("no time", "缺少时间"),
    "upload_reason_unparsable_time": ("time not understood", "时间无法识别"),
    "upload_reason_no_tags": ("no tags", "没有标签"),
    "upload_reason_unparsable_user": ("user not understood", "用户标识无法识别"),
    "upload_reason_malformed_row": ("too many or too few fields", "字段数不符"),
}

FAMILIES: Mapping[str, tuple[str, ...]] = {
    "upload_sign_": ("comma", "semicolon", "tab", "other"),
    "upload_part_": ("none", "user", "time", "text", "action", "tags"),
    "upload_kind_": ("category", "interest", "brand"),
    "upload_period_": ("none", "day", "week", "month"),
    "upload_step_": ("start", "columns", "rejects", "words", "sketching", "posts", "writing"),
    "upload_first_": ("all", "some"),
    "upload_every_": ("all", "some"),
    "upload_problem_": (
        "one_column", "no_user", "two_user", "two_time", "two_text", "two_action", "no_tags",
        "no_terms", "no_time", "bad_kind", "lacks",
        "name_empty", "name_signs", "name_long", "name_taken",
    ),
    "upload_reason_": (
        "missing_user", "missing_time", "unparsable_time", "no_tags", "unparsable_user",
        "malformed_row",
    ),
}  # fmt: skip
