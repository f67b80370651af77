// SPDX-License-Identifier: Apache-2.0
package org.pinlian.tools.evidence;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A time-stamping service, asked over HTTP (RFC 3161 section 3.4). It is told a hash and nothing
 * else.
 *
 * @param timeout for the whole answer, however slowly it trickles in
 */
public record TimeStampService(URI uri, Duration timeout) {
  private static final String QUERY = "application/timestamp-query";
  private static final String REPLY = "application/timestamp-reply";

  /**
   * @throws IllegalArgumentException if it is no address of the web
   */
  public static URI address(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("no address: " + text, e);
    }
    boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
    if (!web || uri.getHost() == null || uri.getRawUserInfo() != null) {
      throw new IllegalArgumentException("no http address: " + text);
    }
    return uri;
  }

  /**
   * Sends a request and returns the answer, unchecked but for its length.
   *
   * @throws IOException if nobody answered in time, or not with an answer of this kind
   */
  public byte[] ask(byte[] request) throws IOException {
    HttpRequest post =
        HttpRequest.newBuilder(uri)
            .timeout(timeout)
            .header("content-type", QUERY)
            .header("accept", REPLY)
            .POST(BodyPublishers.ofByteArray(request))
            .build();
    HttpClient http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(timeout)
            .build();
    try {
      CompletableFuture<HttpResponse<byte[]>> sent =
          http.sendAsync(
              post, BodyHandlers.limiting(BodyHandlers.ofByteArray(), TimeStamp.BYTES_MAX));
      HttpResponse<byte[]> answer = sent.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      String type = answer.headers().firstValue("content-type").orElse("");
      if (answer.statusCode() != 200) {
        throw new IOException("status " + answer.statusCode());
      }
      if (!type.toLowerCase(Locale.ROOT).startsWith(REPLY)) {
        throw new IOException("no " + REPLY);
      }
      return answer.body();
    } catch (TimeoutException e) {
      throw new IOException("no answer within " + timeout.toSeconds() + " s", e);
    } catch (ExecutionException e) {
      throw new IOException(String.valueOf(e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    } finally {
      // Not close(): that waits for an answer that may never end.
      http.shutdownNow();
    }
  }
}
