// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.storage;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Every column there is or ever was. An id or a name is never used again, not even for something
 * alike: an old log replayed under a new meaning would be believed. A column given up stays in this
 * list as a comment.
 *
 * <p>Ids are RocksDB's own, which it gives in order of creation from 1 (0 is its {@code default}
 * column, left empty). {@code meta} is created last, so that its presence says that all are there.
 */
enum Column {
  ENTRIES(Database.TRUTH, 1, "entries", Shape.LOG_ORDER, KeyForm.INDEX),
  RECORDS(Database.TRUTH, 2, "records", Shape.LOG_ORDER, KeyForm.INDEX_POSITION),
  SECTIONS(Database.TRUTH, 3, "sections", Shape.LOG_ORDER_CIPHERTEXT, KeyForm.INDEX_POSITION),
  SUBMISSIONS(Database.TRUTH, 4, "submissions", Shape.BY_HASH, KeyForm.HASH),
  ATTESTATIONS(Database.TRUTH, 5, "attestations", Shape.LOG_ORDER_CIPHERTEXT, KeyForm.INDEX),
  TRUTH_META(Database.TRUTH, 6, "meta", Shape.SMALL, KeyForm.TEXT),

  HEADS(Database.DERIVED, 1, "heads", Shape.BY_HASH, KeyForm.HASH),
  CHAINS(Database.DERIVED, 2, "chains", Shape.ORDERED, KeyForm.CHAIN_LINK),
  HASHES(Database.DERIVED, 3, "hashes", Shape.TILES, KeyForm.LEVEL_TILE),
  RULES(Database.DERIVED, 4, "rules", Shape.ORDERED, KeyForm.BYTES),
  // Until format 3: 5, "findings", by entry. A format of derived data is numbered for itself, since
  // no log of another one is ever replayed: that folder is refused, and made again.
  DIGESTS(Database.DERIVED, 5, "digests", Shape.LOG_ORDER_CIPHERTEXT, KeyForm.INDEX),
  LINK_HASHES(Database.DERIVED, 6, "link_hashes", Shape.ORDERED, KeyForm.CHAIN_LINK),
  STANDING(Database.DERIVED, 7, "standing", Shape.ORDERED, KeyForm.BYTES),
  DERIVED_META(Database.DERIVED, 8, "meta", Shape.SMALL, KeyForm.TEXT),

  SEEDS(Database.KEYS, 1, "seeds", Shape.LOG_ORDER_CIPHERTEXT, KeyForm.INDEX),
  KEYS_META(Database.KEYS, 2, "meta", Shape.SMALL, KeyForm.TEXT);

  /** What a column's data are like, which decides how RocksDB keeps them. */
  enum Shape {
    /**
     * Only ever appended, in key order. Compressed as they are flushed, the same at every level:
     * then files never overlap and compaction moves them without rewriting.
     */
    LOG_ORDER,
    /** The same, of bytes that do not compress. */
    LOG_ORDER_CIPHERTEXT,
    /** Hashes to hashes, in no order, asked for singly and often for what is not there. */
    BY_HASH,
    /** Keys that share prefixes, inserted anywhere. */
    ORDERED,
    /** Eight kilobytes of hashes each. */
    TILES,
    /** A handful of rows. */
    SMALL
  }

  /** How a key is put for people. */
  enum KeyForm {
    INDEX,
    INDEX_POSITION,
    CHAIN_LINK,
    LEVEL_TILE,
    HASH,
    BYTES,
    TEXT
  }

  final Database database;
  final int id;
  final String columnName;
  final Shape shape;
  final KeyForm form;

  Column(Database database, int id, String columnName, Shape shape, KeyForm form) {
    this.database = database;
    this.id = id;
    this.columnName = columnName;
    this.shape = shape;
    this.form = form;
  }

  /**
   * A key as people read it, as `12` or `12.3` for position 3 of entry 12. Never fails: keys may be
   * damaged.
   */
  String readable(byte[] key) {
    return switch (form) {
      case INDEX -> numbers(key, 8);
      case INDEX_POSITION -> numbers(key, 8, 4);
      case CHAIN_LINK -> numbers(key, 8, 8);
      case LEVEL_TILE -> numbers(key, 1, 8);
      case TEXT -> new String(key, StandardCharsets.UTF_8);
      case HASH, BYTES -> HexFormat.of().formatHex(key);
    };
  }

  String readable(byte[] smallest, byte[] largest) {
    return columnName + " " + readable(smallest) + ".." + readable(largest);
  }

  private static String numbers(byte[] key, int... widths) {
    int length = 0;
    for (int width : widths) {
      length += width;
    }
    if (key.length != length) {
      return HexFormat.of().formatHex(key);
    }
    StringBuilder text = new StringBuilder();
    int at = 0;
    for (int width : widths) {
      long number = 0;
      for (int i = 0; i < width; i++) {
        number = (number << 8) | (key[at++] & 0xff);
      }
      text.append(text.isEmpty() ? "" : ".").append(Long.toUnsignedString(number));
    }
    return text.toString();
  }
}
