// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.text.PDFTextStripper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.tools.demo.BambooTale;
import org.pinlian.tools.demo.Enrolments;
import org.pinlian.tools.demo.Secrets;
import org.pinlian.tools.demo.Tale;
import org.pinlian.tools.demo.VaccineTale;
import org.pinlian.tools.evidence.EvidencePackage;
import org.pinlian.tools.evidence.EvidencePackage.Part;
import org.pinlian.tools.evidence.Manifest;
import org.pinlian.tools.evidence.TimeStampAuthority;
import org.pinlian.tools.evidence.TimeStampAuthority.Answer;

/** Evidence of goods of a real ledger: what is in it, what is not, and what is refused. */
class EvidenceTest {
  @TempDir static Path scratch;
  private static Path data = Path.of("");
  private static Path policy = Path.of("");
  private static String bamboo = "";
  private static String carton = "";
  private static List<String> secrets = List.of();
  private static TimeStampAuthority authority = start();

  private static TimeStampAuthority start() {
    try {
      return new TimeStampAuthority();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @BeforeAll
  static void play() throws Exception {
    data = scratch.resolve("data");
    policy = scratch.resolve("policy.txt");
    Secrets told = new Secrets();
    try (TestLedger ledger = TestLedger.create(data, HashAlgorithm.SHA_256)) {
      Enrolments.play(ledger);
      bamboo = uri(new BambooTale(ledger, told, Instant.now()).play(), "bamboo-canteen");
      carton = uri(new VaccineTale(ledger, told, Instant.now()).play(), "vaccine-refused-carton");
      Files.writeString(
          policy,
          Policies.text(ledger.node().genesis(), HashAlgorithm.SHA_256, ledger.node().logVkey()));
    }
    secrets = told.texts().stream().filter(text -> !text.isBlank()).toList();
  }

  private static String uri(Tale tale, String code) {
    Subject subject = tale.codes().getOrDefault(code, tale.lots().get(code));
    return subject == null ? code : subject.uri();
  }

  @AfterAll
  static void stop() {
    authority.close();
  }

  @BeforeEach
  void behave() {
    authority.answer(Answer.GOOD);
  }

  private static Ran evidence(Path file, String code, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "evidence",
                code,
                "--data",
                data.toString(),
                "--policy",
                policy.toString(),
                "-o",
                file.toString(),
                "--json"));
    arguments.addAll(List.of(more));
    return Ran.pinlian(arguments.toArray(String[]::new));
  }

  private static Ran verify(Path file, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of("verify", file.toString(), "--policy", policy.toString(), "--json"));
    arguments.addAll(List.of(more));
    return Ran.pinlian(arguments.toArray(String[]::new));
  }

  private static EvidencePackage read(Path file) throws Exception {
    return EvidencePackage.read(Files.readAllBytes(file));
  }

  /** Of the report, without the spaces and line ends that pages put between words. */
  private static String report(EvidencePackage files) throws Exception {
    try (PDDocument document = Loader.loadPDF(files.require(Part.REPORT).toByteArray())) {
      for (PDPage page : document.getPages()) {
        page.getResources()
            .getFontNames()
            .forEach(name -> {
              try {
                assertTrue(page.getResources().getFont(name).isEmbedded());
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
      }
      return bare(new PDFTextStripper().getText(document));
    }
  }

  private static String bare(String text) {
    return text.replaceAll("\\s", "");
  }

  @Test
  void theReportTellsWhatWasAskedFoundShownAndNotShown() throws Exception {
    Path file = scratch.resolve("told.zip");
    Ran ran = evidence(file, carton);
    assertEquals(0, ran.exit(), ran.err());
    EvidencePackage files = read(file);
    String told = report(files);
    JsonNode json = ran.json();
    for (String fact :
        List.of(
            json.path("subject").asText(),
            json.path("asOf").asText(),
            json.path("origin").asText(),
            "未被篡改 Unaltered",
            "完整,仅账本承诺 Complete, committed only",
            "信任策略不要求任何见证方",
            "2–8 °C",
            "温度记录 temperature log: 超限 out of range",
            "交接答复 custody answer: 拒收 refused",
            "签名者未显示 signer withheld",
            "personal: 未显示 withheld",
            "不证明陈述属实",
            "It does not prove that a true statement was made",
            "货物放入之前该容器曾被装入何处,不作查找",
            "what it had been loaded into before the goods came is not looked for",
            "No time stamp of a third party",
            EvidencePackage.sha256(files.require(Part.DOSSIER)).hex(),
            EvidencePackage.sha256(files.require(Part.POLICY)).hex())) {
      assertTrue(told.contains(bare(fact)), fact + "\n" + told);
    }
    assertEquals(0, json.path("charactersWithoutFont").asInt());
    String readme = files.require(Part.README).toStringUtf8();
    assertTrue(readme.contains("溯源证据包") && readme.contains("Evidence package"));
    assertFalse(readme.contains("openssl ts"));
  }

  @Test
  void nothingPrivateIsInThePublicPackageNorInAnyReport() throws Exception {
    for (String code : List.of(bamboo, carton)) {
      for (String view : List.of("consumer", "regulator")) {
        Path file = scratch.resolve("private.zip");
        Ran ran = evidence(file, code, "--view", view);
        assertEquals(0, ran.exit(), ran.err());
        EvidencePackage files = read(file);
        String told = report(files);
        String bytes =
            files.require(Part.DOSSIER).toString(StandardCharsets.UTF_8)
                + files.require(Part.README).toStringUtf8();
        for (String secret : secrets) {
          assertFalse(told.contains(bare(secret)), code + " " + view + " tells " + secret);
          assertFalse(
              view.equals("consumer") && bytes.contains(secret), code + " carries " + secret);
        }
        assertEquals(0, verify(file).exit());
      }
    }
  }

  @Test
  void thePackageAndTheDossierInItVerifyByThePolicyInside() throws Exception {
    Path file = scratch.resolve("good.zip");
    assertEquals(0, evidence(file, bamboo).exit());
    Ran whole = verify(file);
    assertEquals(0, whole.exit(), whole.err());
    assertTrue(whole.json().path("samePolicy").asBoolean());
    assertEquals("committed_only", whole.json().path("completeness").asText());

    EvidencePackage files = read(file);
    Path dossier = scratch.resolve("story.dossier");
    Path inside = scratch.resolve("inside.txt");
    Files.write(dossier, files.require(Part.DOSSIER).toByteArray());
    Files.write(inside, files.require(Part.POLICY).toByteArray());
    Ran alone = Ran.pinlian("verify", dossier.toString(), "--policy", inside.toString(), "--json");
    assertEquals(0, alone.exit(), alone.err());
  }

  @Test
  void theSameDossierAndStatedTimeMakeTheSameBytes() throws Exception {
    Path kept = scratch.resolve("kept.dossier");
    Ran dossier =
        Ran.pinlian(
            "dossier",
            carton,
            "--data",
            data.toString(),
            "--policy",
            policy.toString(),
            "-o",
            kept.toString(),
            "--json");
    assertEquals(0, dossier.exit(), dossier.err());
    String asOf = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    Path one = scratch.resolve("one.zip");
    Path two = scratch.resolve("two.zip");
    for (Path file : List.of(one, two)) {
      Ran ran = evidence(file, carton, "--dossier", kept.toString(), "--as-of", asOf);
      assertEquals(0, ran.exit(), ran.err());
      assertEquals(asOf, ran.json().path("asOf").asText());
    }
    assertArrayEquals(Files.readAllBytes(one), Files.readAllBytes(two));
  }

  @Test
  void aTimeStampIsKeptAndCheckedAgain() throws Exception {
    Path root = scratch.resolve("root.pem");
    Path other = scratch.resolve("other.pem");
    Files.writeString(root, authority.rootPem());
    Files.writeString(other, TimeStampAuthority.otherRootPem());
    String url = authority.uri().toString();
    Path file = scratch.resolve("stamped.zip");
    Ran ran = evidence(file, carton, "--time-stamp", url);
    assertEquals(0, ran.exit(), ran.err());
    assertFalse(ran.json().path("timeStamp").path("trusted").asBoolean(true));
    EvidencePackage files = read(file);
    assertTrue(files.file(Part.STAMP).isPresent() && files.file(Part.STAMP_REQUEST).isPresent());
    assertTrue(files.require(Part.README).toStringUtf8().contains("openssl ts -verify"));
    assertTrue(report(files).contains(bare("certificate was not checked against a root")));

    assertFalse(verify(file).json().path("timeStamp").path("trusted").asBoolean(true));
    Ran trusted = verify(file, "--time-stamp-trust", root.toString());
    assertEquals(0, trusted.exit(), trusted.err());
    assertTrue(trusted.json().path("timeStamp").path("trusted").asBoolean());
    assertEquals(1, verify(file, "--time-stamp-trust", other.toString()).exit());
    assertEquals(2, verify(file, "--time-stamp-trust", policy.toString()).exit());

    Map<Part, ByteString> swapped = new EnumMap<>(files.files());
    Path another = scratch.resolve("another.zip");
    assertEquals(0, evidence(another, bamboo).exit());
    swapped.put(Part.DOSSIER, read(another).require(Part.DOSSIER));
    assertEquals(1, verify(resealed(swapped)).exit(), "a stamp over another dossier");
  }

  @ParameterizedTest
  @EnumSource(
      value = Answer.class,
      mode = Mode.EXCLUDE,
      names = {"GOOD", "ENDLESS", "SILENT"})
  void noPackageIsWrittenWithoutTheStampThatWasAskedFor(Answer answer) {
    authority.answer(answer);
    Path file = scratch.resolve("unstamped-" + answer + ".zip");
    Ran ran = evidence(file, carton, "--time-stamp", authority.uri().toString());
    boolean none =
        switch (answer) {
          case TOO_BIG, FAILED, OF_OTHER_TYPE, MOVED -> true;
          default -> false;
        };
    assertEquals(none ? 4 : 1, ran.exit(), ran.out() + ran.err());
    assertFalse(Files.exists(file));
  }

  @Test
  void whatWasChangedIsRefusedEvenWhereTheManifestWasMadeAnew() throws Exception {
    Path file = scratch.resolve("changed.zip");
    assertEquals(0, evidence(file, bamboo).exit());
    byte[] archive = Files.readAllBytes(file);
    byte[] flipped = archive.clone();
    flipped[archive.length / 2] ^= 1;
    Files.write(file, flipped);
    assertEquals(1, verify(file).exit());

    Files.write(file, archive);
    Map<Part, ByteString> files = new EnumMap<>(read(file).files());
    byte[] dossier = files.getOrDefault(Part.DOSSIER, ByteString.EMPTY).toByteArray();
    dossier[dossier.length / 2] ^= 1;
    files.put(Part.DOSSIER, ByteString.copyFrom(dossier));
    assertEquals(1, verify(resealed(files)).exit());
  }

  private static Path resealed(Map<Part, ByteString> files) throws Exception {
    files.remove(Part.MANIFEST);
    files.put(
        Part.MANIFEST, Manifest.of(Map.of(), Instant.now(), new EvidencePackage(files)).bytes());
    Path file = scratch.resolve("resealed.zip");
    Files.write(file, new EvidencePackage(files).zip());
    return file;
  }

  @Test
  void evidenceIsOfATimeThatHasComeAndNotBeforeItsBlock() {
    Path file = scratch.resolve("never.zip");
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    assertEquals(
        2, evidence(file, carton, "--as-of", now.plus(1, ChronoUnit.DAYS).toString()).exit());
    Ran early = evidence(file, carton, "--as-of", now.minus(1, ChronoUnit.DAYS).toString());
    assertEquals(2, early.exit(), early.out());
    assertTrue(early.json().path("error").path("hint").asText().contains("--dossier"));
    assertEquals(2, evidence(file, carton, "--time-stamp", "tsa.example").exit());
    assertFalse(Files.exists(file));
  }

  @Test
  void aFontOfAnotherKindIsRefusedWithWhereToGetOne() throws Exception {
    Path font = scratch.resolve("no.ttf");
    Files.writeString(font, "no font");
    Ran ran = evidence(scratch.resolve("font.zip"), carton, "--font", font.toString());
    assertEquals(1, ran.exit(), ran.out());
    assertTrue(ran.err().contains("fonts-droid-fallback"), ran.err());
  }
}
