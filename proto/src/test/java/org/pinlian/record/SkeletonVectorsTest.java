// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;

/** The published vectors of formats.md A.11, through the classes that everything uses. */
class SkeletonVectorsTest {
  private static final HashAlgorithm HASH = HashAlgorithm.SHA_256;
  private static final String S = "https://id.gs1.org/01/09520000000011/10/IF2601";
  private static final String C = "https://id.gs1.org/01/09520000000011";
  private static final String P = "https://id.gs1.org/00/095200000000000011";

  private static final Skeleton RECORD_0 =
      new Skeleton(
          7,
          Skeleton.publicDigest(HASH, "public-part-0".getBytes(UTF_8)),
          List.of(
              Skeleton.sectionLeaf(HASH, 1, "section-trade-0".getBytes(UTF_8)),
              Skeleton.sectionLeaf(HASH, 4, "section-source-0".getBytes(UTF_8))),
          List.of(
              new Skeleton.Group(1, List.of(line(S, "line-0-0"))),
              new Skeleton.Group(2, List.of(line(P, "line-0-1")))));
  private static final Skeleton RECORD_1 =
      new Skeleton(
          19,
          Skeleton.publicDigest(HASH, "public-part-1".getBytes(UTF_8)),
          List.of(),
          List.of(new Skeleton.Group(1, List.of(line(S, "line-1-0"), line(C, "line-1-1")))));

  @Test
  void recordDigestsAndTheirRootAreThePublishedOnes() {
    assertHash(
        "7a9f69a73244fc118f48007db7618b9c4219062112e5ffe966ceeaaead331693",
        RECORD_0.publicDigest());
    Hash digest0 = RECORD_0.digest(HASH);
    Hash digest1 = RECORD_1.digest(HASH);
    assertHash("af2bd6f8b4167e9c0c9848d9b7225f65af00ef854b6d9deb3ee5fd0676306a95", digest0);
    assertHash("2e67ac302ef6d8bfc189424f93fdbcc982a09bc3ad6cad1bcd4016993eee7d30", digest1);
    assertHash(
        "79d1c87d6b957158e1d4e8dd47994c8ae60238d486fc009ab4b6e6e4e9757969",
        Submissions.recordsRoot(HASH, List.of(digest0, digest1)));
  }

  @Test
  void linksAndMapKeysAreThePublishedOnes() {
    Hash digest0 = RECORD_0.digest(HASH);
    Hash digest1 = RECORD_1.digest(HASH);
    Hash s = Chains.subjectKey(HASH, S);
    assertHash("4c4f947f07fa10547e43e99f79345dee9b80e992153bf1f71ac17dc0e745d2fe", s);
    Hash start = Chains.start(HASH, s);
    assertHash("dcdd2a10896bc259c88bebfefd74ef8a14f69bb2e401d142938386edae4916fd", start);
    Hash link1 = Chains.link(HASH, start, 1, 1, 0, digest0);
    assertHash("9db0d7baa14766a9f432bcd7a928d2b3240390bc7a9f690d2c14be983d726d63", link1);
    assertHash(
        "2a33551a0dcc800db72235f6e43366c3f77a1ac93e9690555688e26a26f9482f",
        Chains.link(HASH, link1, 2, 1, 1, digest1));
    assertHash(
        "6f39f1a6ce5ee5fdb0ba18f725d26babac095160a3f5e347662c6fe0c2efab4b",
        Chains.noticeKey(HASH, s));
    assertHash(
        "19900fb7f6f4270846865a9a7e53892ac4ab2bb91262961c28c15ccb723cfe71",
        Chains.link(HASH, Chains.noticeStart(HASH, s), 1, 1, 1, digest1));
    assertHash(
        "c5d2bf4db73d6ac1608b5cfddf9367b8da944ae21a7eacfb2029088d06dd07ef",
        Chains.link(HASH, Chains.start(HASH, Chains.subjectKey(HASH, P)), 1, 1, 0, digest0));
    assertHash(
        "3c0efce2610d29e312bd8781f4fab991cf331fe4e76e03950ebe088edddae87e",
        Chains.link(HASH, Chains.start(HASH, Chains.subjectKey(HASH, C)), 1, 1, 1, digest1));
  }

  @Test
  void everyByteOfEveryPartChangesTheDigest() {
    Hash digest = RECORD_0.digest(HASH);
    for (int leaf = 0; leaf < 2; leaf++) {
      for (int at = 0; at < Skeleton.SECTION_LEAF_BYTES; at++) {
        List<byte[]> leaves =
            List.of(
                RECORD_0.sectionLeaves().get(0).clone(), RECORD_0.sectionLeaves().get(1).clone());
        leaves.get(leaf)[at] ^= 1;
        assertNotEquals(
            digest,
            new Skeleton(7, RECORD_0.publicDigest(), leaves, RECORD_0.groups()).digest(HASH));
      }
    }
    for (int at = 0; at < Skeleton.LINE_LEAF_BYTES; at++) {
      byte[] line = RECORD_0.groups().get(0).lineLeaves().get(0).clone();
      line[at] ^= 1;
      List<Skeleton.Group> groups =
          List.of(new Skeleton.Group(1, List.of(line)), RECORD_0.groups().get(1));
      assertNotEquals(
          digest,
          new Skeleton(7, RECORD_0.publicDigest(), RECORD_0.sectionLeaves(), groups).digest(HASH));
    }
  }

  private static byte[] line(String subject, String line) {
    return Skeleton.lineLeaf(HASH, Chains.subjectKey(HASH, subject), line.getBytes(UTF_8));
  }

  private static void assertHash(String hex, Hash found) {
    assertEquals(hex, found.hex());
  }
}
