// SPDX-License-Identifier: Apache-2.0
package org.pinlian;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.pinlian.checkpoint.Checkpoint;
import org.pinlian.checkpoint.CosignatureSigner;
import org.pinlian.checkpoint.NoteException;
import org.pinlian.checkpoint.NoteSigner;
import org.pinlian.checkpoint.SignedNote;
import org.pinlian.checkpoint.TlogProof;
import org.pinlian.merkle.ConsistencyProof;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.merkle.InclusionProof;
import org.pinlian.merkle.Merkle;
import org.pinlian.merkle.NodeSource;
import org.pinlian.merkle.PatriciaMap;
import org.pinlian.record.Chains;
import org.pinlian.record.Heads;
import org.pinlian.record.Skeleton;
import org.pinlian.record.Submissions;
import org.pinlian.signing.SigningKey;
import org.pinlian.v1.Attestation;
import org.pinlian.v1.Entry;
import org.pinlian.v1.SignedHeader;
import org.pinlian.v1.SubmissionHeader;

/** The vectors of docs/formats.md, by their names there, as the code computes them. */
final class FormatsVectors {
  private static final HashAlgorithm SHA = HashAlgorithm.SHA_256;
  private static final String S = "https://id.gs1.org/01/09520000000011/10/IF2601";
  private static final String C = "https://id.gs1.org/01/09520000000011";
  private static final String P = "https://id.gs1.org/00/095200000000000011";
  private static final String NOWHERE = "urn:pinlian:lot:farmer:vector:1";

  static final String ORIGIN = "log.example/trace";
  static final String WITNESS = "witness.example/w1";
  static final long COSIGNED_AT = 1_700_000_000;
  static final List<byte[]> ENTRIES =
      IntStream.range(0, 5).mapToObj(i -> ("trace-vector-" + i).getBytes(US_ASCII)).toList();
  static final SigningKey LOG_KEY = key(0x00);

  private FormatsVectors() {}

  /** The key whose seed counts up from this byte. */
  private static SigningKey key(int first) {
    byte[] seed = new byte[32];
    for (int i = 0; i < seed.length; i++) {
      seed[i] = (byte) (first + i);
    }
    return SigningKey.ofEd25519Seed(seed);
  }

  private static String hex(ByteString bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  // A.11 -----------------------------------------------------------------------------------------

  private static byte[] line(HashAlgorithm hash, String subject, String line) {
    return Skeleton.lineLeaf(hash, Chains.subjectKey(hash, subject), line.getBytes(UTF_8));
  }

  private static Skeleton record0(HashAlgorithm hash) {
    return new Skeleton(
        7,
        Skeleton.publicDigest(hash, "public-part-0".getBytes(UTF_8)),
        List.of(
            Skeleton.sectionLeaf(hash, 1, "section-trade-0".getBytes(UTF_8)),
            Skeleton.sectionLeaf(hash, 4, "section-source-0".getBytes(UTF_8))),
        List.of(
            new Skeleton.Group(1, List.of(line(hash, S, "line-0-0"))),
            new Skeleton.Group(2, List.of(line(hash, P, "line-0-1")))));
  }

  private static Skeleton record1(HashAlgorithm hash) {
    return new Skeleton(
        19,
        Skeleton.publicDigest(hash, "public-part-1".getBytes(UTF_8)),
        List.of(),
        List.of(
            new Skeleton.Group(1, List.of(line(hash, S, "line-1-0"), line(hash, C, "line-1-1")))));
  }

  private static byte[] header(Skeleton.Group group) {
    Hash root = Merkle.root(SHA, group.lineLeaves());
    return Skeleton.groupHeader(group.role(), group.lineLeaves().size(), root);
  }

  private static String linesRoot(Skeleton record) {
    List<byte[]> headers = record.groups().stream().map(FormatsVectors::header).toList();
    return Merkle.root(SHA, headers).hex();
  }

  /** Those of part A. */
  static Map<String, String> ours() {
    Map<String, String> vectors = new LinkedHashMap<>();
    Skeleton record0 = record0(SHA);
    Skeleton record1 = record1(SHA);
    Hash digest0 = record0.digest(SHA);
    Hash digest1 = record1.digest(SHA);
    Hash recordsRoot = Submissions.recordsRoot(SHA, List.of(digest0, digest1));
    vectors.put("record 0 public_digest", record0.publicDigest().hex());
    vectors.put("record 0 sections_root", Merkle.root(SHA, record0.sectionLeaves()).hex());
    vectors.put("record 0 group 1", hex(header(record0.groups().get(0))));
    vectors.put("record 0 group 2", hex(header(record0.groups().get(1))));
    vectors.put("record 0 lines_root", linesRoot(record0));
    vectors.put("record 0 record_digest", digest0.hex());
    vectors.put("record 1 lines_root", linesRoot(record1));
    vectors.put("record 1 record_digest", digest1.hex());
    vectors.put("records_root", recordsRoot.hex());
    chains(vectors, digest0, digest1);
    submission(vectors, recordsRoot);
    Hash sm30 = record0(HashAlgorithm.SM3).digest(HashAlgorithm.SM3);
    Hash sm31 = record1(HashAlgorithm.SM3).digest(HashAlgorithm.SM3);
    vectors.put("SM3 record 0 record_digest", sm30.hex());
    vectors.put(
        "SM3 records_root", Submissions.recordsRoot(HashAlgorithm.SM3, List.of(sm30, sm31)).hex());
    return vectors;
  }

  private static void chains(Map<String, String> vectors, Hash digest0, Hash digest1) {
    Hash s = Chains.subjectKey(SHA, S);
    Hash p = Chains.subjectKey(SHA, P);
    Hash c = Chains.subjectKey(SHA, C);
    Hash s0 = Chains.start(SHA, s);
    Hash s1 = Chains.link(SHA, s0, 1, 1, 0, digest0);
    Hash s2 = Chains.link(SHA, s1, 2, 1, 1, digest1);
    Hash sNotice = Chains.link(SHA, Chains.noticeStart(SHA, s), 1, 1, 1, digest1);
    Hash p1 = Chains.link(SHA, Chains.start(SHA, p), 1, 1, 0, digest0);
    Hash c1 = Chains.link(SHA, Chains.start(SHA, c), 1, 1, 1, digest1);
    Hash cNotice = Chains.link(SHA, Chains.noticeStart(SHA, c), 1, 1, 1, digest1);
    vectors.put("S link_0", s0.hex());
    vectors.put("S link_1", s1.hex());
    vectors.put("S link_2", s2.hex());
    vectors.put("S notice link_1", sNotice.hex());
    vectors.put("P link_1", p1.hex());
    vectors.put("C link_1", c1.hex());
    vectors.put("C notice link_1", cNotice.hex());
    vectors.put("S map key", s.hex());
    vectors.put("P map key", p.hex());
    vectors.put("C map key", c.hex());
    vectors.put("S notices map key", Chains.noticeKey(SHA, s).hex());
    vectors.put("C notices map key", Chains.noticeKey(SHA, c).hex());
    TreeMap<Hash, byte[]> heads = new TreeMap<>();
    heads.put(s, Heads.value(2, s2, 1));
    heads.put(p, Heads.value(1, p1, 1));
    heads.put(c, Heads.value(1, c1, 1));
    heads.put(Chains.noticeKey(SHA, s), Heads.value(1, sNotice, 1));
    heads.put(Chains.noticeKey(SHA, c), Heads.value(1, cNotice, 1));
    vectors.put("S map value", hex(heads.get(s)));
    vectors.put("heads_root of all five", PatriciaMap.root(SHA, heads).hex());
    vectors.put("presence proof of P", hex(PatriciaMap.presence(SHA, heads, p)));
    Hash nowhere = Chains.subjectKey(SHA, NOWHERE);
    vectors.put("N map key", nowhere.hex());
    vectors.put("absence proof of N", hex(PatriciaMap.absence(SHA, heads, nowhere)));
  }

  private static void submission(Map<String, String> vectors, Hash recordsRoot) {
    byte[] counting = new byte[16];
    for (int i = 0; i < counting.length; i++) {
      counting[i] = (byte) i;
    }
    ByteString attestation =
        Attestation.newBuilder()
            .setSalt(ByteString.copyFrom(counting))
            .setPrincipal("farmer:vector")
            .build()
            .toByteString();
    ByteString header =
        SubmissionHeader.newBuilder()
            .setFormat(1)
            .setLedger(ByteString.copyFrom(SHA.leaf(ENTRIES.get(0)).bytes()))
            .setSubmitter("farmer:vector")
            .setSubmissionId(ByteString.copyFrom(counting))
            .setCreatedAt(COSIGNED_AT * 1_000)
            .setNotAfter(COSIGNED_AT * 1_000 + 600_000)
            .setRecordCount(2)
            .setRecordsRoot(ByteString.copyFrom(recordsRoot.bytes()))
            .build()
            .toByteString();
    SignedHeader signed =
        SignedHeader.newBuilder()
            .setHeader(header)
            .setKeyId(ByteString.copyFrom(LOG_KEY.verifyingKey().keyId().bytes()))
            .setSignature(ByteString.copyFrom(LOG_KEY.sign(Submissions.signedMessage(header))))
            .build();
    byte[] entry =
        Entry.newBuilder()
            .setFormat(1)
            .setSequencedAt(COSIGNED_AT * 1_000 + 1_000)
            .setSubmission(signed)
            .build()
            .toByteArray();
    vectors.put("attestation", hex(attestation));
    vectors.put("attestation digest", Submissions.attestationDigest(SHA, attestation).hex());
    vectors.put("header", hex(header));
    vectors.put("key_id", hex(signed.getKeyId()));
    vectors.put("signature", hex(signed.getSignature()));
    vectors.put("entry leaf", SHA.leaf(entry).hex());
  }

  // B.11 -----------------------------------------------------------------------------------------

  static Hash root() {
    return Merkle.root(SHA, ENTRIES);
  }

  static Checkpoint checkpoint() {
    return new Checkpoint(ORIGIN, ENTRIES.size(), root());
  }

  static SignedNote note() throws NoteException {
    return new NoteSigner(ORIGIN, LOG_KEY)
        .sign(checkpoint().text())
        .with(new CosignatureSigner(WITNESS, key(0x20)).cosign(checkpoint(), COSIGNED_AT));
  }

  private static NodeSource nodes() {
    return (level, index) -> {
      int begin = (int) (index << level);
      return Merkle.root(SHA, ENTRIES.subList(begin, begin + (1 << level)));
    };
  }

  static InclusionProof inclusion() {
    return InclusionProof.build(SHA, nodes(), 3, 5);
  }

  /** Those of part B that are one word each. */
  static Map<String, String> publicFormats() throws NoteException {
    Map<String, String> vectors = new LinkedHashMap<>();
    vectors.put("leaf hash of entry 0", SHA.leaf(ENTRIES.get(0)).hex());
    for (int size : new int[] {1, 2, 3, 5}) {
      vectors.put("root of size " + size, Merkle.root(SHA, ENTRIES.subList(0, size)).base64());
    }
    vectors.put("log vkey", new NoteSigner(ORIGIN, LOG_KEY).verifier().vkey());
    vectors.put("witness vkey", new CosignatureSigner(WITNESS, key(0x20)).verifier().vkey());
    put(vectors, "inclusion of index 3 in size 5", inclusion().path());
    put(vectors, "consistency from 3 to 5", ConsistencyProof.build(SHA, nodes(), 3, 5).path());
    ByteArrayOutputStream bundle = new ByteArrayOutputStream();
    ByteArrayOutputStream tile = new ByteArrayOutputStream();
    for (byte[] entry : ENTRIES) {
      bundle.write(entry.length >>> 8);
      bundle.write(entry.length);
      bundle.writeBytes(entry);
      tile.writeBytes(SHA.leaf(entry).bytes());
    }
    vectors.put("SHA-256 of tile/entries/000.p/5", SHA.hash(bundle.toByteArray()).hex());
    vectors.put("SHA-256 of tile/0/000.p/5", SHA.hash(tile.toByteArray()).hex());
    byte[] proof =
        TlogProof.of(ENTRIES.get(3), 3, inclusion().path(), note()).text().getBytes(UTF_8);
    vectors.put("SHA-256 of the tlog-proof of index 3", SHA.hash(proof).hex());
    return vectors;
  }

  private static void put(Map<String, String> vectors, String name, List<Hash> path) {
    for (int i = 0; i < path.size(); i++) {
      vectors.put(name + ", hash " + i, path.get(i).base64());
    }
  }
}
