import sys

from PySide6.QtCore import QObject
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QLabel
from shiboken6 import delete

from mlops_desktop.gui.theme import follow_look, set_font, theme
from mlops_desktop.gui.widgets.buttons import Button


def test_dark_is_shown_at_once(qapp, look):
    look.set_choice("dark")
    assert qapp.palette().window().color() == look.colour("background")
    assert look.colour("background").lightnessF() < 0.2


def test_a_change_is_told_once(qtbot, look):
    told = []
    look.changed.connect(lambda: told.append(look.scheme))
    look.set_choice("dark")
    look.set_choice("dark")
    assert told == ["dark"]


def test_fonts_follow_the_scale(qtbot, look):
    label = QLabel("words")
    qtbot.addWidget(label)
    set_font(label, "title")
    look.set_scale(2.0)
    assert label.font().pixelSize() == 40


def test_zoom_goes_no_further_than_200_percent(look):
    for _ in range(20):
        look.zoom(1)
    assert look.scale == 2.0
    look.zoom(0)
    assert look.scale == 1.0


def test_figures_are_tabular(look):
    assert look.font("base").featureValue(QFont.Tag("tnum")) == 1


def test_inter_is_shipped(look):
    assert look.family == "Inter"


def test_an_icon_is_tinted(look):
    image = look.pixmap("check", "bad", 32).toImage()
    colours = {
        image.pixelColor(x, y).name()
        for x in range(32)
        for y in range(32)
        if image.pixelColor(x, y).alpha() == 255
    }
    assert colours == {look.colour("bad").name()}


def test_an_icon_is_drawn_once(look):
    assert look.pixmap("data").cacheKey() == look.pixmap("data").cacheKey()


def test_buttons_are_tinted_anew(qtbot, look):
    button = Button("Import", icon="download")
    qtbot.addWidget(button)
    before = button.icon().pixmap(16, 16).toImage()
    look.set_choice("dark")
    assert button.icon().pixmap(16, 16).toImage() != before


def test_setting_text_keeps_the_references_of_none(qtbot):
    label = QLabel()
    qtbot.addWidget(label)
    before = sys.getrefcount(None)
    for i in range(1000):
        label.setText(str(i))
    assert sys.getrefcount(None) > before - 500


def test_there_is_one_theme(look):
    assert theme() is look


def test_who_follows_the_look_is_let_go_with_its_owner(look):
    heard: list[str] = []
    owner = QObject()
    follow_look(owner, lambda: heard.append("restyled"))
    look.set_choice("dark")
    delete(owner)
    look.set_choice("light")
    assert heard == ["restyled"]
