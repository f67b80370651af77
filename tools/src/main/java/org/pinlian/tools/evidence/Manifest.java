// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.evidence;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.pinlian.tools.evidence.EvidencePackage.Part;

/**
 * What a package says of itself. It is signed by nobody: it shows what was damaged or mixed up, not
 * what was forged. That is shown by the dossier's own proofs, and by a time stamp over the dossier.
 *
 * @param facts what was asked and answered, each also in the report; in this order
 * @param asOf the stated time
 * @param sums SHA-256 of every other file, in hexadecimal
 */
public record Manifest(Map<String, String> facts, Instant asOf, Map<String, String> sums) {
  private static final int FORMAT = 1;
  private static final ObjectMapper JSON = new ObjectMapper();

  public Manifest {
    facts = new LinkedHashMap<>(facts);
    sums = new LinkedHashMap<>(sums);
  }

  /** Of these files. */
  public static Manifest of(Map<String, String> facts, Instant asOf, EvidencePackage files) {
    return new Manifest(facts, asOf, sums(files));
  }

  private static Map<String, String> sums(EvidencePackage files) {
    Map<String, String> sums = new LinkedHashMap<>();
    files
        .files()
        .forEach((part, bytes) -> {
          if (part != Part.MANIFEST) {
            sums.put(part.fileName(), EvidencePackage.sha256(bytes).hex());
          }
        });
    return sums;
  }

  public ByteString bytes() {
    ObjectNode json = JSON.createObjectNode();
    json.put("format", FORMAT);
    json.put("asOf", asOf.toString());
    facts.forEach(json::put);
    ObjectNode files = json.putObject("sha256");
    sums.forEach(files::put);
    // With line ends of its own: the same on every machine.
    DefaultPrettyPrinter pretty = new DefaultPrettyPrinter();
    pretty.indentObjectsWith(new DefaultIndenter("  ", "\n"));
    try {
      return ByteString.copyFromUtf8(JSON.writer(pretty).writeValueAsString(json) + "\n");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * @throws EvidenceException if it is none
   */
  public static Manifest parse(ByteString bytes) throws EvidenceException {
    try {
      JsonNode json = JSON.readTree(bytes.toByteArray());
      if (json.path("format").asInt() != FORMAT) {
        throw new EvidenceException(Part.MANIFEST.fileName() + ": not of format " + FORMAT);
      }
      Map<String, String> sums = new LinkedHashMap<>();
      json.path("sha256")
          .properties()
          .forEach(sum -> sums.put(sum.getKey(), sum.getValue().asText()));
      Map<String, String> facts = new LinkedHashMap<>();
      json.properties()
          .forEach(fact -> {
            if (fact.getValue().isTextual()) {
              facts.put(fact.getKey(), fact.getValue().asText());
            }
          });
      facts.remove("asOf");
      return new Manifest(facts, Instant.parse(json.path("asOf").asText()), sums);
    } catch (IOException | DateTimeException e) {
      throw new EvidenceException(Part.MANIFEST.fileName() + " cannot be read", e);
    }
  }

  /**
   * Compares with what is there.
   *
   * @throws EvidenceException with the first file that differs
   */
  void requireFiles(EvidencePackage files) throws EvidenceException {
    Map<String, String> found = sums(files);
    for (Map.Entry<String, String> sum : found.entrySet()) {
      String listed = sums.get(sum.getKey());
      if (!sum.getValue().equals(listed)) {
        throw new EvidenceException(
            sum.getKey()
                + (listed == null ? " is not in the manifest" : " is not what the manifest lists"));
      }
    }
    if (found.size() != sums.size()) {
      throw new EvidenceException("the manifest lists files that are not there");
    }
  }
}
