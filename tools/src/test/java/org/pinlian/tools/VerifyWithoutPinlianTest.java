// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pinlian.checkpoint.NoteVerifier;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.client.PinlianClient;
import org.pinlian.dossier.ProvenDossier;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.ReadOnlyNode;
import org.pinlian.record.Draft;
import org.pinlian.record.KindTable;
import org.pinlian.signing.MlDsaKey;
import org.pinlian.testing.Seeds;
import org.pinlian.tools.demo.Actor;
import org.pinlian.tools.demo.Stage.Filed;
import org.pinlian.v1.Approval;
import org.pinlian.v1.Attestation;
import org.pinlian.v1.Document;
import org.pinlian.v1.Dossier;
import org.pinlian.v1.Entry;
import org.pinlian.v1.Erasure;
import org.pinlian.v1.EventAction;
import org.pinlian.v1.EventType;
import org.pinlian.v1.Kind;
import org.pinlian.v1.KindOuterClass;
import org.pinlian.v1.KindRule;
import org.pinlian.v1.Line;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.Section;
import org.pinlian.v1.SectionClass;
import org.pinlian.v1.SubmissionHeader;
import org.pinlian.v1.TraceEvent;
import org.pinlian.v1.View;

/** The script in docs that checks a dossier with openssl and Python alone. */
final class VerifyWithoutPinlianTest {
  private static final Duration GREATEST_AGE = Duration.ofHours(24);

  /** A ledger's dossiers, and the policy by which they are good. */
  private record Told(TrustPolicy policy, List<Shown> dossiers, String receipt) {}

  private record Shown(Subject asked, View view, ProvenDossier dossier) {}

  private static final Map<HashAlgorithm, Told> LEDGERS = new EnumMap<>(HashAlgorithm.class);

  @TempDir Path scratch;
  private WithoutPinlian script;

  @BeforeAll
  static void tell(@TempDir Path data) throws Exception {
    for (HashAlgorithm hash : HashAlgorithm.values()) {
      LEDGERS.put(hash, told(data.resolve(hash.label()), hash));
    }
  }

  private static Told told(Path data, HashAlgorithm hash) throws Exception {
    List<Subject> subjects = new ArrayList<>();
    try (TestLedger ledger = TestLedger.signedInEveryWay(data, hash)) {
      ledger.playEverything();
      List<Subject> goods = ledger.goods();
      subjects.add(goods.getFirst());
      subjects.add(goods.getLast());
      subjects.add(erased(ledger));
    }
    subjects.add(Subject.parse(TestLedger.ATTESTED_LOT));
    subjects.add(Subject.keys(Actor.CARRIER.id()));
    subjects.add(Subject.parse("https://id.gs1.org/01/09520000000103/21/NEVER-MADE"));
    TrustPolicy policy;
    try (ReadOnlyNode node = ReadOnlyNode.open(data)) {
      policy = PinlianClient.trustOnFirstUse(node.channel());
    }
    List<Shown> dossiers = new ArrayList<>();
    try (FolderSession session = FolderSession.open(data, policy)) {
      for (Subject subject : subjects) {
        for (View view : List.of(View.VIEW_CONSUMER, View.VIEW_REGULATOR)) {
          dossiers.add(new Shown(subject, view, session.dossier(subject, view, GREATEST_AGE)));
        }
      }
    }
    return new Told(policy, dossiers, receipt(data, policy));
  }

  /** Goods with a record of which the personal section was erased. */
  private static Subject erased(TestLedger ledger) throws Exception {
    Subject lot = Subject.parse("urn:pinlian:lot:" + Actor.COOPERATIVE.id() + ":ERASED");
    PublicPart.Builder event =
        PublicPart.newBuilder()
            .setTraceEvent(
                TraceEvent.newBuilder()
                    .setType(EventType.EVENT_TYPE_OBJECT)
                    .setAction(EventAction.EVENT_ACTION_OBSERVE)
                    .setEventTime(System.currentTimeMillis())
                    .setZoneOffset("+08:00"));
    Document driver = Document.newBuilder().setName("司机").build();
    Filed seen =
        ledger.file(
            Actor.COOPERATIVE,
            "sees goods",
            List.of(Draft.of(event).line(LineRole.LINE_ROLE_OBJECT, lot).personal(driver)));
    Subject record = Subject.record(seen.index(), 0);
    PublicPart.Builder erasure =
        PublicPart.newBuilder()
            .setErasure(
                Erasure.newBuilder()
                    .setRecord(ByteString.copyFrom(seen.digests().getFirst().bytes()))
                    .addClasses(SectionClass.SECTION_CLASS_PERSONAL)
                    .setLaw("个人信息保护法")
                    .setArticle("47")
                    .setReason("本人撤回同意"));
    Filed erased =
        ledger.file(
            Actor.DISTRICT,
            "erases a name",
            List.of(Draft.of(erasure).line(LineRole.LINE_ROLE_RECORD, record)));
    PublicPart.Builder approval =
        PublicPart.newBuilder()
            .setApproval(
                Approval.newBuilder()
                    .setRecord(ByteString.copyFrom(erased.digests().getFirst().bytes())));
    var _ =
        ledger.file(
            Actor.CITY,
            "approves that",
            List.of(
                Draft.of(approval)
                    .line(LineRole.LINE_ROLE_RECORD, Subject.record(erased.index(), 0))
                    .line(LineRole.LINE_ROLE_RECORD, record)));
    return lot;
  }

  private static String receipt(Path data, TrustPolicy policy) throws Exception {
    Path written =
        data.resolveSibling(policy.hashAlgorithm().orElseThrow().label() + ".tlog-proof");
    Ran ran =
        Ran.pinlian(
            "receipt",
            "--index",
            "1",
            "--data",
            data.toString(),
            "-o",
            written.toString(),
            "--json");
    assertEquals(0, ran.exit(), ran.err());
    return Files.readString(written);
  }

  @BeforeEach
  void copyScript() throws IOException {
    script = new WithoutPinlian(Files.createDirectory(scratch.resolve("script")));
  }

  private static Told told(HashAlgorithm hash) {
    Told told = LEDGERS.get(hash);
    if (told == null) {
      throw new AssertionError(hash);
    }
    return told;
  }

  private Path write(String name, byte[] bytes) throws IOException {
    return Files.write(scratch.resolve(name), bytes);
  }

  private Path write(Told told, Shown shown) throws IOException {
    write("policy.txt", told.policy.text().getBytes(StandardCharsets.UTF_8));
    return write("story.dossier", shown.dossier.bytes().toByteArray());
  }

  // ---- the same verdict -----------------------------------------------------------------------

  @ParameterizedTest
  @EnumSource(HashAlgorithm.class)
  void saysOfEveryStoryWhatTheJavaVerifierSays(HashAlgorithm hash) throws Exception {
    Told told = told(hash);
    for (Shown shown : told.dossiers) {
      Path file = write(told, shown);
      Ran ran = script.run("--json", "--verbose", "--code", shown.asked.uri(), file.toString());
      assertEquals(0, ran.exit(), () -> shown.asked + ": " + ran);
      ObjectNode verdict = Verdicts.json(shown.dossier.verdict(), true);
      // What the statements shown say of orders is no part of what is proved.
      verdict.remove("orders");
      JsonNode java = Console.JSON.readTree(Console.compact(verdict));
      assertEquals(java, ran.json(), shown.asked + " for " + shown.view);
    }
    assertEquals(List.of(), leftBehind());
  }

  @Test
  void saysTheSameOneLineAndThenTellsTheStatements() throws Exception {
    Told told = told(HashAlgorithm.SHA_256);
    Shown shown = told.dossiers.getFirst();
    Ran ran = script.run(write(told, shown).toString());
    List<String> lines = ran.out().lines().toList();
    assertEquals(Verdicts.line(shown.dossier.verdict(), new Paint(false)), lines.getFirst());
    for (var statement : shown.dossier.verdict().statements()) {
      assertTrue(
          lines.stream().anyMatch(line -> line.startsWith("  " + statement.place() + " ")),
          () -> statement.place() + " in " + ran.out());
    }
    assertTrue(ran.out().contains("Not covered: whether a first statement was true"), ran.out());
    assertTrue(
        ran.out().contains("what a container had been loaded into before the goods came"),
        ran.out());
  }

  @Test
  void tellsByWhatLawAPartWasErasedAndByWhom() throws Exception {
    Told told = told(HashAlgorithm.SM3);
    for (Shown shown : told.dossiers) {
      if (shown.asked.uri().endsWith(":ERASED")) {
        Ran ran = script.run(write(told, shown).toString());
        String line = Verdicts.line(shown.dossier.verdict(), new Paint(false));
        assertEquals(line, ran.out().lines().findFirst().orElse(""));
        assertTrue(
            ran.out().contains("erased under 个人信息保护法 47 by " + Actor.DISTRICT.id()), ran.out());
        assertTrue(ran.out().contains("approved by " + Actor.CITY.id()), ran.out());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(HashAlgorithm.class)
  void verifiesAReceipt(HashAlgorithm hash) throws Exception {
    Told told = told(hash);
    Path policy = write("policy.txt", told.policy.text().getBytes(StandardCharsets.UTF_8));
    Path receipt = write("1.tlog-proof", told.receipt.getBytes(StandardCharsets.UTF_8));
    Ran ran = script.run("--json", receipt.toString());
    assertEquals(0, ran.exit(), ran.toString());
    Ran java = Ran.pinlian("verify", receipt.toString(), "--policy", policy.toString(), "--json");
    assertEquals(java.json(), ran.json());
    String other = told.receipt.replace("index 1\n", "index 0\n");
    Files.writeString(receipt, other);
    assertRefused("NOT_INCLUDED", script.run("--json", receipt.toString()));
  }

  // ---- refusing -------------------------------------------------------------------------------

  private static void assertRefused(String rule, Ran ran) {
    assertEquals(1, ran.exit(), ran.toString());
    assertEquals(rule, ran.json().path("rule").asText(), ran.toString());
    assertFalse(ran.json().path("verified").asBoolean(true));
    assertQuiet(ran);
  }

  private static void assertQuiet(Ran ran) {
    assertFalse((ran.out() + ran.err()).contains("Traceback"), ran.toString());
  }

  private List<Path> leftBehind() throws IOException {
    try (Stream<Path> files = Files.list(script.temporary())) {
      return files.toList();
    }
  }

  @Test
  void refusesADossierWithOneBitChangedAndNamesTheRule() throws Exception {
    SplittableRandom random = Seeds.random(VerifyWithoutPinlianTest.class);
    Told told = told(HashAlgorithm.SM3);
    Shown shown = told.dossiers.getFirst();
    Path file = write(told, shown);
    for (int i = 0; i < 4; i++) {
      byte[] bytes = shown.dossier.bytes().toByteArray();
      int at = random.nextInt(400, bytes.length);
      bytes[at] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, bytes);
      Ran java =
          Ran.pinlian(
              "verify",
              file.toString(),
              "--policy",
              scratch.resolve("policy.txt").toString(),
              "--json");
      Ran ran = script.run("--json", file.toString());
      assertEquals(java.exit(), ran.exit(), () -> "byte " + at + ": " + ran);
      assertQuiet(ran);
    }
  }

  @Test
  void refusesADossierOfAnotherSubjectLedgerOrLog() throws Exception {
    Told told = told(HashAlgorithm.SHA_256);
    Path file = write(told, told.dossiers.getFirst());
    String other = told.dossiers.getLast().asked.uri();
    assertRefused("OTHER_SUBJECT", script.run("--json", "--code", other, file.toString()));
    String policy = told.policy.text();
    String genesis = policy.lines().findFirst().orElseThrow();
    Files.writeString(
        scratch.resolve("policy.txt"),
        policy.replace(genesis, "#pinlian genesis " + "00".repeat(32)));
    assertRefused("OTHER_LEDGER", script.run("--json", file.toString()));
    Files.writeString(scratch.resolve("policy.txt"), told(HashAlgorithm.SM3).policy.text());
    assertRefused("CHECKPOINT_SIGNATURE", script.run("--json", file.toString()));
  }

  @Test
  void saysThatNothingWasCheckedWhereNothingCouldBe() throws Exception {
    Told told = told(HashAlgorithm.SHA_256);
    String file = write(told, told.dossiers.getFirst()).toString();
    for (List<String> arguments :
        List.of(
            List.<String>of(),
            List.of("--nonsense", file),
            List.of(scratch.resolve("no.dossier").toString()),
            List.of(file, scratch.resolve("no-policy.txt").toString()),
            List.of(file, file),
            List.of("--as-of", "yesterday", file),
            List.of("--max-age", "0", file),
            List.of("--public-key", file, file),
            List.of("--openssl", "no-such-openssl", file))) {
      Ran ran = script.run(arguments.toArray(String[]::new));
      assertEquals(2, ran.exit(), arguments + ": " + ran);
      assertTrue(ran.err().startsWith("NOT CHECKED: "), ran.err());
      assertQuiet(ran);
    }
    Ran help = script.run("--help");
    assertEquals(0, help.exit());
    assertTrue(help.out().contains("Exit code: 0 every check held"), help.out());
  }

  // ---- packages -------------------------------------------------------------------------------

  private static byte[] zip(Map<String, byte[]> files) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        zip.putNextEntry(new ZipEntry(file.getKey()));
        zip.write(file.getValue());
        zip.closeEntry();
      }
    }
    return bytes.toByteArray();
  }

  @Test
  void verifiesTheStoryInAnEvidencePackageOrItsFolder() throws Exception {
    Told told = told(HashAlgorithm.SM3);
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("README.txt", "something to read".getBytes(StandardCharsets.UTF_8));
    files.put("story.dossier", told.dossiers.getFirst().dossier.bytes().toByteArray());
    files.put("policy.txt", told.policy.text().getBytes(StandardCharsets.UTF_8));
    Path zip = write("evidence.zip", zip(files));
    Ran ofZip = script.run(zip.toString());
    assertEquals(0, ofZip.exit(), ofZip.toString());
    assertTrue(ofZip.out().contains("compare it with one from somebody else"), ofZip.out());
    Path unpacked = Files.createDirectory(scratch.resolve("unpacked"));
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Files.write(unpacked.resolve(file.getKey()), file.getValue());
    }
    Ran ofFolder = script.run(unpacked.toString());
    assertEquals(ofZip.out(), ofFolder.out());
    byte[] changed = told.dossiers.getFirst().dossier.bytes().toByteArray();
    changed[changed.length / 2] ^= 1;
    files.put("story.dossier", changed);
    Files.write(zip, zip(files));
    assertEquals(1, script.run(zip.toString()).exit());
  }

  @Test
  void takesNoMoreOutOfAZipThanADossierMayBe() throws Exception {
    Told told = told(HashAlgorithm.SHA_256);
    write("policy.txt", told.policy.text().getBytes(StandardCharsets.UTF_8));
    Path zip = scratch.resolve("bomb.zip");
    try (OutputStream out = Files.newOutputStream(zip);
        ZipOutputStream packed = new ZipOutputStream(out)) {
      packed.putNextEntry(new ZipEntry("story.dossier"));
      byte[] zeros = new byte[1 << 20];
      for (int i = 0; i < 200; i++) {
        packed.write(zeros);
      }
      packed.closeEntry();
    }
    String policy = scratch.resolve("policy.txt").toString();
    assertRefused("LIMIT_EXCEEDED", script.run("--json", zip.toString(), policy));
    byte[] bytes = Files.readAllBytes(zip);
    SplittableRandom random = Seeds.random(VerifyWithoutPinlianTest.class);
    for (int i = 0; i < 4; i++) {
      byte[] spoiled = bytes.clone();
      spoiled[random.nextInt(4, 60)] ^= (byte) random.nextInt(1, 256);
      spoiled[spoiled.length - random.nextInt(1, 90)] ^= (byte) random.nextInt(1, 256);
      Files.write(zip, spoiled);
      Ran ran = script.run("--json", zip.toString(), policy);
      assertTrue(ran.exit() == 1 || ran.exit() == 2, ran.toString());
      assertQuiet(ran);
    }
  }

  @Test
  void unpacksNothingThatCouldBeLargerThanItAsksFor() throws Exception {
    Told told = told(HashAlgorithm.SHA_256);
    write("policy.txt", told.policy.text().getBytes(StandardCharsets.UTF_8));
    Path zip = scratch.resolve("packed.zip");
    // The JDK writes neither.
    for (String method : List.of("ZIP_BZIP2", "ZIP_LZMA")) {
      Process python =
          new ProcessBuilder(
                  "python3",
                  "-c",
                  """
                  import sys, zipfile
                  with zipfile.ZipFile(sys.argv[1], 'w', getattr(zipfile, sys.argv[2])) as z:
                      z.writestr('story.dossier', bytes(1 << 20))
                  """,
                  zip.toString(),
                  method)
              .inheritIO()
              .start();
      assertTrue(python.waitFor(60, TimeUnit.SECONDS));
      assertEquals(0, python.exitValue());
      Ran ran = script.run(zip.toString(), scratch.resolve("policy.txt").toString());
      assertEquals(2, ran.exit(), ran.toString());
      assertTrue(ran.err().contains("compressed in a way"), ran.err());
      assertQuiet(ran);
    }
  }

  @Test
  void takesACosignersKeyOfMlDsaAndSaysThatItDoesNotCountIt() throws Exception {
    Told told = told(HashAlgorithm.SHA_256);
    Path file = write(told, told.dossiers.getFirst());
    Ran without = script.run(file.toString());
    assertEquals(0, without.exit(), without.toString());
    byte[] key = Seeds.bytes(Seeds.random(VerifyWithoutPinlianTest.class), MlDsaKey.SIZE);
    String vkey = new NoteVerifier("witness.example/pq", MlDsaKey.of(key)).vkey();
    String policy = told.policy.text();
    int at = policy.indexOf("quorum ");
    String with = policy.substring(0, at) + "witness pq " + vkey + "\n" + policy.substring(at);
    write("policy.txt", with.getBytes(StandardCharsets.UTF_8));
    assertEquals(with, TrustPolicy.parse(with.getBytes(StandardCharsets.UTF_8)).text());

    Ran ran = script.run(file.toString());

    assertEquals(0, ran.exit(), ran.toString());
    assertTrue(ran.out().startsWith(without.out().lines().findFirst().orElseThrow()), ran.out());
    assertTrue(ran.out().contains("ML-DSA-44: pq."), ran.out());
    // What never counts cannot meet a quorum.
    write("policy.txt", with.replaceAll("quorum .*", "quorum pq").getBytes(StandardCharsets.UTF_8));
    assertEquals(1, script.run(file.toString()).exit());
  }

  // ---- what it knows by heart -----------------------------------------------------------------

  @Test
  void knowsTheMessagesThatTheProtocolHas() throws Exception {
    String known = script.text().replace("\n    ", " ");
    Map<String, String> expected = new LinkedHashMap<>();
    Stream.of(
            Dossier.getDescriptor(),
            Entry.getDescriptor(),
            SubmissionHeader.getDescriptor(),
            Attestation.getDescriptor(),
            Line.getDescriptor(),
            PublicPart.getDescriptor(),
            Section.getDescriptor())
        .forEach(message -> describe(message, expected));
    for (String line : expected.values()) {
      assertTrue(known.contains("\n" + line + "\n"), line);
    }
  }

  private static void describe(Descriptor message, Map<String, String> described) {
    if (described.containsKey(message.getName())) {
      return;
    }
    String fields =
        message.getFields().stream()
            .sorted()
            .map(field ->
                field.getNumber()
                    + " "
                    + field.getName()
                    + " "
                    + type(field)
                    + (field.isRepeated() ? "*" : "")
                    + choice(field.getContainingOneof()))
            .collect(Collectors.joining("; "));
    described.put(message.getName(), message.getName() + ": " + fields);
    for (FieldDescriptor field : message.getFields()) {
      if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
        describe(field.getMessageType(), described);
      }
    }
  }

  private static String type(FieldDescriptor field) {
    return field.getType() == FieldDescriptor.Type.MESSAGE
        ? field.getMessageType().getName()
        : field
            .getType()
            .toProto()
            .name()
            .substring("TYPE_".length())
            .toLowerCase(java.util.Locale.ROOT);
  }

  private static String choice(@Nullable OneofDescriptor oneof) {
    return oneof == null ? "" : "|" + oneof.getName();
  }

  @Test
  void knowsTheKindsThatTheProtocolHas() throws Exception {
    String known = script.text();
    for (Kind kind : Kind.values()) {
      if (kind == Kind.UNRECOGNIZED || !KindTable.isKnown(kind.getNumber())) {
        continue;
      }
      KindRule rule = kind.getValueDescriptor().getOptions().getExtension(KindOuterClass.rule);
      String line =
          String.join(
              " ",
              Integer.toString(kind.getNumber()),
              Words.plain(kind),
              numbers(rule.getSignersValueList()),
              numbers(rule.getLineRolesValueList()),
              rule.getNotice() ? "notice" : "-",
              rule.getDelegable() ? "delegable" : "-");
      assertTrue(known.contains("\n" + line + "\n"), line);
    }
  }

  private static String numbers(List<Integer> values) {
    return values.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  @Test
  void hashesWithSm3WhereItsPythonCannot() throws Exception {
    // GB/T 32905, example 1, and a message of two blocks.
    String program =
        """
        import importlib.machinery, importlib.util
        loader = importlib.machinery.SourceFileLoader("verify", "verify.sh")
        verify = importlib.util.module_from_spec(importlib.util.spec_from_loader("verify", loader))
        loader.exec_module(verify)
        print(verify.sm3(b"abc").hex(), verify.sm3(b"abcd" * 16).hex())
        """;
    Ran ran = script.run(List.of("python3", "-B", "-c", program));
    assertEquals(
        "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
            + " debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732",
        ran.out().strip(),
        ran.err());
  }
}
