// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.http;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a path below {@code /tlog} names (c2sp.org/tlog-tiles). Every resource has one spelling, so
 * that caches hold it once; another spelling names nothing.
 */
sealed interface TlogPath {
  /** Where all of it begins. */
  String PREFIX = "/tlog";

  /** Of a full tile or bundle. */
  int FULL = 256;

  /** The checkpoint published last. */
  record Checkpoint() implements TlogPath {}

  /**
   * A tile of hashes.
   *
   * @param width 256 for a full one
   */
  record Tile(int level, long index, int width) implements TlogPath {}

  /** A bundle of entries. */
  record Entries(long index, int width) implements TlogPath {}

  /** Groups of three digits, all but the last with an x; at most 18 digits, which a long holds. */
  Pattern TILE =
      Pattern.compile(
          PREFIX
              + "/tile/(entries|[0-9]|[1-5][0-9]|6[0-3])"
              + "/((?!x000/)(?:x[0-9]{3}/){0,5}[0-9]{3})"
              + "(?:\\.p/([1-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5]))?");

  /** Reads a path as it came, with nothing decoded. */
  static Optional<TlogPath> parse(String path) {
    if (path.equals(PREFIX + "/checkpoint")) {
      return Optional.of(new Checkpoint());
    }
    Matcher tile = TILE.matcher(path);
    if (!tile.matches()) {
      return Optional.empty();
    }
    long index = Long.parseLong(tile.group(2).replace("x", "").replace("/", ""));
    int width = tile.group(3) == null ? FULL : Integer.parseInt(tile.group(3));
    return Optional.of(
        tile.group(1).equals("entries")
            ? new Entries(index, width)
            : new Tile(Integer.parseInt(tile.group(1)), index, width));
  }
}
