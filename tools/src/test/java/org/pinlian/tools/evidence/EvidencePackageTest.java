// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.evidence;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.pinlian.testing.Seeds;
import org.pinlian.tools.evidence.EvidencePackage.Part;

/** The archive of an evidence package: written in one way, and read in that way alone. */
class EvidencePackageTest {
  private static final Instant AS_OF = Instant.parse("2026-07-01T08:00:00Z");

  private static Map<Part, ByteString> files() {
    Map<Part, ByteString> files = new EnumMap<>(Part.class);
    for (Part part : List.of(Part.README, Part.REPORT, Part.DOSSIER, Part.POLICY)) {
      files.put(part, ByteString.copyFromUtf8("content of " + part));
    }
    files.put(
        Part.MANIFEST,
        Manifest.of(Map.of("subject", "urn:pinlian:lot:x"), AS_OF, new EvidencePackage(files))
            .bytes());
    return files;
  }

  private static byte[] good() {
    return new EvidencePackage(files()).zip();
  }

  /** Packed by somebody else's program. */
  private static byte[] packed(int method, List<String> names) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.setMethod(method);
      for (String name : names) {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(
            name.equals(Part.MANIFEST.fileName())
                ? files().getOrDefault(Part.MANIFEST, ByteString.EMPTY).toByteArray()
                : name.getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
      }
    }
    return bytes.toByteArray();
  }

  private static String refusal(byte[] bytes) {
    return String.valueOf(
        assertThrows(EvidenceException.class, () -> EvidencePackage.read(bytes)).getMessage());
  }

  @Test
  void theSameFilesMakeTheSameBytesAndAreReadFromThem() throws EvidenceException {
    byte[] archive = good();
    assertArrayEquals(archive, good());
    assertTrue(EvidencePackage.isOne(archive));
    EvidencePackage read = EvidencePackage.read(archive);
    assertEquals(new EvidencePackage(files()), read);
    Manifest manifest = Manifest.parse(read.require(Part.MANIFEST));
    assertEquals(AS_OF, manifest.asOf());
    assertEquals("urn:pinlian:lot:x", manifest.facts().get("subject"));
    assertFalse(manifest.sums().containsKey(Part.MANIFEST.fileName()));
  }

  @Test
  void aFileThatIsNotWhatTheManifestListsIsNamed() {
    for (Part part : List.of(Part.README, Part.REPORT, Part.DOSSIER, Part.POLICY)) {
      Map<Part, ByteString> files = files();
      files.put(part, ByteString.copyFromUtf8("another"));
      assertTrue(refusal(new EvidencePackage(files).zip()).startsWith(part.fileName()));
      files.remove(part);
      assertTrue(refusal(new EvidencePackage(files).zip()).contains("not there"));
    }
    Map<Part, ByteString> files = files();
    files.put(Part.SCRIPT, ByteString.copyFromUtf8("rm -rf"));
    assertTrue(refusal(new EvidencePackage(files).zip()).startsWith(Part.SCRIPT.fileName()));
    files.remove(Part.MANIFEST);
    assertTrue(refusal(new EvidencePackage(files).zip()).contains(Part.MANIFEST.fileName()));
  }

  @Test
  void archivesOfOthersAreRefused() throws IOException {
    String manifest = Part.MANIFEST.fileName();
    assertTrue(
        refusal(packed(ZipOutputStream.DEFLATED, List.of(manifest, "README.txt")))
            .contains("not packed as packages are"));
    assertTrue(
        refusal(packed(ZipOutputStream.DEFLATED, List.of("../../elsewhere"))).contains("no file"));
    assertTrue(
        refusal(packed(ZipOutputStream.DEFLATED, List.of("README.txt/"))).contains("no file"));
    assertTrue(refusal(new byte[] {'P', 'K', 3, 4}).contains("not packed as packages are"));
    assertTrue(refusal(new byte[0]).contains("not packed as packages are"));
  }

  @Test
  void whatWouldUnpackToTooMuchIsRefused() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry(Part.POLICY.fileName()));
      for (int i = 0; i < 64; i++) {
        zip.write(new byte[1 << 20]);
      }
      zip.closeEntry();
    }
    assertTrue(refusal(bytes.toByteArray()).contains("more than"));
  }

  @Test
  void noOtherBytesAreTheSamePackage() throws EvidenceException {
    SplittableRandom random = Seeds.random(EvidencePackageTest.class);
    byte[] archive = good();
    for (int i = 0; i < 3_000; i++) {
      byte[] changed = Seeds.mutate(random, archive);
      if (!Arrays.equals(changed, archive)) {
        assertFalse(refusal(changed).isEmpty());
      }
    }
    for (int length = 0; length < archive.length; length += 7) {
      assertFalse(refusal(Arrays.copyOf(archive, length)).isEmpty());
    }
    assertFalse(refusal(Arrays.copyOf(archive, archive.length + 1)).isEmpty());
    assertEquals(5, EvidencePackage.read(archive).files().size());
  }
}
