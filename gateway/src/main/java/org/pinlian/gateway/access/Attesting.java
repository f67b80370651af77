// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.access;

import org.pinlian.identifier.ParticipantId;
import org.pinlian.signing.SigningKey;

/**
 * How a gateway signs for those who cannot.
 *
 * @param gateway the gateway's own participant, enrolled with the role
 * @param key enrolled for it; what others delegate to
 * @param callers who may call with a token that lasts
 * @param certified who may call with an X.509 certificate whose key is enrolled nowhere
 */
public record Attesting(
    ParticipantId gateway, SigningKey key, ServiceTokens callers, ServiceCertificates certified) {

  /** For callers with tokens. */
  public Attesting(ParticipantId gateway, SigningKey key, ServiceTokens callers) {
    this(gateway, key, callers, ServiceCertificates.NONE);
  }
}
