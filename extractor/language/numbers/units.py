"""Measure words, comparators and number-like decoys of official prose, as patterns.

Data for `quantities`; everything matches text that went through `numerals.fold`.
"""

from __future__ import annotations

import re

from extractor.core.records import Comparator
from extractor.language.numbers.numerals import MAGNITUDE, NUMERAL

# Word lists as running text: a hundred quoted strings would hide the words.
_MEASURED = """
% ‰ ‱ 个百分点 个千分点 百分点 倍 番 元 万美元 美元 欧元 港元 人民币 块钱 平方米
平方公里 平方千米 平方厘米 立方米 立方 方 亩 公顷 公里 千米 厘米 毫米 纳米 海里 米
吨公里 吨标准煤 吨 公斤 千克 毫克 微克 克 斤 升 毫升 担 蒲式耳 千瓦时 千瓦 兆瓦时 兆瓦
吉瓦时 吉瓦 瓦 千伏安 千伏 兆伏安 度电 标准立方米 大卡 摄氏度 分贝 标准箱 标箱 工作日
小时 分钟 秒 天 课时 学时 学分 机时 周岁 岁 人公里 人次 人日 人天 人年 人头 人份 人 场次
班次 批次 例次 户次 台次 车次 架次 亩次 件次 家次 项次 课次 篇次 航次 列次 趟次 轮次
频次 头次 站次 校次 册次 队次 艘次 辆次 次
""".split()

_COUNTED = """
所 个 名 家 场 户 套 间 座 处 条 辆 台 件 项 支 只 头 羽 篇 部 门 册 张 床 席 岗 站 批
种 例 起 宗 单 片 块 棵 株 位 笔 份 封 本 卷 幅 枚 盏 根 段 栋 幢 匹 尾 窝 口 眼 艘 架
列 堂 节 档 组 对 双 队 盆 箱 桶 袋 瓶 包 顶 杆 盘 盒 捆 孔 跨 道 股 员 副 具 颗 顿
餐 首 集 出 幕 款 桩 出版物 台套
""".split()

_DIGITS_ONLY = """
床位 学位 席位 座席 坐席 机位 车位 泊位 岗位 班 校 园 馆 村 县 镇 乡 社区 街道 县区 类
期 轮 讲 字 分 度 里 点位 点 线 站点 企业 店 户籍 品种 版面 层 路 环 万人口 词条
集装箱
""".split()
"""Words that are measure words only after digits: 两点, 三类, 十分, 三线 are none."""

_SINGLE_OK = """
个 所 名 次 家 场 座 项 条 篇 件 门 处 堂 倍 番 个百分点 百分点 元 岁 天 小时 分钟
""".split()
"""What 一 counts; 一批, 一系列, 一套, 一支 are articles."""

_LATIN = """
km² km2 m² m2 m³ m3 ㎡ ㎥ ㎞ ㎏ km cm mm kg mg μg ug kWh kW MW GW kV MVA kVA TB GB PB
EB MB EFLOPS PFLOPS TFLOPS Eflops Pflops Mbps Gbps Tbps dB tce ha mAh ℃ °C TEU P t
""".split()

# What follows tells a measure word from the start of another word.
_NOT_BEFORE = {
    "个": "半|月|年(?![底末内])|季度|学期|学年|五年|星期|世纪",
    "部": "分|门|署|委",
    "分": "之|别|类|布|级|校|园|层|批|步|期|局|公|管|行",
    "度": "假|过|夏|冬",
    "对": "一|标|口|象|外|接|照|于",
    "出": "台|生|口|行|厅|租|版|现|国",
    "起": "来|步|草|码|点|到",
    "位": "于|居|置|列",
    "元": "旦|宵|宇|素",
    "人": "员|均|民币|工智能|社|大代表",
    "班": "子|主任|级|车|列",
    "校": "长|园|企|区|外|内",
    "线": "上|下|索",
    "点": "击|亮|对|面|名|评|位|多|前|后|半|钟",
    "节": "约|能|水|日|假|点|省",
    "组": "织|建|团|长",
    "方": "面|案|便|法|位|向|式",
    "路": "径|线|段",
    "期": "间|限|末|初|满",
    "轮": "流|换|训|岗|候",
    "里": "程|面",
    "头": "等|脑",
    "单": "位|元|独|列",
    "支": "持|撑|付|部|行",
    "道": "路|德",
    "包": "括|含|容",
    "列": "入|为|车",
    "员": "工|额",
    "层": "次|级|面",
    "种": "植|质|业|子",
    "类": "似",
    "升": "级|学|至|到|格",
    "担": "当|任|保",
    "米": "粉|面",
    "天": "津|然",
    "口": "岸|径|腔",
    "队": "伍",
    "条": "件|例",
    "站": "式|长",
    "集": "中|体|群|聚|成",
    "档": "案",
    "段": "落",
    "环": "保|境|卫|节",
    "款": "待|项",
    "乡": "村|镇|土",
    "村": "级|民|委|两委",
    "县": "级|域|委",
    "镇": "级|街",
    "园": "区|长|林",
    "店": "铺|长",
    "字": "样|号",
    "首": "要|批|次|创|位",
}


def _unit_pattern(words: list[str]) -> str:
    """Return an alternation, longest word first, each with its lookahead."""
    parts = []
    for word in sorted(set(words), key=lambda word: (-len(word), word)):
        stop = _NOT_BEFORE.get(word)
        parts.append(re.escape(word) + (f"(?!{stop})" if stop else ""))
    return "|".join(parts)


_CLOCK_UNITS = [
    "个工作日",
    "个工作小时",
    "工作小时",
    "个小时",
    "个学时",
    "个课时",
    "个学分",
    "个标准箱",
]
_ALL = [*_MEASURED, *_COUNTED, *_DIGITS_ONLY, *_CLOCK_UNITS]
_LATIN_PATTERN = "|".join(
    re.escape(word) for word in sorted(_LATIN, key=lambda word: (-len(word), word))
)
# Years with a decimal are a measured average (受教育年限11.3年), whole ones are not.
_BASE = f"(?:{_unit_pattern([*_ALL, '年'])}|(?:{_LATIN_PATTERN})(?![A-Za-z0-9]))"
UNIT = f"{_BASE}(?:/(?:{_BASE}|人|年|月|日|天|生)(?:·(?:年|月|人))?)?"
"""One measure word, or a pair of them with a slash (元/人)."""

RELATIVE_UNITS = frozenset(
    ["%", "‰", "‱", "个百分点", "个千分点", "百分点", "倍", "番"]
)
"""Units in which an indicator moves *by* an amount."""

POINT_UNITS = frozenset(["个百分点", "个千分点", "百分点", "番"])
"""Units that are only ever movements."""

CLOCK_UNITS = frozenset(
    ["小时", "分钟", "秒", "天", "工作日", "个工作日", "个小时", "%", "‰"]
)
"""Units after which a bare 内 means 以内."""

ROUND_UNITS = frozenset("名 个 家 场 场次 人次 户次 件次".split())
"""What a magnitude alone counts: 万名, 百个, 千家."""
ROUND_SLOGAN_BEFORE = re.compile(r"(?:[进入到联帮]|[百千万][^，。；、,;\d]{1,8})$")
"""Before it, it is none: 走进千家, 百企联千家."""
EVENT_NAMED = re.compile(r"[^，。；、,;]{0,10}[百千万][家村户企校店镇乡园]")
"""Behind it, it is none, either: 百场演出进百村."""
ROUND_NAMED = re.compile(
    rf"{EVENT_NAMED.pattern}|争鸣|[^，。；、,;]{{0,12}}(?:行动|活动|工程|计划|大会)"
)
"""千家万户, and what names a campaign: 万名干部下基层活动."""

DIGITS_ONLY_UNITS = frozenset(_DIGITS_ONLY)
SINGLE_UNITS = frozenset([*_SINGLE_OK, *_CLOCK_UNITS])

_MODAL = "(?:得|能|应|宜|可|许)?"
PREFIXES: tuple[tuple[Comparator, str], ...] = (
    (
        "ge",
        f"不{_MODAL}(?:低于|少于|小于|下于|亚于)|达到(?:或|、)(?:者)?超过|大于等于|至少|最少|最低|≥|>=",
    ),
    (
        "le",
        f"不{_MODAL}(?:超过|超出|高于|多于|大于|突破|超)|小于等于|至多|最多|最高|≤|<=",
    ),
    ("gt", "超过|超出|高于|大于|多于|突破|(?<![赶反])超|逾|>"),
    ("lt", "低于|少于|小于|不足|不到|不满|<"),
    (
        "approx",
        "大约|大概|约为|(?<![节条制公预签])约|将近|接近|(?<![最附邻临靠亲贴])近",
    ),
)
"""Comparator words before the number; the negated ones are tried first."""

PREFIX = "|".join(f"(?P<{name}>{words})" for name, words in PREFIXES)
PREFIX_PLAIN = "|".join(words for _, words in PREFIXES)

COMPARED = re.compile(f"(?:{PREFIX_PLAIN}|达到?)$")
"""A comparator that ends the words in front of a number."""
PHRASE_END = re.compile(r"\s*(?:$|[，。；、,;)])")

INSIDE = (
    r"(?:每[^，。；、\d]{1,6}?|全[国省市县区]"
    r"|(?:全国|全省|全市|全县|全区|国家|省|市|本省|本市|同级)?"
    r"(?:规定|要求|核定)?的?"
    r"(?:最低|平均|上年|上一年|去年|同期|基本|省定|国定|平时|原有|标准)"
    r"[^，。；、：:,;\d]{0,8}?的?"
    r"|[^，。；、：:,;\d]{1,10}(?:增速|增幅|水平))"
)
"""Words between comparator and number.

不低于(最低标准的)1.6倍, 超(每千人)6.6批次, 高于(经济增速)1个百分点.
"""

_INCLUSIVE = r"(?:\(含\)|\(含本数\))?"
SUFFIX = (
    rf"{_INCLUSIVE}(?:(?:及|或)?(?:以上|之上)|(?:及|或)?(?:以下|以内|之内|之下)"
    rf"|左右|上下|内(?!容|河|涝|贸|需|环|部|外|涵|地|蒙|设|科|陆|在|控|生)){_INCLUSIVE}"
)
"""Comparator words after the unit."""

SUFFIXES: tuple[tuple[Comparator, re.Pattern[str]], ...] = (
    ("ge", re.compile("以上|之上")),
    ("le", re.compile("以下|以内|之内|之下|内")),
    ("approx", re.compile("左右|上下")),
)

_RANGE_SIGN = r"\s*(?:-+|~+|至|到)\s*"
RANGE_SIGN = re.compile(rf"{_RANGE_SIGN}(?:{PREFIX_PLAIN})?")
"""What joins the two ends of a range."""

_PERIOD = (
    r"(?:年(?!级)|年级|年代|个?月(?!球|嫂|子)|日(?!元|均|常|间|照)|号|个?季度|个?学期"
    r"|个?学年|周(?!岁|边|密|期)|个?星期|届|世纪|个五年|时(?=\d|$))"
)
# A mask takes a number whole or not at all: the 1户1 of 4321户16870人 is no set phrase.
_LEFT = r"(?<![\d.])(?<!\d,)"
_RIGHT = r"(?!\d|[.,]\d)"
_CN = "零〇一二两三四五六七八九十百千万亿廿卅"
_LEFT_CN = f"(?<![{_CN}])"
_WHOLE = rf"(?:{_LEFT}\d+{_RIGHT}|{_LEFT_CN}[零〇一二两三四五六七八九十百]+)"
_QUOTED = '“[^”]{1,18}”|「[^」]{1,18}」|『[^』]{1,18}』|‘[^’]{1,18}’|"[^"\\n]{1,18}"'
_AMOUNT_AHEAD = rf"(?!\s?(?:{MAGNITUDE}|{UNIT}))"
# 前10名 is a rank; 学前1200个, 目前3家, 汛前20处 are words that end in 前.
_RANK = (
    rf"(?<=[名位居列入进到全市省国县区州球界评选])前\s*{NUMERAL}"
    rf"|(?<![\u4e00-\u9fff])前\s*{NUMERAL}"
    rf"|(?<![底末月日年之以提学目此汛])前\s*{NUMERAL}(?=名|位|强|席|%)"
)
# G60, A4, PM2.5, COVID-19; AED300台 is an amount behind an abbreviation.
_MODEL = (
    rf"(?<![A-Za-z])[A-Za-z]-?\d+(?:\.\d+)*{_RIGHT}"
    rf"|(?<![A-Za-z])[A-Za-z]{{2,}}-\d+(?:\.\d+)*{_RIGHT}"
    rf"|(?<![A-Za-z])[A-Za-z]{{2,}}\d+(?:\.\d+)*{_RIGHT}{_AMOUNT_AHEAD}"
)

DECOY_FIRST = '\\dA-Za-z"(<\\[‘“〈《「『〔零〇一二两三四五六七八九十百第每前'
"""What a decoy may begin with, as a class of characters: most places are none."""

DECOYS = re.compile(
    f"(?=[{DECOY_FIRST}])(?:"
    + "|".join(
        (
            _QUOTED,
            r"《[^》]{0,200}》|〈[^〉]{0,200}〉|<<[^>]{0,200}>>",
            r"[〔\[(]\d{4}[〕\])]",
            rf"(?<!\d)0?1[3-9]\d{{9}}{_RIGHT}{_AMOUNT_AHEAD}"
            rf"|(?<!\d)\d{{3,4}}-\d{{7,8}}{_RIGHT}{_AMOUNT_AHEAD}",
            rf"{_WHOLE}(?:\s*[-~至到]+\s*{_WHOLE})?\s*{_PERIOD}",
            # 5+N, 1+7+1, N+1
            rf"(?<![\dA-Za-z.,])[\dNnXx]+(?:\s*\+\s*[\dNnXx]+)+{_RIGHT}",
            # 第十四届, 第3个
            rf"第\s*{NUMERAL}",
            # 每万名, 每百户: a rate per a magnitude alone
            r"每(?:百|千|万|十万|百万)(?=[一-龥])",
            _RANK,
            # A rate per so many, without the amount: 每10万人口, 每3至5万人口
            rf"每\s*(?:{NUMERAL}\s*[-~至到]+\s*)?{NUMERAL}"
            "(?:人口|常住人口|平方公里|公里|个|名|人(?!口)|户|所|亩|家)?",
            _MODEL,
            rf"{_LEFT}\d+(?:\.\d+)+(?=版|时代|模式|行动|计划|工程|升级)",
            # 工业4.0, but 达到4.0
            rf"(?<=[\u4e00-\u9fff])(?<![到达为至于超过破近约])[1-9]\.0{_RIGHT}"
            rf"{_AMOUNT_AHEAD}",
            r"(?<![\d.])\d+\.\d+\.\d[\d.]*",
            # 8:30, 14:00; ratios are read before the decoys are
            rf"{_LEFT}\d{{1,2}}:\d{{2}}{_RIGHT}",
            # 一校一策, 1校1品, 一对一
            rf"{_LEFT_CN}一(?![{_CN}]|.[{_CN}]一)[\u4e00-\u9fff]{{1,2}}"
            rf"一(?!流|批|定|体|般|些|次性|[{_CN}])[\u4e00-\u9fff]?",
            rf"{_LEFT}1[校县村人户镇乡园班]1{_RIGHT}",
            # 5G, 4K
            rf"{_LEFT}\d{{1,2}}[GKD](?![A-Za-z0-9])",
        )
    )
    + ")"
)
"""Number-like text that is no quantity, quoted brands and titles among it."""

SLOGAN_AFTER = re.compile(
    "意识|自信|维护|确立|全面|服从|坚持|严禁|必须|务必|结合|大局|百年|毫不|不准|不得|走在前"
    "|规定|准则|纪律|禁令|统筹|只增不减|一(?!般|流|定|体|所|名|个|次)|性(?!能)|龙|心|办|亲|事|网|图"
)
"""What follows a Chinese number and measure word in a set phrase (四个自信, 一条龙)."""

BOUND_ONE = frozenset("统唯单专万第合归同划之逐如不任某这那另进新上下")
"""Characters that 一 belongs to: 统一, 唯一, 之一, 另一."""

VAGUE_BEFORE = frozenset("数几上好第")
"""数十, 几十, 上百: no number is named."""
VAGUE = (
    rf"(?:(?:[数上]|好?几)[十百千万亿]+(?:余|多)?|十?几)(?:{UNIT})"
    "|数以[十百千万亿]+计的?|成百上千(?:[名个家])?|成千上万(?:[名个家])?"
)
"""An amount that names no number, whole: 数十家, 几百个, 数以千计."""
