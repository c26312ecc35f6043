// Who may talk to the browser host. Loopback is no boundary: any page in any browser can send requests to
// it, so every route checks Host, every upgrade and write checks Origin, and everything needs the cookie
// that the access code was exchanged for, once.

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Names that mean this machine in a Host header. */
const loopbackNames = ['127.0.0.1', 'localhost', '[::1]'];

export interface Access {
  /** 192 random bits; good for one exchange. */
  readonly accessCode: string;
  isHostAllowed(request: IncomingMessage): boolean;
  /** True only when Origin is there and names this very server. */
  isOriginAllowed(request: IncomingMessage): boolean;
  hasSession(request: IncomingMessage): boolean;
  /** A cookie for the code, or null when the code is wrong or was used before. */
  exchange(code: string): string | null;
}

/** Rules for a server that listens on `host` and `port`. */
export function createAccess(host: string, port: number): Access {
  const accessCode = randomBytes(24).toString('base64url');
  const session = randomBytes(24).toString('base64url');
  // Cookies are shared between ports of one host name: the port keeps two studios apart.
  const cookieName = `heddle-${port}`;
  const names = [...loopbackNames, ...(isWildcard(host) || host === '' ? [] : [bracketed(host)])];
  const allowedHosts = new Set(
    names.flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`])),
  );
  let isCodeUsed = false;

  const isHostAllowed = (request: IncomingMessage): boolean => {
    const value = request.headers.host?.toLowerCase();
    if (value === undefined) return false;
    // Bound to every interface, the machine has names that only its network knows; the cookie still holds.
    return isWildcard(host) ? isHostAndPort(value, port) : allowedHosts.has(value);
  };
  return {
    accessCode,
    isHostAllowed,
    isOriginAllowed: (request) =>
      isHostAllowed(request) &&
      request.headers.origin?.toLowerCase() === `http://${request.headers.host?.toLowerCase()}`,
    hasSession(request) {
      const prefix = `${cookieName}=`;
      const cookies = (request.headers.cookie ?? '').split(';').map((cookie) => cookie.trim());
      return cookies.some(
        (cookie) => cookie.startsWith(prefix) && isSame(cookie.slice(prefix.length), session),
      );
    },
    exchange(code) {
      if (isCodeUsed || !isSame(code, accessCode)) return null;
      isCodeUsed = true;
      return `${cookieName}=${session}; HttpOnly; SameSite=Strict; Path=/`;
    },
  };
}

/** Compares without telling by its time how much was right. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host.toLowerCase()}]` : host.toLowerCase();
}

function isHostAndPort(value: string, port: number): boolean {
  return /^(\[[0-9a-f:]+\]|[a-z0-9.-]+)(:\d+)?$/.test(value) && (value.endsWith(`:${port}`) || port === 80);
}
