// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that somebody gives us: no more of them is read than a good one can have. */
final class OutsideFile {
  /** Of a whole document of the trade. What reads it has a limit of its own, and says it. */
  static final int DOCUMENT_BYTES_MAX = 32 << 20;

  private OutsideFile() {}

  /**
   * The bytes of a file, which may be a pipe or a device, so that its size says nothing.
   *
   * @throws CommandException USAGE if there are more
   */
  static byte[] bytes(Path file, int most) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(most + 1);
      if (bytes.length > most) {
        throw CommandException.usage(
            file + " is too long: more than " + most + " bytes", "Is it the right file?");
      }
      return bytes;
    }
  }

  /**
   * The text of a file.
   *
   * @throws CommandException USAGE if there is more, or it is not UTF-8
   */
  static String text(Path file, int most) throws IOException {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes(file, most)))
          .toString();
    } catch (CharacterCodingException e) {
      throw CommandException.usage(file + " is no text in UTF-8", "Is it the right file?");
    }
  }
}
