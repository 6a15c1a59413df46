"""Logs in with the client of the package `fastmcp`, which opens a browser and listens for the callback."""

import os
from urllib.parse import parse_qs, urlsplit

from common import MODE, TASK, Pages, check_scopes, run, use_tools

# This "browser" starts in the background.
os.environ["BROWSER"] = f"{TASK['node']} {TASK['person']} %s &"

from fastmcp import Client  # noqa: E402 (the environment first)
from fastmcp.client.auth import OAuth  # noqa: E402


async def log_in() -> None:
    requested, pages = [], Pages()

    async def elicit(_message, _type, params, _context) -> None:
        # Nothing is returned: the person accepts.
        await pages.open(params.url)

    class Recorded(OAuth):
        async def redirect_handler(self, authorization_url: str) -> None:
            requested.append(set(parse_qs(urlsplit(authorization_url).query)["scope"][0].split()))
            await super().redirect_handler(authorization_url)

    auth = Recorded(callback_host="127.0.0.1", callback_timeout=100, client_metadata_url=TASK.get("documentUrl"))
    async with Client(TASK["url"], auth=auth, mode=MODE, elicitation_handler=elicit) as client:
        assert client.protocol_version == TASK["version"], client.protocol_version
        await use_tools(client, pages)
    check_scopes(requested)


run(log_in)
