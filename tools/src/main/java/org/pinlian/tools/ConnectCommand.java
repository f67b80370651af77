// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.pinlian.client.ClientOptions;
import org.pinlian.tools.connect.Agent;
import org.pinlian.tools.connect.AgentOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code pinlian connect}: the local agent of one enterprise. */
@Command(
    name = "connect",
    description = {
      "Take records in plain JSON, or EPCIS documents, from programs on this computer, over HTTP or",
      "from a folder, sign them with your key, and carry them to the ledger: each exactly once, in",
      "the order in which they came, whatever crashes on the way. What is answered 202 is on the",
      "disk.",
      "",
      "docs/connect.md has a curl example for each kind of record.",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  pinlian connect --key cooperative.pem --policy policy.txt",
      "  pinlian connect --key cooperative.pem --watch outbox --spool /var/lib/pinlian-connect",
      "  pinlian connect --key cooperative.pem --watch outbox --once        for cron",
      "  pinlian connect --key cooperative.pem --watch outbox --once --dry-run",
      "  curl -H 'Content-Type: application/json' --data @harvest.json \\",
      "    http://127.0.0.1:8765/submissions",
    })
final class ConnectCommand extends ToolCommand {
  private static final String LISTEN = "127.0.0.1:8765";
  private static final int TOKEN_LENGTH_MIN = 16;
  private static final int TOKEN_LENGTH_MAX = 256;
  private static final int TOKEN_FILE_BYTES_MAX = 1 << 10;

  @Mixin private final SignerOptions signer = new SignerOptions();

  @Option(
      names = "--spool",
      paramLabel = "DIR",
      defaultValue = "pinlian-connect",
      description = "Queue, receipts and outcomes, for one agent (default: ${DEFAULT-VALUE}).")
  private Path spool = Path.of("pinlian-connect");

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT|none",
      defaultValue = LISTEN,
      description =
          "Where to take requests: a loopback address; port 0 for any that is free (default:"
              + " ${DEFAULT-VALUE}).")
  private String listen = LISTEN;

  @Option(
      names = "--watch",
      paramLabel = "DIR",
      description = {
        "Take files from there too, in the order of their names, when they no longer change. Write",
        "them under a name that begins with a dot, then rename them.",
      })
  private @Nullable Path watch;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description =
          "Let only those in who send the word in it, as Authorization: Bearer WORD. Without it"
              + " everybody on this computer may have records signed.")
  private @Nullable Path tokenFile;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      defaultValue = "1",
      description = "Put up to so many requests or files into one submission (default: 1).")
  private int batchSize = 1;

  @Option(
      names = "--batch-wait",
      paramLabel = "MILLIS",
      defaultValue = "50",
      description = "How long the first of them waits for others (default: ${DEFAULT-VALUE}).")
  private int batchWait = 50;

  @Option(
      names = "--queue-max",
      paramLabel = "N",
      defaultValue = "10000",
      description =
          "Submissions that may wait; then requests are answered 429 (default: ${DEFAULT-VALUE}).")
  private int queueMax = 10_000;

  @Option(
      names = "--receipts-every",
      paramLabel = "SECONDS",
      defaultValue = "600",
      description = "How often promised receipts are exchanged (default: ${DEFAULT-VALUE}).")
  private int receiptsEvery = 600;

  @Option(
      names = "--dry-run",
      description = "Ask what the ledger would say of what comes in; record and keep nothing.")
  private boolean dryRun;

  @Option(
      names = "--once",
      description = "Take the files that are there, carry what waits, and exit.")
  private boolean once;

  @Mixin private final ServingOptions serving = new ServingOptions();

  @Override
  Exit run(Console console) throws Exception {
    serving.logWhatHappens();
    AgentOptions options = options();
    ClientOptions patience =
        ClientOptions.defaults()
            .withOverall(Duration.ofSeconds(10))
            .withPauses(Duration.ofMillis(100), Duration.ofSeconds(2));
    ManagedChannel channel = signer.channel();
    try (Agent agent =
        Agent.open(
            options,
            channel,
            signer.key(),
            signer.named(),
            signer.policy(),
            ReceiptFile::text,
            patience)) {
      return once ? once(agent, console) : serve(agent, console);
    } finally {
      channel.shutdownNow();
    }
  }

  private AgentOptions options() throws IOException {
    require(batchSize >= 1 && batchSize <= 1_000, "--batch-size: from 1 to 1000");
    require(batchWait >= 0 && batchWait <= 10_000, "--batch-wait: from 0 to 10000");
    require(queueMax >= 1 && queueMax <= 1_000_000, "--queue-max: from 1 to 1000000");
    require(receiptsEvery >= 1, "--receipts-every: 1 at least");
    InetSocketAddress listening = once || listen.equals("none") ? null : loopback(listen);
    require(
        once || listening != null || watch != null, "--listen none: then there must be a --watch");
    return new AgentOptions(
        spool,
        listening,
        watch,
        tokenFile == null ? null : token(tokenFile),
        List.of(new RecordFormat(), new EpcisFormat()),
        dryRun,
        batchSize,
        Duration.ofMillis(batchWait),
        queueMax,
        RecordFile.BYTES_MAX,
        Duration.ofSeconds(receiptsEvery));
  }

  private static void require(boolean fulfilled, String otherwise) {
    if (!fulfilled) {
      throw CommandException.usage(otherwise, "");
    }
  }

  /** What comes in unencrypted, from whoever can connect, comes from this computer alone. */
  private static InetSocketAddress loopback(String text) throws IOException {
    Address address =
        text.endsWith(":0")
            ? new Address(Address.parse(text.substring(0, text.length() - 1) + "1").host(), 0)
            : Address.parse(text);
    boolean literal = address.host().equals("127.0.0.1") || address.host().equals("::1");
    if (!literal && !address.host().equals("localhost")) {
      throw CommandException.usage(
          "--listen: not an address of this computer alone: " + address.host(),
          "There are 127.0.0.1, [::1] and localhost.");
    }
    return new InetSocketAddress(InetAddress.getByName(address.host()), address.port());
  }

  private static String token(Path file) throws IOException {
    String token = OutsideFile.text(file, TOKEN_FILE_BYTES_MAX).strip();
    require(
        token.length() >= TOKEN_LENGTH_MIN
            && token.length() <= TOKEN_LENGTH_MAX
            && token.chars().allMatch(c -> c > ' ' && c < 0x7f),
        file + ": a word of 16 to 256 printable ASCII characters");
    return token;
  }

  private Exit once(Agent agent, Console console) throws IOException, InterruptedException {
    Agent.Run run = agent.once();
    console.result(run.json());
    console.say(
        run.json().path("queuedInputs").asInt() == 0
            ? console.paint().good("✓ 已送达 nothing waits")
            : console.paint().bad("✗ 未送达 still waiting: " + run.json().path("queuedInputs")));
    console.say("  " + Paint.clean(run.json().path("counts").toString()));
    if (!run.isVerified()) {
      return Exit.CHECK_FAILED;
    }
    if (!run.isReachable()) {
      return Exit.UNREACHABLE;
    }
    return run.isHeld() || run.refused() > 0 ? Exit.REFUSED : Exit.GOOD;
  }

  private Exit serve(Agent agent, Console console) throws Exception {
    CountDownLatch stop = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    var _ = agent.stopped().whenComplete((_, _) -> stop.countDown());
    Thread onSignal = new Thread(() -> closeAndHalt(agent, stop, closed), "pinlian-stop");
    agent.start();
    Runtime.getRuntime().addShutdownHook(onSignal);
    ObjectNode json = Console.JSON.createObjectNode();
    if (agent.port() != 0) {
      String host = Address.parse(listen.replaceFirst(":0$", ":1")).host();
      json.put("address", new Address(host, agent.port()).toString());
    }
    json.put("participant", agent.participant().toString());
    json.put("gateway", signer.address().toString());
    json.put("spool", spool.toString());
    if (watch != null) {
      json.put("watch", watch.toString());
    }
    json.put("dryRun", dryRun);
    console.say(
        console.paint().good("✓ 代理就绪 accepting")
            + " for "
            + agent.participant()
            + (agent.port() == 0 ? "" : " at http://" + json.path("address").asText())
            + (watch == null ? "" : " and from " + watch)
            + (dryRun ? ", recording nothing" : ""));
    console.say("  Ctrl-C 停止 stops it");
    console.result(json);
    serving.ready(json);
    stop.await();
    agent.close();
    closed.countDown();
    if (!agent.stopped().isDone()) {
      console.note("Stopped; what was not answered yet waits in the queue.");
      return Exit.GOOD;
    }
    throw new CommandException(
        Exit.FAULT,
        "AGENT_STOPPED",
        "the agent stopped: " + agent.stopped().join(),
        "Nothing accepted is lost. See to the cause, then start it again.");
  }

  /** A JVM that is ended by a signal reports so; whoever asked for the end was served well. */
  private static void closeAndHalt(Agent agent, CountDownLatch stop, CountDownLatch closed) {
    stop.countDown();
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!agent.stopped().isDone()) {
      Runtime.getRuntime().halt(Exit.GOOD.code());
    }
  }
}
