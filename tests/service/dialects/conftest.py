"""A server with the shipped translators, which the tests of one module share."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from servers import SHIPPED, running_server

from service.settings import Settings


@pytest.fixture(scope="module")
def shipped() -> Iterator[httpx.Client]:
    with running_server(Settings(models_dir=SHIPPED, threads=1)) as connected:
        yield connected
