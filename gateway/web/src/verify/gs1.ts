// SPDX-License-Identifier: Apache-2.0
import { gs1CheckDigit, gs1Pair } from './checkdigit.js';

/**
 * The GS1 application identifiers that name things, what their values look like, and which of them
 * qualify which (GS1 General Specifications, Barcode Syntax Dictionary, Digital Link: URI Syntax).
 */

type Tail = 'none' | 'digits' | 'set39' | 'set82';

const TAILS: Record<Tail, RegExp> = {
  none: /^$/,
  digits: /^[0-9]*$/,
  set39: /^[#\-/0-9A-Z]*$/,
  set82: /^[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]*$/,
};

/** Some digits, of which the first few may end in a check digit, then a tail of another alphabet. */
interface Gs1Field {
  readonly ai: string;
  /** What Digital Links before version 1.3 might write in place of the number. */
  readonly shortName: string;
  readonly digits: number;
  readonly checked: number;
  readonly tail: Tail;
  readonly tailMin: number;
  readonly tailMax: number;
  readonly rule?: (value: string) => boolean;
}

function field(
  ai: string,
  shortName: string,
  digits: number,
  checked: number,
  tail: Tail,
  tailMin: number,
  tailMax: number,
  rule?: (value: string) => boolean,
): Gs1Field {
  const made = { ai, shortName, digits, checked, tail, tailMin, tailMax };
  return rule === undefined ? made : { ...made, rule };
}

/** A company prefix comes first, and it has at least four digits. */
function beginsWithPrefix(value: string): boolean {
  return /^[0-9]{4}/.test(value);
}

/** Two digits each, the piece from 1 to the total. */
function isPieceOfTotal(value: string): boolean {
  const piece = value.slice(14, 16);
  return piece !== '00' && piece <= value.slice(16);
}

function endsInPair(value: string): boolean {
  return beginsWithPrefix(value) && value.slice(-2) === gs1Pair(value.slice(0, -2));
}

const GTIN = field('01', 'gtin', 14, 14, 'none', 0, 0);
const LOT = field('10', 'lot', 0, 0, 'set82', 1, 20);
const SERIAL = field('21', 'ser', 0, 0, 'set82', 1, 20);
const CPV = field('22', 'cpv', 0, 0, 'set82', 1, 20);
const TPX = field('235', '235', 0, 0, 'set82', 1, 28);
// "0" is how an EPC says that there is no extension.
const GLN_EXTENSION = field('254', 'glnx', 0, 0, 'set82', 1, 20, (value) => value !== '0');
const IMPORTER = field('7040', '7040', 1, 0, 'set82', 3, 3);
const CPID_SERIAL = field(
  '8011', 'cpsn', 0, 0, 'digits', 1, 12, (value) => value.length === 1 || !value.startsWith('0'),
);
const SERVICE_INSTANCE = field('8019', 'srin', 0, 0, 'digits', 1, 10);
const PAYMENT_REFERENCE = field('8020', 'refno', 0, 0, 'set82', 1, 25);

export type Gs1Kind = 'CLASS' | 'LOT' | 'UNIT' | 'LOGISTIC_UNIT' | 'LOCATION' | 'OTHER';

interface Qualifier {
  readonly field: Gs1Field;
  readonly kind: Gs1Kind;
}

interface Gs1Key extends Qualifier {
  readonly qualifiers: readonly Qualifier[];
}

function key(field: Gs1Field, kind: Gs1Kind, ...qualifiers: Qualifier[]): Gs1Key {
  return { field, kind, qualifiers };
}

const KEYS: readonly Gs1Key[] = [
  key(
    GTIN,
    'CLASS',
    { field: CPV, kind: 'CLASS' },
    { field: LOT, kind: 'LOT' },
    { field: SERIAL, kind: 'UNIT' },
    { field: TPX, kind: 'UNIT' },
  ),
  key(
    field('8006', 'itip', 18, 14, 'none', 0, 0, isPieceOfTotal),
    'CLASS',
    { field: CPV, kind: 'CLASS' },
    { field: LOT, kind: 'LOT' },
    { field: SERIAL, kind: 'UNIT' },
  ),
  key(field('00', 'sscc', 18, 18, 'none', 0, 0), 'LOGISTIC_UNIT'),
  key(field('414', 'gln', 13, 13, 'none', 0, 0), 'LOCATION', {
    field: GLN_EXTENSION,
    kind: 'LOCATION',
  }),
  key(field('415', 'payTo', 13, 13, 'none', 0, 0), 'OTHER', {
    field: PAYMENT_REFERENCE,
    kind: 'OTHER',
  }),
  key(field('417', 'partyGln', 13, 13, 'none', 0, 0), 'OTHER', { field: IMPORTER, kind: 'OTHER' }),
  // The 14th digit makes a GRAI's asset type as long as a GTIN.
  key(field('8003', 'grai', 14, 14, 'set82', 0, 16, (value) => value.startsWith('0')), 'OTHER'),
  key(field('8004', 'giai', 0, 0, 'set82', 5, 30, beginsWithPrefix), 'OTHER'),
  key(field('8010', 'cpid', 0, 0, 'set39', 5, 30, beginsWithPrefix), 'OTHER', {
    field: CPID_SERIAL,
    kind: 'OTHER',
  }),
  key(field('8013', 'gmn', 0, 0, 'set82', 5, 25, endsInPair), 'OTHER'),
  key(field('8017', 'gsrnp', 18, 18, 'none', 0, 0), 'OTHER', {
    field: SERVICE_INSTANCE,
    kind: 'OTHER',
  }),
  key(field('8018', 'gsrn', 18, 18, 'none', 0, 0), 'OTHER', {
    field: SERVICE_INSTANCE,
    kind: 'OTHER',
  }),
  key(field('253', 'gdti', 13, 13, 'set82', 0, 17), 'OTHER'),
  key(field('255', 'gcn', 13, 13, 'digits', 0, 12), 'OTHER'),
  key(field('401', 'ginc', 0, 0, 'set82', 5, 30, beginsWithPrefix), 'OTHER'),
  key(field('402', 'gsin', 17, 17, 'none', 0, 0), 'OTHER'),
];

export function keyOfAi(ai: string): Gs1Key | undefined {
  return KEYS.find((known) => known.field.ai === ai);
}

/** Also knows the names that old Digital Links write in place of the number. */
export function keyOfAiOrName(text: string): Gs1Key | undefined {
  return KEYS.find((known) => isNamed(known.field, text));
}

export function qualifierOfAi(key: Gs1Key, ai: string): Qualifier | undefined {
  return key.qualifiers.find((known) => known.field.ai === ai);
}

export function qualifierOfAiOrName(key: Gs1Key, text: string): Qualifier | undefined {
  return key.qualifiers.find((known) => isNamed(known.field, text));
}

function isNamed(field: Gs1Field, text: string): boolean {
  return field.ai === text || field.shortName === text;
}

export function isValue({ digits, checked, tail, tailMin, tailMax, rule }: Gs1Field, value: string) {
  const tailLength = value.length - digits;
  return (
    value.length > 0 &&
    tailLength >= tailMin &&
    tailLength <= tailMax &&
    areDigits(value.slice(0, digits)) &&
    TAILS[tail].test(value.slice(digits)) &&
    (checked === 0 ||
      value.charAt(checked - 1) === gs1CheckDigit(value.slice(0, checked - 1))) &&
    (rule === undefined || rule(value))
  );
}

/** Whether a path segment behind this AI is meant as its value, check digits aside. */
export function looksLikeValue(field: Gs1Field, value: string): boolean {
  if (field === GTIN) {
    return areDigits(value) && [8, 12, 13, 14].includes(value.length);
  }
  return (
    value.length >= field.digits + field.tailMin &&
    value.length <= field.digits + field.tailMax &&
    areDigits(value.slice(0, field.digits > 0 ? field.digits : 4))
  );
}

function areDigits(text: string): boolean {
  return /^[0-9]*$/.test(text);
}
