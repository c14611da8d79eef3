"""One build of the playground, and one browser of each kind for all tests of a file."""

import fox
import player
import pytest


def host(tmp_path_factory, engine):
    """The page under some path of a static host."""
    player.engine()
    root = tmp_path_factory.mktemp(f"host-{engine}")
    player.module("playground").build(root / "some" / "where" / "play", engine)
    return player.served(root)


@pytest.fixture(scope="session")
def address(tmp_path_factory):
    """The page as `make site` ships it, with Pyodide from the CDN."""
    with host(tmp_path_factory, "cdn") as url:
        yield url


@pytest.fixture(scope="session")
def own_address(tmp_path_factory):
    """The page with Pyodide's files beside it."""
    with host(tmp_path_factory, "local") as url:
        yield url


@pytest.fixture(scope="module")
def browser():
    """Chromium; not for the whole session, in which other tests have browsers of their own."""
    with player.chromium() as found:
        yield found


def opened(browser, address, hosts):
    """A tab with Python in it; when the tests are over it must not have complained, or asked other hosts."""
    made = player.Tab(browser, address, player.engine())
    made.open()
    assert made.page.inner_text("#state").startswith("Python 3"), made.page.inner_text("#state")
    yield made
    assert made.complaints == []
    assert {url.split("/")[2].split(":")[0] for url in made.asked if url.startswith("http")} == hosts
    made.close()


@pytest.fixture(scope="module")
def foxtab(own_address, tmp_path_factory):
    """The self-hosted page in Firefox."""
    with fox.firefox(tmp_path_factory.mktemp("firefox") / "log.txt") as driver:
        made = fox.FoxTab(driver, own_address)
        made.open()
        assert made.text("#state").startswith("Python 3"), made.text("#state")
        yield made


@pytest.fixture(scope="module", params=["chromium", "firefox"])
def tab(request):
    """The page: in Chromium as it is shipped, with the CDN; in Firefox self-hosted."""
    if request.param == "firefox":
        yield request.getfixturevalue("foxtab")
    else:
        asked = (request.getfixturevalue(name) for name in ("browser", "address"))
        yield from opened(*asked, {"127.0.0.1", "cdn.jsdelivr.net"})


@pytest.fixture(scope="module")
def own(browser, own_address):
    """The self-hosted page, which asks nobody; its interpreters start sooner."""
    yield from opened(browser, own_address, {"127.0.0.1"})
