// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.witness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pinlian.checkpoint.AddCheckpoint;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.checkpoint.CosignatureSigner;
import org.pinlian.checkpoint.NoteSigner;
import org.pinlian.checkpoint.SignedNote;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.signing.SignatureAlgorithm;
import org.pinlian.signing.SigningKey;

/** A witness on a port, asked by an honest log, a forked one and by strangers. */
class WitnessTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000);

  @TempDir Path temp;
  private final TestLog log = new TestLog(5, "a");
  private final TestLog fork = new TestLog(3, "b");
  private final HttpClient client = HttpClient.newHttpClient();
  private Witness witness;
  private WitnessServer server;

  @BeforeEach
  void start() throws IOException {
    witness =
        Witness.open(
            signer(),
            temp.resolve("state"),
            List.of(new WitnessedLog(log.verifier(), HashAlgorithm.SHA_256)),
            () -> NOW);
    server = new WitnessServer(witness, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
    witness.close();
    client.close();
  }

  /** The witness of B.11. */
  private static CosignatureSigner signer() {
    byte[] seed = new byte[32];
    for (int i = 0; i < seed.length; i++) {
      seed[i] = (byte) (0x20 + i);
    }
    return new CosignatureSigner("witness.example/w1", SigningKey.ofEd25519Seed(seed));
  }

  private HttpResponse<String> add(byte[] body) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(uri("/add-checkpoint"))
            .POST(BodyPublishers.ofByteArray(body))
            .build(),
        BodyHandlers.ofString());
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }

  private String shown() throws IOException, InterruptedException {
    return get("/" + WitnessState.name(TestLog.ORIGIN) + "/checkpoint").body();
  }

  @Test
  void theCosignatureIsThatOfTheVector() throws Exception {
    HttpResponse<String> answer = add(log.request(0, 5));

    assertEquals(200, answer.statusCode());
    assertEquals(
        "— witness.example/w1 IDJKvgAAAABlU/EAyxtJ+XKRh9yGaknyXbQADVKpVFyMmXszAXiPW169OOPrJBojmSi"
            + "O1Y9L7Tw4NMPh/MuKwOKFfa97OG1fcbkXCQ==\n",
        answer.body());
    assertEquals(log.note(5) + answer.body(), shown());
  }

  @Test
  void onlyWhatExtendsTheLastOneIsCosigned() throws Exception {
    assertEquals(200, add(log.request(0, 3)).statusCode());
    assertEquals(200, add(log.request(3, 7)).statusCode());
    // Again, which makes it fresh.
    assertEquals(200, add(log.request(7, 7)).statusCode());

    HttpResponse<String> old = add(log.request(3, 9));
    assertEquals(409, old.statusCode());
    assertEquals("7\n", old.body());
    assertEquals("text/x.tlog.size", old.headers().firstValue("content-type").orElse(""));
    assertEquals(409, add(log.request(0, 9)).statusCode());
    assertEquals(409, add(log.request(8, 9)).statusCode());
    assertEquals(422, add(fork.request(7, 9)).statusCode());
    assertEquals(422, add(fork.request(7, 7)).statusCode());
    assertEquals(422, add(new AddCheckpoint(7, log.proof(6, 9), log.note(9)).bytes()).statusCode());
    assertEquals(422, add(new AddCheckpoint(7, log.proof(3, 7), log.note(7)).bytes()).statusCode());
    assertEquals(400, add(new AddCheckpoint(7, List.of(), log.note(5)).bytes()).statusCode());

    assertTrue(shown().startsWith(log.note(7).toString()), shown());
    assertEquals(Map.of(200, 3L, 400, 1L, 409, 3L, 422, 4L), witness.answers());
  }

  @Test
  void theEmptyTreeHasOneRoot() throws Exception {
    NoteSigner own = new NoteSigner(TestLog.ORIGIN, seed0());
    Checkpoint wrong = new Checkpoint(TestLog.ORIGIN, 0, log.root(1));

    assertEquals(
        422, add(new AddCheckpoint(0, List.of(), own.sign(wrong.text())).bytes()).statusCode());
    assertEquals(
        200,
        add(new AddCheckpoint(
                    0,
                    List.of(),
                    own.sign(
                        new Checkpoint(TestLog.ORIGIN, 0, HashAlgorithm.SHA_256.empty()).text()))
                .bytes())
            .statusCode());
    assertEquals(200, add(log.request(0, 4)).statusCode());
  }

  private static SigningKey seed0() {
    byte[] seed = new byte[32];
    for (int i = 0; i < seed.length; i++) {
      seed[i] = (byte) i;
    }
    return SigningKey.ofEd25519Seed(seed);
  }

  @Test
  void strangersAreTurnedAway() throws Exception {
    SigningKey other = SigningKey.generate(SignatureAlgorithm.ED25519, new SecureRandom());
    Checkpoint head = new Checkpoint(TestLog.ORIGIN, 3, log.root(3));
    SignedNote otherKey = new NoteSigner(TestLog.ORIGIN, other).sign(head.text());
    SignedNote otherLog =
        new NoteSigner("log.example/other", other)
            .sign(new Checkpoint("log.example/other", 3, log.root(3)).text());
    SignedNote changed =
        SignedNote.of(
            new Checkpoint(TestLog.ORIGIN, 3, log.root(4)).text(), log.note(3).signatures());

    assertEquals(403, add(new AddCheckpoint(0, List.of(), otherKey).bytes()).statusCode());
    assertEquals(403, add(new AddCheckpoint(0, List.of(), changed).bytes()).statusCode());
    assertEquals(404, add(new AddCheckpoint(0, List.of(), otherLog).bytes()).statusCode());
    assertEquals(404, get("/" + WitnessState.name(TestLog.ORIGIN) + "/checkpoint").statusCode());
    assertEquals(404, get("/").statusCode());
    assertEquals(405, get("/add-checkpoint").statusCode());
    assertEquals(413, add(new byte[AddCheckpoint.MAX_BYTES + 1]).statusCode());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "old\n\n",
        "old 0\n",
        "old 00\n\nNOTE",
        "old -1\n\nNOTE",
        "old 9223372036854775808\n\nNOTE",
        "old 0\nAAAA\n\nNOTE",
        "old 0\n2jmj7l5rSw0yVb/vlWAYkK/YBwk4sHKHTU4xOTOD2rU=\n\nNOTE",
        "new 0\n\nNOTE",
        "old 0\n\nlog.example/trace\n3\nx\n\n— a b\n",
        "old 0\r\n\r\nNOTE",
        "old 0\n\n\u0000NOTE",
      })
  void whatIsMalformedIs400(String body) throws Exception {
    String text = body.replace("NOTE", log.note(3).toString());

    assertEquals(400, add(text.getBytes(StandardCharsets.UTF_8)).statusCode(), text);
  }

  @Test
  void aWitnessThatStartsAnewRemembersAndOneThatCannotReadDoesNotStart() throws Exception {
    assertEquals(200, add(log.request(0, 5)).statusCode());
    assertThrows(IOException.class, this::open, "two on one folder");
    server.close();
    witness.close();
    start();

    assertEquals(409, add(fork.request(0, 9)).statusCode());
    assertEquals(422, add(fork.request(5, 9)).statusCode());
    assertEquals(200, add(log.request(5, 9)).statusCode());

    server.close();
    witness.close();
    Path file = temp.resolve("state").resolve(WitnessState.name(TestLog.ORIGIN) + ".checkpoint");
    String note = Files.readString(file);
    for (String damaged :
        List.of("", note.substring(0, note.length() - 9), note.replace("\n9\n", "\n5\n"))) {
      Files.writeString(file, damaged);
      assertThrows(IOException.class, this::open, damaged);
    }
    Files.writeString(file, note);
    start();
    assertEquals(200, add(log.request(9, 10)).statusCode());
  }

  private void open() throws IOException {
    Witness.open(
            signer(),
            temp.resolve("state"),
            List.of(new WitnessedLog(log.verifier(), HashAlgorithm.SHA_256)),
            () -> NOW)
        .close();
  }

  @Test
  void linesOfOtherCosignersAreNotKept() throws Exception {
    CosignatureSigner other =
        new CosignatureSigner(
            "witness.example/other",
            SigningKey.generate(SignatureAlgorithm.ED25519, new SecureRandom()));
    Checkpoint head = new Checkpoint(TestLog.ORIGIN, 3, log.root(3));
    SignedNote note = log.note(3).with(other.cosign(head, 5));

    assertEquals(200, add(new AddCheckpoint(0, List.of(), note).bytes()).statusCode());

    assertFalse(shown().contains("witness.example/other"), shown());
    assertEquals(2, SignedNote.parse(shown().getBytes(StandardCharsets.UTF_8)).signatures().size());
  }

  @Test
  void aKeyIsALineThatIsReadAgain() {
    NoteKey key = NoteKey.make("witness.example/w1", new SecureRandom());

    assertEquals(key.line(), NoteKey.parse(key.line() + "\n").line());
    assertEquals(key.signer().verifier(), NoteKey.parse(key.line()).signer().verifier());
    String line = key.line();
    for (String wrong :
        List.of(
            "",
            "PRIVATE+KEY+",
            line.replace("w1", "w2"),
            line.substring(0, line.length() - 4),
            line.replace("PRIVATE+KEY+", ""),
            key.signer().verifier().vkey())) {
      IllegalArgumentException refused =
          assertThrows(IllegalArgumentException.class, () -> NoteKey.parse(wrong));
      assertFalse(
          String.valueOf(refused.getMessage()).contains(line.substring(line.length() - 20)));
    }
  }
}
