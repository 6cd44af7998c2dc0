"""Ray on loopback, its machines as processes of this one."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

PROCESSORS = 2


class Cluster:
    """A head with PROCESSORS, and machines that come and go."""

    def __init__(self, directory: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.address = f"127.0.0.1:{port}"
        self.environment: Mapping[str, str] = {
            **os.environ,
            "RAY_AUTH_TOKEN": secrets.token_hex(32),
            "RAY_AUTH_MODE": "token",
            "RAY_USAGE_STATS_ENABLED": "0",
            "RAY_worker_niceness": "0",
        }
        self._directory = directory
        self._machines: list[subprocess.Popen[bytes]] = []
        self._start("--head", f"--port={port}", "--include-dashboard=false", f"--temp-dir={directory}/ray")

    def add_machine(self) -> subprocess.Popen[bytes]:
        """Another machine with one processor."""
        return self._start(f"--address={self.address}", processors=1)

    def lose(self, machine: subprocess.Popen[bytes]) -> None:
        """End `machine` and all on it at once."""
        os.killpg(machine.pid, signal.SIGKILL)
        machine.wait()

    def workers(self) -> list[int]:
        """Processes that translate."""
        return workers_with(self.environment["RAY_AUTH_TOKEN"])

    def close(self) -> None:
        for machine in reversed(self._machines):
            if machine.poll() is None:
                machine.terminate()
                machine.wait()

    def _start(self, *options: str, processors: int = PROCESSORS) -> subprocess.Popen[bytes]:
        command = [Path(sys.executable).parent / "ray", "start", "--block", f"--num-cpus={processors}"]
        command += ["--node-ip-address=127.0.0.1", "--object-store-memory=80000000", *options]
        log = self._directory / f"machine-{len(self._machines)}.log"
        with log.open("wb") as stream:
            machine = subprocess.Popen(
                command, env=self.environment, stdout=stream, stderr=subprocess.STDOUT, start_new_session=True
            )
        self._machines.append(machine)
        return machine


def workers_with(token: str) -> list[int]:
    """Processes of this machine that translate for the cluster whose token it is."""
    found = subprocess.run(["pgrep", "-f", "^ray::Worker"], capture_output=True, text=True, check=False)
    return [pid for pid in map(int, found.stdout.split()) if token in _environment(pid)]


def _environment(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/environ").read_text(errors="replace")
    except OSError:  # it has ended
        return ""


@contextmanager
def running_cluster(directory: Path) -> Iterator[Cluster]:
    """A cluster until the end of the block."""
    cluster = Cluster(directory)
    try:
        yield cluster
    finally:
        cluster.close()
