/** What the port answers to plain HTTP: health, readiness, metrics. */
@NullMarked
package org.pinlian.gateway.http;

import org.jspecify.annotations.NullMarked;
