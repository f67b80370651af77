// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.grpc;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import org.pinlian.gateway.access.Admittance;
import org.pinlian.v1.SubmissionGrpc;

/** A call that the gateway takes. */
record Method(MethodDescriptor<byte[], byte[]> descriptor, Admittance admittance) {
  static Method of(String fullName, MethodType type) {
    return new Method(
        MethodDescriptor.newBuilder(MessageBytes.REQUEST, MessageBytes.FRAMED_REPLY)
            .setFullMethodName(fullName)
            .setType(type)
            .build(),
        Admittance.of(fullName));
  }

  String fullName() {
    return descriptor.getFullMethodName();
  }

  /** Whether the caller may send more than one message. */
  boolean clientStreams() {
    return !descriptor.getType().clientSendsOneMessage();
  }

  /** Whether the node may send more than one message. */
  boolean serverStreams() {
    return !descriptor.getType().serverSendsOneMessage();
  }

  /** Whether the gateway answers it itself, rather than pass it on. */
  boolean ownAnswer() {
    return LoginCalls.SERVICE.equals(descriptor.getServiceName()) || signsForCaller();
  }

  /** Whether it is a submission for the gateway to sign. */
  boolean signsForCaller() {
    return AttestedCalls.SERVICE.equals(descriptor.getServiceName());
  }

  /** Whether its messages are submissions, and so may be large. */
  boolean takesSubmissions() {
    return SubmissionGrpc.SERVICE_NAME.equals(descriptor.getServiceName());
  }

  /**
   * How many replies may be under way to a caller at once: many of those to submissions, which are
   * small; few of others, which may be records whole.
   */
  int repliesAhead() {
    return takesSubmissions() ? 32 : 8;
  }

  /** Whether it goes on until somebody stops it, so that waiting for its end is no use. */
  boolean endless() {
    return fullName().equals(Methods.HEALTH_WATCH)
        || fullName().equals(Methods.FOLLOW)
        || fullName().equals(Methods.WATCH);
  }
}
