// SPDX-License-Identifier: Apache-2.0
package org.pinlian.node.rpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import org.pinlian.record.WireNames;

/**
 * Takes who is calling from the gateway's metadata. The gateway is trusted for confidentiality: it
 * has checked the login and drops such a header from outside.
 */
public final class Readers implements ServerInterceptor {
  private static final Metadata.Key<String> READER =
      Metadata.Key.of(WireNames.READER_HEADER, Metadata.ASCII_STRING_MARSHALLER);

  private static final Context.Key<String> CALLER =
      Context.keyWithDefault(WireNames.READER_HEADER, "");

  /** Participant id of the caller, empty when nobody is logged in. */
  static String caller() {
    return CALLER.get();
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    String reader = headers.get(READER);
    if (reader == null) {
      return next.startCall(call, headers);
    }
    return Contexts.interceptCall(Context.current().withValue(CALLER, reader), call, headers, next);
  }
}
