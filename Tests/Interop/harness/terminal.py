"""A program at a terminal of its own: what it writes, what is typed, and how it ends."""

from __future__ import annotations

import asyncio
import os
import pty
import signal
import subprocess
import time


class Terminal:
    """Runs a program on a pseudo-terminal; `answer` is how people talk with it."""

    def __init__(self, *arguments):
        self._ours, theirs = pty.openpty()
        os.set_blocking(self._ours, False)
        self.process = subprocess.Popen([str(a) for a in arguments], stdin=theirs, stdout=theirs,
                                        stderr=theirs, start_new_session=True)
        os.close(theirs)
        self.text = ""
        self._read = 0  # what an expectation has consumed

    def _take(self) -> bool:
        try:
            chunk = os.read(self._ours, 65_536)
        except BlockingIOError:
            return False
        except OSError:  # the other end is closed
            return False
        self.text += chunk.decode(errors="replace").replace("\r\n", "\n")
        return bool(chunk)

    async def expect(self, words: str, within=20.0) -> None:
        """Waits until these words come, behind what was expected before."""
        deadline = time.monotonic() + within
        while words not in self.text[self._read:]:
            if not self._take():
                ended = self.process.poll() is not None
                if (ended and not self._take()) or time.monotonic() > deadline:
                    raise AssertionError(f"no {words!r} in:\n{self.text}")
                await asyncio.sleep(0.01)
        self._read = self.text.index(words, self._read) + len(words)

    async def answer(self, question: str, line: str, within=20.0) -> None:
        await self.expect(question, within)
        os.write(self._ours, (line + "\n").encode())

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.process.pid, number)

    async def ended(self, within=20.0) -> int:
        """The exit code; what was still written is in `text`."""
        deadline = time.monotonic() + within
        while self.process.poll() is None:
            self._take()
            if time.monotonic() > deadline:
                self.close()
                raise AssertionError(f"it does not end:\n{self.text}")
            await asyncio.sleep(0.01)
        while self._take():
            pass
        os.close(self._ours)
        self._ours = -1
        return self.process.returncode

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self._ours >= 0:
            os.close(self._ours)
            self._ours = -1
