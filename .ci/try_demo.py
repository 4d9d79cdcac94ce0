"""Run `make demo` as a newcomer does, with the pins of production alone, and ask it for a ranking."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

FIRST_ANSWER_SECONDS = 300.0
STOP_SECONDS = 60.0


def main() -> int:
    began = time.monotonic()
    demo = subprocess.Popen(
        ["make", "demo", f"PORT={free_port()}"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    signal.signal(signal.SIGALRM, lambda *_: os.killpg(demo.pid, signal.SIGKILL))
    signal.alarm(int(FIRST_ANSWER_SECONDS))
    said = read_until_ready(demo)
    signal.alarm(0)
    if "Ctrl-C" not in said:
        print(said)
        return 1
    answer = ranking(json.loads(Path("var/demo.json").read_text()))
    print(f"make demo: {len(answer['results'])} suppliers ranked after {time.monotonic() - began:.0f} s")
    os.killpg(demo.pid, signal.SIGINT)
    demo.wait(STOP_SECONDS)
    return 0 if answer["results"] else 1


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def read_until_ready(demo: "subprocess.Popen[str]") -> str:
    """What the demo said until it was ready, or all of it if it ended before."""
    said = ""
    for line in demo.stdout or ():
        said += line
        if "Ctrl-C" in line:
            break
    return said


def ranking(demo: dict[str, Any]) -> dict[str, Any]:
    key = next(account["api_key"] for account in demo["accounts"] if account["kind"] == "buyer")
    address = f"{demo['base_url']}/api/v1/requirements/{demo['requirement']}/matches"
    request = urllib.request.Request(address, headers={"Authorization": demo["authorization"].format(key)})
    with urllib.request.urlopen(request, timeout=60) as response:
        answer: dict[str, Any] = json.load(response)
    return answer


if __name__ == "__main__":
    sys.exit(main())
