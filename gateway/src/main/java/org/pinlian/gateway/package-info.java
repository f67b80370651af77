/** The edge: gRPC and HTTP on one port, in front of a node that it reaches over one channel. */
@NullMarked
package org.pinlian.gateway;

import org.jspecify.annotations.NullMarked;
