/**
 * A real OpenID Connect provider on the loopback address, with an interaction of one step.
 * node issuer.mjs PORT CALLBACK: prints "ready" when it answers.
 */
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const [port, callback] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const provider = new Provider(issuer, {
  clients: [{ client_id: "mobility", client_secret: "a-secret-of-the-issuer-for-tests-only", redirect_uris: [callback] }],
  pkce: { required: () => true },
  cookies: { keys: ["only for tests"] },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ sub, name: "Rosalia Rossi" }) }),
});

/** @param {import("node:http").IncomingMessage} request */
async function read(request) {
  let body = "";
  for await (const part of request) body += part;
  return new URLSearchParams(body);
}

async function interact(request, response) {
  const { uid, params } = await provider.interactionDetails(request, response);
  if (request.method === "GET") {
    response.setHeader("content-type", "text/html");
    response.end(`<!DOCTYPE html><title>Issuer</title><link rel="icon" href="data:,"><form method="post" action="/interaction/${uid}">
      <label>Person <input name="person"></label><button>Go on</button></form>`);
    return;
  }
  const person = (await read(request)).get("person");
  if (!person) {
    await provider.interactionFinished(request, response, { error: "access_denied" });
    return;
  }
  const grant = new provider.Grant({ accountId: person, clientId: params.client_id });
  grant.addOIDCScope("openid");
  const done = { login: { accountId: person }, consent: { grantId: await grant.save() } };
  await provider.interactionFinished(request, response, done, { mergeWithLastSubmission: false });
}

const answer = provider.callback();
createServer((request, response) => {
  if (!request.url.startsWith("/interaction/")) return answer(request, response);
  return interact(request, response).catch((error) => {
    response.statusCode = 500;
    response.end(String(error));
  });
}).listen(Number(port), "127.0.0.1", () => console.log("ready"));
