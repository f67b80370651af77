// SPDX-License-Identifier: Apache-2.0

/**
 * The one door for an outsider, in the browser and in Node: checks what a ledger says, from the
 * bytes received and a trust policy alone. A function here either returns a result, which then
 * holds, or throws one `Broken` that names the rule, what would have kept it and what was there.
 */
export { Broken, BROKEN_RULES, type BrokenRule } from './broken.js';
export { hex, ofHex, textOf, utf8, type Bytes } from './bytes.js';
export { placeText, type Place } from './chains.js';
export { verifyCheckpoint, type Grade, type VerifiedCheckpoint } from './checkpoints.js';
export type { Tie } from './closure.js';
export {
  verifyDossier,
  type Completeness,
  type DossierOptions,
  type ErasedPart,
  type ProvenChain,
  type Remembered,
  type Statement,
  type Verdict,
} from './dossier.js';
export type { LeftOut } from './dossierchains.js';
export type { ProvenErasure } from './erasures.js';
export { HashAlgorithm } from './hash.js';
export type { Checkpoint } from './note.js';
export { TrustPolicy, type PolicyVerdict } from './policy.js';
export { verifyReceipt, type Submitted, type VerifiedReceipt } from './receipt.js';
export type { ReadGroup, ReadLine, ReadSection } from './records.js';
export type { Signer } from './signers.js';
export { NoteError } from './syntax.js';
