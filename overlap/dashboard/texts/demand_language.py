"""The page demand: the language of a segment."""

from collections.abc import Mapping

TEXTS: dict[str, tuple[str, str]] = {
    "demand_listening": ("Comparing what both sides say …", "正在比较双方用语 …"),
    "demand_no_terms": ("This store does not know what people say", "此数据中没有用户的用语"),
    "demand_no_terms_cure": (
        "Build it again with the column that holds the posts, and with --terms:",
        "请指定发帖内容所在的列，并加上 --terms 重新构建：",
    ),
    "demand_few_speakers": (
        "Fewer than {floor} users of {where} say anything, so nothing can be compared",
        "“{where}”中发言用户不足 {floor} 人，无法比较",
    ),
    "demand_few_speakers_cure": (
        "Take a longer window or a wider segment.",
        "请选择更长的时间或更宽的人群。",
    ),
    "demand_no_words": ("No word of these users can be shown", "没有可以显示的词语"),
    "demand_no_words_cure": (
        "Take a longer window or a wider segment.",
        "请选择更长的时间或更宽的人群。",
    ),
    "demand_says": (
        "Users of {name} say {words} far more than {rest}",
        "与{rest}相比，{name}用户更常说{words}",
    ),
    "demand_says_alike": (
        "Users of {name} say nothing more often than {rest}, beyond luck",
        "{name}用户没有比{rest}更常说的词（超出偶然的）",
    ),
    "demand_rest_of": ("the rest of {category}", "{category}的其他用户"),
    "demand_rest_all": ("all others", "其他所有用户"),
    "demand_most": (
        "{word} comes first: {users} of them ({how}) say it, with odds {odds} times those of the "
        "rest at equal activity and period.",
        "排在首位的是“{word}”：使用人数 {users}（{how}），在发言量与活跃时期相同的条件下，"
        "使用优势为对比人群的{odds} 倍。",
    ),
    "demand_said": (
        "{over} words are said more, {under} less, {same} as often, among users who write about as "
        "much at about the same time.",
        "在发言量与活跃时期相近的用户之间比较：{over} 个词说得更多，{under} 个更少，"
        "{same} 个相当。",
    ),
    "demand_luck": (
        "Of the words said more or less, at most {fdr} are luck, on average.",
        "说得更多或更少的词中，出于偶然者平均不超过 {fdr}。",
    ),
    "demand_speakers": (
        "Compared are {ours} users who say anything with {others} of the rest.",
        "共比较 {ours} 名发言用户与对比人群的 {others} 名。",
    ),
    "demand_compared": (
        "Only {share} of them have users in the rest who wrote as much at the same time; the "
        "others are counted, not compared.",
        "其中仅 {share} 在对比人群中有发言量与活跃时期相近者；其余只计数，不参与比较。",
    ),
    "demand_not_compared": (
        "Both sides are too small, or wrote at too different times, to match users by activity and "
        "period: a difference may be one of the time or of how much they wrote.",
        "双方人数过少或活跃时期相差过大，无法按发言量与时期匹配：差异可能来自时期或发言量。",
    ),
    "demand_copied": (
        "{words} come from the same users, perhaps out of one copied text, and stand as one word. "
        "Groups of such words among those said more: {n}.",
        "{words}出自同一批用户，可能来自同一篇被复制的文案，合并为一个词显示。"
        "说得更多的词中，此类词组共 {n} 组。",
    ),
    "demand_variants": ("Also: {words}.", "另有形式：{words}。"),
    "demand_said_with": (
        "The same users say {words}: it may be one copied text.",
        "同一批用户还说{words}：可能是同一篇复制的文案。",
    ),
    "demand_all_posts": (
        "Words are those of all posts of these users, not only of those on the segment's subject.",
        "词语来自这些用户的全部帖子，而不仅限于与人群包主题相关的帖子。",
    ),
    "demand_word": ("Find a word or a selling point", "查找词语或卖点"),
    "demand_word_help": (
        "How both sides say it, and the segment's own words for it. Any text of a specification "
        "sheet can be typed.",
        "查看双方的使用情况，以及人群包自己的说法。可输入产品卖点原文。",
    ),
    "demand_language_title": ("Words of both sides", "双方用语"),
    "demand_language_about": (
        "Higher: surer to be the segment's own; further right: said by more. Click a word.",
        "越高越确定是人群包的用语，越靠右使用人数越多。点击词语查看详情。",
    ),
    "demand_language_alt": (
        "Words of {name} and of the rest by users and certainty. The first are {words}. The lists "
        "below have the same numbers.",
        "{name}与对比人群的用语分布图，首位为{words}。下方列表为相同数据。",
    ),
    "demand_more_over": ("Said more ({n})", "说得更多（{n}）"),
    "demand_more_under": ("Said less ({n})", "说得更少（{n}）"),
    "demand_none_over": (
        "No word is said more than by the rest, beyond luck.",
        "没有超出偶然、比对比人群说得更多的词。",
    ),
    "demand_none_under": (
        "No word is said less than by the rest, beyond luck.",
        "没有超出偶然、比对比人群说得更少的词。",
    ),
    "demand_word_column": ("Word", "词语"),
    "demand_odds": ("Odds, adjusted", "优势比（已校正）"),
    "demand_odds_help": (
        "Odds of saying it in the segment, times those of the rest, among users who write about as "
        "much at about the same time: 2 is twice, 0.5 is half.",
        "发言量与活跃时期相近的用户中，人群包使用该词的优势是对比人群的几倍："
        "2 表示两倍，0.5 表示一半。",
    ),
    "demand_lists_note": (
        "Odds are at equal activity and period, so they need not follow from the shares as "
        "counted; beside these stands the share of the rest if it wrote as much, and when, as "
        "the segment. "
        "– : too few users to be shown; the odds are then the least difference there is. Names of "
        "the segment's own audiences are left out.",
        "优势比按相同发言量与活跃时期校正，不必与实际占比一致；旁列为对比人群在与人群包"
        "相同的发言量与时期下的占比。"
        "– 表示人数过少不予显示，此时优势比取差异最小的情形。人群包自身的名称已略去。",
    ),
    "demand_copy": ("Copy the words", "复制词语"),
    "demand_copy_help": (
        "One word per line, for a creative brief.",
        "每行一个词，可用于创意简报。",
    ),
    # the card of a word
    "demand_word_none": (
        "Neither side has words of its own here. Find any word above to see how both say it.",
        "双方没有各自独特的用语。可在上方查找任意词语。",
    ),
    "demand_word_hidden": (
        "Too few users of either side say it to be shown.",
        "双方使用该词的人数均过少，不予显示。",
    ),
    "demand_way_over": ("said more", "说得更多"),
    "demand_way_under": ("said less", "说得更少"),
    "demand_way_same": ("as often", "相当"),
    "demand_why_over": (
        "The segment's odds of saying it are {odds} times those of the rest, at equal activity "
        "and period. Among words this clear, {fdr} are luck.",
        "按相同发言量与活跃时期校正，人群包使用该词的优势为对比人群的{odds} 倍。"
        "同样明显的词中，出于偶然者占 {fdr}。",
    ),
    "demand_why_under": (
        "The segment's odds of saying it are only {odds} times those of the rest, at equal "
        "activity and period. Among words this clear, {fdr} are luck.",
        "按相同发言量与活跃时期校正，人群包使用该词的优势仅为对比人群的{odds} 倍。"
        "同样明显的词中，出于偶然者占 {fdr}。",
    ),
    "demand_why_same": (
        "The segment's odds of saying it are {odds} times those of the rest, at equal activity "
        "and period: luck may do as much (false discovery rate {fdr}).",
        "按相同发言量与活跃时期校正，人群包使用该词的优势为对比人群的{odds} 倍，"
        "可能只是偶然（错误发现率 {fdr}）。",
    ),
    "demand_at_least": ("at least {value}", "至少 {value}"),
    "demand_at_most": ("at most {value}", "至多 {value}"),
    "demand_luck_cell": ("Chance of luck", "偶然的可能"),
    "demand_luck_note": ("false discovery rate", "错误发现率"),
    "demand_expected": ("Expected", "期望人数"),
    "demand_expected_note": (
        "if they spoke as the rest, at equal activity and period",
        "若与发言量、时期相近的对比人群说法一致",
    ),
    "demand_segment_side": ("Segment", "人群包"),
    "demand_rest_side": ("Rest", "对比人群"),
    "demand_adjusted_side": ("Rest, adjusted", "对比人群（校正）"),
    "demand_adjusted": (
        "{share} at equal activity and period",
        "{share}（相同发言量与时期）",
    ),
    "demand_hidden_side": ("too few to show", "人数过少"),
    "demand_nobody_says": ("Nobody here says “{word}”.", "这里没有人说“{word}”。"),
    "demand_matches": ("The segment's own words for it", "人群包自己的说法"),
    "demand_match": (
        "{users} say both, {expected} by chance",
        "{users}两者都说，随机期望 {expected}",
    ),
    "demand_matches_about": (
        "Words of the segment whose users also say this one far beyond chance.",
        "人群包的用语中，其使用者也说此词的人数远超随机的。",
    ),
    "demand_stands_for": ("What the rest calls it", "对比人群的说法"),
    "demand_stands_about": (
        "Words typical of the rest whose users also say this one far beyond chance.",
        "对比人群的典型用语中，其使用者也说此词的人数远超随机的。",
    ),
    "demand_matches_none": (
        "None: no word of the segment goes with it beyond chance.",
        "没有：人群包的用语中没有与之明显相伴的词。",
    ),
    "demand_matches_hidden": (
        "Too few users say both to be shown.",
        "两者都说的人数过少，不予显示。",
    ),
    "demand_segment_word": ("Build segment of who says it", "生成使用者人群包"),
    "demand_word_trend": ("See the word's trend", "查看该词趋势"),
    "demand_examples": ("Example posts", "示例帖子"),
    "demand_examples_help": (
        "A store keeps no posts. The command line quotes some from your events, with what names "
        "their writers masked:",
        "此数据不保存原帖。可用命令行从行为数据中引用示例，并隐去作者身份：",
    ),
}

FAMILIES: Mapping[str, tuple[str, ...]] = {
    "demand_more_": ("over", "under"),
    "demand_none_": ("over", "under"),
    "demand_way_": ("over", "under", "same"),
    "demand_why_": ("over", "under", "same"),
}
