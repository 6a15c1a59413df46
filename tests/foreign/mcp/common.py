"""What both clients in Python need: the task, the person, and checks."""

import asyncio
import json
import sys
import warnings

from mcp import MCPError
from mcp.shared.exceptions import UrlElicitationRequiredError
from mcp_types import URL_ELICITATION_REQUIRED

# Tokens are kept in memory, so that each login is a new one.
warnings.filterwarnings("ignore", message="Using in-memory token storage")

TASK = json.loads(sys.argv[1])
LIMIT = 120  # seconds for one login

# The clients call the handshake of the versions with sessions "legacy".
MODE = "legacy" if TASK["version"] < "2026-07-28" else TASK["version"]


async def sign_in(url: str) -> str:
    """Lets the person sign in, and returns the URL of the callback."""
    return await person("--print", url)


async def person(what: str, url: str) -> str:
    program = await asyncio.create_subprocess_exec(
        TASK["node"], TASK["person"], what, url, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await program.communicate()
    assert program.returncode == 0, "the person cannot go on"
    return output.decode().strip()


class Pages:
    """What the person reads when a tool wants a URL to be opened."""

    def __init__(self) -> None:
        self.read = []

    async def open(self, url: str) -> None:
        self.read.append(await person("--open", url))

    def check(self) -> None:
        """The person reads one page if the tool needs one, and otherwise none."""
        page = TASK["further"].get("page")
        assert len(self.read) == (1 if page else 0), self.read
        assert all(page in text for text in self.read), self.read


async def use_tools(client, pages: Pages) -> None:
    """Lists the tools, calls one that the first token admits, and one that needs a further scope."""
    listed = await client.list_tools()
    # `mcp` returns a page, and `fastmcp` all tools.
    names = sorted(tool.name for tool in getattr(listed, "tools", listed))
    assert names == TASK["tools"], names
    await check_tool(client, TASK["open"])
    try:
        await check_tool(client, TASK["further"])
    except MCPError as error:
        # In 2025-11-25, an error has the URLs that the person must open before the tool can be called again.
        if error.error.code != URL_ELICITATION_REQUIRED:
            raise
        for elicitation in UrlElicitationRequiredError.from_error(error.error).elicitations:
            await pages.open(elicitation.url)
        await check_tool(client, TASK["further"])
    pages.check()


async def check_tool(client, tool: dict) -> None:
    result = await client.call_tool(tool["name"], tool["arguments"])
    assert not result.is_error, result
    assert tool["answer"] in result.content[0].text, result.content[0].text


def check_scopes(requested: list[set[str]]) -> None:
    """The client asks once for what the 401 names, and once more, with the scopes that the 403 names."""
    assert len(requested) == 2, requested
    assert requested[1].issuperset(TASK["further"]["scopes"]), requested


def run(log_in) -> None:
    """Runs the logins one after the other. The first failure ends the run."""

    async def main() -> None:
        for index in range(TASK["logins"]):
            try:
                async with asyncio.timeout(LIMIT):
                    await log_in()
            except Exception as error:
                raise RuntimeError(f"login {index} failed") from error

    asyncio.run(main())
