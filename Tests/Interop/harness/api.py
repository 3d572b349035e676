"""A small HTTP/1.1 client for the daemon's API, over TCP or the Unix socket."""

from __future__ import annotations

import asyncio
import json


class Refused(Exception):
    """The API answered with a status of 400 or more."""

    def __init__(self, status, body):
        super().__init__(f"HTTP {status}: {body}")
        self.status, self.body = status, body


async def request(method, path, body=None, *, port=None, socket_path=None, raw_body=None,
                  timeout=35.0):
    """Gives (status, body): the body as JSON where it is JSON, else as text."""

    async def exchange():
        if socket_path:
            reader, writer = await asyncio.open_unix_connection(str(socket_path))
        else:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            content = raw_body if raw_body is not None else (
                b"" if body is None else json.dumps(body).encode())
            head = (f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
                    "Content-Type: application/json\r\n"
                    f"Content-Length: {len(content)}\r\n\r\n")
            writer.write(head.encode() + content)
            await writer.drain()
            return await read_response(reader)
        finally:
            writer.close()

    return await asyncio.wait_for(exchange(), timeout)


async def read_response(reader):
    status_line = await reader.readline()
    if not status_line:
        raise ConnectionError("the daemon closed the connection without an answer")
    status = int(status_line.split()[1])
    headers = {}
    while (line := await reader.readline()) not in (b"\r\n", b""):
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    if headers.get("transfer-encoding", "").lower() == "chunked":
        content = b""
        while size := int((await reader.readline()).split(b";")[0], 16):
            content += await reader.readexactly(size)
            await reader.readline()
    elif "content-length" in headers:
        content = await reader.readexactly(int(headers["content-length"]))
    else:
        content = await reader.read()
    try:
        return status, json.loads(content) if content else None
    except ValueError:
        return status, content.decode("utf-8", "replace")
