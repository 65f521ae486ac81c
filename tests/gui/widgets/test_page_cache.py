from mlops_desktop.gui.widgets.page_cache import PageCache


def test_only_pages_on_screen_are_asked_for():
    cache = PageCache(under_way=10)
    cache.look_at(0, 40)
    cache.look_at(5_000_000, 5_000_040)
    assert cache.next_to_ask() == [10_000]


def test_a_page_is_asked_for_once():
    cache = PageCache()
    cache.look_at(490, 510)
    assert cache.next_to_ask() == [0, 1]
    assert cache.next_to_ask() == []


def test_few_pages_are_under_way_at_a_time():
    cache = PageCache(under_way=2)
    cache.look_at(0, 40)
    cache.next_to_ask()
    cache.look_at(50_000, 50_040)
    cache.next_to_ask()
    cache.look_at(90_000, 90_040)
    assert cache.next_to_ask() == []
    cache.put(0, "rows")
    assert cache.next_to_ask() == [180]


def test_the_least_recently_shown_page_is_forgotten():
    cache = PageCache(kept=2)
    cache.put(0, "a")
    cache.put(1, "b")
    cache.look_at(0, 10)
    cache.put(2, "c")
    assert [cache.get(i) for i in range(3)] == ["a", None, "c"]


def test_a_page_that_failed_is_asked_for_again():
    cache = PageCache()
    cache.look_at(0, 10)
    assert cache.next_to_ask() == [0]
    cache.give_up(0)
    assert cache.next_to_ask() == [0]
