// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.node.rules.Judgement.Accepted;
import org.pinlian.node.rules.Judgement.Refused;
import org.pinlian.record.KeyRegistry;
import org.pinlian.record.RecordPlace;
import org.pinlian.v1.AuthorityLevel;
import org.pinlian.v1.Genesis;
import org.pinlian.v1.GenesisAuthority;
import org.pinlian.v1.Kind;
import org.pinlian.v1.LineRole;
import org.pinlian.v1.PublicPart;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.Role;
import org.pinlian.v1.Trade;

/**
 * A ledger of nothing but rules, in memory: what is accepted is in it, as the sequencer would do.
 */
final class World implements RuleView {
  static final String BUREAU = "uscc:91000000MA00000157";
  static final String OTHER_BUREAU = "gln:9520000000011";
  static final String PROVINCE = "gln:9520000000028";
  static final String LABORATORY = "uscc:91000000MA00000405";
  static final String HOLDER = "uscc:91000000MA0000058Q";
  static final String COOPERATIVE = "uscc:91000000MA00000232";
  static final String MARKET = "uscc:91000000MA0000031W";
  static final String CARRIER = "farmer:carrier";
  static final String LOGGER = "device:T301-7";
  static final String LOT = "https://id.gs1.org/01/09520000000011/10/IF2601";
  static final String OTHER_LOT = "https://id.gs1.org/01/09520000000011/10/IF2602";
  static final String BOX = "https://id.gs1.org/00/095200000000000028";
  static final String PALLET = "https://id.gs1.org/00/095200000000000011";
  static final long NOW = 1_760_000_000_000L;

  static final Map<String, Set<Role>> ROLES =
      Map.of(
          BUREAU, Set.of(Role.ROLE_AUTHORITY),
          OTHER_BUREAU, Set.of(Role.ROLE_AUTHORITY),
          COOPERATIVE, Set.of(Role.ROLE_PRODUCER),
          MARKET, Set.of(Role.ROLE_MARKET, Role.ROLE_COLLECTOR),
          CARRIER, Set.of(Role.ROLE_CARRIER),
          LOGGER, Set.of(Role.ROLE_DEVICE),
          PROVINCE, Set.of(Role.ROLE_AUTHORITY),
          LABORATORY, Set.of(Role.ROLE_LABORATORY),
          HOLDER, Set.of(Role.ROLE_LICENCE_HOLDER));

  static final Map<String, AuthorityLevel> LEVELS =
      Map.of(
          BUREAU, AuthorityLevel.AUTHORITY_LEVEL_DISTRICT,
          OTHER_BUREAU, AuthorityLevel.AUTHORITY_LEVEL_CITY,
          PROVINCE, AuthorityLevel.AUTHORITY_LEVEL_PROVINCE);

  final Map<RuleKey, RuleWrite> state = new HashMap<>();
  final Map<RecordPlace, CitedRecord> records = new HashMap<>();
  final KeyRegistry registry =
      KeyRegistry.of(
          Genesis.newBuilder()
              .addAuthorities(authority(BUREAU, AuthorityLevel.AUTHORITY_LEVEL_DISTRICT))
              .addAuthorities(authority(OTHER_BUREAU, AuthorityLevel.AUTHORITY_LEVEL_CITY))
              .build());
  long next = 1;

  private static GenesisAuthority authority(String participant, AuthorityLevel level) {
    return GenesisAuthority.newBuilder().setParticipant(participant).setLevel(level).build();
  }

  @Override
  public byte @Nullable [] get(RuleKey key) {
    RuleWrite write = state.get(key);
    return write == null ? null : write.value();
  }

  @Override
  public Optional<CitedRecord> record(RecordPlace place) {
    return Optional.ofNullable(records.get(place));
  }

  @Override
  public KeyRegistry registry() {
    return registry;
  }

  static Hash subjectKey(String subject) {
    return HashAlgorithm.SHA_256
        .begin(0x22)
        .bytes(subject.getBytes(StandardCharsets.UTF_8))
        .finish();
  }

  static StatementLine line(LineRole role, String subject) {
    return new StatementLine(role, subject, subjectKey(subject));
  }

  static StatementLine object(String subject) {
    return line(LineRole.LINE_ROLE_OBJECT, subject);
  }

  static StatementLine cites(Statement statement) {
    return line(LineRole.LINE_ROLE_RECORD, statement.place().subject());
  }

  static ByteString digest(Statement statement) {
    return ByteString.copyFrom(statement.digest().bytes());
  }

  /** The next record, alone in its submission. Lines as given: in the order of their roles. */
  Statement state(
      String signer,
      Kind kind,
      PublicPart.Builder part,
      @Nullable Trade trade,
      StatementLine... lines) {
    return at(next, 0, NOW, signer, kind, part, trade, lines);
  }

  Statement at(
      long index,
      int position,
      long sequencedAt,
      String signer,
      Kind kind,
      PublicPart.Builder part,
      @Nullable Trade trade,
      StatementLine... lines) {
    Hash digest =
        HashAlgorithm.SHA_256.hash(ByteBuffer.allocate(12).putLong(index).putInt(position).array());
    return new Statement(
        new RecordPlace(index, position),
        sequencedAt,
        signer,
        null,
        ROLES.getOrDefault(signer, Set.of()),
        LEVELS.getOrDefault(signer, AuthorityLevel.AUTHORITY_LEVEL_UNSPECIFIED),
        digest,
        kind,
        part.build(),
        List.of(lines),
        trade,
        null);
  }

  /** Judged, accepted and in the log from here on. */
  void accept(Statement... submission) {
    Accepted accepted = assertInstanceOf(Accepted.class, Rules.judge(this, List.of(submission)));
    for (RuleWrite write : accepted.writes()) {
      state.put(write.key(), write);
    }
    for (Statement statement : submission) {
      RuleWrite write = Rules.applyKeys(registry, statement);
      if (write != null) {
        state.put(write.key(), write);
      }
      records.put(
          statement.place(),
          new CitedRecord(
              statement.place(),
              statement.digest(),
              statement.signer(),
              statement.attester() == null ? statement.signer() : statement.attester(),
              statement.kind(),
              statement.part(),
              statement.lines(),
              statement.trade()));
    }
    next++;
  }

  /** Refused, and nothing is changed by it. */
  void refuse(Statement statement, RefusalCode code, String path) {
    Map<RuleKey, RuleWrite> before = Map.copyOf(state);
    Refused refused = assertInstanceOf(Refused.class, Rules.judge(this, statement));
    assertEquals(
        code + " " + path + " at " + statement.place().position(),
        refused.code() + " " + refused.path() + " at " + refused.position(),
        refused::message);
    assertEquals(before, state);
  }
}
