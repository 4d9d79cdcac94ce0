"""A real browser: the machine's own Chromium, driven by Playwright."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
expect.set_options(timeout=30_000)  # a busy machine takes its time to draw a long page


def program() -> str:
    """Where the browser is; a test cannot do without."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    return found or pytest.fail("These tests need a browser. On Debian and Ubuntu: sudo apt-get install chromium")


@contextmanager
def browser() -> Iterator[Browser]:
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium refuses to sandbox what root runs
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program(), args=[*sandbox, "--disable-dev-shm-usage"])
        yield started
        started.close()


class Watched:
    """What a page asked for and what it complained of."""

    def __init__(self, page: Page) -> None:
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("requestfailed", lambda request: self._note_failure(request.url, request.failure or ""))
        page.on("response", lambda response: self._note(response.status, response.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on(
            "console",
            lambda message: self.complaints.append(message.text) if message.type in ("error", "warning") else None,
        )

    def _note_failure(self, url: str, reason: str) -> None:
        if "ERR_ABORTED" not in reason:  # the page was left, or asked for something newer
            self.complaints.append(f"failed: {url}")

    def _note(self, status: int, url: str) -> None:
        if status >= 400:
            self.complaints.append(f"{status}: {url}")

    def foreign(self, home: str) -> list[str]:
        """Requests that went elsewhere; what a page holds itself (data:, blob:) goes nowhere."""
        return [url for url in self.requests if not url.startswith((f"{home}/", "data:", "blob:"))]
