"""What the charts say, in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "x": "TGI (100 = as chance would have it, log scale)",
        "fair": "Fair-share index (100 = as in the category)",
        "share": "Share of the category that is in the interest",
        "opening_brand": "OPENING: drawn to the category, brand missing",
        "opening": "OPENING: large, and drawn to the category",
        "chance": "80–120: about chance",
        "score": "Score",
        "no_score": "not enough evidence",
        "both": "In both",
        "expected": "By chance",
        "tgi": "TGI",
        "cautious": "at least",
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
        "opening_brand": "机会区：与品类强相关，品牌渗透不足",
        "opening": "机会区：人数多且与品类强相关",
        "chance": "80–120：接近随机",
        "score": "得分",
        "no_score": "证据不足",
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
