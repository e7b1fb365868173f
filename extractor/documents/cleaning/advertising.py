"""Find search-engine spam that was injected into a text, also in mid-sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from heapq import merge

from extractor.core.spans import Span

SITE_WORDS = (
    "官方网站|官网|官方|网站|网址|体育|娱乐城|娱乐|平台|提款|充值|存款|提现|时间|最新|"
    "技巧|下载|安装|注册|登录|登陆|开户|手机版|手机|电脑版|客户端|安卓|苹果|入口|在线|"
    "投注|下注|博彩|彩票|棋牌|真人|游戏|电竞|备用|地址|首页|主页|版本|版|免费|优惠|活动|"
    "代理|返水|送彩金|彩金|赔率|比分|直播|玩法|链接|线路|导航|网页|中国|国际|集团|公司|"
    "首充|首存|翻倍|领取|APP|app|App|ios|IOS|iOS|vip|VIP|V\\d+(?:\\.\\d+)*|v\\d+(?:\\.\\d+)*"
)
GAMBLING_WORDS = (
    "365bet|bet365|betway|bwin|188bet|manbetx|澳门新葡京|新葡京|澳门银河|澳门金沙|"
    "威尼斯人|皇冠体育|亚博体育|亚博|开云体育|云开体育|必威体育|必威|万博体育|凯发|"
    "博天堂|九游会|百家乐|时时彩|六合彩|老虎机|北京赛车|幸运飞艇|伟德国际|"
    "博彩公司|真人娱乐|乐鱼体育|半岛体育|米兰体育|华体会|爱游戏体育|PG电子|pg电子"
)
MAX_TOKEN = 24
MAX_REACH = 40
"""Characters around an end of advertising that are looked at."""

_LETTER = r"[0-9A-Za-z\u4e00-\u9fff+.]"
_CHAIN = re.compile(
    rf"(?<!{_LETTER}){_LETTER}+(?:[_＿]{_LETTER}{{1,{MAX_TOKEN}}})*[_＿]{_LETTER}+"
)
_SEPARATOR = re.compile("[_＿]")
_BRAND_MARKS = (
    re.compile(GAMBLING_WORDS),
    re.compile(r"[a-z](?:(?<=\d{3}[a-z])|(?=\d{3})|(?=et))"),
)
_STOP = re.compile("[\n。]")
_ADDRESS_MARK = re.compile(r"[./](?:[a-z]|(?<=www\.)|(?<=//))", re.IGNORECASE)
_LURE_MARK = re.compile("[微QqV薇](?=[信Qq])")
_LATIN_STEM = re.compile(r"[0-9A-Za-z.]{2,}")
_SITE = re.compile(f"(?:{SITE_WORDS})")
# 官方网站 and 手机版 are two words in a row, and a row is read one way.
_SITE_ROW = SITE_WORDS.replace("官方网站|", "").replace("手机版|", "")
_SITE_RUN = re.compile(f"(?:(?:20[0-9]{{2}})?(?:{_SITE_ROW}))*")
_BRAND_BEFORE = re.compile(f"(?:{GAMBLING_WORDS}|澳门|亚洲|最新|手机)+$")
_BRAND_HERE = re.compile(f"(?:{GAMBLING_WORDS})")
_SITE_BEFORE = re.compile(f"(?:{_SITE_ROW})+$")
_BRAND = re.compile(
    f"(?:澳门|亚洲|最新|手机)?(?:{GAMBLING_WORDS}|"
    r"(?<![0-9A-Za-z])(?:\d{2,5}bet|bet\d{2,5}|[a-z]{2,8}\d{3,5}|\d{3,5}[a-z]{2,5}))"
    f"(?:{_SITE_ROW})+(?!场所|经营)",
)
_ADDRESS = re.compile(
    r"(?:https?://|www\.)[0-9A-Za-z.\-]+(?:/[0-9A-Za-z./?=&%#_\-]*)?"
    r"|(?<![0-9A-Za-z@.\-])(?:[0-9A-Za-z\-]+\.)+"
    r"(?:com|net|cc|vip|cn|org|top|xyz|app|me|info|club|tv|bet|win|site|online)"
    r"(?![0-9A-Za-z])(?:/[0-9A-Za-z./?=&%#_\-]*)?",
    re.IGNORECASE,
)
_PUBLIC_ADDRESS = re.compile(r"\.(?:gov|edu|org|mil)(?:\.|/|$)", re.IGNORECASE)
_AFTER_ADDRESS = re.compile(f"(?:[ \u3000]?(?:{_SITE_ROW}))*")
_BEFORE_ADDRESS = re.compile(
    "(?:【[^】]{1,12}】\\s?|"
    "(?:更多)?(?:资讯|内容|精彩|详情)?(?:请|欢迎)?(?:访问|登录|登陆|点击|加入)|"
    f"{GAMBLING_WORDS})+[:：]?$"
)
_LURE = re.compile(
    "(?:(?:加|添加)(?:微信|QQ|qq|V信|薇信)|(?:微信|QQ|qq)(?:号|群)?[:：])"
    r"\s{0,9}[:：]?\s{0,9}[0-9A-Za-z_\-]{5,20}(?:领取|咨询|进群|免费)?\S{0,6}?(?=[，。；,;）)】\]]|$)"
)
_CREDIT = re.compile(
    "[（(【](?:本文|文章|以上内容|更多|转载|原文|资料|内容)(?:来源|来自|转载|由|于|自|请|"
    "内容|资讯|精彩|链接|整理)[^（(）)。；]{0,50}[)）】]"
)
_NUMBER_BEFORE = re.compile(
    "(?:[0-9０-９]+[.．,，])*[0-9０-９]+[.．,，]?$|[零〇一二两三四五六七八九十百千万亿]+$"
)
_REST_OF_NUMBER = re.compile(
    "[.．,，]?[0-9０-９]+|[零〇一二两三四五六七八九十百千万亿]+"
)
_BRACKETS = {"(": ")", "（": "）", "【": "】", "[": "]", "「": "」"}


def find_advertising(text: str) -> list[Span]:
    """Return the stretches of `text` that are injected advertising, in order."""
    found = [*_chains(text), *_addresses(text)]
    found += [
        Span(*match.span()) for match in _matches_beside(text, _BRAND, *_BRAND_MARKS)
    ]
    found += _lures(text)
    found += [Span(*match.span()) for match in _CREDIT.finditer(text)]
    merged = _merge(_with_brackets(text, span) for span in sorted(found))
    whole = (_beside_numbers(text, span) for span in merged)
    return [span for span in whole if span.start < span.end]


def _matches_beside(
    text: str, pattern: re.Pattern[str], *marks: re.Pattern[str]
) -> Iterator[re.Match[str]]:
    """Yield the matches of a pattern that holds one of the marks, in one sentence.

    A mark is found quickly, and most sentences have none.
    """
    end = 0
    for mark in merge(*(mark.finditer(text) for mark in marks), key=re.Match.start):
        if mark.start() >= end:
            start = max(text.rfind(stop, end, mark.start()) for stop in "\n。")
            stop = _STOP.search(text, mark.end())
            first, end = max(start + 1, end), stop.end() if stop else len(text)
            yield from pattern.finditer(text, first, end)


def _lures(text: str) -> Iterator[Span]:
    """Yield invitations to write to somebody."""
    end = 0
    for mark in _LURE_MARK.finditer(text):
        # 添加 or 加 may stand in front.
        for start in range(max(mark.start() - 2, end), mark.start() + 1):
            if match := _LURE.match(text, start):
                end = match.end()
                yield Span(start, end)
                break


def _chains(text: str) -> list[Span]:
    """Return spam phrases chained by underscores, without the prose around them."""
    spans = []
    for match in _matches_beside(text, _CHAIN, _SEPARATOR):
        tokens = _SEPARATOR.split(match[0])
        if not _is_spam(tokens):
            continue
        start = _start_of_spam(tokens[0], tokens[1:])
        end = _end_of_spam(tokens[-1], tokens[:-1])
        spans.append(
            Span(
                match.start() + start,
                match.end() - len(tokens[-1]) + end,
            )
        )
    return spans


def _is_spam(tokens: list[str]) -> bool:
    """Say whether tokens joined by underscores are search words, not a name.

    One underscore is a file name or a blank as easily as spam.
    """
    with_site_word = sum(bool(_SITE.search(token)) for token in tokens)
    return with_site_word >= 2 and (
        len(tokens) >= 3 or _stem(tokens[-1], tokens[:-1]) != ""
    )


def _stem(token: str, others: list[str]) -> str:
    """Return the longest beginning of `token` that another token holds too."""
    for length in range(min(len(token), MAX_TOKEN), 1, -1):
        if any(token[:length] in other for other in others):
            return token[:length]
    return ""


def _start_of_spam(first: str, others: list[str]) -> int:
    """Return where spam begins in the first token, which prose may run into."""
    stem = _stem(others[0], [first])
    at = first.rfind(stem) if stem and not _SITE.fullmatch(stem) else -1
    if at < 0:
        latin = list(_LATIN_STEM.finditer(first))
        if latin and len(first) - latin[-1].start() <= MAX_TOKEN:
            at = latin[-1].start()
    if at < 0:
        tail = _SITE_BEFORE.search(first, max(0, len(first) - MAX_REACH))
        at = tail.start() if tail else len(first)
    brand = _BRAND_BEFORE.search(first[:at], max(0, at - MAX_REACH))
    return brand.start() if brand else at


def _end_of_spam(last: str, others: list[str]) -> int:
    """Return where spam ends in the last token, which runs into prose again."""
    stem = _stem(last, others)
    brand = _BRAND_HERE.match(last)
    at = max(len(stem), brand.end() if brand else 0)
    run = _SITE_RUN.match(last, at)
    if run and run.end() > at:
        return run.end()
    if not stem:
        latin = _LATIN_STEM.match(last)
        return latin.end() if latin else at
    # No known search word follows: phrases of one chain are alike in length.
    lengths = [len(other) - len(stem) for other in others[1:] or others]
    return min(len(last), at + max(0, sum(lengths) // len(lengths)))


def _addresses(text: str) -> list[Span]:
    """Return web addresses in the prose, but not those of public bodies."""
    spans = []
    for match in _matches_beside(text, _ADDRESS, _ADDRESS_MARK):
        if _PUBLIC_ADDRESS.search(match[0]):
            continue
        before = _BEFORE_ADDRESS.search(
            text[max(0, match.start() - 30) : match.start()]
        )
        start = match.start() - (len(before[0]) if before else 0)
        run = _AFTER_ADDRESS.match(text, match.end())
        spans.append(Span(start, run.end() if run else match.end()))
    return spans


def _beside_numbers(text: str, span: Span) -> Span:
    """Leave a number whole that an end of the advertising would go through."""
    start, end = span
    head = _REST_OF_NUMBER.match(text, start)
    if head and _NUMBER_BEFORE.search(text, max(0, start - MAX_REACH), start):
        start = min(head.end(), end)
    tail = _NUMBER_BEFORE.search(text, max(start, end - MAX_REACH), end)
    if tail and _REST_OF_NUMBER.match(text, end):
        end = tail.start()
    return Span(start, end)


def _with_brackets(text: str, span: Span) -> Span:
    """Take the brackets along that hold nothing but the advertising."""
    opening = text[span.start - 1 : span.start]
    if opening and _BRACKETS.get(opening) == text[span.end : span.end + 1]:
        return Span(span.start - 1, span.end + 1)
    return span


def _merge(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in spans:
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged
