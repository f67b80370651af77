// SPDX-License-Identifier: Apache-2.0
package org.pinlian.checkpoint;

/** How the key of a note signs (B.2). Others are assigned; of those we verify none. */
public enum NoteKeyType {
  /** Ed25519 over the note's text: how a log signs. */
  ED25519(0x01),
  /** Ed25519 over a time and the checkpoint, "cosignature/v1": how witnesses sign (B.4). */
  COSIGNATURE(0x04),
  /** ML-DSA-44 over the same facts in another form, "subtree/v1": witnesses after Ed25519 (B.4). */
  ML_DSA_COSIGNATURE(0x06);

  private final int code;

  NoteKeyType(int code) {
    this.code = code;
  }

  /** The signature type identifier byte. */
  public int code() {
    return code;
  }

  /** Whether a line by such a key says when it was signed, and stands beside the log's own. */
  boolean cosigns() {
    return this != ED25519;
  }

  static NoteKeyType ofCode(int code) throws NoteException {
    for (NoteKeyType type : values()) {
      if (type.code == code) {
        return type;
      }
    }
    throw NoteException.malformed(
        "a key of type 0x01, 0x04 or 0x06", String.format("0x%02x", code));
  }
}
