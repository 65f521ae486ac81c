"""The set-up says what it does, refuses what it can't do, and asks nothing of a machine that is ready."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
as_root = pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="changes its user: needs root")


def shell(script: str, *, user: str | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run `script` in bash beside the functions of packaging/setup.sh, in the checkout."""
    return subprocess.run(
        [
            shutil.which("bash"),
            "-c",
            f"set -euo pipefail\n{(ROOT / 'packaging/setup.sh').read_text()}\n{script}",
        ],
        cwd="/" if user else ROOT,
        user=user,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
    )


@pytest.mark.skipif(not shutil.which("apt-get"), reason="the message is for Debian and Ubuntu")
@as_root
def test_a_user_without_rights_is_told_the_exact_command():
    done = shell("install_packages libegl1 xvfb", user="nobody")
    assert done.returncode == 1
    assert "sudo apt-get install --no-install-recommends libegl1 xvfb" in done.stderr


def test_a_system_without_apt_is_told_the_names_of_the_packages(tmp_path):
    done = shell("install_packages libegl1", PATH=str(tmp_path))
    assert done.returncode == 1
    assert "libegl1" in done.stderr and "package manager" in done.stderr


def test_a_python_that_is_too_old_or_none_at_all_is_refused_with_a_way_out():
    done = shell("find_python", MLOPS_DESKTOP_PYTHON="/nonexistent/python3.9")
    assert done.returncode == 1
    assert "Python 3.11, 3.12 or 3.13" in done.stderr and "MLOPS_DESKTOP_PYTHON=" in done.stderr


def test_a_library_that_no_machine_has_is_reported_by_its_package():
    done = shell("app_libraries='libnowhere.so.9 libnowhere9'; python=python3; missing_packages app")
    assert "libnowhere9" in done.stdout.split()


def test_a_program_is_asked_for_only_where_tests_run():
    script = "test_programs='no-such-program its-package'; python=python3; missing_packages "
    assert "its-package" in shell(script + "test").stdout.split()
    assert "its-package" not in shell(script + "app").stdout.split()


def test_an_unknown_tier_is_refused_before_anything_is_installed():
    done = subprocess.run(
        ["bash", ROOT / "packaging/test.sh", "quick"], capture_output=True, text=True, timeout=20
    )
    assert (done.returncode, "fast, slow, bare, all" in done.stderr) == (2, True)


@pytest.mark.skipif(not (ROOT / ".venv/made-from").exists(), reason="the environment is another's")
def test_an_environment_that_is_up_to_date_is_left_alone():
    lock = "requirements-test.lock"
    before = (ROOT / ".venv/made-from").stat().st_mtime_ns
    assert shell(f"find_python; make_environment {lock}").stderr == ""
    assert (ROOT / ".venv/made-from").stat().st_mtime_ns == before
