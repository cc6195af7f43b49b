"""The page demand: the needs map."""

TEXTS: dict[str, tuple[str, str]] = {
    "demand_mapping": ("Linking the audiences …", "正在关联人群 …"),
    "demand_map_not": ("There is no map of these people", "无法绘制这些用户的地图"),
    "demand_map_empty": (
        "No audience here has the {floor} users that may be shown",
        "没有达到 {floor} 人展示下限的人群",
    ),
    "demand_map_empty_cure": (
        "Take a longer window, all categories, or other kinds of audiences.",
        "请选择更长的时间、全部品类或其他类型的人群。",
    ),
    "demand_map_answer": (
        "In {category}, {n} audiences gather in {k} communities",
        "「{category}」中的 {n} 个人群聚成 {k} 个社群",
    ),
    "demand_map_answer_all": (
        "On the whole platform, {n} audiences gather in {k} communities",
        "大盘的 {n} 个人群聚成 {k} 个社群",
    ),
    "demand_map_apart": (
        "None of the {n} audiences here belong together more than chance",
        "{n} 个人群之间没有超出随机的关联",
    ),
    "demand_map_apart_why": (
        "No two share clearly more users than chance gives.",
        "没有两个人群的重合明显高于随机。",
    ),
    "demand_map_largest": (
        "The widest is “{name}” with {n} audiences",
        "最大的是“{name}”，含 {n} 个人群",
    ),
    "demand_map_core": (
        "; {users} users are in two or more of them",
        "，其中 {users} 人属于两个或更多",
    ),
    "demand_map_links": (
        "{links} links go beyond chance; at most {fdr} of them are luck, on average.",
        "共 {links} 条关联超出随机，其中出于偶然者平均不超过 {fdr}。",
    ),
    "demand_map_alone": ("{n} have no link.", "{n} 个没有关联。"),
    "demand_map_hidden": (
        "{n} with fewer than {floor} users are not shown.",
        "{n} 个不足 {floor} 人，未显示。",
    ),
    "demand_map_left_out": (
        "{n} smaller audiences are left out.",
        "略去 {n} 个较小的人群。",
    ),
    "demand_kinds": ("Kinds of audiences", "人群类型"),
    "demand_kinds_help": (
        "Which kinds of audiences stand on the map.",
        "地图上显示哪些类型的人群。",
    ),
    "demand_map_title": ("Who belongs together", "哪些人群相近"),
    "demand_map_about": (
        "Near: shared beyond chance. Area: users. Colour: community. Click for its links.",
        "越近表示重合越超出随机；面积为人数，颜色为社群。点击查看关联。",
    ),
    "demand_map_alt": (
        "Map of {n} audiences in {k} communities. The tables below list audiences and links.",
        "{n} 个人群、{k} 个社群的地图。下方表格列出人群与关联。",
    ),
    "demand_map_nodes": ("Audiences on the map", "地图上的人群"),
    "demand_map_edges": ("Links, the strongest first", "关联（由强到弱）"),
    "demand_audience": ("Audience", "人群"),
    "demand_other": ("Goes with", "关联人群"),
    "demand_users": ("Users", "人数"),
    "demand_links": ("Links", "关联数"),
    "demand_links_note": ("audiences beyond chance", "超出随机的人群"),
    "demand_alone": (
        "It has no link beyond chance, so it belongs to no community.",
        "没有超出随机的关联，不属于任何社群。",
    ),
    "demand_community": ("Community: {name}", "社群：{name}"),
    "demand_core": (
        "{users} users are in two or more of these audiences.",
        "{users} 人属于其中两个或更多人群。",
    ),
    "demand_and_more": ("and {n} more", "另有 {n} 个"),
    "demand_strongest": ("Strongest links", "最强关联"),
    "demand_link": ("TGI {tgi} · {users}", "TGI {tgi} · {users}"),
    "demand_segment_community": ("Build segment of the community", "生成社群人群包"),
    "demand_segment_community_help": (
        "Whoever is in any of its audiences.",
        "属于其中任一人群的用户。",
    ),
}
