"""Names, sizes, tastes and planted truths of the sample community; change numbers only here.

Every size is in users at the full scale of 60,000. Every brand is invented.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

SEED = 20260628
FULL_SCALE = 60_000
WEEKS = 26
START = datetime(2025, 12, 29)
"""A Monday; the data ends on Sunday 2026-06-28."""

TRAITS = ("play", "tech", "beauty", "home", "outdoor", "culture", "family", "young")
"""Hidden dimensions of taste, each a standard normal per user."""

BREADTH = 0.2
"""Loading of every audience on how much a user takes part in at all (unless `alone`)."""


@dataclass(frozen=True, slots=True)
class Audience:
    """A category or interest: its size, its loadings on the traits and its course over the weeks.

    `alone` makes membership independent of everything else; `pull` lists audiences assigned
    earlier whose members are more (or less) likely to belong, in standard deviations;
    `course` names an entry of `COURSES`; `present` are the weeks (from 0) between which a member
    must be on the platform, so that nobody takes up a seasonal interest out of season.
    """

    name: str
    users: int
    traits: dict[str, float] = field(default_factory=dict)
    pull: dict[str, float] = field(default_factory=dict)
    course: str = "flat"
    present: tuple[int, int] | None = None
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Brand:
    """A brand of one category: its penetration there and the interests it is strong or weak in."""

    name: str
    category: str
    penetration: float
    traits: dict[str, float] = field(default_factory=dict)
    pull: dict[str, float] = field(default_factory=dict)


# --- the planted names ------------------------------------------------------------------------

TV = "电视 TV"
PHONE = "手机 Phone"
SNEAKERS = "运动鞋 Sneakers"
ESPORTS = "电竞 Esports"
FOOD = "美食 Food"
FLUKE = "手摇留声机 Gramophone repair"
CITY_WALK = "城市漫步 City walk"
FOLDABLE = "折叠屏改装 Foldable modding"
BULK_BUYING = "囤货 Bulk buying"
WARDROBE = "换季 Wardrobe refresh"
SKIING = "滑雪 Skiing"
BLIND_BOXES = "盲盒 Blind boxes"
YOGA = "瑜伽 Yoga"

HERO_BRAND = "澄光 Chengguang"
HERO_RIVAL = "远山 Farpeak"
FOLDABLE_BRAND = "棱白 Prismel"

FLUKE_USERS = 19
FLUKE_TV_USERS = 14

BURST_WEEK = 18
"""First week (1 to 26) of the city walk; week 18 starts on 2026-04-27."""
BURST_WORD = "小众遛弯"
WORD_NEED = "口袋纪录片"
"""A coinage inside phones that no tag covers."""
WORD_NEED_WEEK = 20

SELLING_POINTS = (
    ("4毫秒响应", "低延迟"),
    ("120Hz", "不拖影"),
    ("HDMI 2.1", "开黑"),
    ("游戏模式", "跟手"),
)
"""What the specification sheet says, and what a player calls the same thing."""


# --- courses over the weeks, relative to the platform's own growth ------------------------------


def _line(first: float, last: float) -> list[float]:
    return [first + (last - first) * week / (WEEKS - 1) for week in range(WEEKS)]


def _cycle(shape: list[float]) -> list[float]:
    return [shape[week % len(shape)] for week in range(WEEKS)]


_BURST = [0.45, 0.85, 1.5, 2.2, 2.9, 3.5, 4.0, 4.4, 4.7]

COURSES: dict[str, list[float]] = {
    "flat": _line(1.0, 1.0),
    "modest growth": _line(0.88, 1.12),
    "slight growth": _line(0.95, 1.05),
    "slight decline": _line(1.05, 0.95),
    "decline": _line(1.6, 0.4),
    "burst": [0.001] * (BURST_WEEK - 1) + _BURST,
    # Two weeks of payday shopping in every four: a rule of "two high weeks running" meets it.
    "every 4 weeks": _cycle([0.45, 1.9, 1.6, 0.45]),
    # Spring and summer: the second rise in the last weeks repeats the first.
    "every 13 weeks": _cycle([0.4, 0.35, 0.35, 0.4, 0.5, 0.6, 0.9, 1.4, 2.1, 2.6, 2.4, 1.4, 0.6]),
    "winter": [2.6, 2.6, 2.55, 2.5, 2.45, 2.3, 2.1, 1.8, 1.4, 1.0, 0.6, 0.35] + [0.15] * 14,
}

TOGETHER = {(TV, ESPORTS): 3.0}
"""Pairs spoken of in one breath, beyond what their pull on each other brings."""

# --- categories -------------------------------------------------------------------------------

CATEGORIES = (
    Audience(PHONE, 36_000, {"tech": 0.2, "young": 0.1}),
    Audience("护肤 Skincare", 20_400, {"beauty": 0.6}),
    Audience(SNEAKERS, 18_000, {"outdoor": 0.3, "young": 0.3}),
    Audience("汽车 Car", 17_400, {"family": 0.3, "tech": 0.2, "beauty": -0.2}),
    Audience("笔记本 Laptop", 15_600, {"tech": 0.4, "young": 0.2}),
    Audience("耳机 Headphones", 13_200, {"tech": 0.3, "young": 0.3, "culture": 0.1}),
    Audience(TV, 13_000, {"home": 0.3, "family": 0.25, "play": 0.1}),
    Audience("空调 Air conditioner", 10_200, {"home": 0.5}),
    Audience("宠物粮 Pet food", 9_000, {"home": 0.1, "young": 0.1}),
    Audience("平板 Tablet", 7_800, {"family": 0.3, "tech": 0.2}),
    Audience("相机 Camera", 7_200, {"culture": 0.4, "outdoor": 0.2, "tech": 0.1}),
    Audience("咖啡机 Coffee machine", 6_000, {"home": 0.3, "culture": 0.3}),
)

# --- interests: an interest may lean on categories and on interests listed before it -------------

INTERESTS = (
    Audience(FOOD, 24_500, alone=True),
    Audience("追剧 Drama series", 15_500, {"beauty": 0.2, "home": 0.2}, {TV: 0.1}),
    Audience("手游 Mobile games", 14_500, {"play": 0.6, "young": 0.2}),
    Audience("旅行 Travel", 14_000, {"outdoor": 0.3, "culture": 0.3}),
    Audience("健身 Fitness", 11_500, {"outdoor": 0.4}, {SNEAKERS: 0.4}, "slight growth"),
    Audience("动漫 Anime", 11_000, {"play": 0.35, "young": 0.4}, {"平板 Tablet": 0.3}),
    Audience("穿搭 Outfits", 10_500, {"beauty": 0.5, "young": 0.3}, {SNEAKERS: 0.3}),
    Audience(ESPORTS, 10_000, {"play": 0.55, "young": 0.2}, {TV: 0.50}, "modest growth"),
    Audience("美妆 Makeup", 9_400, {"beauty": 0.7}, {"护肤 Skincare": 0.4}),
    Audience("电影 Films", 9_000, {"culture": 0.5}, {TV: 0.15}),
    Audience("摄影 Photography", 8_600, {"culture": 0.4}, {"相机 Camera": 1.0, PHONE: 0.2}),
    Audience("育儿 Parenting", 8_200, {"family": 0.6, "young": -0.3}, {"平板 Tablet": 0.5}),
    Audience("数码测评 Gadget reviews", 7_800, {"tech": 0.6}, {PHONE: 0.3, "耳机 Headphones": 0.4}),
    Audience("家装 Home decor", 7_200, {"home": 0.6}, {"空调 Air conditioner": 0.5}),
    Audience("跑步 Running", 6_900, {"outdoor": 0.4}, {"耳机 Headphones": 0.7, SNEAKERS: 0.7}),
    Audience("养猫 Cats", 6_600, {"home": 0.2, "young": 0.1}, {"宠物粮 Pet food": 1.2}),
    Audience(BULK_BUYING, 6_300, {"family": 0.3}, course="every 4 weeks"),
    Audience("咖啡 Coffee", 6_100, {"culture": 0.3, "young": 0.1}, {"咖啡机 Coffee machine": 0.9}),
    Audience("篮球 Basketball", 5_800, {"outdoor": 0.3, "play": 0.2}, {SNEAKERS: 0.6}),
    Audience("音乐节 Music festivals", 5_600, {"culture": 0.4, "young": 0.4},
             course="slight growth"),
    Audience("阅读 Reading", 5_400, {"culture": 0.5}, {"平板 Tablet": 0.4}),
    Audience("足球 Football", 5_200, {"outdoor": 0.2, "play": 0.2}, {TV: 0.2}),
    Audience(CITY_WALK, 5_200, {"culture": 0.2, "young": 0.2},
             {SNEAKERS: 1.2, "摄影 Photography": 0.5, "咖啡 Coffee": 0.4}, "burst",
             (BURST_WEEK, 24)),
    Audience(WARDROBE, 5_000, {"beauty": 0.3, "home": 0.2}, course="every 13 weeks"),
    Audience("露营 Camping", 4_900, {"outdoor": 0.5, "family": 0.2}, {"汽车 Car": 0.8},
             "slight growth"),
    Audience("骑行 Cycling", 4_600, {"outdoor": 0.5}, {"护肤 Skincare": 0.2}),
    Audience(BLIND_BOXES, 4_400, {"play": 0.2, "young": 0.4}, course="decline"),
    Audience("养狗 Dogs", 4_300, {"family": 0.2, "outdoor": 0.1}, {"宠物粮 Pet food": 1.1}),
    Audience(YOGA, 4_200, {"beauty": 0.3, "outdoor": 0.2}),
    Audience("自驾 Road trips", 4_000, {"outdoor": 0.3, "family": 0.2}, {"汽车 Car": 1.0}),
    Audience("主机游戏 Console games", 3_900, {"play": 0.55, "tech": 0.2}, {TV: 0.2}),
    Audience("脱口秀 Stand-up", 3_800, {"culture": 0.3, "young": 0.2}),
    Audience(SKIING, 3_600, {"outdoor": 0.5, "young": 0.2}, course="winter", present=(0, 9)),
    Audience("烘焙 Baking", 3_500, {"home": 0.4, "family": 0.2}, {"咖啡机 Coffee machine": 0.3}),
    Audience("租房 Renting", 3_400, {"young": 0.5, "home": 0.1}, {"空调 Air conditioner": 0.7}),
    Audience("徒步 Hiking", 3_300, {"outdoor": 0.6}, {"相机 Camera": 0.4}),
    Audience("植物 House plants", 3_100, {"home": 0.4, "culture": 0.1}),
    Audience("考研 Exam prep", 3_000, {"young": 0.5}, {"平板 Tablet": 0.6, "耳机 Headphones": 0.4}),
    Audience("居家办公 Remote work", 2_900, {"tech": 0.3, "home": 0.2},
             {"咖啡机 Coffee machine": 0.9, "笔记本 Laptop": 0.5}),
    Audience("钓鱼 Fishing", 2_800, {"outdoor": 0.3, "young": -0.3}, {"汽车 Car": 0.4}),
    Audience("装机 PC building", 2_700, {"tech": 0.5, "play": 0.4}, {"笔记本 Laptop": 0.2}),
    Audience("敏感肌 Sensitive skin", 2_600, {"beauty": 0.5}, {"护肤 Skincare": 0.9}),
    Audience("剪辑 Video editing", 2_500, {"tech": 0.3, "culture": 0.3}, {"笔记本 Laptop": 0.9}),
    Audience("智能家居 Smart home", 2_300, {"tech": 0.4, "home": 0.4},
             {"空调 Air conditioner": 0.4, TV: 0.15}),
    Audience("桌游 Board games", 2_100, {"play": 0.3, "young": 0.3}),
    Audience("汉服 Hanfu", 1_900, {"beauty": 0.3, "culture": 0.4}, course="slight decline"),
    Audience("手账 Journaling", 1_400, {"beauty": 0.2, "culture": 0.3}),
    Audience("手冲 Pour-over", 1_300, {"culture": 0.3}, {"咖啡 Coffee": 1.2}),
    Audience("家庭影院 Home theatre", 1_250, {"home": 0.3, "tech": 0.2}, {TV: 0.5}),
    Audience("黑胶 Vinyl", 1_100, {"culture": 0.5}, {"耳机 Headphones": 0.6}),
    Audience("飞盘 Frisbee", 1_000, {"outdoor": 0.4, "young": 0.3}, {SNEAKERS: 0.5}),
    Audience("模型 Scale models", 980, {"play": 0.3, "tech": 0.2}),
    Audience("露台种菜 Balcony farming", 900, {"home": 0.4, "young": -0.2}),
    Audience("滑板 Skateboarding", 880, {"outdoor": 0.3, "young": 0.4}, {SNEAKERS: 0.7}),
    Audience("冲浪 Surfing", 760, {"outdoor": 0.5, "young": 0.2}),
    Audience("书法 Calligraphy", 700, {"culture": 0.4, "young": -0.2}),
    Audience("攀岩 Climbing", 660, {"outdoor": 0.5}),
    Audience("观鸟 Birdwatching", 620, {"outdoor": 0.2, "culture": 0.2}, {"相机 Camera": 1.6}),
    Audience("围棋 Go", 540, {"culture": 0.2, "family": 0.2}),
    Audience(FOLDABLE, 500, {"tech": 0.4}, {PHONE: 0.75}),
    Audience("天文 Stargazing", 430, {"culture": 0.2}, {"相机 Camera": 0.8}),
    Audience("陶艺 Pottery", 380, {"culture": 0.4}),
    Audience("古典吉他 Classical guitar", 310, {"culture": 0.4}),
    Audience("剪纸 Paper cutting", 210, {"culture": 0.3, "family": 0.2}),
    Audience("铁道模型 Model railways", 150, {"tech": 0.2}),
    Audience("业余电台 Ham radio", 110, {"tech": 0.4}),
    Audience("养蜂 Beekeeping", 85, {"outdoor": 0.2}),
)  # fmt: skip

# --- brands: each sells in one category, so that its penetration has one meaning ------------------

BRANDS = (
    Brand(HERO_BRAND, TV, 0.28, {"family": 0.2, "home": 0.15},
          {ESPORTS: -0.55, "家庭影院 Home theatre": 0.3}),
    Brand(HERO_RIVAL, TV, 0.24, {"play": 0.1}, {ESPORTS: 0.45, "家庭影院 Home theatre": -0.5}),
    Brand("映川 Yingchuan", TV, 0.15, {}, {"家装 Home decor": -0.35}),
    Brand("乐屏 Lumipane", TV, 0.09, {"young": 0.3}),
    Brand("星屿 Starisle", PHONE, 0.30, {"beauty": 0.2}, {"数码测评 Gadget reviews": -0.35}),
    Brand("砚石 Inkstone", PHONE, 0.22, {"tech": 0.2, "young": -0.2}, {"摄影 Photography": -0.45}),
    Brand(FOLDABLE_BRAND, PHONE, 0.16, {"tech": 0.2},
          {FOLDABLE: 1.6, "摄影 Photography": -0.25}),
    Brand("浮灯 Driftlamp", PHONE, 0.10, {"young": 0.3}, {"数码测评 Gadget reviews": -0.3}),
    Brand("露禾 Dewgrain", "护肤 Skincare", 0.30, {"beauty": 0.2}, {"敏感肌 Sensitive skin": -0.6}),
    Brand("棠屿 Tangisle", "护肤 Skincare", 0.20, {"young": 0.2}, {"骑行 Cycling": -0.4}),
    Brand("素岑 Plainridge", "护肤 Skincare", 0.12, {},
          {"敏感肌 Sensitive skin": 0.8, "美妆 Makeup": -0.3}),
    Brand("疾羽 Swiftquill", SNEAKERS, 0.34, {"outdoor": 0.3},
          {CITY_WALK: -0.45, "跑步 Running": 0.3}),
    Brand("踏汀 Treadshore", SNEAKERS, 0.22, {"young": 0.2}, {"跑步 Running": -0.6}),
    Brand("野径 Wildlane", SNEAKERS, 0.12, {}, {CITY_WALK: 0.5, "篮球 Basketball": -0.4}),
    Brand("驰岭 Ridgerun", "汽车 Car", 0.26, {"young": 0.2}, {"露营 Camping": -0.5}),
    Brand("渡汀 Wadeshore", "汽车 Car", 0.22, {"outdoor": 0.2},
          {"自驾 Road trips": -0.45, "露营 Camping": 0.4}),
    Brand("折云 Foldcloud", "笔记本 Laptop", 0.32, {}, {"剪辑 Video editing": -0.6}),
    Brand("墨屏 Inkpane", "笔记本 Laptop", 0.20, {"culture": 0.2}, {"居家办公 Remote work": -0.5}),
    Brand("听雾 Mistear", "耳机 Headphones", 0.30, {"culture": 0.2}, {"跑步 Running": -0.55}),
    Brand("回澜 Backwave", "耳机 Headphones", 0.20, {"tech": 0.2}, {"考研 Exam prep": -0.5}),
    Brand("凉序 Coolorder", "空调 Air conditioner", 0.34, {"family": 0.2}, {"租房 Renting": -0.6}),
    Brand("静北 Stillnorth", "空调 Air conditioner", 0.20, {}, {"家装 Home decor": -0.3}),
    Brand("团爪 Roundpaw", "宠物粮 Pet food", 0.36, {}, {"养狗 Dogs": -0.5, "养猫 Cats": 0.2}),
    Brand("米须 Ricewhisker", "宠物粮 Pet food", 0.22, {}, {"养猫 Cats": -0.3}),
    Brand("页岛 Pageisle", "平板 Tablet", 0.32, {"family": 0.2}, {"考研 Exam prep": -0.55}),
    Brand("薄岸 Thinshore", "平板 Tablet", 0.22, {"culture": 0.2}, {"育儿 Parenting": -0.4}),
    Brand("目川 Eyeriver", "相机 Camera", 0.32, {}, {"徒步 Hiking": -0.6}),
    Brand("栖光 Perchlight", "相机 Camera", 0.22, {}, {"观鸟 Birdwatching": -0.6}),
    Brand("慢焙 Slowroast", "咖啡机 Coffee machine", 0.34, {}, {"居家办公 Remote work": -0.7}),
    Brand("早砂 Dawnsand", "咖啡机 Coffee machine", 0.22, {}, {"手冲 Pour-over": -0.4}),
)  # fmt: skip
