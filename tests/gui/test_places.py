from mlops_desktop.gui.places import History, Place


def test_back_and_forward_walk_the_places_visited():
    history = History()
    for section in ("overview", "data", "runs"):
        history.visit(Place(section))
    assert history.back() == Place("data")
    assert history.back() == Place("overview")
    assert history.back() is None
    assert history.forward() == Place("data")


def test_a_new_place_forgets_what_was_ahead():
    history = History()
    for section in ("overview", "data"):
        history.visit(Place(section))
    history.back()
    history.visit(Place("runs"))
    assert history.forward() is None
    assert history.back() == Place("overview")


def test_a_changed_filter_is_no_step():
    history = History()
    history.visit(Place("overview"))
    history.visit(Place("runs"))
    history.amend(Place("runs", "mae < 140"))
    assert history.here == Place("runs", "mae < 140")
    assert history.back() == Place("overview")


def test_the_same_place_is_visited_once():
    history = History()
    history.visit(Place("runs"))
    history.visit(Place("runs"))
    assert not history.can_go_back


def test_only_so_many_places_are_kept():
    history = History(most=3)
    for number in range(10):
        history.visit(Place("runs", number))
    assert [history.back(), history.back(), history.back()] == [Place("runs", 8), Place("runs", 7), None]
