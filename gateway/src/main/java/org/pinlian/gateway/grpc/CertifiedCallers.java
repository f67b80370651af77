// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.grpc;

import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pinlian.signing.KeyFormatException;
import org.pinlian.signing.VerifyingKey;
import org.pinlian.v1.FindKeyRequest;
import org.pinlian.v1.KeyStanding;
import org.pinlian.v1.RegistryGrpc;

/**
 * Who callers are that show an X.509 certificate: the participant for whom its public key is
 * enrolled and valid, as the node says. TLS has proved already that they hold the secret. What the
 * node said counts for a few seconds, so a key that was revoked is soon no caller's. Safe for use
 * by many threads.
 */
final class CertifiedCallers {
  private static final long NODE_SECONDS_MAX = 5;
  private static final long REMEMBERED_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final int REMEMBERED_MAX = 16_384;

  private final Channel node;

  // Guarded by itself.
  private final Map<ByteString, Remembered> byKeyId =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteString, Remembered> eldest) {
          return size() > REMEMBERED_MAX;
        }
      };

  /** Who it is. */
  sealed interface Found {
    /** This participant. */
    record Participant(String id) implements Found {}

    /** The key is nobody's, or nobody's any more. */
    record Nobody() implements Found {}

    /** The node did not say. */
    record NotTold() implements Found {}
  }

  private record Remembered(Found found, long atNanos) {}

  CertifiedCallers(Channel node) {
    this.node = node;
  }

  /** Who the holder of a certificate is, if that is known without asking. */
  Optional<Found> remembered(X509Certificate certificate) {
    ByteString keyId = keyId(certificate);
    if (keyId == null) {
      return Optional.of(new Found.Nobody());
    }
    Remembered known;
    synchronized (byKeyId) {
      known = byKeyId.get(keyId);
    }
    return known != null && System.nanoTime() - known.atNanos() < REMEMBERED_NANOS
        ? Optional.of(known.found())
        : Optional.empty();
  }

  /** Asks the node who the holder of a certificate is; the answer comes on another thread. */
  void ask(X509Certificate certificate, Consumer<Found> then) {
    ByteString keyId = keyId(certificate);
    if (keyId == null) {
      then.accept(new Found.Nobody());
      return;
    }
    RegistryGrpc.newStub(node)
        .withDeadlineAfter(NODE_SECONDS_MAX, TimeUnit.SECONDS)
        .findKey(
            FindKeyRequest.newBuilder().setKeyId(keyId).build(),
            new StreamObserver<>() {
              @Override
              public void onNext(KeyStanding standing) {
                told(
                    standing.getValid() && !standing.getParticipant().isEmpty()
                        ? new Found.Participant(standing.getParticipant())
                        : new Found.Nobody());
              }

              @Override
              public void onError(Throwable failed) {
                if (Status.fromThrowable(failed).getCode() == Status.Code.NOT_FOUND) {
                  told(new Found.Nobody());
                } else {
                  then.accept(new Found.NotTold());
                }
              }

              @Override
              public void onCompleted() {
                // The one answer has come.
              }

              private void told(Found found) {
                synchronized (byKeyId) {
                  byKeyId.put(keyId, new Remembered(found, System.nanoTime()));
                }
                then.accept(found);
              }
            });
  }

  /** Null of a key that nobody could have enrolled. */
  private static @Nullable ByteString keyId(X509Certificate certificate) {
    try {
      return ByteString.copyFrom(
          VerifyingKey.ofSpki(certificate.getPublicKey().getEncoded()).keyId().bytes());
    } catch (KeyFormatException otherKind) {
      return null;
    }
  }
}
