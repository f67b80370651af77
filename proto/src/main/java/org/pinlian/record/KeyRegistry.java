// SPDX-License-Identifier: Apache-2.0
package org.pinlian.record;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.Hash;
import org.pinlian.merkle.HashAlgorithm;
import org.pinlian.record.KeyAnswer.NotValid;
import org.pinlian.record.KeyAnswer.Reason;
import org.pinlian.v1.Approval;
import org.pinlian.v1.AuthorityLevel;
import org.pinlian.v1.Delegation;
import org.pinlian.v1.EnrolledKey;
import org.pinlian.v1.Enrolment;
import org.pinlian.v1.Genesis;
import org.pinlian.v1.GenesisAuthority;
import org.pinlian.v1.KeyRevocation;
import org.pinlian.v1.KeyRotation;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.Role;

/**
 * Whose key is whose, and good for what, and who may sign for whom, at every index of the log: a
 * fold over genesis and the records of kinds 1 to 4 and 22 in log order (formats.md A.4, "Keys").
 * The node, the client's verifier and the audit all use this one, so that they cannot differ.
 *
 * <p>A record at index e speaks of headers at an index greater than e. Enrolling an authority,
 * enrolling one anew as something else, and giving one a key that it did not sign for itself, take
 * effect at the approval of another authority: otherwise one authority could make, become or unmake
 * a second one alone.
 *
 * <p>Threads: one applies, any number ask. Histories are immutable and replaced whole, and every
 * answer is for an index: once all records below index i are applied, every answer for an index up
 * to i is final, and the same whatever is being applied meanwhile. Answers for a greater index, and
 * those of {@link #objection}, belong to the thread that applies.
 */
public final class KeyRegistry {
  private static final String KEYS = "urn:pinlian:keys:";

  private final @Nullable KeyRegistry base;
  private final ConcurrentHashMap<String, List<Standing>> standings = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, List<Hash>> keysOf = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Hash, KeyHistory> keys = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<RecordPlace, Waiting> waiting = new ConcurrentHashMap<>();
  private final Delegations delegations;

  /**
   * What {@link #apply} asks to be kept: to be handed to {@link #restore} in the order of the keys.
   */
  public record StateEntry(ByteString key, ByteString value) {}

  /**
   * Why a record may not enter the log.
   *
   * @param path within the record
   */
  public record Objection(RefusalCode code, String path, String message) {}

  /** A record that takes effect with its approval. Kept afterwards, with where that was. */
  private record Waiting(KeyRecord record, String participant, long approvedAt) {}

  private KeyRegistry(@Nullable KeyRegistry base) {
    this.base = base;
    this.delegations = new Delegations(base == null ? null : base.delegations);
  }

  /** The registry of a ledger that has only its genesis, at index 0. */
  public static KeyRegistry of(Genesis genesis) {
    KeyRegistry registry = new KeyRegistry(null);
    for (GenesisAuthority authority : genesis.getAuthoritiesList()) {
      registry.addStanding(
          new Standing(
              authority.getParticipant(),
              0,
              authority.getName(),
              EnumSet.of(Role.ROLE_AUTHORITY),
              authority.getLevel(),
              authority.getRegion(),
              0,
              0));
      for (EnrolledKey key : authority.getKeysList()) {
        registry.enrolKey(authority.getParticipant(), key.getSpki(), 0, 0);
      }
    }
    return registry;
  }

  /**
   * The registry as it was after the records whose entries are given.
   *
   * @param entries in ascending order of their keys as unsigned bytes
   * @throws IllegalArgumentException if an entry is damaged or out of order
   */
  public static KeyRegistry restore(Genesis genesis, Iterable<StateEntry> entries) {
    KeyRegistry registry = of(genesis);
    RecordPlace last = null;
    for (StateEntry entry : entries) {
      KeyRecord record = KeyRecord.decode(entry.key(), entry.value());
      if (last != null && record.place().compareTo(last) <= 0) {
        throw new IllegalArgumentException("key state out of order: " + record.place());
      }
      last = record.place();
      if (registry.apply(record).isEmpty()) {
        throw new IllegalArgumentException("key state without effect: " + record.place());
      }
    }
    return registry;
  }

  /**
   * A registry that begins as this one and can be applied to without changing it: for a submission
   * that may yet be refused. Good until this one changes.
   */
  public KeyRegistry overlay() {
    return new KeyRegistry(this);
  }

  // Asking ---------------------------------------------------------------------------------------

  /**
   * Whether a header at {@code index}, sequenced at {@code sequencedAt}, may be signed with the
   * key. Whether the owner's roles open the records in it is for {@link KindTable#allowsSigner} to
   * say.
   */
  public KeyAnswer check(Hash keyId, long index, long sequencedAt) {
    KeyHistory key = key(keyId);
    if (key == null || key.namedAt() >= index) {
      return new KeyAnswer.Unknown(keyId);
    }
    if (key.revokedAt() < index) {
      return new NotValid(key, Reason.REVOKED, "revoked at entry " + key.revokedAt());
    }
    if (key.enrolledAt() >= index) {
      return new NotValid(
          key, Reason.AWAITING_APPROVAL, "enrolled at entry " + key.namedAt() + ", not approved");
    }
    Standing standing = standing(key.participant(), index).orElseThrow();
    if (!standing.isValidAt(sequencedAt)) {
      return sequencedAt < standing.validFrom()
          ? new NotValid(key, Reason.NOT_YET_VALID, "valid from " + standing.validFrom())
          : new NotValid(key, Reason.EXPIRED, "valid until " + standing.validUntil());
    }
    return new KeyAnswer.Valid(key, standing);
  }

  /**
   * Whether the owner of a key may sign with it, in a header at {@code index} sequenced at {@code
   * sequencedAt}, for a principal. Of each record {@link DelegationTerm#refusal} is to be asked as
   * well, and {@link KindTable#allowsSigner} with the principal's roles.
   *
   * @param gateway what {@link #check} said of the key for that header
   */
  public DelegationAnswer delegation(
      KeyAnswer.Valid gateway, String principal, long index, long sequencedAt) {
    if (!gateway.standing().roles().contains(Role.ROLE_GATEWAY)) {
      return new DelegationAnswer.NotInForce(
          RefusalCode.NOT_A_GATEWAY, gateway.key().participant() + " is no gateway");
    }
    Standing standing = standing(principal, index).orElse(null);
    if (standing == null || !standing.isValidAt(sequencedAt) || standing.isAuthority()) {
      return new DelegationAnswer.NotInForce(
          RefusalCode.PRINCIPAL_NOT_VALID,
          principal
              + (standing == null
                  ? " is not enrolled"
                  : standing.isAuthority()
                      ? " is an authority, which signs for itself"
                      : " is not valid at " + sequencedAt));
    }
    DelegationTerm term = delegations.last(principal, gateway.key().keyId(), index).orElse(null);
    if (term == null
        || term.kinds().isEmpty()
        || !term.gateway().equals(gateway.key().participant())) {
      return new DelegationAnswer.NotInForce(
          RefusalCode.NO_DELEGATION,
          term != null && term.kinds().isEmpty()
              ? principal + " ended its delegation at entry " + term.since()
              : principal + " gave none to " + gateway.key());
    }
    for (KeyHistory key : keys(principal)) {
      for (KeyHistory.Doubt doubt : key.doubts()) {
        if (doubt.index() >= term.since() && doubt.index() < index) {
          return new DelegationAnswer.NotInForce(
              RefusalCode.NO_DELEGATION,
              "a key of " + principal + " was revoked as compromised at entry " + doubt.index());
        }
      }
    }
    if (sequencedAt > term.validUntil()) {
      return new DelegationAnswer.NotInForce(
          RefusalCode.DELEGATION_EXPIRED, "delegated until " + term.validUntil());
    }
    return new DelegationAnswer.InForce(term, standing);
  }

  /** All that a principal ever allowed a key, oldest first. */
  public List<DelegationTerm> delegations(String principal, Hash keyId) {
    return delegations.of(principal, keyId);
  }

  /** What the participant is for headers at {@code index}; empty if it is not enrolled there. */
  public Optional<Standing> standing(String participant, long index) {
    List<Standing> history = standings(participant);
    for (int i = history.size() - 1; i >= 0; i--) {
      if (history.get(i).since() < index) {
        return Optional.of(history.get(i));
      }
    }
    return Optional.empty();
  }

  /** All that the participant has been, oldest first; empty if it was never enrolled. */
  public List<Standing> standings(String participant) {
    List<Standing> own = standings.get(participant);
    if (own != null) {
      return own;
    }
    return base == null ? List.of() : base.standings(participant);
  }

  /** All keys ever named for the participant, in log order. */
  public List<KeyHistory> keys(String participant) {
    List<KeyHistory> histories = new ArrayList<>();
    for (Hash keyId : keyIds(participant)) {
      KeyHistory key = key(keyId);
      if (key != null) {
        histories.add(key);
      }
    }
    return histories;
  }

  /** All that became of a key; null if the log does not name it. */
  public @Nullable KeyHistory key(Hash keyId) {
    KeyHistory own = keys.get(keyId);
    return own != null || base == null ? own : base.key(keyId);
  }

  private List<Hash> keyIds(String participant) {
    List<Hash> own = keysOf.get(participant);
    if (own != null) {
      return own;
    }
    return base == null ? List.of() : base.keyIds(participant);
  }

  private @Nullable Waiting waiting(RecordPlace place) {
    Waiting own = waiting.get(place);
    return own != null || base == null ? own : base.waiting(place);
  }

  private boolean isAuthority(String participant, long index) {
    return standing(participant, index).filter(Standing::isAuthority).isPresent();
  }

  /** As of the last record applied, in the same entry or before. */
  private boolean isAuthorityNow(String participant) {
    return isAuthority(participant, Long.MAX_VALUE);
  }

  // Objecting ------------------------------------------------------------------------------------

  /**
   * Why the record may not be applied; empty if it may, and for kinds that do not concern keys.
   * Roles are those of the record's index; keys and waiting enrolments are as of the last record
   * applied. A verifier asks before it applies, so that a ledger that let such a record in is found
   * out.
   */
  public Optional<Objection> objection(KeyRecord record) {
    return switch (record.part().getBodyCase()) {
      case ENROLMENT -> objection(record, record.part().getEnrolment());
      case KEY_ROTATION -> objection(record, record.part().getKeyRotation());
      case KEY_REVOCATION -> objection(record, record.part().getKeyRevocation());
      case DELEGATION -> objection(record, record.part().getDelegation());
      case APPROVAL -> objection(record, record.part().getApproval());
      default -> Optional.empty();
    };
  }

  private Optional<Objection> objection(KeyRecord record, Enrolment enrolment) {
    if (!isAuthority(record.signer(), record.place().index())) {
      return object(RefusalCode.ROLE_NOT_ALLOWED, "kind", "only an authority enrols");
    }
    for (int i = 0; i < enrolment.getKeysCount(); i++) {
      Optional<Objection> objection =
          newKey(
              enrolment.getParticipant(),
              enrolment.getKeys(i).getSpki(),
              "public_part.enrolment.keys[" + i + "].spki");
      if (objection.isPresent()) {
        return objection;
      }
    }
    return Optional.empty();
  }

  private Optional<Objection> objection(KeyRecord record, KeyRotation rotation) {
    String participant = rotation.getParticipant();
    if (!maySpeakFor(record, participant)) {
      return notTheirs("public_part.key_rotation.participant");
    }
    if (standings(participant).isEmpty()) {
      return object(
          RefusalCode.BAD_FIELD,
          "public_part.key_rotation.participant",
          participant + " is not enrolled");
    }
    if (!rotation.getReplaces().isEmpty()) {
      Optional<Objection> objection =
          ownKey(participant, rotation.getReplaces(), "public_part.key_rotation.replaces");
      if (objection.isPresent()) {
        return objection;
      }
    }
    return newKey(participant, rotation.getKey().getSpki(), "public_part.key_rotation.key.spki");
  }

  private Optional<Objection> objection(KeyRecord record, KeyRevocation revocation) {
    if (!maySpeakFor(record, revocation.getParticipant())) {
      return notTheirs("public_part.key_revocation.participant");
    }
    return ownKey(
        revocation.getParticipant(), revocation.getKeyId(), "public_part.key_revocation.key_id");
  }

  /**
   * Of the gateway's key nothing is asked here: a verifier of the principal's keys chain need not
   * have been shown the keys chains of all whom the principal ever let sign.
   */
  private Optional<Objection> objection(KeyRecord record, Delegation delegation) {
    if (!record.signer().equals(delegation.getParticipant())) {
      return object(
          RefusalCode.NOT_PERMITTED,
          "public_part.delegation.participant",
          "only the participant itself lets others sign for it");
    }
    if (delegation.getKindsCount() > 0 && isAuthority(record.signer(), record.place().index())) {
      return object(RefusalCode.NOT_PERMITTED, "kind", "an authority signs for itself");
    }
    return Optional.empty();
  }

  /**
   * An approval may touch a keys chain only to approve what waits on it, and what waits can be
   * approved only so: a verifier who reads the keys chain must find the approval there.
   */
  private Optional<Objection> objection(KeyRecord record, Approval approval) {
    Waiting waits = RecordPlace.firstOf(record.subjects()).map(this::waiting).orElse(null);
    boolean cited = waits != null && waits.record().digest().equals(hash(approval.getRecord()));
    boolean touched = false;
    for (int n = 0; n < record.subjects().size(); n++) {
      String subject = record.subjects().get(n);
      if (subject.startsWith(KEYS)) {
        touched = true;
        if (waits == null || !cited || !subject.equals(KEYS + waits.participant())) {
          return object(
              RefusalCode.NOT_PERMITTED,
              "lines[" + n + "].subject",
              "a keys chain is touched only by the approval of what waits on it");
        }
      }
    }
    if (waits == null || !cited) {
      return Optional.empty();
    }
    if (waits.record().signer().equals(record.signer())) {
      return object(
          RefusalCode.NOT_PERMITTED, "public_part.approval.record", "nobody approves their own");
    }
    if (!isAuthority(record.signer(), record.place().index())) {
      return object(
          RefusalCode.NOT_PERMITTED,
          "public_part.approval.record",
          "only an authority approves an authority's enrolment or key");
    }
    if (!touched) {
      return object(
          RefusalCode.BAD_FIELD, "lines", "must also touch " + KEYS + waits.participant());
    }
    return Optional.empty();
  }

  private boolean maySpeakFor(KeyRecord record, String participant) {
    return record.signer().equals(participant)
        || isAuthority(record.signer(), record.place().index());
  }

  private Optional<Objection> notTheirs(String path) {
    return object(
        RefusalCode.NOT_PERMITTED,
        path,
        "only the participant itself or an authority may sign this");
  }

  /** A key that is to become the participant's. */
  private Optional<Objection> newKey(String participant, ByteString spki, String path) {
    KeyHistory known = key(keyId(spki));
    if (known == null) {
      return Optional.empty();
    }
    if (!known.participant().equals(participant)) {
      return object(RefusalCode.NOT_PERMITTED, path, "is the key of " + known.participant());
    }
    if (known.revokedAt() != KeyHistory.NEVER) {
      return object(
          RefusalCode.NOT_PERMITTED,
          path,
          "was revoked at entry " + known.revokedAt() + "; a revoked key does not come back");
    }
    return Optional.empty();
  }

  private Optional<Objection> ownKey(String participant, ByteString keyId, String path) {
    KeyHistory known = key(hash(keyId));
    if (known == null) {
      return object(RefusalCode.BAD_FIELD, path, "is no key that was ever enrolled");
    }
    if (!known.participant().equals(participant)) {
      return object(RefusalCode.NOT_PERMITTED, path, "is not a key of " + participant);
    }
    return Optional.empty();
  }

  private static Optional<Objection> object(RefusalCode code, String path, String message) {
    return Optional.of(new Objection(code, path, message));
  }

  // Applying -------------------------------------------------------------------------------------

  /**
   * Takes the next record of the log into account. Records come in log order; those that do not
   * concern keys change nothing. Total: where a record asks for what {@link #objection} would have
   * refused, a key stays with its first owner and a revoked key stays revoked.
   *
   * @return what to keep for {@link #restore}; empty if nothing changed
   */
  public Optional<StateEntry> apply(KeyRecord record) {
    boolean changed =
        switch (record.part().getBodyCase()) {
          case ENROLMENT -> applyEnrolment(record);
          case KEY_ROTATION -> applyRotation(record);
          case KEY_REVOCATION -> {
            KeyRevocation revocation = record.part().getKeyRevocation();
            revoke(
                revocation.getParticipant(),
                revocation.getKeyId(),
                record.place().index(),
                revocation.getCompromisedSince());
            yield true;
          }
          case DELEGATION -> {
            Delegation delegation = record.part().getDelegation();
            boolean own = record.signer().equals(delegation.getParticipant());
            if (own) {
              delegations.apply(delegation, record.place().index());
            }
            yield own;
          }
          case APPROVAL -> applyApproval(record);
          default -> false;
        };
    return changed
        ? Optional.of(new StateEntry(record.encodePlace(), record.encode()))
        : Optional.empty();
  }

  private boolean applyEnrolment(KeyRecord record) {
    Enrolment enrolment = record.part().getEnrolment();
    if (enrolment.getRolesList().contains(Role.ROLE_AUTHORITY)
        || isAuthorityNow(enrolment.getParticipant())) {
      for (EnrolledKey key : enrolment.getKeysList()) {
        enrolKey(
            enrolment.getParticipant(), key.getSpki(), record.place().index(), KeyHistory.NEVER);
      }
      waiting.put(
          record.place(), new Waiting(record, enrolment.getParticipant(), KeyHistory.NEVER));
    } else {
      takeEffect(enrolment, record.place().index());
    }
    return true;
  }

  private boolean applyRotation(KeyRecord record) {
    KeyRotation rotation = record.part().getKeyRotation();
    String participant = rotation.getParticipant();
    if (!record.signer().equals(participant) && isAuthorityNow(participant)) {
      enrolKey(participant, rotation.getKey().getSpki(), record.place().index(), KeyHistory.NEVER);
      waiting.put(record.place(), new Waiting(record, participant, KeyHistory.NEVER));
    } else {
      takeEffect(rotation, record.place().index());
    }
    return true;
  }

  private boolean applyApproval(KeyRecord record) {
    RecordPlace place = RecordPlace.firstOf(record.subjects()).orElse(null);
    Waiting waits = place == null ? null : waiting(place);
    if (place == null
        || waits == null
        || waits.approvedAt() != KeyHistory.NEVER
        || !waits.record().digest().equals(hash(record.part().getApproval().getRecord()))
        || !record.subjects().contains(KEYS + waits.participant())
        || record.signer().equals(waits.record().signer())
        || !isAuthority(record.signer(), record.place().index())) {
      return false;
    }
    long index = record.place().index();
    waiting.put(place, new Waiting(waits.record(), waits.participant(), index));
    switch (waits.record().part().getBodyCase()) {
      case ENROLMENT -> takeEffect(waits.record().part().getEnrolment(), index);
      case KEY_ROTATION -> takeEffect(waits.record().part().getKeyRotation(), index);
      default -> throw new IllegalStateException("nothing else waits");
    }
    return true;
  }

  private void takeEffect(Enrolment enrolment, long index) {
    // The standing first: a key that is good must have an owner that is something.
    addStanding(
        new Standing(
            enrolment.getParticipant(),
            index,
            enrolment.getName(),
            Standing.rolesOf(enrolment.getRolesList()),
            enrolment.getRolesList().contains(Role.ROLE_AUTHORITY)
                ? enrolment.getLevel()
                : AuthorityLevel.AUTHORITY_LEVEL_UNSPECIFIED,
            enrolment.getRegion(),
            enrolment.getValidFrom(),
            enrolment.getValidUntil()));
    for (EnrolledKey key : enrolment.getKeysList()) {
      enrolKey(enrolment.getParticipant(), key.getSpki(), index, index);
    }
  }

  private void takeEffect(KeyRotation rotation, long index) {
    if (standings(rotation.getParticipant()).isEmpty()) {
      return;
    }
    enrolKey(rotation.getParticipant(), rotation.getKey().getSpki(), index, index);
    if (!rotation.getReplaces().isEmpty()) {
      revoke(rotation.getParticipant(), rotation.getReplaces(), index, 0);
    }
  }

  private void addStanding(Standing standing) {
    List<Standing> longer = new ArrayList<>(standings(standing.participant()));
    longer.add(standing);
    standings.put(standing.participant(), List.copyOf(longer));
  }

  private void enrolKey(String participant, ByteString spki, long namedAt, long enrolledAt) {
    Hash keyId = keyId(spki);
    KeyHistory known = key(keyId);
    if (known == null) {
      keys.put(
          keyId,
          new KeyHistory(
              keyId, participant, spki, namedAt, enrolledAt, KeyHistory.NEVER, List.of()));
      List<Hash> longer = new ArrayList<>(keyIds(participant));
      longer.add(keyId);
      keysOf.put(participant, List.copyOf(longer));
    } else if (known.participant().equals(participant) && enrolledAt != KeyHistory.NEVER) {
      keys.put(keyId, known.enrolled(enrolledAt));
    }
  }

  private void revoke(String participant, ByteString keyId, long index, long compromisedSince) {
    KeyHistory known = key(hash(keyId));
    if (known != null && known.participant().equals(participant)) {
      keys.put(known.keyId(), known.revoked(index, compromisedSince));
    }
  }

  private static Hash keyId(ByteString spki) {
    return HashAlgorithm.SHA_256.hash(spki.toByteArray());
  }

  private static Hash hash(ByteString bytes) {
    return Hash.of(bytes.toByteArray());
  }
}
