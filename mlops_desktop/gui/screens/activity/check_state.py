"""What is said of a check of the whole project. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mlops_desktop.domain.projects import DoctorReport
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.words import counted


@dataclass(frozen=True, slots=True)
class FindingLine:
    """Something that was found, and what to do."""

    what: str
    remedy: str
    bad: bool


@dataclass(frozen=True, slots=True)
class CheckWords:
    """The report in words."""

    title: str
    took: str
    chip: str
    status: Literal["good", "bad"]
    checked: str
    findings: tuple[FindingLine, ...]
    """Errors first."""


def check_words(report: DoctorReport) -> CheckWords:
    """The report in words."""
    errors = sum(f.severity == "error" for f in report.findings)
    findings = sorted(report.findings, key=lambda f: f.severity != "error")
    checked = ", ".join(
        counted(count, f"1 {kind.removesuffix('s')}", f"{{:,}} {kind}")
        for kind, count in report.checked.items()
    )
    chain = tr("The chain of changes holds.") if report.whole else ""
    return CheckWords(
        title=tr("All is whole") if report.whole else tr("Not all is whole"),
        took=f"{report.seconds:.2g} s",
        chip=tr("whole") if report.whole else counted(errors, "1 error", "{:,} errors"),
        status="good" if report.whole else "bad",
        checked=" ".join(p for p in (tr("Checked {}.").format(checked), chain) if p),
        findings=tuple(FindingLine(f.what, f.remedy, f.severity == "error") for f in findings),
    )
