"""The playground in a real Firefox, where there is one: driven by Mozilla's own marionette_driver."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

FOUND = [Path(path).resolve() for name in ("firefox", "firefox-esr") if (path := shutil.which(name))]
FIREFOX = next((path for path in FOUND if path.with_name("application.ini").is_file()), None)
"""Firefox itself: what the system calls so may be a script that starts it, which cannot be driven."""
NOWHERE = {
    "http": "127.0.0.1",
    "http_port": 9,
    "ssl": "127.0.0.1",
    "ssl_port": 9,
    "no_proxies_on": "127.0.0.1",
    "type": 1,
}
"""A proxy that is not there: Firefox reaches this machine, and nothing else."""
READY_S, ANSWER_S = 300, 120
ASK = """const [who, what, args, done] = arguments;
playground[who].ask(what, args).then((answer) => done([answer, ""]), (error) => done([null, error.message]));"""


class FoxTab:
    """Firefox with the playground in it. As `player.Tab`, as far as both can."""

    def __init__(self, driver: Any, address: str):
        self.driver, self.address = driver, address
        driver.timeout.script = ANSWER_S

    def open(self, hash_: str = "") -> None:
        """Open the page, and wait until Python is there or has failed."""
        self.driver.navigate(f"{self.address}/some/where/play/index.html{hash_}")
        self.wait("['ready', 'failed'].includes(document.getElementById('state').dataset.state)", READY_S)

    def go(self, hash_: str) -> None:
        """Follow a link within the page."""
        before = self.evaluate("playground.followed")
        self.evaluate("location.hash = arguments[0]", f"{hash_}&new={before}")
        self.wait(f"playground.followed > {before}")

    def evaluate(self, expression: str, *arguments: Any) -> Any:
        """The value of an expression of JavaScript in the page."""
        return self.driver.execute_script(f"return {expression};", script_args=arguments, sandbox=None)

    def wait(self, expression: str, seconds: float = ANSWER_S) -> None:
        """Wait until an expression is true."""
        end = time.monotonic() + seconds
        while not self.evaluate(f"Boolean({expression})"):
            assert time.monotonic() < end, expression
            time.sleep(0.1)

    def text(self, selector: str) -> str:
        """What is read in an element."""
        return self.evaluate("document.querySelector(arguments[0]).innerText", selector)

    def keys(self, selector: str, *keys: str) -> None:
        """Real keys, pressed together, in an element."""
        self.driver.find_element("css selector", selector).send_keys(*keys)

    def click(self, selector: str) -> None:
        """A click of the mouse on an element."""
        self.driver.find_element("css selector", selector).click()

    def ask(self, who: str, what: str, /, **arguments: Any) -> Any:
        """As `player.Tab.ask`. Raises AssertionError with the page's words."""
        answer, error = self.driver.execute_async_script(ASK, script_args=[who, what, arguments], sandbox=None)
        assert not error, error
        return answer


@contextlib.contextmanager
def firefox(log: Path) -> Iterator[Any]:
    """Firefox, which can reach nothing but this machine. log: a file for what it says."""
    if FIREFOX is None:
        pytest.skip("no firefox: the playground was not tried in it")
    found = pytest.importorskip("marionette_driver.marionette", reason="needs the extra 'docs' (marionette_driver)")
    prefs = {f"network.proxy.{name}": value for name, value in NOWHERE.items()}
    with environment(MOZ_HEADLESS="1"):
        driver = found.Marionette(
            bin=str(FIREFOX), headless=True, host="127.0.0.1", port=0, gecko_log=str(log), prefs=prefs
        )
        try:
            driver.start_session()
            yield driver
        finally:
            with contextlib.suppress(Exception):  # it may be gone already
                driver.quit()
            driver.cleanup()


@contextlib.contextmanager
def environment(**variables: str) -> Iterator[None]:
    """Variables of the environment, as long as it lasts."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
