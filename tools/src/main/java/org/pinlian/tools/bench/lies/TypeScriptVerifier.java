// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.bench.lies;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The verifier that runs in browsers, as this program brings it along: put where Node can read it,
 * until it is closed.
 */
public final class TypeScriptVerifier implements AutoCloseable {
  private static final String NAME = "verify-cli.mjs";

  private final Path folder;

  private TypeScriptVerifier(Path folder) {
    this.folder = folder;
  }

  /**
   * @throws OtherVerifierException if this program was built without it
   */
  public static TypeScriptVerifier unpack() throws OtherVerifierException, IOException {
    try (InputStream packed = TypeScriptVerifier.class.getResourceAsStream(NAME)) {
      if (packed == null) {
        throw new OtherVerifierException(
            "the TypeScript verifier is missing: this program was built without gateway/web", null);
      }
      TypeScriptVerifier unpacked =
          new TypeScriptVerifier(Files.createTempDirectory("pinlian-lies-"));
      try {
        var _ = Files.copy(packed, unpacked.file());
        return unpacked;
      } catch (IOException e) {
        unpacked.close();
        throw e;
      }
    }
  }

  private Path file() {
    return folder.resolve(NAME);
  }

  /** What starts it. */
  public List<String> command() {
    return List.of("node", file().toString());
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(file());
    Files.deleteIfExists(folder);
  }
}
