import pytest
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication, QPushButton


def cut_buttons(widget):
    """Buttons with less room than their words need."""
    cut = []
    for button in widget.findChildren(QPushButton):
        if button.isVisible() and button.text():
            need = QFontMetrics(button.font()).horizontalAdvance(button.text().replace("&&", "&"))
            if need + (button.iconSize().width() if not button.icon().isNull() else 0) > button.width():
                cut.append(button.text())
    return cut


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_the_gallery_opens_without_a_cut_button(qtbot, gallery, tasks, look, scheme, scale):
    look.set_choice(scheme)
    look.set_scale(scale)
    page = gallery.gallery(tasks)
    qtbot.addWidget(page)
    page.resize(960, 700)
    page.show()
    qtbot.waitExposed(page)
    assert cut_buttons(page) == []
    qtbot.waitUntil(lambda: tasks.busy == 0)


def test_the_charts_open(qtbot, charts_gallery):
    page = charts_gallery.charts()
    qtbot.addWidget(page)
    page.show()
    qtbot.waitExposed(page)


@pytest.mark.parametrize("what", ["", "palette", "error", "jobs", "inspector"])
def test_the_small_window_cuts_no_button(qtbot, window, made_up, what):
    window.resize(1024, 700)
    made_up.show_extra(window, what)
    assert cut_buttons(window) == []
    assert window.width() == 1024


def test_nothing_is_left_of_a_closed_window(qtbot, made_up, tasks):
    before = len(QApplication.allWidgets())
    made = made_up.make_window(tasks)
    made.show()
    made.close()
    made.deleteLater()
    qtbot.waitUntil(lambda: len(QApplication.allWidgets()) <= before)
