import pytest

from mlops_desktop.gui.resources import resource, resources_dir
from mlops_desktop.gui.tokens import contrast, load_tokens

GROUNDS = ("background", "surface", "chip", "accent_soft")
INKS = ("text", "text_muted", "accent_text", "good", "warn", "bad")


def test_contrast_of_black_on_white_is_21():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("ink", INKS)
def test_text_has_contrast_on_every_ground_it_stands_on(scheme, ground, ink):
    if ground == "chip" and ink in ("good", "warn", "bad", "accent_text"):
        pytest.skip("these stand on their own soft ground")
    colours = load_tokens().palette(scheme).colours
    assert contrast(colours[ink], colours[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("status", ["good", "warn", "bad"])
def test_a_chip_can_be_read(scheme, status):
    colours = load_tokens().palette(scheme).colours
    assert contrast(colours[status], colours[f"{status}_soft"]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_primary_button_can_be_read(scheme):
    colours = load_tokens().palette(scheme).colours
    assert contrast(colours["on_accent"], colours["accent"]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_chart_series_stand_out_from_the_surface(scheme):
    palette = load_tokens().palette(scheme)
    assert all(contrast(colour, palette.colours["surface"]) >= 3 for colour in palette.series)


def test_both_schemes_name_the_same_colours():
    tokens = load_tokens()
    assert tokens.light.colours.keys() == tokens.dark.colours.keys()


def test_resources_inside_the_package_come_first(tmp_path):
    package = tmp_path / "mlops_desktop"
    for base in (package, tmp_path):
        (base / "resources" / "theme").mkdir(parents=True)
        (base / "resources" / "theme" / "tokens.json").write_text("{}")
    assert resources_dir(package) == package / "resources"


def test_resources_beside_the_package_are_found(tmp_path):
    (tmp_path / "resources" / "theme").mkdir(parents=True)
    (tmp_path / "resources" / "theme" / "tokens.json").write_text("{}")
    assert resources_dir(tmp_path / "mlops_desktop") == tmp_path / "resources"


def test_missing_resources_are_told(tmp_path):
    with pytest.raises(FileNotFoundError, match="resources"):
        resources_dir(tmp_path / "mlops_desktop")


def test_every_icon_keeps_grid_and_stroke():
    for path in resource("icons").glob("*.svg"):
        text = path.read_text()
        assert 'viewBox="0 0 24 24"' in text and 'stroke-width="1.75"' in text and 'stroke="#000"' in text, (
            path
        )


def test_the_font_comes_with_its_licence():
    assert "SIL OPEN FONT LICENSE" in resource("fonts", "LICENSE-Inter.txt").read_text()
    assert sum(p.stat().st_size for p in resource("fonts").iterdir()) < 1_500_000
