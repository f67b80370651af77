// SPDX-License-Identifier: Apache-2.0
package org.pinlian.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Copies of a ledger's folder, or of a part of it. */
public final class LedgerFolder {
  /**
   * What follows from something else before it: a node may write while its folder is copied, and a
   * copy that holds a consequence without its cause is one that no crash leaves. The seeds come
   * last, they are written before what they are for.
   */
  private static final List<String> ORDER = List.of("derived", "last-signed", "truth", "keys");

  private LedgerFolder() {}

  /**
   * As a kill would leave it, while a node holds the folder and the files only grow.
   *
   * @param to is made when missing
   */
  public static void copy(Path from, Path to) {
    Comparator<Path> order =
        Comparator.comparingInt(file -> ORDER.indexOf(from.relativize(file).getName(0).toString()));
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.sorted(order).toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
