// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.tools.demo.Actor;

/** {@code submit --relation} and {@code --bill} by firms of the demo, at its ledger. */
class DrugFilesIT {
  @TempDir static Path scratch;

  private static Path data = Path.of("");
  private static LedgerServer server;

  @BeforeAll
  static void serve() throws Exception {
    data = scratch.resolve("data");
    Ran played = Ran.pinlian("demo", "--once", "--data", data.toString(), "--json");
    assertEquals(0, played.exit(), played.err());
    server = LedgerServer.start(data, "127.0.0.1", 0);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void aRelationIsRecordedOnceHoweverOftenItIsBrought() throws Exception {
    Path file = relation("once", 1);
    JsonNode first = good(Actor.DRUG_MAKER, "--relation", file.toString());
    assertEquals(1, first.path("receipts").size());
    assertEquals(4, first.path("receipts").get(0).path("digests").size());
    JsonNode again = good(Actor.DRUG_MAKER, "--relation", file.toString());
    assertTrue(again.path("receipts").get(0).path("repeated").asBoolean());
    assertEquals(
        first.path("receipts").get(0).path("index"), again.path("receipts").get(0).path("index"));
    JsonNode told = trace(code(1, 101));
    // The lot's two layers, and the carton the box is in.
    assertEquals(List.of("commissioning", "commissioning", "packing"), steps(told));
  }

  @Test
  void aSaleIsOfferedByOneBillAndAcceptedByAnother() throws Exception {
    good(Actor.DRUG_MAKER, "--relation", relation("sale", 2).toString());
    String carton = code(2, 2);
    good(
        Actor.DRUG_MAKER,
        "--bill",
        bill("out", 201, "D-201", "m-1", "w-1", carton).toString(),
        "--partner",
        "w-1=" + Actor.WHOLESALER.id());
    String[] in = {
      "--bill",
      bill("in", 102, "D-102", "m-1", "w-1", carton).toString(),
      "--partner",
      "m-1=" + Actor.DRUG_MAKER.id()
    };
    JsonNode accepted = good(Actor.WHOLESALER, in);
    assertEquals(0, accepted.path("remarks").size());
    assertEquals(
        List.of("commissioning", "commissioning", "packing", "custody_offer", "custody_answer"),
        steps(trace(carton)));
    // The number again: what is in the ledger stays the one thing.
    assertTrue(good(Actor.WHOLESALER, in).path("receipts").get(0).path("repeated").asBoolean());
    assertEquals(5, steps(trace(carton)).size());
    // The number again, and other codes, which nobody may take for recorded.
    for (String[] others : new String[][] {{code(2, 78)}, {carton, code(2, 78)}}) {
      Path file = bill("other", 102, "D-102", "m-1", "w-1", others);
      Ran other = submit(Actor.WHOLESALER, "--bill", file.toString(), in[2], in[3]);
      assertEquals(3, other.exit(), other.out() + other.err());
      assertEquals("SUBMISSION_ID_REUSED", other.json().path("error").path("code").asText());
      assertTrue(other.err().contains(code(2, 78) + " is not in it"), other.err());
    }
  }

  @Test
  void withoutAnOfferGoodsAreTakenInWithOneSideOnly() throws Exception {
    Path file = bill("alone", 102, "D-ALONE", "m-1", "w-1", code(2, 77));
    JsonNode taken =
        good(
            Actor.WHOLESALER,
            "--bill",
            file.toString(),
            "--partner",
            "m-1=" + Actor.DRUG_MAKER.id());
    assertTrue(taken.path("remarks").get(0).path("text").asText().contains("with one side only"));
    assertEquals(List.of("intake"), steps(trace(code(2, 77))));
    Path out = bill("gone", 201, "D-GONE", "w-1", "外市示例药店", code(2, 77));
    good(Actor.WHOLESALER, "--bill", out.toString(), "--product-name", "示例片");
    JsonNode told = trace(code(2, 77));
    assertEquals(List.of("intake", "dispatch"), steps(told));
  }

  @Test
  void aFileWithAFaultIsRefusedByItsLineBeforeAnythingIsSent() throws Exception {
    Path good = relation("before", 5);
    Path bad = bill("bad", 205, "D-BAD", "w-1", "", code(1, 9), code(1, 9));
    Ran ran = submit(Actor.DRUG_MAKER, "--relation", good.toString(), "--bill", bad.toString());
    assertEquals(2, ran.exit(), ran.err());
    assertEquals("CODE_TWICE", ran.json().path("error").path("code").asText());
    assertTrue(ran.json().path("error").path("message").asText().contains("line 9: "));
    Ran nothing =
        Ran.pinlian(
            "trace",
            code(2, 5),
            "--gateway",
            server.address().toString(),
            "--key",
            key(Actor.CITY),
            "--as",
            Actor.CITY.id().toString(),
            "--json");
    assertEquals(3, nothing.exit(), nothing.out());
    assertEquals(2, submit(Actor.DRUG_MAKER).exit(), "no file at all");
  }

  private static String code(int layer, int serial) {
    return "952009" + layer + String.format(Locale.ROOT, "%013d", serial);
  }

  /** A carton of two boxes. */
  private static Path relation(String name, int carton) throws IOException {
    String rows = row(code(2, carton), 2, "");
    for (int box = 1; box <= 2; box++) {
      rows += row(code(1, 100 * carton + box), 1, code(2, carton));
    }
    // A half-filled one, by its flag.
    rows += row(code(2, 1_000 + carton), 2, "").replace("flag=\"0\"", "flag=\"2\"");
    rows += row(code(1, 100 * carton + 3), 1, code(2, 1_000 + carton));
    return Files.writeString(
        scratch.resolve(name + ".xml"),
        "<Document><Events version=\"3.0\"><Event name=\"RelationCreate\">"
            + "<Relation productCode=\"9520000\" cascade=\"1:2\"><Batch batchNo=\"IT-"
            + carton
            + "\" madeDate=\"2026-01-05\" validateDate=\"2028-01-04\" lineManager=\"示例\">\n"
            + rows
            + "</Batch></Relation></Event></Events></Document>");
  }

  private static String row(String code, int layer, String parent) {
    return "<Code curCode=\""
        + code
        + "\" packLayer=\""
        + layer
        + "\" parentCode=\""
        + parent
        + "\" flag=\"0\"/>\n";
  }

  private static Path bill(
      String name, int type, String number, String from, String to, String... codes)
      throws IOException {
    StringBuilder text = new StringBuilder("<Bill>\n");
    String[] fields = {
      "billCode",
      number,
      "billType",
      "" + type,
      "billTime",
      "2026-03-01 08:30:00",
      "fromUserId",
      from,
      "toUserId",
      to
    };
    for (int i = 0; i < fields.length; i += 2) {
      text.append("<" + fields[i] + ">" + fields[i + 1] + "</" + fields[i] + ">\n");
    }
    text.append("<codes>\n");
    for (String code : codes) {
      text.append("<code>" + code + "</code>\n");
    }
    return Files.writeString(scratch.resolve(name + ".xml"), text + "</codes>\n</Bill>\n");
  }

  private static Ran submit(Actor who, String... more) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "submit",
                "--json",
                "--gateway",
                server.address().toString(),
                "--key",
                key(who),
                "--as",
                who.id().toString(),
                "--policy",
                data.resolve("demo").resolve("policy.txt").toString()));
    command.addAll(List.of(more));
    return Ran.pinlian(command.toArray(new String[0]));
  }

  private static JsonNode good(Actor who, String... more) {
    Ran ran = submit(who, more);
    assertEquals(0, ran.exit(), ran.err() + ran.out());
    return ran.json();
  }

  private static JsonNode trace(String code) {
    Ran ran =
        Ran.pinlian(
            "trace",
            "urn:pinlian:cn-drug:" + code,
            "--backward",
            "--gateway",
            server.address().toString(),
            "--key",
            key(Actor.CITY),
            "--as",
            Actor.CITY.id().toString(),
            "--purpose",
            "日常检查",
            "--json");
    assertEquals(0, ran.exit(), ran.err());
    return ran.json();
  }

  private static List<String> steps(JsonNode told) {
    List<String> steps = new ArrayList<>();
    for (JsonNode record : told.path("records")) {
      String step = record.path("public").path("businessStep").asText();
      steps.add(step.isEmpty() ? record.path("kind").asText() : step);
    }
    return steps;
  }

  private static String key(Actor who) {
    return data.resolve("demo").resolve("keys").resolve(who.fileName() + ".pem").toString();
  }
}
