// SPDX-License-Identifier: Apache-2.0
import { hex, ofHex, type Bytes } from './bytes.js';
import { HASH_SIZE, HashAlgorithm } from './hash.js';
import { NoteKeyType, NoteVerifier, readCheckpoint, type Checkpoint, SignedNote } from './note.js';
import { malformed, NoteError, quote, readDecimal, readText } from './syntax.js';

/**
 * Which logs are trusted and whose cosignatures are asked for (formats.md B.7), and of our own
 * ledgers the genesis and the hash (A.7).
 */

const POLICY_BYTES_MAX = 64 * 1024;
const DEFINITIONS_MAX = 64;

/** The group of cosigners that watch a log for growing honestly. */
export const WITNESSES = 'witnesses';
/** The group of cosigners that re-derive everything; satisfied, completeness is proved. */
export const AUDITORS = 'auditors';
/** The quorum that asks for nobody. */
export const NONE = 'none';

export interface Witness {
  /** What the policy calls it, which need not be the name of its key. */
  readonly name: string;
  readonly verifier: NoteVerifier;
}

export interface Group {
  readonly name: string;
  readonly threshold: number;
  readonly members: readonly string[];
}

/** What a policy makes of a checkpoint that a log it trusts has signed. */
export interface PolicyVerdict {
  readonly checkpoint: Checkpoint;
  readonly log: NoteVerifier;
  /** The cosigners that count, by the policy's names, and when they say they signed, in seconds. */
  readonly cosigned: ReadonlyMap<string, bigint>;
  /** All cosigners and groups that are satisfied. */
  readonly satisfied: ReadonlySet<string>;
  /** Of the cosigners, those in the group `witnesses`. */
  readonly witnesses: readonly string[];
  /** Of the cosigners, those in the group `auditors`. */
  readonly auditors: readonly string[];
  /** Whether that is enough; always, when the policy asks for none. */
  readonly quorumMet: boolean;
}

export class TrustPolicy {
  /** The leaf hash of the genesis entry, in policies for our ledgers. */
  genesis: Bytes | undefined;
  private algorithm: HashAlgorithm | undefined;
  readonly logs: NoteVerifier[] = [];
  readonly witnesses: Witness[] = [];
  readonly groups: Group[] = [];
  quorum = '';

  private readonly names = new Set<string>();
  private readonly grouped = new Set<string>();
  private readonly logKeys = new Set<string>();
  private readonly witnessKeys = new Set<string>();
  private readonly keyNamesAndIds = new Set<string>();

  private constructor() {}

  /** Reads a policy file. What is wrong is reported with its line. */
  static parse(bytes: Bytes): TrustPolicy {
    const policy = new TrustPolicy();
    readText(bytes, POLICY_BYTES_MAX)
      .split('\n')
      .forEach((line, i) => {
        try {
          policy.readLine(i + 1, line);
        } catch (e) {
          if (e instanceof NoteError) {
            throw new NoteError(e.reason, `${e.expected} on line ${i + 1}`, e.found);
          }
          throw e;
        }
      });
    if (policy.genesis !== undefined && policy.algorithm === undefined) {
      throw malformed('"#pinlian hash" on line 2', 'none');
    }
    if (policy.quorum === '') {
      throw malformed('a quorum line', 'none');
    }
    return policy;
  }

  /** The ledger's hash: the policy's, else SHA-256. */
  get hash(): HashAlgorithm {
    return this.algorithm ?? HashAlgorithm.SHA_256;
  }

  // Reading ------------------------------------------------------------------------------------

  private readLine(number: number, line: string): void {
    if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(line)) {
      throw malformed('no control characters', line);
    }
    // Only ASCII space and tab part words; other spaces are parts of names.
    const words = line.split(/[ \t]+/).filter((word) => word !== '');
    const [keyword, ...rest] = words;
    if (keyword === undefined) {
      return;
    }
    if (keyword.startsWith('#')) {
      // Such a line in the wrong place must not be taken for a comment.
      if (keyword === '#pinlian') {
        this.readOurs(number, rest);
      }
      return;
    }
    switch (keyword) {
      case 'log':
        this.readLog(rest);
        break;
      case 'witness':
        this.readWitness(rest);
        break;
      case 'group':
        this.readGroup(rest);
        break;
      case 'quorum':
        this.readQuorum(rest);
        break;
      default:
        throw malformed('log, witness, group, quorum or #', keyword);
    }
  }

  private readOurs(number: number, words: readonly string[]): void {
    const [what, value] = words;
    if (number === 1 && words.length === 2 && what === 'genesis') {
      const genesis = ofHex(value!);
      if (genesis?.length !== HASH_SIZE) {
        throw malformed('64 lowercase hexadecimal digits', value!);
      }
      this.genesis = genesis;
    } else if (
      number === 2 &&
      this.genesis !== undefined &&
      words.length === 2 &&
      what === 'hash'
    ) {
      this.algorithm = HashAlgorithm.ofLabel(value!);
      if (this.algorithm === undefined) {
        throw malformed('sha-256 or sm3', value!);
      }
    } else {
      throw malformed(
        '"#pinlian genesis <hex>" on line 1, "#pinlian hash <name>" on line 2, and no other',
        words.join(' '),
      );
    }
  }

  private readLog(words: readonly string[]): void {
    requireWords('log <vkey> [<url>]', words, 1, 2);
    const verifier = this.verifier(false, words[0]!);
    addOnce(this.logKeys, hex(verifier.key), 'each log key once', words[0]!);
    requireRoom(this.logs.length);
    this.logs.push(verifier);
  }

  private readWitness(words: readonly string[]): void {
    requireWords('witness <name> <vkey> [<url>]', words, 2, 3);
    const name = this.define(words[0]!);
    const verifier = this.verifier(true, words[1]!);
    // Even under another name: one holder must not count twice.
    addOnce(this.witnessKeys, hex(verifier.key), 'each witness key once', words[1]!);
    requireRoom(this.witnesses.length);
    this.witnesses.push({ name, verifier });
  }

  private verifier(cosigns: boolean, vkey: string): NoteVerifier {
    const verifier = NoteVerifier.parse(vkey);
    if ((verifier.type !== NoteKeyType.ED25519) !== cosigns) {
      const expected = cosigns
        ? "a cosigner's key, of type 0x04 or 0x06"
        : "a log's key, of type 0x01";
      throw malformed(expected, vkey);
    }
    if (this.keyNamesAndIds.has(verifier.toString())) {
      throw new NoteError('AMBIGUOUS_KEY', 'one key of that name and id', vkey);
    }
    this.keyNamesAndIds.add(verifier.toString());
    return verifier;
  }

  private readGroup(words: readonly string[]): void {
    requireWords('group <name> all|any|<k> <member>...', words, 3, 2 + 2 * DEFINITIONS_MAX);
    const members = words.slice(2);
    for (const member of members) {
      this.requireDefined(member);
      // So a witness counts towards the quorum in one way only.
      addOnce(this.grouped, member, 'each name in one group, once', member);
    }
    const threshold = readThreshold(words[1]!, members.length);
    requireRoom(this.groups.length);
    this.groups.push({ name: this.define(words[0]!), threshold, members });
  }

  private readQuorum(words: readonly string[]): void {
    requireWords('quorum <name>', words, 1, 1);
    if (this.quorum !== '') {
      throw malformed('one quorum line', 'a second one');
    }
    const name = words[0]!;
    if (name !== NONE) {
      this.requireDefined(name);
    }
    this.quorum = name;
  }

  private define(name: string): string {
    if (name === NONE) {
      throw malformed('a name that is not yet taken', name);
    }
    addOnce(this.names, name, 'a name that is not yet taken', name);
    return name;
  }

  private requireDefined(name: string): void {
    if (!this.names.has(name)) {
      throw malformed('a name defined on a line before', name);
    }
  }

  // Checking -----------------------------------------------------------------------------------

  /**
   * Checks that a trusted log signed this checkpoint, and sees who cosigned it. Refuses the note if
   * any signature on it by a key of this policy is bad. Too few cosigners are not refused here.
   *
   * @param notBefore cosignatures of an earlier time, in POSIX seconds, must be good but do not
   *     count
   * @param notAfter and so with those of a later one
   */
  async check(note: SignedNote, notBefore: bigint, notAfter: bigint): Promise<PolicyVerdict> {
    const verifiers = [...this.logs, ...this.witnesses.map((witness) => witness.verifier)];
    const good = await note.verify(verifiers);
    const checkpoint = readCheckpoint(note.text);
    // The log must sign under the origin it is trusted for: another trusted log's word is not its.
    const log = this.logs.find(
      (known) =>
        known.name === checkpoint.origin && good.some((signed) => signed.verifier === known),
    );
    if (log === undefined) {
      throw new NoteError(
        'UNKNOWN_LOG',
        `a signature by a trusted log of origin ${quote(checkpoint.origin)}`,
        `signatures by ${good.map((signed) => signed.verifier).join(', ')}`,
      );
    }
    const cosigned = new Map<string, bigint>();
    for (const witness of this.witnesses) {
      for (const { verifier, timestamp } of good) {
        // Of several cosignatures by one witness the newest speaks for it.
        if (
          verifier === witness.verifier &&
          timestamp !== undefined &&
          timestamp >= notBefore &&
          timestamp <= notAfter &&
          timestamp >= (cosigned.get(witness.name) ?? 0n)
        ) {
          cosigned.set(witness.name, timestamp);
        }
      }
    }
    const satisfied = this.satisfiedBy(cosigned);
    return {
      checkpoint,
      log,
      cosigned,
      satisfied,
      witnesses: this.within(WITNESSES).filter((name) => cosigned.has(name)),
      auditors: this.within(AUDITORS).filter((name) => cosigned.has(name)),
      quorumMet: this.quorum === NONE || satisfied.has(this.quorum),
    };
  }

  private satisfiedBy(cosigned: ReadonlyMap<string, bigint>): Set<string> {
    const satisfied = new Set(cosigned.keys());
    // Groups stand in the order of their definition, so members are decided before.
    for (const { name, threshold, members } of this.groups) {
      if (members.filter((member) => satisfied.has(member)).length >= threshold) {
        satisfied.add(name);
      }
    }
    return satisfied;
  }

  /** All witnesses in the group of that name and in groups within it; of an unknown name, none. */
  private within(group: string): string[] {
    const inGroup = new Map<string, string[]>();
    for (const { name, members } of this.groups) {
      inGroup.set(
        name,
        members.flatMap((member) => inGroup.get(member) ?? [member]),
      );
    }
    return inGroup.get(group) ?? [];
  }
}

function readThreshold(word: string, members: number): number {
  if (word === 'all') {
    return members;
  }
  if (word === 'any') {
    return 1;
  }
  const threshold = readDecimal(word);
  if (threshold < 1n || threshold > BigInt(members)) {
    throw malformed(`a threshold from 1 to ${members}`, word);
  }
  return Number(threshold);
}

function addOnce(set: Set<string>, value: string, expected: string, found: string): void {
  if (set.has(value)) {
    throw malformed(expected, found);
  }
  set.add(value);
}

function requireWords(form: string, words: readonly string[], min: number, max: number): void {
  if (words.length < min || words.length > max) {
    throw malformed(form, words.join(' '));
  }
}

function requireRoom(defined: number): void {
  if (defined === DEFINITIONS_MAX) {
    throw new NoteError('TOO_LARGE', `at most ${DEFINITIONS_MAX} of a kind`, 'more');
  }
}
