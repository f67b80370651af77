// SPDX-License-Identifier: Apache-2.0
package org.pinlian.transport;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The blocks of one kind in a PEM file (RFC 7468). Text around the blocks is skipped, because the
 * tools that make such files write what is in them above it.
 */
final class PemBlocks {
  /** Enough for a revocation list of a few hundred thousand certificates. */
  static final int FILE_BYTES_MAX = 32 << 20;

  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,64})-----([A-Za-z0-9+/=\\s]*+)-----END \\1-----");

  private PemBlocks() {}

  /**
   * @throws PemException if there is no such block, or one of another kind
   */
  static List<byte[]> read(Path file, String label) throws IOException {
    String text = text(file);
    List<byte[]> blocks = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(text);
    while (matcher.find()) {
      if (!matcher.group(1).equals(label)) {
        throw new PemException(
            file, "holds a block \"" + matcher.group(1) + "\", expected only \"" + label + "\"");
      }
      try {
        blocks.add(Base64.getDecoder().decode(matcher.group(2).replaceAll("\\s", "")));
      } catch (IllegalArgumentException e) {
        // The cause quotes characters of what may be a secret, and is dropped for that.
        throw new PemException(file, "a block \"" + label + "\" is not base64");
      }
    }
    if (blocks.isEmpty()) {
      throw new PemException(file, "no PEM block \"" + label + "\"");
    }
    return blocks;
  }

  private static String text(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(FILE_BYTES_MAX + 1);
      if (bytes.length > FILE_BYTES_MAX) {
        throw new PemException(file, "more than " + FILE_BYTES_MAX + " bytes");
      }
      return new String(bytes, StandardCharsets.US_ASCII);
    } catch (NoSuchFileException e) {
      throw new PemException(file, "no such file", e);
    } catch (PemException e) {
      throw e;
    } catch (IOException e) {
      throw new PemException(file, "cannot be read: " + e.getMessage(), e);
    }
  }
}
