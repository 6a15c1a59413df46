"""Logs in at the example MCP server with FastMCP's own client, many times, and calls a tool each time.

    logins.py NUMBER COMMAND…

COMMAND starts the server. It prints `listening on URL`.
"""

import asyncio
import os
import re
import subprocess
import sys
import warnings

# FastMCP opens this "browser", in the background, before its own
# server listens: so curl tries again. The local tenant signs the user in at once, and redirects to FastMCP's own server.
os.environ["BROWSER"] = "curl --silent --location --output /dev/null --max-time 20 --retry 5 --retry-connrefused %s &"
# Nothing here may leave this machine.
os.environ.update({"HTTP_PROXY": "http://127.0.0.1:9", "NO_PROXY": "127.0.0.1,localhost"})

from fastmcp import Client  # noqa: E402 (the environment first)
from fastmcp.client.auth import OAuth  # noqa: E402

# Tokens are kept in memory, so that each login is a new one.
warnings.filterwarnings("ignore", message="Using in-memory token storage")


async def log_in(url: str) -> str:
    auth = OAuth(scopes=["openid", "use:tools"], callback_host="127.0.0.1", callback_timeout=20)
    async with asyncio.timeout(30):
        async with Client(url, auth=auth) as client:
            tools = await client.list_tools()
            assert tools, "the server has no tools"
            result = await client.call_tool(tools[0].name, {})
            return str(result.data or result.content)


async def main(number: int, url: str) -> int:
    failed = 0
    for login in range(number):
        try:
            answer = await log_in(url)
        except Exception as error:  # every failure counts, whatever it is
            failed += 1
            print(f"login {login}: {error!r}", file=sys.stderr)
        if login == 0 and not failed:
            print(f"the first login read: {answer}")
    print(f"{number - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    server = subprocess.Popen(sys.argv[2:], stdout=subprocess.PIPE, text=True)
    try:
        lines = iter(server.stdout.readline, "")
        found = next(match for line in lines if (match := re.match(r"listening on (\S+)", line)))
        sys.exit(asyncio.run(main(int(sys.argv[1]), found.group(1))))
    finally:
        server.terminate()
        server.wait(timeout=20)
