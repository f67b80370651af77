// SPDX-License-Identifier: Apache-2.0
package org.pinlian.gateway.grpc;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServiceDescriptor;
import io.grpc.health.v1.HealthGrpc;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.pinlian.v1.AttestedSubmissionGrpc;
import org.pinlian.v1.DossiersGrpc;
import org.pinlian.v1.ErasuresGrpc;
import org.pinlian.v1.FindingsGrpc;
import org.pinlian.v1.LogGrpc;
import org.pinlian.v1.LoginGrpc;
import org.pinlian.v1.NoticesGrpc;
import org.pinlian.v1.ProvenanceGrpc;
import org.pinlian.v1.RegistryGrpc;
import org.pinlian.v1.SubmissionGrpc;

/** The calls that the gateway takes; anything else is unknown here, whatever the node offers. */
final class Methods {
  static final String HEALTH_WATCH = HealthGrpc.getWatchMethod().getFullMethodName();
  static final String FOLLOW = LogGrpc.getFollowMethod().getFullMethodName();
  static final String WATCH = FindingsGrpc.getWatchMethod().getFullMethodName();

  private static final List<ServiceDescriptor> SERVICES =
      List.of(
          SubmissionGrpc.getServiceDescriptor(),
          AttestedSubmissionGrpc.getServiceDescriptor(),
          ProvenanceGrpc.getServiceDescriptor(),
          DossiersGrpc.getServiceDescriptor(),
          ErasuresGrpc.getServiceDescriptor(),
          NoticesGrpc.getServiceDescriptor(),
          FindingsGrpc.getServiceDescriptor(),
          LogGrpc.getServiceDescriptor(),
          RegistryGrpc.getServiceDescriptor(),
          LoginGrpc.getServiceDescriptor(),
          HealthGrpc.getServiceDescriptor());

  private static final Map<String, Method> BY_PATH = byPath();

  private Methods() {}

  /** The call at a path {@code /package.Service/Method}. */
  static Optional<Method> at(String path) {
    return Optional.ofNullable(BY_PATH.get(path));
  }

  static Collection<Method> all() {
    return BY_PATH.values();
  }

  private static Map<String, Method> byPath() {
    List<Method> methods = new ArrayList<>();
    for (ServiceDescriptor service : SERVICES) {
      for (MethodDescriptor<?, ?> method : service.getMethods()) {
        methods.add(Method.of(method.getFullMethodName(), method.getType()));
      }
    }
    for (String version : List.of("v1", "v1alpha")) {
      methods.add(
          Method.of(
              "grpc.reflection." + version + ".ServerReflection/ServerReflectionInfo",
              MethodType.BIDI_STREAMING));
    }
    return methods.stream()
        .collect(
            Collectors.toUnmodifiableMap(method -> "/" + method.fullName(), Function.identity()));
  }
}
