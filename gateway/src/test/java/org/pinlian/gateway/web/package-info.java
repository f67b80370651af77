// SPDX-License-Identifier: Apache-2.0
/** Runs the tests of what runs in the browser: gateway/web. */
@NullMarked
package org.pinlian.gateway.web;

import org.jspecify.annotations.NullMarked;
