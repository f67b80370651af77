// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.grpc;

/**
 * In whose name a call is counted.
 *
 * @param name the participant, or the address as counted of somebody who has not logged in
 */
record Caller(String name, boolean loggedIn) {}
