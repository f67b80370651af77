// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.record.KindTable;
import org.pinlian.tools.AgentFixture.Answer;
import org.pinlian.tools.connect.Agent;
import org.pinlian.v1.Kind;
import org.pinlian.v1.Role;

/** What docs/connect.md shows is what the agent takes. */
class ConnectDocumentTest {
  private static final Path DOCUMENT = Path.of("..", "docs", "connect.md");
  private static final Role[] ROLES = {
    Role.ROLE_PRODUCER,
    Role.ROLE_COLLECTOR,
    Role.ROLE_CARRIER,
    Role.ROLE_CANTEEN,
    Role.ROLE_HOSPITAL,
    Role.ROLE_LICENCE_HOLDER
  };

  private static final Set<String> CITING =
      Set.of("custody_cancel", "correction", "order_progress", "erasure");

  @TempDir Path scratch;

  /** One block of the document: which agent, under which key, what. */
  private record Example(int port, String key, String body) {}

  @Test
  void everyExampleOfTheDocumentIsTakenAndEveryKindHasOne() throws Exception {
    List<Example> examples = examples();
    Set<String> kinds = new TreeSet<>();
    try (AgentFixture fixture = new AgentFixture(scratch).serve().enrol(ROLES);
        Agent ours = fixture.agent();
        Agent authoritys = fixture.authoritysAgent()) {
      for (Example example : examples) {
        Agent agent = example.port() == 8765 ? ours : authoritys;
        Answer answer = fixture.post(agent, example.key(), example.body());
        assertEquals(202, answer.status(), example.body() + answer.body());
        JsonNode settled = fixture.settled(agent, answer.json().path("id").asText());
        // They need what is there, and nothing is, which the document says.
        boolean nothingThere =
            CITING.stream().anyMatch(kind -> example.body().contains("\"" + kind + "\""));
        assertEquals(
            nothingThere ? "refused" : "recorded",
            settled.path("state").asText(),
            example.body() + settled);
        assertEquals(nothingThere ? "UNKNOWN_RECORD" : "", settled.path("code").asText());
        for (JsonNode record : Console.JSON.readTree(example.body())) {
          kinds.add("KIND_" + record.path("kind").asText().toUpperCase(Locale.ROOT));
        }
      }
    }
    Set<String> built = new TreeSet<>();
    for (Kind kind : Kind.values()) {
      if (kind != Kind.UNRECOGNIZED && KindTable.isBuilt(kind.getNumber())) {
        built.add(kind.name());
      }
    }
    assertEquals(built, kinds);
  }

  private static List<Example> examples() throws IOException {
    Pattern block =
        Pattern.compile(
            "```sh\ncurl -sS http://127\\.0\\.0\\.1:(\\d+)/submissions \\\\\n"
                + "  -H 'Content-Type: application/json' -H 'Idempotency-Key: ([^']+)'"
                + " --data @- <<'JSON'\n(.*?)\nJSON\n```",
            Pattern.DOTALL);
    List<Example> examples = new ArrayList<>();
    String document = Files.readString(DOCUMENT);
    Matcher matcher = block.matcher(document);
    while (matcher.find()) {
      examples.add(
          new Example(Integer.parseInt(matcher.group(1)), matcher.group(2), matcher.group(3)));
    }
    assertEquals(
        document.split("```sh", -1).length - 1, examples.size(), "blocks that this test can read");
    assertFalse(examples.isEmpty());
    return examples;
  }
}
