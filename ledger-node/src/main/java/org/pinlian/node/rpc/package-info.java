// SPDX-License-Identifier: Apache-2.0
/**
 * The node's gRPC services. {@link org.pinlian.node.rpc.Statuses} is the one place where outcomes
 * become status.
 */
@NullMarked
package org.pinlian.node.rpc;

import org.jspecify.annotations.NullMarked;
