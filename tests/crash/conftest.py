"""How many times a process is killed, and the power goes."""

import pytest


@pytest.fixture
def rounds(request):
    """20; ``--rounds`` says otherwise (``make nightly``: 200)."""
    return request.config.getoption("rounds")
