package dev.tintype.example;

import io.grpc.CallCredentials;
import io.grpc.Metadata;
import java.util.concurrent.Executor;

/** Signs calls with a key that the user made for this program. */
final class ApiKey extends CallCredentials {
  private static final Metadata.Key<String> HEADER = Metadata.Key.of("x-api-key", Metadata.ASCII_STRING_MARSHALLER);

  private final String key;

  ApiKey(String key) {
    this.key = key;
  }

  @Override
  public void applyRequestMetadata(RequestInfo request, Executor executor, MetadataApplier applier) {
    Metadata headers = new Metadata();
    headers.put(HEADER, key);
    applier.apply(headers);
  }
}
