"""The export of a segment's members."""

from collections.abc import Mapping

TEXTS: dict[str, tuple[str, str]] = {
    # what it is
    "export_title": ("Hand over these {users} users", "导出这 {users} 人"),
    "export_title_about": (
        "Hand over this segment: about {users} users ({low}–{high})",
        "导出此人群包：约 {users} 人（{low}–{high}）",
    ),
    "export_title_bare": ("Hand over this segment", "导出此人群包"),
    "export_how": (
        "The store knows how many they are, not who. To list them, the events it was built from "
        "({events}) are read again and everybody is counted exactly.",
        "摘要只记录人数，不记录名单。导出时会重新读取构建所用的行为数据（{events}），逐人精确统计。",
    ),
    "export_and_more": ("{names} and {n} more", "{names} 等，另有 {n} 个"),
    # choices
    "export_format": ("File", "文件格式"),
    "export_format_help": (
        "User ids as they stand in the events, or the hashed addresses, numbers and devices that "
        "an advertising platform takes.",
        "行为数据中的原始用户 ID，或广告平台接收的加密邮箱、手机号、设备号。",
    ),
    "export_ids": ("User ids · CSV", "用户 ID · CSV"),
    "export_ids-parquet": ("User ids · Parquet", "用户 ID · Parquet"),
    "export_way": ("{platform} · {fields}", "{platform} · {fields}"),
    "export_holdout": ("Control group", "对照组"),
    "export_holdout_help": (
        "A random part of the segment that the campaign must not reach. It is left out of the file "
        "and comes as a file of its own, so that later the two can be compared.",
        "从人群包中随机留出、不参与投放的一部分人。他们不在投放文件中，单独成为一个文件，"
        "用于投放后与投放人群对比。",
    ),
    "export_holdout_none": ("None", "不留"),
    "export_holdout_rate": ("{rate} held out", "留出 {rate}"),
    "export_draw": ("Campaign", "活动名称"),
    "export_draw_help": (
        "The same name always holds out the same people; another name draws others.",
        "同一名称每次留出的都是同一批人，换一个名称则重新随机抽取。",
    ),
    "export_draw_placeholder": ("Any name", "任意名称"),
    "export_country": ("Country code of phones", "手机号国家代码"),
    "export_country_help": (
        "Added to phone numbers that have none, such as 86 for China; without it those numbers "
        "are left out.",
        "补在没有国家代码的号码前，例如中国为 86；不填则这些号码不会导出。",
    ),
    "export_country_placeholder": ("such as 86", "例如 86"),
    "export_bad_country": (
        "“{wanted}” is not a country code: give one to three digits, such as 86.",
        "“{wanted}”不是国家代码：请填写一至三位数字，例如 86。",
    ),
    "export_bad_link": (
        "The link asks for “{wanted}”, which is not offered here.",
        "链接中的“{wanted}”在此不可用。",
    ),
    "export_prepare": ("Prepare file", "生成文件"),
    # while it runs
    "export_cancel": ("Cancel", "取消"),
    "export_cancelled": (
        "Cancelled: nothing was written.",
        "已取消，未生成任何文件。",
    ),
    "export_step_waiting": (
        "Another file is being prepared; this one is next …",
        "正在生成另一个文件，请稍候 …",
    ),
    "export_step_opening": ("Opening the events …", "正在打开行为数据 …"),
    "export_step_reading": ("Looking for members in the events …", "正在行为数据中查找成员 …"),
    "export_step_counting": ("Counting members …", "正在统计人数 …"),
    "export_step_identities": ("Preparing addresses and numbers …", "正在整理邮箱与号码 …"),
    "export_step_writing": ("Writing the file …", "正在写入文件 …"),
    "export_step_rows": ("{step} {rows} rows", "{step} {rows} 行"),
    # the file
    "export_ready": ("{rows} rows are ready", "文件已生成，共 {rows} 行"),
    "export_download": ("Download {ending}", "下载 {ending}"),
    "export_download_holdout": ("Control group ({rows})", "对照组（{rows} 行）"),
    "export_download_holdout_help": (
        "Those held out. Keep this file until the campaign is scored, and do not upload it.",
        "被留出的人。请保存到投放复盘时使用，不要上传投放。",
    ),
    "export_report": ("Report", "导出报告"),
    "export_report_help": (
        "What was asked, what was counted, and the fingerprints of the files, as JSON.",
        "导出条件、统计结果与文件指纹（JSON）。",
    ),
    "export_too_large": (
        "The file has {size} MB, too much to hand to a browser: up to {most} MB are. Write it with "
        "the command below instead.",
        "文件有 {size} MB，超出浏览器下载上限 {most} MB，请用下方命令导出。",
    ),
    "export_members": ("Members", "成员"),
    "export_members_exact": ("exact, as the store has it", "精确值，与数据一致"),
    "export_members_inside": (
        "exact; the store estimated {users} ({low}–{high})",
        "精确值；数据估计为 {users}（{low}–{high}）",
    ),
    "export_rows": ("Rows in the file", "文件行数"),
    "export_rows_header": ("and a header, {column}", "另有表头 {column}"),
    "export_rows_hashed": ("hashed as {platform} asks", "按 {platform} 要求加密"),
    "export_held": ("Held out", "留出人数"),
    "export_held_rows": ("{rows} rows in their file", "对照组文件 {rows} 行"),
    "export_read": ("Events read", "读取行为"),
    "export_read_note": ("{rejected} rows rejected", "剔除 {rejected} 行"),
    "export_window": ("Window", "时间范围"),
    "export_window_all": ("whole time", "全部时间"),
    "export_window_ends": ("{start} to {end}", "{start} 至 {end}"),
    "export_window_from": ("from {start}", "{start} 起"),
    "export_window_until": ("until {end}", "至 {end}"),
    "export_snapshot": ("snapshot {snapshot}", "数据版本 {snapshot}"),
    "export_fingerprint": ("SHA-256 of the file", "文件 SHA-256 指纹"),
    "export_expression": ("Expression", "人群表达式"),
    "export_dropped": (
        "Left out: {reasons}.",
        "未写入：{reasons}。",
    ),
    "export_dropped_one": ("{n} {why}", "{why} {n}"),
    "export_why_no_identity": ("members without a row of identities", "没有身份信息的成员"),
    "export_why_no_usable_identity": (
        "members without a usable identity",
        "没有可用身份信息的成员",
    ),
    "export_why_shared_with_holdout": (
        "rows shared with the control group",
        "与对照组共用号码的行",
    ),
    "export_why_repeated_row": ("repeated rows", "重复的行"),
    "export_why_phone_without_country": (
        "phone numbers without a country code",
        "没有国家代码的手机号",
    ),
    "export_why_other_hash": ("values hashed in another way", "加密方式不符的值"),
    "export_why_invalid": ("values that are no {field}", "不是有效{field}的值"),
    "export_command": ("The same by command line", "用命令行导出同样的文件"),
    # it is not there
    "export_too_few": (
        "This segment has fewer than {floor} users, too few to be handed over",
        "此人群包不足 {floor} 人，不能导出",
    ),
    "export_too_few_cure": (
        "Widen it: a longer window, one condition less, or another audience with “any of”.",
        "请放宽条件：延长时间、减少一个条件，或用“任一”加入其他人群。",
    ),
    "export_nobody": ("Nobody is in this segment", "此人群包中没有人"),
    "export_off": (
        "Exports are switched off on this dashboard",
        "此看板已关闭导出",
    ),
    "export_off_cure": (
        "Ask who runs it for the file: with the expression it is one command.",
        "请联系看板管理者：凭人群表达式，一条命令即可导出。",
    ),
    "export_sketches": (
        "This store was made of sketches, which do not tell who is in them",
        "此数据由摘要合并而成，其中没有名单",
    ),
    "export_sketches_cure": (
        "Export from a store that was built from events.",
        "请使用由行为数据构建的数据导出。",
    ),
    "export_database": (
        "This store was built from a database, whose address the dashboard does not know in full",
        "此数据来自数据库，看板没有完整的连接地址",
    ),
    "export_database_cure": (
        "Start the dashboard with the address and the query, or with the same events in a file:",
        "请在启动看板时给出数据库地址与查询，或内容相同的行为数据文件：",
    ),
    "export_gone": (
        "The events this store was built from are not there any more: {names}",
        "找不到构建此数据所用的行为数据：{names}",
    ),
    "export_gone_cure": (
        "Put them back or beside the store, or start the dashboard with where they are now:",
        "请把文件放回原处或放到数据旁边，或在启动看板时给出现在的位置：",
    ),
    "export_failed": ("The file could not be made", "文件未能生成"),
    "export_changed": (
        "These events are not the ones this store was built from",
        "这些行为数据与构建时的不一致",
    ),
    "export_changed_cure": (
        "The file has who fits the segment by the events as they are now. Build the store again to "
        "have both alike, or take the file as it is.",
        "文件按当前的行为数据统计成员。可重新构建数据使两者一致，也可直接使用此文件。",
    ),
    "export_changed_accept": ("Use this file all the same", "仍然使用此文件"),
    "export_changed_what": ("What differs", "不一致之处"),
    "export_changed_store": ("In the store", "数据中"),
    "export_changed_events": ("In the events", "行为数据中"),
    "export_differs_rows_read": ("Rows read", "读取行数"),
    "export_differs_rows_rejected": ("Rows rejected", "剔除行数"),
    "export_differs_first_event": ("First event", "首个行为"),
    "export_differs_last_event": ("Last event", "末个行为"),
    "export_differs_users": ("Users of {segment}", "{segment} 的人数"),
    # platforms
    "export_platforms": ("Files for advertising platforms", "广告平台投放文件"),
    "export_platforms_none": (
        "Platforms find people by address, number or device. The users here are known by "
        "{column} alone, so there is nothing a platform could find them by. Who runs this "
        "dashboard can add a file that has these for each {column}, with columns named as below:",
        "广告平台通过邮箱、手机号或设备号找人，而此处只有 {column}，平台无法识别。"
        "看板管理者可添加一个文件，为每个 {column} 提供这些信息，列名如下表：",
    ),
    "export_platforms_some": (
        "People are found by what is named here; it is hashed as each platform asks before it "
        "leaves.",
        "平台通过下列信息找人，导出前会按各平台要求加密。",
    ),
    "export_identities_failed": (
        "The dashboard's file of identities cannot be read, so only user ids are offered",
        "看板的身份信息文件无法读取，目前只能导出用户 ID",
    ),
    "export_platform": ("Platform", "平台"),
    "export_takes": ("Takes", "接收信息（列名）"),
    "export_here": ("Here", "当前可用"),
    "export_here_no": ("not yet", "暂无"),
    "export_here_file": ("{fields} of the file of identities", "身份信息文件中的{fields}"),
    "export_here_events": ("{fields} of the events", "行为数据中的{fields}"),
    "export_here_ids": ("the user ids, as {fields}", "用户 ID 即{fields}"),
    "export_list": (", ", "、"),
    "export_platform_meta": ("Meta", "Meta"),
    "export_platform_google": ("Google", "Google"),
    "export_platform_tencent": ("Tencent Ads", "腾讯广告"),
    "export_platform_oceanengine": ("Ocean Engine", "巨量引擎"),
    "export_field_email": ("email", "邮箱"),
    "export_field_phone": ("phone", "手机号"),
    "export_field_madid": ("advertising id", "广告标识符"),
    "export_field_fn": ("first name", "名"),
    "export_field_ln": ("last name", "姓"),
    "export_field_zip": ("post code", "邮编"),
    "export_field_ct": ("city", "城市"),
    "export_field_st": ("state", "省/州"),
    "export_field_country": ("country", "国家"),
    "export_field_dob": ("birthday", "生日"),
    "export_field_doby": ("year of birth", "出生年份"),
    "export_field_gen": ("gender", "性别"),
    "export_field_uid": ("Meta user id", "Meta 用户 ID"),
    "export_field_imei": ("IMEI", "IMEI"),
    "export_field_idfa": ("IDFA", "IDFA"),
    "export_field_oaid": ("OAID", "OAID"),
    "export_field_mac": ("MAC", "MAC 地址"),
    "export_field_qq": ("QQ number", "QQ 号"),
}

FAMILIES: Mapping[str, tuple[str, ...]] = {
    "export_": ("ids", "ids-parquet", "off", "off_cure", "sketches", "sketches_cure", "database",
                "database_cure", "gone", "gone_cure"),
    "export_step_": ("waiting", "opening", "reading", "counting", "identities", "writing"),
    "export_why_": ("no_identity", "no_usable_identity", "shared_with_holdout", "repeated_row",
                    "phone_without_country", "other_hash"),
    "export_differs_": ("rows_read", "rows_rejected", "first_event", "last_event"),
    "export_here_": ("file", "events", "ids"),
    "export_platform_": ("meta", "google", "tencent", "oceanengine"),
    "export_field_": ("email", "phone", "madid", "fn", "ln", "zip", "ct", "st", "country", "dob",
                      "doby", "gen", "uid", "imei", "idfa", "oaid", "mac", "qq"),
}  # fmt: skip
