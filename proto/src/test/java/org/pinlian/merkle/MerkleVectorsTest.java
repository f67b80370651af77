// SPDX-License-Identifier: Apache-2.0
package org.pinlian.merkle;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The tree of B.11. */
class MerkleVectorsTest {
  private static final HashAlgorithm SHA = HashAlgorithm.SHA_256;
  private static final List<byte[]> ENTRIES =
      IntStream.range(0, 5).mapToObj(i -> ("trace-vector-" + i).getBytes(US_ASCII)).toList();
  private static final List<Hash> LEAVES = ENTRIES.stream().map(SHA::leaf).toList();

  private static List<String> base64(List<Hash> path) {
    return path.stream().map(Hash::base64).toList();
  }

  @Test
  void rootsAreAsPublished() {
    assertEquals(
        "9d55e6582eb562626cc6f5bc1b0ac1a7116fbe48517aa545e6e75862fb385848", LEAVES.get(0).hex());
    assertEquals("nVXmWC61YmJsxvW8GwrBpxFvvkhReqVF5udYYvs4WEg=", root(1));
    assertEquals("YG1griHxt7E1jwat2lSMTn9MwOyk1evGE1oKuSGN35g=", root(2));
    assertEquals("fsN7iY/NafJasBaJGZadR3V9XSlGEzyDunYkpiZSTI0=", root(3));
    assertEquals("WoIZOJoQvUfY+b9lz0TOLZU6IH+XopUZINQRps1Z89A=", root(5));
  }

  private static String root(int size) {
    return Merkle.root(SHA, ENTRIES.subList(0, size)).base64();
  }

  @Test
  void inclusionOfEntry3Of5IsAsPublished() throws ProofException {
    var proof = InclusionProof.build(SHA, NaiveTree.nodes(LEAVES), 3, 5);
    assertEquals(
        List.of(
            "3VfPIMoj9wLdmJ61vBsHWotOAiBI5xWh3szSVdt5FJk=",
            "YG1griHxt7E1jwat2lSMTn9MwOyk1evGE1oKuSGN35g=",
            "No6gp/YufnpQqXQgeCwMkLmG7xLWiPMm/eQaG25OrGo="),
        base64(proof.path()));
    proof.verify(SHA, LEAVES.get(3), Hash.ofBase64(root(5)));
  }

  @Test
  void consistencyFrom3To5IsAsPublished() throws ProofException {
    var proof = ConsistencyProof.build(SHA, NaiveTree.nodes(LEAVES), 3, 5);
    assertEquals(
        List.of(
            "3VfPIMoj9wLdmJ61vBsHWotOAiBI5xWh3szSVdt5FJk=",
            "hIzJBLwxE5EiNBF0lqv227SWC4LQYhvt576TgEQSEC4=",
            "YG1griHxt7E1jwat2lSMTn9MwOyk1evGE1oKuSGN35g=",
            "No6gp/YufnpQqXQgeCwMkLmG7xLWiPMm/eQaG25OrGo="),
        base64(proof.path()));
    proof.verify(SHA, Hash.ofBase64(root(3)), Hash.ofBase64(root(5)));
  }
}
