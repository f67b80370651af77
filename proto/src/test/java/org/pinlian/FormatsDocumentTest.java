// SPDX-License-Identifier: Apache-2.0
package org.pinlian;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.ProtocolMessageEnum;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bouncycastle.crypto.params.MLDSAParameters;
import org.bouncycastle.crypto.params.MLDSAPrivateKeyParameters;
import org.bouncycastle.crypto.signers.MLDSASigner;
import org.junit.jupiter.api.Test;
import org.pinlian.checkpoint.AddCheckpoint;
import org.pinlian.checkpoint.CoseReceipt;
import org.pinlian.checkpoint.NoteSignature;
import org.pinlian.checkpoint.NoteVerifier;
import org.pinlian.checkpoint.SignedNote;
import org.pinlian.checkpoint.TlogProof;
import org.pinlian.checkpoint.TrustPolicy;
import org.pinlian.dossier.BrokenRule;
import org.pinlian.dossier.DossierVerifier;
import org.pinlian.identifier.Subject;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.merkle.MapProof;
import org.pinlian.record.Chains;
import org.pinlian.record.Closure;
import org.pinlian.record.KindTable;
import org.pinlian.record.Limits;
import org.pinlian.record.Skeleton;
import org.pinlian.record.Submissions;
import org.pinlian.signing.MlDsaKey;
import org.pinlian.v1.Dossier;
import org.pinlian.v1.Kind;
import org.pinlian.v1.KindRule;
import org.pinlian.v1.LoginChallenge;
import org.pinlian.v1.Record;
import org.pinlian.v1.ShownEntry;
import org.pinlian.v1.SubmitRequest;

/**
 * docs/formats.md, from which strangers write verifiers, says what the code does: its prefixes,
 * limits, names of broken rules, messages, kinds and vectors.
 */
class FormatsDocumentTest {
  private static final Path DOCUMENT = Path.of("..", "docs", "formats.md");
  private static final HashAlgorithm SHA = HashAlgorithm.SHA_256;

  /** One saying of the document, compared with the code. */
  @FunctionalInterface
  private interface Comparison {
    void with(String document) throws Exception;
  }

  private static String document() throws IOException {
    return Files.readString(DOCUMENT);
  }

  // Reading the document
  // ---------------------------------------------------------------------------

  /** What stands below a heading that begins so, up to the next of its rank. */
  private static String section(String document, String heading) {
    Matcher begins =
        Pattern.compile("(?m)^## " + Pattern.quote(heading) + "[ .].*$").matcher(document);
    assertTrue(begins.find(), () -> "no section " + heading);
    Matcher ends = Pattern.compile("(?m)^##? [AB]\\.").matcher(document);
    int end = ends.find(begins.end()) ? ends.start() : document.length();
    return document.substring(begins.end(), end);
  }

  /** The cells of the table whose first column is headed so, without its heading. */
  private static List<List<String>> table(String text, String firstColumn) {
    List<String> lines = text.lines().toList();
    List<List<String>> rows = new ArrayList<>();
    boolean within = false;
    for (String line : lines) {
      if (line.startsWith("| " + firstColumn + " |")) {
        within = true;
      } else if (within && !line.startsWith("|")) {
        break;
      } else if (within && !line.startsWith("|--")) {
        rows.add(
            Arrays.stream(line.substring(1, line.length() - 1).split("\\|", -1))
                .map(cell -> cell.replace("`", "").strip())
                .toList());
      }
    }
    assertFalse(rows.isEmpty(), () -> "no table of " + firstColumn);
    return rows;
  }

  /** What stands between fences. */
  private static List<String> blocks(String text) {
    return Pattern.compile("(?ms)^```\n(.*?)^```$")
        .matcher(text)
        .results()
        .map(found -> found.group(1))
        .toList();
  }

  /** Names and values; a value may go on in lines that begin with spaces. */
  private static Map<String, String> vectors(String block) {
    Map<String, String> vectors = new LinkedHashMap<>();
    for (String vector : block.strip().split("\n(?! )", -1)) {
      String[] parts = vector.split(" {2}|\n {2}", 2);
      assertEquals(2, parts.length, vector);
      assertNull(vectors.put(parts[0], parts[1].replaceAll("\\s", "")), parts[0]);
    }
    return vectors;
  }

  private static long number(String text) {
    return Long.parseLong(text.replace(",", ""));
  }

  // Prefixes -------------------------------------------------------------------------------------

  /** A hash that the code made, and what must have been behind its prefix. */
  @SuppressWarnings("ArrayRecordComponent") // made, looked at and forgotten
  private record Hashed(Hash hash, byte[] behind) {}

  private static byte[] encoded(Object part) {
    if (part instanceof Number number && !(part instanceof Byte)) {
      int bytes = part instanceof Long ? 8 : part instanceof Integer ? 4 : 2;
      byte[] eight = ByteBuffer.allocate(8).putLong(number.longValue()).array();
      return Arrays.copyOfRange(eight, 8 - bytes, 8);
    }
    if (part instanceof Hash hash) {
      return hash.bytes();
    }
    return part instanceof Byte one ? new byte[] {one} : (byte[]) part;
  }

  private static byte[] join(Object... parts) {
    ByteBuffer joined = ByteBuffer.allocate(1_000);
    for (Object part : parts) {
      joined.put(encoded(part));
    }
    return Arrays.copyOf(joined.array(), joined.position());
  }

  private static Map<String, Hashed> hashes() {
    byte[] bytes = "some bytes".getBytes(UTF_8);
    Hash one = SHA.hash("one".getBytes(UTF_8));
    Hash two = SHA.hash("two".getBytes(UTF_8));
    Map<String, Hashed> hashes = new TreeMap<>();
    hashes.put("leaf", new Hashed(SHA.leaf(bytes), bytes));
    hashes.put("inner node", new Hashed(SHA.inner(one, two), join(one, two)));
    hashes.put("public_digest", new Hashed(Skeleton.publicDigest(SHA, bytes), bytes));
    hashes.put("section", new Hashed(Hash.read(Skeleton.sectionLeaf(SHA, 1, bytes), 1), bytes));
    hashes.put(
        "record_digest",
        new Hashed(
            new Skeleton(7, one, List.of(), List.of()).digest(SHA),
            join((short) 7, one, (short) 0, SHA.empty(), (byte) 0, SHA.empty())));
    hashes.put("line", new Hashed(Hash.read(Skeleton.lineLeaf(SHA, one, bytes), Hash.SIZE), bytes));
    hashes.put(
        "attestation",
        new Hashed(Submissions.attestationDigest(SHA, ByteString.copyFrom(bytes)), bytes));
    hashes.put("link_0", new Hashed(Chains.start(SHA, one), one.bytes()));
    hashes.put(
        "link_n", new Hashed(Chains.link(SHA, one, 1, 2, 3, two), join(one, 1L, 2L, 3, two)));
    hashes.put("subject key", new Hashed(Chains.subjectKey(SHA, "some bytes"), bytes));
    hashes.put("notice key", new Hashed(Chains.noticeKey(SHA, one), one.bytes()));
    hashes.put("notice link_0", new Hashed(Chains.noticeStart(SHA, one), one.bytes()));
    hashes.put(
        "map leaf",
        new Hashed(
            MapProof.leaf(SHA, one, bytes), join((byte) 32, one, (byte) bytes.length, bytes)));
    hashes.put(
        "map inner node", new Hashed(MapProof.inner(SHA, 5, one, two), join((byte) 5, one, two)));
    return hashes;
  }

  private static void comparePrefixes(String document) {
    Map<String, Hashed> code = hashes();
    Set<String> named = new TreeSet<>();
    for (List<String> row : table(section(document, "A.1"), "first byte")) {
      Hashed hashed = code.get(row.get(1));
      if (hashed == null) {
        throw new AssertionError("the code hashes no " + row.get(1));
      }
      int prefix = Integer.decode(row.get(0));
      assertEquals(SHA.begin(prefix).bytes(hashed.behind()).finish(), hashed.hash(), row::toString);
      named.add(row.get(1));
    }
    assertEquals(code.keySet(), named);
  }

  @Test
  void everyHashBeginsWithTheByteThatTheDocumentGivesIt() throws Exception {
    comparePrefixes(document());
  }

  private static void compareSigned(String document) {
    List<String> texts =
        table(section(document, "A.2"), "signed").stream()
            .map(row -> row.get(1).split(" ", 2)[0] + "\n")
            .toList();
    assertEquals(
        List.of(
            new String(Submissions.signedMessage(ByteString.EMPTY), UTF_8),
            new String(Submissions.loginMessage(ByteString.EMPTY), UTF_8)),
        texts);
  }

  @Test
  void whatIsSignedBeginsAsTheDocumentSays() throws Exception {
    compareSigned(document());
  }

  // Limits ---------------------------------------------------------------------------------------

  private static final Map<String, Class<?>> WITH_LIMITS =
      Stream.of(
              Limits.class,
              Subject.class,
              MapProof.class,
              DossierVerifier.class,
              Closure.class,
              SignedNote.class,
              TlogProof.class,
              CoseReceipt.class,
              AddCheckpoint.class,
              TrustPolicy.class)
          .collect(Collectors.toMap(Class::getSimpleName, holder -> holder));

  private static void compareLimits(String document) throws Exception {
    Set<String> named = new TreeSet<>();
    Matcher limits =
        Pattern.compile("`(\\w+)\\.(\\w+)`[\\s|]+([0-9,]*[0-9])")
            .matcher(section(document, "A.10"));
    while (limits.find()) {
      Class<?> holder = WITH_LIMITS.get(limits.group(1));
      String name = limits.group(1) + "." + limits.group(2);
      if (holder == null) {
        throw new AssertionError("no class for " + name);
      }
      Object value = holder.getField(limits.group(2)).get(null);
      assertEquals(((Number) value).longValue(), number(limits.group(3)), name);
      assertTrue(named.add(name), () -> name + " twice");
    }
    for (Field field : Limits.class.getFields()) {
      if (Modifier.isStatic(field.getModifiers())) {
        assertTrue(named.contains("Limits." + field.getName()), () -> field + " is not there");
      }
    }
  }

  @Test
  void everyLimitIsThatOfTheCode() throws Exception {
    compareLimits(document());
  }

  // Broken rules ---------------------------------------------------------------------------------

  private static void compareRules(String document) {
    List<String> named =
        Pattern.compile("`([A-Z_]+)`")
            .matcher(section(document, "A.14"))
            .results()
            .map(found -> found.group(1))
            .toList();
    assertEquals(Stream.of(BrokenRule.values()).map(Enum::name).toList(), named);
  }

  @Test
  void everyBrokenRuleIsNamedAndNoOther() throws Exception {
    compareRules(document());
  }

  // Messages and kinds ---------------------------------------------------------------------------

  private static final List<FileDescriptor> FILES =
      List.of(
          Record.getDescriptor().getFile(),
          SubmitRequest.getDescriptor().getFile(),
          ShownEntry.getDescriptor().getFile(),
          Dossier.getDescriptor().getFile(),
          LoginChallenge.getDescriptor().getFile());

  private static Descriptor message(String name) {
    return FILES.stream()
        .map(file -> file.findMessageTypeByName(name))
        .filter(found -> found != null)
        .findFirst()
        .orElseThrow(() -> new AssertionError("there is no message " + name));
  }

  private static String told(FieldDescriptor field) {
    String type =
        field.getType() == FieldDescriptor.Type.MESSAGE
            ? field.getMessageType().getName()
            : field.getType().name().toLowerCase(Locale.ROOT);
    OneofDescriptor oneof = field.getContainingOneof();
    return field.getNumber()
        + " "
        + field.getName()
        + " "
        + type
        + (field.isRepeated() ? "*" : "")
        + (oneof == null ? "" : "|" + oneof.getName());
  }

  private static void compareMessages(String document) {
    Set<String> named = new TreeSet<>();
    String block = blocks(section(document, "A.0")).get(0).replaceAll("\\s+", " ").strip();
    for (String message : block.split(" (?=[A-Z]\\w*:)", -1)) {
      String[] parts = message.split(": ", 2);
      String fields =
          message(parts[0]).getFields().stream()
              .map(FormatsDocumentTest::told)
              .collect(Collectors.joining("; "));
      assertEquals(fields, parts[1], parts[0]);
      assertTrue(named.add(parts[0]), () -> parts[0] + " twice");
    }
    // Whatever a dossier is made of, down to bytes.
    assertTrue(
        named.containsAll(madeOf(Dossier.getDescriptor(), new TreeSet<>())), named::toString);
    assertTrue(
        named.containsAll(
            Set.of(
                "Record",
                "LineGroup",
                "PublicPart",
                "Section",
                "Line",
                "SubmissionHeader",
                "SignedHeader",
                "Attestation",
                "Entry",
                "Genesis",
                "Block",
                "Receipt")),
        named::toString);
  }

  private static Set<String> madeOf(Descriptor message, Set<String> names) {
    names.add(message.getName());
    for (FieldDescriptor field : message.getFields()) {
      if (field.getType() == FieldDescriptor.Type.MESSAGE
          && !names.contains(field.getMessageType().getName())) {
        madeOf(field.getMessageType(), names);
      }
    }
    return names;
  }

  @Test
  void everyMessageHasTheFieldsOfTheProtocol() throws Exception {
    compareMessages(document());
  }

  private static String told(EnumDescriptor type) {
    String prefix = type.getName().replaceAll("(?<=[a-z])(?=[A-Z])", "_").toUpperCase(Locale.ROOT);
    return type.getValues().stream()
        .filter(value -> value.getNumber() > 0)
        .map(value -> value.getNumber() + " " + value.getName().replace(prefix + "_", ""))
        .collect(Collectors.joining(", "));
  }

  private static void compareEnums(String document) {
    String text = section(document, "A.0").replace('\n', ' ');
    String numbers =
        text.substring(text.indexOf("Numbers: ") + 9, text.indexOf(". Of trace events"));
    Set<String> named = new TreeSet<>();
    for (String one : numbers.split("; ", -1)) {
      String[] parts = one.split("` ", 2);
      String name = parts[0].substring(1);
      EnumDescriptor type =
          Stream.concat(FILES.stream(), Stream.of(Kind.getDescriptor().getFile()))
              .map(file -> file.findEnumTypeByName(name))
              .filter(found -> found != null)
              .findFirst()
              .orElseThrow(() -> new AssertionError("there is no enum " + name));
      assertEquals(
          told(type), parts[1].toUpperCase(Locale.ROOT).replaceAll("(?<=[A-Z])[ -]", "_"), name);
      named.add(name);
    }
    assertEquals(
        Set.of(
            "LineRole",
            "SectionClass",
            "Role",
            "AuthorityLevel",
            "LedgerHash",
            "View",
            "NotFollowedReason"),
        named);
  }

  @Test
  void everyNumberOfAnEnumIsThatOfTheProtocol() throws Exception {
    compareEnums(document());
  }

  private static Set<Integer> numbers(String ranges) {
    Set<Integer> numbers = new TreeSet<>();
    for (String range : ranges.split(", ", -1)) {
      String[] ends = range.split("-", -1);
      int last = Integer.parseInt(ends[ends.length - 1]);
      for (int n = Integer.parseInt(ends[0]); n <= last; n++) {
        numbers.add(n);
      }
    }
    return numbers;
  }

  private static Set<Integer> numbers(List<? extends ProtocolMessageEnum> values) {
    return values.stream()
        .map(ProtocolMessageEnum::getNumber)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static void compareKinds(String document) {
    List<List<String>> rows = table(section(document, "A.12"), "no.");
    for (int at = 0; at < rows.size(); at++) {
      List<String> row = rows.get(at);
      Kind kind = Kind.forNumber(at + 1);
      if (kind == null) {
        throw new AssertionError("no kind " + row);
      }
      KindRule rule = KindTable.rule(at + 1);
      assertEquals(
          kind.name(), "KIND_" + row.get(1).toUpperCase(Locale.ROOT).replaceAll("[ -]", "_"));
      assertEquals(Integer.toString(kind.getNumber()), row.get(0));
      assertEquals(numbers(rule.getSignersList()), numbers(row.get(2)), row::toString);
      assertEquals(numbers(rule.getLineRolesList()), numbers(row.get(3)), row::toString);
      assertEquals(
          List.of(yes(rule.getNotice()), yes(rule.getDelegable()), yes(rule.getBuilt())),
          row.subList(4, 7),
          row::toString);
    }
    // The unspecified and the unrecognized are none.
    assertEquals(Kind.values().length - 2, rows.size());
  }

  private static String yes(boolean is) {
    return is ? "yes" : "";
  }

  @Test
  void everyKindIsAsTheTableOfTheCodeHasIt() throws Exception {
    compareKinds(document());
  }

  // Vectors --------------------------------------------------------------------------------------

  private static void compareOurVectors(String document) {
    assertEquals(FormatsVectors.ours(), vectors(blocks(section(document, "A.11")).get(0)));
  }

  @Test
  void everyVectorOfOurOwnIsWhatTheCodeComputes() throws Exception {
    compareOurVectors(document());
  }

  private static void comparePublicVectors(String document) throws Exception {
    List<String> blocks = blocks(section(document, "B.11"));
    assertEquals(4, blocks.size());
    assertEquals(FormatsVectors.publicFormats(), vectors(blocks.get(0)));
    assertEquals(FormatsVectors.note().toString(), blocks.get(1));
    compareSubtree(HexFormat.of().parseHex(blocks.get(2).replaceAll("\\s", "")));
    compareCose(vectors(blocks.get(3)));
  }

  /** A signature over these very bytes must be good for the cosignature that the code expects. */
  private static void compareSubtree(byte[] message) throws Exception {
    byte[] seed = new byte[32];
    MLDSAPrivateKeyParameters secret =
        new MLDSAPrivateKeyParameters(MLDSAParameters.ml_dsa_44, seed);
    MLDSASigner signer = new MLDSASigner();
    signer.init(true, secret);
    signer.update(message, 0, message.length);
    NoteVerifier verifier =
        new NoteVerifier(
            FormatsVectors.WITNESS, MlDsaKey.of(secret.getPublicKeyParameters().getEncoded()));
    byte[] body = join(verifier.keyId(), FormatsVectors.COSIGNED_AT);
    byte[] signature = signer.generateSignature();
    byte[] whole = Arrays.copyOf(body, body.length + signature.length);
    System.arraycopy(signature, 0, whole, body.length, signature.length);
    NoteSignature line =
        NoteSignature.parse(
            "\u2014 " + FormatsVectors.WITNESS + " " + Base64.getEncoder().encodeToString(whole));
    SignedNote note = SignedNote.of(FormatsVectors.checkpoint().text(), List.of(line));
    assertEquals(
        FormatsVectors.COSIGNED_AT,
        note.verify(List.of(verifier)).get(0).timestamp().orElseThrow());
  }

  private static void compareCose(Map<String, String> vectors) throws Exception {
    assertEquals(Set.of("COSE receipt", "Sig_structure"), vectors.keySet());
    byte[] bytes = HexFormat.of().parseHex(vectors.getOrDefault("COSE receipt", ""));
    CoseReceipt receipt = CoseReceipt.parse(bytes);
    assertEquals("https://log.example/trace", receipt.issuer());
    assertEquals("urn:epc:id:sgtin:x", receipt.subject());
    assertEquals("kid1", new String(receipt.keyId(), UTF_8));
    assertEquals(FormatsVectors.inclusion(), receipt.proof());
    Hash leaf = SHA.leaf(FormatsVectors.ENTRIES.get(3));
    assertEquals(
        FormatsVectors.root(),
        receipt.signedRoot(FormatsVectors.LOG_KEY.verifyingKey(), leaf).orElseThrow());
    byte[] signed = HexFormat.of().parseHex(vectors.getOrDefault("Sig_structure", ""));
    byte[] signature = Arrays.copyOfRange(bytes, bytes.length - 64, bytes.length);
    assertTrue(FormatsVectors.LOG_KEY.verifyingKey().verifies(signed, signature));
  }

  @Test
  void everyVectorOfThePublicFormatsIsWhatTheCodeComputes() throws Exception {
    comparePublicVectors(document());
  }

  // That these tests can fail --------------------------------------------------------------------

  /** Every change of the section, each of one thing in it, must be found. */
  private static void requireSensitive(String heading, String pattern, Comparison comparison)
      throws Exception {
    String document = document();
    String section = section(document, heading);
    int at = document.indexOf(section);
    List<MatchResult> found = Pattern.compile(pattern).matcher(section).results().toList();
    assertFalse(found.isEmpty(), pattern);
    for (MatchResult one : found) {
      String changed =
          document.substring(0, at + one.start(1))
              + other(one.group(1))
              + document.substring(at + one.end(1));
      assertNotEquals(document, changed);
      Throwable thrown =
          assertThrows(Throwable.class, () -> comparison.with(changed), () -> "unseen: " + one);
      assertTrue(thrown instanceof AssertionError || thrown instanceof Exception, thrown::toString);
    }
  }

  /** The same with its last letter or digit another. */
  private static String other(String text) {
    int last = text.length() - 1;
    while (!Character.isLetterOrDigit(text.charAt(last))) {
      last--;
    }
    char changed = Character.isDigit(text.charAt(last)) ? '0' : 'a';
    if (changed == text.charAt(last)) {
      changed++;
    }
    return text.substring(0, last) + changed + text.substring(last + 1);
  }

  @Test
  void aDocumentThatSaysOtherwiseIsFoundOut() throws Exception {
    requireSensitive("A.1", "\\| `(0x..)` \\|", FormatsDocumentTest::comparePrefixes);
    requireSensitive("A.2", "`(pinlian/\\w+/v1)`", FormatsDocumentTest::compareSigned);
    requireSensitive(
        "A.10", "`\\w+\\.\\w+`[\\s|]+([0-9,]*[0-9])", FormatsDocumentTest::compareLimits);
    requireSensitive("A.10", "`(Limits\\.\\w+)`", FormatsDocumentTest::compareLimits);
    requireSensitive("A.14", "`([A-Z_]+)`", FormatsDocumentTest::compareRules);
    requireSensitive(
        "A.0",
        "([0-9]+) \\w+ (?:u?int(?:32|64)|string|bytes|bool|enum|[A-Z]\\w+)\\*?[;|\\n]",
        FormatsDocumentTest::compareMessages);
    requireSensitive("A.0", "[ `]([0-9]+) \\w+(?=,)", FormatsDocumentTest::compareEnums);
    requireSensitive(
        "A.12", "(?m)^\\| [0-9]+ \\| [^|]+ \\| ([0-9, -]+) \\|", FormatsDocumentTest::compareKinds);
    requireSensitive("A.11", "([0-9a-f]{64})\\n", FormatsDocumentTest::compareOurVectors);
    requireSensitive("B.11", "([0-9a-f]{64})\\n", FormatsDocumentTest::comparePublicVectors);
    requireSensitive(
        "B.11", "  ([0-9A-Za-z/+]{42})[0-9A-Za-z/+]=", FormatsDocumentTest::comparePublicVectors);
  }
}
