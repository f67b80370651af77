// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.identifier.IdentifierException;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.Hash;
import org.pinlian.record.Draft;
import org.pinlian.record.ErasableClasses;
import org.pinlian.record.RecordPlace;
import org.pinlian.v1.Approval;
import org.pinlian.v1.BackupPlace;
import org.pinlian.v1.Erasure;
import org.pinlian.v1.ErasureReply;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.SectionClass;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pinlian erase}: two authorities have sections of a record destroyed. */
@Command(
    name = "erase",
    description = {
      "Destroy the keys of a record's personal, source or attachment sections, under law. One",
      "authority signs the erasure, a second one its approval; with that the ledger destroys what",
      "opens those sections, of that record alone. Trade and recipe are kept. Digests, chains and",
      "proofs stay good, and every reader is shown both statements in place of the content.",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  pinlian erase 412.3 --class personal --basis 个人信息保护法47 --reason 本人撤回同意 \\",
      "    --key authority.pem --reviewer second-authority.pem",
      "  pinlian erase 412.3 --class personal,source --basis 个人信息保护法第四十七条 \\",
      "    --reason 保存期限已届满 --key authority.pem --reviewer second-authority.pem --json",
    })
final class EraseCommand extends ToolCommand {
  private static final Duration EFFECT_MAX = Duration.ofSeconds(60);
  private static final long LOOK_AGAIN_MILLIS = 100;
  private static final ZoneOffset CHINA = ZoneOffset.ofHours(8);

  /** A law, and after it the number of an article, as 47 or 第四十七条第一款. */
  private static final Pattern BASIS = Pattern.compile("(.*?)\\s*([0-9]+|第.+条.*)");

  @SuppressWarnings("NullAway.Init")
  @Parameters(
      paramLabel = "INDEX.POSITION",
      description = "The record, as `trace` prints it: 412.3 is position 3 of entry 412.")
  private String record;

  @SuppressWarnings("NullAway.Init")
  @Option(
      names = "--class",
      paramLabel = "CLASS",
      required = true,
      split = ",",
      description = "One or more of personal, source, attachment.")
  private List<String> classes;

  @SuppressWarnings("NullAway.Init")
  @Option(
      names = "--basis",
      paramLabel = "LAW+ARTICLE",
      required = true,
      description = "The law and its article, as 个人信息保护法47.")
  private String basis;

  @SuppressWarnings("NullAway.Init")
  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      required = true,
      description = "Why. Everybody may read it, for ever: it must not say what is erased.")
  private String reason;

  @SuppressWarnings("NullAway.Init")
  @Option(
      names = "--key",
      paramLabel = "FILE",
      required = true,
      description = "The authority's secret key (PEM).")
  private Path key;

  @SuppressWarnings("NullAway.Init")
  @Option(
      names = "--reviewer",
      paramLabel = "FILE",
      required = true,
      description = "The secret key (PEM) of the second authority, which approves.")
  private Path reviewer;

  @Option(
      names = "--as",
      paramLabel = "AUTHORITY",
      description = "Whose key --key is (default: whose the gateway says).")
  private @Nullable String authority;

  @Option(
      names = "--reviewer-as",
      paramLabel = "AUTHORITY",
      description = "Whose key --reviewer is (default: whose the gateway says).")
  private @Nullable String secondAuthority;

  @Option(
      names = "--gateway",
      paramLabel = "HOST:PORT",
      defaultValue = Address.DEFAULT,
      description = "The gateway (default: ${DEFAULT-VALUE}).")
  private String gateway = Address.DEFAULT;

  @Option(names = "--policy", paramLabel = "FILE", description = "Whom to trust.")
  private @Nullable Path policy;

  @Mixin private final TlsOptions tls = new TlsOptions();

  @Override
  Exit run(Console console) throws Exception {
    RecordPlace place = place(record);
    Set<SectionClass> wanted = classes(classes);
    Matcher law = BASIS.matcher(basis.strip());
    if (!law.matches() || law.group(1).isEmpty()) {
      throw CommandException.usage(
          "--basis: no law with an article: \"" + basis + "\"", "As 个人信息保护法47.");
    }
    try (GatewaySession first = open(key, authority, console);
        GatewaySession second = open(reviewer, secondAuthority, console)) {
      if (first.participant().equals(second.participant())) {
        throw CommandException.usage(
            "--key and --reviewer are of one authority, " + first.participant(),
            "The second signature is another authority's.");
      }
      ErasureReply before = first.erasure(place);
      Set<SectionClass> there = EnumSet.copyOf(wanted);
      there.retainAll(before.getClassesList());
      if (there.isEmpty()) {
        throw new CommandException(
            Exit.REFUSED,
            "NOTHING_TO_ERASE",
            "record " + place + " has no section of class " + words(wanted),
            "It has: " + words(before.getClassesList()) + ".");
      }
      Erasure.Builder erasure =
          Erasure.newBuilder()
              .setRecord(before.getRecordDigest())
              .addAllClasses(wanted)
              .setLaw(law.group(1))
              .setArticle(law.group(2))
              .setReason(reason);
      Subject erased = subject(place);
      GatewaySession.Submitted asked =
          first.submit(
              List.of(
                  Draft.of(PublicPart.newBuilder().setErasure(erasure))
                      .line(LineRole.LINE_ROLE_RECORD, erased)));
      RecordPlace erasedBy = new RecordPlace(asked.receipt().index(), 0);
      console.note("删除 erasure: record " + erasedBy + " of " + first.participant());
      GatewaySession.Submitted agreed =
          second.submit(
              List.of(
                  Draft.of(
                          PublicPart.newBuilder()
                              .setApproval(
                                  Approval.newBuilder().setRecord(bytes(asked.digests().get(0)))))
                      .line(LineRole.LINE_ROLE_RECORD, subject(erasedBy))
                      .line(LineRole.LINE_ROLE_RECORD, erased)));
      RecordPlace approvedBy = new RecordPlace(agreed.receipt().index(), 0);
      console.note("核准 approval: record " + approvedBy + " of " + second.participant());
      ErasureReply after = awaitEffect(first, place, there);
      return tell(console, place, there, erasedBy, approvedBy, after);
    }
  }

  private static ErasureReply awaitEffect(
      GatewaySession session, RecordPlace place, Set<SectionClass> classes) throws Exception {
    long until = System.nanoTime() + EFFECT_MAX.toNanos();
    ErasureReply reply = session.erasure(place);
    while (!reply.getDestroyedList().containsAll(classes) && System.nanoTime() < until) {
      Thread.sleep(LOOK_AGAIN_MILLIS);
      reply = session.erasure(place);
    }
    return reply;
  }

  private Exit tell(
      Console console,
      RecordPlace place,
      Set<SectionClass> classes,
      RecordPlace erasure,
      RecordPlace approval,
      ErasureReply after) {
    boolean destroyed = after.getDestroyedList().containsAll(classes);
    LocalDate today = LocalDate.now(CHINA);
    ObjectNode json = Console.JSON.createObjectNode();
    json.put("record", place.toString());
    json.put("erasure", erasure.toString());
    json.put("approval", approval.toString());
    json.put("destroyed", destroyed);
    ArrayNode gone = json.putArray("classes");
    classes.forEach(one -> gone.add(Words.plain(one)));
    ArrayNode backups = json.putArray("backups");
    for (BackupPlace backup : after.getBackupsList()) {
      ObjectNode one = backups.addObject();
      one.put("name", backup.getName());
      one.put("retentionDays", backup.getRetentionDays());
      one.put("mayHoldUntil", today.plusDays(backup.getRetentionDays()).toString());
    }
    console.result(json);
    if (!destroyed) {
      console.say(
          console.paint().careful("! 已核准,密钥尚未销毁 approved, the key is not destroyed yet")
              + ": the node finishes it by itself, at its next start at the latest");
      return Exit.CHECK_FAILED;
    }
    console.say(
        console.paint().good("✓ 已删除 erased") + ": " + words(classes) + " of record " + place);
    console.say("  删除 erasure " + erasure + ", 核准 approval " + approval);
    if (after.getBackupsCount() == 0) {
      console.say(
          "  备份 backups: the node's configuration names none; if there are copies of keys/, they"
              + " still hold the key");
    }
    for (BackupPlace backup : after.getBackupsList()) {
      console.say(
          "  备份 backup "
              + Paint.clean(backup.getName())
              + " may hold the key until "
              + today.plusDays(backup.getRetentionDays()));
    }
    return Exit.GOOD;
  }

  private GatewaySession open(Path file, @Nullable String who, Console console) throws Exception {
    Address address = Address.parse(gateway);
    TrustPolicy trusted = policy == null ? null : Policies.read(policy);
    return GatewaySession.open(
        tls.channel(address),
        address,
        who == null ? null : ParticipantId.parse(who),
        KeyFiles.readSecret(file),
        trusted,
        console);
  }

  private static RecordPlace place(String text) {
    if (!text.matches("[0-9]{1,18}\\.[0-9]{1,9}")) {
      throw CommandException.usage(
          "not a record: \"" + text + "\"", "As 412.3: position 3 of entry 412.");
    }
    int dot = text.indexOf('.');
    return new RecordPlace(
        Long.parseLong(text.substring(0, dot)), Integer.parseInt(text.substring(dot + 1)));
  }

  private static Set<SectionClass> classes(List<String> named) {
    EnumSet<SectionClass> classes = EnumSet.noneOf(SectionClass.class);
    for (String name : named) {
      SectionClass one = Words.choice(SectionClass.class, "--class", name);
      if (!ErasableClasses.contains(one)) {
        throw CommandException.usage(
            "--class: " + name + " must be kept", "Only personal, source and attachment.");
      }
      classes.add(one);
    }
    return classes;
  }

  private static Subject subject(RecordPlace place) throws IdentifierException {
    return Subject.parse(place.subject());
  }

  private static ByteString bytes(Hash digest) {
    return ByteString.copyFrom(digest.bytes());
  }

  private static String words(Iterable<SectionClass> classes) {
    StringBuilder words = new StringBuilder();
    for (SectionClass one : classes) {
      words.append(words.isEmpty() ? "" : ", ").append(Words.plain(one));
    }
    return words.isEmpty() ? "none" : words.toString();
  }
}
