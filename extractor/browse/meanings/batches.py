"""Data dictionary of batches; part of `dictionary`."""

from __future__ import annotations

from extractor.browse.meanings.relations import Relation

BATCH_TABLES = {
    "batches": Relation(
        "Batches",
        "One row a file of requests that is answered as a batch (extract batch).",
        {
            "id": "Digest of run and moment; the endpoint keeps it as metadata",
            "run_id": "Run whose requests it has",
            "command": "Files and flags that it was sent for (JSON)",
            "requests": "How many requests",
            "bytes": "Size of their file",
            "most_usd": "US dollars that its dearest answers would cost; empty where "
            "no price is known",
            "created_at": "When it was begun (UTC)",
            "planned_at": "When all its requests were stored (UTC)",
            "uploading_at": "When its file was last about to be sent (UTC)",
            "input_file_id": "The file at the endpoint",
            "creating_at": "When the batch was about to be made (UTC)",
            "remote_id": "The batch at the endpoint; empty as long as it is not sent",
            "status": "The endpoint's word for how it stands, or given up",
            "completed": "Requests that the endpoint has answered",
            "failed": "Requests that it could not answer",
            "output_file_id": "The file of answers at the endpoint",
            "error_file_id": "The file of errors at the endpoint",
            "error": "Why the endpoint refused it as a whole",
            "checked_at": "When the endpoint was last asked about it (UTC)",
            "collected_at": "When all its answers were in llm_calls (UTC)",
            "read_at": "When the items were read with them (UTC)",
        },
    ),
    "batch_requests": Relation(
        "Requests of batches",
        "One row a request of a batch.",
        {
            "batch_id": "Batch it was sent in",
            "request_key": "Digest of all that decides the answer; its custom_id",
            "item_id": "Item it was made for",
            "purpose": "What it asks for",
            "turn": "1, or 2 where it asks again because an answer did not fit",
            "body": "The request as sent (JSON); empty once the batch is collected: "
            "llm_calls has it then",
            "call_id": "Its line in the answers; empty as long as none came",
            "is_read": "1: its item was read to the end since it was sent",
        },
    ),
}
