// Who may talk to the browser host. Loopback is no boundary: any page in any browser can send requests to
// it, so every route checks Host, every upgrade and write checks Origin, and everything needs the cookie
// that the access code was exchanged for, once. Wrong codes are answered ever less.

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Names that mean this machine in a Host header. */
const loopbackNames = ['127.0.0.1', 'localhost', '[::1]'];
/** Crockford's 32 letters and digits, five bits each: what looks alike is read alike. */
const codeAlphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const codeGroups = 4;
const codeGroupLength = 7;
/** Wrong codes of one address that are looked at in a minute. */
const mostWrongCodes = 10;
const wrongCodesMs = 60_000;
const mostAddresses = 1_000;

/** A cookie for a code, or why there is none. */
export type Exchange = { cookie: string } | { refusal: 'wrong' | 'used' | 'too-many' };

export interface Access {
  /** More than 128 random bits, in groups that can be typed; good for one exchange. */
  readonly accessCode: string;
  isHostAllowed(request: IncomingMessage): boolean;
  /** True only when Origin is there and names this very server. */
  isOriginAllowed(request: IncomingMessage): boolean;
  hasSession(request: IncomingMessage): boolean;
  /** Exchanges a code that came from an address. */
  exchange(code: string, address: string): Exchange;
}

/** Rules for a server that listens on `host` and `port`. */
export function createAccess(host: string, port: number): Access {
  const accessCode = makeCode();
  const session = randomBytes(24).toString('base64url');
  // Cookies are shared between ports of one host name: the port keeps two studios apart.
  const cookieName = `heddle-${port}`;
  const names = [...loopbackNames, ...(isWildcard(host) || host === '' ? [] : [bracketed(host)])];
  const allowedHosts = new Set(
    names.flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`])),
  );
  const wrongCodes = wrongCodeCounter();
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
    exchange(code, address) {
      if (wrongCodes.isFull(address)) return { refusal: 'too-many' };
      if (!isSame(asTyped(code), asTyped(accessCode))) {
        wrongCodes.add(address);
        return { refusal: 'wrong' };
      }
      if (isCodeUsed) return { refusal: 'used' };
      isCodeUsed = true;
      return { cookie: `${cookieName}=${session}; HttpOnly; SameSite=Strict; Path=/` };
    },
  };
}

function makeCode(): string {
  const letters = [...randomBytes(codeGroups * codeGroupLength)].map((byte) => codeAlphabet[byte % 32]);
  return Array.from({ length: codeGroups }, (_, group) =>
    letters.slice(group * codeGroupLength, (group + 1) * codeGroupLength).join(''),
  ).join('-');
}

/** A code however a person wrote it: case, dashes, blanks, and the letters that look like digits. */
function asTyped(code: string): string {
  return code.slice(0, 200).toLowerCase().replace(/[\s-]/g, '').replaceAll('o', '0').replace(/[il]/g, '1');
}

/** Counts wrong codes by address, and forgets them after a while. */
function wrongCodeCounter() {
  const times = new Map<string, number[]>();
  const recent = (address: string): number[] =>
    (times.get(address) ?? []).filter((timeMs) => performance.now() - timeMs < wrongCodesMs);
  return {
    isFull: (address: string) => recent(address).length >= mostWrongCodes,
    add(address: string): void {
      times.set(address, [...recent(address), performance.now()]);
      const [oldest] = times.keys();
      if (times.size > mostAddresses && oldest !== undefined) times.delete(oldest);
    },
  };
}

/** Compares without telling by its time how much was right. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/** Whether an address to listen on stands for every interface. */
export function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host.toLowerCase()}]` : host.toLowerCase();
}

function isHostAndPort(value: string, port: number): boolean {
  return /^(\[[0-9a-f:]+\]|[a-z0-9.-]+)(:\d+)?$/.test(value) && (value.endsWith(`:${port}`) || port === 80);
}
