"""The whole window on a real service, for stories told by clicks."""

from __future__ import annotations

import os

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    """What the application is called with."""
    return ["mlops-desktop"]


@pytest.fixture
def look(qapp):
    """The light look at 100 %."""
    from mlops_desktop.gui.theme import install_theme

    return install_theme(qapp, "light", 1.0)
