"""The grounder: every field is a span of the source, or is refused."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any

import pytest

from extractor.core.records import Commitment, Cut, Document, Draft, Item, Mention
from extractor.core.spans import OffsetMap, Span
from extractor.documents.items import split_items
from extractor.documents.loading import load_document
from extractor.extraction.grounding import ground, to_source
from extractor.extraction.strategy import drafts_by_rules, read_item
from tests.conftest import DOCUMENTS
from tests.store_samples import make_document, make_items

AD = "<ad>点我</ad>"
PLAN = "1.各区新增学位15万个，会同市财政局在年底前建成学校。"


def planted(
    source: str = PLAN, cut: str = "", reason: Any = "advertising"
) -> tuple[Document, Item]:
    """Return a plan of one item; what matches `cut` is not in its clean text."""
    found = [
        Cut(span=Span(*match.span()), reason=reason, text=match.group())
        for match in re.finditer(cut, source)
        if cut
    ]
    kept, at = [], 0
    for gap in found:
        kept.append(Span(at, gap.span.start))
        at = gap.span.end
    kept.append(Span(at, len(source)))
    clean = "".join(span.slice(source) for span in kept)
    document = make_document(source, cuts=tuple(found))
    item = Item(
        id="item",
        document_id=document.id,
        position=0,
        label="1.",
        heading_path=(),
        title=None,
        span=Span(0, len(source)),
        text=source,
        clean=clean,
        prose_start=2,
        offsets=OffsetMap.from_kept(kept),
    )
    return document, item


def grounded(document: Document, item: Item, **fields: Any) -> Commitment:
    """Ground a draft over the whole item."""
    clause = fields.pop("clause", Span(2, len(item.clean)))
    draft = Draft(clause=clause, method="model", **fields)
    return ground(draft, item, document, run_id="run", position=0)


def words(text: str) -> Mention:
    """Return words without a place, as a model gives them."""
    return Mention(text=text)


def test_every_field_becomes_a_quote_of_the_source() -> None:
    """What a model copied stands in the record with its place."""
    document, item = planted()

    record = grounded(
        document,
        item,
        actor=words("各区"),
        actor_source="stated",
        action=words("新增"),
        object=words("学位"),
        target=words("15万个"),
        deadline=words("年底前"),
        partners=(words("市财政局"),),
    )

    assert (record.status, record.ungrounded) == ("grounded", ())
    quotes = [record.actor, record.action, record.object, record.target]
    quotes += [record.deadline, *record.partners, record.clause]
    for quote in quotes:
        assert quote is not None
        assert quote.span.slice(document.source) == quote.text
    assert (record.kind, record.actor_source) == ("hard", "stated")


@pytest.mark.parametrize(
    ("field", "claimed"),
    [
        pytest.param("target", "16万个", id="altered-digit"),
        pytest.param("target", "5万个", id="first-digit-lost"),
        pytest.param("target", "15个", id="magnitude-lost"),
        pytest.param("object", "学校位", id="invented-noun"),
        pytest.param("actor", "", id="empty"),
        pytest.param("deadline", "2022年底前", id="invented-year"),
    ],
)
def test_words_that_are_not_there_are_refused_and_kept(
    field: str, claimed: str
) -> None:
    """A refused field is no value, and the reader sees what was claimed."""
    document, item = planted()

    record = grounded(document, item, action=words("新增"), **{field: words(claimed)})

    assert getattr(record, field) is None
    assert (record.status, record.ungrounded) == ("ungrounded", ((field, claimed),))
    assert record.action is not None


def test_refused_partner_does_not_take_the_others_along() -> None:
    """Partners are grounded one by one."""
    document, item = planted()

    record = grounded(document, item, partners=(words("市商务局"), words("市财政局")))

    assert [quote.text for quote in record.partners] == ["市财政局"]
    assert record.ungrounded == (("partners", "市商务局"),)


def test_refused_actor_leaves_the_issuer() -> None:
    """Without a grounded actor the issuing body answers."""
    document, item = planted()

    record = grounded(document, item, actor=words("省政府"), actor_source="stated")

    assert (record.actor, record.actor_source) == (None, "issuer")


def test_mention_in_the_clause_wins_over_an_earlier_one() -> None:
    """Of two places the one in the record's own clause is taken."""
    document, item = planted("1.建成学校3所。再建成学校5所。")
    clause = Span(item.clean.index("再"), len(item.clean))

    record = grounded(document, item, clause=clause, action=words("建成"))

    assert record.action is not None
    assert record.action.span.start == document.source.rindex("建成")


def test_span_that_does_not_hold_its_words_is_refused() -> None:
    """A strategy that points beside its words is not believed."""
    document, item = planted()

    record = grounded(document, item, target=Mention(text="15万个", span=Span(3, 7)))

    assert record.ungrounded == (("target", "15万个"),)


def test_advertising_inside_a_quote_is_skipped() -> None:
    """The longest piece beside injected words is quoted, never the words themselves."""
    document, item = planted(f"1.建成老年{AD}助餐服务中心。", AD)

    record = grounded(document, item, object=words("老年助餐服务中心"))

    assert record.object is not None
    assert record.object.text == "助餐服务中心"
    assert record.clause.text == document.source[2:]


@pytest.mark.parametrize(
    ("source", "target"),
    [
        pytest.param(f"1.新增学位1{AD}5万个。", "15万个", id="between-digits"),
        pytest.param(
            f"1.新增学位15{AD}万个以上。", "15万个以上", id="before-magnitude"
        ),
        pytest.param(f"1.新增学校二{AD}十所。", "二十所", id="chinese-numeral"),
        pytest.param(f"1.新增学校三十{AD}所左右。", "三十所左右", id="before-unit"),
    ],
)
def test_number_that_advertising_cuts_through_is_refused(
    source: str, target: str
) -> None:
    """5万 is not 15万: a piece of a number is never quoted in its place."""
    document, item = planted(source, AD)

    record = grounded(document, item, target=words(target))

    assert record.target is None
    assert record.ungrounded == (("target", target),)


def test_romanisation_belongs_to_the_words_it_damages() -> None:
    """发(fā)展 is quoted as printed, also behind the last character."""
    source = "1.推进發(fā)展、改革(gé)。"
    document, item = planted(source, r"\([a-zāé]+\)", "romanisation")

    record = grounded(document, item, object=words("發展、改革"))

    assert record.object is not None
    assert record.object.text == "發(fā)展、改革(gé)"


def test_clause_outside_its_item_is_a_bug() -> None:
    """An empty clause has no place, so no record can be made of it."""
    document, item = planted()

    with pytest.raises(ValueError, match="outside item"):
        grounded(document, item, clause=Span(3, 3))


def test_empty_span_has_no_quote() -> None:
    """Nothing is no quote."""
    document, item = planted()

    assert to_source(Span(4, 4), item, document) is None


def test_planted_quotes_are_found_where_they_were_planted() -> None:
    """Any stretch of any item comes back as the very span it was taken from."""
    document = make_document()
    random_number = random.Random(2)
    for item in make_items(document):
        for _ in range(60):
            start = random_number.randrange(2, len(item.clean) - 1)
            end = random_number.randrange(start + 1, len(item.clean) + 1)
            mention = Mention(text=item.clean[start:end], span=Span(start, end))

            quote = grounded(document, item, object=mention).object

            assert quote is not None
            assert quote.span == Span(start + item.span.start, end + item.span.start)
            assert quote.text == mention.text


@pytest.mark.parametrize("path", sorted(DOCUMENTS.glob("*.txt")), ids=lambda p: p.stem)
def test_rules_are_grounded_in_every_layout_and_damage(path: Path) -> None:
    """Law 1 before anything is stored: each quote is the source at its span."""
    document = load_document(path)
    n_quotes = 0
    for item in split_items(document):
        for position, draft in enumerate(
            drafts_by_rules(read_item(item, document.plan_year))
        ):
            record = ground(draft, item, document, run_id="run", position=position)
            quotes = [record.clause, record.actor, record.action, record.object]
            quotes += [record.target, record.deadline, *record.partners]
            for quote in filter(None, quotes):
                n_quotes += 1
                assert quote.span.slice(document.source) == quote.text
                assert item.span.contains(quote.span)

    assert n_quotes > 50
