// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.NoteException;
import org.pinlian.checkpoint.PolicyVerdict;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.client.RefusedException;
import org.pinlian.client.UnreachableException;
import org.pinlian.dossier.OrderStanding;
import org.pinlian.dossier.ProvenDossier;
import org.pinlian.dossier.ReceiptVerifier;
import org.pinlian.dossier.Story;
import org.pinlian.dossier.TraceLimits;
import org.pinlian.dossier.VerificationException;
import org.pinlian.dossier.VerifiedReceipt;
import org.pinlian.gateway.GatewayConfig;
import org.pinlian.gateway.drugfile.DrugFileException;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.CreatedLedger;
import org.pinlian.node.NewLedger;
import org.pinlian.node.Node;
import org.pinlian.node.NodeConfig;
import org.pinlian.node.publication.PublishedBlock;
import org.pinlian.signing.SignatureAlgorithm;
import org.pinlian.signing.SigningKey;
import org.pinlian.tools.RecallStatusCommand.RecallStatus;
import org.pinlian.tools.auditor.AlarmException;
import org.pinlian.tools.config.GatewayFile;
import org.pinlian.tools.demo.Actor;
import org.pinlian.tools.demo.BambooTale;
import org.pinlian.tools.demo.BeefBallTale;
import org.pinlian.tools.demo.DrugTale;
import org.pinlian.tools.demo.Enrolments;
import org.pinlian.tools.demo.FormulaTale;
import org.pinlian.tools.demo.Secrets;
import org.pinlian.tools.demo.VaccineTale;
import org.pinlian.tools.recall.Effectiveness;
import org.pinlian.tools.recall.Holdings;
import org.pinlian.v1.Direction;
import org.pinlian.v1.View;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code pinlian demo}: five stories, told through the gateway and verified. */
@Command(
    name = "demo",
    description = {
      "Play five stories into a new ledger, through its gateway, each record signed by whose it is:",
      "bamboo shoots from a co-operative to a school canteen; a vaccine at 2-8 degrees of which one",
      "carton is accepted and one refused; beef balls made of imported beef, which fail a test and",
      "are recalled; infant formula on a pallet; a drug by its 20-digit codes, from the files of its",
      "maker and buyers. Then verify every receipt, trace every story and find every holder.",
      "In a folder where that was done before, nothing is played again; what is there is shown.",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  pinlian demo                          then go on serving, until Ctrl-C",
      "  pinlian demo --once --data try --json verify, audit, and end",
    })
final class DemoCommand extends ToolCommand {
  /** Of the look-ups that the authority records before it is shown the stories whole. */
  private static final String PURPOSE = "演示";

  private static final int DEFAULT_PORT = 8080;
  private static final int ORIGIN_BYTES = 8;
  private static final long PUBLISHED_SECONDS_MAX = 10;
  private static final Duration DOSSIER_AGE_MAX = Duration.ofHours(1);

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = ReachOptions.DEFAULT_DATA,
      description = "The ledger's folder (default: ${DEFAULT-VALUE}).")
  private Path data = Path.of(ReachOptions.DEFAULT_DATA);

  @Option(names = "--once", description = "Audit the ledger at the end, and do not go on serving.")
  private boolean once;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Of the gateway; 0 for any that is free (default: 8080; with --once any).")
  private int port = -1;

  @Override
  Exit run(Console console) throws Exception {
    DemoFolder folder = new DemoFolder(data);
    boolean fresh = prepare(folder);
    ObjectNode json = Console.JSON.createObjectNode();
    json.put("data", data.toString());
    json.put("played", fresh);
    Exit exit;
    try (DemoWitness witness = DemoWitness.start(folder);
        DemoAuditor auditor = DemoAuditor.start(folder);
        LedgerServer server = serve(witness, auditor, port < 0 ? (once ? 0 : DEFAULT_PORT) : port);
        GatewaySession reading = reading(auditor, folder, server, console)) {
      if (auditor != null && reading != null) {
        auditor.follow(reading, Policies.read(folder.policy()));
      }
      exit = tell(console, folder, server, auditor, fresh, json);
      if (!once) {
        invite(console, folder, server, json);
        return exit == Exit.GOOD ? server.serve(console) : exit;
      }
    }
    return audit(console, json, exit);
  }

  /** The auditor reads as the city's authority does. */
  private static @Nullable GatewaySession reading(
      @Nullable DemoAuditor auditor, DemoFolder folder, LedgerServer server, Console console)
      throws IOException, RefusedException, UnreachableException, VerificationException {
    return auditor == null
        ? null
        : GatewaySession.open(
            server.address(),
            Actor.CITY.id(),
            KeyFiles.readSecret(folder.key(Actor.CITY)),
            Policies.read(folder.policy()),
            console);
  }

  private LedgerServer serve(
      @Nullable DemoWitness witness, @Nullable DemoAuditor auditor, int gatewayPort)
      throws IOException {
    NodeConfig config = NodeConfig.defaults(data);
    return LedgerServer.start(
        witness == null ? config : config.withPublication(witness.publication(auditor)),
        new GatewayFile(
            GatewayConfig.builder().host("127.0.0.1").port(gatewayPort).build(), null, null, null));
  }

  /** Everything derived, made again from the folder, now that no node holds it. */
  private Exit audit(Console console, ObjectNode json, Exit exit) {
    AuditReport report = Audit.run(data, console);
    json.set("audit", report.json());
    console.result(json);
    console.say("");
    AuditCommand.tell(console, report, false);
    return report.isClean() ? exit : Exit.CHECK_FAILED;
  }

  /**
   * Makes keys and ledger in a folder that has none.
   *
   * @return whether the stories are still to be played
   */
  private boolean prepare(DemoFolder folder) throws IOException {
    if (folder.isTold()) {
      return false;
    }
    if (folder.exists() || LedgerServer.isLedger(data)) {
      throw CommandException.usage(
          data
              + (folder.exists()
                  ? " holds a demo that was broken off"
                  : " holds a ledger that is not the demo's"),
          "Name a new folder with --data DIR.");
    }
    SecureRandom random = new SecureRandom();
    Files.createDirectories(folder.receipts());
    for (Actor actor : Actor.values()) {
      KeyFiles.writeSecret(
          folder.key(actor), SigningKey.generate(SignatureAlgorithm.ED25519, random));
    }
    byte[] name = new byte[ORIGIN_BYTES];
    random.nextBytes(name);
    Map<Actor, SigningKey> keys = keys(folder);
    CreatedLedger created =
        Node.create(
            data,
            new NewLedger(
                "demo.pinlian.example/" + HexFormat.of().formatHex(name),
                HashAlgorithm.SHA_256,
                Actor.authorities().stream()
                    .map(actor ->
                        UpCommand.authority(
                            actor.id(),
                            actor.displayName(),
                            Actor.REGION,
                            actor.level(),
                            key(keys, actor).verifyingKey()))
                    .toList()));
    DemoWitness.prepare(folder, created, DemoAuditor.prepare(folder));
    return true;
  }

  private static Map<Actor, SigningKey> keys(DemoFolder folder) throws IOException {
    Map<Actor, SigningKey> keys = new EnumMap<>(Actor.class);
    for (Actor actor : Actor.values()) {
      keys.put(actor, KeyFiles.readSecret(folder.key(actor)));
    }
    return keys;
  }

  private static SigningKey key(Map<Actor, SigningKey> keys, Actor actor) {
    SigningKey key = keys.get(actor);
    if (key == null) {
      throw new IllegalStateException("no key of " + actor);
    }
    return key;
  }

  private Exit tell(
      Console console,
      DemoFolder folder,
      LedgerServer server,
      @Nullable DemoAuditor auditor,
      boolean fresh,
      ObjectNode json)
      throws Exception {
    Node node = server.node();
    TrustPolicy policy = Policies.read(folder.policy());
    json.put("origin", node.origin());
    json.put("genesis", node.genesis().hex());
    json.put("address", server.address().toString());
    try (GatewayStage stage =
        new GatewayStage(server.address(), policy, folder, keys(folder), console)) {
      if (fresh) {
        play(console, folder, stage);
      }
      verifyReceipts(console, folder, policy, json);
      showPublished(console, node, policy, auditor != null, json);
      Exit traced = trace(console, folder, stage.session(Actor.CITY), json);
      AlarmException alarm = auditor == null ? null : auditor.alarm();
      if (alarm != null) {
        AuditorCommand.tell(console, folder.auditorState(), alarm);
      }
      return alarm == null ? traced : Exit.CHECK_FAILED;
    }
  }

  private static void play(Console console, DemoFolder folder, GatewayStage stage)
      throws IOException, IdentifierException, DrugFileException {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    Secrets secrets = new Secrets();
    console.say(console.paint().strong("登记主体 enrolments"));
    Enrolments.play(stage);
    console.say(console.paint().strong("埔田竹笋 bamboo shoots, by lot"));
    var bamboo = new BambooTale(stage, secrets, now).play();
    console.say(console.paint().strong("2–8 ℃ 疫苗 a vaccine, by unit and carton"));
    var vaccine = new VaccineTale(stage, secrets, now).play();
    console.say(console.paint().strong("牛肉丸 beef balls, of imported beef"));
    var beefBalls = new BeefBallTale(stage, secrets, now).play();
    console.say(console.paint().strong("婴幼儿配方乳粉 infant formula, by can, carton and pallet"));
    var formula = new FormulaTale(stage, secrets, now).play();
    console.say(console.paint().strong("集采药品 a drug, by 20-digit codes"));
    var drug = new DrugTale(stage, secrets, now).play();
    folder.writePrivateStrings(secrets.texts());
    folder.write(List.of(bamboo, vaccine, beefBalls, formula, drug));
  }

  /** From the files alone, as whoever they are handed to would. */
  private static void verifyReceipts(
      Console console, DemoFolder folder, TrustPolicy policy, ObjectNode json)
      throws IOException, VerificationException {
    ReceiptVerifier verifier = new ReceiptVerifier(policy);
    List<Path> files = folder.receiptFiles();
    int verified = 0;
    long records = 0;
    long size = 0;
    try (Progress.Task task = console.start("Verifying receipts", files.size())) {
      for (Path file : files) {
        VerifiedReceipt receipt = verifier.verify(ReceiptFile.read(file));
        records += receipt.header().getRecordCount();
        size = Math.max(size, receipt.index() + 1);
        verified++;
        task.reached(verified);
      }
    }
    json.put("receipts", files.size());
    json.put("receipts_verified", verified);
    json.put("records", records);
    json.put("size", size);
    console.say("");
    console.say(
        console.paint().good("✓ 存证回执 receipts: ")
            + verified
            + " of "
            + files.size()
            + " verified, of "
            + records
            + " records ("
            + folder.receipts()
            + ")");
  }

  /** Receipts are promises at first; a block later witnesses have seen what they hang from. */
  private static void showPublished(
      Console console, Node node, TrustPolicy policy, boolean audited, ObjectNode json)
      throws InterruptedException, NoteException {
    long size = json.path("size").asLong();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PUBLISHED_SECONDS_MAX);
    PublishedBlock block = node.published().orElse(null);
    while ((block == null
            || block.size() < size
            || (audited && !isAudited(policy.check(block.checkpoint()))))
        && System.nanoTime() < deadline) {
      Thread.sleep(50);
      block = node.published().orElse(null);
    }
    ObjectNode published = json.putObject("published");
    if (block == null) {
      console.say(console.paint().bad("✗ 未公布 nothing is published yet"));
      return;
    }
    PolicyVerdict verdict = policy.check(block.checkpoint());
    published.put("size", block.size());
    published.put("witnesses", verdict.witnesses().size());
    published.put("auditors", verdict.auditors().size());
    published.put("quorum", verdict.quorumMet());
    console.say(
        console.paint().good("✓ 已公布 published: ")
            + "size "
            + block.size()
            + ", cosigned by "
            + verdict.cosigned().keySet()
            + (verdict.witnesses().contains(DemoWitness.NAME)
                ? ", which on the same machine vouch for little"
                : ""));
  }

  /** Lately: in a folder of last week's demo there are last week's cosignatures at first. */
  private static boolean isAudited(PolicyVerdict verdict) {
    long oldest = Instant.now().minus(DOSSIER_AGE_MAX.dividedBy(2)).getEpochSecond();
    return verdict.audited() && verdict.cosigned().values().stream().allMatch(at -> at > oldest);
  }

  private static Exit trace(
      Console console, DemoFolder folder, GatewaySession session, ObjectNode json)
      throws Exception {
    List<DemoFolder.Told> told = folder.read();
    json.put("stories", told.size());
    ArrayNode traces = json.putArray("traces");
    ArrayNode dossiers = json.putArray("dossiers");
    ArrayNode holders = json.putArray("holders");
    ArrayNode recalls = json.putArray("recalls");
    boolean asTold = true;
    for (DemoFolder.Told story : told) {
      console.say("");
      console.say(console.paint().strong("== " + story.title()));
      for (String code : story.codes().keySet()) {
        boolean shown = story.backward().contains(code);
        traces.add(trace(console, session, story, code, Direction.DIRECTION_BACKWARD, shown));
      }
      traces.add(
          trace(console, session, story, story.forward(), Direction.DIRECTION_FORWARD, true));
      for (String code : story.backward()) {
        dossiers.add(dossier(console, session, story, code));
      }
      asTold &= holders(console, session, story, holders);
      if (story.recall().isPresent()) {
        asTold &= recalled(console, session, story.recall().get(), recalls);
      }
    }
    return asTold ? Exit.GOOD : Exit.CHECK_FAILED;
  }

  /**
   * Traces one code.
   *
   * @param shown whether people get to see it; the others are verified without words
   */
  private static ObjectNode trace(
      Console console,
      GatewaySession session,
      DemoFolder.Told told,
      String code,
      Direction direction,
      boolean shown)
      throws IdentifierException, RefusedException, UnreachableException, VerificationException {
    Subject subject = Subject.parse(told.find(code).orElseThrow());
    Story story = session.trace(subject, direction, TraceLimits.defaults(), PURPOSE);
    if (shown) {
      StoryText.brief(story, direction, console.paint()).forEach(console::say);
    }
    ObjectNode json = Console.JSON.createObjectNode();
    json.put("story", told.name());
    json.put("code", code);
    json.put("subject", story.subject());
    json.put("direction", Words.plain(direction));
    json.put("records", story.records().size());
    json.put("verified", true);
    json.put("last_signer", story.records().getLast().signer().participant());
    ArrayNode findings = json.putArray("findings");
    story.findingsAsTold().forEach(finding -> findings.add(finding.getCode().name()));
    return json;
  }

  /** What anybody can carry away and check: that nothing was altered, and nothing left out. */
  private static ObjectNode dossier(
      Console console, GatewaySession session, DemoFolder.Told told, String code)
      throws IdentifierException, RefusedException, UnreachableException, VerificationException {
    Subject subject = Subject.parse(told.find(code).orElseThrow());
    ProvenDossier dossier = session.dossier(subject, View.VIEW_CONSUMER, DOSSIER_AGE_MAX);
    console.say("卷宗(公众视图) dossier, as anyone gets it  " + subject.uri());
    Verdicts.lines(dossier.verdict(), console.paint()).forEach(line -> console.say("  " + line));
    ObjectNode json = Console.JSON.createObjectNode();
    json.put("story", told.name());
    json.put("code", code);
    json.setAll(Verdicts.json(dossier.verdict(), false));
    json.put("bytes", dossier.bytes().size());
    return json;
  }

  /** Whether those have what came of the story's lot who should: whom a recall would reach. */
  private static boolean holders(
      Console console, GatewaySession session, DemoFolder.Told told, ArrayNode json)
      throws IdentifierException, RefusedException, UnreachableException, VerificationException {
    Subject lot = Subject.parse(told.find(told.forward()).orElseThrow());
    Holdings found = session.findHolders(lot, session.lookUp(lot, PURPOSE).orElse(null), null);
    Map<String, SortedSet<String>> holders = found.holders();
    TreeSet<String> subjects = new TreeSet<>(told.holders().keySet());
    subjects.addAll(holders.keySet());
    boolean all = true;
    for (String subject : subjects) {
      String expected = told.holders().getOrDefault(subject, "");
      String actual = String.join(", ", holders.getOrDefault(subject, new TreeSet<>()));
      boolean good = actual.equals(expected);
      all &= good;
      ObjectNode holder = json.addObject();
      holder.put("subject", subject);
      holder.put("expected", expected);
      holder.put("found", actual);
      console.say(
          "  "
              + (good ? console.paint().good("✓") : console.paint().bad("✗"))
              + " 现持有 held by "
              + actual
              + ": "
              + subject);
    }
    return all;
  }

  /** Whether the order that was played reached all it should, and its story is told to its end. */
  private static boolean recalled(
      Console console, GatewaySession session, DemoFolder.Told.Recalled recall, ArrayNode json)
      throws Exception {
    RecallStatus status = RecallStatusCommand.read(session, Subject.parse(recall.order()), PURPOSE);
    Map<String, List<String>> found = new TreeMap<>();
    for (Effectiveness.Row row : status.effectiveness().rows()) {
      for (String subject : row.subjects()) {
        found.computeIfAbsent(subject, _ -> new ArrayList<>()).add(row.participant());
      }
    }
    boolean good =
        found.equals(recall.holders())
            && status.effectiveness().complete()
            && status.order().standing().state() == OrderStanding.State.CLOSED;
    json.add(RecallStatusCommand.json(status).put("asExpected", good));
    console.say("");
    RecallStatusCommand.lines(status, console.paint()).forEach(console::say);
    return good;
  }

  /** What to try, ready to be pasted. */
  private void invite(Console console, DemoFolder folder, LedgerServer server, ObjectNode json) {
    console.result(json);
    String reader =
        " --gateway "
            + server.address()
            + " --key "
            + folder.key(Actor.DISTRICT)
            + " --as "
            + Actor.DISTRICT.id()
            + " --purpose "
            + PURPOSE;
    console.say("");
    console.say(
        console.paint().good("✓ 服务中 serving")
            + " gRPC and HTTP at "
            + server.address()
            + "; Ctrl-C 停止 stops it. In another window:");
    console.say("  tools/pinlian trace bamboo-canteen --backward --data " + data + reader);
    console.say("  tools/pinlian trace vaccine-refused-carton --data " + data + reader);
    console.say(
        "  tools/pinlian recall bamboo-farm --grade 1 --basis 食品安全法63 --data "
            + data
            + " --gateway "
            + server.address()
            + " --key "
            + folder.key(Actor.DISTRICT)
            + " --reviewer "
            + folder.key(Actor.LEGAL));
    console.say("  tools/pinlian verify " + folder.receipt(1) + " --policy " + folder.policy());
    console.say(
        "  tools/pinlian login --gateway "
            + server.address()
            + " --key "
            + folder.key(Actor.CLINIC)
            + " --as "
            + Actor.CLINIC.id()
            + " --policy "
            + folder.policy());
    console.say("  curl http://" + server.address() + "/tlog/checkpoint");
    console.say("And when it is stopped:");
    console.say("  tools/pinlian trace bamboo-farm --forward --data " + data);
    console.say("  tools/pinlian audit --data " + data);
  }
}
