"""Errors of building a store, of its settings, and of opening and writing it."""

from collections.abc import Mapping

PHRASES: Mapping[str, str] = {
    # settings
    "--rate is the share of users to keep, above 0 and at most 1, not {rate:n}":
        "抽样率是保留用户的比例，应大于 0 且不超过 1，而不是 {rate}",
    "try --rate 0.1 to keep every tenth user": "例如 0.1 表示每十人保留一人",
    "--k {k:n} keeps too few users of an audience to estimate anything":
        "k = {k} 时每个人群保留的用户太少，无法估计",
    "give at least {least:n}; the default is {default:n}": "至少 {least}，默认 {default}",
    "--budget {budget:n} leaves room for nobody": "预算 {budget} 容不下任何人",
    "give the number of memberships to keep; the default is {default:n}":
        "请填要保留的归属数量，默认 {default}",
    "{name} is a number of users, not {floor:n}": "{name} 应为人数，而不是 {floor}",
    "0 switches it off": "填 0 表示不设下限",
    "the key has {n:n} bytes, which can be guessed": "密钥只有 {n} 字节，容易被猜到",
    "use at least {least:n} random bytes": "请使用至少 {least} 个随机字节",
    "the key file cannot be read: {why}": "无法读取密钥文件：{why}",
    "name a readable file that holds the secret key": "请指定可读取的密钥文件",
    "the lexicon cannot be read: {why}": "无法读取词典：{why}",
    "give a JSON file": "请提供 JSON 文件",
    "the rejected rows cannot be written: {why}": "无法写出被剔除的行：{why}",
    "name a file in a folder that exists and may be written": "请选择存在且可写入的文件夹",
    # what is built
    "there are more than {most:n} audiences, the last one {name!r}":
        "人群超过 {most} 个，最后一个是“{name}”",
    "tags of the kind {kind!r}": "“{kind}”类的标签",
    "is it a column of ids or of free text? Name another column with --tags, or keep only some "
    "of its values with --audiences FILE.toml":
        "这一列是否是 ID 或自由文本？请选择其他标签列，或在命令行用 --audiences 只保留部分取值",
    "there are more than {most:n} periods, from {first} to {last}":
        "周期超过 {most} 个，从 {first} 到 {last}",
    "times of the events": "行为的时间",
    "are the times in another unit or column? Or take longer ones with --period":
        "时间的单位或列是否选错？也可选择更长的周期",
    "the budget of {budget:n} kept memberships is too small for {n:n} audiences":
        "预算 {budget} 对 {n} 个人群来说太小",
    "give a budget of at least {least:n}, or fewer audiences":
        "请将预算设为至少 {least}，或减少人群",
    "the rate must be above 0 and at most 1, not {rate:n}":
        "抽样率应大于 0 且不超过 1，而不是 {rate}",
    "there is nothing to merge": "没有可合并的数据",
    "name at least one store with data": "请至少指定一份有内容的数据",
    "two of the stores share some of their parts, but each has parts the other lacks":
        "有两份数据部分相同，但各有对方没有的部分",
    "merge the stores as they were before they were compacted": "请合并压缩前的数据",
    "sketches with different {what:w} cannot be merged: {mine:w} and {theirs:w}":
        "{what}不同的摘要不能合并：{mine} 与 {theirs}",
    "build both with the same {what:w}": "请用相同的{what}构建",
    # the store's folder
    "a store is a folder, and this is a file": "数据应为文件夹，而这是文件",
    "this folder holds no store": "此文件夹中没有数据",
    "there is no store here": "此处没有数据",
    "make one with: overlap build SOURCE --store {path}":
        "请在“数据”页上传文件构建，或运行 overlap build SOURCE --store {path}",
    "{names} is in this store already, read with other content or settings":
        "{names} 已在此数据中，但内容或设置不同",
    "build into another folder, or give --replace to put the new reading in its place":
        "请构建到其他文件夹，或选择替换原内容",
    "the store cannot be written: {why}": "无法写入数据：{why}",
    "the disk is full": "磁盘已满",
    "the store is as it was; free some space and try again": "数据保持原样；请腾出空间后重试",
    "the store is as it was; check the folder and its permissions":
        "数据保持原样；请检查文件夹及其权限",
    "this store has format version {found:n}, and this program reads {known:n}":
        "此数据的格式版本为 {found}，本程序读取 {known}",
    "build the store again, or open it with the version that wrote it":
        "请重新构建，或用写入它的版本打开",
    "this part of the store cannot be read: {why}": "此数据的一部分无法读取：{why}",
    "restore the folder from a copy, or remove it and build its source again":
        "请从备份恢复该文件夹，或删除后用原始文件重新构建",
    # building in the browser
    "nothing can be kept here: {why}": "此处无法保存：{why}",
    "free some space and upload the file again": "请腾出空间后重新上传",
    "start the dashboard with a folder that may be written, named in the environment variable "
    "{setting}": "请在启动看板时，用环境变量 {setting} 指定可写入的文件夹",
    "this cannot be built: {why}": "无法构建：{why}",
    "a store {name!r} is being built by somebody else": "他人正在构建名为“{name}”的数据",
    "choose another name": "请换一个名称",
    "{n:n} stores are being built already": "已有 {n} 份数据正在构建",
    "wait until one of them is ready, then try again": "请等其中一份完成后重试",
    "the build cannot be started: {why}": "无法开始构建：{why}",
    "try again later": "请稍后重试",
    "the store cannot be put in its place: {why}": "构建好的数据无法放到位：{why}",
    "the build was ended from outside (code {code:n})": "构建被外部中止（代码 {code}）",
    "the machine may have run out of memory: free some, or build a smaller file":
        "可能是内存不足：请释放内存，或使用较小的文件",
    # reports
    "{n:n} rows are more than an Excel sheet holds, which is {most:n}":
        "{n} 行超过 Excel 工作表的上限 {most} 行",
    "write --csv or --parquet, or ask for fewer rows": "请下载 CSV 或 Parquet，或减少行数",
    "the {what} cannot be written: {why}": "无法写出{what}：{why}",
}  # fmt: skip
