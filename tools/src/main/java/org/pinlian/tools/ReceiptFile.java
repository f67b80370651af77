// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.pinlian.checkpoint.NoteException;
import org.pinlian.checkpoint.TlogProof;
import org.pinlian.tools.connect.DurableFiles;
import org.pinlian.v1.Receipt;

/**
 * A receipt in one file: a plain {@code c2sp.org/tlog-proof@v1}, with the bytes of the entry in its
 * {@code extra} line. Whoever has other tools for that format can check the file with them, given
 * the decoded {@code extra} as the entry: nobody vouches for that line, and nobody needs to,
 * because the proof is of exactly those bytes.
 */
final class ReceiptFile {
  static final String ENDING = ".tlog-proof";

  private ReceiptFile() {}

  static String text(Receipt receipt) throws NoteException {
    TlogProof proof = TlogProof.parse(receipt.getProofBytes().toByteArray());
    return TlogProof.of(receipt.getEntry().toByteArray(), proof.index(), proof.path(), proof.note())
        .text();
  }

  /** An earlier one in its place stays until this one is whole and on the disk. */
  static void write(Path file, Receipt receipt) throws IOException, NoteException {
    byte[] bytes = text(receipt).getBytes(StandardCharsets.UTF_8);
    if (Files.exists(file) && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      // A terminal or a pipe: nothing is in its place that could be lost.
      Files.write(file, bytes);
    } else {
      DurableFiles.write(file, bytes);
    }
  }

  /** Reads a file without checking anything but its form. */
  static Receipt read(Path file) throws IOException {
    return parse(OutsideFile.bytes(file, TlogProof.MAX_BYTES), file.toString());
  }

  /**
   * @param name what to call the bytes in messages
   * @throws CommandException USAGE if they are no receipt
   */
  static Receipt parse(byte[] bytes, String name) {
    try {
      TlogProof proof = TlogProof.parse(bytes);
      byte[] entry =
          proof
              .extra()
              .orElseThrow(() ->
                  CommandException.usage(
                      name + " is a proof without the entry it is of",
                      "`pinlian receipt -o FILE` writes both."));
      return Receipt.newBuilder()
          .setEntry(ByteString.copyFrom(entry))
          .setProofBytes(ByteString.copyFrom(bytes))
          .build();
    } catch (NoteException e) {
      throw CommandException.usage(
          name + " is no receipt: " + e.getMessage(), "`pinlian receipt -o FILE` writes one.");
    }
  }
}
