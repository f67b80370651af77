// SPDX-License-Identifier: Apache-2.0
import { isUscc } from './checkdigit.js';
import {
  isValue,
  keyOfAi,
  keyOfAiOrName,
  looksLikeValue,
  qualifierOfAi,
  qualifierOfAiOrName,
  type Gs1Kind,
} from './gs1.js';
import { isUnreserved, percentDecode, percentDecodeCanonical } from './percent.js';

/**
 * Subjects in their canonical spelling (formats.md A.8): whether a URI is one, and of what kind.
 * Unlike the ledger's parser this one converts nothing; what is not canonical is refused whole.
 */

export type SubjectKind =
  | Gs1Kind
  | 'DRUG_CODE'
  | 'CERTIFICATE'
  | 'ORDER'
  | 'CASE'
  | 'RECORD'
  | 'KEYS'
  | 'LOOK_UPS';

const SUBJECT_MAX = 512;
const GS1 = 'https://id.gs1.org/';
const URN = 'urn:pinlian:';
const RECORD = 'urn:pinlian:record:';
export const KEYS = 'urn:pinlian:keys:';

/** EPC schemes without a GS1 key (GS1 TDS section 6.3): the URN is their only spelling. */
const EPC_ONLY = new Set(['gid', 'usdod', 'adi', 'bic', 'imovn']);

const PARTICIPANT_SCHEMES = new Set(['uscc', 'gln', 'farmer', 'device']);

/** The kind of thing that a canonical URI names; undefined if it is not canonical. */
export function subjectKind(uri: string): SubjectKind | undefined {
  if (uri.length > SUBJECT_MAX) {
    return undefined;
  }
  if (uri.startsWith(GS1)) {
    return gs1Kind(uri);
  }
  if (uri.startsWith(URN)) {
    return urnKind(uri);
  }
  return isForeign(uri) && !isSpellingOfOurs(uri) ? 'OTHER' : undefined;
}

function gs1Kind(uri: string): SubjectKind | undefined {
  const [ai, value, qualifierAi, qualifying, ...more] = uri.slice(GS1.length).split('/');
  const key = keyOfAi(ai ?? '');
  if (key === undefined || value === undefined || more.length > 0) {
    return undefined;
  }
  const decoded = percentDecodeCanonical(value);
  if (decoded === undefined || !isValue(key.field, decoded)) {
    return undefined;
  }
  if (qualifierAi === undefined) {
    return key.kind;
  }
  const qualifier = qualifierOfAi(key, qualifierAi);
  const text = qualifying === undefined ? undefined : percentDecodeCanonical(qualifying);
  return qualifier !== undefined && text !== undefined && isValue(qualifier.field, text)
    ? qualifier.kind
    : undefined;
}

function urnKind(uri: string): SubjectKind | undefined {
  const colon = uri.indexOf(':', URN.length);
  const rest = uri.slice(colon + 1);
  switch (uri.slice(URN.length, colon < 0 ? URN.length : colon)) {
    case 'lot':
      return isNamed(rest) ? 'LOT' : undefined;
    case 'certificate':
      return isNamed(rest) ? 'CERTIFICATE' : undefined;
    case 'order':
      return isNamed(rest) ? 'ORDER' : undefined;
    case 'case':
      return isNamed(rest) ? 'CASE' : undefined;
    case 'cn-drug':
      return /^[0-9]{20}$/.test(rest) ? 'DRUG_CODE' : undefined;
    case 'keys':
      return isParticipant(rest) ? 'KEYS' : undefined;
    case 'lookups':
      return isParticipant(rest) ? 'LOOK_UPS' : undefined;
    case 'record':
      return recordPlaceOf(uri) === undefined ? undefined : 'RECORD';
    default:
      return undefined;
  }
}

/** Participant, colon, name. Neither part of a participant has a colon. */
function isNamed(rest: string): boolean {
  const scheme = rest.indexOf(':');
  const colon = scheme < 0 ? -1 : rest.indexOf(':', scheme + 1);
  if (colon < 0 || !isParticipant(rest.slice(0, colon))) {
    return false;
  }
  const name = percentDecodeCanonical(rest.slice(colon + 1));
  // Any script, but no control characters: two names must not look alike on a label.
  return name !== undefined && name !== '' && !/[\u0000-\u001f\u007f-\u009f]/.test(name);
}

/** Who signs: `uscc:`, `gln:`, `farmer:` or `device:` and a value. */
export function isParticipant(text: string): boolean {
  const colon = text.indexOf(':');
  const value = text.slice(colon + 1);
  switch (text.slice(0, Math.max(colon, 0))) {
    case 'uscc':
      return isUscc(value);
    case 'gln':
      return isValue(keyOfAi('414')!.field, value);
    case 'farmer':
    case 'device':
      return value !== '' && value.length <= 64 && isUnreserved(value);
    default:
      return false;
  }
}

/** Where the record stands that a canonical record subject names; undefined for other subjects. */
export function recordPlaceOf(uri: string): { index: bigint; position: number } | undefined {
  const digits = /^(0|[1-9][0-9]{0,18})\.(0|[1-9][0-9]{0,9})$/.exec(
    uri.startsWith(RECORD) ? uri.slice(RECORD.length) : '',
  );
  if (digits === null) {
    return undefined;
  }
  const index = BigInt(digits[1]!);
  const position = Number(digits[2]!);
  return index < 2n ** 63n && position < 2 ** 31 ? { index, position } : undefined;
}

export function recordSubject(index: bigint, position: number): string {
  return `${RECORD}${index}.${position}`;
}

/** RFC 3986 section 4.3, and a fragment: taken as it is, unless it is a participant's. */
function isForeign(uri: string): boolean {
  if (
    !/^[A-Za-z0-9._~%:/?#[\]@!$&'()*+,;=-]+$/.test(uri) ||
    /%(?![0-9A-Fa-f]{2})/.test(uri) ||
    !/^[A-Za-z][A-Za-z0-9+.-]*:./.test(uri)
  ) {
    return false;
  }
  const scheme = uri.slice(0, uri.indexOf(':')).toLowerCase();
  return !PARTICIPANT_SCHEMES.has(scheme) && !hasGs1Host(uri);
}

/** On GS1's own host there is nothing but keys: what does not read as one is a mistake. */
function hasGs1Host(uri: string): boolean {
  return /^https?:\/\/id\.gs1\.org([/?#:]|$)/i.test(uri);
}

/** Whether a URI is another way to write what has a canonical spelling of ours. */
function isSpellingOfOurs(uri: string): boolean {
  const lower = uri.toLowerCase();
  if (lower.startsWith(URN)) {
    return true;
  }
  if (lower.startsWith('urn:epc:')) {
    const [, , form, scheme, ...rest] = lower.split(':');
    const known = form === 'id' || form === 'class' || form === 'idpat';
    return !known || rest.length === 0 || !EPC_ONLY.has(scheme ?? '');
  }
  return (lower.startsWith('https://') || lower.startsWith('http://')) && isDigitalLink(uri);
}

/**
 * Whether some key and the rest of the path read as a Digital Link: a host may put it behind a path
 * of its own (GS1 Digital Link: URI Syntax).
 */
function isDigitalLink(uri: string): boolean {
  const path = /^https?:\/\/[^/?#]*\/([^?#]*)/i.exec(uri)?.[1];
  if (path === undefined) {
    return false;
  }
  const segments = path.replace(/\/+$/, '').split('/').map(percentDecode);
  if (segments.includes(undefined)) {
    return false;
  }
  for (let i = 0; i + 1 < segments.length; i++) {
    const key = keyOfAiOrName(segments[i]!);
    if (key !== undefined && looksLikeValue(key.field, segments[i + 1]!)) {
      const rest = segments.slice(i + 2);
      const seen = new Set<string>();
      const qualifies =
        rest.length % 2 === 0 &&
        rest.every((text, at) => {
          if (at % 2 === 1) {
            return true;
          }
          const qualifier = qualifierOfAiOrName(key, text!);
          const isNew = qualifier !== undefined && !seen.has(qualifier.field.ai);
          if (qualifier !== undefined) {
            seen.add(qualifier.field.ai);
          }
          return isNew;
        });
      if (qualifies) {
        return true;
      }
    }
  }
  return false;
}
