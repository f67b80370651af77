// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.NoteException;
import org.pinlian.checkpoint.NoteKeyType;
import org.pinlian.checkpoint.NoteVerifier;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.tools.witness.NoteKey;
import org.pinlian.tools.witness.Witness;
import org.pinlian.tools.witness.WitnessServer;
import org.pinlian.tools.witness.WitnessedLog;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code pinlian witness}: cosigns that logs only grow. */
@Command(
    name = "witness",
    description = {
      "Cosign the checkpoints of ledgers, ours and any other of c2sp.org/tlog-checkpoint, each only",
      "if it extends the last one cosigned (c2sp.org/tlog-witness). What was cosigned is on the disk",
      "before the cosignature leaves: keep the state folder as carefully as the key, and never run",
      "two witnesses with one key.",
      "Speaks HTTP; let something that speaks TLS stand before it where others call.",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  pinlian witness --init --name witness.example/w1 --key witness.key",
      "  pinlian witness --key witness.key --state /var/lib/witness --policy pinlian-data/policy.txt",
      "  pinlian witness --key witness.key --log 'log.example/trace+63a34c76+AQOh...' --port 0",
      "In the ledger's policy file: witness w1 <the vkey that --init prints> http://HOST:PORT",
    })
final class WitnessCommand extends ToolCommand {
  private static final int DEFAULT_PORT = 8090;

  @SuppressWarnings("NullAway.Init")
  @Option(
      names = "--key",
      paramLabel = "FILE",
      required = true,
      description = "Its secret key, a line PRIVATE+KEY+..., readable by its owner alone.")
  private Path key;

  @Option(names = "--init", description = "Make the key, print its public part, and exit.")
  private boolean init;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "With --init: what the key is called, a URL without a scheme.")
  private @Nullable String name;

  @Option(
      names = "--log",
      paramLabel = "VKEY",
      description = "A log to cosign for, of SHA-256; may be repeated.")
  private List<String> logs = new ArrayList<>();

  @Option(
      names = "--policy",
      paramLabel = "FILE",
      description =
          "Cosign for the logs of this policy, each with the policy's hash. May be repeated.")
  private List<Path> policies = new ArrayList<>();

  @Option(
      names = "--state",
      paramLabel = "DIR",
      defaultValue = "witness-state",
      description = "Where it remembers what it cosigned (default: ${DEFAULT-VALUE}).")
  private Path state = Path.of("witness-state");

  @Option(
      names = "--host",
      paramLabel = "HOST",
      defaultValue = "127.0.0.1",
      description = "Where to listen (default: ${DEFAULT-VALUE}).")
  private String host = "127.0.0.1";

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "0 for any that is free (default: " + DEFAULT_PORT + ").")
  private int port = DEFAULT_PORT;

  @Mixin private final ServingOptions serving = new ServingOptions();

  @Override
  Exit run(Console console) throws Exception {
    serving.logWhatHappens();
    if (init) {
      return makeKey(console);
    }
    NoteKey noteKey = KeyFiles.readNoteKey(key);
    List<WitnessedLog> accepted = accepted();
    if (accepted.isEmpty()) {
      throw CommandException.usage(
          "no log to cosign for", "Name at least one with --log or --policy.");
    }
    try (Witness witness = Witness.open(noteKey.signer(), state, accepted, InstantSource.system());
        WitnessServer server =
            new WitnessServer(witness, new InetSocketAddress(InetAddress.getByName(host), port))) {
      return serve(console, witness, server, accepted);
    }
  }

  private Exit makeKey(Console console) throws IOException {
    if (name == null) {
      throw CommandException.usage("--init needs --name", "For example: witness.example/w1");
    }
    NoteKey made;
    try {
      made = NoteKey.make(name, new SecureRandom());
    } catch (IllegalArgumentException e) {
      throw CommandException.usage(
          "--name: no key may be called \"" + name + "\"", "No spaces and no plus signs.");
    }
    KeyFiles.writeSecretLine(key, made.line() + "\n");
    ObjectNode json = Console.JSON.createObjectNode();
    json.put("file", key.toString());
    json.put("vkey", made.signer().verifier().vkey());
    console.result(json);
    console.say("secret key  " + key + "  (keep it, and show it to nobody)");
    console.say("vkey        " + made.signer().verifier().vkey());
    return Exit.GOOD;
  }

  private List<WitnessedLog> accepted() throws IOException {
    List<WitnessedLog> accepted = new ArrayList<>();
    for (String vkey : logs) {
      try {
        NoteVerifier verifier = NoteVerifier.parse(vkey);
        if (verifier.type() != NoteKeyType.ED25519) {
          throw CommandException.usage("--log: the key of a cosigner, not of a log: " + vkey, "");
        }
        accepted.add(new WitnessedLog(verifier, HashAlgorithm.SHA_256));
      } catch (NoteException e) {
        throw CommandException.usage(
            "--log: " + e.getMessage(), "The ledger's policy file has it, on the line `log`.");
      }
    }
    for (Path file : policies) {
      accepted.addAll(logs(Policies.read(file)));
    }
    return accepted;
  }

  /** The logs of a policy, each with the policy's hash. */
  static List<WitnessedLog> logs(TrustPolicy policy) {
    HashAlgorithm hash = policy.hashAlgorithm().orElse(HashAlgorithm.SHA_256);
    return policy.logs().stream().map(log -> new WitnessedLog(log.verifier(), hash)).toList();
  }

  private Exit serve(
      Console console, Witness witness, WitnessServer server, List<WitnessedLog> accepted)
      throws IOException, InterruptedException {
    String address = new Address(host, server.port()).toString();
    ObjectNode json = Console.JSON.createObjectNode();
    json.put("address", address);
    json.put("url", "http://" + address);
    json.put("vkey", witness.verifier().vkey());
    json.put("state", state.toString());
    ArrayNode origins = json.putArray("origins");
    accepted.forEach(log -> origins.add(log.verifier().name()));
    console.say(console.paint().good("✓ 见证中 witnessing") + " at http://" + address);
    console.say("  公钥 vkey   " + witness.verifier().vkey());
    accepted.forEach(log -> console.say("  账本 log    " + log.verifier().name()));
    console.say("  Ctrl-C 停止 stops it");
    console.result(json);
    CountDownLatch stop = new CountDownLatch(1);
    CountDownLatch told = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  stop.countDown();
                  awaitQuietly(told);
                  // A JVM that is ended by a signal reports so; nobody was served badly.
                  Runtime.getRuntime().halt(Exit.GOOD.code());
                },
                "pinlian-stop"));
    serving.ready(json);
    stop.await();
    server.close();
    console.note("Stopped. Answers by status: " + witness.answers());
    told.countDown();
    return Exit.GOOD;
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
