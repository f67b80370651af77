// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Locale;
import org.pinlian.signing.SignatureAlgorithm;
import org.pinlian.signing.SigningKey;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code pinlian keygen}: a new key. */
@Command(
    name = "keygen",
    description =
        "Make a key: the secret in FILE for its owner alone, the public part in FILE.pub.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  pinlian keygen -o cooperative.pem",
      "  pinlian keygen --algorithm sm2 -o hospital.pem --json",
    })
final class KeygenCommand extends ToolCommand {
  /** As written on the command line. */
  enum Algorithm {
    ED25519(SignatureAlgorithm.ED25519),
    P256(SignatureAlgorithm.ECDSA_P256),
    SM2(SignatureAlgorithm.SM2);

    private final SignatureAlgorithm algorithm;

    Algorithm(SignatureAlgorithm algorithm) {
      this.algorithm = algorithm;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Option(
      names = "--algorithm",
      paramLabel = "NAME",
      defaultValue = "ed25519",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Algorithm algorithm = Algorithm.ED25519;

  @SuppressWarnings("NullAway.Init")
  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      required = true,
      description = "Where to write it. An existing file is never overwritten.")
  private Path file;

  @Override
  Exit run(Console console) throws IOException {
    Path publicFile = Path.of(file + ".pub");
    if (Files.exists(publicFile)) {
      throw KeyFiles.exists(publicFile);
    }
    SigningKey key = SigningKey.generate(algorithm.algorithm, new SecureRandom());
    KeyFiles.writeSecret(file, key);
    KeyFiles.writePublic(publicFile, key.verifyingKey());
    ObjectNode json = Console.JSON.createObjectNode();
    json.put("keyId", key.verifyingKey().keyId().hex());
    json.put("algorithm", algorithm.toString());
    json.put("file", file.toString());
    json.put("publicFile", publicFile.toString());
    console.result(json);
    console.say("key id      " + key.verifyingKey().keyId().hex());
    console.say("secret key  " + file + "  (keep it, and show it to nobody)");
    console.say("public key  " + publicFile + "  (for whoever enrols you)");
    return Exit.GOOD;
  }
}
