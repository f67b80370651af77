// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pinlian.node.TestLedger.AUTHORITY;
import static org.pinlian.node.TestLedger.PRODUCER;
import static org.pinlian.node.TestLedger.RECEIVER;
import static org.pinlian.node.TestLedger.SECOND_AUTHORITY;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pinlian.dossier.DossierVerifier;
import org.pinlian.dossier.Story;
import org.pinlian.dossier.Verdict;
import org.pinlian.dossier.Verdict.ProvenChain;
import org.pinlian.dossier.Verdict.Statement;
import org.pinlian.dossier.VerificationException;
import org.pinlian.identifier.ParticipantId;
import org.pinlian.identifier.Subject;
import org.pinlian.node.provenance.Jurisdiction;
import org.pinlian.record.Draft;
import org.pinlian.record.KeyRegistry;
import org.pinlian.v1.AuthorityLevel;
import org.pinlian.v1.Direction;
import org.pinlian.v1.DossierRequest;
import org.pinlian.v1.DossiersGrpc;
import org.pinlian.v1.Genesis;
import org.pinlian.v1.GenesisAuthority;
import org.pinlian.v1.Role;
import org.pinlian.v1.TraceRequest;
import org.pinlian.v1.View;

/** An authority that looks sees whole what its own firms said, and of others what anybody sees. */
class JurisdictionTest {
  private static final Subject PEAS = Goods.lot("PEAS");
  private static final Subject SOUP = Goods.lot("SOUP");
  private static final Subject LEEKS = Goods.lot("LEEKS");
  private static final ParticipantId NEXT_DISTRICT =
      TestLedger.participant("uscc:93000000MA00000669");
  private static final ParticipantId NEXT_CITY = TestLedger.participant("gln:9520000000011");
  private static final ParticipantId LOGGER = TestLedger.participant("device:logger-1");

  @TempDir Path temp;

  private TestLedger ledger;

  @SuppressWarnings("NullAway.Init")
  JurisdictionTest() {}

  @BeforeEach
  void start() {
    ledger = TestLedger.create(temp.resolve("data"));
    ledger.stop();
    ledger.useBlockInterval(Duration.ofMillis(20));
    ledger.start();
    ledger.enrol(PRODUCER, Role.ROLE_PRODUCER);
    ledger.enrol(RECEIVER, Role.ROLE_COLLECTOR);
    ledger.enrolIn("000001", NEXT_DISTRICT, Role.ROLE_PROCESSOR);
    ledger.enrolIn("000100", NEXT_CITY, Role.ROLE_PROCESSOR);
    ledger.enrolIn("", LOGGER, Role.ROLE_DEVICE);
  }

  @AfterEach
  void close() {
    ledger.close();
  }

  private long state(ParticipantId signer, Draft draft) {
    return ledger.submit(signer, draft).index();
  }

  /** Entries whose records a trace shows whole. */
  private Set<Long> wholeInTrace(ParticipantId reader, Subject subject) {
    TraceRequest.Builder request =
        TraceRequest.newBuilder()
            .setSubject(subject.uri())
            .setDirection(Direction.DIRECTION_STORY)
            .setLookUp(ledger.lookUp(reader, subject.uri()));
    Story story =
        ledger.verify(subject, Direction.DIRECTION_STORY, ledger.traceReplies(reader, request));
    return story.records().stream()
        .filter(record -> record.withheld().isEmpty())
        .map(record -> record.index())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private Verdict dossier(ParticipantId reader, Subject subject) throws VerificationException {
    long size = state(PRODUCER, Goods.seen(Goods.lot("OTHER"))) + 1;
    var _ = ledger.awaitRest(size + 1);
    DossierRequest request =
        DossierRequest.newBuilder()
            .setSubject(subject.uri())
            .setView(View.VIEW_REGULATOR)
            .setLookUp(ledger.lookUp(reader, subject.uri()))
            .build();
    return new DossierVerifier(ledger.policy())
        .verify(
            DossiersGrpc.newBlockingStub(ledger.as(reader))
                .getDossier(request)
                .getDossier()
                .toByteArray(),
            subject,
            Instant.now(),
            Duration.ofHours(1),
            null);
  }

  /** Entries of which a dossier shows every section. */
  private Set<Long> wholeInDossier(ParticipantId reader, Subject subject)
      throws VerificationException {
    return dossier(reader, subject).statements().stream()
        .filter(JurisdictionTest::isWhole)
        .map(statement -> statement.place().index())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static boolean isWhole(Statement statement) {
    return statement.sections().stream().allMatch(section -> section.content() != null);
  }

  @Test
  void aDistrictSeesItsFirmsWholeAndItsCityThoseOfAllItsDistricts() throws Exception {
    long here = state(PRODUCER, Goods.offer(RECEIVER, PEAS));
    long nextDistrict = state(NEXT_DISTRICT, Goods.offer(RECEIVER, PEAS));
    long nextCity = state(NEXT_CITY, Goods.offer(RECEIVER, PEAS));
    assertEquals(Set.of(here), wholeInTrace(AUTHORITY, PEAS));
    assertEquals(Set.of(here, nextDistrict), wholeInTrace(SECOND_AUTHORITY, PEAS));
    assertEquals(Set.of(here), wholeInDossier(AUTHORITY, PEAS));
    assertEquals(Set.of(here, nextDistrict), wholeInDossier(SECOND_AUTHORITY, PEAS));
    // As any participant sees it: it is there, and who said it.
    Verdict verdict = dossier(AUTHORITY, PEAS);
    assertEquals(3, verdict.statements().size());
    assertTrue(verdict.statements().stream().allMatch(statement -> statement.signer() != null));
    assertTrue(nextCity > nextDistrict);
  }

  @Test
  void whatIsOfferedToAnAuthorityFromElsewhereItSeesAsAnyReceiverDoes() throws Exception {
    long offered = state(NEXT_CITY, Goods.offer(AUTHORITY, PEAS));
    assertEquals(Set.of(offered), wholeInDossier(AUTHORITY, PEAS));
    assertEquals(Set.of(), wholeInDossier(SECOND_AUTHORITY, PEAS));
  }

  @Test
  void theInputsOfAFirmElsewhereAreCountedAndNotFollowed() throws Exception {
    state(NEXT_CITY, Goods.transform(List.of(PEAS), List.of(SOUP)));
    Verdict verdict = dossier(AUTHORITY, SOUP);
    assertEquals(1, verdict.inputsNotPublished());
    assertFalse(verdict.chains().stream().map(ProvenChain::subject).toList().contains(PEAS.uri()));
    state(PRODUCER, Goods.transform(List.of(PEAS), List.of(LEEKS)));
    assertTrue(
        dossier(AUTHORITY, LEEKS).chains().stream()
            .map(ProvenChain::subject)
            .toList()
            .contains(PEAS.uri()));
  }

  @Test
  void aDeviceWithoutARegionBelongsToNobody() {
    long seen = state(LOGGER, Goods.event("PEAS"));
    assertEquals(Set.of(), wholeInTrace(AUTHORITY, PEAS));
    assertEquals(Set.of(), wholeInTrace(SECOND_AUTHORITY, PEAS));
    ledger.enrolIn("000000", LOGGER, Role.ROLE_DEVICE);
    long after = state(LOGGER, Goods.event("PEAS"));
    assertEquals(Set.of(after), wholeInTrace(AUTHORITY, PEAS));
    assertTrue(seen < after);
  }

  @Test
  void whoMovesIsWhereItWasWhenItSpoke() {
    long before = state(NEXT_CITY, Goods.offer(RECEIVER, PEAS));
    ledger.enrolIn("000000", NEXT_CITY, Role.ROLE_PROCESSOR);
    long after = state(NEXT_CITY, Goods.offer(RECEIVER, PEAS));
    assertEquals(Set.of(after), wholeInTrace(AUTHORITY, PEAS));
    assertTrue(before < after);
  }

  @ParameterizedTest
  @CsvSource({
    "DISTRICT, 445202, 445202, true",
    "DISTRICT, 445202, 445203, false",
    // A city's own code is no district of it.
    "DISTRICT, 445202, 445200, false",
    "CITY, 445200, 445202, true",
    "CITY, 445200, 445299, true",
    "CITY, 445200, 445302, false",
    // However it writes its own code, the level says how much of it counts.
    "CITY, 445202, 445203, true",
    "PROVINCE, 440000, 445202, true",
    "PROVINCE, 440000, 350203, false",
    "PROVINCE, 440000, '', false",
    "DISTRICT, '', '', false",
    "PROVINCE, 44, 445202, false",
    "UNSPECIFIED, 445202, 445202, false",
  })
  void theLevelSaysHowManyDigitsCount(String level, String own, String others, boolean covered) {
    KeyRegistry registry =
        KeyRegistry.of(
            Genesis.newBuilder()
                .addAuthorities(
                    GenesisAuthority.newBuilder()
                        .setParticipant("authority")
                        .setRegion(own)
                        .setLevel(AuthorityLevel.valueOf("AUTHORITY_LEVEL_" + level)))
                .addAuthorities(
                    GenesisAuthority.newBuilder().setParticipant("other").setRegion(others))
                .build());
    Jurisdiction jurisdiction =
        Jurisdiction.of(registry.standing("authority", 1).orElseThrow(), registry);
    assertEquals(covered, jurisdiction.covers(List.of("other"), 1));
    // A gateway of nobody's that speaks for one of its firms.
    assertEquals(covered, jurisdiction.covers(List.of("unknown", "other"), 1));
    assertFalse(jurisdiction.covers(List.of("unknown"), 1));
  }
}
