// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.testing.Seeds;
import org.pinlian.tools.evidence.TimeStampAuthority.Answer;

/** A service that stamps times, asked over HTTP, and all that one may answer instead. */
class TimeStampTest {
  private static final Hash SUM = hash("a dossier");
  private static final Duration SOON = Duration.ofSeconds(20);

  private static TimeStampAuthority authority = start();

  private static TimeStampAuthority start() {
    try {
      return new TimeStampAuthority();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static Hash hash(String text) {
    return HashAlgorithm.SHA_256.hash(text.getBytes(StandardCharsets.UTF_8));
  }

  @BeforeAll
  static void behave() {
    authority.answer(Answer.GOOD);
  }

  @AfterAll
  static void stop() {
    authority.close();
  }

  private static byte[] ask(byte[] request, Answer answer, Duration timeout) throws IOException {
    authority.answer(answer);
    return new TimeStampService(authority.uri(), timeout).ask(request);
  }

  private static byte[] request() {
    return TimeStamp.request(SUM, new SecureRandom());
  }

  @Test
  void aStampTellsWhenAndWhoAndWhetherAnybodyVouchesForThat() throws Exception {
    byte[] request = request();
    byte[] response = ask(request, Answer.GOOD, SOON);

    TimeStamp open = TimeStamp.check(request, response, SUM, List.of());
    assertFalse(open.trusted());
    assertEquals("CN=Time stamps of a test", open.authority());
    assertTrue(Duration.between(open.at(), Instant.now()).abs().toMinutes() < 5);

    TimeStamp trusted = TimeStamp.check(request, response, SUM, List.of(authority.root()));
    assertTrue(trusted.trusted());
  }

  @Test
  void aStampUnderAnotherRootIsRefused() throws Exception {
    byte[] request = request();
    byte[] response = ask(request, Answer.GOOD, SOON);
    X509Certificate other;
    try (TimeStampAuthority another = new TimeStampAuthority()) {
      other = another.root();
    }
    assertThrows(
        EvidenceException.class, () -> TimeStamp.check(request, response, SUM, List.of(other)));
  }

  @ParameterizedTest
  @EnumSource(
      value = Answer.class,
      names = {
        "OF_OTHER_BYTES",
        "OF_OTHER_NONCE",
        "SIGNED_BY_OTHER_KEY",
        "BEFORE_ITS_CERTIFICATE",
        "REFUSED",
        "GARBAGE",
        "CUT_SHORT"
      })
  void aBadStampIsRefused(Answer answer) throws Exception {
    byte[] request = request();
    byte[] response = ask(request, answer, SOON);
    EvidenceException refused =
        assertThrows(
            EvidenceException.class, () -> TimeStamp.check(request, response, SUM, List.of()));
    assertFalse(String.valueOf(refused.getMessage()).isEmpty());
  }

  @ParameterizedTest
  @EnumSource(
      value = Answer.class,
      mode = Mode.INCLUDE,
      names = {"TOO_BIG", "ENDLESS", "SILENT", "FAILED", "OF_OTHER_TYPE", "MOVED"})
  void whatIsNoAnswerInTimeIsNone(Answer answer) {
    long started = System.nanoTime();
    assertThrows(IOException.class, () -> ask(request(), answer, Duration.ofSeconds(1)));
    assertTrue(Duration.ofNanos(System.nanoTime() - started).toSeconds() < 30);
  }

  @Test
  void aStampOverOtherBytesOrForAnotherRequestIsRefused() throws Exception {
    byte[] request = request();
    byte[] response = ask(request, Answer.GOOD, SOON);
    assertThrows(
        EvidenceException.class,
        () -> TimeStamp.check(request, response, hash("another dossier"), List.of()));
    byte[] again = request();
    assertThrows(EvidenceException.class, () -> TimeStamp.check(again, response, SUM, List.of()));
    byte[] other = TimeStamp.request(hash("another dossier"), new SecureRandom());
    assertThrows(
        EvidenceException.class,
        () -> TimeStamp.check(other, response, hash("another dossier"), List.of()));
  }

  @Test
  void mutatedStampsAreRefusedOrSayTheSame() throws Exception {
    SplittableRandom random = Seeds.random(TimeStampTest.class);
    byte[] request = request();
    byte[] response = ask(request, Answer.GOOD, SOON);
    TimeStamp good = TimeStamp.check(request, response, SUM, List.of());
    for (int i = 0; i < 500; i++) {
      byte[] changed = Seeds.mutate(random, response);
      try {
        TimeStamp read = TimeStamp.check(request, changed, SUM, List.of());
        assertEquals(good.at(), read.at());
      } catch (EvidenceException refused) {
        assertFalse(String.valueOf(refused.getMessage()).isEmpty());
      }
      try {
        var _ = TimeStamp.check(Seeds.mutate(random, request), response, SUM, List.of());
      } catch (EvidenceException refused) {
        assertFalse(String.valueOf(refused.getMessage()).isEmpty());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "tsa.example",
        "ftp://tsa.example/",
        "http://",
        "http://u:p@tsa.example/",
        "a b"
      })
  void whatIsNoAddressIsRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> TimeStampService.address(text));
  }
}
