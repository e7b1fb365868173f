"""Places that were read: readings in, one row of both readers' words of a place out.

Whether rules and model agree is worked out once, when they are stored, and not for a
million places at every look.
"""

from __future__ import annotations

import sqlite3

# A place has one reading a reader, so `max` only picks it. Who acts is no part of
# agreeing, nor are the words of what both take for no promise.
_COMPARE = """
insert into read_places (run_id, document_id, item_id, kind, "start", "end",
  rules_says, model_says, likelihood, taken, agree, source_path, is_shown)
select run_id, document_id, item_id, kind, "start", "end",
  case by_rules when 1 then 'promise' when 0 then 'no promise' end,
  case by_model when 1 then 'promise' when 0 then 'no promise' end,
  likelihood,
  case
    when rules_taken and model_taken then 'both'
    when rules_taken then 'rules'
    when model_taken then 'model'
  end,
  case
    when by_rules is null or by_model is null then null
    when not by_rules and not by_model then 1
    else by_rules = by_model and rules_action is model_action
      and rules_object is model_object
  end,
  :source_path, :is_shown
from (
  select run_id, document_id, item_id, kind, "start", "end",
    max(is_promise) filter (where reader = 'rules') as by_rules,
    max(is_taken) filter (where reader = 'rules') as rules_taken,
    max(action) filter (where reader = 'rules') as rules_action,
    max(object) filter (where reader = 'rules') as rules_object,
    max(is_promise) filter (where reader = 'model') as by_model,
    max(is_taken) filter (where reader = 'model') as model_taken,
    max(action) filter (where reader = 'model') as model_action,
    max(object) filter (where reader = 'model') as model_object,
    max(likelihood) filter (where reader = 'model') as likelihood
  from readings
  {where}
  group by run_id, item_id, kind, "start", "end"
)
"""
_OF_ITEM = _COMPARE.format(where="where run_id = :run_id and item_id = :item_id")
_OF_DOCUMENT = _COMPARE.format(
    where="where run_id = :run_id and document_id = :document_id"
)
_OF_ALL = _COMPARE.format(where="")


def compare_readings(
    db: sqlite3.Connection,
    run_id: str,
    item_id: str,
    shown: dict[str, str | int | None],
) -> None:
    """Store what a run's readings of an item say side by side.

    Args:
        db: the connection of the store's transaction.
        run_id: the run.
        item_id: the item.
        shown: its `source_path`, and whether it `is_shown`.
    """
    db.execute(_OF_ITEM, {"run_id": run_id, "item_id": item_id, **shown})


def compare_document(
    db: sqlite3.Connection,
    run_id: str,
    document_id: str,
    shown: dict[str, str | int | None],
) -> None:
    """Store what a run's readings of a whole document say side by side."""
    db.execute(_OF_DOCUMENT, {"run_id": run_id, "document_id": document_id, **shown})


def compare_stored(db: sqlite3.Connection) -> None:
    """Do for all stored readings what the store does while it writes them."""
    db.execute(_OF_ALL, {"source_path": None, "is_shown": 0})
