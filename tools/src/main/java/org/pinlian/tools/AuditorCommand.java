// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.client.UnreachableException;
import org.pinlian.tools.auditor.AlarmException;
import org.pinlian.tools.auditor.AlarmFile;
import org.pinlian.tools.auditor.Audited;
import org.pinlian.tools.auditor.Auditor;
import org.pinlian.tools.witness.NoteKey;
import org.pinlian.tools.witness.Witness;
import org.pinlian.tools.witness.WitnessServer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code pinlian auditor}: derives a ledger again from its entries, and cosigns what is so. */
@Command(
    name = "auditor",
    description = {
      "Follow a ledger through a gateway, as an enrolled auditor or an authority: its entries, and",
      "of records kinds and hashes. Derive everything again that a cosignature states: bytes",
      "canonical, signatures good, roles right, no submission twice, every chain, the heads map of",
      "every block, the tree. Cosign the checkpoints for which that holds (c2sp.org/tlog-witness),",
      "and none after the first thing that does not: it is told, written to STATE/alarm.json, and",
      "the command ends with 1. A later start refuses as long as that file is there.",
      "What was cosigned is on the disk before the cosignature leaves: keep the state folder as",
      "carefully as the key. The rest is in memory, about 200 bytes a chain: after a restart the",
      "ledger is read again from its first entry, and nothing new is cosigned until that is done.",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  pinlian witness --init --name auditor.example/a1 --key cosigner.key   (makes its key)",
      "  pinlian auditor --gateway 127.0.0.1:8080 --key auditor.pem --policy policy.txt \\",
      "      --cosigner-key cosigner.key --state auditor-state --listen 127.0.0.1:8091",
      "  pinlian auditor --key auditor.pem --policy policy.txt --once --json   audit once, and end",
      "In the ledger's policy file: witness a1 <vkey> http://HOST:PORT, and: group auditors any a1",
    })
final class AuditorCommand extends ToolCommand {
  @Mixin private final SignerOptions signer = new SignerOptions();

  @Option(
      names = "--cosigner-key",
      paramLabel = "FILE",
      description = "The secret key of its cosignatures, a line PRIVATE+KEY+... (not with --once.)")
  private @Nullable Path cosignerKey;

  @Option(
      names = "--state",
      paramLabel = "DIR",
      defaultValue = "auditor-state",
      description = "Where it remembers what it cosigned (default: ${DEFAULT-VALUE}).")
  private Path state = Path.of("auditor-state");

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:0",
      description =
          "Where the ledger asks for cosignatures; port 0: any (default: ${DEFAULT-VALUE}).")
  private String listen = "127.0.0.1:0";

  @Option(
      names = "--once",
      description = "Audit up to where the ledger stands, cosign nothing, and end.")
  private boolean once;

  @Mixin private final ServingOptions serving = new ServingOptions();

  @Override
  Exit run(Console console) throws Exception {
    serving.logWhatHappens();
    TrustPolicy policy = signer.policy();
    if (policy == null) {
      throw CommandException.usage(
          "no policy", "Name with --policy FILE which ledger is to be audited.");
    }
    if (AlarmFile.isRaised(state)) {
      throw new CommandException(
          Exit.CHECK_FAILED,
          "ALARM",
          AlarmFile.in(state) + " holds an alarm that nobody has seen to",
          "Read it. Move it away only when you know why this ledger can be vouched for again.");
    }
    if (once && cosignerKey == null) {
      return auditOnce(console, policy, null);
    }
    if (cosignerKey == null) {
      throw CommandException.usage(
          "no --cosigner-key", "`pinlian witness --init` makes one; or audit --once.");
    }
    NoteKey key = KeyFiles.readNoteKey(cosignerKey);
    Audited audited = new Audited();
    try (Witness cosigner =
        Witness.open(
            key.signer(), state, WitnessCommand.logs(policy), InstantSource.system(), audited)) {
      Checkpoint remembered = cosigner.last(Policies.origin(policy)).orElse(null);
      return once
          ? auditOnce(console, policy, remembered)
          : serve(console, policy, cosigner, audited, remembered);
    }
  }

  private Exit auditOnce(Console console, TrustPolicy policy, @Nullable Checkpoint remembered)
      throws Exception {
    Telling telling = new Telling(console);
    try (GatewaySession session = signer.open(console);
        Auditor auditor =
            new Auditor(policy, new GatewayFeed(session), remembered, new Audited(), telling)) {
      auditor.run(true);
    } catch (AlarmException e) {
      return alarm(console, policy, e);
    }
    Auditor.Standing standing = telling.last();
    ObjectNode json = Console.JSON.createObjectNode();
    json.put("origin", standing.checkpoint().origin());
    json.put("size", standing.checkpoint().size());
    json.put("root", standing.checkpoint().root().hex());
    json.put("records", standing.records());
    json.put("blocks", standing.blocks());
    json.put("chains", standing.chains());
    json.put("chainBytes", standing.chainBytes());
    json.putNull("alarm");
    console.result(json);
    console.say(console.paint().good("✓ 审计无异常 audited, nothing wrong") + say(standing));
    return Exit.GOOD;
  }

  private static String say(Auditor.Standing standing) {
    return ": %d entries, %d records, %d blocks, %d chains"
        .formatted(
            standing.checkpoint().size(), standing.records(), standing.blocks(), standing.chains());
  }

  private Exit alarm(Console console, TrustPolicy policy, AlarmException alarm) throws IOException {
    ObjectNode json = AlarmFile.json(Policies.origin(policy), alarm);
    AlarmFile.write(state, json, Instant.now());
    ObjectNode result = Console.JSON.createObjectNode();
    result.put("origin", Policies.origin(policy));
    result.set("alarm", json);
    console.result(result);
    tell(console, state, alarm);
    return Exit.CHECK_FAILED;
  }

  static void tell(Console console, Path state, AlarmException alarm) {
    console.note(
        console.paint().bad("✗ 审计警报 ALARM: ") + alarm.rule() + " 条目 entry " + alarm.index());
    console.note("  规则 rule      " + alarm.rule().chinese() + "; " + alarm.rule().english());
    console.note("  应为 expected  " + Paint.clean(alarm.expected()));
    console.note("  实为 found     " + Paint.clean(alarm.found()));
    console.note("  不再会签; nothing is cosigned any more: " + AlarmFile.in(state));
  }

  private Exit serve(
      Console console,
      TrustPolicy policy,
      Witness cosigner,
      Audited audited,
      @Nullable Checkpoint remembered)
      throws Exception {
    Address address = Address.parseListen(listen);
    try (GatewaySession session = signer.open(console);
        WitnessServer server =
            new WitnessServer(
                cosigner,
                new InetSocketAddress(InetAddress.getByName(address.host()), address.port()));
        Auditor auditor =
            new Auditor(
                policy, new GatewayFeed(session), remembered, audited, new Telling(console))) {
      ready(console, new Address(address.host(), server.port()), cosigner);
      CountDownLatch told = new CountDownLatch(1);
      Thread onSignal = new Thread(() -> end(auditor, told), "pinlian-stop");
      Runtime.getRuntime().addShutdownHook(onSignal);
      try {
        auditor.run(false);
      } catch (AlarmException e) {
        AlarmFile.write(state, AlarmFile.json(Policies.origin(policy), e), Instant.now());
        tell(console, state, e);
        Runtime.getRuntime().removeShutdownHook(onSignal);
        return Exit.CHECK_FAILED;
      }
      console.note(
          "Stopped at size " + audited.size() + ". Answers by status: " + cosigner.answers());
      told.countDown();
      return Exit.GOOD;
    }
  }

  private void ready(Console console, Address address, Witness cosigner) throws IOException {
    ObjectNode json = Console.JSON.createObjectNode();
    json.put("address", address.toString());
    json.put("url", "http://" + address);
    json.put("vkey", cosigner.verifier().vkey());
    json.put("state", state.toString());
    console.say(console.paint().good("✓ 审计中 auditing") + ", cosigning at http://" + address);
    console.say("  公钥 vkey   " + cosigner.verifier().vkey());
    console.say("  Ctrl-C 停止 stops it");
    console.result(json);
    serving.ready(json);
  }

  private static void end(Auditor auditor, CountDownLatch told) {
    auditor.close();
    try {
      told.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    // A JVM that is ended by a signal reports so; nobody was served badly.
    Runtime.getRuntime().halt(Exit.GOOD.code());
  }

  /** Says how it goes on standard error. */
  private static final class Telling implements Auditor.Listener {
    private final Console console;
    private final Progress.Task task;
    private boolean told;
    private Auditor.@Nullable Standing last;

    Telling(Console console) {
      this.console = console;
      this.task = console.start("审计条目 auditing entries", -1);
    }

    Auditor.Standing last() {
      if (last == null) {
        throw new IllegalStateException("nothing was audited");
      }
      return last;
    }

    @Override
    public void audited(long size) {
      if (!told) {
        task.reached(size);
      }
    }

    @Override
    public void caughtUp(Auditor.Standing standing) {
      last = standing;
      if (!told) {
        told = true;
        task.close();
        console.note("已追平 caught up" + say(standing));
      }
    }

    @Override
    public void interrupted(UnreachableException why) {
      console.note("账本暂不可达 the ledger does not answer, asking again: " + why.getMessage());
    }
  }
}
