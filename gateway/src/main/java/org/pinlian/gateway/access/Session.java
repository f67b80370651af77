// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.access;

import java.time.Instant;

/** Who logged in, and until when that counts for new calls. */
public record Session(String participant, Instant expiresAt) {}
