# SPDX-License-Identifier: MIT
"""The container's health check: exit code 0 if GET /health says that all is up. Prints what is not."""
import json
import sys
import urllib.error
import urllib.request

URL = "http://127.0.0.1:5000/health"


def main():
    try:
        with urllib.request.urlopen(URL, timeout=4):
            return 0
    except urllib.error.HTTPError as error:
        states = json.load(error).get("dependencies", {})
        print("down: " + ", ".join(sorted(name for name, state in states.items() if state["state"] != "up")))
    except OSError as error:
        print(f"no answer: {error}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
