from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLineEdit, QWidget

from mlops_desktop.gui.widgets.chain import Box, Chain
from mlops_desktop.gui.widgets.dialogs import ask_text, confirm


def test_a_name_is_asked_for_and_nothing_is_refused(qtbot):
    parent, seen = QWidget(), []
    qtbot.addWidget(parent)
    dialog = ask_text(parent, "Rename", "Name", "bikes", "Rename", seen.append)
    line = dialog.findChild(QLineEdit)
    line.setText("  ")
    dialog.accept_button.click()
    assert seen == [] and dialog.isVisible()
    line.setText(" rentals ")
    dialog.accept_button.click()
    assert seen == ["rentals"]


def test_enter_does_not_confirm_what_cannot_be_undone(qtbot):
    parent, seen = QWidget(), []
    qtbot.addWidget(parent)
    dialog = confirm(parent, "Erase?", "This can't be undone.", "Erase", lambda: seen.append(1))
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert seen == []
    dialog.accept_button.click()
    assert seen == [1]


def test_a_closed_dialog_is_deleted(qtbot):
    parent = QWidget()
    qtbot.addWidget(parent)
    confirm(parent, "Erase?", "This can't be undone.", "Erase", lambda: None).close()
    qtbot.waitUntil(lambda: parent.findChildren(QDialog) == [])


def test_a_box_of_a_chain_is_opened_by_keys(qtbot):
    chain = Chain([Box("data", "bikes v22"), Box("run", "run #33", current=True), Box("model", "rentals v3")])
    qtbot.addWidget(chain)
    with qtbot.waitSignal(chain.opened) as told:
        qtbot.keyClick(chain, Qt.Key.Key_Right)
        qtbot.keyClick(chain, Qt.Key.Key_Return)
    assert told.args == ["model"]
