// SPDX-License-Identifier: Apache-2.0
package org.pinlian.dossier;

import com.google.protobuf.ByteString;

/**
 * A dossier that kept every rule.
 *
 * @param bytes to keep and to pass on: whoever has them and a policy can check again
 */
public record ProvenDossier(ByteString bytes, Verdict verdict) {}
