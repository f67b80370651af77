// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.pinlian.signing.KeyFormatException;
import org.pinlian.signing.SigningKey;
import org.pinlian.signing.VerifyingKey;
import org.pinlian.tools.witness.NoteKey;

/** Keys in files: PEM, the secret ones readable by their owner alone. */
final class KeyFiles {
  /** Of any key, with what people write around it. */
  private static final int BYTES_MAX = 16 << 10;

  private KeyFiles() {}

  /**
   * Writes a secret key. The file is never there with wider rights, not even for a moment.
   *
   * @throws CommandException USAGE if the file exists: a key that is overwritten is lost for good
   */
  static void writeSecret(Path file, SigningKey key) throws IOException {
    createNew(
        file,
        key.toPem(),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  /** As {@link #writeSecret}, of a key that is no PEM. */
  static void writeSecretLine(Path file, String line) throws IOException {
    createNew(
        file,
        line,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  static void writePublic(Path file, VerifyingKey key) throws IOException {
    createNew(file, key.toPem());
  }

  private static void createNew(Path file, String text, FileAttribute<?>... attributes)
      throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
    try (OutputStream out =
        Channels.newOutputStream(
            Files.newByteChannel(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                posix ? attributes : new FileAttribute<?>[0]))) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (FileAlreadyExistsException e) {
      throw exists(file);
    }
  }

  static CommandException exists(Path file) {
    return CommandException.usage(
        file + " is there already, and a key that is overwritten is lost",
        "Name another file with -o, or move that one away first.");
  }

  /** A cosigner's secret key, with its name. */
  static NoteKey readNoteKey(Path file) throws IOException {
    try {
      return NoteKey.parse(OutsideFile.text(file, NoteKey.BYTES_MAX));
    } catch (IllegalArgumentException e) {
      throw CommandException.usage(
          file + " is no key of a cosigner: " + e.getMessage(),
          "`pinlian witness --init --name NAME --key FILE` makes one.");
    }
  }

  static SigningKey readSecret(Path file) throws IOException {
    try {
      return SigningKey.ofPem(OutsideFile.text(file, BYTES_MAX));
    } catch (KeyFormatException e) {
      throw CommandException.usage(
          file + " holds no secret key of ours: " + e.getMessage(),
          "`pinlian keygen -o FILE` makes one.");
    }
  }

  /** Reads a public key, also from the file of the secret it belongs to. */
  static VerifyingKey readPublic(Path file) throws IOException {
    String pem = OutsideFile.text(file, BYTES_MAX);
    try {
      return VerifyingKey.ofPem(pem);
    } catch (KeyFormatException notPublic) {
      try {
        return SigningKey.ofPem(pem).verifyingKey();
      } catch (KeyFormatException notSecret) {
        throw CommandException.usage(
            file + " holds no key of ours: " + notPublic.getMessage(),
            "`pinlian keygen -o FILE` makes one, and writes the public part to FILE.pub.");
      }
    }
  }
}
