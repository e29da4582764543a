"""One studio for a whole file of tests, and a browser's manners for its client."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from quart import Quart
from web.browser import Visitor
from web.pages import chromium as chromium
from web.pages import page as page
from web.pages import url as url
from web.studio import opened

from conductr import Conductr
from conductr_web.app import create_app


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """Quart and the store are asyncio's; module-wide, so that a file can share its studio."""
    return "asyncio"


@pytest.fixture(scope="module")
async def conductr(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Conductr]:
    folder: Path = tmp_path_factory.mktemp("studio")
    async with opened(folder) as conductr:
        yield conductr


@pytest.fixture(scope="module")
async def app(conductr: Conductr) -> AsyncIterator[Quart]:
    app = create_app(conductr)
    async with app.test_app():
        yield app


@pytest.fixture
async def visitor(app: Quart) -> Visitor:
    visitor = Visitor(app.test_client())
    await visitor.open()
    return visitor
