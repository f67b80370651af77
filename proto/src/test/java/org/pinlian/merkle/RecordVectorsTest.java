// SPDX-License-Identifier: Apache-2.0
package org.pinlian.merkle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A.11, hashed by hand with nothing but the rules of A.1 to A.5. */
class RecordVectorsTest {
  private static final HashAlgorithm SHA = HashAlgorithm.SHA_256;
  private static final String S = "https://id.gs1.org/01/09520000000011/10/IF2601";
  private static final String C = "https://id.gs1.org/01/09520000000011";
  private static final String P = "https://id.gs1.org/00/095200000000000011";
  private static final int OBJECT = 1;
  private static final int PARENT = 2;

  private static Hash subjectKey(String subject) {
    return SHA.begin(0x22).bytes(subject.getBytes(UTF_8)).finish();
  }

  private static Hash noticeKey(String subject) {
    return SHA.begin(0x23).hash(subjectKey(subject)).finish();
  }

  private static byte[] sectionLeaf(int sectionClass, String section) {
    Hash digest = SHA.begin(0x11).bytes(section.getBytes(UTF_8)).finish();
    return ByteBuffer.allocate(33).put((byte) sectionClass).put(digest.bytes()).array();
  }

  private static byte[] lineLeaf(String subject, String line) {
    Hash digest = SHA.begin(0x13).bytes(line.getBytes(UTF_8)).finish();
    return ByteBuffer.allocate(64).put(subjectKey(subject).bytes()).put(digest.bytes()).array();
  }

  private static byte[] group(int role, byte[]... lineLeaves) {
    Hash root = Merkle.root(SHA, List.of(lineLeaves));
    return ByteBuffer.allocate(37)
        .put((byte) role)
        .putInt(lineLeaves.length)
        .put(root.bytes())
        .array();
  }

  private static Hash publicDigest(String publicPart) {
    return SHA.begin(0x10).bytes(publicPart.getBytes(UTF_8)).finish();
  }

  private static Hash record(
      int kind, String publicPart, List<byte[]> sections, List<byte[]> groups) {
    return SHA.begin(0x12)
        .u16(kind)
        .hash(publicDigest(publicPart))
        .u16(sections.size())
        .hash(Merkle.root(SHA, sections))
        .u8(groups.size())
        .hash(Merkle.root(SHA, groups))
        .finish();
  }

  private static Hash link(Hash previous, long n, long index, int position, Hash record) {
    return SHA.begin(0x21).hash(previous).u64(n).u64(index).u32(position).hash(record).finish();
  }

  private static byte[] head(long count, Hash link, long lastIndex) {
    return ByteBuffer.allocate(48).putLong(count).put(link.bytes()).putLong(lastIndex).array();
  }

  private static void assertHex(String expected, byte[] found) {
    assertEquals(expected, HexFormat.of().formatHex(found));
  }

  private static void assertHex(String expected, Hash found) {
    assertEquals(expected, found.hex());
  }

  private static final List<byte[]> SECTIONS_0 =
      List.of(sectionLeaf(1, "section-trade-0"), sectionLeaf(4, "section-source-0"));
  private static final List<byte[]> GROUPS_0 =
      List.of(group(OBJECT, lineLeaf(S, "line-0-0")), group(PARENT, lineLeaf(P, "line-0-1")));
  private static final List<byte[]> GROUPS_1 =
      List.of(group(OBJECT, lineLeaf(S, "line-1-0"), lineLeaf(C, "line-1-1")));
  private static final Hash RECORD_0 = record(7, "public-part-0", SECTIONS_0, GROUPS_0);
  private static final Hash RECORD_1 = record(19, "public-part-1", List.of(), GROUPS_1);

  @Test
  void recordsHashAsPublished() {
    assertHex(
        "7a9f69a73244fc118f48007db7618b9c4219062112e5ffe966ceeaaead331693",
        publicDigest("public-part-0"));
    assertHex(
        "4ff222d0998cd2235cacd7f339751a85d6bfdbe1dc5e8183b23d30c0debb65e6",
        Merkle.root(SHA, SECTIONS_0));
    assertHex(
        "0100000001f517b461430b44251b9512e30cd666da51123c7d40e4ed2fd4f3ce92aa002ba6",
        GROUPS_0.get(0));
    assertHex(
        "02000000017cb8359a13523f30a51fa500e661ef254ff70d94fdc7649afe40a0fa855a8c72",
        GROUPS_0.get(1));
    assertHex(
        "430bcd8d8f990450b7f286f43309f850165a96307b259bf664bda89c5610d485",
        Merkle.root(SHA, GROUPS_0));
    assertHex("af2bd6f8b4167e9c0c9848d9b7225f65af00ef854b6d9deb3ee5fd0676306a95", RECORD_0);
    assertHex(
        "2c04ada93f88a6ae76b31debac9e27ddb5d8f83e29518daa099417640a6ce900",
        Merkle.root(SHA, GROUPS_1));
    assertHex("2e67ac302ef6d8bfc189424f93fdbcc982a09bc3ad6cad1bcd4016993eee7d30", RECORD_1);
    assertHex(
        "79d1c87d6b957158e1d4e8dd47994c8ae60238d486fc009ab4b6e6e4e9757969",
        Merkle.root(SHA, Arrays.asList(RECORD_0.bytes(), RECORD_1.bytes())));
  }

  @Test
  void chainsAndHeadsMapHashAsPublished() {
    Hash s0 = SHA.begin(0x20).hash(subjectKey(S)).finish();
    Hash s1 = link(s0, 1, 1, 0, RECORD_0);
    Hash s2 = link(s1, 2, 1, 1, RECORD_1);
    Hash p1 = link(SHA.begin(0x20).hash(subjectKey(P)).finish(), 1, 1, 0, RECORD_0);
    Hash c1 = link(SHA.begin(0x20).hash(subjectKey(C)).finish(), 1, 1, 1, RECORD_1);
    Hash sNotice = link(SHA.begin(0x24).hash(subjectKey(S)).finish(), 1, 1, 1, RECORD_1);
    Hash cNotice = link(SHA.begin(0x24).hash(subjectKey(C)).finish(), 1, 1, 1, RECORD_1);
    assertHex("dcdd2a10896bc259c88bebfefd74ef8a14f69bb2e401d142938386edae4916fd", s0);
    assertHex("9db0d7baa14766a9f432bcd7a928d2b3240390bc7a9f690d2c14be983d726d63", s1);
    assertHex("2a33551a0dcc800db72235f6e43366c3f77a1ac93e9690555688e26a26f9482f", s2);
    assertHex("19900fb7f6f4270846865a9a7e53892ac4ab2bb91262961c28c15ccb723cfe71", sNotice);
    assertHex("c5d2bf4db73d6ac1608b5cfddf9367b8da944ae21a7eacfb2029088d06dd07ef", p1);
    assertHex("3c0efce2610d29e312bd8781f4fab991cf331fe4e76e03950ebe088edddae87e", c1);
    assertHex("592cddf2713199433b6c33c7b729e97d194018deb4642c4f070d96937238b262", cNotice);

    assertHex("4c4f947f07fa10547e43e99f79345dee9b80e992153bf1f71ac17dc0e745d2fe", subjectKey(S));
    assertHex("dfc850e181c977458d65546734e52b9d32e0a28eda16cf34a0b93e9c6f94d67b", subjectKey(P));
    assertHex("906c83ef1c362d2bb7747f3c2cd77c759d8b13f03011a919f587b0a73309a042", subjectKey(C));
    assertHex("6f39f1a6ce5ee5fdb0ba18f725d26babac095160a3f5e347662c6fe0c2efab4b", noticeKey(S));
    assertHex("c2afa90441b98fcdcaa2c5e978bf0d108896a6d3ad7814e42243ba11be06671e", noticeKey(C));

    TreeMap<Hash, byte[]> heads = new TreeMap<>();
    heads.put(subjectKey(S), head(2, s2, 1));
    heads.put(subjectKey(P), head(1, p1, 1));
    heads.put(subjectKey(C), head(1, c1, 1));
    heads.put(noticeKey(S), head(1, sNotice, 1));
    heads.put(noticeKey(C), head(1, cNotice, 1));
    assertHex(
        "25b85d7e01159a71729d6fc69c6e43e2338225cadb7a784f1ea6de73cdac8199",
        PatriciaMap.root(SHA, heads));
  }
}
