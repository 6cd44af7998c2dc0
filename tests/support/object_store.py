"""A server of S3's protocol on loopback, with a bucket."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import fsspec
import pytest

BUCKET = "texts"


def _environment(port: int) -> Mapping[str, str]:
    """What a client needs to find the server, which believes anyone."""
    return {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "anyone",
        "AWS_SECRET_ACCESS_KEY": "anything",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


@contextmanager
def bucket_of_object_store() -> Iterator[tuple[fsspec.AbstractFileSystem, Mapping[str, str]]]:
    """Run the server, with an empty bucket and this process as a client, until the end of the block.

    Gives its file system and the environment for other clients.
    """
    if find_spec("moto") is None or find_spec("s3fs") is None:
        pytest.skip("needs moto and s3fs")
    with _running_server() as environment, pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        store = fsspec.filesystem("s3", skip_instance_cache=True)
        store.mkdir(BUCKET)
        yield store, environment


@contextmanager
def _running_server() -> Iterator[Mapping[str, str]]:
    """Run the server until the end of the block; gives the environment for its clients."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = _environment(port)
    server = Path(sys.executable).parent / "moto_server"
    with subprocess.Popen(
        [server, "-H", "127.0.0.1", "-p", str(port)],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            assert any("Running on" in line for line in process.stdout)
            reader = threading.Thread(target=deque, args=(process.stdout, 0))  # or its log fills the pipe
            reader.start()
            yield environment
        finally:
            process.terminate()
        reader.join()
