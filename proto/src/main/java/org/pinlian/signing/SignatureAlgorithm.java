// SPDX-License-Identifier: Apache-2.0
package org.pinlian.signing;

/** What a key signs with. It belongs to the enrolled key and is never taken from a message. */
public enum SignatureAlgorithm {
  /** RFC 8032, pure. */
  ED25519,
  /** ECDSA on NIST P-256 with SHA-256; a signature is r || s, 64 bytes. */
  ECDSA_P256,
  /** SM2 with SM3 (GB/T 32918) and the standard user id; a signature is r || s, 64 bytes. */
  SM2
}
