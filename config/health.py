"""Ask the web server of this container whether it is well: python -m config.health [PORT]"""

import os
import sys
from collections.abc import Sequence
from http.client import HTTPConnection, HTTPException


def main(arguments: Sequence[str]) -> int:
    """Exit status 0 when it answers 200, else 1. The site's own name is sent: the server refuses others."""
    port = int(arguments[0]) if arguments else 8000
    site = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip().removeprefix(".")
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": "localhost" if site == "*" else site})
        status = connection.getresponse().status
    except (OSError, HTTPException):
        return 1
    finally:
        connection.close()
    return 0 if status == 200 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
