// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.rpc;

import io.grpc.stub.StreamObserver;
import java.time.Clock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.pinlian.merkle.Hash;
import org.pinlian.record.KeyAnswer;
import org.pinlian.record.KeyHistory;
import org.pinlian.record.KeyRegistry;
import org.pinlian.record.Standing;
import org.pinlian.v1.FindKeyRequest;
import org.pinlian.v1.KeyStanding;
import org.pinlian.v1.RefusalCode;
import org.pinlian.v1.RegistryGrpc;

/** Whose key is whose, as of the last synced batch. */
public final class RegistryService extends RegistryGrpc.RegistryImplBase {
  private final KeyRegistry registry;
  private final LongSupplier syncedSize;
  private final Clock clock;

  public RegistryService(KeyRegistry registry, LongSupplier syncedSize, Clock clock) {
    this.registry = registry;
    this.syncedSize = syncedSize;
    this.clock = clock;
  }

  @Override
  public void findKey(FindKeyRequest request, StreamObserver<KeyStanding> reply) {
    if (request.getKeyId().size() != Hash.SIZE) {
      reply.onError(
          Statuses.exception(
              Statuses.violation(RefusalCode.BAD_REQUEST, "key_id", "a key id has 32 bytes")));
      return;
    }
    Hash keyId = Hash.of(request.getKeyId().toByteArray());
    long index = syncedSize.getAsLong();
    @Nullable KeyHistory key = registry.key(keyId);
    if (key == null || key.namedAt() >= index) {
      reply.onError(
          Statuses.exception(Statuses.of(RefusalCode.NOT_FOUND, "no such key is enrolled")));
      return;
    }
    KeyStanding.Builder found =
        KeyStanding.newBuilder()
            .setParticipant(key.participant())
            .setSpki(key.spki())
            .setValid(registry.check(keyId, index, clock.millis()) instanceof KeyAnswer.Valid);
    registry
        .standing(key.participant(), index)
        .ifPresent((Standing standing) ->
            found
                .addAllRoles(standing.roles())
                .setLevel(standing.level())
                .setRegion(standing.region()));
    reply.onNext(found.build());
    reply.onCompleted();
  }
}
