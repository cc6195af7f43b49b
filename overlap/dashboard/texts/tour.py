"""The tour for newcomers."""

from collections.abc import Mapping

TEXTS: dict[str, tuple[str, str]] = {
    "tour_place": ("{step} of {all}", "{step} / {all}"),
    "tour_answer": (
        "The answer comes first: which interest is open to the brand, by how much, and how sure "
        "that is. Change category and brand above.",
        "先看结论：品牌在哪个兴趣人群有机会、差多少、有多可靠。上方可更换品类与品牌。",
    ),
    "tour_look": (
        "Every bubble is an interest: further right is drawn more to the category, lower lacks "
        "the brand. Click one, and the card says why.",
        "每个气泡是一个兴趣：越靠右与品类越相关，越靠下品牌渗透越不足。点击气泡，右侧卡片说明原因。",
    ),
    "tour_files": (
        "Under the card it becomes work: “Build segment” takes these people to a page where they "
        "are saved or exported as a file.",
        "卡片下方可付诸行动：点击“生成人群包”，即可保存这些人，或导出为文件。",
    ),
    "tour_segment": (
        "These are the people of the opening. Under “Export” they become a file.",
        "这就是该机会的人群，在“导出”中即可生成文件。",
    ),
    "tour_elsewhere": ("The tour goes on at the openings.", "导览在“机会人群”页继续。"),
    "tour_go": ("Go there", "前往"),
    "tour_back": ("Back", "上一步"),
    "tour_next": ("Next", "下一步"),
    "tour_done": ("Done", "完成"),
    "tour_close": ("Close the tour", "关闭导览"),
}

FAMILIES: Mapping[str, tuple[str, ...]] = {"tour_": ("answer", "look", "files")}
