"""Ready-made intents: what they find in sentences as people write them, and how they are used."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from overlap.audiences import (
    INCLUDABLE,
    Definitions,
    included_text,
    load_definitions,
    parse_definitions,
)
from overlap.audiences.fields import TextColumns
from overlap.audiences.matching import fulfilled
from overlap.model import AudienceKey, UsageError

NAMES = ("advice", "compare", "bought")
BOTH = 'include = ["intents/zh", "intents/en"]\n'

SENTENCES: dict[str, tuple[str, ...]] = {
    # What is said, and what it means: several may be meant, or nothing.
    "客厅四米,求推荐一台85寸电视": ("advice",),
    "有没有推荐的降噪耳机，预算一千": ("advice",),
    "第一次买单反，完全不知道怎么选": ("advice",),
    "新手求助！咖啡机总是萃取不足": ("advice",),
    "这款值得买吗？有没有用过的说说": ("advice",),
    "敏感肌姐妹们，这个防晒好用吗": ("advice",),
    "预算5000，选哪款比较稳": ("advice",),
    "打算给爸妈换电视，什么牌子靠谱": ("advice",),
    "想学骑行，该从哪里开始": ("advice",),
    "姐妹们给点建议吧，真的纠结死了": ("advice",),
    "想买个扫地机器人，大家有啥好介绍的": ("advice",),
    "租房党想装空调，有人用过这个吗": ("advice",),
    "听雾和回澜哪个好？": ("advice", "compare"),
    "澄光Q8 vs 远山X5，游戏玩家看过来": ("compare",),
    "这两台电视有什么区别": ("compare",),
    "对比了三款笔记本，屏幕差距挺明显": ("compare",),
    "和上一代相比，续航提升不大": ("compare",),
    "在澄光和远山之间纠结一个月了": ("compare",),
    "五款咖啡机横评，结果出乎意料": ("compare",),
    "比起来还是旧款的手感好": ("compare",),
    "iPhone 17 VS 折叠屏，选哪个？": ("advice", "compare"),
    "A款比B款贵三百，贵在哪里": ("compare",),
    "已入手，蹲一个保护壳": ("bought",),
    "刚买的跑鞋，脚感不错": ("bought",),
    "等了两周终于到货了！": ("bought",),
    "果断下单，坐等快递": ("bought",),
    "喜提新车，开了三百公里说说感受": ("bought",),
    "拆箱栖光相机，做工很扎实": ("bought",),
    "第三次回购了，家里狗子爱吃": ("bought",),
    "新买的电视装好了，客厅像影院": ("bought",),
    "上周提的车，油耗让人惊喜": ("bought",),
    "对比了半天最后买了台澄光": ("compare", "bought"),
    "还没入手，等双十一": (),
    "没买，太贵了": (),
    "暂时不买了，攒钱": (),
    "到货了吗？急": (),
    "早知道就不下单了": ("bought",),
    "已经退货了，味道太重": (),
    "有人入手了吗？求反馈": ("advice",),
    "不用推荐，我已经想好了": (),
    "这期教你怎么选电视，看完不踩坑": (),
    "强烈安利这家面馆": (),
    "周末去小众遛弯，走了一万步": (),
    "屏幕对比度很高，黑位纯净": (),
    "今天的天气真好": (),
    "低延迟才敢上分，团战不掉帧": (),
    "别买！用了三天就坏": (),
    "看开箱视频看了一晚上": (),
    "差点下单了，被室友拦住": (),
    "推荐给大家我常去的公园": (),
    "Can anyone recommend a quiet air conditioner?": ("advice",),
    "Which one should I get for a small living room?": ("advice",),
    "Is it worth upgrading from last year's model": ("advice",),
    "New to film cameras, any tips?": ("advice",),
    "Looking for advice on running shoes for flat feet": ("advice",),
    "what's the best budget headset right now": ("advice",),
    "Thinking about a tablet for my kid, thoughts?": ("advice",),
    "Should I buy this on sale or wait?": ("advice",),
    "Help me choose between these two laptops": ("advice", "compare"),
    "OLED vs Mini LED in a bright room": ("compare",),
    "Compared to the old one the fan is much louder": ("compare",),
    "The Farpeak is better than the Chengguang for sports": ("compare",),
    "Torn between the 55 and the 65 inch": ("compare",),
    "what is the difference between the two versions": ("compare",),
    "Turned out better than expected": (),
    "Just bought one last night, love it": ("bought",),
    "Finally got my espresso machine!": ("bought",),
    "It arrived today and the box was dented": ("bought",),
    "I’ve bought three of these already": ("bought",),
    "Ordered it on Monday, here on Wednesday": ("bought",),
    "Just picked up a pair of Swiftquill runners": ("bought",),
    "I haven’t bought it yet, too pricey": (),
    "Not buying this until they fix the firmware": (),
    "wish I bought the bigger one": (),
    "Still waiting, hasn't arrived": (),
    "I don't recommend this brand": (),
    "I highly recommend it to everyone": (),
    "Great game, the story is amazing": (),
    "the native app crashes a lot": (),
    "Beautiful sunset at the beach": (),
    # What sounds like it and is not.
    "总决赛T1 vs EDG，看得手心出汗": (),
    "邻居新买的沙发被猫抓了": (),
    "求助！小区走失一只橘猫，请大家留意": (),
    "同事的到货了，我的还在路上": (),
    "哪个更好不重要，开心就好": (),
    "怎么选都是错，干脆躺平": (),
    "空瓶别扔，能做花瓶": (),
    "昨晚做梦提车了": (),
    "Nothing is better than a long nap": (),
    "My brother just bought a house": (),
    "Alien vs Predator is still fun": (),
    "Is it worth living in the city?": (),
    "刚入手就后悔，should I buy the other one?": ("advice", "bought"),
    "求推荐 laptop for college, any suggestions": ("advice",),
}


def found_in(sentences: list[str], definitions: Definitions) -> list[set[str]]:
    rules = {
        i: audience.text
        for i, audience in enumerate(definitions.audiences)
        if audience.key.kind == "intent" and audience.text is not None
    }
    frame = pl.DataFrame({"text": sentences})
    said = frame.select(fulfilled(rules, TextColumns("text", (), {}))).to_series().to_list()
    return [{definitions.audiences[i].key.name for i in numbers} for numbers in said]


def test_intents_are_as_precise_as_stated() -> None:
    found = found_in(list(SENTENCES), parse_definitions(BOTH))
    right, claimed, meant = (dict.fromkeys(NAMES, 0) for _ in range(3))
    for means, names in zip(SENTENCES.values(), found, strict=True):
        for name in NAMES:
            right[name] += name in names and name in means
            claimed[name] += name in names
            meant[name] += name in means
    stated = {
        name: (f"{right[name]} of {claimed[name]}", f"{right[name]} of {meant[name]}")
        for name in NAMES
    }
    doc = (Path(__file__).parents[1] / "docs" / "audiences.md").read_text("utf-8")
    for name, (precision, recall) in stated.items():
        assert f"| `intent:{name}` | {precision} | {recall} |" in doc
    assert f"{len(SENTENCES)} sentences" in doc


@pytest.mark.parametrize("name", INCLUDABLE)
def test_every_ready_made_file_is_a_definitions_file_of_its_own(name: str) -> None:
    definitions = parse_definitions(included_text(name), name)
    assert [audience.key for audience in definitions.audiences] == [
        AudienceKey("intent", intent) for intent in NAMES
    ]


def test_a_file_that_includes_both_languages_has_three_intents_with_the_words_of_both() -> None:
    audiences = {a.key.name: a.text for a in parse_definitions(BOTH).audiences}
    assert set(audiences) == set(NAMES)
    for name in NAMES:
        assert audiences[name] is not None
        for language in INCLUDABLE:
            (alone,) = (
                a.text for a in parse_definitions(included_text(language)).audiences
                if a.key.name == name
            )  # fmt: skip
            assert alone is not None
            assert {*alone.any} <= {*audiences[name].any}
            assert {*alone.none} <= {*audiences[name].none}


def test_an_audience_of_the_file_takes_the_place_of_an_included_one(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    mine = '[[audience]]\nkind = "intent"\nname = "bought"\ntext = { any = ["签收"] }\n'
    path.write_text(BOTH + mine, "utf-8")
    audiences = load_definitions(path).audiences
    assert [a.key.name for a in audiences] == ["bought", "advice", "compare"]
    assert audiences[0].text is not None
    assert audiences[0].text.any == ("签收",)


@pytest.mark.parametrize(
    "head",
    [
        BOTH,
        "include = 'intents/zh'\n",
        '# include = []\ninclude = [\n  "intents/zh", # Chinese\n  "intents/en",\n]\n',
    ],
)
def test_the_recorded_text_holds_what_was_included(head: str) -> None:
    rest = '\n[kinds]\nbrand = false\n\n[rename.interest]\n"a" = "b"\n'
    definitions = parse_definitions(head + rest, "mine.toml")
    assert "求推荐" in definitions.text
    again = parse_definitions(definitions.text, "mine.toml")
    assert again == definitions
    # Lines of the file keep their numbers.
    lines = definitions.text.splitlines()
    assert lines.index("[kinds]") == (head + rest).splitlines().index("[kinds]")


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ('include = ["intent/zh"]', "did you mean 'intents/zh'"),
        ('include = ["my.toml"]', "there is nothing called 'my.toml' to include"),
        ("include = []", "[] is not a list of names"),
        ("include = 3", "3 is not a list of names"),
        ('"include" = ["intents/zh"]', "cannot be written into this file"),
        ('include = ["intents/zh"]\naudience = []', "cannot be written into this file"),
    ],
)
def test_a_wrong_include_is_named_with_a_cure(toml: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_definitions(f"# mine\n{toml}\n", "mine.toml")
    assert said in str(caught.value)
    assert caught.value.where.startswith("mine.toml, line 2")
    assert caught.value.cure


def test_a_name_that_cannot_be_included_is_refused() -> None:
    with pytest.raises(UsageError, match="did you mean 'intents/en'"):
        included_text("intents/english")
