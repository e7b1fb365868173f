"""The stub as a process of its own.

```
python -m tests.stub.server '{"latency_s": 1.0, "faults": {"500": 0.1}}'
```

It prints its port and speaks `POST …/chat/completions`, files and batches on loopback;
`GET /served` gives what it counted, and `POST /behave` changes what it does. It reads
HTTP/1.1 by hand because cut connections and answers of half a body are what it is for.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from contextlib import suppress
from typing import Any, NamedTuple

from tests.fake_endpoint import sensible, tool_call
from tests.stub.batches import Batches
from tests.stub.behaviour import Behaviour, Faults

_PROMPT_TOKENS = 100
_ANSWER_TOKENS = 7


class _Call(NamedTuple):
    method: str
    path: str
    body: bytes


class Stub:
    """Answers calls, and counts what it served."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.batches = Batches()
        self.held = 0
        """Calls that were not answered because they were to be held."""
        self.behave(behaviour)
        self.served: Counter[str] = Counter()
        """Calls by what became of them: `ok`, or the fault."""
        self.tokens: Counter[str] = Counter()
        """Tokens of the answers that were sent whole."""
        self.bodies: Counter[bytes] = Counter()
        """How often each body was answered well."""
        self.most_at_once = 0
        self._now = 0
        self._known: dict[bytes, bytes] = {}

    def behave(self, behaviour: Behaviour) -> None:
        """Behave so from now on."""
        self.behaviour = behaviour
        self._faults = Faults(behaviour)
        self.batches.behaviour = behaviour.batch

    async def connected(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Answer the calls of one connection until it ends."""
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while call := await _read(reader):
                if not await self._answer(call, writer):
                    break
        writer.close()

    async def _answer(self, call: _Call, writer: asyncio.StreamWriter) -> bool:
        """Answer a call; False when the connection is to end."""
        if call.path == "/served":
            return await _send(writer, 200, json.dumps(self.counts()).encode())
        if call.path == "/behave":
            self.behave(Behaviour(**json.loads(call.body)))
            return await _send(writer, 200, b"{}")
        if call.path.startswith(("/v1/files", "/v1/batches")):
            return await self._batch(call, writer)
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        try:
            return await self._complete(call, writer)
        finally:
            self._now -= 1

    async def _batch(self, call: _Call, writer: asyncio.StreamWriter) -> bool:
        """Answer a call about files and batches, held where it is to be."""
        hold = self.behaviour.batch.get("hold", "")
        what = {"/v1/files": "upload", "/v1/batches": "create"}.get(call.path, "")
        if call.method == "POST" and hold == f"{what}-before":
            self.held += 1
            return await self._hold()
        status, body, held = self.batches.reply(call.method, call.path, call.body)
        if held and held == hold:
            self.held += 1
            return await self._hold()
        cut = self.behaviour.batch.get("cut_content", 0)
        if cut and call.path.endswith("/content"):
            _head(writer, status, len(body))
            writer.write(body[:cut])
            await writer.drain()
            self.held += 1
            return await self._hold() if hold == "content" else False
        return await _send(writer, status, body)

    async def _hold(self) -> bool:
        await asyncio.sleep(self.behaviour.hang_s)
        return False

    async def _complete(self, call: _Call, writer: asyncio.StreamWriter) -> bool:
        fault = self._faults.draw()
        self.served[fault or "ok"] += 1
        if self.behaviour.latency_s:
            await asyncio.sleep(self.behaviour.latency_s)
        if fault in {"429", "429-silent", "500", "503"}:
            return await self._refuse(fault, writer)
        if fault == "hang":
            await asyncio.sleep(self.behaviour.hang_s)
            return False
        body = self._body(call.body, fault)
        if fault == "cut":
            _head(writer, 200, len(body))
            writer.write(body[: len(body) // 2])
            await writer.drain()
            return False
        if fault != "malformed":
            self.tokens["prompt_tokens"] += _PROMPT_TOKENS
            self.tokens["completion_tokens"] += _ANSWER_TOKENS
        if fault == "slow":
            return await _drip(writer, body)
        if fault is None:
            self.bodies[call.body] += 1
        return await _send(writer, 200, body)

    async def _refuse(self, fault: str, writer: asyncio.StreamWriter) -> bool:
        after = f"{self.behaviour.retry_after_s:g}" if fault == "429" else None
        body = {"error": {"message": f"stub: {fault}", "type": "stub", "code": None}}
        return await _send(writer, int(fault[:3]), json.dumps(body).encode(), after)

    def _body(self, asked: bytes, fault: str | None) -> bytes:
        """Return the body of an answer, the same to the same question."""
        good = self._known.get(asked)
        if good is None:
            good = sensible(json.loads(asked)).body.encode()
            if len(self._known) < 10_000:
                self._known[asked] = good
        if fault == "malformed":
            return good[: len(good) // 2]
        if fault == "no-json":
            return _with_text(good, "I am sorry, but I cannot do that.")
        if fault == "empty":
            return _with_text(good, "")
        if fault == "truncated":
            return _with_text(good, '{"numbers": [', "length")
        if fault == "unfit":
            return tool_call('{"numbers": 3}').body.encode()
        return good

    def counts(self) -> dict[str, Any]:
        """Return what was served so far."""
        return {
            "served": dict(self.served),
            "calls": self.served.total(),
            "tokens": dict(self.tokens),
            "most_at_once": self.most_at_once,
            "answered": len(self.bodies),
            "batch": self.batches.counts() | {"held": self.held},
            "answered_again": sum(n - 1 for n in self.bodies.values()),
        }


def _with_text(good: bytes, text: str, finish_reason: str = "stop") -> bytes:
    """Return a body that says something else, as a tool call where it was one."""
    body = json.loads(good)
    choice = body["choices"][0]
    choice["finish_reason"] = finish_reason
    choice["message"] = {"role": "assistant", "content": text}
    return json.dumps(body, ensure_ascii=False).encode()


async def _read(reader: asyncio.StreamReader) -> _Call | None:
    head = await reader.readuntil(b"\r\n\r\n")
    line, *headers = head.decode("latin-1").split("\r\n")
    method, path, _ = line.split(" ", 2)
    length = 0
    for header in headers:
        name, _, value = header.partition(":")
        if name.lower() == "content-length":
            length = int(value)
    return _Call(method, path, await reader.readexactly(length))


def _head(
    writer: asyncio.StreamWriter,
    status: int,
    length: int,
    retry_after: str | None = None,
) -> None:
    after = f"retry-after: {retry_after}\r\n" if retry_after else ""
    writer.write(
        f"HTTP/1.1 {status} Stub\r\ncontent-type: application/json\r\n{after}"
        f"content-length: {length}\r\n\r\n".encode()
    )


async def _send(
    writer: asyncio.StreamWriter,
    status: int,
    body: bytes,
    retry_after: str | None = None,
) -> bool:
    _head(writer, status, len(body), retry_after)
    writer.write(body)
    await writer.drain()
    return True


async def _drip(writer: asyncio.StreamWriter, body: bytes) -> bool:
    """Send a body in twenty pieces, slowly but whole."""
    _head(writer, 200, len(body))
    step = max(1, len(body) // 20)
    for at in range(0, len(body), step):
        writer.write(body[at : at + step])
        await writer.drain()
        await asyncio.sleep(0.01)
    return True


async def _serve(behaviour: Behaviour) -> None:
    stub = Stub(behaviour)
    server = await asyncio.start_server(
        stub.connected, "127.0.0.1", 0, limit=1 << 20, backlog=1024
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


def main() -> None:
    """Serve until the process is ended."""
    asyncio.run(_serve(Behaviour(**json.loads(sys.argv[1]))))


if __name__ == "__main__":
    main()
