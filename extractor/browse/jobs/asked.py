"""Asked: the fields of a request in, the plan that is to be read and how out."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from pydantic import ValidationError

from extractor.browse.jobs.limits import MAX_FILE, MAX_TEXT
from extractor.browse.jobs.schemas import FileRequest, Request, TextRequest
from extractor.browse.wording import Words
from extractor.browse.writing.bodies import Upload
from extractor.browse.writing.refusals import NOT_READ, Refused, too_large
from extractor.core.errors import DocumentError
from extractor.core.records import Format, content_id
from extractor.core.text import one_line
from extractor.documents.formats.readers import SUFFIXES, tell_format

MAX_NAME = 120
"""Characters of a file's name that are shown."""

NOTHING = Words("请粘贴文本或选择文件", "paste a text or choose a file")
BOTH = Words("文本与文件只能选一", "send a text or a file, not both")

_SUFFIXES: dict[Format, str] = {
    form: suffix for suffix, form in reversed(SUFFIXES.items())
}
"""What the name of a file ends in that says nothing itself."""


@dataclass(frozen=True)
class Asked:
    """A plan, and how it is to be read."""

    id: str
    """Of the job: the same plan read in the same way is the same job."""
    content: bytes = field(repr=False)
    sha256: str
    name: str
    """What the sender calls the file, to be shown; empty for a text."""
    suffix: str
    """One of those that are read, whatever the sender's name ends in."""
    model: str
    title: str | None
    issuer: str | None
    plan_year: int | None

    @property
    def shown(self) -> str:
        """What the plan is called before its title is known."""
        return self.title or self.name or self.sha256[:16]


def asked(said: dict[str, Any], models: Sequence[str]) -> Asked:
    """Return what is asked.

    Args:
        said: the fields of a form or of a JSON object; empty ones say nothing.
        models: those that may be chosen.

    Raises:
        Refused: it cannot be done, or is too large.
    """
    fields = {name: value for name, value in said.items() if not _is_empty(value)}
    fields.pop("csrftoken", None)
    file = fields.get("file")
    if file is None:
        request: Request = _fit(TextRequest, fields)
        name, content = "", _bytes(getattr(request, "text", ""))
    elif "text" in fields:
        raise Refused(400, BOTH)
    elif not isinstance(file, Upload):
        raise Refused(400, NOT_READ)
    else:
        request = _fit(FileRequest, fields | {"file": file.content})
        name, content = _shown(file.name), file.content
    if len(content) > (MAX_FILE if name else MAX_TEXT):
        raise Refused(413, too_large(MAX_FILE if name else MAX_TEXT))
    return _asked(request, name, content, models)


def _is_empty(value: Any) -> bool:
    """Say whether a field of a form was left as it is."""
    return value in ("", None) or value == Upload("", b"")


def _fit(form: type[Request], fields: dict[str, Any]) -> Request:
    """Return the fields as a request.

    Raises:
        Refused: with the first thing that is wrong, its value not among it.
    """
    if not fields.keys() & {"text", "file"}:
        raise Refused(400, NOTHING)
    try:
        return form.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        where = one_line(".".join(map(str, first["loc"])))[:MAX_NAME]
        said = Words("请求有误", f"{where}: {first['msg']}")
        raise Refused(400, said) from error


def _bytes(text: str) -> bytes:
    # A form's text has the ends of lines of its browser.
    try:
        return text.replace("\r\n", "\n").encode()
    except UnicodeEncodeError as error:
        raise Refused(400, NOT_READ) from error


def _shown(name: str) -> str:
    """Return the last part of a name, on one line; never empty."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return one_line(last)[:MAX_NAME].strip() or "?"


def _asked(request: Request, name: str, content: bytes, models: Sequence[str]) -> Asked:
    model = request.model or models[0]
    if model not in models:
        words = "、".join(models), ", ".join(models)
        raise Refused(
            400,
            Words(
                f"可选模型：{words[0]}；其他须以 extract serve --model 允许",
                f"model is one of {words[1]}; extract serve --model allows others",
            ),
        )
    suffix = PurePosixPath(name).suffix.lower()
    try:
        form = tell_format(content, name or "<text>", suffix)
    except DocumentError as error:
        raise Refused(415, Words("不能读取这种文件", str(error))) from error
    suffix = suffix if suffix in SUFFIXES else _SUFFIXES[form]
    digest = hashlib.sha256(content).hexdigest()
    told = (request.title, request.issuer, request.plan_year)
    return Asked(
        content_id(digest, suffix, name, model, *told),
        content,
        digest,
        name,
        suffix,
        model,
        *told,
    )
