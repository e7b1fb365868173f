"""Find lines of a web page or a printed page that are no part of its text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice, pairwise
from statistics import median
from typing import NamedTuple

from extractor.core.lines import Line, split_lines
from extractor.core.records import CutReason
from extractor.core.spans import Span
from extractor.language.bodies import ISSUERS, endings
from extractor.language.labels import BULLETS, find_label

NAVIGATION_WORDS = (
    "网站首页|首页|主页|新闻资讯|新闻中心|新闻动态|新闻|资讯|要闻|时政|要闻动态|工作动态|"
    "通知公告|公告公示|公示公告|政务公开|政府信息公开|信息公开|政务服务|办事服务|在线服务|"
    "互动交流|政民互动|公众参与|政策文件|政策法规|政策解读|规划计划|计划总结|专题专栏|专题|"
    "专栏|机构职能|机构概况|领导信息|走进|县区|部门|问政|视频|图片|直播|网站地图|"
    "无障碍浏览|无障碍阅读|无障碍|关怀版|长者模式|适老化|站内搜索|搜索|检索|登录|注册|"
    "个人中心|收藏本站|设为首页|收藏|加入收藏|繁体|简体|繁體|English|邮箱|手机版|客户端|"
    "移动版|微信好友|朋友圈|微信|微博|新浪微博|腾讯微博|QQ空间|QQ好友|QQ|抖音|复制链接|"
    "分享到|分享|转发|点赞|评论|打印本页|打印此页|打印文章|打印|关闭窗口|关闭本页|"
    "关闭页面|关闭|返回顶部|返回首页|返回列表|返回上一页|返回|顶部|回到顶部|TOP|下载|纠错|"
    "我要纠错|正文|内容|大|中|小|默认|阅读全文|查看更多|更多|展开全文|收起|听全文|字体|字号"
)
META_KEYS = (
    "(?:信息|文章|稿件|新闻|内容|资料|文件)?来源|作者|编辑|责任编辑|责编|审核人?|校对|供稿|"
    "撰稿|初审|复审|终审|编审|监制|发布(?:时间|日期|机构|单位|人)|发文(?:日期|时间|机关|字号)|"
    "成文日期|生成日期|更新(?:时间|日期)|浏览(?:次数|量|数)?|阅读(?:次数|量|数)?|"
    "点击(?:次数|量|数|率)?|访问(?:次数|量|数)|字体(?:大小)?|字号(?:大小)?|索引号|主题分类|"
    "主题词|公开(?:方式|属性|类别|形式|日期)|(?:文件)?有效性|信息(?:索引|名称|分类)|"
    "分享到?|本文链接|原文链接|摄影|录入"
)
TAIL_KEYS = (
    "(?:主办|承办|协办|维护|技术支持)(?:单位)?|地址|通讯地址|邮编|邮政编码|"
    "电话|联系电话|传真|网站标识码|联系人|备案号?|抄送|主送|报送|分送|主题词"
)
LINK_LISTS = (
    "相关(?:阅读|链接|新闻|文章|推荐|文件|报道|附件下载)|延伸阅读|推荐阅读|热门(?:文章|新闻|推荐)|"
    "猜你喜欢|您可能感兴趣"
)
ORGANISATION = endings(*ISSUERS)
MAX_FURNITURE = 200
MIN_CELLS = 3
REMEMBERED = 256
"""Lines judged last: some files are one line over and over."""
MAX_RUNNING_HEAD = 40
MAX_CONTENTS = 5
"""Tables of contents looked for: each is compared with all that follows."""
MAX_SKIPPED = 3
"""Pages that may stand between two that are numbered."""
MAX_PAGE_NUMBER_GAP = 350
"""Median letters between bare numbers below which they label the rows of a table."""

_DATE = (
    r"(?:(?:19|20)\d{2}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?"
    r"|[一二三四五六七八九〇○零]{4}年[一二三四五六七八九十]{1,3}月[一二三四五六七八九十]{1,3}日)"
)
_CLOCK = r"(?:\s*(?:星期.|周.)?\s*\d{1,2}\s*[:：时]\s*\d{2}(?:\s*[:：分]\s*\d{2}秒?)?)"
_MARKS = rf"[\s{BULLETS}\-–—|｜>»›/\\*【\[（(]*"
_SEPARATORS = r"[\s|｜>»›/·•\-—【】\[\]()（）:：,，、+]+"

_NAVIGATION = re.compile(
    rf"{_MARKS}(?:"
    r"(?:您|你)?(?:现在|当前|目前)?的?(?:所在)?(?:当前|的)?位置\s*(?:是|[:：]).{0,80}"
    # A mark is no letter of a name: what can be read two ways is read 20**8 ways.
    r"|(?:网站)?(?:首页|主页)(?:\s*[>»›/|｜·\-→]+\s*[^\s>»›/|｜·\-→]{1,20}){1,16}"
    r"\s*[>»›/]*"
    r"|(?:上|下|前|后)一?(?:篇|条|页|则)\s*(?:[:：].{0,100})?"
    r"|(?:返回|回到)(?:页面)?(?:顶部|首页|列表|上一页|上级).{0,10}"
    r"|(?:扫一扫|扫码|扫描|长按|识别二维码|微信扫|手机扫|分享至|转发至|点击(?:查看|下载|进入|这里)"
    r"|(?:欢迎|敬请)?关注.{0,20}公众号).{0,40}"
    r"|(?:第\s*\d+\s*页|\d+)\s*(?:上一页|下一页).{0,20}"
    r")",
    re.IGNORECASE,
)
_ROW = re.compile(
    r"[^\s>»›→]{2,16}(?:\s*(?:>+|»|›|→)\s*[^\s>»›→]{1,20}){2,8}"
    r"|[^\s|｜。]{1,8}(?:\s*[|｜]\s*[^\s|｜。]{1,8}){3,20}"
)
_AMOUNT = re.compile(
    r"(?<!\d)(?!(?:19|20)\d{2}(?!\d))\d+|[零〇一二两三四五六七八九十百千万亿]{2}"
)
"""A number that is no year: a row of cells may have one, a row of links has none."""
_WORDS = re.compile(
    rf"(?:{_SEPARATORS})?(?:(?:{NAVIGATION_WORDS})(?:{_SEPARATORS}|$))+", re.IGNORECASE
)
_META = re.compile(
    rf"{_MARKS}(?:{_DATE}{_CLOCK}?\s*)?(?:{META_KEYS})\s*[:：].{{0,150}}"
)
_TAIL_META = re.compile(rf"{_MARKS}(?:{TAIL_KEYS})\s*[:：].{{0,120}}")
_RIGHTS = re.compile(
    "ICP备|公网安备|版权(?:所有|归|声明)|copyright|©|网站标识码|政府网站找错|"
    "(?:建议|推荐)使用.{0,20}浏览器",
    re.IGNORECASE,
)
_BYLINE = re.compile(
    r"[（(【]?\s*(?:本报|本网|本台|本刊|全媒体|融媒体)?"
    r"(?:首席)?(?:记者|通讯员|见习记者|实习生)\s?[^，。；]{1,20}[)）】]?"
    r"(?:(?:通讯员|摄影|文/图|报道).{0,12})?"
)
_DATE_LINE = re.compile(rf"[（(\[]?{_DATE}{_CLOCK}?[)）\]]?")
_STAMP = re.compile(rf"[^\s。，；]{{1,14}}\s+{_DATE}{_CLOCK}")
_PRINTED = re.compile(
    rf"[（(]?.{{0,30}}?{ORGANISATION}?\s*{_DATE}\s*印发[)）]?|[（(]此件.{{0,10}}公开.{{0,8}}[)）]"
)
_SIGNATURE = re.compile(rf"[^\s，。；：、]{{2,24}}{ORGANISATION}(?:办公室)?")
_PAGE = re.compile(
    r"[-—–－·•]+\s*\d{1,4}\s*[-—–－·•]+|第\s*\d{1,4}\s*页(?:\s*[,，/（(]?\s*共\s*\d+\s*页[)）]?)?"
    r"|\d{1,4}\s*/\s*\d{1,4}|page\s*\d+(?:\s*of\s*\d+)?",
    re.IGNORECASE,
)
_BARE_NUMBER = re.compile(r"\d{1,3}")
_ONLY_MARKS = re.compile(r"[^\w\u4e00-\u9fff]+")
_DOTTED = re.compile(r".{2,60}?[.．·…]{4,}\s*\d{1,4}|.{2,60}?…+\s*\d{1,4}")
_CONTENTS = re.compile(r"[【\[]?目\s*录[】\]]?|CONTENTS")
_ANYWHERE = (_PAGE, _STAMP, _PRINTED, _BYLINE, _ONLY_MARKS)
_SENTENCE = re.compile("[。；！？]")


class Furniture(NamedTuple):
    """A stretch of text that belongs to the page, and which kind it is."""

    span: Span
    reason: CutReason


class _Page:
    """The lines of a text and the marks set on them so far."""

    def __init__(self, lines: list[Line]) -> None:
        self.lines = lines
        self.marks: dict[int, CutReason] = {}
        self.filled = [at for at, line in enumerate(self.lines) if line.text]
        body = [at for at in self.filled if _is_body(self.lines[at].text)]
        self.body_start = body[0] if body else len(self.lines)
        self.body_end = body[-1] if body else -1
        names = [at for at in self.filled if _is_signature(self.lines[at].text)]
        # A flattened table has a cell with a body's name in every row.
        self.has_cells = len(names) >= MIN_CELLS

    def mark(self, at: int, reason: CutReason) -> None:
        self.marks.setdefault(at, reason)

    def following(self, at: int) -> Iterator[int]:
        """Yield the filled lines after line `at`."""
        for index in range(bisect_right(self.filled, at), len(self.filled)):
            yield self.filled[index]


def find_furniture(text: str) -> list[Furniture]:
    """Return the lines of `text` that are navigation or page furniture, in order."""
    page = _Page(split_lines(text))
    _mark_by_words(page)
    _mark_page_numbers(page)
    _mark_running_heads(page)
    _mark_contents(page)
    _mark_signatures(page)
    return [
        Furniture(Span(line.start, line.stop), page.marks[at])
        for at, line in enumerate(page.lines)
        if at in page.marks
    ]


def find_page_lines(lines: list[Line]) -> set[int]:
    """Return where lines start that are no text by their own words.

    Numbers, heads and signatures of pages are left out: only the whole page tells
    them from labels and cells.
    """
    page = _Page(lines)
    _mark_by_words(page)
    # A date is furniture above the first copy, and stands inside the text above the
    # second one.
    words = {page.lines[at].text for at in page.marks}
    return {line.start for line in lines if line.text in words}


def _mark_by_words(page: _Page) -> None:
    for at in page.filled:
        reason = _judge(page, at)
        if reason:
            page.mark(at, reason)
    _mark_menus(page)
    _mark_link_lists(page)


def _is_signature(text: str) -> bool:
    return len(text) <= MAX_RUNNING_HEAD and bool(_SIGNATURE.fullmatch(text))


@lru_cache(maxsize=REMEMBERED)
def _is_body(text: str) -> bool:
    """Say whether a line is running text or a numbered point."""
    if len(text) >= 40 and _SENTENCE.search(text):
        return not _META.fullmatch(text) and not _RIGHTS.search(text)
    label = find_label(text)
    return (
        label is not None
        and not label.is_weak
        and len(text) - label.length >= 4
        and not _is_navigation(text)
        and not _DOTTED.fullmatch(text)
        and not (label.value == 0 and len(text) < 20)
    )


def _is_navigation(text: str) -> bool:
    if _NAVIGATION.fullmatch(text):
        return True
    return bool(_ROW.fullmatch(text)) and not _AMOUNT.search(text)


def _judge(page: _Page, at: int) -> CutReason | None:
    """Say what a line is from its own words."""
    text = page.lines[at].text
    if len(text) > MAX_FURNITURE:
        return None
    inside = page.body_start <= at <= page.body_end
    reason = _judge_words(text, inside=inside)
    if reason or inside:
        return reason
    is_outside = (
        _RIGHTS.search(text)
        or (_DATE_LINE.fullmatch(text) and not page.has_cells)
        or (at > page.body_end and _TAIL_META.fullmatch(text))
    )
    return "furniture" if is_outside else None


@lru_cache(maxsize=REMEMBERED)
def _judge_words(text: str, *, inside: bool) -> CutReason | None:
    if _is_navigation(text) or _WORDS.fullmatch(text) or _DOTTED.fullmatch(text):
        return "navigation"
    if any(rule.fullmatch(text) for rule in _ANYWHERE):
        return "furniture"
    if _META.fullmatch(text) and not (inside and len(text) > 60):
        return "furniture"
    return None


def _mark_menus(page: _Page) -> None:
    """Mark the short bulleted lines of a menu: they touch a line of navigation."""
    for order in (page.filled, page.filled[::-1]):
        in_menu = False
        for at in order:
            if at in page.marks:
                in_menu = page.marks[at] == "navigation" or (
                    in_menu and bool(_ONLY_MARKS.fullmatch(page.lines[at].text))
                )
                continue
            text = page.lines[at].text
            bulleted = text[0] in f"{BULLETS}-–—/>»|"
            in_menu = in_menu and bulleted and len(text) <= 10
            if in_menu:
                page.mark(at, "navigation")


def _mark_link_lists(page: _Page) -> None:
    """Mark the titles of other pages that follow 相关阅读 and the like."""
    header = re.compile(rf"{_MARKS}(?:{LINK_LISTS})\s*[】\])）]?\s*[:：]?.{{0,60}}")
    for at in page.filled:
        if at in page.marks or not header.fullmatch(page.lines[at].text):
            continue
        page.mark(at, "navigation")
        for after in page.following(at):
            text = page.lines[after].text
            if len(text) > 60 or _SENTENCE.search(text):
                break
            page.mark(after, "navigation")


def _mark_page_numbers(page: _Page) -> None:
    """Mark bare numbers that count pages, not the rows of a flattened table."""
    bare = [
        at
        for at in page.filled
        if at not in page.marks and _BARE_NUMBER.fullmatch(page.lines[at].text)
    ]
    gaps = [page.lines[b].start - page.lines[a].start for a, b in pairwise(bare)]
    values = [int(page.lines[at].text) for at in bare]
    counts = sum(a < b <= a + MAX_SKIPPED for a, b in pairwise(values))
    # A number alone on a line may be a cell, or the end of a wrapped line.
    are_pages = (
        bool(gaps) and counts >= 0.8 * len(gaps) and median(gaps) > MAX_PAGE_NUMBER_GAP
    )
    for at in bare:
        if are_pages:
            page.mark(at, "furniture")


def _mark_running_heads(page: _Page) -> None:
    """Mark a title that is printed again at the top of every page."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for at in page.filled:
        if len(page.lines[at].text) <= MAX_RUNNING_HEAD:
            places[page.lines[at].text].append(at)
    numbers = {at for at in page.marks if _looks_like_page(page.lines[at].text)}
    beside: set[int] = set()
    for before, after in pairwise(page.filled):
        if before in numbers:
            beside.add(after)
        if after in numbers:
            beside.add(before)
    for text, printed in places.items():
        if len(printed) < 2 or find_label(text) or _SENTENCE.search(text):
            continue
        near = [at for at in printed if at in beside]
        for at in near if 2 * len(near) >= len(printed) - 1 else []:
            page.mark(at, "furniture")


def _looks_like_page(text: str) -> bool:
    return bool(_PAGE.fullmatch(text) or _BARE_NUMBER.fullmatch(text))


def _mark_contents(page: _Page) -> None:
    """Mark a table of contents: headings that are printed again further down."""
    tables = (at for at in page.filled if _CONTENTS.fullmatch(page.lines[at].text))
    for at in islice(tables, MAX_CONTENTS):
        following = list(page.following(at))
        later = Counter(_bare(page.lines[after].text) for after in following)
        page.mark(at, "navigation")
        for after in following:
            text = _bare(page.lines[after].text)
            if after not in page.marks and later[text] < 2:
                break
            later[text] -= 1
            page.mark(after, "navigation")


def _bare(heading: str) -> str:
    return re.sub(r"[\s.．…·\d]+$", "", heading)


def _mark_signatures(page: _Page) -> None:
    """Mark the name of the body that signs, when a date or nothing follows it."""
    if page.has_cells:
        return
    last_kept = max((at for at in page.filled if at not in page.marks), default=-1)
    for index, at in enumerate(page.filled):
        text = page.lines[at].text
        if at in page.marks or at < page.body_start or not _SIGNATURE.fullmatch(text):
            continue
        after = page.filled[index + 1 : index + 2]
        dated = bool(after) and bool(
            _DATE_LINE.fullmatch(page.lines[after[0]].text)
            or _PRINTED.fullmatch(page.lines[after[0]].text)
        )
        if dated:
            page.mark(after[0], "furniture")
        if dated or (at > page.body_end and at >= last_kept):
            page.mark(at, "furniture")
