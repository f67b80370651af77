// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code pinlian bench lies} as it is typed. */
final class LiesCommandTest {
  private static Ran lies(String... more) {
    String[] arguments = {"bench", "lies", "--count", "48", "--seed", "7", "--json"};
    String[] all = Arrays.copyOf(arguments, arguments.length + more.length);
    System.arraycopy(more, 0, all, arguments.length, more.length);
    return Ran.pinlian(all);
  }

  @Test
  void tellsTheTypeScriptVerifierToo() {
    Ran ran = lies();
    assertEquals(0, ran.exit(), ran.err());
    JsonNode json = ran.json();
    assertEquals(48, json.get("count").asInt());
    assertEquals(36, json.get("byOperator").asInt());
    for (String verifier : new String[] {"java", "typescript"}) {
      assertEquals(48, json.get(verifier).path("refused").asInt(), json::toString);
      assertEquals(48, json.get(verifier).path("acceptedHonest").asInt(), json::toString);
    }
    assertEquals(json.get("java"), json.get("typescript"));
  }

  @Test
  void tellsOnlyTheJavaVerifierWhenThatIsAskedFor() {
    Ran ran = lies("--typescript", "none");
    assertEquals(0, ran.exit(), ran.err());
    assertTrue(ran.json().get("typescript").isNull(), ran.out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"no-such-program", "true", "echo accepted"})
  void saysSoWhenThereIsNoOtherVerifierOrItDoesNotAnswer(String program) {
    Ran ran = lies("--typescript", program);
    assertEquals(1, ran.exit(), ran.toString());
    JsonNode error = ran.json().get("error");
    assertEquals("NO_TYPESCRIPT", error.get("code").asText());
    assertTrue(error.get("message").asText().contains("the other verifier"), ran.out());
    assertTrue(error.get("hint").asText().contains("--typescript none"), ran.out());
  }
}
