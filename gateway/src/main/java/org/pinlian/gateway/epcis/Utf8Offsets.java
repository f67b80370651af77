// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.epcis;

/** From places in a text to places in its UTF-8 bytes; asked for in ascending order. */
final class Utf8Offsets {
  private final String text;
  private final boolean ascii;
  private int start;
  private int character;
  private int octet;

  Utf8Offsets(String text, int bytes) {
    this.text = text;
    this.ascii = text.length() == bytes;
  }

  /** From here on, places are counted behind that many characters. */
  void skip(int characters) {
    start = characters;
  }

  int at(long place) {
    int target = start + (int) place;
    if (ascii) {
      return target;
    }
    for (; character < target; character++) {
      char c = text.charAt(character);
      // Two halves of a pair are four bytes together.
      octet += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
    }
    return octet;
  }
}
