"""Where the files shipped with the app lie: beside the package in a checkout, inside it in a wheel."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


@cache
def resources_dir(package: Path = _PACKAGE) -> Path:
    """The folder with `theme/`, `icons/`, `fonts/` ...

    Parameters
    ----------
    package : Path
        Folder of the package `mlops_desktop`.

    Raises
    ------
    FileNotFoundError
        Neither place has the folder: the installation is broken.
    """
    for candidate in (package / "resources", package.parent / "resources"):
        if (candidate / "theme" / "tokens.json").is_file():
            return candidate
    raise FileNotFoundError(f"the resources of MLOps Desktop are missing beside and inside {package}")


def resource(*parts: str) -> Path:
    """The path of one shipped file, for example ``resource("icons", "data.svg")``."""
    return resources_dir().joinpath(*parts)
