"""`python -m bench.detail_load`: get one address again and again; see `bench/load.py`."""

import argparse
import itertools
import os
import sys

from bench.load import serve_load


def main() -> int:
    """Send and print; return the exit status. The key comes by the environment, as it is a secret."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--path", required=True)
    parser.add_argument("--tag", default="", help="an entity tag to send as If-None-Match; 304 is wanted then")
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--connections", type=int, required=True)
    given = parser.parse_args()
    lines = [f"GET {given.path} HTTP/1.1", f"Host: 127.0.0.1:{given.port}"]
    lines += [f"Authorization: Bearer {os.environ['BENCH_KEY']}"]
    lines += [f"If-None-Match: {given.tag}"] if given.tag else []
    request = ("\r\n".join(lines) + "\r\n\r\n").encode()
    requests = [itertools.repeat(request) for _ in range(given.connections)]
    serve_load(port=given.port, requests=requests, status=304 if given.tag else 200, seconds=given.seconds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
