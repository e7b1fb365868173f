"""Times of running prose, as patterns: what `deadlines.iter_deadlines` tries.

Data only; everything matches text that went through `numerals.fold`.
Recall first: `deadlines.parse_deadline` has the last word on each candidate.
"""

from __future__ import annotations

import re

from extractor.language.numbers.numerals import CHINESE_DIGITS
from extractor.language.times.feasts import LUNAR

_TO = "(?:-+|~|至|到)"
_YEAR4 = (
    rf"(?:(?<!\d)\d{{4}}|(?<![{CHINESE_DIGITS}十百千])[一二][{CHINESE_DIGITS}]{{3}})"
)
_YEAR = rf"(?:{_YEAR4}年?\s?{_TO}\s?)?(?:{_YEAR4}|(?<=-)\d{{2}})\s?年(?:度)?(?!级|代)"
BEFORE_A_WORD = (
    r"(?!(?<![底末日]前)[\d一二三四五六七八九十]|[列茅沿期往后景置端方者身瞻述段半]"
    r"|进(?!行)|提(?![前交供升高出请]))"
)
"""What does not follow 前 as a time: 前10名, 前列, 前期.

But 9月前进行, 9月前提交, and 年底前二级医院: no rank is counted from an end.
"""
_BEFORE_ALWAYS = rf"(?:之前|以前|前{BEFORE_A_WORD}|止)"
_BEFORE = f"{_BEFORE_ALWAYS}?"
_ENDING = "(?:结束|[期季]?末|季?底|期满)?"
_MONTH = r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_DAY = (
    r"(?:3[01]|[12]\d|0?[1-9]|[一二三]?十[一二三四五六七八九]?"
    r"|[一二三四五六七八九])\s?(?:日|号)"
)
_PART = "(?:月?(?:上旬|中旬|下旬|底|末|初|中(?![小学旬央职等])))?"

# 十一 alone is a number.
_FEAST = (
    "元旦|国庆节?|“?五一”?|劳动节|教师节|“?七一”?|“?八一”?|“十一”"
    rf"|(?:{'|'.join(sorted(LUNAR))})节?"
)
_HOLIDAYS = "(?:假期|黄金周|小?长假)?"
TWO_FEASTS = re.compile(
    rf"(?:(?:{_FEAST})[、和及]?){{1,4}}(?:{_FEAST}){_HOLIDAYS}{_BEFORE_ALWAYS}"
)
"""Which of two feasts counts nobody says: 元旦、春节前."""

_PERIODS = (
    # Days before months, the longer reading first.
    rf"(?<!\d){_MONTH}\s?月份?(?:\s?{_TO}\s?{_MONTH}\s?月)?\s?{_DAY}"
    rf"(?:\s?{_TO}\s?(?:{_MONTH}\s?月)?{_DAY})?(?:24时)?{_BEFORE}",
    rf"(?<!\d)(?:{_MONTH}(?:月份?)?{_TO})?{_MONTH}\s?月份?(?:开学)?{_PART}{_BEFORE}",
    rf"第?(?:[一二三1-3](?:-|至|、))?[一二三四1-4]季度(?!一){_ENDING}{_BEFORE}",
    rf"[上下]半年(?:结束|末|底|内)?{_BEFORE}",
    rf"[春秋]季(?:学期)?(?:开学)?(?<=[学期]){_ENDING}{_BEFORE}",
    rf"[春夏秋]季(?!招|高考|运动|征兵){_BEFORE}",
    f"(?:{_FEAST}){_HOLIDAYS}{_BEFORE_ALWAYS}",
    rf"暑[假期](?:期间)?{_ENDING}{_BEFORE}",
    rf"[“「『\"]\d{{1,2}}[·•.]\d{{1,2}}[”」』\"]{_BEFORE_ALWAYS}",
)
_IN_YEAR = "|".join(_PERIODS)
# 底, 内 and 中 alone need a year in front: 2022年底, 今年内.
_AFTER_YEAR = (
    rf"(?:{_IN_YEAR}|年?(?:底|末(?!位)){_BEFORE}|年终{_BEFORE_ALWAYS}|岁末{_BEFORE}"
    rf"|年?中{_BEFORE_ALWAYS}|以?内)"
)
# 2025年初 and 2025年13月 are no 2025年.
_NO_PART = r"(?!初|第?[\d一二三四五六七八九十]{1,3}(?:个?月|季度))"
_LATER_YEAR = r"(?:[明次来]年度?|(?<![先前])后年|翌年|(?<!以)下一?年度)(?!级)"
_THIS_YEAR = "(?:今年度?|本年度?|当年)"
_RELATIVE = (
    rf"(?:(?:{_THIS_YEAR}|{_LATER_YEAR})的?{_AFTER_YEAR}|{_LATER_YEAR}{_NO_PART})"
)
_ACROSS_YEARS = (
    rf"(?:{_YEAR4}年|{_THIS_YEAR}|{_LATER_YEAR})?(?<!\d){_MONTH}月(?:份|底|{_DAY})?{_TO}"
    rf"(?:{_YEAR4}年|{_LATER_YEAR})(?:{_PERIODS[0]}|{_PERIODS[1]})"
)
# 26年底前 is another year's end, 近3年内 no year's inside.
_ALONE = (
    rf"(?:(?<![\d几数半{CHINESE_DIGITS}十])年(?:(?:底|末){_BEFORE}|内|终{_BEFORE_ALWAYS})"
    rf"|岁末{_BEFORE}|{_IN_YEAR})"
)
_COUNT = r"[\d一二两三四五六七八九十]{1,2}"
_YEARS = rf"(?:{_COUNT}{_TO})?{_COUNT}年(?:左右)?"
_COUNT_START = (
    rf"(?:[自从]?(?:{_YEAR4}年度?|{_THIS_YEAR}|{_LATER_YEAR})"
    rf"(?:{_MONTH}月份?(?:{_DAY})?)?(?:起|开始|启动)计?,?的?(?:力争|争取)?"
    rf"|[自从]?{_YEAR4}年?{_TO}{_YEAR4}年度?,?的?)"
)
_FROM = (
    rf"{_COUNT_START}(?:(?:未来|今后|(?:利?用|经过|通过))?{_YEARS}的?(?:时间|努力|之内|以内|内|间)"
    rf"|(?:未来|今后){_YEARS})"
)
_WITHIN = (
    rf"(?:(?:未来|今后){_YEARS}(?:时间|内|期间)?"
    rf"|(?:用|经过|通过){_YEARS}的?(?:时间|努力|内)"
    rf"|(?<![\d近第前]){_YEARS}(?:之|以)?内|今明[两二]年(?:之?内|期间)?)"
)
_PLAN = (
    r"(?:[“”\"‘「『]?二?十[一二三四五六七八九]?五[“”\"’」』]?(?:规划|发展)?"
    r"(?:期间|时期|期末|期内|末期?|期满)(?:末|内)?(?:之?前)?"
    r"|第二?十[一二三四五六七八九]?个五年规划(?:期间|时期|期末|期内|末|期))"
)
_SCHOOL_YEAR = (
    rf"(?:{_YEAR4}(?:年?[-~至]+(?:\d{{4}}|\d{{2}}))?学年度?(?:结束|末|底|内)?(?:之?前)?"
    r"|[本下]学年度?(?:结束|末|底|内)(?:之?前)?)"
)
_ISO_DAY = r"(?<!\d)\d{4}[-./]\d{1,2}[-./]\d{1,2}日?(?:之?前)?"

FIRST = (
    '"‘“”「『一七三上下两中九二五今从元八六冬到劳十后四国处夏寒小岁年当惊截教明春暑未本来次清'
    "用白秋立端第经翌自至芒谷通重除霜"
)
"""What a time may begin with, digits and spaces aside: most places are none, and to see
so at once makes the search ten times as quick."""

CANDIDATE = re.compile(
    rf"(?=[\d\s{FIRST}])(?P<to>截至|截止到?|到|至)?\s?(?P<time>{_FROM}|{_PLAN}|{_SCHOOL_YEAR}|{_ISO_DAY}"
    rf"|{_ACROSS_YEARS}|{_YEAR}(?:全年)?的?\s?{_AFTER_YEAR}"
    rf"|{_YEAR}{_NO_PART}{_BEFORE}(?:期间)?|{_RELATIVE}|{_WITHIN}|{_ALONE})"
)
"""A time with the 到 in front of it; the group `time` is without."""

SIGN = re.compile(r"[年月季期末暑前止]|\d[-./]\d")
"""What every time has somewhere: most clauses have none and need no search."""

TITLES = re.compile(
    r"《[^》]{0,200}》|〈[^〉]{0,200}〉|<<[^>]{0,200}>>|[〔\[]\d{4}[〕\]]|\(\d{4}年?[-~至]+\d{4}年?\)"
)
"""Names of documents, and the bare years in brackets that follow them."""

START_AFTER = re.compile(
    r"\s?(?:以来|起(?!草|步)|开始|至今|以后|之后|后(?!勤|续|备)|届|级(?!别)|版|毕业生"
    r"|工作要点|工作计划|工作总结|工作报告|政府工作报告|年鉴|考试大纲|(?<=[年日])(?:发布|印发|出台))"
)
"""Behind a time: it is a start, or part of a name."""

NOT_AFTER = re.compile(
    r"(?:每|逐|历|往|近|去|上一?|前|多|自|从|《)\s?$"
    r"|每(?:年|学期|学年|季度|月)的?$|去年|上年$"
)
"""In front of a time: it recurs, starts, or is past."""

VERB_TO = re.compile(
    r"(?:提[高升]|增[加长]?|达|下?降|扩大|压减|得|做|落实|延长|推迟|提前|延续|持续|坚持|直"
    r"|不|甚|及|发展|周|冬|夏|乃|看|想|遇|谈|感|收|走|来|用|涉)$"
)
"""In front of 到: it belongs to this verb, not to the time (提高到2025年的80%)."""
