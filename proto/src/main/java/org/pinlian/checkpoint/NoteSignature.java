// SPDX-License-Identifier: Apache-2.0
package org.pinlian.checkpoint;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** One signature line of a note, by whatever kind of key. Immutable. */
public final class NoteSignature {
  private static final String DASH = "\u2014 ";
  private static final int KEY_ID_SIZE = 4;

  private final String name;
  private final int keyId;
  private final byte[] body;

  NoteSignature(String name, int keyId, byte[] body) {
    this.name = name;
    this.keyId = keyId;
    this.body = body;
  }

  /** Reads a line, given without its line feed. */
  public static NoteSignature parse(String line) throws NoteException {
    int space = line.indexOf(' ', DASH.length());
    if (!line.startsWith(DASH) || space < 0) {
      throw NoteException.malformed("a line \"\u2014 <name> <base64>\"", line);
    }
    String name = line.substring(DASH.length(), space);
    if (!Syntax.isKeyName(name)) {
      throw NoteException.malformed("a key name without spaces and plus", name);
    }
    String base64 = line.substring(space + 1);
    byte[] bytes = Syntax.base64(base64);
    if (bytes.length <= KEY_ID_SIZE) {
      throw NoteException.malformed("a key id and a signature", base64);
    }
    return new NoteSignature(
        name,
        ByteBuffer.wrap(bytes).getInt(),
        Arrays.copyOfRange(bytes, KEY_ID_SIZE, bytes.length));
  }

  /** The line as it stands in a note, without its line feed. */
  public String line() {
    byte[] bytes = ByteBuffer.allocate(KEY_ID_SIZE + body.length).putInt(keyId).put(body).array();
    return DASH + name + " " + Syntax.base64(bytes);
  }

  /** Who is said to have signed. */
  public String name() {
    return name;
  }

  /** The first four bytes of the hash of name and key, which only serve to find the key. */
  public int keyId() {
    return keyId;
  }

  /** What follows the key id: the signature, in cosignatures after its time. */
  public byte[] body() {
    return body.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NoteSignature that
        && name.equals(that.name)
        && keyId == that.keyId
        && Arrays.equals(body, that.body);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * name.hashCode() + keyId) + Arrays.hashCode(body);
  }

  @Override
  public String toString() {
    return line();
  }
}
