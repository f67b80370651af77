// SPDX-License-Identifier: Apache-2.0
package org.pinlian.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pinlian.testkit.TestAuthority;
import org.pinlian.testkit.TestAuthority.Issued;
import org.pinlian.testkit.TestAuthority.Wanted;

class PeerTrustTest {
  private final Instant now = Instant.now();
  private static final Duration HOUR = Duration.ofHours(1);

  @TempDir Path folder;

  private final TestAuthority authority = TestAuthority.create("示例根");
  private final List<String> reports = new ArrayList<>();

  @Test
  void aCertificateOfTheAuthorityForThePurposeIsTrusted() throws Exception {
    admits(trust(), authority.issue(Wanted.client("gateway.example")));
  }

  @Test
  void aChainOverAnIntermediateIsTrusted() throws Exception {
    admits(trust(), authority.below("示例中级").issue(Wanted.client("gateway.example")));
  }

  @Test
  void anAuthorityThatIsSentAlongDoesNoHarm() throws Exception {
    Issued issued = authority.issue(Wanted.client("gateway.example"));
    trust()
        .checkClientTrusted(
            new X509Certificate[] {issued.certificate(), authority.certificate()}, "EC");
  }

  @Test
  void aCertificateOfAnotherAuthorityOfTheSameNameIsRefused() throws Exception {
    refuses(trust(), TestAuthority.create("示例根").issue(Wanted.client("gateway.example")));
  }

  @Test
  void aCertificateThatSignedItselfIsRefused() throws Exception {
    TestAuthority own =
        TestAuthority.create(Wanted.client("gateway.example").usage(KeyUsage.digitalSignature));
    assertThrows(
        CertificateException.class,
        () -> trust().checkClientTrusted(new X509Certificate[] {own.certificate()}, "EC"));
  }

  @Test
  void aCertificateIsRefusedBeforeAndAfterItsTime() throws Exception {
    Wanted wanted = Wanted.client("gateway.example").valid(now.minus(HOUR), now.plus(HOUR));
    Issued issued = authority.issue(wanted);
    admits(trust(), issued);
    refuses(trustAt(now.minus(HOUR).minusSeconds(2), list()), issued);
    refuses(trustAt(now.plus(HOUR).plusSeconds(2), list()), issued);
  }

  @Test
  void anAuthorityThatIsOverIsTrustedNoMore() throws Exception {
    TestAuthority shortLived =
        TestAuthority.create(Wanted.bare("短").valid(now.minus(HOUR), now.plus(HOUR)));
    Issued issued = shortLived.issue(Wanted.client("gateway.example"));
    Path file = write("short.crt", shortLived.pem());
    TrustFiles files = new TrustFiles(List.of(file), List.of());
    admits(PeerTrust.ofFiles(files, List.of(), at(now), reports::add), issued);
    refuses(
        PeerTrust.ofFiles(files, List.of(), at(now.plus(HOUR).plusSeconds(2)), reports::add),
        issued);
  }

  @Test
  void aRevokedCertificateIsRefused() throws Exception {
    Issued revoked = authority.issue(Wanted.client("gateway.example"));
    Issued other = authority.issue(Wanted.client("gateway.example"));
    authority.revoke(revoked);
    refuses(trustAt(now, list()), revoked);
    admits(trustAt(now, list()), other);
  }

  @Test
  void anOlderListThatIsNotOverDoesNotHideWhatWasRevokedSince() throws Exception {
    Issued other = authority.issue(Wanted.client("gateway.example"));
    // Which of two lists is asked first is chance, so this is tried a few times.
    for (int round = 0; round < 8; round++) {
      Issued revoked = authority.issue(Wanted.client("gateway.example"));
      Path older = list();
      authority.revoke(revoked);
      Path newer =
          write(
              "newer.crl",
              authority.listPem(now.minusSeconds(1 + round), now.plus(HOUR.multipliedBy(3))));
      PeerTrust trust = trustAt(now, older, newer);
      refuses(trust, revoked);
      admits(trust, other);
    }
  }

  @Test
  void aListOfAnAuthorityThatHadTheNameBeforeRevokesNothingOfTheNewOne() throws Exception {
    Issued issued = authority.issue(Wanted.client("gateway.example"));
    TestAuthority before = TestAuthority.create("示例根");
    before.revoke(issued);
    admits(trustAt(now, list(), write("before.crl", before.listPem())), issued);
  }

  @Test
  void whereListsAreKeptEveryAuthorityOnTheWayNeedsOne() throws Exception {
    TestAuthority below = authority.below("示例中级");
    Issued issued = below.issue(Wanted.client("gateway.example"));
    refuses(trustAt(now, list()), issued);
    admits(trustAt(now, list(), write("below.crl", below.listPem())), issued);
  }

  @Test
  void aListThatHasRunOutRefusesEverybody() throws Exception {
    Issued issued = authority.issue(Wanted.client("gateway.example"));
    Path list = write("old.crl", authority.listPem(now.minus(HOUR), now.plus(HOUR)));
    admits(trustAt(now, list), issued);
    refuses(trustAt(now.plus(HOUR).plusSeconds(2), list), issued);
  }

  @Test
  void aListOfAnotherAuthorityIsNoList() throws Exception {
    Issued issued = authority.issue(Wanted.client("gateway.example"));
    Path forged = write("forged.crl", TestAuthority.create("示例根").listPem());
    refuses(trustAt(now, forged), issued);
  }

  @Test
  void aListWithoutTheDateOfItsNextIsNotTaken() throws Exception {
    Path list = write("endless.crl", authority.listPem(now, null));
    assertThrows(PemException.class, () -> trustAt(now, list));
  }

  @Test
  void oneKeyHasOneUse() throws Exception {
    refuses(trust(), authority.issue(Wanted.server("gateway.example")));
    refuses(trust(), authority.issue(Wanted.bare("gateway.example").dns("gateway.example")));
    refuses(
        trust(), authority.issue(Wanted.client("gateway.example").usage(KeyUsage.keyEncipherment)));
    admits(trust(), authority.issue(Wanted.client("gateway.example").withoutUsage()));
    PeerTrust servers = trust("node.example");
    assertThrows(
        CertificateException.class,
        () ->
            servers.checkServerTrusted(
                chain(authority.issue(Wanted.client("node.example"))), "EC"));
  }

  @Test
  void anAuthoritysOwnCertificateIsNobodysIdentity() throws Exception {
    refuses(
        trust(),
        authority.issue(
            Wanted.client("gateway.example").authority().usage(KeyUsage.digitalSignature)));
  }

  @Test
  void aClientMustHaveOneOfTheNames() throws Exception {
    PeerTrust trust = trust("a.example", "B.example");
    admits(trust, authority.issue(Wanted.client("a.example")));
    admits(trust, authority.issue(Wanted.client("other.example").dns("b.EXAMPLE")));
    refuses(trust, authority.issue(Wanted.client("c.example")));
    refuses(trust, authority.issue(Wanted.client("*.example")));
    refuses(trust, authority.issue(Wanted.client("aa.example")));
    refuses(
        trust, authority.issue(Wanted.bare("a.example").purpose(KeyPurposeId.id_kp_clientAuth)));
  }

  @Test
  void aServerOfWhichNothingIsExpectedIsRefused() throws Exception {
    Issued server = authority.issue(Wanted.server("node.example"));
    assertThrows(CertificateException.class, () -> trust().checkServerTrusted(chain(server), "EC"));
    trust("node.example").checkServerTrusted(chain(server), "EC");
    assertThrows(
        CertificateException.class,
        () -> trust("other.example").checkServerTrusted(chain(server), "EC"));
  }

  @Test
  void hostNamesCoverWhatTheyCoverAndNothingElse() throws Exception {
    X509Certificate plain =
        authority.issue(Wanted.server("node.example.com").address("127.0.0.1")).certificate();
    assertTrue(Peer.answersFor(plain, "NODE.example.com."));
    assertTrue(Peer.answersFor(plain, "127.0.0.1"));
    for (String host : List.of("example.com", "a.node.example.com", "127.0.0.2", "::1", "")) {
      assertEquals(false, Peer.answersFor(plain, host), host);
    }
    X509Certificate wild = authority.issue(Wanted.server("*.example.com")).certificate();
    assertTrue(Peer.answersFor(wild, "any.example.com"));
    for (String host :
        List.of("example.com", "a.b.example.com", ".example.com", "anyexample.com")) {
      assertEquals(false, Peer.answersFor(wild, host), host);
    }
    X509Certificate wider = authority.issue(Wanted.server("*.com")).certificate();
    assertEquals(false, Peer.answersFor(wider, "example.com"));
    // A name that looks like an address is none: only an address of the certificate is.
    X509Certificate named = authority.issue(Wanted.server("127.0.0.1")).certificate();
    assertEquals(false, Peer.answersFor(named, "127.0.0.1"));
  }

  @Test
  void weakKeysAreRefused() throws Exception {
    refuses(
        trust(),
        authority.issue(Wanted.client("gateway.example").key(TestAuthority.of("RSA", 1024))));
    admits(
        trust(),
        authority.issue(Wanted.client("gateway.example").key(TestAuthority.of("RSA", 2048))));
    admits(
        trust(),
        authority.issue(Wanted.client("gateway.example").key(TestAuthority.of("Ed25519", 0))));
  }

  @Test
  void filesAreReadAgainWhenTheyChangeAndBrokenOnesAreNot() throws Exception {
    Issued issued = authority.issue(Wanted.client("gateway.example"));
    Path list = write("now.crl", authority.listPem());
    PeerTrust trust = trustAt(now, list);
    List<X509Certificate> chain = List.of(chain(issued));
    trust.requireStillTrusted(chain);
    Files.writeString(list, "half a");
    Thread.sleep(1_100);
    trust.requireStillTrusted(chain);
    admits(trust, issued);
    assertEquals(1, reports.size(), reports.toString());
    authority.revoke(issued);
    TestAuthority.replace(list, authority.listPem());
    Thread.sleep(1_100);
    // Who passed lately is looked at again too.
    assertThrows(CertificateException.class, () -> trust.requireStillTrusted(chain));
    refuses(trust, issued);
    assertEquals(2, reports.size(), reports.toString());
  }

  @Test
  void anAuthoritiesFileHoldsAuthorities() throws Exception {
    Path file = write("leaf.crt", authority.issue(Wanted.client("a.example")).chainPem());
    assertThrows(
        PemException.class,
        () ->
            PeerTrust.ofFiles(
                new TrustFiles(List.of(file), List.of()),
                List.of(),
                Clock.systemUTC(),
                reports::add));
  }

  private static void admits(PeerTrust trust, Issued issued) throws CertificateException {
    trust.checkClientTrusted(chain(issued), "EC");
  }

  private static void refuses(PeerTrust trust, Issued issued) {
    assertThrows(CertificateException.class, () -> trust.checkClientTrusted(chain(issued), "EC"));
    assertThrows(
        CertificateException.class, () -> trust.requireStillTrusted(List.of(chain(issued))));
  }

  private static X509Certificate[] chain(Issued issued) {
    List<X509Certificate> chain = new ArrayList<>(List.of(issued.certificate()));
    chain.addAll(issued.above());
    return chain.toArray(new X509Certificate[0]);
  }

  private PeerTrust trust(String... names) throws IOException {
    return PeerTrust.ofFiles(
        new TrustFiles(List.of(write("root.crt", authority.pem())), List.of()),
        List.of(names),
        at(now),
        reports::add);
  }

  private PeerTrust trustAt(Instant now, Path... lists) throws IOException {
    return PeerTrust.ofFiles(
        new TrustFiles(List.of(write("root.crt", authority.pem())), List.of(lists)),
        List.of(),
        at(now),
        reports::add);
  }

  private Path list() throws IOException {
    return write(
        "root.crl",
        authority.listPem(now.minus(HOUR.multipliedBy(2)), now.plus(HOUR.multipliedBy(2))));
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static Clock at(Instant now) {
    return Clock.fixed(now, ZoneOffset.UTC);
  }
}
