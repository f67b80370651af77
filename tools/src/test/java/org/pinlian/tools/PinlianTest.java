// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.signing.SigningKey;
import picocli.CommandLine;

class PinlianTest {
  private static final String WHO = "uscc:93000000MA00000669";

  @TempDir Path folder;

  @Test
  void everyCommandHasHelpWithExamplesAndTakesJson() {
    CommandLine line =
        Pinlian.commandLine(
            new PrintWriter(new StringWriter()), new PrintWriter(new StringWriter()));
    for (String name : line.getSubcommands().keySet()) {
      if (name.equals("help")) {
        continue;
      }
      Ran ran = Ran.pinlian(name, "--help");
      assertEquals(0, ran.exit(), name);
      assertTrue(ran.out().contains("Examples:"), name);
      assertTrue(ran.out().contains("pinlian " + name), name);
      if (line.getSubcommands().get(name).getSubcommands().isEmpty()) {
        assertTrue(ran.out().contains("--json"), name);
      }
    }
  }

  @Test
  void namesItsVersionAndListsItsCommands() {
    assertTrue(Ran.pinlian("--version").out().startsWith("pinlian "));
    Ran help = Ran.pinlian("--help");
    assertEquals(0, help.exit());
    assertTrue(help.out().contains("Exit codes:"));
    assertTrue(help.out().contains("trace"));
  }

  @Test
  void refusesACommandLineItDoesNotKnowWithExit2AndOneJsonObject() {
    assertEquals(2, Ran.pinlian().exit());
    assertEquals(2, Ran.pinlian("tarce").exit());
    assertEquals(2, Ran.pinlian("trace").exit());
    assertEquals(2, Ran.pinlian("trace", "x", "--backward", "--forward").exit());
    Ran ran = Ran.pinlian("keygen", "--json", "--no-such-option");
    assertEquals(2, ran.exit());
    assertEquals(2, ran.json().path("error").path("exit").asInt());
    assertFalse(ran.err().contains("\tat "), "no stack trace");
  }

  @Test
  void aSetupThatIsCheckedIsRefusedWithExit2AndItsFileAndLine() throws Exception {
    Path file = folder.resolve("node.yaml");
    Files.writeString(file, "data: data\nblock_intervall: 1s\n");
    Ran ran = Ran.pinlian("up", "--node", file.toString(), "--check");
    assertEquals(2, ran.exit(), ran.err());
    assertTrue(ran.err().contains(file + ":2: block_intervall: no such key"), ran.err());
    assertFalse(Files.exists(folder.resolve("data")), "nothing is made");
  }

  @Test
  void makesKeysForTheirOwnerAloneAndNeverOverwritesOne() throws Exception {
    for (String algorithm : new String[] {"ed25519", "p256", "sm2"}) {
      Path file = folder.resolve(algorithm + ".pem");
      Ran ran = Ran.pinlian("keygen", "--algorithm", algorithm, "-o", file.toString(), "--json");
      assertEquals(0, ran.exit(), ran.err());
      SigningKey key = KeyFiles.readSecret(file);
      assertEquals(key.verifyingKey().keyId().hex(), ran.json().path("keyId").asText());
      assertEquals(
          key.verifyingKey(), KeyFiles.readPublic(Path.of(ran.json().path("publicFile").asText())));
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));

      String before = Files.readString(file);
      Ran again = Ran.pinlian("keygen", "-o", file.toString());
      assertEquals(2, again.exit());
      assertEquals(before, Files.readString(file));
    }
  }

  @Test
  void leavesNoSecretWhereThePublicPartCannotGo() throws IOException {
    Path file = folder.resolve("k.pem");
    Files.writeString(folder.resolve("k.pem.pub"), "mine");
    assertEquals(2, Ran.pinlian("keygen", "-o", file.toString()).exit());
    assertFalse(Files.exists(file));
  }

  @Test
  void saysExit4WhereNobodyAnswers() throws IOException {
    Path key = key();
    String nobody = "127.0.0.1:" + freePort();
    for (String[] command :
        new String[][] {
          {"login", "--participant", WHO},
          {"trace", "urn:pinlian:lot:" + WHO + ":1", "--as", WHO},
          {"receipt", "--index", "3", "--as", WHO},
          {"submit", "--as", WHO, records().toString()},
        }) {
      String[] all = new String[command.length + 5];
      System.arraycopy(command, 0, all, 0, command.length);
      all[command.length] = "--gateway";
      all[command.length + 1] = nobody;
      all[command.length + 2] = "--key";
      all[command.length + 3] = key.toString();
      all[command.length + 4] = "--json";
      Ran ran = Ran.pinlian(all);
      assertEquals(4, ran.exit(), ran.err());
      JsonNode error = ran.json().path("error");
      assertEquals(4, error.path("exit").asInt());
      assertFalse(error.path("hint").asText().isEmpty());
      assertFalse(ran.err().contains("\tat "), "no stack trace");
    }
  }

  @Test
  void saysExit2ForAFileOrFolderThatIsNotThere() throws IOException {
    Path absent = folder.resolve("absent");
    assertEquals(2, Ran.pinlian("trace", "urn:x:1", "--data", absent.toString()).exit());
    assertEquals(2, Ran.pinlian("verify", absent.toString(), "--policy", absent.toString()).exit());
    Ran ran =
        Ran.pinlian("submit", "--key", key().toString(), "--as", WHO, absent.toString(), "--json");
    assertEquals(2, ran.exit());
    assertTrue(ran.json().path("error").path("message").asText().contains("absent"));
  }

  @Test
  void aGatewayNeedsToKnowWhoAsks() {
    Ran ran = Ran.pinlian("trace", "urn:x:1", "--gateway", "127.0.0.1:8080");
    assertEquals(2, ran.exit());
    assertTrue(ran.err().contains("--key"));
  }

  @Test
  void anAddressHasHostAndPort() {
    assertEquals(new Address("127.0.0.1", 8080), Address.parse("127.0.0.1:8080"));
    assertEquals("[::1]:80", Address.parse("[::1]:80").toString());
    for (String bad :
        new String[] {"8080", ":8080", "host", "host:", "host:0", "::1:80", "h:70000"}) {
      CommandException e =
          org.junit.jupiter.api.Assertions.assertThrows(
              CommandException.class, () -> Address.parse(bad), bad);
      assertEquals(Exit.USAGE, e.exit());
    }
  }

  private Path key() throws IOException {
    Path file = folder.resolve("who.pem");
    if (!Files.exists(file)) {
      assertEquals(0, Ran.pinlian("keygen", "-o", file.toString()).exit());
    }
    return file;
  }

  private Path records() throws IOException {
    Path file = folder.resolve("records.json");
    return Files.writeString(
        file,
        "[{\"kind\":\"place\",\"public\":{\"name\":\"x\"},"
            + "\"lines\":[{\"role\":\"place\",\"subject\":\"(414)9520000001018\"}]}]");
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      return socket.getLocalPort();
    }
  }
}
