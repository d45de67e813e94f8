"""Fixtures that every file uses."""
import pytest

from harness import Failoverd


@pytest.fixture(scope="module")
def server():
    """One failoverd for a file."""
    with Failoverd() as running:
        yield running


@pytest.fixture(scope="module")
def api(server):
    return server.api()


@pytest.fixture
def fresh():
    """A failoverd of the test's own, with an empty store."""
    with Failoverd() as running:
        yield running
