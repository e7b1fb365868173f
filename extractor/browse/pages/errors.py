"""Error page: what went wrong in a plain sentence, without the program's insides."""

from __future__ import annotations

import logging
from typing import Any

from datasette.utils.asgi import (  # type: ignore[import-untyped]  # no types
    Base400,
    Response,
)
from datasette.views.base import DatasetteError  # type: ignore[import-untyped]  # same
from markupsafe import Markup

from extractor.browse.wording import Words

_log = logging.getLogger(__name__)

TITLES = {
    400: Words("请求有误", "This cannot be asked"),
    403: Words("不可查看", "Not for you to see"),
    404: Words("没有这一页", "There is no such page"),
    405: Words("不可这样请求", "This cannot be asked so"),
    413: Words("太大", "This is too large"),
    415: Words("不能读取", "This kind is not read"),
    429: Words("请求过多", "Too many requests"),
    503: Words("没有写入", "Nothing was written"),
}
_FAILED = Words("出错了", "Something went wrong")


async def answer_error(datasette: Any, request: Any, exception: Exception) -> Any:
    """Answer with a page, or with JSON where that was asked for.

    What the reader cannot have caused is logged, with the calls that led to it and
    without their values, which may be of documents.
    """
    status, details, message = 500, {}, str(exception)
    if isinstance(exception, Base400):
        status = exception.status
    elif isinstance(exception, DatasetteError):
        status, details = exception.status, exception.error_dict
        message = str(exception.message)
        if exception.message_is_html:
            message = Markup(message)  # noqa: S704  # Datasette's own, with a form
    else:
        _log.error("%s failed", request.path, exc_info=exception)
    title = TITLES.get(status, _FAILED)
    if request.path.partition("?")[0].endswith(".json"):
        return Response.json(
            details
            | {"ok": False, "error": message, "status": status, "title": title.en},
            status=status,
        )
    if message == str(status):
        message = request.path
    html = await datasette.render_template(
        "extract-error.html",
        {
            "status": status,
            "title": title,
            "message": message,
            "database": None,
            "extract": True,
        },
        request=request,
    )
    return Response.html(html, status=status)
