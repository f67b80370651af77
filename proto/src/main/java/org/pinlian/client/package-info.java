// SPDX-License-Identifier: Apache-2.0
/**
 * The client for programs of enterprises: sign, submit, keep the receipt, ask for the story.
 *
 * <pre>{@code
 * try (PinlianClient client =
 *     PinlianClient.connect("127.0.0.1", 8080, participant, key, policy)) {
 *   VerifiedReceipt receipt = client.submit(List.of(draft));
 *   Story story = client.trace(lot, Direction.DIRECTION_BACKWARD, TraceLimits.defaults());
 * }
 * }</pre>
 *
 * <p>Whatever it returns was verified here, from the bytes received and the policy. Three things
 * can go wrong, and each has its exception: the ledger refused ({@link
 * org.pinlian.client.RefusedException}), nobody answered ({@link
 * org.pinlian.client.UnreachableException}), or the answer is a lie ({@link
 * org.pinlian.dossier.VerificationException}).
 *
 * <p>The transport is the caller's: {@code io.grpc:grpc-netty-shaded} at run time, or any channel.
 */
@NullMarked
package org.pinlian.client;

import org.jspecify.annotations.NullMarked;
