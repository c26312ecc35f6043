// The one page that needs no cookie: it asks a person for the access code and sends it back as a form, for a
// browser on another computer than the one whose terminal shows it. Without script; nothing of the studio.

import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Access, Exchange } from './access.ts';
import { contentSecurityPolicy, securityHeaders } from './static-files.ts';

const mostBodyBytes = 1_024;
const longestBodyMs = 10_000;

const style = `
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 26rem; margin: 18vh auto 0; padding: 0 1.5rem; }
h1 { font-size: 1.25rem; font-weight: 600; margin: 0 0 .5rem; }
form { display: flex; gap: .5rem; margin: 1rem 0; }
input { flex: 1; font: inherit; font-family: ui-monospace, monospace; padding: .4rem .6rem; }
button { font: inherit; padding: .4rem 1rem; }
`;
const styleHash = createHash('sha256').update(style).digest('base64');

/** The style is named by its hash; the form may go to this server alone, which must see its Origin. */
const headers = {
  ...securityHeaders,
  'Content-Security-Policy': contentSecurityPolicy
    .replace("style-src 'self'", `style-src 'sha256-${styleHash}'`)
    .replace("form-action 'none'", "form-action 'self'"),
  'Referrer-Policy': 'same-origin',
  'Content-Type': 'text/html; charset=utf-8',
  'Cache-Control': 'no-store',
};

type Refusal = Extract<Exchange, { refusal: string }>['refusal'];

const words: Record<Refusal, string> = {
  wrong: 'This is not the code. It is new at each start of Heddle.',
  used: 'This code has been used; it works once. Start Heddle again for a new one.',
  'too-many': 'Too many wrong codes. Wait a minute, then try again.',
};

/** Asks for the code, and says why the last one was refused. */
export function sendSignIn(response: ServerResponse, refusal: Refusal | null = null): void {
  const status = refusal === 'too-many' ? 429 : 401;
  response.writeHead(status, { ...headers, ...(status === 429 ? { 'Retry-After': '60' } : {}) });
  response.end(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Heddle</title>
<style>${style}</style>
<h1>Heddle</h1>
<p>Type the code that Heddle printed when it started, or open the address beside it.</p>
<form method="post" action="/enter">
<input name="code" aria-label="Access code" autocomplete="off" autocapitalize="none" spellcheck="false" autofocus>
<button>Enter</button>
</form>
<p role="status">${refusal ? words[refusal] : ''}</p>
`);
}

/** Lets a browser in with a code, or says why not. */
export function enter(
  request: IncomingMessage,
  response: ServerResponse,
  access: Access,
  code: string,
): void {
  const exchange = access.exchange(code, request.socket.remoteAddress ?? '');
  if ('refusal' in exchange && !access.hasSession(request)) {
    sendSignIn(response, exchange.refusal);
    return;
  }
  const cookie = 'cookie' in exchange ? { 'Set-Cookie': exchange.cookie } : {};
  // The code leaves the address bar, the history and the Referer with this redirect.
  response.writeHead(303, { ...securityHeaders, Location: '/', ...cookie }).end();
}

/** The code of a sent form; null when it is no such form, too long or too slow. */
export async function readCode(request: IncomingMessage): Promise<string | null> {
  const timeout = setTimeout(() => request.destroy(), longestBodyMs);
  let body = '';
  try {
    for await (const chunk of request) {
      body += (chunk as Buffer).toString('latin1');
      if (body.length > mostBodyBytes) return null;
    }
    return new URLSearchParams(body).get('code');
  } catch {
    return null;
  } finally {
    clearTimeout(timeout);
  }
}
