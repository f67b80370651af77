// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.checkpoint.SignedNote;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.merkle.Merkle;
import org.pinlian.record.Submissions;
import org.pinlian.signing.SigningKey;
import org.pinlian.tools.demo.Actor;
import org.pinlian.v1.ChallengeRequest;
import org.pinlian.v1.LoginGrpc;
import org.pinlian.v1.LoginRequest;

/** The demo's ledger while it is served: who gets to see what. */
class DemoServingIT {
  @TempDir static Path scratch;

  private static Path data = Path.of("");
  private static JsonNode ready = Console.JSON.createObjectNode();
  private static Spawned served;

  @BeforeAll
  static void serve() throws Exception {
    data = scratch.resolve("data");
    Ran played = Ran.pinlian("demo", "--once", "--data", data.toString(), "--json");
    assertEquals(0, played.exit(), played.err());
    Ran again = Ran.pinlian("demo", "--once", "--data", data.toString(), "--json");
    assertEquals(0, again.exit(), again.err());
    assertFalse(again.json().path("played").asBoolean());
    assertEquals(played.json().path("receipts"), again.json().path("receipts"));
    Path file = scratch.resolve("ready.json");
    served =
        Spawned.pinlian(
            scratch,
            "up",
            "--data",
            data.toString(),
            "--port",
            "0",
            "--ready-file",
            file.toString(),
            "--json");
    ready = served.awaitReady(file);
  }

  @AfterAll
  static void stop() throws Exception {
    try (Spawned ending = served) {
      assertEquals(0, ending.terminate(), ending.said());
      String said = ending.said();
      for (String secret : secrets()) {
        assertFalse(said.contains(secret), "the log has " + secret);
      }
    }
  }

  @Test
  void theFolderIsNotToBeHadWhileANodeHoldsIt() {
    for (String[] command :
        new String[][] {
          {"trace", "bamboo-canteen"},
          {"receipt", "--index", "1"},
          {"demo", "--once"},
          {"up", "--port", "0"},
        }) {
      String[] all = new String[command.length + 3];
      System.arraycopy(command, 0, all, 0, command.length);
      all[command.length] = "--data";
      all[command.length + 1] = data.toString();
      all[command.length + 2] = "--json";
      Ran ran = Ran.pinlian(all);
      assertEquals(4, ran.exit(), ran.err());
      assertTrue(
          ran.json().path("error").toString().contains(ready.path("address").asText()), ran.out());
    }
  }

  /** With nothing but HTTP, the policy and a hash function: what any C2SP client does. */
  @Test
  void anOutsiderMakesThePublishedRootFromTilesAndEntries() throws Exception {
    TrustPolicy policy = Policies.read(data.resolve("demo").resolve("policy.txt"));
    SignedNote note = SignedNote.parse(get("/tlog/checkpoint", null));
    Checkpoint head = policy.check(note).checkpoint();
    assertTrue(policy.check(note).quorumMet(), "the demo's witness cosigned it, and it was kept");
    int width = Math.toIntExact(head.size());
    assertTrue(width < 256, "one tile");

    byte[] hashes = get("/tlog/tile/0/000.p/" + width, null);
    byte[] bundle = get("/tlog/tile/entries/000.p/" + width, token());

    List<Hash> leaves = new ArrayList<>();
    ByteBuffer entries = ByteBuffer.wrap(bundle);
    for (int i = 0; i < width; i++) {
      byte[] entry = new byte[Short.toUnsignedInt(entries.getShort())];
      entries.get(entry);
      leaves.add(HashAlgorithm.SHA_256.leaf(entry));
      assertEquals(leaves.get(i), Hash.read(hashes, i * Hash.SIZE));
    }
    assertFalse(entries.hasRemaining());
    assertEquals(head.root(), Merkle.rootOfLeafHashes(HashAlgorithm.SHA_256, leaves));
    assertEquals(404, status("/tlog/tile/0/000.p/" + (width + 1)));
    assertEquals(401, status("/tlog/tile/entries/000.p/" + width));
  }

  /** Entries are for authorities and auditors, whoever else is logged in. */
  @Test
  void bundlesAreForAuditorsAndNotForWhoeverIsLoggedIn() throws Exception {
    Path key = scratch.resolve("auditor.pem");
    assertEquals(0, Ran.pinlian("keygen", "-o", key.toString()).exit());
    String path = "/tlog/tile/entries/000.p/1";
    String producer = token(KeyFiles.readSecret(new DemoFolder(data).key(Actor.COOPERATIVE)));
    assertEquals(403, ask(path, producer).statusCode());
    Ran enrolled =
        Ran.pinlian(
            "enrol",
            "--gateway",
            ready.path("address").asText(),
            "--policy",
            data.resolve("demo").resolve("policy.txt").toString(),
            "--key",
            key(Actor.DISTRICT),
            "--as",
            Actor.DISTRICT.id().toString(),
            "--participant",
            "gln:9520000000011",
            "--name",
            "示例审计所",
            "--role",
            "auditor",
            "--region",
            Actor.REGION,
            "--public-key",
            key + ".pub",
            "--json");
    assertEquals(0, enrolled.exit(), enrolled.err());
    HttpResponse<byte[]> bundle = ask(path, token(KeyFiles.readSecret(key)));
    assertEquals(200, bundle.statusCode());
    int length = Short.toUnsignedInt(ByteBuffer.wrap(bundle.body()).getShort());
    assertEquals(2 + length, bundle.body().length);
    assertEquals(
        "private, max-age=31536000, immutable",
        bundle.headers().firstValue("cache-control").orElse(""));
    assertEquals(401, status(path));
  }

  private static HttpResponse<byte[]> ask(String path, @Nullable String token) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://" + ready.path("address").asText() + path));
    if (token != null) {
      request.header("authorization", "Bearer " + token);
    }
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }
  }

  private static byte[] get(String path, @Nullable String token) throws Exception {
    HttpResponse<byte[]> answer = ask(path, token);
    assertEquals(200, answer.statusCode(), path);
    return answer.body();
  }

  private static int status(String path) throws Exception {
    return ask(path, null).statusCode();
  }

  private static String token() throws Exception {
    return token(KeyFiles.readSecret(new DemoFolder(data).key(Actor.DISTRICT)));
  }

  private static String token(SigningKey key) throws Exception {
    ByteString keyId = ByteString.copyFrom(key.verifyingKey().keyId().bytes());
    ManagedChannel channel =
        Grpc.newChannelBuilder(ready.path("address").asText(), InsecureChannelCredentials.create())
            .build();
    try {
      LoginGrpc.LoginBlockingStub login = LoginGrpc.newBlockingStub(channel);
      ByteString challenge =
          login.challenge(ChallengeRequest.newBuilder().setKeyId(keyId).build()).getChallenge();
      return login
          .login(
              LoginRequest.newBuilder()
                  .setKeyId(keyId)
                  .setChallenge(challenge)
                  .setSignature(ByteString.copyFrom(key.sign(Submissions.loginMessage(challenge))))
                  .build())
          .getToken();
    } finally {
      channel.shutdownNow();
    }
  }

  @Test
  void anAuthorityThatSaysWhyItLooksSeesEveryRecordWhole() {
    Ran ran = trace(Actor.DISTRICT, "vaccine-carton", "--purpose", "日常检查");
    assertEquals(0, ran.exit(), ran.err());
    for (JsonNode record : ran.json().path("records")) {
      assertEquals(0, record.path("withheld").size(), record.toString());
    }
  }

  @Test
  void aParticipantSeesItsOwnRecordsWholeAndOfOthersOnlyWhatIsPublic() {
    Ran ran = trace(Actor.CARRIER, "vaccine-carton");
    assertEquals(0, ran.exit(), ran.err());
    boolean own = false;
    boolean others = false;
    for (JsonNode record : ran.json().path("records")) {
      assertTrue(record.path("verified").asBoolean());
      if (record.path("signer").asText().equals(Actor.CARRIER.id().toString())) {
        own = true;
        assertEquals(0, record.path("withheld").size(), record.toString());
        assertTrue(record.path("sections").size() > 0, record.toString());
      } else if (record.path("withheld").size() > 0) {
        others = true;
        assertEquals(0, record.path("sections").size(), record.toString());
      }
    }
    assertTrue(own && others);
  }

  @Test
  void nothingPrivateReachesWhoHasNoPartInIt() throws IOException {
    for (String code : new String[] {"vaccine-carton", "vaccine-unit", "vaccine-refused-carton"}) {
      Ran ran = trace(Actor.CANTEEN, code);
      assertEquals(0, ran.exit(), ran.err());
      for (String secret : secrets()) {
        assertFalse(ran.out().contains(secret), secret);
      }
    }
  }

  @Test
  void aStrangerGetsNothing() throws IOException {
    Path key = scratch.resolve("stranger.pem");
    assertEquals(0, Ran.pinlian("keygen", "-o", key.toString()).exit());
    Ran ran =
        Ran.pinlian(
            "trace",
            "bamboo-canteen",
            "--data",
            data.toString(),
            "--gateway",
            ready.path("address").asText(),
            "--key",
            key.toString(),
            "--as",
            Actor.CANTEEN.id().toString(),
            "--json");
    assertEquals(3, ran.exit(), ran.err());
    assertTrue(ran.json().has("error"));
  }

  @Test
  void aLoginTellsHowLongItHolds() {
    Ran ran =
        Ran.pinlian(
            "login",
            "--gateway",
            ready.path("address").asText(),
            "--key",
            key(Actor.CLINIC),
            "--participant",
            Actor.CLINIC.id().toString(),
            "--json");
    assertEquals(0, ran.exit(), ran.err());
    assertTrue(
        java.time.Instant.parse(ran.json().path("expiresAt").asText())
            .isAfter(java.time.Instant.now()));
  }

  private static Ran trace(Actor reader, String code, String... more) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "trace",
                code,
                "--backward",
                "--data",
                data.toString(),
                "--gateway",
                ready.path("address").asText(),
                "--key",
                key(reader),
                "--as",
                reader.id().toString(),
                "--json"));
    command.addAll(List.of(more));
    return Ran.pinlian(command.toArray(String[]::new));
  }

  private static String key(Actor actor) {
    return data.resolve("demo").resolve("keys").resolve(actor.fileName() + ".pem").toString();
  }

  private static List<String> secrets() throws IOException {
    return Files.readAllLines(data.resolve("demo").resolve("private-strings.txt")).stream()
        .filter(line -> !line.isEmpty())
        .toList();
  }
}
