"""Runs auth0-api-python, Auth0's library for APIs, unmodified, against the built programs, over TLS.

    checks.py FOLDER

FOLDER has the programs `local-tenant` and `axum-api`. The tests of exchanges call the tenant as the API. The tests of
tokens compare what the library and `axum-api` verify.
"""

import asyncio
import os
import re
import sys
import time
import uuid
from pathlib import Path

# Nothing here may leave this machine.
PROXY = "http://127.0.0.1:9"
os.environ.update({"HTTP_PROXY": PROXY, "HTTPS_PROXY": PROXY, "NO_PROXY": "127.0.0.1,localhost"})

import httpx  # noqa: E402 (the environment first)
from auth0_api_python import ApiClient, ApiClientOptions, ApiError, get_current_actor  # noqa: E402
from auth0_api_python.errors import InvalidDpopProofError, VerifyAccessTokenError  # noqa: E402
from auth0_api_python.utils import sha256_base64url  # noqa: E402
from joserfc import jwt  # noqa: E402
from joserfc.jwk import ECKey  # noqa: E402

START_LIMIT, CHECK_LIMIT = 30, 20  # seconds

USER = "auth0|local-user"
PROFILE = {"subject_token_type": "urn:local:legacy-session", "subject_token": f"legacy:{USER}"}


class World:
    """The running programs and their printed values."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.programs = []

    async def start(self):
        lines = await self.run("local-tenant", ["--tls", "--port", "0", "--quiet"], "Stop with")
        exports = dict(match.groups() for line in lines if (match := re.match(r"  export (\w+)=(\S+)$", line)))
        printed = dict(match.groups() for line in lines if (match := re.match(r"  (\S.*?)  +(\S+)", line)))
        os.environ.update(exports)  # SSL_CERT_FILE names the certificate that httpx has to trust
        self.domain, self.audience = exports["AUTH0_DOMAIN"], exports["AUTH0_AUDIENCE"]
        self.downstream = exports["DOWNSTREAM_AUDIENCE"]
        self.caller = (printed["client id"], printed["client secret"])
        self.api_client = (exports["AUTH0_CLIENT_ID"], exports["AUTH0_CLIENT_SECRET"])
        os.environ["PORT"] = "0"
        lines = await self.run("axum-api", [], "listening on http")
        self.url = re.search(r"http:\S+", lines[-1]).group() + "/api/claims"

    async def run(self, name: str, arguments: list[str], last: str) -> list[str]:
        """Starts a program, and reads its lines up to one that contains `last`."""
        program = await asyncio.create_subprocess_exec(
            self.folder / name, *arguments, stdout=asyncio.subprocess.PIPE
        )
        self.programs.append(program)
        lines = []
        async with asyncio.timeout(START_LIMIT):
            while not lines or last not in lines[-1]:
                line = (await program.stdout.readline()).decode()
                assert line, f"{name} ended:\n{''.join(lines)}"
                lines.append(line.rstrip("\n"))
        return lines

    async def stop(self):
        for program in self.programs:
            if program.returncode is None:
                program.terminate()
        async with asyncio.timeout(START_LIMIT):
            for program in self.programs:
                await program.wait()

    def api(self, **options) -> ApiClient:
        """The API under test, with the library."""
        client_id, client_secret = self.api_client
        options = {"domain": self.domain, "client_id": client_id, "client_secret": client_secret} | options
        return ApiClient(ApiClientOptions(**{"audience": self.audience} | options))

    async def user_token(self, **options) -> str:
        client_id, client_secret = self.caller
        client = self.api(client_id=client_id, client_secret=client_secret)
        return (await client.get_token_by_exchange_profile(**PROFILE, audience=self.audience, **options))["access_token"]

    async def bound_token(self, key: ECKey) -> str:
        """Gets a token that is bound to a key. The library requests none, so this is a plain request."""
        url = f"https://{self.domain}/oauth/token"
        client_id, client_secret = self.caller
        form = {"grant_type": "client_credentials", "audience": self.audience}
        form |= {"client_id": client_id, "client_secret": client_secret}
        async with httpx.AsyncClient() as client:
            response = await client.post(url, data=form, headers={"dpop": proof(key, "POST", url)})
        assert response.status_code == 200, response.text
        assert response.json()["token_type"] == "DPoP", response.text
        return response.json()["access_token"]

    async def at_the_api(self, headers: dict[str, str]) -> httpx.Response:
        async with httpx.AsyncClient() as client:
            return await client.get(self.url, headers=headers)

    async def both_accept(self, headers: dict[str, str], other_headers: dict[str, str] | None = None) -> dict:
        """Checks that the library and `axum-api` verify the same claims. A proof works once, so each has its own."""
        claims = await self.api().verify_request(headers, "GET", self.url)
        response = await self.at_the_api(other_headers or headers)
        assert response.status_code == 200, response.text
        assert response.json() == claims, (response.json(), claims)
        return claims

    async def both_reject(self, headers: dict[str, str], error: type[Exception], code: str):
        await rejected(self.api().verify_request(headers, "GET", self.url), error, code)
        response = await self.at_the_api(headers)
        assert (response.status_code, response.json()["error"]) == (401, code), response.text


# --- Tokens


async def verifies_a_bearer_token(world: World):
    claims = await world.both_accept(bearer(await world.user_token(scope="read:messages")))
    assert (claims["sub"], claims["scope"]) == (USER, "read:messages"), claims


async def trusts_a_list_of_domains(world: World):
    token = await world.user_token()
    claims = await world.api(domains=["other.example.com", world.domain]).verify_access_token(token)
    assert claims["iss"] == f"https://{world.domain}/", claims
    untrusting = world.api(domains=["other.example.com"]).verify_access_token(token)
    await rejected(untrusting, VerifyAccessTokenError, "invalid_token")


async def rejects_a_changed_token(world: World):
    head, claims, signature = (await world.user_token()).split(".")
    changed = ("B" if signature[0] == "A" else "A") + signature[1:]
    await world.both_reject(bearer(f"{head}.{claims}.{changed}"), VerifyAccessTokenError, "invalid_token")


async def rejects_a_token_for_another_api(world: World):
    exchanged = await world.api().get_token_on_behalf_of(await world.user_token(), world.downstream)
    await world.both_reject(bearer(exchanged["access_token"]), VerifyAccessTokenError, "invalid_token")


async def rejects_an_id_token(world: World):
    client_id, client_secret = world.caller
    client = world.api(client_id=client_id, client_secret=client_secret)
    tokens = await client.get_token_by_exchange_profile(**PROFILE, audience=world.audience, scope="openid")
    await world.both_reject(bearer(tokens["id_token"]), VerifyAccessTokenError, "invalid_token")


async def verifies_a_bound_token_and_its_proof(world: World):
    key = ECKey.generate_key("P-256")
    token = await world.bound_token(key)
    claims = await world.both_accept(
        bound(token, proof(key, "GET", world.url, token)), bound(token, proof(key, "GET", world.url, token))
    )
    assert claims["cnf"] == {"jkt": key.thumbprint()}, claims


async def rejects_a_bound_token_as_a_bearer_token(world: World):
    token = await world.bound_token(ECKey.generate_key("P-256"))
    await world.both_reject(bearer(token), VerifyAccessTokenError, "invalid_token")


async def rejects_a_proof_of_another_key(world: World):
    token = await world.bound_token(ECKey.generate_key("P-256"))
    other = proof(ECKey.generate_key("P-256"), "GET", world.url, token)
    await world.both_reject(bound(token, other), VerifyAccessTokenError, "invalid_token")


async def rejects_a_proof_for_another_method(world: World):
    key = ECKey.generate_key("P-256")
    token = await world.bound_token(key)
    wrong = proof(key, "POST", world.url, token)
    await world.both_reject(bound(token, wrong), InvalidDpopProofError, "invalid_dpop_proof")


# --- Exchanges


async def exchanges_a_token_of_a_profile(world: World):
    client_id, client_secret = world.caller
    client = world.api(client_id=client_id, client_secret=client_secret)
    tokens = await client.get_token_by_exchange_profile(
        **PROFILE, audience=world.audience, scope="openid read:messages", extra={"device": ["one", "two"]}
    )
    assert tokens["id_token"] and tokens["token_type"] == "Bearer", tokens
    assert (await world.both_accept(bearer(tokens["access_token"])))["sub"] == USER


async def exchanges_a_token_without_an_audience(world: World):
    client_id, client_secret = world.caller
    client = world.api(client_id=client_id, client_secret=client_secret)
    tokens = await client.get_token_by_exchange_profile(**PROFILE)
    assert (await world.both_accept(bearer(tokens["access_token"])))["sub"] == USER


async def reports_a_subject_token_that_the_profile_rejects(world: World):
    client_id, client_secret = world.caller
    client = world.api(client_id=client_id, client_secret=client_secret)
    exchange = client.get_token_by_exchange_profile(**PROFILE | {"subject_token": "no-session"})
    error = await rejected(exchange, ApiError, "invalid_request")
    assert error.status_code == 400, error.status_code


async def reports_a_wrong_secret(world: World):
    exchange = world.api(client_secret="wrong").get_token_on_behalf_of(await world.user_token(), world.downstream)
    error = await rejected(exchange, ApiError, "access_denied")
    assert error.status_code == 401, error.status_code


async def exchanges_a_token_on_behalf_of_a_user(world: World):
    tokens = await world.api().get_token_on_behalf_of(
        await world.user_token(), world.downstream, scope="read:invoices"
    )
    claims = await world.api(audience=world.downstream).verify_access_token(tokens["access_token"])
    assert (claims["sub"], claims["scope"]) == (USER, "read:invoices"), claims
    assert get_current_actor(claims) == world.api_client[0], claims


async def gets_a_token_of_a_connection(world: World):
    options = {"connection": "google-oauth2", "access_token": await world.user_token()}
    tokens = await world.api().get_access_token_for_connection(options)
    assert tokens["expires_at"] > time.time(), tokens
    async with httpx.AsyncClient() as client:
        url = f"https://{world.domain}/third-party/google-oauth2"
        response = await client.get(url, headers=bearer(tokens["access_token"]))
    assert response.status_code == 200, response.text


async def reports_that_an_account_is_not_linked(world: World):
    options = {"connection": "slack", "access_token": await world.user_token()}
    exchange = world.api().get_access_token_for_connection(options)
    await rejected(exchange, ApiError, "federated_connection_refresh_token_not_found")


CHECKS = [
    verifies_a_bearer_token,
    trusts_a_list_of_domains,
    rejects_a_changed_token,
    rejects_a_token_for_another_api,
    rejects_an_id_token,
    verifies_a_bound_token_and_its_proof,
    rejects_a_bound_token_as_a_bearer_token,
    rejects_a_proof_of_another_key,
    rejects_a_proof_for_another_method,
    exchanges_a_token_of_a_profile,
    exchanges_a_token_without_an_audience,
    reports_a_subject_token_that_the_profile_rejects,
    reports_a_wrong_secret,
    exchanges_a_token_on_behalf_of_a_user,
    gets_a_token_of_a_connection,
    reports_that_an_account_is_not_linked,
]


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def bound(token: str, dpop: str) -> dict[str, str]:
    return {"authorization": f"DPoP {token}", "dpop": dpop}


def proof(key: ECKey, method: str, url: str, token: str | None = None) -> str:
    header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": key.as_dict(private=False)}
    claims = {"jti": str(uuid.uuid4()), "iat": int(time.time()), "htm": method, "htu": url}
    if token:
        claims["ath"] = sha256_base64url(token)
    return jwt.encode(header, claims, key)


async def rejected(result, error: type[Exception], code: str):
    """Checks that a call fails with an error of this type and code, and returns the error."""
    try:
        value = await result
    except error as raised:
        assert raised.get_error_code() == code, (raised.get_error_code(), raised)
        return raised
    raise AssertionError(f"no error, but {value}")


async def main(folder: Path) -> int:
    world, failed = World(folder), 0
    try:
        await world.start()
        for check in CHECKS:
            name = check.__name__.replace("_", " ")
            try:
                async with asyncio.timeout(CHECK_LIMIT):
                    await check(world)
                print(f"ok auth0-api-python: {name}")
            except Exception as error:  # every failure counts, whatever it is
                failed += 1
                print(f"FAILED auth0-api-python: {name}: {error!r}")
    finally:
        await world.stop()
    print(f"{len(CHECKS) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(Path(sys.argv[1]).resolve())))
