"""Real servers on loopback, on a free port: in a thread of this process, or `nmt serve` as a process of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
from fastapi import FastAPI

from service.app import create_app
from service.http.server import DrainingServer, server_config
from service.settings import Settings

SHIPPED = Path(__file__).parents[2] / "models"
"""The packages that ship with the code."""
LONGEST_SECONDS = 60
"""That a server may take to start, to answer or to stop; only a broken one takes as long."""


class _ServerThread(DrainingServer):
    """A server that says when it has started."""

    def __init__(self, app: FastAPI, settings: Settings) -> None:
        super().__init__(server_config(app, settings, log_config=None), app.state.drain)
        self.started_up = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.started_up.set()


@contextmanager
def running_server(settings: Settings, app: FastAPI | None = None) -> Iterator[httpx.Client]:
    """Run the service in a thread, where tests see its log records; gives a client of it."""
    app = app or create_app(settings)
    listener = socket.create_server(("127.0.0.1", 0))
    server = _ServerThread(app, settings)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        assert server.started_up.wait(LONGEST_SECONDS)
        host, port = listener.getsockname()
        with httpx.Client(base_url=f"http://{host}:{port}", timeout=LONGEST_SECONDS) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


class ServerProcess:
    """`nmt serve` as a process of its own, and a client of it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        """Wait until `process` says that it listens."""
        assert process.stdout is not None
        self._process = process
        self._lines: list[str] = []
        for line in process.stdout:
            self._lines.append(line)
            if "running on http" in line:
                self.address = line.split("running on ")[1].split()[0]
                break
        else:
            raise AssertionError(f"the server did not start:\n{''.join(self._lines)}")
        self.client = httpx.Client(base_url=self.address, timeout=LONGEST_SECONDS)
        self._reader = threading.Thread(target=self._lines.extend, args=[process.stdout])  # or its log fills the pipe
        self._reader.start()

    def send_signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def wait(self) -> int:
        """Its status when it has ended."""
        return self._process.wait(LONGEST_SECONDS)

    def lines(self) -> list[str]:
        """All that it wrote to standard output and standard error; waits until it has ended."""
        self._reader.join()
        return self._lines

    def kill(self) -> None:
        self.client.close()
        self._process.kill()
        self._reader.join()


@contextmanager
def server_process(settings: Settings, python: Sequence[str] = ("-m", "nmt")) -> Iterator[ServerProcess]:
    """Run `nmt serve` with the settings that were given; killed at the end. `python` is what Python runs."""
    given = settings.model_dump(mode="json", exclude_unset=True)
    environment = {f"NMT_{name.upper()}": _written(value) for name, value in given.items()}
    command = [sys.executable, *python, "serve", "--port", "0"]
    with subprocess.Popen(
        command, env=os.environ | environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        server = ServerProcess(process)
        try:
            yield server
        finally:
            server.kill()


def _written(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
