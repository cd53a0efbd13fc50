/** An answer that is no success: its problem document is all there is to say. */
export class ProblemError extends Error {
  constructor(method, path, status, problem) {
    super(`${method} ${path} answered ${status}:\n${JSON.stringify(problem, null, 2)}`);
    this.status = status;
    this.problem = problem;
  }
}

/** A caller of one deployment. `body` may be FormData, or anything that becomes JSON. */
export function createClient(url) {
  let token;
  async function request(method, path, body, headers = {}) {
    const isForm = body instanceof FormData;
    const answer = await fetch(url + path, {
      method,
      headers: {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(body !== undefined && !isForm ? { "content-type": "application/json" } : {}),
        ...headers,
      },
      body: isForm || body === undefined ? body : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new ProblemError(method, path, answer.status, parsed(text));
    return parsed(text);
  }
  return {
    get: (path) => request("GET", path),
    post: (path, body, headers) => request("POST", path, body, headers),
    patch: (path, body) => request("PATCH", path, body),
    /** Signs up a tenant and takes a token for it; `operator` is the operator's token, where sign-up asks for it. */
    async signUp(tenant, operator) {
      token = operator;
      const { tenant_id, client_credentials } = await request("POST", "/api/tenant", tenant);
      token = undefined;
      const { access_token } = await request("POST", "/api/auth", { tenant_id, ...client_credentials });
      token = access_token;
      return { tenantId: tenant_id, token };
    },
  };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
