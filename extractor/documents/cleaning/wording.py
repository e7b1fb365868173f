"""What a line is by its own words: navigation, furniture of a page, or running text."""

from __future__ import annotations

import re

from extractor.core.records import CutReason
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
MAX_SIGNATURE = 40
ORGANISATION = endings(*ISSUERS)

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
_ONLY_MARKS = re.compile(r"[^\w\u4e00-\u9fff]+")
_DOTTED = re.compile(r".{2,60}?[.．·…]{4,}\s*\d{1,4}|.{2,60}?…+\s*\d{1,4}")
_CONTENTS = re.compile(r"[【\[]?目\s*录[】\]]?|CONTENTS")
_LINKS = re.compile(rf"{_MARKS}(?:{LINK_LISTS})\s*[】\])）]?\s*[:：]?.{{0,60}}")
_ANYWHERE = (_PAGE, _STAMP, _PRINTED, _BYLINE, _ONLY_MARKS)
SENTENCE_END = re.compile("[。；！？]")
_ANY_RULE = re.compile(
    "|".join(
        f"(?:{rule.pattern})"
        for rule in (_NAVIGATION, _WORDS, _META, _PAGE, _STAMP, _BYLINE, _ONLY_MARKS)
    ),
    re.IGNORECASE,
)
_ROW_MARK = re.compile("[>»›→|｜]")


def reason_to_cut(words: str, *, inside: bool) -> CutReason | None:
    """Say why a line is no text by its own words, None where it is.

    Args:
        words: the line.
        inside: whether it stands between lines of running text.
    """
    if _is_navigation(words) or _WORDS.fullmatch(words) or _DOTTED.fullmatch(words):
        return "navigation"
    if any(rule.fullmatch(words) for rule in _ANYWHERE):
        return "furniture"
    if _META.fullmatch(words) and not (inside and len(words) > 60):
        return "furniture"
    return None


def may_be_cut(words: str) -> bool:
    """Say whether a rule can fit, so that most lines are tried once and not by each."""
    return bool(
        _ANY_RULE.fullmatch(words)
        or words[-1].isdecimal()  # dotted
        or _ROW_MARK.search(words)
        or "印发" in words
        or "此件" in words
    )


def _is_navigation(words: str) -> bool:
    if _NAVIGATION.fullmatch(words):
        return True
    return bool(_ROW.fullmatch(words)) and not _AMOUNT.search(words)


def is_body(words: str) -> bool:
    """Say whether a line is running text or a numbered point."""
    if len(words) >= 40 and SENTENCE_END.search(words):
        return not _META.fullmatch(words) and not claims_rights(words)
    label = find_label(words)
    return (
        label is not None
        and not label.is_weak
        and len(words) - label.length >= 4
        and not _is_navigation(words)
        and not _DOTTED.fullmatch(words)
        and not (label.value == 0 and len(words) < 20)
    )


def claims_rights(words: str) -> bool:
    """Say whether a line tells whose the page is, and how to look at it."""
    return _RIGHTS.search(words) is not None


def is_date(words: str) -> bool:
    """Say whether a line is a date and nothing else."""
    return _DATE_LINE.fullmatch(words) is not None


def is_imprint(words: str) -> bool:
    """Say whether a line says when and by whom a document was printed."""
    return _PRINTED.fullmatch(words) is not None


def is_address(words: str) -> bool:
    """Say whether a line is of those behind a text: 地址：…, 抄送：…."""
    return _TAIL_META.fullmatch(words) is not None


def is_signature(words: str) -> bool:
    """Say whether a line is the name of a body and nothing else."""
    return len(words) <= MAX_SIGNATURE and _SIGNATURE.fullmatch(words) is not None


def is_page_number(words: str) -> bool:
    """Say whether a line can count pages."""
    return is_bare_number(words) or _PAGE.fullmatch(words) is not None


def is_bare_number(words: str) -> bool:
    """Say whether a line is a number of up to three digits."""
    return len(words) <= 3 and words.isdecimal()


def is_only_marks(words: str) -> bool:
    """Say whether a line has no letter and no digit."""
    return _ONLY_MARKS.fullmatch(words) is not None


def opens_contents(words: str) -> bool:
    """Say whether a line is the title of a table of contents."""
    return _CONTENTS.fullmatch(words) is not None


def opens_links(words: str) -> bool:
    """Say whether titles of other pages follow a line: 相关阅读."""
    return _LINKS.fullmatch(words) is not None
