"""What the columns of `language`, of selling points and of example posts mean."""

from __future__ import annotations

from collections.abc import Mapping

from overlap.reports.measures import Column, Measure, defined

_T, _U, _S, _N = Measure.TEXT, Measure.USERS, Measure.SHARE, Measure.NUMBER

LANGUAGE: Mapping[str, Column] = defined(
    ("rest", _T, "Compared with", "对比人群",
     "Whom the segment is compared with: its category outside the interest, unless chosen.",
     "与人群包对比的人群；未指定时为同品类中人群包以外的用户。"),
    ("term", _T, "Term", "词语",
     "Word, expression or hashtag; a user counts once, however often they say it.",
     "词语、短语或话题；同一用户无论说多少次只计一次。"),
    ("language.users", _U, "Users of the segment", "人群包使用人数",
     "Users of the segment who say it.",
     "人群包中使用该词的用户数。"),
    ("rest_users", _U, "Users of the rest", "对比人群使用人数",
     "Users of the rest who say it.",
     "对比人群中使用该词的用户数。"),
    ("segment_speakers", _U, "Speakers of the segment", "人群包发言人数",
     "Users of the segment who say anything at all.",
     "人群包中发布过任何文字的用户数。"),
    ("rest_speakers", _U, "Speakers of the rest", "对比人群发言人数",
     "Users of the rest who say anything at all.",
     "对比人群中发布过任何文字的用户数。"),
    ("language.share_of_segment", _S, "Of the segment", "占人群包发言者",
     "Share of the segment's speakers who say it, as counted.",
     "人群包发言用户中使用该词的比例。"),
    ("share_of_rest", _S, "Of the rest", "占对比人群发言者",
     "Share of the rest's speakers who say it, as counted.",
     "对比人群发言用户中使用该词的比例。"),
    ("adjusted_share_of_rest", _S, "Of the rest, adjusted", "占对比人群（校正）",
     "Share of the rest's speakers who would say it if they wrote as much as the segment's, and at "
     "the same times.",
     "若对比人群的发言量与活跃时期和人群包相同，其发言用户中使用该词的比例。"),
    ("segment_compared", _S, "Segment compared", "人群包可比比例",
     "Share of the segment's speakers who have users of the rest with about as many terms at about "
     "the same time to compare with; 0 where the sides could not be matched.",
     "人群包发言用户中，在对比人群里有发言量与活跃时期相近者的比例；双方无法匹配时为 0。"),
    ("variants", _T, "Also", "其他形式",
     "Other forms of the word, said more (or less) too: plurals, its hashtag, an expression "
     "with it. They are one row; the numbers are those of the term.",
     "同一词的其他形式（复数、话题、含该词的短语），同样说得更多（或更少），合并为一行；"
     "数字为该词本身的。"),
    ("said_with", _T, "Said by the same users", "同一批用户还说",
     "Three words or more that the same users say, four fifths in common: it may be one text that "
     "is copied. They are one row; the numbers are those of the term.",
     "使用者有五分之四以上重合的三个以上的词；可能是同一篇复制的文案。合并为一行；数字为该词本身的。"),
    ("language.expected_users", _U, "Expected users", "期望使用人数",
     "Users of the segment who would say it if they spoke as users of the rest who wrote about as "
     "much at about the same time.",
     "若人群包用户的说法与对比人群中发言量与活跃时期相近者一致，使用该词的人数。"),
    ("log_odds", _N, "Log-odds", "对数优势比",
     "Natural logarithm of the odds of saying it in the segment over those in the rest, at equal "
     "activity and period (users with about as many terms at about the same time), drawn towards "
     "none by a prior.",
     "发言量与活跃时期相近的用户中，人群包与对比人群使用该词的优势比的自然对数，经先验收缩。"),
    ("odds", _N, "Odds, times the rest's, adjusted", "优势比（倍，已校正）",
     "Odds of saying it in the segment over those in the rest, at equal activity and period (users "
     "with about as many terms at about the same time): 2 is twice, 0.5 is half.",
     "发言量与活跃时期相近的用户中，人群包使用该词的优势与对比人群之比："
     "2 表示两倍，0.5 表示一半。"),
    ("language.z", _N, "z", "z 值",
     "Log-odds in standard errors: how sure it is that the sides differ.",
     "对数优势比除以标准误：双方差异的确定程度。"),
    ("selling_point", _T, "Selling point", "卖点",
     "What the category says of itself.",
     "品类自身的卖点说法。"),
    ("selling_point_users", _U, "Users of the selling point", "卖点使用人数",
     "Users of both sides who say it.",
     "双方中使用该卖点说法的用户数。"),
    ("place", Measure.RANK, "Place", "名次",
     "Place of the word among those that go with the selling point.",
     "该词在与此卖点相伴的词语中的名次。"),
    ("word", _T, "Word", "人群用语",
     "Word of the segment that stands for the selling point; empty where none is found.",
     "人群包中与该卖点对应的说法；未找到时为空。"),
    ("word_users", _U, "Users of the word", "用语使用人数",
     "Users of both sides who say the word.",
     "双方中使用该词的用户数。"),
    ("both_users", _U, "Say both", "两者都说的人数",
     "Users of both sides who say both: the evidence for the pair.",
     "双方中两种说法都用的用户数，即配对的依据。"),
    ("either_users", _U, "Say either", "至少说其一的人数",
     "Users of both sides who say one or the other.",
     "双方中至少使用其一的用户数。"),
    ("selling points.expected_users", _U, "By chance", "随机期望",
     "Users who would say both if the two had nothing to do with each other.",
     "若两者无关，同时使用两种说法的期望人数。"),
    ("affinity", Measure.INDEX, "Affinity", "关联指数",
     "100 × users who say both / users by chance.",
     "100 × 两者都说的人数 / 随机期望人数。"),
    ("selling points.z", _N, "z", "z 值",
     "Users who say both beyond chance, in standard deviations.",
     "两者都说的人数超出随机期望的标准差数。"),
    ("margin", _N, "Margin", "领先幅度",
     "How far z is above that of the next word.",
     "z 值领先下一个词的幅度。"),
    ("mutual", Measure.FLAG, "Mutual", "互为最佳",
     "True where the word is the best for the selling point, and no other one listed fits it "
     "better.",
     "TRUE 表示该词是此卖点的最佳用语，且所列卖点中没有更适合该词的。"),
    ("examples", _T, "Example posts", "示例帖子",
     "Posts of users of the segment who say it, without what names or reaches their writers.",
     "人群包用户使用该词的原帖，已隐去身份与联系方式。"),
    ("example", Measure.RANK, "Example", "示例",
     "Number of the example.",
     "示例序号。"),
    ("post", _T, "Post", "帖子",
     "What somebody of the segment wrote, without what names or reaches them.",
     "人群包中某位用户的原文，已隐去身份与联系方式。"),
)  # fmt: skip
"""Columns of the language of a segment, of its words for selling points, and of example posts."""
