// SPDX-License-Identifier: Apache-2.0
import { concat, ofHex, type Bytes } from './bytes.js';

/**
 * The platform's own verification of Ed25519 and P-256, ten times as fast as ours. A page that came
 * by plain http has none, older browsers have no Ed25519, and one that does not keep the rules of
 * formats.md A.2 is not used: then our own code answers, and answers the same.
 */

/** Undefined: the platform cannot say. */
export type PlatformVerify = (message: Bytes, signature: Bytes) => Promise<boolean | undefined>;

interface Scheme {
  readonly key: AlgorithmIdentifier | EcKeyImportParams;
  readonly signature: AlgorithmIdentifier | EcdsaParams;
}

const ED25519: Scheme = { key: { name: 'Ed25519' }, signature: { name: 'Ed25519' } };
const P256: Scheme = {
  key: { name: 'ECDSA', namedCurve: 'P-256' } as EcKeyImportParams,
  signature: { name: 'ECDSA', hash: 'SHA-256' } as EcdsaParams,
};

// RFC 8032 section 7.1, test 2.
const SPKI = bytes(
  '302a300506032b65700321003d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
);
const MESSAGE = bytes('72');
const R = bytes('92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da');
const S = bytes('085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00');
// The same S and L: equal modulo L, and not below it.
const S_AND_L = bytes('f52db7415978abc61b2c2eb6aeebfca0387b2eaeb4302aeeb00d291612bb0c10');
// Made with the same key: R differs from [S]B - [k]A by a point of order 8, which a verifier that
// multiplies by the cofactor does not see.
const MIXED_MESSAGE = bytes('70696e6c69616e');
const MIXED = bytes(
  'd63c01223147541df4e170763e9e2788a8bf5971f52a93c5829dbe6f5ff6bba9' +
    '12665cf8154a902fc81fa5788d77e370f312b5a9e6a82fc644726280bc7e4901',
);

function bytes(hex: string): Bytes {
  return ofHex(hex)!;
}

/** Verification under one key, which was checked before it came here. */
function ofKey(scheme: Scheme, spki: Bytes): PlatformVerify {
  const subtle = (globalThis as { crypto?: { subtle?: SubtleCrypto } }).crypto?.subtle;
  let imported: Promise<CryptoKey> | undefined;
  return async (message, signature) => {
    if (subtle === undefined) {
      return undefined;
    }
    try {
      imported ??= subtle.importKey('spki', own(spki), scheme.key, false, ['verify']);
      return await subtle.verify(scheme.signature, await imported, own(signature), own(message));
    } catch {
      // An algorithm that it does not know.
      return undefined;
    }
  };
}

/** WebCrypto wants it known that no other thread writes to the memory: to ours none does. */
function own(bytes: Bytes): BufferSource {
  return bytes as BufferSource;
}

let triedEd25519: Promise<boolean> | undefined;

async function keepsTheRules(): Promise<boolean> {
  const verify = ofKey(ED25519, SPKI);
  return (
    (await verify(MESSAGE, concat(R, S))) === true &&
    (await verify(MESSAGE, concat(R, S_AND_L))) === false &&
    (await verify(MIXED_MESSAGE, MIXED)) === false
  );
}

/** The platform's Ed25519, tried when it is first asked. */
export function platformEd25519(spki: Bytes): PlatformVerify {
  const verify = ofKey(ED25519, spki);
  return async (message, signature) => {
    triedEd25519 ??= keepsTheRules();
    return (await triedEd25519) ? verify(message, signature) : undefined;
  };
}

export function platformP256(spki: Bytes): PlatformVerify {
  return ofKey(P256, spki);
}
