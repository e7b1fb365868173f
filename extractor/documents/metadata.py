"""Title, issuing body and plan year: from a sidecar file or from the text's head."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import yaml

from extractor.core.errors import DocumentError
from extractor.core.lines import Line, split_lines
from extractor.core.spans import OffsetMap, Span
from extractor.documents.plan_years import GENRE, find_plan_year
from extractor.language.bodies import ISSUERS, endings
from extractor.language.labels import find_label

HEAD = 3000
"""Characters of the cleaned text that may name the document."""
MAX_TITLE = 70
SIDECAR_SUFFIX = ".yaml"
FIRST_PLAN_YEAR, LAST_PLAN_YEAR = 1949, 2100
"""Years that a reader may name; every date without a year depends on it."""

_SUFFIX = endings(*ISSUERS)
_ORGANISATIONS = re.compile(
    f"(?:中共)?[\u4e00-\u9fff·]{{2,30}}(?:{_SUFFIX})"
    f"(?:[\\s、，,]+(?:中共)?[\u4e00-\u9fff·]{{2,30}}(?:{_SUFFIX}))*"
)
_GENRE = re.compile(GENRE)
_ANY_YEAR = re.compile(
    "(?:(?:19|20)[0-9]{2}|[一二][九〇○零][〇○零一二三四五六七八九]{2})"
)
_ISSUES = re.compile(
    "(?:近日|日前|今天|昨日|[0-9]{1,2}月[0-9]{1,2}日|记者从)?[，,、\\s]*"
    f"([\u4e00-\u9fff]{{2,24}}?(?:{_SUFFIX}))"
    "(?:日前|近日|正式|对外|今日|昨日|官网|网站|于[0-9年月日]+)*"
    "(?:印发|发布|公布|出台|下发|公开|制定|对外公布|召开|获悉)"
)
_ORIGIN = re.compile(
    f"(?:来源|发布机构|发文机关|发布单位|供稿|主办单位|信息来源)\\s*[:：]\\s*"
    f"([^\\s　|，。]{{2,24}}(?:{_SUFFIX}))"
)
_PLACE = re.compile(
    "^([\u4e00-\u9fff]{2,10}?(?:省|自治区|自治州|市|州|盟|县|区|镇|乡|街道))"
)
_OF_GOVERNMENT = re.compile("政府工作报告|民生|实事")
_GOVERNMENT = re.compile(
    "(?:代表|^)\\s*([\u4e00-\u9fff]{1,10}?(?:省|自治区|市|州|盟|县|区|镇|乡)人民政府)"
    "(?=[，,]|\\s*[省市州县区镇乡]长)",
    re.MULTILINE,
)
_WRAPPED = re.compile("^[^《]*?[印转]发.{0,4}[《“](.+?)[》”]")


class Metadata(NamedTuple):
    """What names a document; None where nothing is known."""

    title: str | None = None
    issuer: str | None = None
    plan_year: int | None = None
    encoding: str | None = None

    def or_else(self, other: Metadata) -> Metadata:
        """Fill what is unknown from `other`."""
        known = {
            key: value for key, value in self._asdict().items() if value is not None
        }
        return other._replace(**known)


def read_sidecar(path: Path) -> Metadata:
    """Read `plan.txt.yaml` or `plan.yaml` beside `plan.txt`, if there is one.

    Raises:
        DocumentError: it is no YAML mapping, or holds a wrong key or type.
    """
    for candidate in (
        path.with_name(path.name + SIDECAR_SUFFIX),
        path.with_suffix(SIDECAR_SUFFIX),
    ):
        if candidate != path and _is_file(candidate):
            return _parse_sidecar(candidate)
    return Metadata()


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False  # plan.txt.yaml may be too long a name where plan.txt is none


def _parse_sidecar(path: Path) -> Metadata:
    name = str(path)
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        # 2024-13-45 is no date, and a number of 5000 digits none that Python reads.
        problem = str(error).splitlines()[0]
        raise DocumentError(f"{name!r} is not readable as YAML: {problem}") from error
    if content is None:
        return Metadata()
    if not isinstance(content, dict):
        raise DocumentError(
            f"{name!r} must be a mapping with the keys {', '.join(Metadata._fields)}"
        )
    for key, value in content.items():
        if key not in Metadata._fields:
            raise DocumentError(
                f"{name!r}: unknown key {key!r}; "
                f"known are {', '.join(Metadata._fields)}"
            )
        if value is not None:
            _check_value(name, key, value)
    return Metadata(**content)


def _check_value(name: str, key: str, value: object) -> None:
    if key != "plan_year":
        if not isinstance(value, str):
            raise DocumentError(f"{name!r}: {key} must be text, not {value!r}")
    # True is an int too, and a year in quotes is text.
    elif type(value) is not int or not FIRST_PLAN_YEAR <= value <= LAST_PLAN_YEAR:
        raise DocumentError(
            f"{name!r}: plan_year must be a year from {FIRST_PLAN_YEAR} to "
            f"{LAST_PLAN_YEAR}, without quotes, not {value!r}"
        )


def find_metadata(source: str, clean: str, offsets: OffsetMap) -> Metadata:
    """Find title, issuer and plan year in a text; quotes are the source's own."""

    def printed(span: Span | None) -> str | None:
        if span is None:
            return None
        pieces = [piece.slice(source) for piece in offsets.pieces(span)]
        return re.sub(r"\s*[\r\n]\s*", "", "".join(pieces)).strip()

    head = clean[:HEAD]
    title = _find_title(head)
    title_text = title.slice(head) if title else ""
    issuer = printed(_issuer_of_title(head, title))
    if issuer is None and title and _OF_GOVERNMENT.search(title_text):
        # A report or a list of projects names the place only; its genre tells who.
        place = _PLACE.match(title_text)
        if place:
            issuer = f"{printed(Span(title.start, title.start + place.end()))}人民政府"
    if issuer is None:
        issuer = printed(_issuer_of_text(head)) or _find_origin(source)
    return Metadata(printed(title), issuer, find_plan_year(title_text, head))


def _find_title(head: str) -> Span | None:
    """Return the line, or two, of the head that read most like a title."""
    best: tuple[int, Span] | None = None
    lines = split_lines(head)
    for order, line in enumerate(lines[:40]):
        label = find_label(line.text)
        if label and not label.is_weak and order:
            break
        points = _title_points(line) - order // 3
        if points >= 4 and (best is None or points > best[0]):
            before = lines[order - 1] if order else None
            after = lines[order + 1] if order + 1 < len(lines) else None
            best = (points, _with_neighbours(line, before, after))
    return best[1] if best else None


def _title_points(line: Line) -> int:
    text = line.text
    if len(text) > MAX_TITLE or re.search("[。；;]$|[:：]$", text):
        return 0
    points = -2 if text.endswith("通知") else 0
    if _GENRE.search(text):
        points += 4
    if _GENRE.search(text[-16:]):
        points += 2
    if _ANY_YEAR.search(text):
        points += 3
    if re.search("，|。", text):
        points -= 2
    if re.match("索引号|来源|附件|抄送", text):
        points -= 4
    if re.match("关于|（|\\(", text):
        points -= 1
    return points


def _with_neighbours(line: Line, before: Line | None, after: Line | None) -> Span:
    """Join the lines that a centred title was broken into."""
    start, end = line.text_start, line.text_end
    starts_open = re.match(
        f"(?:19|20)[0-9]{{2}}|[二〇]{{2}}|关于|(?:{GENRE})", line.text
    )
    if before and starts_open and _ORGANISATIONS.fullmatch(before.text):
        start = before.text_start
    ends_open = not re.search(
        f"(?:{GENRE}|通知|报告|意见|的函|[）)》])", line.text[-12:]
    )
    if (
        after
        and ends_open
        and len(after.text) <= 30
        and re.search(f"(?:{GENRE}|的通知)[）)]?$", after.text)
    ):
        end = after.text_end
    return Span(start, end)


def _issuer_of_text(head: str) -> Span | None:
    """Return who issued the plan by the report of it, or by a line of its own."""
    for match in _ISSUES.finditer(head):
        start = match.start(1) + _lead_in(match[1])
        if match.end(1) - start >= 3:
            return Span(start, match.end(1))
    government = _GOVERNMENT.search(head)
    if government:
        return Span(*government.span(1))
    return _first_organisation(head)


def _lead_in(text: str) -> int:
    """Return how many characters in front of a body's name are prose."""
    found = re.match("(?:近日|日前|今日|昨日|记者从|据悉|从|由|经|日)+", text)
    return found.end() if found else 0


def _issuer_of_title(head: str, span: Span | None) -> Span | None:
    """Return the bodies that the title begins with, or wraps another title after."""
    title = span.slice(head) if span else ""
    inner = _WRAPPED.match(title)
    base = inner.start(1) if inner else 0
    name = inner[1] if inner else title
    found = (_ANY_YEAR.search(name), _GENRE.search(name))
    stop = min((match.start() for match in found if match), default=0)
    front = name[:stop].rstrip(" 　关于印发《“")
    outer = title.partition("关于")[0].strip()
    for start, candidate in ((base, front), (title.find(outer), outer)):
        if span and candidate and _ORGANISATIONS.fullmatch(candidate):
            at = span.start + start
            return Span(at, at + len(candidate))
    return None


def _first_organisation(head: str) -> Span | None:
    """Return a line that is nothing but a body's name."""
    for line in split_lines(head):
        name = line.text.removesuffix("文件")
        if _ORGANISATIONS.fullmatch(name) and len(name) <= 40:
            return Span(line.text_start, line.text_start + len(name))
    return None


def _find_origin(source: str) -> str | None:
    """Return the body that the page names as its source, or who signed the text."""
    found = _ORIGIN.search(source)
    if found:
        return found[1]
    for text in reversed(_last_lines(source, 8)):
        signed = re.match(
            f"[（(]?([\u4e00-\u9fff]{{2,24}}(?:{_SUFFIX}))(?:[0-9二]|$)", text
        )
        if signed:
            return signed[1]
    return None


def _last_lines(text: str, count: int) -> list[str]:
    """Return the last lines of a text without reading all of it."""
    size = HEAD
    while True:
        lines = [line.text for line in split_lines(text[-size:])]
        # The first one may have lost its beginning.
        if len(lines) > count or size >= len(text):
            return lines[-count:]
        size *= 4
