package dev.tintype.example;

import com.google.protobuf.ByteString;
import io.grpc.CallCredentials;
import io.grpc.Channel;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;
import java.util.zip.CRC32C;
import tintype.v1.PhotoOuterClass.Photo;
import tintype.v1.UploadServiceGrpc;
import tintype.v1.UploadServiceGrpc.UploadServiceBlockingV2Stub;
import tintype.v1.UploadServiceOuterClass.AppendUploadRequest;
import tintype.v1.UploadServiceOuterClass.AppendUploadResponse;
import tintype.v1.UploadServiceOuterClass.Chunk;
import tintype.v1.UploadServiceOuterClass.CompleteUploadRequest;
import tintype.v1.UploadServiceOuterClass.CreateUploadRequest;
import tintype.v1.UploadServiceOuterClass.GetUploadRequest;
import tintype.v1.UploadServiceOuterClass.UploadHeader;

/** Uploads that go on where they were when the line breaks. */
final class Uploads {
  private static final int CHUNK_BYTES = 32 * 1024; // up to 1 MiB; small here, so that a small picture has several
  private static final int TRIES = 8;
  // Asking for the durable offset and sending the rest helps. UPLOAD_BUSY: the broken stream is not yet gone.
  private static final Set<String> GOES_ON = Set.of("OFFSET_MISMATCH", "CHUNK_CORRUPT", "UPLOAD_BUSY");

  private final UploadServiceBlockingV2Stub uploads;

  Uploads(Channel channel, CallCredentials credential) {
    uploads = UploadServiceGrpc.newBlockingV2Stub(channel).withCallCredentials(credential);
  }

  /** Sends a file; breaks the line once itself, to show that it goes on. */
  Photo upload(Path file) throws IOException, StatusException, InterruptedException {
    byte[] data = Files.readAllBytes(file);
    String sha256 = sha256Of(data);
    var header = UploadHeader.newBuilder().setSizeBytes(data.length).setSha256(sha256);
    header.setFileName(file.getFileName().toString());
    String requestId = sha256Of(header.build().toByteArray()); // another run of this program meets the same upload
    var create = CreateUploadRequest.newBuilder().setHeader(header).setRequestId(requestId);
    var upload = uploads.createUpload(create.build()).getUpload();
    if (upload.getPhotoId().isEmpty()) {
      appendAll(upload.getUploadId(), data);
    }
    var complete = CompleteUploadRequest.newBuilder().setUploadId(upload.getUploadId()).setSha256(sha256);
    return uploads.completeUpload(complete.build()).getPhoto();
  }

  /** Asks for the durable offset and sends what follows on it, until all is there. */
  private void appendAll(String uploadId, byte[] data) throws StatusException, InterruptedException {
    breakOff(uploadId, data, durableOffset(uploadId));
    for (int tried = 1; ; tried++) {
      int offset = durableOffset(uploadId);
      System.out.printf("going on at byte %d of %d%n", offset, data.length);
      try {
        appendRest(uploadId, data, offset);
        return;
      } catch (StatusException error) {
        boolean goesOn = Connection.isUnavailable(error) || GOES_ON.contains(Connection.reasonOf(error));
        if (tried == TRIES || !goesOn) {
          throw error;
        }
      }
      Thread.sleep(250);
    }
  }

  private int durableOffset(String uploadId) throws StatusException {
    var request = GetUploadRequest.newBuilder().setUploadId(uploadId).build();
    return Math.toIntExact(uploads.getUpload(request).getUpload().getDurableOffset());
  }

  private void appendRest(String uploadId, byte[] data, int offset) throws StatusException, InterruptedException {
    var stream = uploads.appendUpload();
    send(stream, uploadId, data, offset, data.length);
    stream.halfClose();
    stream.read(); // the answer, or why there is none
  }

  /** Sends half of what is missing; once some of it is safe, drops the stream as if the line broke. */
  private void breakOff(String uploadId, byte[] data, int offset) throws StatusException, InterruptedException {
    var stream = uploads.appendUpload();
    send(stream, uploadId, data, offset, (offset + data.length) / 2);
    for (int looked = 0; looked < 50 && durableOffset(uploadId) == offset; looked++) {
      Thread.sleep(20);
    }
    stream.cancel("the line broke", null);
  }

  /** Sends the bytes from an offset on; the first message names the upload. */
  private static void send(
      BlockingClientCall<AppendUploadRequest, AppendUploadResponse> stream, String uploadId, byte[] data, int offset, int end)
      throws StatusException, InterruptedException {
    while (offset < end) {
      int size = Math.min(CHUNK_BYTES, end - offset);
      CRC32C crc32c = new CRC32C();
      crc32c.update(data, offset, size);
      var chunk = Chunk.newBuilder().setOffset(offset).setCrc32C((int) crc32c.getValue());
      chunk.setData(ByteString.copyFrom(data, offset, size));
      if (!stream.write(AppendUploadRequest.newBuilder().setUploadId(uploadId).setChunk(chunk).build())) {
        return; // the answer of the stream says why
      }
      uploadId = "";
      offset += size;
    }
  }

  private static String sha256Of(byte[] data) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(data));
    } catch (NoSuchAlgorithmException impossible) { // every Java platform has it
      throw new AssertionError(impossible);
    }
  }
}
