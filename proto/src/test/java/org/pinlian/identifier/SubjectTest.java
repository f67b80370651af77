// SPDX-License-Identifier: Apache-2.0
package org.pinlian.identifier;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pinlian.identifier.IdentifierException.Reason;
import org.pinlian.identifier.Subject.Kind;

final class SubjectTest {
  private static final Gtin GTIN = new Gtin("09520000000011");
  private static final ParticipantId FIRM = ParticipantId.of(new Uscc("91000000MA00000157"));

  @ParameterizedTest
  @CsvSource({
    // The three of the format's own vectors.
    "LOT, https://id.gs1.org/01/09520000000011/10/IF2601",
    "CLASS, https://id.gs1.org/01/09520000000011",
    "LOGISTIC_UNIT, https://id.gs1.org/00/095200000000000011",
    "CLASS, https://id.gs1.org/01/09520000000011/22/2A",
    "LOT, https://id.gs1.org/01/09520000000011/10/a%2Fb%25%26%2B",
    "UNIT, https://id.gs1.org/01/09520000000011/21/-._",
    "UNIT, https://id.gs1.org/01/09520000000011/235/TPX-1",
    "LOCATION, https://id.gs1.org/414/9520000000028",
    "LOCATION, https://id.gs1.org/414/9520000000028/254/dock-3",
    "OTHER, https://id.gs1.org/415/9520000000028/8020/INV1",
    "OTHER, https://id.gs1.org/417/9520000000028",
    "OTHER, https://id.gs1.org/417/9520000000028/7040/1ABC",
    "OTHER, https://id.gs1.org/8003/09520000000011",
    "OTHER, https://id.gs1.org/8003/09520000000011crate7",
    "OTHER, https://id.gs1.org/8004/9520000crate7",
    "CLASS, https://id.gs1.org/8006/095200000000110102",
    "LOT, https://id.gs1.org/8006/095200000000110102/10/L",
    "UNIT, https://id.gs1.org/8006/095200000000110102/21/S",
    "OTHER, https://id.gs1.org/8010/9520000%2345%2FA",
    "OTHER, https://id.gs1.org/8010/9520000A/8011/10",
    "OTHER, https://id.gs1.org/8013/1987654Ad4X4bL5ttr2310c2K",
    "OTHER, https://id.gs1.org/8017/952000000000000019",
    "OTHER, https://id.gs1.org/8018/952000000000000019/8019/1",
    "OTHER, https://id.gs1.org/253/9520000000028doc",
    "OTHER, https://id.gs1.org/255/9520000000028000001",
    "OTHER, https://id.gs1.org/401/9520000consignment",
    "OTHER, https://id.gs1.org/402/95200000000000011",
    "DRUG_CODE, urn:pinlian:cn-drug:83857930000879766660",
    "LOT, urn:pinlian:lot:uscc:91000000MA00000157:%E6%89%B9%E6%AC%A1-1",
    "LOT, urn:pinlian:lot:farmer:a.b~c_d-e:1",
    "CERTIFICATE, urn:pinlian:certificate:gln:9520000000028:2026%2F1",
    "ORDER, urn:pinlian:order:uscc:91000000MA00000157:1",
    "CASE, urn:pinlian:case:uscc:91000000MA00000157:1",
    "RECORD, urn:pinlian:record:0.0",
    "RECORD, urn:pinlian:record:9223372036854775807.2147483647",
    "KEYS, urn:pinlian:keys:device:logger-7",
    "LOOK_UPS, urn:pinlian:lookups:uscc:91000000MA00000157",
    "OTHER, urn:epc:id:gid:95100000.12345.400",
    "OTHER, urn:uuid:fbb5a3a1-3e1b-4f4a-9d4f-5b1d2a3c4d5e",
    "OTHER, https://example.com/goods/01/about",
    "OTHER, https://example.com/01/09520000000011/reviews",
    "OTHER, HTTP://Example.com/%7ea?b=%2f#c",
    "OTHER, ni:///sha-256;abc?ver=CBV2.0"
  })
  void takesTheCanonicalSpelling(Kind kind, String uri) throws IdentifierException {
    Subject subject = Subject.parse(uri);
    assertEquals(kind, subject.kind());
    assertEquals(uri, subject.uri());
    assertArrayEquals(uri.getBytes(StandardCharsets.UTF_8), subject.bytes());
    assertEquals(subject, Subject.convert(uri));
  }

  @ParameterizedTest
  @CsvSource({
    // Hosts, cases, ends.
    "https://example.com/01/09520000000011/10/A, https://id.gs1.org/01/09520000000011/10/A",
    "http://id.gs1.org/01/09520000000011, https://id.gs1.org/01/09520000000011",
    "HTTPS://ID.GS1.ORG/01/09520000000011, https://id.gs1.org/01/09520000000011",
    "https://u@id.gs1.org:443/01/09520000000011, https://id.gs1.org/01/09520000000011",
    "https://id.gs1.org/01/09520000000011/, https://id.gs1.org/01/09520000000011",
    "https://id.gs1.org/01/09520000000011?17=260131, https://id.gs1.org/01/09520000000011",
    "https://id.gs1.org/01/09520000000011#x, https://id.gs1.org/01/09520000000011",
    "https://example.com/a/b/01/09520000000011/21/S?x, https://id.gs1.org/01/09520000000011/21/S",
    // Spellings of the key.
    "https://id.gs1.org/01/9520000000011, https://id.gs1.org/01/09520000000011",
    "https://id.gs1.org/01/12345670, https://id.gs1.org/01/00000012345670",
    "https://id.gs1.org/gtin/09520000000011/lot/A, https://id.gs1.org/01/09520000000011/10/A",
    "https://example.com/%30%31/09520000000011, https://id.gs1.org/01/09520000000011",
    // Escapes.
    "https://id.gs1.org/01/09520000000011/10/a%2fb, https://id.gs1.org/01/09520000000011/10/a%2Fb",
    "https://id.gs1.org/01/09520000000011/10/%41, https://id.gs1.org/01/09520000000011/10/A",
    "https://id.gs1.org/01/09520000000011/10/a+b, https://id.gs1.org/01/09520000000011/10/a%2Bb",
    // Qualifiers: the finest alone, in whatever order they came.
    "https://id.gs1.org/01/09520000000011/10/L/21/S, https://id.gs1.org/01/09520000000011/21/S",
    "https://id.gs1.org/01/09520000000011/21/S/10/L, https://id.gs1.org/01/09520000000011/21/S",
    "https://id.gs1.org/01/09520000000011/22/V/10/L, https://id.gs1.org/01/09520000000011/10/L",
    "https://id.gs1.org/414/9520000000028/254/0, https://id.gs1.org/414/9520000000028",
    // As printed on a box of tablets; from 0 on, 20 digits could be GS1's.
    "83857930000879766660, urn:pinlian:cn-drug:83857930000879766660",
    // EPC URNs.
    "urn:epc:id:sgtin:9520000.000001.S, https://id.gs1.org/01/09520000000011/21/S",
    "urn:epc:id:sgtin:9520000.000001.a.b%2Fc, https://id.gs1.org/01/09520000000011/21/a.b%2Fc",
    "URN:EPC:id:sgtin:9520000.000001.S, https://id.gs1.org/01/09520000000011/21/S",
    "urn:epc:idpat:sgtin:9520000.000001.*, https://id.gs1.org/01/09520000000011",
    "urn:epc:class:lgtin:9520000.000001.L, https://id.gs1.org/01/09520000000011/10/L",
    "urn:epc:id:upui:9520000.000001.T, https://id.gs1.org/01/09520000000011/235/T",
    "urn:epc:id:sscc:9520000.0000000001, https://id.gs1.org/00/095200000000000011",
    "urn:epc:id:sscc:4012345.0000000111, https://id.gs1.org/00/040123450000001112",
    "urn:epc:id:sgln:4012345.00011.0, https://id.gs1.org/414/4012345000115",
    "urn:epc:id:sgln:4012345.00011.987, https://id.gs1.org/414/4012345000115/254/987",
    "urn:epc:id:sgln:952000000002..0, https://id.gs1.org/414/9520000000028",
    "urn:epc:id:pgln:9520000.00002, https://id.gs1.org/417/9520000000028",
    "urn:epc:id:grai:9520000.00001.c7, https://id.gs1.org/8003/09520000000011c7",
    "urn:epc:idpat:grai:9520000.00001.*, https://id.gs1.org/8003/09520000000011",
    "urn:epc:id:giai:9520000.c7, https://id.gs1.org/8004/9520000c7",
    "urn:epc:id:gdti:9520000.00002.doc, https://id.gs1.org/253/9520000000028doc",
    "urn:epc:id:sgcn:9520000.00002.7, https://id.gs1.org/255/95200000000287",
    "urn:epc:id:cpi:9520000.A%23.7, https://id.gs1.org/8010/9520000A%23/8011/7",
    "urn:epc:id:ginc:9520000.c, https://id.gs1.org/401/9520000c",
    "urn:epc:id:gsin:9520000.000000001, https://id.gs1.org/402/95200000000000011",
    "urn:epc:id:gsrn:9520000.0000000001, https://id.gs1.org/8018/952000000000000019",
    "urn:epc:id:gsrnp:9520000.0000000001, https://id.gs1.org/8017/952000000000000019",
    "urn:epc:id:itip:9520000.000001.01.02.S, https://id.gs1.org/8006/095200000000110102/21/S",
    "urn:epc:idpat:itip:9520000.000001.01.02.*, https://id.gs1.org/8006/095200000000110102",
    // Element strings.
    "(01)09520000000011(17)260131(10)L, https://id.gs1.org/01/09520000000011/10/L",
    "(00)095200000000000011, https://id.gs1.org/00/095200000000000011",
    "(01)9520000000011(21)S(10)L, https://id.gs1.org/01/09520000000011/21/S",
    // Our own.
    "urn:pinlian:lot:farmer:f:a:b, urn:pinlian:lot:farmer:f:a%3Ab",
    "urn:pinlian:lot:farmer:f:批次, urn:pinlian:lot:farmer:f:%E6%89%B9%E6%AC%A1",
    "urn:pinlian:lot:farmer:f:%e6%89%b9, urn:pinlian:lot:farmer:f:%E6%89%B9",
    "urn:pinlian:lot:farmer:f:%61, urn:pinlian:lot:farmer:f:a",
    "URN:Pinlian:Lot:farmer:f:a, urn:pinlian:lot:farmer:f:a",
    "urn:pinlian:keys:USCC:91000000ma00000157, urn:pinlian:keys:uscc:91000000MA00000157",
    "urn:pinlian:record:007.01, urn:pinlian:record:7.1",
    "urn:pinlian:record:00.000, urn:pinlian:record:0.0"
  })
  void refusesAnotherSpellingAndNamesTheCanonicalOne(String text, String canonical)
      throws IdentifierException {
    IdentifierException refusal =
        assertThrows(IdentifierException.class, () -> Subject.parse(text));
    assertEquals(Reason.NOT_CANONICAL, refusal.reason());
    assertEquals(Optional.of(canonical), refusal.canonical());
    assertTrue(refusal.toString().contains(canonical));
    assertEquals(canonical, Subject.parse(canonical).uri());
    assertEquals(canonical, Subject.convert(text).uri());
  }

  @ParameterizedTest
  @CsvSource({
    "EMPTY, ''",
    "WRONG_CHECK_DIGIT, https://id.gs1.org/01/09520000000012",
    "WRONG_CHECK_DIGIT, https://id.gs1.org/01/9520000000012",
    "WRONG_CHECK_DIGIT, https://example.com/01/09520000000012/10/A",
    "WRONG_CHECK_DIGIT, https://id.gs1.org/00/095200000000000012",
    "WRONG_CHECK_DIGIT, https://id.gs1.org/8013/1987654Ad4X4bL5ttr2310c2L",
    "WRONG_CHECK_DIGIT, (01)09520000000012",
    "WRONG_LENGTH, https://id.gs1.org/01/095200000000110",
    "WRONG_LENGTH, https://id.gs1.org/01/09520000000011/10/123456789012345678901",
    "WRONG_LENGTH, https://example.com/01/09520000000011/10/123456789012345678901",
    "WRONG_LENGTH, https://id.gs1.org/417/9520000000028/7040/1AB",
    "WRONG_LENGTH, urn:epc:id:sgtin:9520000.00001.S",
    "WRONG_LENGTH, urn:epc:id:sgtin:9520000",
    "WRONG_LENGTH, urn:pinlian:cn-drug:8385793",
    "WRONG_LENGTH, urn:pinlian:record:1",
    "BAD_CHARACTER, https://id.gs1.org/01/0952000000001A",
    "BAD_CHARACTER, https://id.gs1.org/01/09520000000011/10/~",
    "BAD_CHARACTER, https://id.gs1.org/01/09520000000011/10/%20",
    "BAD_CHARACTER, https://id.gs1.org/01/09520000000011/10/%E6%89%B9",
    "BAD_CHARACTER, https://id.gs1.org/01/09520000000011/10/%FF",
    "BAD_CHARACTER, https://id.gs1.org/01/09520000000011/10/%2",
    "BAD_CHARACTER, https://id.gs1.org/01/09520000000011/10/%%25",
    "BAD_CHARACTER, https://id.gs1.org/8004/95crate7",
    "BAD_CHARACTER, https://id.gs1.org/8010/9520000a",
    "BAD_CHARACTER, urn:epc:id:sgtin:9520000.00000A.S",
    "BAD_CHARACTER, urn:pinlian:lot:farmer:f:%00",
    "BAD_CHARACTER, urn:pinlian:lot:farmer:f:%C2%85",
    "BAD_CHARACTER, urn:pinlian:lot:farmer:f:%C0%AF",
    "BAD_CHARACTER, urn:pinlian:lot:farmer:f:%ED%A0%80",
    "BAD_CHARACTER, urn:pinlian:lot:farmer:f f:a",
    "BAD_CHARACTER, urn:pinlian:record:-1.0",
    "BAD_CHARACTER, urn:pinlian:record:1.0.0",
    "BAD_CHARACTER, https://example.com/a b",
    "BAD_CHARACTER, https://example.com/批次",
    "BAD_CHARACTER, https://example.com/%zz",
    "BAD_CHARACTER, https://example.com/<a>",
    "BAD_VALUE, https://id.gs1.org/8006/095200000000110302",
    "BAD_VALUE, https://id.gs1.org/8006/095200000000110002",
    "BAD_VALUE, https://id.gs1.org/8003/19520000000018",
    "BAD_VALUE, https://id.gs1.org/8010/9520000A/8011/01",
    "BAD_VALUE, urn:pinlian:record:9223372036854775808.0",
    "BAD_VALUE, urn:pinlian:record:1.2147483648",
    "EMPTY, https://id.gs1.org/01/",
    "EMPTY, https://id.gs1.org/01/09520000000011/10/",
    "EMPTY, urn:pinlian:lot:farmer:f:",
    "EMPTY, urn:pinlian:lot:farmer:f",
    "EMPTY, urn:pinlian:record:.0",
    "EMPTY, urn:epc:id:sscc:9520000.",
    "UNKNOWN_KEY, https://id.gs1.org/",
    "UNKNOWN_KEY, https://id.gs1.org",
    "UNKNOWN_KEY, http://id.gs1.org/about",
    "UNKNOWN_KEY, https://id.gs1.org/02/09520000000011",
    "UNKNOWN_KEY, urn:pinlian:unit:farmer:f:a",
    "UNKNOWN_KEY, urn:pinlian:lot",
    "UNKNOWN_KEY, urn:pinlian:keys:duns:1",
    "WRONG_QUALIFIER, https://id.gs1.org/00/095200000000000011/10/A",
    "WRONG_QUALIFIER, https://id.gs1.org/01/09520000000011/17/260131",
    "WRONG_QUALIFIER, https://id.gs1.org/01/09520000000011/10",
    "WRONG_QUALIFIER, https://id.gs1.org/01/09520000000011/10/A/10/B",
    "WRONG_QUALIFIER, https://id.gs1.org/01/09520000000011/21/A/235/B",
    "WRONG_QUALIFIER, https://example.com/01/09520000000011/235/A/21/B",
    "WRONG_QUALIFIER, (01)09520000000011(10)A(10)B",
    "NOT_CANONICAL, urn:epc:tag:sgtin-96:3.9520000.000001.1",
    "NOT_CANONICAL, urn:epc:idpat:sgtin:9520000.*.*",
    "NOT_CANONICAL, urn:epc:id:unknown:1.2",
    "NOT_CANONICAL, urn:epc:id",
    "NOT_CANONICAL, urn:epc:",
    "WRONG_CHECK_DIGIT, urn:pinlian:keys:uscc:91350211M000100Y43",
    "WRONG_CHECK_DIGIT, urn:pinlian:lot:uscc:91350211M000100Y43:a",
    "NOT_ABSOLUTE, 09520000000011",
    "NOT_ABSOLUTE, 00095200000000000011",
    "NOT_ABSOLUTE, 8385793000087976666",
    "NOT_ABSOLUTE, ./a",
    "NOT_ABSOLUTE, a:",
    "NOT_ABSOLUTE, :a",
    "NOT_ABSOLUTE, 1a:b",
    "NOT_ABSOLUTE, (17)260131",
    "NOT_A_SUBJECT, farmer:f",
    "NOT_A_SUBJECT, Uscc:91000000MA00000157"
  })
  void refuses(Reason reason, String text) {
    IdentifierException refusal =
        assertThrows(IdentifierException.class, () -> Subject.parse(text));
    if (reason == Reason.NOT_CANONICAL || !refusal.canonical().isEmpty()) {
      assertEquals(Optional.empty(), refusal.canonical());
    }
    assertEquals(reason, refusal.reason(), refusal.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"a:\n", "a:\u0000", "a:\u007f", "a:\u2028", " a:b", "a:b "})
  void refusesSpaceAndControlCharacters(String text) {
    assertEquals(
        Reason.BAD_CHARACTER,
        assertThrows(IdentifierException.class, () -> Subject.parse(text)).reason());
  }

  @Test
  void takes512BytesAndNoMore() throws IdentifierException {
    String prefix = "urn:pinlian:lot:farmer:f:";
    String longest = prefix + "x".repeat(512 - prefix.length());
    assertEquals(512, Subject.parse(longest).bytes().length);
    assertEquals(
        Reason.TOO_LONG,
        assertThrows(IdentifierException.class, () -> Subject.parse(longest + "x")).reason());
    // Short as it stands, too long in its canonical spelling.
    assertEquals(
        Reason.TOO_LONG,
        assertThrows(IdentifierException.class, () -> Subject.parse(prefix + "批".repeat(60)))
            .reason());
    ParticipantId farmer = ParticipantId.farmer("f");
    assertEquals(
        Reason.TOO_LONG,
        assertThrows(
                IdentifierException.class, () -> Subject.participantLot(farmer, "批".repeat(60)))
            .reason());
  }

  @Test
  void factoriesRefuseWhatParseWouldRefuse() throws IdentifierException {
    assertEquals(
        Reason.WRONG_LENGTH,
        assertThrows(IdentifierException.class, () -> Subject.lot(GTIN, "x".repeat(21))).reason());
    assertEquals(
        Reason.EMPTY,
        assertThrows(IdentifierException.class, () -> Subject.unit(GTIN, "")).reason());
    assertEquals(
        Reason.BAD_CHARACTER,
        assertThrows(IdentifierException.class, () -> Subject.participantLot(FIRM, "\ud800"))
            .reason());
    assertEquals(
        Reason.BAD_VALUE,
        assertThrows(
                IdentifierException.class, () -> Subject.location(new Gln("9520000000028"), "0"))
            .reason());
    assertThrows(IllegalArgumentException.class, () -> Subject.record(-1, 0));
  }

  @Test
  void decodesItsParts() throws IdentifierException {
    Subject lot = Subject.lot(GTIN, "a/b%");
    assertEquals("https://id.gs1.org/01/09520000000011/10/a%2Fb%25", lot.uri());
    assertEquals(Optional.of("a/b%"), lot.lot());
    assertEquals(Optional.of(GTIN), lot.gtin());
    assertEquals(Optional.empty(), lot.participant());
    assertEquals(Optional.of(Subject.ofClass(GTIN)), lot.classOf());

    Subject unit = Subject.unit(GTIN, "S");
    assertEquals(Optional.of("S"), unit.serial());
    assertEquals(Optional.empty(), unit.lot());
    assertEquals(Optional.of(Subject.ofClass(GTIN)), unit.classOf());

    Subject variant = Subject.parse("https://id.gs1.org/01/09520000000011/22/V");
    assertEquals(Optional.of(Subject.ofClass(GTIN)), variant.classOf());
    assertEquals(Optional.empty(), Subject.ofClass(GTIN).classOf());

    Subject named = Subject.participantLot(FIRM, "批次 1:2");
    assertEquals(Optional.of("批次 1:2"), named.lot());
    assertEquals(Optional.of(FIRM), named.participant());
    assertEquals(Optional.empty(), named.gtin());
    assertEquals(Optional.empty(), named.classOf());

    assertEquals(Optional.of("粤〔2026〕1"), Subject.order(FIRM, "粤〔2026〕1").number());
    assertEquals(Optional.of(FIRM), Subject.keys(FIRM).participant());
    assertEquals(Optional.of(FIRM), Subject.lookUps(FIRM).participant());
    assertEquals("urn:pinlian:record:7.1", Subject.record(7, 1).uri());

    Sscc sscc = new Sscc("095200000000000011");
    assertEquals(Optional.of(sscc), Subject.sscc(sscc).sscc());
    Gln gln = new Gln("9520000000028");
    assertEquals(Optional.of(gln), Subject.location(gln, "dock").gln());
    DrugTraceCode code = new DrugTraceCode("83857930000879766660");
    assertEquals(Optional.of(code), Subject.drugCode(code).drugTraceCode());
    assertEquals(Optional.empty(), Subject.drugCode(code).sscc());
  }

  @Test
  void randomSubjectsOfEveryKindSurviveTheRoundTrip() throws IdentifierException {
    long seed = System.nanoTime();
    System.out.println("SubjectTest seed " + seed);
    Random random = new Random(seed);
    Set<Kind> seen = EnumSet.noneOf(Kind.class);
    for (int i = 0; i < 20_000; i++) {
      Subject subject = RandomSubjects.next(random);
      seen.add(subject.kind());
      Subject parsed = Subject.parse(subject.uri());
      assertEquals(subject, parsed);
      assertEquals(subject.kind(), parsed.kind());
      assertEquals(subject.hashCode(), parsed.hashCode());
      assertEquals(subject, remade(parsed), subject.uri());
      assertEquals(subject, Subject.convert(subject.uri()));
    }
    assertEquals(EnumSet.allOf(Kind.class), seen);
  }

  /** The same subject from what its accessors say. */
  private static Subject remade(Subject subject) throws IdentifierException {
    return switch (subject.kind()) {
      case CLASS -> Subject.ofClass(subject.gtin().orElseThrow());
      case LOT ->
          subject.gtin().isPresent()
              ? Subject.lot(subject.gtin().get(), subject.lot().orElseThrow())
              : Subject.participantLot(
                  subject.participant().orElseThrow(), subject.lot().orElseThrow());
      case UNIT -> Subject.unit(subject.gtin().orElseThrow(), subject.serial().orElseThrow());
      case LOGISTIC_UNIT -> Subject.sscc(subject.sscc().orElseThrow());
      case LOCATION -> Subject.location(subject.gln().orElseThrow());
      case DRUG_CODE -> Subject.drugCode(subject.drugTraceCode().orElseThrow());
      case CERTIFICATE ->
          Subject.certificate(subject.participant().orElseThrow(), subject.number().orElseThrow());
      case ORDER ->
          Subject.order(subject.participant().orElseThrow(), subject.number().orElseThrow());
      case CASE ->
          Subject.caseOf(subject.participant().orElseThrow(), subject.number().orElseThrow());
      case KEYS -> Subject.keys(subject.participant().orElseThrow());
      case LOOK_UPS -> Subject.lookUps(subject.participant().orElseThrow());
      case RECORD, OTHER -> subject;
    };
  }
}
