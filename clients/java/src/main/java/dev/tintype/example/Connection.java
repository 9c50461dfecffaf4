package dev.tintype.example;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.TlsChannelCredentials;
import io.grpc.protobuf.StatusProto;
import java.util.List;
import java.util.Map;

/** Connections, and what failed calls say. */
final class Connection {
  /**
   * Gives calls a deadline and tries again what was UNAVAILABLE, the one answer that is safe to repeat. Signing in and
   * AppendUpload are not repeated blindly; WatchEvents has no end, and so no deadline.
   */
  private static final Map<String, Object> SERVICE_CONFIG =
      Map.of(
          "methodConfig",
          List.of(
              Map.of(
                  "name",
                  List.of(
                      Map.of("service", "tintype.v1.SearchService"),
                      Map.of("service", "tintype.v1.UploadService", "method", "CreateUpload"),
                      Map.of("service", "tintype.v1.UploadService", "method", "GetUpload"),
                      Map.of("service", "tintype.v1.UploadService", "method", "CompleteUpload")),
                  "timeout",
                  "30s",
                  "retryPolicy",
                  Map.of(
                      "maxAttempts", 4.0,
                      "initialBackoff", "0.1s",
                      "maxBackoff", "1s",
                      "backoffMultiplier", 2.0,
                      "retryableStatusCodes", List.of("UNAVAILABLE"))),
              Map.of(
                  "name",
                  List.of(
                      Map.of("service", "tintype.v1.AccountsService"),
                      Map.of("service", "tintype.v1.UploadService")),
                  "timeout",
                  "30s")));

  private Connection() {}

  /** A connection by TLS, unless the server is on this machine. */
  static ManagedChannel open(String address) {
    var security = isLocal(address) ? InsecureChannelCredentials.create() : TlsChannelCredentials.create();
    return Grpc.newChannelBuilder(address, security).defaultServiceConfig(SERVICE_CONFIG).enableRetry().build();
  }

  /** Whether nothing that is sent leaves this machine, so that it may be plain text. */
  private static boolean isLocal(String address) {
    return address.matches("(localhost|127\\.\\d+\\.\\d+\\.\\d+|\\[::1\\]):\\d+");
  }

  /** The machine-readable cause of a failed call: a value of ErrorReason without its prefix, or nothing. */
  static String reasonOf(Throwable error) {
    var status = StatusProto.fromThrowable(error);
    for (var detail : status == null ? List.<com.google.protobuf.Any>of() : status.getDetailsList()) {
      try {
        if (detail.is(ErrorInfo.class) && detail.unpack(ErrorInfo.class).getDomain().equals("tintype")) {
          return detail.unpack(ErrorInfo.class).getReason();
        }
      } catch (InvalidProtocolBufferException damaged) {
        return "";
      }
    }
    return "";
  }

  static boolean isUnavailable(StatusException error) {
    return error.getStatus().getCode() == Status.Code.UNAVAILABLE;
  }

  /** What went wrong, with the reason where the server gave one. */
  static String explain(Exception error) {
    String reason = reasonOf(error);
    return reason.isEmpty() ? error.toString() : reason + ": " + Status.fromThrowable(error).getDescription();
  }
}
