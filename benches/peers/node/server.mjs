// Express servers on a free port of 127.0.0.1. Usage: node server.mjs NAME SITE, where SITE is JSON. Prints its address.

import express from "express";
import { auth } from "express-oauth2-jwt-bearer";
import { createRemoteJWKSet, jwtVerify } from "jose";

const [name, text] = process.argv.slice(2);
const site = JSON.parse(text);

const servers = {
  express: () => (request, response, next) => next(),
  "express-oauth2": () =>
    auth({
      issuer: site.issuer,
      jwksUri: site.jwksUri,
      audience: site.audience,
      tokenSigningAlg: "RS256",
    }),
  "express-jose": () => {
    const keys = createRemoteJWKSet(new URL(site.jwksUri));
    const policy = { issuer: site.issuer, audience: site.audience, algorithms: ["RS256"] };
    return async (request, response, next) => {
      const [scheme, token] = (request.headers.authorization ?? "").split(" ");
      try {
        if (scheme !== "Bearer") throw new Error("no Bearer token");
        request.auth = await jwtVerify(token, keys, policy);
      } catch {
        return response.sendStatus(401);
      }
      next();
    };
  },
};

const app = express();
// The proxy in front of the API ends TLS.
app.set("trust proxy", true);
app.use(servers[name]());
app.get("/orders", (request, response) => response.send("ok"));
app.use((error, request, response, next) => response.sendStatus(error.status ?? 500));
// The main process has ended.
process.stdin.resume().on("end", () => process.exit());
const server = app.listen(0, "127.0.0.1", () => console.log(`127.0.0.1:${server.address().port}`));
