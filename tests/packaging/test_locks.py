"""The lock files fit pyproject.toml and tell nothing of the machine that wrote them."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-test.lock")


def locked(name: str) -> list[Requirement]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return [Requirement(line) for line in re.findall(r"^([a-z][^\\\n]*?) \\$", text, re.MULTILINE)]


def wanted(extras: tuple[str, ...]) -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = [project["dependencies"], *(project["optional-dependencies"][extra] for extra in extras)]
    return [Requirement(text) for group in groups for text in group]


@pytest.mark.parametrize(("lock", "extras"), [(LOCKS[0], ()), (LOCKS[1], ("test", "bench"))])
def test_each_dependency_is_locked_within_its_bounds(lock, extras):
    versions = {}
    for one in locked(lock):
        versions.setdefault(canonicalize_name(one.name), []).extend(s.version for s in one.specifier)
    for dependency in wanted(extras):
        found = versions.get(canonicalize_name(dependency.name))
        assert found, f"{dependency.name} is not in {lock}: run packaging/lock.sh"
        assert all(dependency.specifier.contains(version) for version in found)


def test_the_tests_run_on_the_versions_that_people_get():
    assert {str(one) for one in locked(LOCKS[0])} <= {str(one) for one in locked(LOCKS[1])}


def test_every_dependency_has_an_upper_bound():
    unbounded = {"tzdata"}  # only ever grows by the world's clocks
    loose = {d.name for d in wanted(("test", "bench", "cluster")) if "<" not in str(d.specifier)}
    assert loose == unbounded


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_a_hash_and_none_a_place(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    entries = re.split(r"^(?=[a-z])", text, flags=re.MULTILINE)[1:]
    assert all("--hash=sha256:" in entry for entry in entries)
    assert not re.search(r"://|--index|--find-links| @ ", text)
