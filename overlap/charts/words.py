"""What the charts say, in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping

from overlap.model import Verdict

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "x": "TGI (100 = what chance predicts, log scale)",
        "fair": "Fair-share index (100 = as in the category)",
        "share": "Share of the category that is in the interest",
        "opening_brand": "OPENING: more overlap than chance, brand behind",
        "opening": "OPENING: more overlap than chance",
        "chance": "chance",
        "score": "Score",
        Verdict.OPENING: "Opening",
        Verdict.OVERLAP_ONLY: "No gap beyond chance",
        Verdict.BY_CHANCE: "No more overlap than chance",
        Verdict.INSUFFICIENT: "Too few users to tell",
        "gap_unclear": "none beyond chance",
        "both": "In both",
        "expected": "By chance",
        "tgi": "TGI",
        "cautious": "cautious",
        "fair_hover": "Fair share",
        "unreached": "Not reached",
        "gap": "Missing",
        "share_hover": "Of the category",
        "exact": "exact",
    },
    "zh": {
        "x": "TGI 指数（100 = 随机水平，对数刻度）",
        "fair": "公平份额指数（100 = 与品类整体持平）",
        "share": "占品类人群的比例",
        "opening_brand": "机会区：重合高于随机，品牌渗透偏低",
        "opening": "机会区：重合高于随机",
        "chance": "随机水平",
        "score": "得分",
        Verdict.OPENING: "机会人群",
        Verdict.OVERLAP_ONLY: "缺口未超出随机波动",
        Verdict.BY_CHANCE: "重合未高于随机",
        Verdict.INSUFFICIENT: "人数太少，无法判断",
        "gap_unclear": "未超出随机波动",
        "both": "重合人数",
        "expected": "随机期望",
        "tgi": "TGI",
        "cautious": "谨慎估计",
        "fair_hover": "公平份额",
        "unreached": "未触达",
        "gap": "缺口",
        "share_hover": "占品类",
        "exact": "精确",
    },
}
