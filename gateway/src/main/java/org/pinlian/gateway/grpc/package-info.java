/**
 * The gRPC services enterprises call, passed through to the node as bytes.
 *
 * <p>Every call belongs to the event loop of its connection: requests arrive there, and the node's
 * answers are brought there by the call's own executor, so that no call needs a lock and a message
 * crosses threads once in each direction. Memory stays bounded because reading follows the node's
 * readiness, and asking the node follows the socket's.
 *
 * <p>The five bytes before each message are read here, over plain Vert.x HTTP/2, and not by
 * vertx-grpc-server: that one (5.0.7) never lets go of a message flagged as compressed on a call
 * that names no encoding, and keeps buffering behind it whatever the caller sends; it copies the
 * rest of a chunk once for every message in it, and takes half a message before the end of a stream
 * for a clean end.
 */
@NullMarked
package org.pinlian.gateway.grpc;

import org.jspecify.annotations.NullMarked;
