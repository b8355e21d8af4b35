"""Calls a hub once: `python caller.py URL [CERTIFICATE] < CALL`; CALL is {method, path, token, body} in JSON.

Prints the status and the text of the answer as JSON. A program of its own, so that it can be put on the
network of another system.
"""

from __future__ import annotations

import json
import ssl
import sys
import urllib.error
import urllib.request


def main() -> None:
    """Call, and print the answer."""
    call = json.load(sys.stdin)
    request = urllib.request.Request(f"{sys.argv[1]}{call['path']}", method=call["method"])
    if call["token"]:
        request.add_header("Authorization", f"Bearer {call['token']}")
    if call["body"] is not None:
        request.data = json.dumps(call["body"]).encode()
        request.add_header("Content-Type", "application/json")
    context = ssl.create_default_context(cafile=sys.argv[2]) if sys.argv[2:] else None
    try:
        with urllib.request.urlopen(request, timeout=20, context=context) as response:
            answer = response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        answer = error.code, error.read().decode()
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
