"""A receiver of webhooks as a stranger would write one: a process of its own, which knows its secrets and the
specification's library, and nothing of the product.

python -m tests.faults.receiver FOLDER

FOLDER holds `secrets.json` (path → secret) and `mode`, and gets `port`, `canary` and `log`: a line of JSON for each
message, with its id, whether its signature is right, and how it was answered. In any mode but `well` the first attempt
at each message fails in that manner.
"""

import json
import socket
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError

HANGS_SECONDS = 30
LINGER_AND_RESET = b"\x01\x00\x00\x00\x00\x00\x00\x00"


class Receiver(ThreadingHTTPServer):
    """Listens on a port that the kernel picks."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.folder = folder
        self.secrets: dict[str, str] = json.loads((folder / "secrets.json").read_text())
        self.seen: set[str] = set()
        self.lock = threading.Lock()
        self.canary = ThreadingHTTPServer(("127.0.0.1", 0), Canary)
        self.canary_url = f"http://127.0.0.1:{self.canary.server_address[1]}/inside"
        threading.Thread(target=self.canary.serve_forever, daemon=True).start()
        Canary.touched = folder / "canary"
        (folder / "port").write_text(str(self.server_address[1]))

    def take(self, path: str, headers: dict[str, str], body: bytes) -> str:
        """How to answer, noted before it is."""
        message = headers.get("webhook-id", "")
        try:
            Webhook(self.secrets[path]).verify(body, headers)
            is_genuine = True
        except (KeyError, WebhookVerificationError):
            is_genuine = False
        with self.lock:
            mode = (self.folder / "mode").read_text()
            how = "well" if mode == "well" or message in self.seen else mode
            self.seen.add(message)
            line = {"id": message, "genuine": is_genuine, "how": how, "body": body.decode()}
            with (self.folder / "log").open("a") as log:
                log.write(json.dumps(line) + "\n")
        return how

    def handle_error(self, *_request: Any) -> None:
        """Callers that were killed break off."""


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        getattr(self, "answer_" + self.server.take(self.path, headers, body))()

    def answer_well(self) -> None:
        self._status(204)

    def answer_500(self) -> None:
        self._status(500)

    def answer_redirect(self) -> None:
        self._status(307, Location=self.server.canary_url)

    def answer_hang(self) -> None:
        time.sleep(HANGS_SECONDS)

    def answer_reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_AND_RESET)
        self.connection.close()

    def _status(self, code: int, **headers: str) -> None:
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_words: Any) -> None:
        """What matters is in the log of our own."""


class Canary(BaseHTTPRequestHandler):
    """Where a redirect leads: whoever comes here has followed it."""

    touched = Path("canary")

    def do_POST(self) -> None:
        self.touched.write_text("somebody came")

    do_GET = do_POST  # noqa: N815 - as the library calls it

    def log_message(self, *_words: Any) -> None:
        """Nobody is to come."""


if __name__ == "__main__":
    Receiver(Path(sys.argv[1])).serve_forever()
