// SPDX-License-Identifier: Apache-2.0
import {
  create,
  ScalarType,
  type DescField,
  type DescMessage,
  type MessageShape,
} from '@bufbuild/protobuf';
import { Broken } from './broken.js';
import { textOf, type Bytes } from './bytes.js';

/**
 * Reads Protocol Buffers messages, and says whether the bytes are their own canonical encoding
 * (formats.md, "Canonical bytes"): fields ascending, shortest varints, packed lists, nothing
 * unknown, nothing doubled, no explicit defaults. The library's own reader forgives too much for
 * bytes that are signed, and what it made of them would have to be encoded again to see it.
 *
 * What is no message at all, and what is one and not canonical, is told apart as Java does.
 */

/** The bytes are no message of the type. */
class WireError extends Error {}
/** More values in it than asked for. */
class ValuesError extends Error {}

const VARINT = 0;
const FIXED64 = 1;
const DELIMITED = 2;
const START_GROUP = 3;
const END_GROUP = 4;
const FIXED32 = 5;

/** As in Java's reader: deeper is no message of ours. */
const DEPTH_MAX = 100;
const VARINT_BYTES_MAX = 10;

interface Field {
  readonly desc: DescField;
  /** How one value of it stands in bytes. */
  readonly wireType: number;
  /** Type of a scalar, also within a list. Enums are read as INT32. */
  readonly scalar: ScalarType;
  readonly message: DescMessage | undefined;
  readonly list: boolean;
  /** Numbers of a list stand together. */
  readonly packed: boolean;
  /** The name of the oneof it is a case of. */
  readonly oneof: string | undefined;
}

const tables = new WeakMap<DescMessage, ReadonlyMap<number, Field>>();

function fieldsOf(schema: DescMessage): ReadonlyMap<number, Field> {
  let table = tables.get(schema);
  if (table === undefined) {
    table = new Map(schema.fields.map((desc) => [desc.number, describe(desc)]));
    tables.set(schema, table);
  }
  return table;
}

function describe(desc: DescField): Field {
  const kind = desc.fieldKind === 'list' ? desc.listKind : desc.fieldKind;
  if (kind === 'map') {
    throw new Error(`${desc} is a map, whose encoding is not unique`);
  }
  const scalar = kind === 'scalar' ? desc.scalar! : ScalarType.INT32;
  return {
    desc,
    scalar,
    wireType:
      kind === 'message' || scalar === ScalarType.STRING || scalar === ScalarType.BYTES
        ? DELIMITED
        : VARINT,
    message: desc.message,
    list: desc.fieldKind === 'list',
    packed: desc.fieldKind === 'list' && desc.packed,
    oneof: desc.oneof?.localName,
  };
}

type Values = Record<string, unknown>;

interface OneofValue {
  case?: string | undefined;
  value?: unknown;
}

class Reading {
  at = 0;
  canonical = true;
  private depth = 0;
  private end: number;

  /**
   * @param groups whether groups may be passed over, which no message of ours has: they nest
   *     without an end to be seen
   */
  constructor(
    private readonly bytes: Bytes,
    private valuesLeft: number,
    private readonly groups: boolean,
  ) {
    this.end = bytes.length;
  }

  message(schema: DescMessage): Values {
    const fields = fieldsOf(schema);
    const values = create(schema) as unknown as Values;
    let previous = 0;
    while (this.at < this.end) {
      const tag = Number(this.varint() & 0xffffffffn);
      const number = tag >>> 3;
      const wireType = tag & 7;
      if (number === 0) {
        throw new WireError('a field of number 0');
      }
      const field = fields.get(number);
      const repeatable = field?.list === true && !field.packed;
      if (number < previous || (number === previous && !repeatable)) {
        this.canonical = false;
      }
      previous = number;
      if (field !== undefined && wireType === field.wireType) {
        this.field(field, values);
      } else if (field?.packed === true && wireType === DELIMITED) {
        this.packed(field, values);
      } else {
        this.canonical = false;
        this.skip(number, wireType);
      }
    }
    return values;
  }

  private field(field: Field, values: Values): void {
    if (field.packed) {
      // Read, but it would be written packed.
      this.canonical = false;
    }
    const name = field.desc.localName;
    if (field.message !== undefined) {
      this.takeValue();
      this.nested(field, field.message, values);
      return;
    }
    const value = this.scalar(field.scalar);
    if (field.list) {
      (values[name] as unknown[]).push(value);
    } else if (field.oneof === undefined) {
      // A default is canonical where the field knows presence, as in a oneof, and nowhere else.
      if (isDefault(value)) {
        this.canonical = false;
      }
      values[name] = value;
    } else {
      this.choose(values, field.oneof, name, value);
    }
  }

  private choose(values: Values, oneof: string, name: string, value: unknown): void {
    if ((values[oneof] as OneofValue).case !== undefined) {
      this.canonical = false;
    }
    values[oneof] = { case: name, value };
  }

  private nested(field: Field, schema: DescMessage, values: Values): void {
    const length = this.length();
    if (this.depth >= DEPTH_MAX) {
      throw new WireError('messages nested too deep');
    }
    const outer = this.end;
    this.end = this.at + length;
    this.depth++;
    const value = this.message(schema);
    this.depth--;
    this.end = outer;
    const name = field.desc.localName;
    if (field.list) {
      (values[name] as unknown[]).push(value);
    } else if (field.oneof === undefined) {
      values[name] = value;
    } else {
      this.choose(values, field.oneof, name, value);
    }
  }

  private packed(field: Field, values: Values): void {
    const length = this.length();
    if (length === 0) {
      this.canonical = false;
    }
    const outer = this.end;
    this.end = this.at + length;
    while (this.at < this.end) {
      (values[field.desc.localName] as unknown[]).push(this.scalar(field.scalar));
    }
    this.end = outer;
  }

  private takeValue(): void {
    if (--this.valuesLeft < 0) {
      throw new ValuesError();
    }
  }

  private scalar(type: ScalarType): unknown {
    switch (type) {
      case ScalarType.STRING: {
        const text = textOf(this.delimited());
        if (text === undefined) {
          throw new WireError('text that is not UTF-8');
        }
        return text;
      }
      case ScalarType.BYTES:
        return this.delimited();
      case ScalarType.BOOL:
        return this.inRange(this.varint(), 1n) !== 0n;
      case ScalarType.UINT32:
        return Number(this.inRange(this.varint(), 0xffffffffn) & 0xffffffffn);
      case ScalarType.UINT64:
        return this.varint();
      case ScalarType.INT64:
        return BigInt.asIntN(64, this.varint());
      case ScalarType.INT32: {
        const read = this.varint();
        const value = BigInt.asIntN(32, read);
        // Negative ones are written with the sign in all ten bytes.
        if (BigInt.asUintN(64, value) !== read) {
          this.canonical = false;
        }
        return Number(value);
      }
      case ScalarType.SINT32: {
        const read = this.inRange(this.varint(), 0xffffffffn) & 0xffffffffn;
        return Number(BigInt.asIntN(32, (read >> 1n) ^ -(read & 1n)));
      }
      case ScalarType.SINT64: {
        const read = this.varint();
        return BigInt.asIntN(64, (read >> 1n) ^ -(read & 1n));
      }
      default:
        throw new Error(`no signed message has scalars of type ${ScalarType[type]}`);
    }
  }

  private inRange(value: bigint, most: bigint): bigint {
    if (value > most) {
      this.canonical = false;
    }
    return value;
  }

  /** 64 bits; what a tenth byte has beyond them is dropped, and not canonical. */
  private varint(): bigint {
    let value = 0n;
    // Most are short, and numbers are faster than bigints.
    let low = 0;
    for (let i = 0; i < VARINT_BYTES_MAX; i++) {
      if (this.at >= this.end) {
        throw new WireError('bytes that end within a number');
      }
      const byte = this.bytes[this.at++]!;
      if (i < 4) {
        low |= (byte & 0x7f) << (7 * i);
      } else {
        value |= BigInt(byte & 0x7f) << BigInt(7 * i);
      }
      if (byte < 0x80) {
        if ((byte === 0 && i > 0) || (i === VARINT_BYTES_MAX - 1 && byte > 1)) {
          this.canonical = false;
        }
        return BigInt.asUintN(64, value | BigInt(low));
      }
    }
    throw new WireError('a number of more than ten bytes');
  }

  private length(): number {
    const length = Number(BigInt.asIntN(32, this.inRange(this.varint(), 0xffffffffn)));
    if (length < 0 || length > this.end - this.at) {
      throw new WireError(`${length} bytes where ${this.end - this.at} are left`);
    }
    return length;
  }

  private delimited(): Bytes {
    this.takeValue();
    const length = this.length();
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  private skip(number: number, wireType: number): void {
    switch (wireType) {
      case VARINT:
        this.varint();
        break;
      case FIXED64:
        this.pass(8);
        break;
      case DELIMITED:
        this.pass(this.length());
        break;
      case FIXED32:
        this.pass(4);
        break;
      case START_GROUP:
        this.skipGroup(number);
        break;
      default:
        throw new WireError(`wire type ${wireType}`);
    }
  }

  private skipGroup(number: number): void {
    if (!this.groups) {
      throw new WireError('a group');
    }
    if (this.depth >= DEPTH_MAX) {
      throw new WireError('groups nested too deep');
    }
    this.depth++;
    for (;;) {
      const tag = Number(this.varint() & 0xffffffffn);
      if (tag >>> 3 === 0) {
        throw new WireError('a field of number 0');
      }
      if ((tag & 7) === END_GROUP) {
        if (tag >>> 3 !== number) {
          throw new WireError('a group that ends as another');
        }
        this.depth--;
        return;
      }
      this.skip(tag >>> 3, tag & 7);
    }
  }

  private pass(length: number): void {
    if (length > this.end - this.at) {
      throw new WireError(`${length} bytes where ${this.end - this.at} are left`);
    }
    this.at += length;
  }
}

function isDefault(value: unknown): boolean {
  return (
    value === 0 ||
    value === 0n ||
    value === false ||
    value === '' ||
    (value instanceof Uint8Array && value.length === 0)
  );
}

export interface Decoded<D extends DescMessage> {
  readonly message: MessageShape<D>;
  readonly canonical: boolean;
}

/**
 * Reads a message.
 *
 * @param what to call it in a refusal
 * @param valuesMax how many strings, byte strings and messages there may be in it, at any depth:
 *     two bytes can become such an object
 * @throws Broken MALFORMED or LIMIT_EXCEEDED
 */
export function decode<D extends DescMessage>(
  schema: D,
  bytes: Bytes,
  what: string,
  valuesMax = Infinity,
): Decoded<D> {
  const reading = new Reading(bytes, valuesMax, valuesMax === Infinity);
  try {
    const message = reading.message(schema) as unknown as MessageShape<D>;
    return { message, canonical: reading.canonical };
  } catch (e) {
    if (e instanceof WireError) {
      throw new Broken('MALFORMED', `a readable ${what}`, e.message);
    }
    if (e instanceof ValuesError) {
      throw new Broken('LIMIT_EXCEEDED', `at most ${valuesMax} values in a ${what}`, 'more');
    }
    throw e;
  }
}

/** As `decode`, of a message whose bytes are hashed or signed. */
export function readCanonical<D extends DescMessage>(
  schema: D,
  bytes: Bytes,
  what: string,
  valuesMax = Infinity,
): MessageShape<D> {
  const { message, canonical } = decode(schema, bytes, what, valuesMax);
  if (!canonical) {
    throw new Broken(
      'NOT_CANONICAL',
      `a ${what} in its canonical encoding`,
      `other ${bytes.length} bytes`,
    );
  }
  return message;
}
