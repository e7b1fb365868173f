"""Refusals: why nothing is written, said in a way that helps; nothing is kept."""

from __future__ import annotations

from typing import Any

from datasette.utils.asgi import (  # type: ignore[import-untyped]  # no types
    Base400,
    Response,
)
from markupsafe import Markup

from extractor.browse.wording import Words


class Refused(Base400):  # type: ignore[misc]  # no types
    """What was asked is not done."""

    def __init__(
        self, status: int, words: Words, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(str(words))
        self.status = status
        self.words = words
        self.headers = headers or {}


OFF = Words(
    "没有打开写入：用 extract serve DB --write 启动",
    "writing is off: start with extract serve DB --write",
)
NOT_ENTERED = Words(
    "需要令牌：打开启动时打印的地址",
    "the token is missing or wrong: open the address that was printed at the start",
)
NO_TOKEN = Words(
    "需要令牌：Authorization: Bearer 后写启动时打印的令牌",
    "the token is missing or wrong: send the one that was printed at the start as "
    "Authorization: Bearer",
)
ELSEWHERE = Words(
    "请求来自别的网站，未写入",
    "the request comes from another site; nothing was written",
)
TOO_MANY = Words("请求过多，请稍后再试", "too many requests at once; try again later")
NOT_READ = Words("看不懂这个请求", "the request cannot be read")
NOT_SENT = Words("请用 POST 发送", "send this with POST")
NOT_WRITABLE = Words("这个数据库不可写", "this database cannot be written to")
NOT_OUR_FORM = Words(
    "表单已过期，请重新打开页面", "the form is out of date: open its page again"
)
NOT_HERE = Words("您不可查看", "this is not for you to see")
NO_NAME = Words("请先写下您的名字", "say first who you are")


def too_large(max_bytes: int) -> Words:
    """Say how large a request may be."""
    return Words(
        f"请求过大，最多 {max_bytes:,} 字节，未写入",
        f"the request has more than {max_bytes:,} bytes; nothing was written",
    )


def plain_answer(refused: Refused, *, as_json: bool) -> Any:
    """Return a refusal as a response that needs no template."""
    if as_json:
        return json_answer(refused)
    html = Markup(
        '<!doctype html><html lang="zh"><meta charset="utf-8"><title>{0}</title>'
        '<p>{0}</p><p lang="en">{1}</p><p><a href="/">回到首页 Back</a></p></html>'
    ).format(refused.words.zh, refused.words.en)
    return Response.html(html, status=refused.status, headers=refused.headers)


def json_answer(refused: Refused) -> Any:
    """Return a refusal as JSON."""
    words = refused.words
    said = {"ok": False, "status": refused.status, "zh": words.zh, "error": words.en}
    return Response.json(said, status=refused.status, headers=refused.headers)


def wants_json(request: Any) -> bool:
    """Say whether a request is a program's."""
    headers = request.headers
    kinds = (headers.get("accept", ""), headers.get("content-type", ""))
    return any("application/json" in kind for kind in kinds)
