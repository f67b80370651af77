// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.evidence;

import com.google.protobuf.ByteString;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;

/**
 * The files of an evidence package, and the archive that they make. The same files make the same
 * bytes: one order, one time for all, nothing compressed. An archive of other bytes is refused,
 * because a zip has two lists of what is in it, and what we check must be what others unpack.
 *
 * @param files in the order of {@link Part}
 */
public record EvidencePackage(Map<Part, ByteString> files) {
  /** The most bytes of an archive: all parts, and what a zip says of each. */
  public static final int BYTES_MAX = 56 << 20;

  // Before 1980-01-02 the library would add the time again in another form, in this machine's zone.
  private static final LocalDateTime TIME = LocalDateTime.of(1980, 2, 1, 0, 0);

  /** A file in the archive; each at most once, in this order. */
  public enum Part {
    MANIFEST("manifest.json", 64 << 10),
    README("README.txt", 64 << 10),
    REPORT("report.pdf", 32 << 20),
    DOSSIER("story.dossier", 16 << 20),
    POLICY("policy.txt", 64 << 10),
    SCRIPT("verify-without-pinlian.sh", 1 << 20),
    STAMP_REQUEST("time-stamp.tsq", TimeStamp.BYTES_MAX),
    STAMP("time-stamp.tsr", TimeStamp.BYTES_MAX);

    private final String fileName;
    private final int bytesMax;

    Part(String fileName, int bytesMax) {
      this.fileName = fileName;
      this.bytesMax = bytesMax;
    }

    public String fileName() {
      return fileName;
    }

    private static Optional<Part> named(String name) {
      return Arrays.stream(values()).filter(part -> part.fileName.equals(name)).findFirst();
    }
  }

  public EvidencePackage {
    Map<Part, ByteString> ordered = new EnumMap<>(Part.class);
    ordered.putAll(files);
    files = new LinkedHashMap<>(ordered);
  }

  /** Whether the bytes begin as an archive does. */
  public static boolean isOne(byte[] bytes) {
    return bytes.length >= 4
        && bytes[0] == 'P'
        && bytes[1] == 'K'
        && bytes[2] == 3
        && bytes[3] == 4;
  }

  public Optional<ByteString> file(Part part) {
    return Optional.ofNullable(files.get(part));
  }

  /**
   * A file that every package has.
   *
   * @throws EvidenceException if this one has not
   */
  public ByteString require(Part part) throws EvidenceException {
    return file(part)
        .orElseThrow(() -> new EvidenceException("the package has no " + part.fileName()));
  }

  public static Hash sha256(ByteString bytes) {
    return HashAlgorithm.SHA_256.hash(bytes.toByteArray());
  }

  /** The archive. */
  public byte[] zip() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.setMethod(ZipOutputStream.STORED);
      for (Map.Entry<Part, ByteString> file : files.entrySet()) {
        byte[] content = file.getValue().toByteArray();
        CRC32 sum = new CRC32();
        sum.update(content);
        ZipEntry entry = new ZipEntry(file.getKey().fileName());
        entry.setTimeLocal(TIME);
        entry.setSize(content.length);
        entry.setCrc(sum.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e); // Into memory: cannot happen.
    }
    return bytes.toByteArray();
  }

  /**
   * Reads an archive and compares every file with its manifest.
   *
   * @throws EvidenceException if it is none of ours, or was changed
   */
  public static EvidencePackage read(byte[] archive) throws EvidenceException {
    if (archive.length > BYTES_MAX) {
      throw new EvidenceException("a package of more than " + BYTES_MAX + " bytes");
    }
    EvidencePackage read = new EvidencePackage(unpack(archive));
    if (!Arrays.equals(archive, read.zip())) {
      throw new EvidenceException(
          "the archive is not packed as packages are: unpack it, and check story.dossier by itself");
    }
    Manifest.parse(read.require(Part.MANIFEST)).requireFiles(read);
    return read;
  }

  private static Map<Part, ByteString> unpack(byte[] archive) throws EvidenceException {
    Map<Part, ByteString> files = new EnumMap<>(Part.class);
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(archive))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        String name = entry.getName();
        Part part =
            Part.named(name)
                .orElseThrow(
                    () -> new EvidenceException("no file of a package: " + shortened(name)));
        byte[] content = zip.readNBytes(part.bytesMax + 1);
        if (content.length > part.bytesMax) {
          throw new EvidenceException(name + ": more than " + part.bytesMax + " bytes");
        }
        if (files.put(part, ByteString.copyFrom(content)) != null) {
          throw new EvidenceException(name + " is there twice");
        }
      }
    } catch (ZipException | IllegalArgumentException e) {
      // The latter of names that are no UTF-8.
      throw new EvidenceException("no archive: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new EvidenceException("an archive that ends too early", e);
    }
    return files;
  }

  private static String shortened(String name) {
    return name.length() <= 80 ? name : name.substring(0, 80);
  }
}
