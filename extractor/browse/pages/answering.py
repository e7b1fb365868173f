"""Answering: who may see which database, what is read from it, and how it is shown."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, TypeVar

from datasette.utils import tilde_decode  # type: ignore[import-untyped]  # no types
from datasette.utils.asgi import (  # type: ignore[import-untyped]  # no types
    AsgiStream,
    NotFound,
    Response,
)
from markupsafe import Markup

from extractor.browse import wording
from extractor.browse.addresses import address
from extractor.browse.doubts import chance
from extractor.browse.ours import is_ours
from extractor.browse.wording import Words

T = TypeVar("T")

HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; "
    "style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
}
"""Of every page of ours: what a document says can load and run nothing, anywhere."""


_HTML = "text/html; charset=utf-8"
_PARTS = Markup("<!-- parts -->")
"""Where they stand; text of a document is escaped and has no such thing."""
_BROKEN_OFF = Markup(
    '<p class="failure"><span lang="zh">出错了，本页到此为止。</span> '
    '<span lang="en">Something went wrong: the rest of the page is missing.</span></p>'
)

_log = logging.getLogger(__name__)


class NotHere(NotFound):  # type: ignore[misc]  # no types
    """There is nothing at this address."""

    def __init__(self, words: Words) -> None:
        super().__init__(str(words))
        self.words = words


@dataclass(frozen=True)
class Answer:
    """What a template is given."""

    page: Any
    """The view record that the template shows."""
    links: Any = None
    """What gives the template its links to rows."""
    parts: Markup | None = None
    """What was rendered before, by `Site.part`."""


@dataclass(frozen=True)
class Site:
    """A database of this product, opened for one request."""

    datasette: Any
    request: Any
    database: str

    @classmethod
    async def of(cls, datasette: Any, request: Any, tables: Sequence[str]) -> Site:
        """Open the database that the address names.

        Args:
            datasette: the application.
            request: with `database` among its url_vars.
            tables: what the page reads, which the reader must be allowed to see.

        Raises:
            NotHere: there is no such database, or it is another program's.
        """
        route = tilde_decode(request.url_vars["database"])
        names = [name for name, db in datasette.databases.items() if db.route == route]
        if not names or not await is_ours(datasette, names[0]):
            raise NotHere(Words(f"没有数据库 {route}", f"there is no database {route}"))
        return await cls.named(datasette, request, names[0], tables)

    @classmethod
    async def named(
        cls, datasette: Any, request: Any, name: str, tables: Sequence[str]
    ) -> Site:
        """Open a database of this product, as `of` does."""
        for table in tables:
            await datasette.ensure_permissions(
                request.actor,
                [
                    ("view-table", (name, table)),
                    ("view-database", name),
                    "view-instance",
                ],
            )
        return cls(datasette, request, name)

    async def read(self, view: Callable[[sqlite3.Connection], T]) -> T:
        """Return what a function reads from the database."""
        read: T = await self.datasette.get_database(self.database).execute_fn(view)
        return read

    def asked_number(self, name: str) -> int:
        """Return a number of the address from 1, 1 where it is none."""
        asked = self.request.args.get(name) or "1"
        is_number = asked.isascii() and asked.isdigit() and len(asked) < 7
        return max(int(asked), 1) if is_number else 1

    async def render(self, template: str, answer: Answer) -> Any:
        """Return the page as a response."""
        html = await self.datasette.render_template(
            template, self._given(answer), request=self.request, view_name="extract"
        )
        return Response.html(html, headers=HEADERS)

    async def stream(
        self, template: str, page: Any, parts: AsyncIterator[Markup]
    ) -> Any:
        """Return the page as a response that is sent while its parts are made."""
        html = await self.datasette.render_template(
            template,
            self._given(Answer(page, parts=_PARTS)),
            request=self.request,
            view_name="extract",
        )
        before, _, behind = html.partition(_PARTS)

        async def send(writer: Any) -> None:
            await writer.write(before)
            try:
                async for part in parts:
                    await writer.write(part)
            except Exception:  # noqa: BLE001  # the answer has begun: the page must say it
                _log.exception("%s broke off", self.request.path)
                await writer.write(_BROKEN_OFF)
            await writer.write(behind)

        return AsgiStream(send, headers=HEADERS, content_type=_HTML)

    def part(self, template: str, page: Any) -> Markup:
        """Return a part of a page, rendered without waiting.

        Datasette's templates may wait at every step, which for the thousands of records
        of a long plan takes longer than all the rest.
        """
        env = _waitless(self.datasette.jinja_env)
        html = env.get_template(template).render(self._given(Answer(page)))
        return Markup(html)  # noqa: S704  # the template escapes what it is given

    def _given(self, answer: Answer) -> dict[str, Any]:
        """Return what every template is given."""
        return {
            "database": self.database,
            "page": answer.page,
            "links": answer.links,
            "parts": answer.parts,
            "w": wording,
            "chance": chance,
            "address": partial(address, self.datasette),
        }


_LONGEST = (
    "base", "extract-site", "extract-base", "extract-macros", "extract-document",
)  # fmt: skip
_LONGEST_PARTS = ("extract-blocks", "extract-side", "extract-review", "extract-macros")


async def compile_templates(datasette: Any) -> None:
    """Compile the templates of the longest page, before anybody waits for it."""
    await datasette.invoke_startup()
    waiting = datasette.jinja_env
    for env, names in ((waiting, _LONGEST), (_waitless(waiting), _LONGEST_PARTS)):
        for name in names:
            env.get_template(f"{name}.html")


@lru_cache(maxsize=2)
def _waitless(env: Any) -> Any:
    """Return the environment of templates that never wait, and are compiled once."""
    return env.overlay(enable_async=False, auto_reload=False)
