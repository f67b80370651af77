// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pinlian.identifier.Uscc;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.record.Draft;
import org.pinlian.record.ParsedRecord;
import org.pinlian.record.RecordException;
import org.pinlian.signing.SignatureAlgorithm;
import org.pinlian.signing.SigningKey;
import org.pinlian.signing.VerifyingKey;
import org.pinlian.tools.demo.Actor;
import org.pinlian.tools.demo.BambooTale;
import org.pinlian.tools.demo.BeefBallTale;
import org.pinlian.tools.demo.DrugTale;
import org.pinlian.tools.demo.Enrolments;
import org.pinlian.tools.demo.FormulaTale;
import org.pinlian.tools.demo.Secrets;
import org.pinlian.tools.demo.Stage;
import org.pinlian.tools.demo.Tale;
import org.pinlian.tools.demo.VaccineTale;
import org.pinlian.v1.Kind;

class TalesTest {
  private static final Instant NOW = Instant.parse("2026-03-02T04:00:00Z");

  private final PaperStage stage = new PaperStage();
  private final Secrets secrets = new Secrets();
  private List<Tale> tales = List.of();

  /** Takes every submission and keeps it, as a ledger without rules would. */
  private static final class PaperStage implements Stage {
    private final SecureRandom random = new SecureRandom();
    private final Map<Actor, SigningKey> keys = new EnumMap<>(Actor.class);
    private final List<Filing> filings = new ArrayList<>();

    record Filing(Actor actor, Draft draft, ParsedRecord record) {}

    private long index = 1;

    @Override
    public Filed file(Actor actor, String what, List<Draft> drafts) {
      List<Hash> digests = new ArrayList<>();
      for (Draft draft : drafts) {
        try {
          ParsedRecord record = ParsedRecord.parse(HashAlgorithm.SHA_256, draft.seal(random), what);
          filings.add(new Filing(actor, draft, record));
          digests.add(record.digest());
        } catch (RecordException e) {
          throw new AssertionError(e);
        }
      }
      return new Filed(index++, digests);
    }

    @Override
    public VerifyingKey keyOf(Actor actor) {
      return keys.computeIfAbsent(
              actor, _ -> SigningKey.generate(SignatureAlgorithm.ED25519, random))
          .verifyingKey();
    }
  }

  @BeforeEach
  void play() throws Exception {
    Enrolments.play(stage);
    tales =
        List.of(
            new BambooTale(stage, secrets, NOW).play(),
            new VaccineTale(stage, secrets, NOW).play(),
            new BeefBallTale(stage, secrets, NOW).play(),
            new FormulaTale(stage, secrets, NOW).play(),
            new DrugTale(stage, secrets, NOW).play());
  }

  @Test
  void everyRecordIsWellFormed() throws Exception {
    assertTrue(stage.filings.size() > 25);
    for (PaperStage.Filing filing : stage.filings) {
      assertEquals(
          List.of(), FieldFaults.of(filing.draft()), filing.actor() + " " + filing.draft().kind());
    }
  }

  @Test
  void nothingHappensAfterTheEnd() {
    for (PaperStage.Filing filing : stage.filings) {
      var part = filing.record().publicPart();
      long at =
          switch (filing.draft().kind()) {
            case KIND_TRACE_EVENT -> part.getTraceEvent().getEventTime();
            case KIND_CUSTODY_OFFER -> part.getCustodyOffer().getOfferedAt();
            case KIND_CUSTODY_ANSWER -> part.getCustodyAnswer().getAnsweredAt();
            case KIND_TEMPERATURE_LOG -> part.getTemperatureLog().getUntil();
            default -> 0;
          };
      assertTrue(at <= NOW.toEpochMilli(), filing.draft().kind() + " at " + at);
    }
  }

  @Test
  void noSecretStandsInAPublicPartOrALine() {
    assertTrue(secrets.texts().size() > 10);
    for (PaperStage.Filing filing : stage.filings) {
      StringBuilder shown =
          new StringBuilder(
              new String(
                  filing.record().record().getPublicPart().toByteArray(), StandardCharsets.UTF_8));
      filing.record().lines().forEach(line -> shown.append(line.subject()).append('\n'));
      for (String secret : secrets.texts()) {
        assertFalse(shown.indexOf(secret) >= 0, filing.draft().kind() + " shows " + secret);
      }
    }
  }

  @Test
  void everySecretStandsInASection() {
    StringBuilder kept = new StringBuilder();
    for (PaperStage.Filing filing : stage.filings) {
      filing
          .record()
          .record()
          .getSectionsList()
          .forEach(section -> kept.append(section.toStringUtf8()).append('\n'));
    }
    for (String secret : secrets.texts()) {
      assertTrue(kept.indexOf(secret) >= 0, secret);
    }
  }

  @Test
  void whatIsSplitWeighsNoMoreThanTheWhole() {
    long parent = 0;
    long children = 0;
    for (PaperStage.Filing filing : stage.filings) {
      if (filing.draft().kind() == Kind.KIND_COMMITMENT_CERTIFICATE) {
        var certificate = filing.record().publicPart().getCommitmentCertificate();
        if (certificate.getParentNumbersCount() == 0) {
          parent += certificate.getQuantity().getUnscaled();
        } else {
          children += certificate.getQuantity().getUnscaled();
        }
      }
    }
    assertTrue(children > 0 && children <= parent, children + " of " + parent);
  }

  @Test
  void noActorIsARealFirm() {
    for (Actor actor : Actor.values()) {
      if (actor.id().toString().startsWith("uscc:")) {
        Uscc code = new Uscc(actor.id().value());
        assertEquals("000000", code.region().value(), actor.name());
        assertTrue(code.organizationCodeHolds(), actor.name());
      }
      assertTrue(actor.displayName().startsWith("示例"), actor.name());
    }
  }

  @Test
  void codesAreUniqueAndFollowable() {
    assertEquals(5, tales.size());
    List<String> codes = new ArrayList<>();
    for (Tale tale : tales) {
      codes.addAll(tale.codes().keySet());
      assertTrue(tale.codes().keySet().containsAll(tale.backward()), tale.name());
      assertTrue(tale.lots().containsKey(tale.forward()), tale.name());
    }
    assertEquals(codes.size(), codes.stream().distinct().count());
  }
}
