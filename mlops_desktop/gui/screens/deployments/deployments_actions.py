"""The commands of deployments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

from PySide6.QtWidgets import QWidget

from mlops_desktop.domain.bundles import Bundle
from mlops_desktop.domain.jobs import JobRow
from mlops_desktop.gui.actions import Action, ActionContext, chosen, may_edit
from mlops_desktop.gui.language import tr
from mlops_desktop.gui.screen import ScreenHost
from mlops_desktop.gui.screens.models.models_deeds import ModelDeeds
from mlops_desktop.gui.widgets.desktop import open_folder
from mlops_desktop.gui.widgets.dialogs import Dialog
from mlops_desktop.gui.widgets.forms import Field, Select
from mlops_desktop.gui.widgets.layouts import column
from mlops_desktop.project import Project

from .deployments_state import deployment_facts, deployments_state

MENU = "deployments.context"


def deployments_actions(host: ScreenHost) -> Sequence[Action]:
    """The commands of this section."""
    one = chosen("bundle", 1, 1)

    def show_folder(context: ActionContext) -> None:
        with_bundle(host, int(context.selection[0]), lambda bundle: open_folder(Path(bundle.folder)))

    return (
        Action(
            "deployments.export", tr("Export a version..."), lambda c: ask_version(host), places=("deployments.header",),
            enabled_when=may_edit, icon="deployments", group=tr("Deployments"), words=("bundle", "deploy"),
        ),
        Action(
            "deployments.folder", tr("Open the folder of the bundle"), show_folder, places=(MENU,), enabled_when=one,
            icon="folder", group=tr("Deployments"),
        ),
    )  # fmt: skip


def with_bundle(host: ScreenHost, bundle_id: int, use: Callable[[Bundle], object]) -> None:
    """Hand the bundle of this number to `use`, if it is still known."""
    project = cast(Project, host.session.project)

    def take(bundles: list[Bundle]) -> None:
        for bundle in bundles:
            if bundle.bundle_id == bundle_id:
                use(bundle)

    host.session.tasks.run(lambda: list(project.bundles.list()), take, owner=host.window())


def ask_version(host: ScreenHost, began: Callable[[JobRow], object] | None = None) -> None:
    """Ask which version to export, then where it goes; `began` takes the job."""
    from datetime import datetime

    project = cast(Project, host.session.project)
    deeds = ModelDeeds(host)

    def show(exportable: tuple[tuple[str, str], ...]) -> None:
        if not exportable:
            host.say(tr("There is no model to export yet: register a run first."))
            return
        select = Select(exportable)
        select.setSizeAdjustPolicy(Select.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        runtime = Select(
            [
                ("own", tr("The library that trained it: equal to the last bit")),
                ("fastest", tr("ONNX Runtime, where it is faster and agrees")),
            ]
        )
        body = QWidget()
        body.setLayout(
            column(
                Field(tr("Version"), select),
                Field(
                    tr("Scores with"),
                    runtime,
                    tr("It counts as exported once the folder alone has scored the recorded rows again."),
                ),
                spacing=10,
            )
        )

        def accept() -> None:
            deeds.export(select.choice, began, "fastest" if runtime.choice == "fastest" else "own")

        Dialog(host.window(), tr("Export a bundle"), body, tr("Choose the folder..."), accept).open()
        select.setFocus()

    def ask() -> tuple[tuple[str, str], ...]:
        facts = deployment_facts(project, lambda path: True)
        return deployments_state(facts, 0, datetime.now().astimezone()).exportable

    host.session.tasks.run(ask, show, owner=host.window())
