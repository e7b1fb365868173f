"""A model endpoint on this machine whose answers a test decides.

It speaks `/v1/chat/completions` over a real socket, so subprocesses can use it too.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_MARK = re.compile(r"【(\d+):([^】]*)】")
_TARGET = re.compile(r"\d+[所个处名项]")


@dataclass(frozen=True)
class Reply:
    """What the endpoint sends back."""

    status: int = 200
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    breaks_off: bool = False
    """Close the connection instead of answering."""


def completion(text: str | None, finish_reason: str = "stop") -> Reply:
    """Return a chat completion with this text."""
    message = {"role": "assistant", "content": text}
    body = {
        "id": "fake",
        "object": "chat.completion",
        "created": 1,
        "model": "fake",
        "choices": [{"index": 0, "finish_reason": finish_reason, "message": message}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 7, "total_tokens": 107},
    }
    return Reply(body=json.dumps(body, ensure_ascii=False))


def tool_call(
    *arguments: str, finish_reason: str = "stop", content: str | None = None
) -> Reply:
    """Return a chat completion that calls the tool, once for each argument text."""
    body = json.loads(completion(content, finish_reason).body)
    body["choices"][0]["message"]["tool_calls"] = [
        {
            "id": f"call-{n}",
            "type": "function",
            "function": {"name": "DraftCommitments", "arguments": text},
        }
        for n, text in enumerate(arguments)
    ]
    return Reply(body=json.dumps(body, ensure_ascii=False))


def refusal(status: int, message: str, **headers: str) -> Reply:
    """Return an error as OpenAI words it."""
    return Reply(status, json.dumps({"error": {"message": message}}), headers)


def sensible(body: dict[str, Any]) -> Reply:
    """Answer any prompt of the product in its form; the same body, the same answer."""
    question = str(body["messages"][-1]["content"])
    if "MarkedAnswer" in json.dumps(body):
        return completion(json.dumps(about_marks(question), ensure_ascii=False))
    if "response_format" in body or "tools" in body:
        target = _TARGET.search(question)
        record = {
            "action": question[4:6],
            "object": question[6:10],
            "target": target.group() if target else None,
        }
        answer = {"commitments": [record]}
        return completion(json.dumps(answer, ensure_ascii=False))
    return completion(about_sentence(question))


def about_sentence(question: str) -> str:
    """Return lines about the marks of a sentence, and one about an action in it."""
    task, _, rest = question.partition("\n")
    sentence = rest.rpartition("\n")[2]
    lines = []
    for mark in _MARK.finditer(sentence):
        before = re.findall("[一-龥]{2}", sentence[: mark.start()].rpartition("】")[2])
        verb, noun = [*before, "无", "无"][:2] if len(before) < 2 else before[-2:]
        lines.append(f"{mark[1]}｜{verb}｜{noun}｜-")
    if "行动" in task:
        words = re.search("([一-龥]{2})([一-龥]{4})", sentence)
        lines.append(f"{words[1]}｜{words[2]}｜-" if words else "无")
    return "\n".join(lines)


def about_marks(question: str) -> dict[str, Any]:
    """Return an answer about each number marked in a question: two words before it."""
    numbers = []
    for mark in _MARK.finditer(question):
        before = re.findall("[一-龥]{2}", question[: mark.start()].rpartition("】")[2])
        numbers.append(
            {
                "n": int(mark[1]),
                "target": True,
                "action": before[-2] if len(before) > 1 else None,
                "object": before[-1] if before else None,
            }
        )
    return {"numbers": numbers, "actions": []}


class FakeEndpoint:
    """A running endpoint; set `answer` and `delay_s` to make it behave."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.answer: Callable[[dict[str, Any]], Reply] = sensible
        self.delay_s = 0.0
        self.asked: list[str] = []
        """The bodies that came, in canonical JSON, in order."""
        self.keys: list[str | None] = []
        """The Authorization headers that came."""

    def handle(self, raw: bytes, authorization: str | None) -> Reply:
        """Note a request and answer it."""
        body = json.loads(raw)
        self.keys.append(authorization)
        self.asked.append(canonical(body))
        time.sleep(self.delay_s)
        return self.answer(body)


def canonical(body: dict[str, Any]) -> str:
    """Return a body in a form in which equal ones are equal."""
    return json.dumps(body, ensure_ascii=False, sort_keys=True)


@contextmanager
def fake_endpoint() -> Iterator[FakeEndpoint]:
    """Run an endpoint on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["content-length"]))
            reply = endpoint.handle(raw, self.headers["authorization"])
            if reply.breaks_off:
                return
            content = reply.body.encode()
            self.send_response(reply.status)
            for name, value in {
                "content-type": "application/json",
                **reply.headers,
            }.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_args: Any) -> None:
            """Say nothing: the test's output is not ours."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_args: Any) -> None:
            """Say nothing of clients that were killed."""

    server = Server(("127.0.0.1", 0), Handler)
    endpoint = FakeEndpoint(f"http://127.0.0.1:{server.server_port}/v1")
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}
    )
    thread.start()
    try:
        yield endpoint
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
