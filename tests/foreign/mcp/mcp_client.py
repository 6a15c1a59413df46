"""Logs in with the client of the package `mcp`."""

from urllib.parse import parse_qs, urlsplit

from common import MODE, TASK, Pages, check_scopes, run, sign_in, use_tools
from httpx2 import AsyncClient
from mcp import Client
from mcp.client.auth import OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientMetadata
from mcp_types import ElicitResult

# Nobody listens there: the person hands the callback over.
CALLBACK = "http://127.0.0.1:1/callback"


class Memory:
    """The storage of one user."""

    tokens = client = None

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens

    async def get_client_info(self):
        return self.client

    async def set_client_info(self, client_info):
        self.client = client_info


async def log_in() -> None:
    requested, callbacks, pages = [], [], Pages()

    async def redirect(url: str) -> None:
        requested.append(set(parse_qs(urlsplit(url).query)["scope"][0].split()))
        callbacks.append(await sign_in(url))

    async def callback() -> AuthorizationCodeResult:
        values = {name: values[0] for name, values in parse_qs(urlsplit(callbacks.pop()).query).items()}
        return AuthorizationCodeResult(code=values["code"], state=values["state"], iss=values.get("iss"))

    async def elicit(_, params) -> ElicitResult:
        await pages.open(params.url)
        return ElicitResult(action="accept")

    auth = OAuthClientProvider(
        server_url=TASK["url"],
        client_metadata=OAuthClientMetadata(
            client_name="a foreign client", redirect_uris=[CALLBACK], token_endpoint_auth_method="none"
        ),
        storage=Memory(),
        redirect_handler=redirect,
        callback_handler=callback,
        client_metadata_url=TASK.get("documentUrl"),
    )
    async with AsyncClient(auth=auth) as http:
        transport = streamable_http_client(TASK["url"], http_client=http)
        async with Client(transport, mode=MODE, elicitation_callback=elicit) as client:
            assert client.protocol_version == TASK["version"], client.protocol_version
            await use_tools(client, pages)
    check_scopes(requested)


run(log_in)
