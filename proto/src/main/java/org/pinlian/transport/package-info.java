/**
 * Who is at the other end of a connection: X.509 certificates in PEM files, read again when they
 * change, and peers checked by Bouncy Castle's PKIX. TLS 1.3 and nothing older.
 *
 * <p>Made for the JDK's TLS; knows neither gRPC nor Vert.x, which take what is here as the key and
 * trust managers of the JDK.
 */
@NullMarked
package org.pinlian.transport;

import org.jspecify.annotations.NullMarked;
