// SPDX-License-Identifier: Apache-2.0
package org.pinlian.signing;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The standards' own vectors. */
class SignatureVectorsTest {
  private static byte[] hex(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  /** RFC 8032 section 7.1: TEST 1, 2, 3 and SHA(abc). */
  @ParameterizedTest
  @CsvSource({
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60,"
        + "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a,"
        + "'',"
        + "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        + "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb,"
        + "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c,"
        + "72,"
        + "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7,"
        + "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025,"
        + "af82,"
        + "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        + "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42,"
        + "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf,"
        + "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f,"
        + "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
        + "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"
  })
  void ed25519(String seed, String point, String message, String signature) throws Exception {
    SigningKey key = SigningKey.ofEd25519Seed(hex(seed));
    assertEquals(point, HexFormat.of().formatHex(key.verifyingKey().rawEd25519()));
    assertEquals(signature, HexFormat.of().formatHex(key.sign(hex(message))));
    assertTrue(VerifyingKey.ofEd25519(hex(point)).verifies(hex(message), hex(signature)));
  }

  /** RFC 6979 appendix A.2.5, with SHA-256. */
  @ParameterizedTest
  @CsvSource({
    "sample,"
        + "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
        + "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
    "test,"
        + "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367"
        + "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083"
  })
  void ecdsaP256(String message, String signature) throws Exception {
    String scalar = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";
    String der = "3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420" + scalar;
    SigningKey key = SigningKey.ofPem(Pem.print("PRIVATE KEY", hex(der)));
    assertEquals(SignatureAlgorithm.ECDSA_P256, key.verifyingKey().algorithm());
    assertTrue(
        HexFormat.of()
            .formatHex(key.verifyingKey().spki())
            .endsWith(
                "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
                    + "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"));
    assertEquals(signature, HexFormat.of().formatHex(key.sign(message.getBytes(US_ASCII))));
    assertTrue(key.verifyingKey().verifies(message.getBytes(US_ASCII), hex(signature)));
  }

  /** GB/T 32918.5 annex A: the recommended curve, "message digest", the standard user id. */
  @Test
  void sm2() throws Exception {
    String scalar = "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8";
    String der = "3041020100301306072a8648ce3d020106082a811ccf5501822d042730250201010420" + scalar;
    VerifyingKey key = SigningKey.ofPem(Pem.print("PRIVATE KEY", hex(der))).verifyingKey();
    assertEquals(SignatureAlgorithm.SM2, key.algorithm());
    assertTrue(
        HexFormat.of()
            .formatHex(key.spki())
            .endsWith(
                "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
                    + "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"));
    String signature =
        "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
            + "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa";
    assertTrue(key.verifies("message digest".getBytes(US_ASCII), hex(signature)));
  }

  /** RFC 8410 section 10: the keys of the examples, as they stand there. */
  @Test
  void ed25519KeysInPem() throws Exception {
    SigningKey key =
        SigningKey.ofPem(
            """
            -----BEGIN PRIVATE KEY-----
            MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
            -----END PRIVATE KEY-----
            """);
    String publicPem =
        """
        -----BEGIN PUBLIC KEY-----
        MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
        -----END PUBLIC KEY-----
        """;
    assertEquals(publicPem, key.verifyingKey().toPem());
    assertEquals(key.verifyingKey(), VerifyingKey.ofPem(publicPem));
  }
}
